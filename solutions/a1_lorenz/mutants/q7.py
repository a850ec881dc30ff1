"""Answers to question 7 that earn less than everything; matrix.toml says which rungs they miss.

The first ones hardly look at the series, the last ones are good tries.
"""

import numpy as np
from scipy.spatial import cKDTree

LORENZ, LORENZ_A_TURN = 0.906, 0.68  # per time unit, and per turn


def _turn(x):
    """Samples a turn: from the mean crossings of the coordinate that crosses its mean most often."""
    z = x - x.mean(axis=0)
    crossings = (np.diff(np.sign(z), axis=0) > 0).sum(axis=0)
    return len(x) / crossings.max()


def _curve(x, dt, turns=12):
    """Lags and mean log distance of nearest neighbours at least a turn apart in time."""
    steps, turn = int(min(turns * _turn(x), len(x) // 3)), int(_turn(x))
    here = np.arange(0, len(x) - steps, 3)
    _, near = cKDTree(x[: len(x) - steps]).query(x[here], k=2 * turn + 2)
    there = near[np.arange(len(here)), (np.abs(near - here[:, None]) > turn).argmax(axis=1)]
    gaps = [np.linalg.norm(x[here + k] - x[there + k], axis=1) for k in range(steps)]
    return dt * np.arange(steps), np.array([np.log(gap[gap > 0]).mean() for gap in gaps])


def _slope_of_rise(lag, s, low, high):
    """Slope where the curve stands between two shares of its rise."""
    share = (s - s[0]) / (np.median(s[-len(s) // 5 :]) - s[0])
    inside = slice(int(np.argmax(share > low)), int(np.argmax(share > high)))
    return np.polyfit(lag[inside], s[inside], 1)[0]


def _maps(x, degree):
    """Scaled states (n, 3) and the Jacobians (n, 3, 3) of a polynomial one-step map."""
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    span = range(degree + 1)
    powers = [np.array([i, j, k]) for i in span for j in span for k in span if i + j + k <= degree]
    weights = np.linalg.lstsq(np.stack([(z[:-1] ** p).prod(axis=1) for p in powers], axis=1), z[1:], rcond=None)[0]
    J = np.zeros((len(z), 3, 3))
    for p, weight in zip(powers, weights, strict=True):
        for axis in np.flatnonzero(p):
            J[:, :, axis] += p[axis] * (z ** (p - np.eye(3, dtype=int)[axis])).prod(axis=1)[:, None] * weight
    return z, J


def _carried(J):
    """Mean log growth a map of an arrow that goes through them."""
    arrow, logs = np.ones(3), []
    for matrix in J:
        arrow = matrix @ arrow
        logs.append(np.log(np.linalg.norm(arrow)))
        arrow = arrow / np.linalg.norm(arrow)
    return np.mean(logs[320:])


def typed_in(x, dt):
    """The Lorenz system's own exponent was given for every series."""
    return LORENZ


def so_much_a_turn(x, dt):
    """The Lorenz system's growth in one turn was given to every series, in its own unit of time."""
    return LORENZ_A_TURN / (_turn(x) * dt)


def early_window(x, dt):
    """The line went through the first half turn: displacements still turn into the growing direction."""
    lag, s = _curve(x, dt)
    early = slice(0, int(_turn(x) / 2))
    return np.polyfit(lag[early], s[early], 1)[0]


def fixed_window(x, dt):
    """The line went through lags of 0.5 to 2.5, whatever the unit of time of the series."""
    lag, s = _curve(x, dt)
    inside = (lag >= 0.5) & (lag <= 2.5)
    return np.polyfit(lag[inside], s[inside], 1)[0] if inside.sum() > 2 else np.nan


def whole_curve(x, dt):
    """The line went through the whole curve, the plateau included."""
    return np.polyfit(*_curve(x, dt, turns=25), 1)[0]


def steepest_step(x, dt):
    """The steepest step of the curve was taken for its slope."""
    lag, s = _curve(x, dt)
    return np.max(np.diff(s) / np.diff(lag))


def per_sample(x, dt):
    """Growth was counted a sample, not a time unit."""
    return _carried(_maps(x, 4)[1])


def base_ten(x, dt):
    """Decimal logarithms were taken instead of natural ones."""
    return _carried(_maps(x, 4)[1]) / dt / np.log(10)


def linear_map(x, dt):
    """One matrix was fitted for all steps: its modes decay, and a straight world has no chaos."""
    return _carried(_maps(x, 1)[1]) / dt


def local_eigenvalues(x, dt):
    """The largest eigenvalues of the learned maps were averaged: growth at a point, not along the orbit."""
    return np.log(np.abs(np.linalg.eigvals(_maps(x, 4)[1])).max(axis=1)).mean() / dt


def best_directions(x, dt):
    """The largest stretch of each learned map was averaged: every map was credited with its own best direction."""
    return np.log(np.linalg.svd(_maps(x, 4)[1], compute_uv=False)[:, 0]).mean() / dt


def late_window(x, dt):
    """The window of the divergence curve reached into its bend towards the plateau."""
    return _slope_of_rise(*_curve(x, dt), 0.5, 0.9)


def window_of_the_rise(x, dt):
    """A divergence curve, read in the middle of its rise: few neighbours are close, so the window is short."""
    return _slope_of_rise(*_curve(x, dt), 0.3, 0.8)


def quadratic_map(x, dt):
    """The one-step map was taken as quadratic: the velocity is, what a whole step does is not."""
    return _carried(_maps(x, 2)[1]) / dt
