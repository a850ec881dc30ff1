"""Wrong answers to question 6. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _rate(x):
    return x / np.sqrt(1 + x**2)


def _velocity(W, b, x):
    return _rate(x) @ W.T + b - x


def _jacobian(W, x):
    return W * (1 + x**2) ** -1.5 - np.eye(len(x))


def _speed(W, b, x):
    return float(np.linalg.norm(_velocity(W, b, x)))


def _downhill(W, b, x, stop=1e-13, rounds=80):
    """Where damped Gauss-Newton steps from one state come to rest or stop."""
    damping, eye = 1e-3, np.eye(len(b))
    for _ in range(rounds):
        speed = _speed(W, b, x)
        if speed < stop or damping > 1e6:
            break
        J = _jacobian(W, x)
        trial = x - np.linalg.solve(J.T @ J + damping * eye, J.T @ _velocity(W, b, x))
        if _speed(W, b, trial) < speed:
            x, damping = trial, damping / 10
        else:
            damping *= 8
    return x


def _newton(W, b, x, steps):
    for _ in range(steps):
        x = x - np.linalg.solve(_jacobian(W, x), _velocity(W, b, x))
        x = np.clip(x, -50, 50)
    return x


def _slowest(W, b, x):
    """The direction in which the network is slow."""
    return np.linalg.svd(_jacobian(W, x))[2][-1]


def slower_than_a_tenth(W, b, x, radius):
    """A speed below 0.1 was called rest: that is one state of the network's own size in ten time units."""
    return x, _speed(W, b, x) < 0.1


def stopped_early(W, b, x, radius):
    """The search stopped at a speed of 0.0001: that is slow, not at rest, and how slow a ghost may be nobody knows."""
    found = _downhill(W, b, x, stop=1e-4)
    return found, _speed(W, b, found) <= 1e-4 and np.linalg.norm(found - x) <= radius


def square_below_a_millionth(W, b, x, radius):
    """Half the square of the speed had to be below 1e-6, which is a speed of 0.0014, and the search stopped there."""
    found = _downhill(W, b, x, stop=np.sqrt(2e-6))
    return found, _speed(W, b, found) <= np.sqrt(2e-6)


def slower_than_a_thousandth(W, b, x, radius):
    """The least speed was looked for, and one below 0.001 was called rest: a ghost may be slower than that."""
    found = _downhill(W, b, x)
    return found, _speed(W, b, found) < 1e-3


def slower_than_a_hundredth(W, b, x, radius):
    """The least speed was looked for, and one below 0.01 was called rest."""
    found = _downhill(W, b, x)
    return found, _speed(W, b, found) < 1e-2


def always(W, b, x, radius):
    """Everything that the search returned was called a rest point."""
    return _downhill(W, b, x, rounds=20), True


def somewhere(W, b, x, radius):
    """A rest point was found, but anywhere: the radius was not used."""
    ends = [_newton(W, b, x + far * _slowest(W, b, x), 30) for far in (-8, 8)]
    best = min(ends, key=lambda end: _speed(W, b, end))
    return best, _speed(W, b, best) < 1e-9


def watched_for_a_while(W, b, x, radius):
    """The network was left to run, and when it hardly moved any more it was called at rest."""
    for _ in range(40):
        before, x = x, _rate(x) @ W.T + b
    return x, np.linalg.norm(x - before) < 1e-2


def watched_for_a_long_time(W, b, x, radius):
    """The network was left to run from there: what does not attract is left, and what is slow is still there."""
    start = x
    for _ in range(150):
        x = _rate(x) @ W.T + b
    return _newton(W, b, x, 1), np.linalg.norm(x - start) <= radius


def stable_only(W, b, x, radius):
    """A rest point that does not attract was not called one: being at rest was taken for being a memory."""
    found = _downhill(W, b, x)
    modes = np.linalg.eigvals(_jacobian(W, found))
    near = np.linalg.norm(found - x) <= radius
    return found, near and _speed(W, b, found) < 1e-9 and modes.real.max() < 0


def ends_of_the_radius(W, b, x, radius):
    """Only both ends of the radius were compared: between two ends that agree there may be two rest points."""
    slow = _slowest(W, b, x)
    ends = [_velocity(W, b, x + side * radius * slow) @ slow for side in (-1, 1)]
    return x, bool(ends[0] * ends[1] < 0)


def no_slow_mode(W, b, x, radius):
    """A place with a slow mode was called a ghost without looking whether anything rests there."""
    found = _downhill(W, b, x)
    modes = np.linalg.eigvals(_jacobian(W, found))
    return found, _speed(W, b, found) < 1e-9 and np.abs(modes).min() > 0.12


def never(W, b, x, radius):
    """Nothing was called a rest point."""
    return _downhill(W, b, x), False


def rates_of_tanh(W, b, x, radius):
    """Another network was searched: one whose rates are tanh(x)."""
    for _ in range(30):
        J = W * (1 - np.tanh(x) ** 2) - np.eye(len(b))
        x = np.clip(x - np.linalg.lstsq(J, W @ np.tanh(x) + b - x, rcond=1e-6)[0], -50, 50)
    return x, np.linalg.norm(W @ np.tanh(x) + b - x) < 1e-9
