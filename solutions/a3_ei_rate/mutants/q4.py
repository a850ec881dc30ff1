"""Wrong answers to question 4. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _search(lost, tau_e, bottom=1e-3, top=100.0):
    """The time constant at which `lost` turns true, by bisection; None when it never does."""
    low, high = bottom * tau_e, top * tau_e
    if not lost(high):
        return None
    while high / low > 1 + 1e-7:
        middle = np.sqrt(low * high)
        low, high = (low, middle) if lost(middle) else (middle, high)
    return low


def _modes(W, gain, n_exc, tau_e, tau_i):
    tau = np.where(np.arange(len(W)) < n_exc, tau_e, tau_i)
    return np.linalg.eigvals((gain[:, None] * W - np.eye(len(W))) / tau[:, None])


def _told(modes_at, tau_e, unit=1000 / (2 * np.pi), tau=None):
    """Time constant and frequency out of the eigenvalues as a function of tau_i."""
    found = _search(lambda tau_i: modes_at(tau_i).real.max() > 0, tau_e) if tau is None else tau
    if found is None:
        return 100 * tau_e, 0.0
    modes = modes_at(found)
    return found, unit * abs(modes[np.argmax(modes.real)].imag)


def slopes_ignored(W, gain, n_exc, tau_e):
    """The slopes of the working point were left out: weights alone do not say how strong a loop is."""
    return _told(lambda tau_i: _modes(W, np.ones(len(W)), n_exc, tau_e, tau_i), tau_e)


def trace_of_all(W, gain, n_exc, tau_e):
    """The trace was set to zero: with more than two populations its sign says nothing about stability."""
    slopes = gain * np.diag(W) - 1
    push = slopes[:n_exc].sum()
    tau = -slopes[n_exc:].sum() * tau_e / push if push > 0 else None
    if tau is None or tau > 100 * tau_e:
        return 100 * tau_e, 0.0
    return _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e, tau=tau)


def upside_down(W, gain, n_exc, tau_e):
    """The ratio of the two clocks is upside down."""
    tau, frequency = _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e)
    return (tau, frequency) if frequency == 0 else (tau_e**2 / tau, frequency)


def clocks_swapped(W, gain, n_exc, tau_e):
    """The time constant that was varied is that of the excitatory cells."""
    wide = np.arange(len(W)) < n_exc

    def modes_at(tau):
        clocks = np.where(wide, tau, tau_e)
        return np.linalg.eigvals((gain[:, None] * W - np.eye(len(W))) / clocks[:, None])

    found = _search(lambda tau: modes_at(tau).real.max() < 0, tau_e)
    return (100 * tau_e, 0.0) if found is None else _told(modes_at, tau_e, tau=found)


def leak_without_clock(W, gain, n_exc, tau_e):
    """The clock divides what arrives, not the leak, which was given one per ms for all cells."""

    def modes_at(tau_i):
        tau = np.where(np.arange(len(W)) < n_exc, tau_e, tau_i)
        return np.linalg.eigvals(gain[:, None] * W / tau[:, None] - np.eye(len(W)))

    return _told(modes_at, tau_e)


def leak_forgotten(W, gain, n_exc, tau_e):
    """The leak is missing in the Jacobian."""

    def modes_at(tau_i):
        tau = np.where(np.arange(len(W)) < n_exc, tau_e, tau_i)
        return np.linalg.eigvals(gain[:, None] * W / tau[:, None])

    return _told(modes_at, tau_e)


def first_turning(W, gain, n_exc, tau_e):
    """The clock was stopped where eigenvalues begin to turn: a circuit that swings on its way home still rests."""
    grid = np.geomspace(1e-2, 100, 300) * tau_e
    turning = [np.abs(_modes(W, gain, n_exc, tau_e, tau).imag).max() > 0 for tau in grid]
    if not any(turning):
        return 100 * tau_e, 0.0
    return _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e, tau=float(grid[np.argmax(turning)]))


def first_growth(W, gain, n_exc, tau_e):
    """The rest was called lost where some push grows at first; what counts is whether it dies out in the end."""

    def lost(tau_i):
        tau = np.where(np.arange(len(W)) < n_exc, tau_e, tau_i)
        J = (gain[:, None] * W - np.eye(len(W))) / tau[:, None]
        return np.linalg.eigvalsh((J + J.T) / 2).max() > 0

    found = _search(lost, tau_e)
    return (100 * tau_e, 0.0) if found is None else _told(lambda t: _modes(W, gain, n_exc, tau_e, t), tau_e, tau=found)


def modulus_for_real_part(W, gain, n_exc, tau_e):
    """The modulus of the eigenvalues was compared with one: that is the rule for a map with steps of one ms."""
    found = _search(lambda tau_i: np.abs(1 + _modes(W, gain, n_exc, tau_e, tau_i)).max() > 1, tau_e, bottom=0.1)
    return (100 * tau_e, 0.0) if found is None else _told(lambda t: _modes(W, gain, n_exc, tau_e, t), tau_e, tau=found)


def whole_milliseconds(W, gain, n_exc, tau_e):
    """The time constant was searched on whole milliseconds and is as coarse as they are."""
    grid = np.arange(1.0, 100 * tau_e, 1.0)[: int(15 * tau_e)]
    for tau in grid:
        if _modes(W, gain, n_exc, tau_e, tau).real.max() > 0:
            return _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e, tau=tau)
    return 100 * tau_e, 0.0


def radians(W, gain, n_exc, tau_e):
    """The imaginary part was returned as a frequency: a turn has two pi radians."""
    return _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e, unit=1000.0)


def per_millisecond(W, gain, n_exc, tau_e):
    """The frequency counts turns in a millisecond, not in a second."""
    return _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e, unit=1 / (2 * np.pi))


def lower_clock(W, gain, n_exc, tau_e):
    """The answer is in units of the excitatory time constant, not in ms."""
    tau, frequency = _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e)
    return tau / tau_e, frequency


def always_lost(W, gain, n_exc, tau_e):
    """A circuit that never loses its rest was given a limit all the same: that of its trace, whatever its sign."""
    found = _told(lambda tau_i: _modes(W, gain, n_exc, tau_e, tau_i), tau_e)
    slopes = gain * np.diag(W) - 1
    return found if found[1] else (-slopes[n_exc:].sum() * tau_e / slopes[:n_exc].sum(), 0.0)
