"""The reference solution of a2_ctrnn: one plain function a question, the text of the solution notebook."""

import numpy as np


def ctrnn_field(h, u, W_rec, W_in, b, tau):
    """Velocity of a network of currents; h (..., N), u (..., M) -> dh (..., N)."""
    drive = np.tanh(h) @ W_rec.T + u @ W_in.T + b
    return (drive - h) / tau


def euler_limit(J):
    """Largest steps of stable Euler maps at rest points, and turns per step of the modes that go first; J (n, N, N)."""
    modes = np.linalg.eigvals(J)
    limits = -2 * modes.real / np.abs(modes) ** 2
    first = np.argmin(limits, axis=-1)[:, None]
    dt = np.take_along_axis(limits, first, axis=-1)[:, 0]
    turn = np.abs(np.angle(1 + dt * np.take_along_axis(modes, first, axis=-1)[:, 0]))
    stable = modes.real.max(axis=-1) < 0
    return np.where(stable, dt, 0.0), np.where(stable, turn, 0.0)


def ridge_readout(h, y, weight, lam):
    """Readout C (k, N), d (k,) of least weighted mean squared error plus lam |C|^2; h (n, N), y (n, k), weight (n,)."""
    share = weight / weight.sum()
    mean_h, mean_y = share @ h, share @ y
    centred = h - mean_h
    spread = centred.T @ (share[:, None] * centred)
    common = centred.T @ (share[:, None] * (y - mean_y))
    C = np.linalg.solve(spread + lam * np.eye(len(spread)), common).T
    return C, mean_y - C @ mean_h


def closed_loop(h, W_rec, W_in, b, C, d, tau):
    """Velocity and Jacobian of a network of currents that hears its own readout, (..., N) and (..., N, N)."""
    rate = np.tanh(h)
    W = W_rec + W_in @ C
    dh = (rate @ W.T + b + W_in @ d - h) / tau
    slope = 1 - rate**2
    J = (W * slope[..., None, :] - np.eye(len(b))) / tau[:, None]
    return dh, J


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
