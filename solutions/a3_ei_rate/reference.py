"""The reference solution of a3_ei_rate: one plain function a question, the text of the solution notebook."""

import numpy as np


def dale_weights(V, n_exc, edge):
    """Weights with one sign a sender out of raw numbers V (N, N), scaled to a largest real part of edge; (N, N)."""
    W = np.abs(np.asarray(V, dtype=float))
    n_inh = len(W) - n_exc
    W[:, n_exc:] *= -n_exc / n_inh
    np.fill_diagonal(W, 0.0)
    return W * edge / np.linalg.eigvals(W).real.max()


def ei_velocity(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """Velocity of the rates r (..., N) under currents i_ext (N,) or (..., N), each population with its own clock."""
    r = np.asarray(r, dtype=float)
    drive = r @ np.asarray(W, dtype=float).T + i_ext
    tau = np.where(np.arange(r.shape[-1]) < n_exc, tau_e, tau_i)
    return (np.maximum(drive, 0.0) ** power - r) / tau


def response_at_rest(W, r, power):
    """Currents (n,) that hold the rates r (n,) at rest, and how the rates answer to more of each, G (n, n)."""
    W, r = np.asarray(W, dtype=float), np.asarray(r, dtype=float)
    drive = r ** (1 / power)
    gain = power * drive ** (power - 1)
    G = np.linalg.solve(np.eye(len(r)) - gain[:, None] * W, np.diag(gain))
    return drive - W @ r, G


def critical_tau_i(W, gain, n_exc, tau_e):
    """Inhibitory time constant at which the rest is lost, at most 100 tau_e, in ms, and the rhythm born there in Hz."""
    slopes = np.asarray(gain, dtype=float)[:, None] * W - np.eye(len(W))

    def leading(tau_i):
        tau = np.where(np.arange(len(W)) < n_exc, tau_e, tau_i)
        modes = np.linalg.eigvals(slopes / tau[:, None])
        return modes[np.argmax(modes.real)]

    low, high = 1e-3 * tau_e, 100 * tau_e
    if leading(high).real < 0:
        return high, 0.0
    while high / low > 1 + 1e-9:
        middle = np.sqrt(low * high)
        low, high = (low, middle) if leading(middle).real > 0 else (middle, high)
    return low, 1000 * abs(leading(low).imag) / (2 * np.pi)


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
