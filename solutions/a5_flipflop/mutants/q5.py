"""Wrong answers to question 5. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np
from scipy.linalg import expm


def _growth(modes, kind):
    """Growth of modes, per time unit or per iteration."""
    return modes.real if kind == "flow" else np.log(np.abs(modes))


def _count(rates, wait):
    return np.sum(rates * wait > 1, axis=-1)


def modulus_for_both(J, kind, wait):
    """The rule of maps was used for flows as well: the modulus of an eigenvalue."""
    return _count(np.log(np.abs(np.linalg.eigvals(J))), wait)


def real_part_for_both(J, kind, wait):
    """The rule of flows was used for maps as well: the real part of an eigenvalue."""
    return _count(np.linalg.eigvals(J).real, wait)


def wait_ignored(J, kind, wait):
    """Everything that grows was counted, however slowly: the wait was not used."""
    return np.sum(_growth(np.linalg.eigvals(J), kind) > 0, axis=-1)


def pair_once(J, kind, wait):
    """A pair of modes that turn was counted as one way out; it spans a plane, and a plane has two directions."""
    modes = np.linalg.eigvals(J)
    return np.sum((_growth(modes, kind) * wait > 1) & (modes.imag >= 0), axis=-1)


def symmetric_part(J, kind, wait):
    """The symmetric part was asked: it tells how fast lengths change at first, not what the modes do."""
    return _count(_growth(np.linalg.eigvalsh((J + np.swapaxes(J, -1, -2)) / 2), kind), wait)


def singular_values(J, kind, wait):
    """Singular values were counted: they tell how far a single step stretches, in directions that do not last."""
    stretched = np.linalg.svd(J, compute_uv=False)
    return _count(stretched if kind == "flow" else np.log(stretched), wait)


def grown_for_a_while(J, kind, wait):
    """Whatever is longer after the wait was counted, also what grows for a while and then dies."""
    whole = [expm(A * wait) if kind == "flow" else np.linalg.matrix_power(A, wait) for A in J]
    return np.array([np.sum(np.linalg.svd(A, compute_uv=False) > np.e) for A in whole])


def diagonal_entries(J, kind, wait):
    """The entries on the diagonal were taken for the modes."""
    return _count(_growth(np.diagonal(J, axis1=-2, axis2=-1), kind), wait)


def those_that_stay(J, kind, wait):
    """The modes that are not a way out were counted."""
    return J.shape[-1] - _count(_growth(np.linalg.eigvals(J), kind), wait)


def growth_of_one_iteration(J, kind, wait):
    """What a map adds in one iteration was taken for its rate: a factor of 2.2 was read as 1.2 per iteration."""
    modes = np.linalg.eigvals(J)
    return _count(modes.real if kind == "flow" else np.abs(modes) - 1, wait)


def tenfold(J, kind, wait):
    """A factor of ten was wanted, where the question asks for e."""
    return _count(_growth(np.linalg.eigvals(J), kind) / np.log(10), wait)


def yes_or_no(J, kind, wait):
    """It was said whether there is a way out, not how many there are."""
    return np.any(_growth(np.linalg.eigvals(J), kind) * wait > 1, axis=-1)


def wait_upside_down(J, kind, wait):
    """The wait was used upside down: the longer it is, the fewer ways out."""
    return np.sum(_growth(np.linalg.eigvals(J), kind) > wait, axis=-1)


def no_jumps(J, kind, wait):
    """Of maps the real part was taken before the logarithm: what jumps from side to side or turns was overlooked."""
    modes = np.linalg.eigvals(J).real
    return _count(modes if kind == "flow" else np.log(np.maximum(modes, 1e-9)), wait)


def all_together(J, kind, wait):
    """The modes of all matrices were thrown together: each gets the share of the total that falls to it."""
    return np.full(len(J), _count(_growth(np.linalg.eigvals(J), kind), wait).sum() / len(J))
