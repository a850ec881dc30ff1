"""Right answers to question 8, differently made; each reaches every rung."""

import numpy as np
import torch


def wider_drive(x, rng):
    """Less recurrence and more drive, solved by a QR decomposition of the states with a column of ones."""
    runs, time, k = x.shape
    W, U, b = 0.01 * rng.standard_normal((180, 180)), 0.25 * rng.standard_normal((180, k)), 2 * rng.random(180) - 1
    h, rows = np.zeros((runs, 180)), []
    for j in range(time - 1):
        h = h - 0.5 * h + 0.5 * (np.tanh(h) @ W.T + x[:, j] @ U.T + b)
        rows.append(np.tanh(h))
    a = np.concatenate(rows[60:])
    a = np.hstack([a, np.ones((len(a), 1))])
    y = np.concatenate(list(x[:, 61:].swapaxes(0, 1)))
    q, r = np.linalg.qr(np.vstack([a, 1e-4 * np.eye(181)]))
    weights = np.linalg.solve(r, q[: len(a)].T @ y)
    return W, U, b, weights[:-1].T, weights[-1]


def torch_cholesky(x, rng):
    """Double precision tensors, weights scaled to a spectral radius, Cholesky."""
    x = torch.as_tensor(x, dtype=torch.float64)
    runs, time, k = x.shape
    n = 200
    W = torch.from_numpy(rng.normal(size=(n, n)))
    W = 0.2 * W / torch.linalg.matrix_norm(W, 2)
    U, b = 0.2 * torch.from_numpy(rng.normal(size=(n, k))), torch.from_numpy(rng.normal(size=n)) * 0.6
    h, states = torch.zeros(runs, n, dtype=torch.float64), []
    for j in range(time):
        h = 0.5 * (h + torch.tanh(h) @ W.T + x[:, j] @ U.T + b)
        states.append(torch.tanh(h))
    a, y = torch.stack(states, dim=1)[:, 60:-1].reshape(-1, n), x[:, 61:].reshape(-1, k)
    mean, level = a.mean(0), y.mean(0)
    gram = (a - mean).T @ (a - mean) / len(a) + 1e-11 * torch.eye(n, dtype=torch.float64)
    C = torch.cholesky_solve((a - mean).T @ (y - level) / len(a), torch.linalg.cholesky(gram)).T
    return W, U, b, C, level - C @ mean


def uniform_and_sparse(x, rng):
    """Uniform input weights, one recurrent weight in ten, a spectral decomposition of the covariance."""
    runs, _, k = x.shape
    n = 190
    W = rng.uniform(-1, 1, (n, n)) * (rng.random((n, n)) < 0.1) * 0.1
    U, b = rng.uniform(-0.4, 0.4, (n, k)), rng.uniform(-1, 1, n)
    h, states = np.zeros((runs, n)), []
    for sample in x.swapaxes(0, 1):
        h = (h + np.tanh(h) @ W.T + sample @ U.T + b) / 2
        states.append(np.tanh(h))
    a, y = np.concatenate(states[50:-1]), np.concatenate(list(x.swapaxes(0, 1)[51:]))
    mean = a.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(a.T, bias=True))
    turned = (a - mean) @ vectors
    C = (vectors / (values + 1e-12) @ (turned.T @ (y - y.mean(axis=0)) / len(a))).T
    return W, U, b, C, y.mean(axis=0) - C @ mean
