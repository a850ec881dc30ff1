"""Right answers to question 8, differently made; each reaches the highest rung."""

import numpy as np
import torch


def from_patterns_with_errors(patterns):
    """Least squares on two hundred copies of each pattern in which a twentieth of the signs is wrong."""
    rng, whole = np.random.default_rng(0), np.repeat(patterns, 200, axis=0)
    seen = whole * rng.choice([-1, 1], whole.shape, p=[0.05, 0.95])
    return np.linalg.solve(seen.T @ seen, seen.T @ whole).T


def between_units(patterns):
    """The same ridge as a matrix of units by units, in torch and float32; the gain is of no matter."""
    x = torch.as_tensor(np.array(patterns), dtype=torch.float32)
    together = x.T @ x
    return 40 * torch.linalg.solve(together + 4 * torch.eye(50), together)


def by_descent(patterns):
    """Gradient descent on the squared error of clean patterns, with the weights held small."""
    W = np.zeros((50, 50))
    for _ in range(200):
        W += 0.01 * ((patterns - patterns @ W.T).T @ patterns - 5 * W)
    return W
