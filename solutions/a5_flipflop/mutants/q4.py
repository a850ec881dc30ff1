"""Wrong answers to question 4. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _velocity(W, b, x):
    return np.tanh(x) @ W.T + b - x


def _descended(W, b, starts, stop=1e-13, rounds=100):
    """Where damped Gauss-Newton steps come to rest or stop, (n, N)."""
    x, eye = np.array(starts, dtype=float), np.eye(len(b))
    damping = np.full(len(x), 1e-3)
    for _ in range(rounds):
        speed = np.linalg.norm(_velocity(W, b, x), axis=1)
        on = np.flatnonzero((speed > stop) & (damping < 1e4))
        if not len(on):
            break
        J = W * (1 - np.tanh(x[on, None]) ** 2) - eye
        Jt = J.transpose(0, 2, 1)
        push = Jt @ _velocity(W, b, x[on])[..., None]
        there = x[on] - np.linalg.solve(Jt @ J + damping[on, None, None] * eye, push)[..., 0]
        better = np.linalg.norm(_velocity(W, b, there), axis=1) < speed[on]
        x[on[better]] = there[better]
        damping[on] *= np.where(better, 0.1, 8.0)
    return x


def _newton(W, b, x, steps):
    """Plain Newton steps; what runs away stays where it is."""
    for _ in range(steps):
        J = W * (1 - np.tanh(x[:, None]) ** 2) - np.eye(len(b))
        there = x - np.linalg.solve(J, _velocity(W, b, x)[..., None])[..., 0]
        x = np.where(np.abs(there).max(axis=1, keepdims=True) < 1e3, there, x)
    return x


def _merged(points, within=1e-4):
    kept = np.empty((0, points.shape[1]))
    while len(points):
        kept = np.concatenate([kept, points[:1]])
        points = points[np.linalg.norm(points - points[0], axis=1) > within]
    return kept


def _at_rest(W, b, x, speed=1e-10):
    return x[np.linalg.norm(_velocity(W, b, x), axis=1) < speed]


def _all(W, b, starts):
    return _merged(_at_rest(W, b, _descended(W, b, starts)))


def only_run(W, b, starts):
    """The network was left to run: a run ends in the valleys and never stands on a ridge."""
    x = np.array(starts, dtype=float)
    for _ in range(200):
        x = np.tanh(x) @ W.T + b
    return _merged(_at_rest(W, b, _newton(W, b, x, 6)))


def stable_only(W, b, starts):
    """Unstable rest points were thrown away, as if only what attracts were at rest."""
    x = _all(W, b, starts)
    modes = np.linalg.eigvals(W * (1 - np.tanh(x[:, None]) ** 2) - np.eye(len(b)))
    return x[modes.real.max(axis=1) < 0]


def slow_is_fixed(W, b, starts):
    """Every point slower than 0.01 was called a rest point: slow is not fixed."""
    return _merged(_at_rest(W, b, _descended(W, b, starts), speed=1e-2))


def stopped_early(W, b, starts):
    """The search was stopped when half the squared speed was below 1e-6, far from rest."""
    return _merged(_at_rest(W, b, _descended(W, b, starts, stop=1.4e-3), speed=1.5e-3), within=1e-2)


def not_merged(W, b, starts):
    """Each start's end was listed: most of them are the same few points."""
    return _at_rest(W, b, _descended(W, b, starts))


def merged_too_wide(W, b, starts):
    """Points less than 0.5 apart were called the same: two of them can be near each other and differ."""
    return _merged(_all(W, b, starts), within=0.5)


def rounded_to_merge(W, b, starts):
    """Points were rounded to three digits to find equal ones, and the rounded ones were handed back."""
    return np.unique(np.round(_at_rest(W, b, _descended(W, b, starts)), 3) + 0.0, axis=0)


def tanh_outside(W, b, starts):
    """The tanh was put around the whole sum: these are the rest points of the other kind of network."""
    return np.tanh(_all(W, b, starts))


def bias_left_out(W, b, starts):
    """The bias was left out: the network then is the same from both sides, which yours is not."""
    return _all(W, np.zeros_like(b), starts)


def senders_for_receivers(W, b, starts):
    """The weights were used by columns: tanh(x) @ W sends where W receives."""
    return _all(W.T, b, starts)


def one_start(W, b, starts):
    """The search began at one place only: other starts come to other rest points."""
    return _all(W, b, np.zeros((1, len(b))))


def few_starts(W, b, starts):
    """Only the first ten starts were searched from."""
    return _all(W, b, starts[:10])


def ends_not_looked_at(W, b, starts):
    """Where Newton's steps had come to after a few rounds was listed, without a look at how fast it still moves."""
    return _merged(_newton(W, b, np.array(starts, dtype=float), 3), within=1e-2)


def not_patient(W, b, starts):
    """The search was given up after four steps, and whatever had not arrived by then was thrown away."""
    x = _newton(W, b, np.array(starts, dtype=float), 4)
    return _merged(_at_rest(W, b, x, speed=1e-9))
