"""The reference solution of a5_flipflop: one plain function a question, the text of the solution notebook."""

import numpy as np


def latch(pulses):
    """For every step the sign of the bit's last non-zero entry up to there, or 0; (batch, time, bits) both."""
    pulses = np.asarray(pulses, dtype=float)
    steps = np.arange(pulses.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(pulses != 0, steps, 0), axis=1)
    return np.take_along_axis(np.sign(pulses), last, axis=1)


def memory_scores(y_hat, y, valid, margin):
    """Three scores of the outputs y_hat against targets y: of single bits, of whole trials, of whole memories."""
    valid = np.asarray(valid, dtype=bool)
    right = np.asarray(y_hat) * np.asarray(y) > margin
    whole = right.all(axis=-1)
    bits = right[valid].mean()
    trials = (whole | ~valid).all(axis=1).mean()
    memory = (np.asarray(y) > 0) @ 2 ** np.arange(right.shape[-1])
    kept = [whole[valid & (memory == word)].mean() >= 0.95 for word in np.unique(memory[valid])]
    return bits, trials, sum(kept)


def keep_best(step, validate, state, n):
    """Train for n epochs and hand back copies of the weights that validated best, their epoch and their loss."""
    best, best_epoch, best_loss = None, 0, np.inf
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if loss < best_loss:
            best = {name: np.array(weights) for name, weights in state.items()}
            best_epoch, best_loss = epoch, loss
    return best, best_epoch, best_loss


def resting_states(W, b, starts):
    """Distinct solutions of x = W tanh(x) + b, by damped Gauss-Newton steps on the velocity; (k, N) out of (n, N)."""
    x, eye = np.array(starts, dtype=float), np.eye(len(b))
    velocity = np.tanh(x) @ W.T + b - x
    damping, moving = np.full(len(x), 1e-3), np.arange(len(x))
    for _ in range(100):
        J = W * (1 - np.tanh(x[moving, None]) ** 2) - eye
        Jt = J.transpose(0, 2, 1)
        push = Jt @ velocity[moving, :, None]
        step = np.linalg.solve(Jt @ J + damping[moving, None, None] * eye, push)[..., 0]
        there = x[moving] - step
        faster = np.tanh(there) @ W.T + b - there
        better = np.linalg.norm(faster, axis=1) < np.linalg.norm(velocity[moving], axis=1)
        x[moving[better]], velocity[moving[better]] = there[better], faster[better]
        damping[moving] *= np.where(better, 0.1, 8.0)
        speed = np.linalg.norm(velocity, axis=1)
        moving = np.flatnonzero((speed > 1e-13) & (damping < 1e4))
        if not len(moving):
            break
    found = []
    for state in x[np.linalg.norm(velocity, axis=1) < 1e-10]:
        if all(np.linalg.norm(state - other) > 1e-4 for other in found):
            found.append(state)
    return np.array(found).reshape(-1, len(b))


def escapes(J, kind, wait):
    """Modes of each J (n, N, N) along which a displacement grows by more than e within the wait; (n,)."""
    modes = np.linalg.eigvals(np.asarray(J, dtype=float))
    growth = modes.real if kind == "flow" else np.log(np.abs(modes))
    return np.sum(growth * wait > 1, axis=-1)


def pin_down(W, b, x, radius):
    """The rest point of x' = -x + W r(x) + b that lies within radius of x, and True; or the slowest state met, False.

    Damped Gauss-Newton steps from x and from four states beside it, along the direction in which the network is slow.
    """
    eye = np.eye(len(b))
    slow = np.linalg.svd(W * (1 + x**2) ** -1.5 - eye)[2][-1]
    states = x + radius * np.array([0, 0.5, -0.5, 0.25, -0.25])[:, None] * slow
    velocity = states / np.sqrt(1 + states**2) @ W.T + b - states
    damping = np.full(len(states), 1e-3)
    for _ in range(60):
        speed = np.linalg.norm(velocity, axis=1)
        if (speed < 1e-13).all() or damping.min() > 1e4:
            break
        J = W * (1 + states[:, None] ** 2) ** -1.5 - eye
        normal = J.transpose(0, 2, 1) @ J + damping[:, None, None] * eye
        trial = states - np.linalg.solve(normal, J.transpose(0, 2, 1) @ velocity[..., None])[..., 0]
        moved = trial / np.sqrt(1 + trial**2) @ W.T + b - trial
        better = np.linalg.norm(moved, axis=1) < speed
        states[better], velocity[better] = trial[better], moved[better]
        damping *= np.where(better, 0.1, 8.0)
    near, speed = np.linalg.norm(states - x, axis=1) <= radius, np.linalg.norm(velocity, axis=1)
    best = np.argmin(np.where(near, speed, np.inf))
    return states[best], bool(near[best] and speed[best] < 1e-10)


def imprint(patterns):
    """Weights (50, 50) out of patterns (P, 50), that bring each nearly back to itself: least squares with a ridge.

    The ridge is what patterns with some twentieth of wrong signs would add to their overlaps.
    """
    patterns = np.asarray(patterns, dtype=float)
    overlaps = patterns @ patterns.T
    return patterns.T @ np.linalg.solve(overlaps + 5 * np.eye(len(patterns)), patterns)
