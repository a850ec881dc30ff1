"""Wrong answers to question 1. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _samples(t_ref, dt):
    return np.rint(np.asarray(t_ref) / dt).astype(int)


def _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, **other):
    """The cells, with one thing done otherwise.

    start: first voltage; slope(v, drive): velocity; reset: voltage after a spike; held_at: voltage while refractory,
    None to go on integrating; late: a spike is marked at the end of its
    refractory period; together: one clock for all cells.
    """
    i = np.asarray(i, dtype=float)
    slope = other.get("slope", lambda v, drive: (v_rest - v + drive) / tau)
    held_at, together = other.get("held_at", v_reset), other.get("together", False)
    held, late = _samples(t_ref, dt), other.get("late", False)
    v, left = np.full(len(i), float(other.get("start", v_rest))), np.zeros(len(i), dtype=int)
    s = np.zeros(i.shape, dtype=bool)
    for k in range(i.shape[1]):
        free = left == 0
        moved = v + dt * slope(v, i[:, k])
        v = moved if held_at is None else np.where(free, moved, held_at)
        fired = (v >= v_th) & free
        v = np.where(fired, other.get("reset", v_reset), v)
        left = np.where(fired.any() if together else fired, held, np.maximum(left - 1, 0))
        place = np.where(fired, k + late * held, i.shape[1])
        s[place < i.shape[1], place[place < i.shape[1]]] = True
    return s


def tau_taken_for_ms(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The time constant was divided by a thousand once too often somewhere: the cell needs seconds to charge."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, slope=lambda v, drive: (v_rest - v + drive) / (1000 * tau))


def leak_to_zero(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The leak pulls v to 0 mV instead of to rest: 0 mV lies far above threshold."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, slope=lambda v, drive: (-v + drive) / tau)


def no_leak(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """No leak: every drive, however weak, adds up to a spike some day."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, slope=lambda v, drive: drive / tau)


def divided_twice(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The drive is divided by tau twice: it arrives dozens of times too strong."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, slope=lambda v, drive: (v_rest - v + drive / tau) / tau)


def refractory_ignored(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The refractory period is not used: a cell charges again at once."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, 0 * t_ref)


def charges_while_refractory(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The membrane goes on charging while the cell is refractory; only its spikes are held back."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, held_at=None)


def reset_to_rest(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The spike itself puts v to rest; only the refractory period holds it where it should be."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, reset=v_rest)


def held_at_rest(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """After a spike v is put, and held, at rest."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, reset=v_rest, held_at=v_rest)


def no_reset(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """Nothing brings v down after a spike: it stays above threshold as long as the drive lasts."""
    i = np.asarray(i, dtype=float)
    v, s = np.full(len(i), float(v_rest)), np.zeros(np.shape(i), dtype=bool)
    last = np.full(len(i), -np.inf)
    for k in range(i.shape[1]):
        v = v + dt / tau * (v_rest - v + i[:, k])
        s[:, k] = (v >= v_th) & (k * dt - last >= t_ref)
        last = np.where(s[:, k], k * dt, last)
    return s


def late_by_t_ref(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """A spike is noted when the refractory period is over, not when threshold is reached."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, late=True)


def starts_at_reset(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The cells start at the reset voltage instead of at rest."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, start=v_reset)


def no_membrane(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """A spike wherever the drive itself exceeds the distance to threshold: nothing charges."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, slope=lambda v, drive: (v_rest - v + drive) / dt)


def mean_drive(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """One value of the drive, its mean, for the whole run: the drive depends on time."""
    i = np.asarray(i, dtype=float)
    return _run(np.repeat(i.mean(axis=1, keepdims=True), i.shape[1], 1), dt, tau, v_rest, v_reset, v_th, t_ref)


def one_clock_for_all(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """A spike of any cell holds all cells: one refractory clock instead of one a cell."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref, together=True)


def stays_up(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """A spike is marked for as long as the cell is refractory, not on one sample."""
    s = _run(i, dt, tau, v_rest, v_reset, v_th, t_ref)
    up = s.copy()
    for cell, held in enumerate(_samples(t_ref, dt)):
        for k in range(1, held):
            up[cell, k:] |= s[cell, :-k]
    return up


def one_tau_for_all(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The first cell's tau and t_ref are used for all cells."""
    return _run(i, dt, tau[0], v_rest, v_reset, v_th, np.full(len(t_ref), t_ref[0]))


def time_first(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """Right spikes in the layout (time, n)."""
    return _run(i, dt, tau, v_rest, v_reset, v_th, t_ref).T
