"""Visible checks of question 1: a matrix that obeys Dale."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
CELLS, EXCITATORY, EDGE = 12, 9, 0.7


def _raw(seed: int = 1) -> np.ndarray:
    """Raw numbers with a few missing connections, (12, 12)."""
    rng = np.random.default_rng(seed)
    V = rng.uniform(-1, 1, (CELLS, CELLS))
    V[2, 5] = V[7, 1] = V[3, 10] = 0.0
    return V


def _off(W: np.ndarray) -> np.ndarray:
    """The weights without those from a cell to itself."""
    return W - np.diag(np.diag(W))


def q1_form(dale_weights: Function) -> Iterator[Row]:
    """Shape, finite numbers, and something in them."""
    W = numbers(dale_weights(_raw(), EXCITATORY, EDGE))
    yield Row("shape for 12 cells", str(W.shape), "(N, N)", W.shape == (CELLS, CELLS))
    there = bool(np.isfinite(W).all() and np.abs(W).max() > 0)
    yield Row("weights", "finite" if there else "not finite, or all zero", "finite, not all zero", there)


def q1_signs(dale_weights: Function) -> Iterator[Row]:
    """One sign a sender, no connection out of nothing, none to oneself."""
    W = numbers(dale_weights(_raw(), EXCITATORY, EDGE))
    noise = 1e-9 * np.abs(W).max()
    above, below = (_off(W) > noise).sum(axis=0), (_off(W) < -noise).sum(axis=0)
    mixed = np.flatnonzero((above > 0) & (below > 0))
    column = int(mixed[0]) if len(mixed) else 0
    yours = f"column {column} holds {above[column]} weights above and {below[column]} below zero"
    yield Row("what one cell sends", yours, "one sign: it belongs to the sender, and rows receive", not len(mixed))
    yours = (
        f"{(above[:EXCITATORY] > 0).sum()} of the first nine excite, {(below[EXCITATORY:] > 0).sum()} others inhibit"
    )
    ok = bool((above[:EXCITATORY] > 0).all() and (below[EXCITATORY:] > 0).all())
    yield Row("12 senders, n_exc = 9", yours, "the first n_exc excite, the rest inhibit", ok)
    extra = int((np.abs(_off(W))[_raw() == 0] > noise).sum())
    yield Row("connections that V lacks", f"{extra} of 3 have a weight", "none: zero stays zero", extra == 0)
    own = np.abs(np.diag(W)).max()
    yield Row("a cell's weight onto itself", short(own), "none", own <= noise)


def q1_sizes(dale_weights: Function) -> Iterator[Row]:
    """Sizes follow the raw numbers, whatever their sign; both kinds cancel when all raw numbers are alike."""
    W = numbers(dale_weights(_raw(), EXCITATORY, EDGE))
    V = _raw()
    V[4, 2] = -V[4, 2]
    flipped = numbers(dale_weights(V, EXCITATORY, EDGE))
    moved = np.abs(flipped - W).max() / np.abs(W).max()
    law = "nothing changes: only its size counts"
    yield Row("a raw number with its sign turned", f"weights change by up to {100 * moved:.0f} %", law, moved < 1e-3)
    V = _raw()
    V[4, 2] *= 2
    doubled = numbers(dale_weights(V, EXCITATORY, EDGE))
    with np.errstate(all="ignore"):
        ratio = (doubled[4, 2] / doubled[5, 2]) / (W[4, 2] / W[5, 2])
    yours = f"its weight beside another of that sender grows {short(ratio)} times"
    yield Row("a raw number doubled", yours, "twice: weights are in proportion", bool(abs(ratio - 2) < 1e-3))
    alike = _off(numbers(dale_weights(np.full((CELLS, CELLS), -1.0), EXCITATORY, EDGE)))
    with np.errstate(all="ignore"):
        ratio = -alike[alike > 0].sum() / alike[alike < 0].sum()
    yours = f"all excitation sent is {short(ratio)} times all inhibition"
    yield Row(
        "raw numbers that are all alike", yours, "both cancel: fewer senders, stronger ones", abs(ratio - 1) < 1e-3
    )
    spread = np.ptp(alike[:11, 11]) / np.abs(alike).max()
    yours = f"weights of the last sender differ by {100 * spread:.0f} %"
    yield Row("the same, one sender", yours, "equal: the sender is strong, not the receiver", spread < 1e-3)


def q1_scale(dale_weights: Function) -> Iterator[Row]:
    """Eigenvalues of the student's own weights."""
    for seed, which in enumerate(("one draw", "another draw", "a third draw"), start=1):
        ratio = np.linalg.eigvals(numbers(dale_weights(_raw(seed), EXCITATORY, EDGE))).real.max() / EDGE
        law = "the edge itself, of the weights as you return them"
        ok = bool(abs(ratio - 1) < 1e-3)
        yield Row(f"largest real part of your W, {which}", f"{short(ratio)} times the edge", law, ok)
