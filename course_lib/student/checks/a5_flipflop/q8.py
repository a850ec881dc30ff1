"""Visible checks of question 8, count the memories, and the test of recall that is used for grading as well."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
UNITS, LOADS, ENOUGH = 50, (3, 10, 17, 22), 0.8
WRONG, COPIES = 10, 4  # signs of a pattern that are turned over; starts from each pattern
GAIN, STEP, DURATION = 4.0, 0.5, 30.0


def tuned(W: np.ndarray, patterns: np.ndarray) -> np.ndarray | None:
    """Weights without diagonal, so scaled that the mean aligned field is 1; None where it is not above zero.

    W: (N, N).  patterns: (P, N) of -1 and 1. The aligned field of a unit in a pattern is what it receives there, times
    its own sign: above zero it is told to stay.
    """
    W = np.where(np.eye(len(W), dtype=bool), 0.0, np.array(W, dtype=float))
    field = float(np.mean(patterns * (patterns @ W.T)))
    return W / field if field > 1e-9 * np.abs(W).max() else None


def run_from(W: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Where h' = -h + tanh(4 W h) has come after 30 time units. h: (n, N)."""
    for _ in range(round(DURATION / STEP)):
        h = h + STEP * (np.tanh(GAIN * h @ W.T) - h)
    return h


def brought_back(W: np.ndarray, patterns: np.ndarray, rng: np.random.Generator) -> float:
    """Share of runs, four from each pattern with ten wrong signs, that end with all signs of the pattern."""
    weights = tuned(W, patterns)
    if weights is None:
        return 0.0
    wanted = np.repeat(np.array(patterns, dtype=float), COPIES, axis=0)
    start = wanted.copy()
    for row in start:
        row[rng.choice(len(row), WRONG, replace=False)] *= -1
    return float((np.sign(run_from(weights, start)) == wanted).all(axis=1).mean())


def public_patterns(load: int, seed: int) -> np.ndarray:
    """(load, 50) of -1 and 1."""
    return np.random.default_rng(1000 * load + seed).choice([-1.0, 1.0], (load, UNITS))


def _weights(imprint: Function, patterns: np.ndarray) -> np.ndarray:
    return numbers(imprint(patterns.copy())).reshape(UNITS, UNITS)


def q8_form(imprint: Function) -> Iterator[Row]:
    """Weights for 50 units, whatever the number of patterns."""
    for load in (2, 3):
        found = numbers(imprint(public_patterns(load, 0)))
        shape = str(found.shape)
        law = "(50, 50): every unit to every unit"
        yield Row(f"shape for {load} patterns of 50", shape, law, found.shape == (50, 50))
        finite = bool(np.isfinite(found).all())
        yield Row(f"finite numbers for {load} patterns", "yes" if finite else "no", "yes", finite)


def q8_field(imprint: Function) -> Iterator[Row]:
    """What the units hear in the patterns, and whether the patterns stay."""
    patterns = public_patterns(3, 0)
    W = _weights(imprint, patterns)
    others = W - np.diag(np.diag(W))
    field = float(np.mean(patterns * (patterns @ others.T)))
    law = "above zero: the others tell a unit to stay"
    yield Row("mean aligned field, no unit hearing itself", short(field), law, tuned(W, patterns) is not None)
    weights = tuned(W, patterns)
    if weights is not None:
        stay = (np.sign(run_from(weights, patterns)) == patterns).all(axis=1)
        which = ", ".join(f"number {k + 1}" for k in np.flatnonzero(stay)) or "none of them"
        yield Row("of 3 patterns, started without an error, stay", which, "all three", bool(stay.all()))


def q8_recall(imprint: Function) -> Iterator[Row]:
    """The rungs of the ladder, on public patterns."""
    for load in LOADS:
        shares = []
        for seed in range(3):
            patterns = public_patterns(load, seed)
            shares.append(brought_back(_weights(imprint, patterns), patterns, np.random.default_rng(seed)))
        share = float(np.mean(shares))
        yours = f"{100 * share:.0f} % brought back"
        yield Row(f"{load} patterns, a fifth of the signs wrong", yours, "80 % for this rung", share >= ENOUGH)
