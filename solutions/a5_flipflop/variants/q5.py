"""Right answers to question 5, differently written; each gets every point."""

import numpy as np
import torch
from scipy.linalg import schur


def in_torch(J, kind, wait):
    """Torch, moduli compared with the factor that e within the wait is for one time unit."""
    grown = torch.linalg.eigvals(torch.as_tensor(J))
    if kind == "flow":
        grown = torch.exp(grown)
    return (grown.abs() > np.exp(1 / wait)).sum(dim=-1)


def by_schur(J, kind, wait):
    """The diagonal of a complex triangle, matrix by matrix, and how far each mode has come; a list of numbers."""
    counts = []
    for matrix in J:
        modes = np.diag(schur(matrix, output="complex")[0])
        grown = [np.exp(wait * mode.real) if kind == "flow" else abs(mode) ** wait for mode in modes]
        counts.append(sum(factor > np.e for factor in grown))
    return counts


def single_precision(J, kind, wait):
    """float32, real parts of the logarithm, a sum of numbers instead of flags."""
    modes = np.linalg.eigvals(np.float32(J))
    rates = modes if kind == "flow" else np.log(modes.astype(np.complex64))
    return (np.sign(np.real(rates) * np.float32(wait) - 1) / 2 + 0.5).sum(axis=-1)
