"""Wrong answers to question 2. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _charging(i, tau, v_rest, v_reset, v_th):
    """Time from v_reset to v_th, infinite up to threshold."""
    end = v_rest + np.asarray(i, dtype=float)
    with np.errstate(all="ignore"):
        return np.where(end > v_th, tau * np.log((end - v_reset) / (end - v_th)), np.inf)


def no_refractory(i, tau, v_rest, v_reset, v_th, t_ref):
    """The refractory period is left out: a strong drive makes the cell fire faster than it can."""
    return 1 / _charging(i, tau, v_rest, v_reset, v_th)


def base_ten(i, tau, v_rest, v_reset, v_th, t_ref):
    """The decimal logarithm in the place of the natural one."""
    return 1 / (t_ref + _charging(i, tau, v_rest, v_reset, v_th) / np.log(10))


def upside_down(i, tau, v_rest, v_reset, v_th, t_ref):
    """The fraction inside the logarithm stands upside down, so that the charging time is negative."""
    return np.where(np.asarray(i) > v_th - v_rest, 1 / (t_ref - _charging(i, tau, v_rest, v_reset, v_th)), 0)


def interval(i, tau, v_rest, v_reset, v_th, t_ref):
    """The interval between two spikes instead of the rate."""
    time = t_ref + _charging(i, tau, v_rest, v_reset, v_th)
    return np.where(np.isfinite(time), time, 0)


def per_ms(i, tau, v_rest, v_reset, v_th, t_ref):
    """Spikes per ms instead of per second."""
    return 0.001 / (t_ref + _charging(i, tau, v_rest, v_reset, v_th))


def nan_below(i, tau, v_rest, v_reset, v_th, t_ref):
    """The logarithm of a negative number below threshold: no number instead of no spikes."""
    end = v_rest + np.asarray(i, dtype=float)
    with np.errstate(all="ignore"):
        return 1 / (t_ref + tau * np.log((end - v_reset) / (end - v_th)))


def one_over_zero(i, tau, v_rest, v_reset, v_th, t_ref):
    """A drive just at threshold is let into the formula: the silent side is cut off one drive too late."""
    hz = 1 / (t_ref + _charging(i, tau, v_rest, v_reset, v_th))
    return np.where(np.asarray(i) == v_th - v_rest, 1 / max(t_ref, 1e-9), hz)


def starts_at_rest(i, tau, v_rest, v_reset, v_th, t_ref):
    """Every interval starts from rest, as the first one does; after a spike v is elsewhere."""
    return 1 / (t_ref + _charging(i, tau, v_rest, v_rest, v_th))


def drive_as_voltage(i, tau, v_rest, v_reset, v_th, t_ref):
    """The drive is taken for the voltage that v approaches: rest is forgotten."""
    return 1 / (t_ref + _charging(np.abs(i) + 0.0, tau, 0.0, v_reset, v_th))


def rates_added(i, tau, v_rest, v_reset, v_th, t_ref):
    """The refractory period is added to the rate instead of to the interval."""
    time = _charging(i, tau, v_rest, v_reset, v_th)
    return np.where(np.isfinite(time), 1 / time + t_ref, 0)


def straight_line(i, tau, v_rest, v_reset, v_th, t_ref):
    """A straight line above threshold: the rate is taken to be proportional to what exceeds it."""
    over = np.maximum(np.asarray(i, dtype=float) - (v_th - v_rest), 0)
    return over / (tau * (v_th - v_reset) + t_ref * over)


def no_leak(i, tau, v_rest, v_reset, v_th, t_ref):
    """Charging without a leak: the way to threshold divided by the speed at its start."""
    i = np.asarray(i, dtype=float)
    with np.errstate(all="ignore"):
        return np.where(i > v_th - v_rest, 1 / (t_ref + tau * (v_th - v_reset) / i), 0)
