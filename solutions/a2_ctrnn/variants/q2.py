"""Right answers to question 2, differently written; each gets every point."""

import numpy as np
import torch


def loop(J):
    """One rest point and one mode after the other; numbers in lists."""
    steps, turns = [], []
    for matrix in J:
        modes = np.linalg.eigvals(matrix)
        if any(mode.real >= 0 for mode in modes):
            steps.append(0.0)
            turns.append(0.0)
            continue
        limit, mode = min(((-2 * m.real / (m.real**2 + m.imag**2), m) for m in modes), key=lambda pair: pair[0])
        steps.append(limit)
        turns.append(np.arctan2(limit * abs(mode.imag), 1 + limit * mode.real))
    return steps, turns


def tensors(J):
    """Tensors; the angle of a mode at its limit follows from its ratio of decay to modulus."""
    modes = torch.linalg.eigvals(torch.as_tensor(J))
    limits = -2 * modes.real / modes.abs() ** 2
    dt, place = limits.min(dim=-1)
    ratio = (modes.real / modes.abs()).gather(-1, place[:, None])[:, 0]
    stable = modes.real.amax(dim=-1) < 0
    return dt * stable, torch.arccos((1 - 2 * ratio**2).clamp(-1, 1)) * stable


def bisection(J):
    """A bisection on the spectral radius, then the angle of the largest multiplier."""

    def multipliers(matrix, dt):
        return np.linalg.eigvals(np.eye(len(matrix)) + dt * matrix)

    answers = []
    for matrix in J:
        low, high = 0.0, 1.0
        if np.linalg.eigvals(matrix).real.max() > 0:
            answers.append((0.0, 0.0))
            continue
        while np.abs(multipliers(matrix, high)).max() < 1:
            high *= 2
        for _ in range(30):
            middle = (low + high) / 2
            if np.abs(multipliers(matrix, middle)).max() < 1:
                low = middle
            else:
                high = middle
        last = multipliers(matrix, low)
        answers.append((low, np.abs(np.angle(last[np.abs(last).argmax()]))))
    return np.array(answers).T


def single_precision(J):
    """The same in float32."""
    modes = np.linalg.eigvals(J.astype(np.float32))
    limits = -2 * modes.real / (modes.real**2 + modes.imag**2)
    first = (np.arange(len(J)), limits.argmin(axis=-1))
    stable = modes.real.max(axis=-1) < 0
    return limits[first] * stable, np.angle(1 + limits[first] * modes[first]) * stable
