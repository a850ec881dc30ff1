"""Right answers to question 4, differently written; each gets every point."""

import numpy as np
import torch


def torch_autodiff(h, W_rec, W_in, b, C, d, tau):
    """The loop as it is told, in tensors; the Jacobian from automatic differentiation."""
    h, W_rec, W_in, b, C, d, tau = map(torch.as_tensor, (h, W_rec, W_in, b, C, d, tau))

    def velocity(state):
        rate = torch.tanh(state)
        y = rate @ C.T + d
        return (rate @ W_rec.T + y @ W_in.T + b - state) / tau

    J = torch.func.vmap(torch.func.jacrev(velocity))(h.reshape(-1, h.shape[-1]))
    return velocity(h), J.reshape(*h.shape, h.shape[-1])


def einsum(h, W_rec, W_in, b, C, d, tau):
    """Both ways round written out with einsum, the slope from the hyperbolic cosine."""
    y = np.einsum("kj,...j->...k", C, np.tanh(h)) + d
    heard = np.einsum("ij,...j->...i", W_rec, np.tanh(h)) + np.einsum("ik,...k->...i", W_in, y)
    slope = 1 / np.cosh(h) ** 2
    ways = np.einsum("ij,...j->...ij", W_rec, slope) + np.einsum("ik,kj,...j->...ij", W_in, C, slope)
    return (heard + b - h) / tau, np.diag(1 / tau) @ (ways - np.eye(len(tau)))


def central_differences(h, W_rec, W_in, b, C, d, tau):
    """The Jacobian from nudges of its own velocity to both sides."""

    def velocity(state):
        rate = np.tanh(state)
        return (rate @ W_rec.T + (rate @ C.T + d) @ W_in.T + b - state) / tau

    nudges = 1e-5 * np.eye(len(b))
    columns = [(velocity(h + nudge) - velocity(h - nudge)) / 2e-5 for nudge in nudges]
    return velocity(h), np.stack(columns, axis=-1)


def loop_float32(h, W_rec, W_in, b, C, d, tau):
    """One state after the other, in single precision, lists returned."""
    W_rec, W_in, b, C, d, tau = (value.astype(np.float32) for value in (W_rec, W_in, b, C, d, tau))
    dh, J = [], []
    for state in h.reshape(-1, len(b)).astype(np.float32):
        rate = np.tanh(state)
        dh.append((W_rec @ rate + W_in @ (C @ rate + d) + b - state) / tau)
        J.append(((W_rec + W_in @ C) @ np.diag(1 - rate**2) - np.eye(len(b), dtype=np.float32)) / tau[:, None])
    return np.reshape(dh, h.shape).tolist(), np.reshape(J, (*h.shape, len(b))).tolist()
