"""Wrong answers to question 1. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _answer(x, sigma, rho, beta, delta):
    a, b, c = x[..., 0], x[..., 1], x[..., 2]
    zero, one = np.zeros_like(a), np.ones_like(a)
    f = np.stack([sigma * (b - a), a * (rho - c) + delta * b, a * b - beta * c], axis=-1)
    rows = [[-sigma * one, sigma * one, zero], [rho - c, delta * one, -a], [b, a, -beta * one]]
    return f, np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def swapped_difference(x, sigma, rho, beta, delta):
    """The difference x - y instead of y - x: x is pushed away from y."""
    f, J = _answer(x, sigma, rho, beta, delta)
    f[..., 0], J[..., 0, :] = -f[..., 0], -J[..., 0, :]
    return f, J


def product_missing(x, sigma, rho, beta, delta):
    """The product x z is forgotten: without it nothing holds the growth."""
    f, J = _answer(x, sigma, rho, beta, delta)
    f[..., 1] += x[..., 0] * x[..., 2]
    return f, J


def damping_missing(x, sigma, rho, beta, delta):
    """The linear term of y is forgotten."""
    f, J = _answer(x, sigma, rho, beta, delta)
    f[..., 1] -= delta * x[..., 1]
    J[..., 1, 1] = 0
    return f, J


def z_fed(x, sigma, rho, beta, delta):
    """The sign of beta z: z feeds itself instead of decaying."""
    f, J = _answer(x, sigma, rho, beta, delta)
    f[..., 2] += 2 * beta * x[..., 2]
    J[..., 2, 2] = beta
    return f, J


def typed_in(x, sigma, rho, beta, delta):
    """The textbook's 10, 28, 8/3 typed in; the arguments are not used."""
    return _answer(x, 10.0, 28.0, 8 / 3, delta)


def lorenz_alone(x, sigma, rho, beta, delta):
    """Lorenz's own system from memory: delta is taken for -1."""
    return _answer(x, sigma, rho, beta, -1.0)


def first_axis(x, sigma, rho, beta, delta):
    """Coordinates read along the first axis: three states are taken for three coordinates."""
    f, J = _answer(np.moveaxis(np.atleast_2d(x)[:3], 0, -1) if x.ndim > 1 else x, sigma, rho, beta, delta)
    return f, J


def transposed(x, sigma, rho, beta, delta):
    """The Jacobian transposed: rows and columns exchanged."""
    f, J = _answer(x, sigma, rho, beta, delta)
    return f, np.swapaxes(J, -1, -2)


def sign_in_the_jacobian(x, sigma, rho, beta, delta):
    """The derivative of -x z by z taken as +x."""
    f, J = _answer(x, sigma, rho, beta, delta)
    J[..., 1, 2] = x[..., 0]
    return f, J


def at_the_origin(x, sigma, rho, beta, delta):
    """One Jacobian for all states, that of the origin: linear thinking."""
    f, _ = _answer(x, sigma, rho, beta, delta)
    return f, _answer(np.zeros_like(x), sigma, rho, beta, delta)[1]


def of_the_first(x, sigma, rho, beta, delta):
    """The Jacobian of the first state used for the whole batch."""
    f, J = _answer(x, sigma, rho, beta, delta)
    return f, np.broadcast_to(J.reshape(-1, 3, 3)[0], J.shape)


def components_first(x, sigma, rho, beta, delta):
    """Right values with the components along the first axes instead of the last."""
    f, J = _answer(x, sigma, rho, beta, delta)
    return np.moveaxis(f, -1, 0), np.moveaxis(J, (-2, -1), (0, 1))
