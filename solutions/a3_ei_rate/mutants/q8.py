"""Designs for question 8 that remember less, or that break a rule: the ladder. matrix.toml says what each must lose."""

import numpy as np


def _random(signs, rng, radius, bias, strength=1.0):
    """Random weights under Dale's law, rescaled to a spectral radius."""
    n = len(signs)
    W = rng.random((n, n)) ** 2
    np.fill_diagonal(W, 0)
    W *= np.where(signs > 0, 1.0, -(signs > 0).sum() / (signs < 0).sum())
    W *= radius / np.abs(np.linalg.eigvals(W)).max()
    return W, strength * rng.uniform(-1, 1, n), np.full(n, bias)


def _chain(signs, weight, first, others=0.0, strength=1.0):
    """Each E cell hands on to the next; first and others are biases."""
    n, chain = len(signs), np.flatnonzero(signs > 0)
    W, w_in, b = np.zeros((n, n)), np.zeros(n), np.full(n, others)
    W[chain[1:], chain[:-1]] = weight
    w_in[chain[0]], b[chain[0]] = strength, first
    return W, w_in, b


def no_recurrence(signs, rng):
    """Every cell hears the input and none hears another: only the leak remembers."""
    return np.zeros((len(signs), len(signs))), np.ones(len(signs)), np.ones(len(signs))


def random_and_weak(signs, rng):
    """Random weights whose spectral radius is a third: every echo has gone after a few steps."""
    return _random(signs, rng, 0.3, 0.0)


def random_without_bias(signs, rng):
    """Random weights of radius 0.9 around silence: half of the input falls below the threshold."""
    return _random(signs, rng, 0.9, 0.0)


def random_with_bias(signs, rng):
    """Random weights of radius 0.9 with a bias: echoes mix in every cell, and the readout cannot part them."""
    return _random(signs, rng, 0.9, 2.0, 2.0)


def random_and_strong(signs, rng):
    """Random weights of radius 8: the network follows itself and no longer its input."""
    return _random(signs, rng, 8.0, 0.5)


def chain_that_fades(signs, rng):
    """A chain of weight one half: each cell hands on half of what it got."""
    return _chain(signs, 0.5, 1.0)


def chain_of_four_fifths(signs, rng):
    """A chain of weight 0.8: a long one, and still nothing arrives beyond the twelfth cell."""
    return _chain(signs, 0.8, 1.0)


def chain_without_bias(signs, rng):
    """A chain of weight one around silence: negative inputs are lost at the first cell."""
    return _chain(signs, 1.0, 0.0)


def chain_with_bias_everywhere(signs, rng):
    """A chain of weight one with a bias at every cell: rates climb along the chain until they meet the ceiling."""
    return _chain(signs, 1.0, 1.0, 1.0)


def chain_that_climbs(signs, rng):
    """A chain of weight 1.25: rates multiply along it and meet the ceiling."""
    return _chain(signs, 1.25, 1.0)


def ring(signs, rng):
    """The chain is closed into a ring: what was heard long ago goes round for ever, over all that is new."""
    W, w_in, b = _chain(signs, 1.0, 1.0)
    chain = np.flatnonzero(signs > 0)
    W[chain[0], chain[-1]] = 1.0
    return W, w_in, b


def sign_by_row(signs, rng):
    """The sign is given to the receiver: rows of one sign, columns of both."""
    W, w_in, b = _random(signs, rng, 0.9, 0.5)
    return np.abs(W) * signs[:, None], w_in, b


def own_cell(signs, rng):
    """Each cell keeps its own rate by a connection to itself, which the network does not have."""
    W, w_in, b = _chain(signs, 0.9, 1.0)
    return W + np.diag(np.where(signs > 0, 0.1, 0.0)), w_in, b


def chain_through_inhibition(signs, rng):
    """The chain runs on through the I cells, with positive weights from them."""
    W, w_in, b = _chain(signs, 1.0, 1.0)
    through = [np.flatnonzero(signs > 0)[-1], *np.flatnonzero(signs < 0)]
    W[through[1:], through[:-1]] = 1.0
    return W, w_in, b


def excitatory_cells_first(signs, rng):
    """The first cells are taken for the excitatory ones, whatever their signs say."""
    return _chain(np.sort(signs)[::-1], 1.0, 1.0)
