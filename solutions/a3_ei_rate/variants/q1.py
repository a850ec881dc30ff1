"""Right answers to question 1, differently written; each gets every point."""

import numpy as np
import torch


def torch_outer(V, n_exc, edge):
    """Tensors: sizes times a row of signed strengths, the diagonal taken off, eigenvalues of torch."""
    size = torch.as_tensor(V).abs()
    n = size.shape[0]
    strength = torch.cat((torch.ones(n_exc), -torch.full((n - n_exc,), n_exc / (n - n_exc), dtype=torch.float64)))
    W = size * strength
    W = W - torch.diag(W.diagonal())
    return W * (edge / torch.linalg.eigvals(W).real.max())


def column_by_column(V, n_exc, edge):
    """One sender after the other, one receiver after the other; lists returned."""
    n = len(V)
    W = [[0.0] * n for _ in range(n)]
    for sender in range(n):
        for receiver in range(n):
            if receiver != sender:
                size = abs(float(V[receiver, sender]))
                W[receiver][sender] = size if sender < n_exc else -size * n_exc / (n - n_exc)
    largest = max(mode.real for mode in np.linalg.eigvals(np.array(W)))
    return [[weight * edge / largest for weight in row] for row in W]


def single_precision(V, n_exc, edge):
    """Everything in float32, eigenvalues too."""
    W = np.abs(V).astype(np.float32)
    W[:, n_exc:] *= -np.float32(n_exc / (len(W) - n_exc))
    W[np.eye(len(W), dtype=bool)] = 0
    return W * np.float32(edge / np.linalg.eigvals(W).real.max())


def roots_of_the_transpose(V, n_exc, edge):
    """The same eigenvalues from the transpose, and the sign by np.where."""
    W = np.where(np.arange(len(V)) < n_exc, np.abs(V), -np.abs(V) * n_exc / (len(V) - n_exc))
    W = np.where(np.eye(len(V)), 0.0, W)
    return W / (max(np.linalg.eigvals(W.T).real) / edge)
