"""Wrong answers to question 1. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def transposed(h, u, W_rec, W_in, b, tau):
    """Each unit hears along its column: senders and receivers are exchanged."""
    return (np.tanh(h) @ W_rec + u @ W_in.T + b - h) / tau


def tanh_of_the_sum(h, u, W_rec, W_in, b, tau):
    """The sum is squeezed, as in the chapter's network: here every sender is squeezed before it is weighed."""
    return (np.tanh(h @ W_rec.T + u @ W_in.T + b) - h) / tau


def tanh_twice(h, u, W_rec, W_in, b, tau):
    """The senders are squeezed, and then the sum of all inputs again."""
    return (np.tanh(np.tanh(h) @ W_rec.T + u @ W_in.T + b) - h) / tau


def no_tanh(h, u, W_rec, W_in, b, tau):
    """Nothing is squeezed: the network is linear."""
    return (h @ W_rec.T + u @ W_in.T + b - h) / tau


def relu(h, u, W_rec, W_in, b, tau):
    """Senders are rectified instead of squeezed: they have no ceiling, and negative ones are silent."""
    return (np.maximum(h, 0) @ W_rec.T + u @ W_in.T + b - h) / tau


def bias_before_the_squeeze(h, u, W_rec, W_in, b, tau):
    """The bias is added to the sender's current, not to what the receiver gets."""
    return (np.tanh(h + b) @ W_rec.T + u @ W_in.T - h) / tau


def input_squeezed(h, u, W_rec, W_in, b, tau):
    """The input is squeezed like a unit."""
    return (np.tanh(h) @ W_rec.T + np.tanh(u) @ W_in.T + b - h) / tau


def input_ignored(h, u, W_rec, W_in, b, tau):
    """The network does not hear its input."""
    return (np.tanh(h) @ W_rec.T + 0 * (u @ W_in.T) + b - h) / tau


def leak_missing(h, u, W_rec, W_in, b, tau):
    """The leak is forgotten: without drive a current stays for ever."""
    return (np.tanh(h) @ W_rec.T + u @ W_in.T + b + 0 * h) / tau


def leak_of_the_rate(h, u, W_rec, W_in, b, tau):
    """The rate leaks instead of the current."""
    rate = np.tanh(h)
    return (rate @ W_rec.T + u @ W_in.T + b - rate) / tau


def times_tau(h, u, W_rec, W_in, b, tau):
    """Multiplied by the time constant instead of divided: slow units run fast."""
    return (np.tanh(h) @ W_rec.T + u @ W_in.T + b - h) * tau


def leak_without_tau(h, u, W_rec, W_in, b, tau):
    """Only the drive is divided by the time constant, the leak is not."""
    return -h + (np.tanh(h) @ W_rec.T + u @ W_in.T + b) / tau


def drive_without_tau(h, u, W_rec, W_in, b, tau):
    """Only the leak is divided by the time constant, the drive is not."""
    return -h / tau + np.tanh(h) @ W_rec.T + u @ W_in.T + b


def one_clock(h, u, W_rec, W_in, b, tau):
    """One time constant for all units, their mean."""
    return (np.tanh(h) @ W_rec.T + u @ W_in.T + b - h) / np.mean(tau)


def clock_of_the_sender(h, u, W_rec, W_in, b, tau):
    """The time constant of the sender slows what it sends, that of the receiver only the rest."""
    return (np.tanh(h) / tau) @ W_rec.T + (u @ W_in.T + b - h) / tau


def first_axis(h, u, W_rec, W_in, b, tau):
    """Units counted along the first axis: weights act across the states of a batch."""
    return (W_rec @ np.tanh(h) + u @ W_in.T + b - h) / tau


def units_first(h, u, W_rec, W_in, b, tau):
    """Right values with the units along the first axis instead of the last."""
    return np.moveaxis((np.tanh(h) @ W_rec.T + u @ W_in.T + b - h) / tau, -1, 0)
