"""Wrong answers to question 1. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _kinds(n, n_exc):
    return np.where(np.arange(n) < n_exc, 1.0, -n_exc / max(n - n_exc, 1))


def _empty(W):
    W = W.copy()
    np.fill_diagonal(W, 0.0)
    return W


def _scaled(W, edge):
    return W * edge / np.linalg.eigvals(W).real.max()


def sign_by_row(V, n_exc, edge):
    """The sign was given to whole rows: to the cells that receive, not to those that send."""
    return _scaled(_empty(np.abs(V) * _kinds(len(V), n_exc)[:, None]), edge)


def raw_signs_kept(V, n_exc, edge):
    """The sender's sign was multiplied onto raw numbers that still had signs of their own."""
    return _scaled(_empty(V * _kinds(len(V), n_exc)), edge)


def last_excite(V, n_exc, edge):
    """The excitatory senders were counted from the end."""
    return _scaled(_empty(np.abs(V) * -_kinds(len(V), n_exc)), edge)


def negative_dropped(V, n_exc, edge):
    """Negative raw numbers were thrown away, and half of the connections with them."""
    return _scaled(_empty(np.maximum(V, 0) * _kinds(len(V), n_exc)), edge)


def softplus(V, n_exc, edge):
    """Raw numbers went through a softplus, which makes a weight out of nothing and changes all ratios."""
    return _scaled(_empty(np.log1p(np.exp(V)) * _kinds(len(V), n_exc)), edge)


def squared(V, n_exc, edge):
    """Raw numbers were squared to lose their signs: weak connections become weaker, strong ones stronger."""
    return _scaled(_empty(V**2 * _kinds(len(V), n_exc)), edge)


def inhibition_not_strengthened(V, n_exc, edge):
    """Inhibitory senders are as strong as excitatory ones, although there are fewer of them."""
    return _scaled(_empty(np.abs(V) * np.sign(_kinds(len(V), n_exc))), edge)


def factor_upside_down(V, n_exc, edge):
    """Inhibitory columns were made weaker by the ratio of the numbers of cells instead of stronger."""
    kinds = _kinds(len(V), n_exc)
    return _scaled(_empty(np.abs(V) * np.where(kinds > 0, 1.0, 1 / kinds)), edge)


def receivers_strengthened(V, n_exc, edge):
    """Signs stand in the columns, but what inhibitory cells receive was strengthened, not what they send."""
    kinds = _kinds(len(V), n_exc)
    return _scaled(_empty(np.abs(V) * np.sign(kinds) * np.abs(kinds)[:, None]), edge)


def self_connections(V, n_exc, edge):
    """Cells still send to themselves."""
    return _scaled(np.abs(V) * _kinds(len(V), n_exc), edge)


def by_norm(V, n_exc, edge):
    """The weights were scaled by their matrix norm: a matrix far from normal has much smaller eigenvalues."""
    W = _empty(np.abs(V) * _kinds(len(V), n_exc))
    return W * edge / np.linalg.norm(W, 2)


def by_modulus(V, n_exc, edge):
    """The weights were scaled by the largest modulus of an eigenvalue, which is what a map asks for, not a flow."""
    W = _empty(np.abs(V) * _kinds(len(V), n_exc))
    return W * edge / np.abs(np.linalg.eigvals(W)).max()


def scaled_before_the_diagonal(V, n_exc, edge):
    """The weights were scaled first and lost their diagonal afterwards, which moves all eigenvalues."""
    return _empty(_scaled(np.abs(V) * _kinds(len(V), n_exc), edge))


def scaled_before_the_signs(V, n_exc, edge):
    """The sizes were scaled before they got their signs: signs change all eigenvalues."""
    return _scaled(_empty(np.abs(V)), edge) * _kinds(len(V), n_exc)


def largest_weight(V, n_exc, edge):
    """The largest weight was brought to the edge, not the largest real part of an eigenvalue."""
    W = _empty(np.abs(V) * _kinds(len(V), n_exc))
    return W * edge / np.abs(W).max()
