"""The reference solution of a3_ei_rate: one plain function a question, the text of the solution notebook."""

import numpy as np


def balanced_rates(J, J0, m0, gain, theta, K):
    """Rates of n populations in the limit of large K and at this K; J (n, n), the others (n,) -> two arrays (n,)."""
    J, J0 = np.asarray(J, dtype=float), np.asarray(J0, dtype=float)
    r_limit = -np.linalg.solve(J, J0 * m0)  # the bracket must vanish
    keeps = np.diag(1 / np.asarray(gain, dtype=float))
    r_K = np.linalg.solve(keeps - np.sqrt(K) * J, np.sqrt(K) * J0 * m0 - theta)
    return r_limit, r_K


def cancellation(exc, inh, ext):
    """How much of the push into each cell is cancelled, 1 - |mean net| / mean push; three (n, time) -> (n,)."""
    push = np.mean(exc, axis=1) + np.mean(ext, axis=1)
    net = push + np.mean(inh, axis=1)
    return 1 - np.abs(net) / push


def design_memory(signs, rng):
    """A chain of E cells: each hands its rate on to the next; signs (n,) -> W (n, n), w_in (n,), b (n,)."""
    n, chain = len(signs), np.flatnonzero(signs > 0)
    W, w_in, b = np.zeros((n, n)), np.zeros(n), np.zeros(n)
    gain, rest = 1.02, 4.0  # a little above 1, because every cell smooths what it hands on
    W[chain[1:], chain[:-1]] = gain
    w_in[chain[0]] = 4.0  # as large as the room around the rest rate allows
    b[chain[0]] = rest
    b[chain[1:]] = rest - gain * rest  # all rest midway between the threshold and the ceiling
    return W, w_in, b
