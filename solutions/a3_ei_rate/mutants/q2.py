"""Wrong answers to question 2. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _clocks(n, tau_e, tau_i, n_exc):
    return np.where(np.arange(n) < n_exc, tau_e, tau_i)


def _velocity(r, drive, tau, power):
    return (np.maximum(drive, 0.0) ** power - r) / tau


def one_clock(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """All cells run by the excitatory clock."""
    return _velocity(r, r @ W.T + i_ext, tau_e, power)


def clocks_swapped(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """Each population runs by the other's clock."""
    return _velocity(r, r @ W.T + i_ext, _clocks(W.shape[0], tau_i, tau_e, n_exc), power)


def counted_from_the_end(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The last n_exc cells were taken for the excitatory ones."""
    n = W.shape[0]
    return _velocity(r, r @ W.T + i_ext, np.where(np.arange(n) >= n - n_exc, tau_e, tau_i), power)


def times_the_clock(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The time constants multiply the velocity instead of dividing it: slow cells would be fast."""
    return _velocity(r, r @ W.T + i_ext, 1 / _clocks(W.shape[0], tau_e, tau_i, n_exc), power)


def clock_on_the_leak(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The time constant divides the leak alone, not the drive."""
    return np.maximum(r @ W.T + i_ext, 0.0) ** power - r / _clocks(W.shape[0], tau_e, tau_i, n_exc)


def transposed(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The weights were transposed: each cell listens to those it sends to."""
    return _velocity(r, r @ W + i_ext, _clocks(W.shape[0], tau_e, tau_i, n_exc), power)


def sign_twice(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """Inhibitory columns got a minus although W has its signs already: inhibition excites."""
    signs = np.where(np.arange(W.shape[0]) < n_exc, 1.0, -1.0)
    return _velocity(r, (r * signs) @ W.T + i_ext, _clocks(W.shape[0], tau_e, tau_i, n_exc), power)


def velocity_rectified(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The velocity was cut off at zero instead of the drive: rates can only rise."""
    drive = r @ W.T + i_ext
    towards = np.sign(drive) * np.abs(drive) ** power
    return np.maximum(towards - r, 0.0) / _clocks(W.shape[0], tau_e, tau_i, n_exc)


def sign_kept_through_the_power(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The drive is not cut off: below threshold cells are pushed towards negative rates."""
    drive = r @ W.T + i_ext
    return (np.sign(drive) * np.abs(drive) ** power - r) / _clocks(W.shape[0], tau_e, tau_i, n_exc)


def rates_through_the_power(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The power was taken of the rates that arrive, not of the drive they add up to."""
    drive = np.maximum(r, 0.0) ** power @ W.T + i_ext
    return (np.maximum(drive, 0.0) - r) / _clocks(W.shape[0], tau_e, tau_i, n_exc)


def power_left_out(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The rectified drive was taken as it is, without the power: the network of the page."""
    return _velocity(r, r @ W.T + i_ext, _clocks(W.shape[0], tau_e, tau_i, n_exc), 1.0)


def current_outside(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The current from outside was added after the transfer function, not to the drive."""
    return (np.maximum(r @ W.T, 0.0) ** power + i_ext - r) / _clocks(W.shape[0], tau_e, tau_i, n_exc)


def leak_missing(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """The leak is missing: without drive a rate would last for ever."""
    return np.maximum(r @ W.T + i_ext, 0.0) ** power / _clocks(W.shape[0], tau_e, tau_i, n_exc)


def cells_first(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """Right velocities with the cells on the first axis instead of the last."""
    found = _velocity(r, r @ W.T + i_ext, _clocks(W.shape[0], tau_e, tau_i, n_exc), power)
    return np.moveaxis(found, -1, 0)


def one_state_at_most(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """Written for a single state: in a stack W meets states where it should meet cells."""
    return _velocity(r, W @ r + i_ext, _clocks(W.shape[0], tau_e, tau_i, n_exc), power)
