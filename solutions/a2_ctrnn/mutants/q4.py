"""Wrong answers to question 4. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _answer(h, W_rec, W_in, b, C, d, tau):
    """Velocity and Jacobian of the closed loop."""
    rate, W = np.tanh(h), W_rec + W_in @ C
    dh = (rate @ W.T + b + W_in @ d - h) / tau
    return dh, _jacobian(W, 1 - rate**2, tau)


def _jacobian(W, slope, tau):
    return W * slope[..., None, :] / tau[:, None] - np.diag(1 / tau)


def loop_open_in_the_jacobian(h, W_rec, W_in, b, C, d, tau):
    """The loop is closed in the velocity and open in the Jacobian: the input is taken for a constant."""
    dh, _ = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, _jacobian(W_rec, 1 - np.tanh(h) ** 2, tau)


def loop_open(h, W_rec, W_in, b, C, d, tau):
    """The readout is not fed back at all, only its offset."""
    return _answer(h, W_rec, W_in, b, 0 * C, d, tau)


def offset_forgotten(h, W_rec, W_in, b, C, d, tau):
    """The readout's offset d is not fed back."""
    return _answer(h, W_rec, W_in, b, C, 0 * d, tau)


def bias_forgotten(h, W_rec, W_in, b, C, d, tau):
    """The bias is left out once the loop is closed."""
    return _answer(h, W_rec, W_in, 0 * b, C, d, tau)


def currents_read(h, W_rec, W_in, b, C, d, tau):
    """The readout reads currents instead of rates."""
    rate = np.tanh(h)
    dh = (rate @ W_rec.T + (h @ C.T + d) @ W_in.T + b - h) / tau
    return dh, _jacobian(W_rec, 1 - rate**2, tau) + W_in @ C / tau[:, None]


def readout_squeezed(h, W_rec, W_in, b, C, d, tau):
    """The readout is squeezed before it is fed back, as if it were another unit."""
    rate = np.tanh(h)
    y = np.tanh(rate @ C.T + d)
    dh = (rate @ W_rec.T + y @ W_in.T + b - h) / tau
    W = W_rec + np.einsum("ik,...k,kj->...ij", W_in, 1 - y**2, C)
    return dh, W * (1 - rate**2)[..., None, :] / tau[:, None] - np.diag(1 / tau)


def tanh_of_the_sum(h, W_rec, W_in, b, C, d, tau):
    """The sum is squeezed, as in the chapter's network: here every sender is squeezed before it is weighed."""
    W = W_rec + W_in @ C
    rate = np.tanh(h @ W.T + b + W_in @ d)
    return (rate - h) / tau, (W * (1 - rate**2)[..., :, None] - np.eye(len(b))) / tau[:, None]


def negative_feedback(h, W_rec, W_in, b, C, d, tau):
    """The readout is subtracted instead of added."""
    return _answer(h, W_rec, -W_in, b, C, d, tau)


def slope_of_the_receiver(h, W_rec, W_in, b, C, d, tau):
    """The slope of tanh is taken at the receiver instead of the sender: along rows instead of columns."""
    dh, _ = _answer(h, W_rec, W_in, b, C, d, tau)
    W, slope = W_rec + W_in @ C, 1 - np.tanh(h) ** 2
    return dh, W * slope[..., :, None] / tau[:, None] - np.diag(1 / tau)


def slope_of_the_current(h, W_rec, W_in, b, C, d, tau):
    """The slope of tanh is written with the current where the rate belongs."""
    dh, _ = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, _jacobian(W_rec + W_in @ C, 1 - h**2, tau)


def slope_missing(h, W_rec, W_in, b, C, d, tau):
    """The slope of tanh is left out: a Jacobian at the origin for all states."""
    dh, _ = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, _jacobian(W_rec + W_in @ C, np.ones_like(h), tau)


def slope_in_the_loop_forgotten(h, W_rec, W_in, b, C, d, tau):
    """The way through the readout is taken for linear: it has the slope of tanh in it as well."""
    dh, _ = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, _jacobian(W_rec, 1 - np.tanh(h) ** 2, tau) + W_in @ C / tau[:, None]


def of_the_first(h, W_rec, W_in, b, C, d, tau):
    """The Jacobian of the first state is used for the whole batch."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, np.broadcast_to(J.reshape(-1, len(b), len(b))[0], J.shape)


def transposed(h, W_rec, W_in, b, C, d, tau):
    """The Jacobian is transposed: who moves and who is nudged are exchanged."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, np.swapaxes(J, -1, -2)


def leak_missing(h, W_rec, W_in, b, C, d, tau):
    """The leak has no place in the Jacobian."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, J + np.diag(1 / tau)


def leak_without_tau(h, W_rec, W_in, b, C, d, tau):
    """The leak's derivative is one, without the time constant."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, J + np.diag(1 / tau) - np.eye(len(b))


def tau_forgotten(h, W_rec, W_in, b, C, d, tau):
    """Time constants count for the velocity and are forgotten in the Jacobian."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, J * tau[:, None]


def clock_of_the_sender(h, W_rec, W_in, b, C, d, tau):
    """The columns of the Jacobian are divided by the time constants instead of its rows."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, J * tau[:, None] / tau


def map_for_flow(h, W_rec, W_in, b, C, d, tau):
    """The Jacobian of an Euler step of length 0.1 instead of that of the flow."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return dh, np.eye(len(b)) + 0.1 * J


def units_first(h, W_rec, W_in, b, C, d, tau):
    """Right values with the units along the first axes instead of the last."""
    dh, J = _answer(h, W_rec, W_in, b, C, d, tau)
    return np.moveaxis(dh, -1, 0), np.moveaxis(J, (-2, -1), (0, 1))
