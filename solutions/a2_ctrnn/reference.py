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
