"""The reference solution of a2_ctrnn: one plain function a question, the text of the solution notebook."""

import numpy as np


def coordinate_scores(pred, target, previous):
    """R^2 and skill of each coordinate over all samples there are; arrays (run, time, k) -> (k,), (k,)."""
    pred, target, previous = (np.asarray(series, dtype=float) for series in (pred, target, previous))
    error = np.nanmean((pred - target) ** 2, axis=(0, 1))
    spread = np.nanvar(target, axis=(0, 1))
    standing_still = np.nanmean((previous - target) ** 2, axis=(0, 1))
    return 1 - error / spread, 1 - error / standing_still


def valid_time(pred, truth, std, dt, lyap, threshold):
    """How long each forecast keeps every coordinate within threshold standard deviations, (n,) Lyapunov times."""
    pred, truth = np.asarray(pred, dtype=float), np.asarray(truth, dtype=float)
    time = pred.shape[1]
    off = np.abs(pred - truth[:, -time:]) / np.asarray(std, dtype=float)
    lost = ~(off <= threshold).all(axis=-1)
    first = np.where(lost.any(axis=1), lost.argmax(axis=1), time)
    return first * dt * lyap


def train_forecaster(x, rng):
    """A network whose closed loop follows x (runs, time, k): W_rec (N, N), W_in (N, k), b (N,), C (k, N), d (k,)."""
    x = np.asarray(x, dtype=float)
    runs, time, k = x.shape
    N = 200
    W_rec = 0.3 / np.sqrt(N) * rng.normal(size=(N, N))
    W_in = 0.2 * rng.normal(size=(N, k))
    b = rng.uniform(-1, 1, size=N)
    h, rates = np.zeros((runs, N)), np.empty((runs, time, N))
    for j in range(time):
        h = h / 2 + (np.tanh(h) @ W_rec.T + x[:, j] @ W_in.T + b) / 2
        rates[:, j] = np.tanh(h)
    seen, following = rates[:, 50:-1].reshape(-1, N), x[:, 51:].reshape(-1, k)
    mean, centre = seen.mean(axis=0), following.mean(axis=0)
    seen, following = seen - mean, following - centre
    gram = seen.T @ seen / len(seen) + 1e-12 * np.eye(N)
    C = np.linalg.solve(gram, seen.T @ following / len(seen)).T
    return W_rec, W_in, b, C, centre - C @ mean
