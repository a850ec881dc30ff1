"""Right answers to question 5, differently written; each gets every point."""

import numpy as np
import torch


def with_determinants(J, J0, m0, gain, theta, K):
    """Cramer's rule for both systems, as lists."""

    def cramer(A, y):
        rates = []
        for k in range(len(y)):
            swapped = A.copy()
            swapped[:, k] = y
            rates.append(np.linalg.det(swapped) / np.linalg.det(A))
        return rates

    return cramer(J, -J0 * m0), cramer(
        np.eye(len(J)) - gain[:, None] * np.sqrt(K) * J, gain * (np.sqrt(K) * J0 * m0 - theta)
    )


def in_torch(J, J0, m0, gain, theta, K):
    """Inverses in torch, divided by the square root of K."""
    J, J0, gain, theta = (torch.as_tensor(x) for x in (J, J0, gain, theta))
    small = torch.diag(1 / gain) / K**0.5
    return torch.linalg.inv(-J) @ J0 * m0, torch.linalg.inv(small - J) @ (J0 * m0 - theta / K**0.5)


def single_precision(J, J0, m0, gain, theta, K):
    """float32, both results as rows of one array."""
    J, J0, gain, theta = (np.float32(x) for x in (J, J0, gain, theta))
    root = np.float32(np.sqrt(K))
    finite = np.linalg.solve(np.diag(1 / gain) / root - J, J0 * np.float32(m0) - theta / root)
    return np.stack([np.linalg.solve(-J, J0 * np.float32(m0)), finite])


def limit_by_a_large_k(J, J0, m0, gain, theta, K):
    """The same equation twice, once with as good as infinitely many inputs."""

    def rates(K):
        root = np.sqrt(float(K))
        return np.linalg.solve(np.diag(1 / gain) / root - J, J0 * m0 - theta / root)

    return rates(1e14), rates(K)
