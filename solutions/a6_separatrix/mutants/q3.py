"""Wrong answers to question 3. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _direction(jac, saddle, stable=True):
    values, vectors = np.linalg.eig(jac(saddle[None])[0])
    return vectors[:, np.argmin(values) if stable else np.argmax(values)]


def _trail(g, x, steps, h):
    """States (steps + 1, 2) on the way of g from x, Runge-Kutta, one start for each branch: (2, steps + 1, 2)."""
    trail = [x]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            x = trail[-1]
            a = g(x)
            b = g(x + h / 2 * a)
            c = g(x + h / 2 * b)
            trail.append(x + h / 6 * (a + 2 * b + 2 * c + g(x + h * c)))
    return np.stack(trail, axis=1)


def _unit(v):
    return v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-12)


def _even(trail, s):
    """Points of one trail (m, 2) at arc lengths s."""
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(trail, axis=0), axis=1))])
    return np.stack([np.interp(s, gone, column) for column in trail.T], axis=1)


def _both(saddle, away, offset=1e-6):
    return saddle + offset * np.stack([away, -away])


def _right(f, jac, saddle, s):
    """The two branches at even arc lengths s, as they should be."""
    h = (s[1] - s[0]) / 2
    trail = _trail(lambda x: -_unit(f(x)), _both(saddle, _direction(jac, saddle)), 2 * (len(s) - 1), h)
    return np.concatenate([np.stack([saddle, saddle])[:, None], trail[:, 2::2]], axis=1)


def unstable_manifold(f, jac, saddle, length, n):
    """The way out of the saddle, forward in time: the curve on which states leave, not the one on which they come."""
    h = length / (n - 1)
    return _trail(lambda x: _unit(f(x)), _both(saddle, _direction(jac, saddle, stable=False)), n - 1, h)


def forward_in_time(f, jac, saddle, length, n):
    """Forward in time from the stable direction: such a start falls back to the saddle and slips off it."""
    starts = _both(saddle, _direction(jac, saddle), offset=0.1)
    return _trail(lambda x: _unit(f(x)), starts, n - 1, length / (n - 1))


def one_branch_twice(f, jac, saddle, length, n):
    """The same branch in both rows."""
    c = _right(f, jac, saddle, np.linspace(0, length, n))
    return c[[0, 0]]


def even_in_time(f, jac, saddle, length, n):
    """Points at equal times: they crowd where the flow is slow, at the saddle."""
    s, start = np.linspace(0.005, length, 2 * n), _both(saddle, _direction(jac, saddle), 0.005)
    branches = []
    for trail in _trail(lambda x: -_unit(f(x)), start, 2 * n - 1, s[1] - s[0]):
        time = np.concatenate(
            [[0.0], np.cumsum((s[1] - s[0]) / np.linalg.norm(f((trail[1:] + trail[:-1]) / 2), axis=1))]
        )
        branches.append(_even(trail, np.interp(np.linspace(0, time[-1], n), time, s - s[0])))
    return np.stack(branches)


def straight_line(f, jac, saddle, length, n):
    """A straight line along the stable direction: right at the saddle, and nowhere else."""
    return saddle + np.linspace(0, length, n)[:, None] * np.stack([1, -1])[:, None, None] * _direction(jac, saddle)


def mirrored_speed(f, jac, saddle, length, n):
    """Time is turned by the sign of the second coordinate, as without friction: friction then keeps its sign."""
    mirror = np.array([1.0, -1.0])
    starts = mirror * _both(saddle, _direction(jac, saddle))
    return mirror * _trail(lambda x: _unit(f(x)), starts, n - 1, length / (n - 1))


def long_euler_steps(f, jac, saddle, length, n):
    """Backwards in Euler steps of 0.2 time units: too rough for the curve."""
    trail = [_both(saddle, _direction(jac, saddle), 1e-4)]
    with np.errstate(all="ignore"):
        for _ in range(120):
            trail.append(np.clip(trail[-1] - 0.2 * f(trail[-1]), -50, 50))
    return np.stack([_even(branch, np.linspace(0, length, n)) for branch in np.stack(trail, axis=1)])


def upright_line(f, jac, saddle, length, n):
    """The line on which the first coordinate is that of the saddle: basins are taken to be left and right of it."""
    return saddle + np.linspace(0, length, n)[:, None] * np.stack([1, -1])[:, None, None] * np.array([0.0, 1.0])


def length_is_time(f, jac, saddle, length, n):
    """The length is taken as a time: the curve ends after so many time units, however far that is."""
    trails = _trail(lambda x: -f(x), _both(saddle, _direction(jac, saddle), 0.05), 100, length / 100)
    ends = [np.linalg.norm(np.diff(trail, axis=0), axis=1).sum() for trail in trails]
    return np.stack([_even(trail, np.linspace(0, end, n)) for trail, end in zip(trails, ends, strict=True)])


def never_leaves(f, jac, saddle, length, n):
    """Started at the saddle itself, where the velocity is zero: the curve is one point."""
    return np.broadcast_to(saddle, (2, n, 2)).copy()


def half_for_each(f, jac, saddle, length, n):
    """The length is shared between the branches: each goes only half as far."""
    return _right(f, jac, saddle, np.linspace(0, length / 2, n))


def one_curve_cut_in_two(f, jac, saddle, length, n):
    """One curve through the saddle cut in two: the first branch runs towards the saddle instead of away from it."""
    c = _right(f, jac, saddle, np.linspace(0, length, n))
    return np.stack([c[0, ::-1], c[1]])


def saddle_left_out(f, jac, saddle, length, n):
    """The first point is a step away from the saddle."""
    return _right(f, jac, saddle, np.linspace(0, length, n + 1))[:, 1:]


def points_first(f, jac, saddle, length, n):
    """Points come before branches in the layout."""
    return _right(f, jac, saddle, np.linspace(0, length, n)).swapaxes(0, 1)
