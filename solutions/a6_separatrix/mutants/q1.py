"""Wrong answers to question 1. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _runge_kutta(f, x, h):
    a = f(x)
    b = f(x + h / 2 * a)
    c = f(x + h / 2 * b)
    return x + h / 6 * (a + 2 * b + 2 * c + f(x + h * c))


def _path(f, x0, dt, steps, advance=_runge_kutta):
    """States at all times, (time, n, dim)."""
    path = [np.asarray(x0, dtype=float)]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            path.append(advance(f, path[-1], dt))
    return np.stack(path)


def _distance(path, attractors):
    """Distances (time, n, k)."""
    with np.errstate(all="ignore"):
        return np.linalg.norm(path[:, :, None] - attractors, axis=-1)


def _judged(near, dt):
    """Label and arrival from what is near what, (time, n, k)."""
    label = np.where(near[-1].any(axis=1), near[-1].argmax(axis=1), -1)
    mine = near[:, np.arange(near.shape[1]), label]
    arrival = dt * (len(near) - np.cumprod(mine[::-1], axis=0).sum(axis=0))
    return label, np.where(label < 0, np.nan, arrival)


def _run(f, x0, attractors, dt, T, tol, advance=_runge_kutta):
    return _judged(_distance(_path(f, x0, dt, round(T / dt), advance), attractors) <= tol, dt)


def nearest_at_the_start(f, x0, attractors, dt, T, tol):
    """Every start gets the attractor that it lies nearest to: no trajectory was followed."""
    return _distance(x0[None], attractors)[0].argmin(axis=1), np.zeros(len(x0))


def one_slope_a_step(f, x0, attractors, dt, T, tol):
    """One slope a step, Euler's method: these are the basins of a map, which differ from those of the flow."""
    return _run(f, x0, attractors, dt, T, tol, advance=lambda f, x, h: x + h * f(x))


def always_five(f, x0, attractors, dt, T, tol):
    """Every run lasts five time units, whatever T says."""
    return _run(f, x0, attractors, dt, 5.0, tol)


def steps_for_time(f, x0, attractors, dt, T, tol):
    """As many steps as T has time units: the length of a step was left out."""
    return _run(f, x0, attractors, dt, round(T) * dt, tol)


def never_open(f, x0, attractors, dt, T, tol):
    """Every start gets the attractor that is nearest at the end, near or not: no start is left open."""
    distance = _distance(_path(f, x0, dt, round(T / dt)), attractors)
    return distance[-1].argmin(axis=1), _judged(distance <= tol, dt)[1]


def only_two(f, x0, attractors, dt, T, tol):
    """Only the first two attractors are looked at."""
    return _run(f, x0, attractors[:2], dt, T, tol)


def first_visit(f, x0, attractors, dt, T, tol):
    """Arrival is the first time within tol, even if the state swings out again."""
    near = _distance(_path(f, x0, dt, round(T / dt)), attractors) <= tol
    label, _ = _judged(near, dt)
    first = near[:, np.arange(len(x0)), label].argmax(axis=0) * dt
    return label, np.where(label < 0, np.nan, first)


def arrival_in_steps(f, x0, attractors, dt, T, tol):
    """Arrival is a number of steps instead of a time."""
    label, arrival = _run(f, x0, attractors, dt, T, tol)
    return label, arrival / dt


def time_at_home(f, x0, attractors, dt, T, tol):
    """Arrival is how long the state has been there at the end, instead of the time at which it came."""
    label, arrival = _run(f, x0, attractors, dt, T, tol)
    return label, T - arrival


def squared_distance(f, x0, attractors, dt, T, tol):
    """The squared distance is compared with tol: the root was left out."""
    return _judged(_distance(_path(f, x0, dt, round(T / dt)), attractors) ** 2 <= tol, dt)


def first_coordinate(f, x0, attractors, dt, T, tol):
    """Only the first coordinate is compared with the attractors."""
    return _judged(np.abs(_path(f, x0, dt, round(T / dt))[:, :, None, 0] - attractors[:, 0]) <= tol, dt)


def counted_from_one(f, x0, attractors, dt, T, tol):
    """Labels count the attractors from one, and 0 stands for open."""
    label, arrival = _run(f, x0, attractors, dt, T, tol)
    return label + 1, arrival


def slow_is_there(f, x0, attractors, dt, T, tol):
    """A start has arrived where its velocity falls below tol, at whichever attractor is nearest then."""
    path = _path(f, x0, dt, round(T / dt))
    slow = np.linalg.norm(np.stack([f(x) for x in path]), axis=-1) <= tol
    nearest = _distance(path, attractors)[-1].argmin(axis=1)
    arrival = dt * (len(slow) - np.cumprod(slow[::-1], axis=0).sum(axis=0))
    return np.where(slow[-1], nearest, -1), np.where(slow[-1], arrival, np.nan)
