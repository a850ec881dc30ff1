"""Right answers to question 1, differently written; each gets every point."""

import numpy as np
import torch


def torch_autodiff(x, sigma, rho, beta, delta):
    """Tensors, with the Jacobian from automatic differentiation."""
    states = torch.as_tensor(x, dtype=torch.float64)

    def velocity(v):
        a, b, c = v.unbind(-1)
        return torch.stack([sigma * (b - a), a * (rho - c) + delta * b, a * b - beta * c], dim=-1)

    J = torch.func.vmap(torch.func.jacrev(velocity))(states.reshape(-1, 3)).reshape(*states.shape, 3)
    return velocity(states), J


def loop_float32(x, sigma, rho, beta, delta):
    """One state after the other, in single precision, lists returned."""
    flat = np.asarray(x, dtype=np.float32).reshape(-1, 3)
    f, J = np.zeros((len(flat), 3), np.float32), np.zeros((len(flat), 3, 3), np.float32)
    for n, (a, b, c) in enumerate(flat):
        f[n] = sigma * (b - a), a * (rho - c) + delta * b, a * b - beta * c
        J[n] = [[-sigma, sigma, 0], [rho - c, delta, -a], [b, a, -beta]]
    return f.reshape(x.shape).tolist(), J.reshape(*x.shape, 3).tolist()


def one_sided_quotient(x, sigma, rho, beta, delta):
    """The Jacobian as a one-sided difference: exact up to rounding, since no variable enters squared."""

    def velocity(v):
        a, b, c = np.moveaxis(v, -1, 0)
        return np.stack([sigma * (b - a), rho * a - a * c + delta * b, a * b - beta * c], axis=-1)

    columns = [(velocity(x + 1e-6 * nudge) - velocity(x)) / 1e-6 for nudge in np.eye(3)]
    return velocity(x), np.stack(columns, axis=-1)


def matrix_and_product(x, sigma, rho, beta, delta):
    """A matrix for the linear part, the products added."""
    linear = np.array([[-sigma, sigma, 0], [rho, delta, 0], [0, 0, -beta]])
    first = x[..., 0:1]
    f = x @ linear.T + np.concatenate([0 * first, -first * x[..., 2:3], first * x[..., 1:2]], axis=-1)
    J = np.broadcast_to(linear, (*x.shape, 3)).copy()
    J[..., 1, 0] -= x[..., 2]
    J[..., 1, 2] -= x[..., 0]
    J[..., 2, 0] += x[..., 1]
    J[..., 2, 1] += x[..., 0]
    return [f, J]
