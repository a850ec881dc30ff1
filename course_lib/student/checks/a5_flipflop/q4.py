"""Visible checks of question 4: all rest points, also those nobody visits."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
W = np.array([[2.2, 0.1], [-0.05, 1.9]])
B = np.array([0.1, -0.05])
UNIT = 2.0
FOLD = UNIT * np.sqrt(0.5) - np.arctanh(np.sqrt(0.5))  # the bias at which the unit loses two of its rest points


def _starts(n: int) -> np.ndarray:
    """Evenly spread over a box, (9 ** n, n)."""
    return np.array(list(product(np.linspace(-3, 3, 9), repeat=n))) + 0.01


def _points(resting_states: Function, weights: np.ndarray, b: np.ndarray) -> np.ndarray:
    found = resting_states(weights.copy(), b.copy(), _starts(len(b)))
    return numbers(found).reshape(-1, len(b))


def _velocity(weights: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.tanh(x) @ weights.T + b - x


def _unstable(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Unstable directions of each point, (k,)."""
    modes = np.linalg.eigvals(weights * (1 - np.tanh(x[:, None]) ** 2) - np.eye(len(weights)))
    return (modes.real > 0).sum(axis=1)


def q4_form(resting_states: Function) -> Iterator[Row]:
    """A row a point, a column a unit."""
    found = numbers(resting_states(W.copy(), B.copy(), _starts(2)))
    ok = found.ndim == 2 and found.shape[1] == 2 and len(found) > 0
    yield Row("shape for 2 units", str(found.shape), "(k, N)", bool(ok))
    yield Row("finite numbers", "yes" if np.isfinite(found).all() else "no", "yes", bool(np.isfinite(found).all()))


def q4_rest(resting_states: Function) -> Iterator[Row]:
    """Put into the equation."""
    x = _points(resting_states, W, B)
    fastest = float(np.linalg.norm(_velocity(W, B, x), axis=1).max())
    yours = f"the fastest moves with a speed of {short(fastest)}"
    yield Row("your points, put into the equation", yours, "rest: less than 1e-9", fastest < 1e-9)


def q4_distinct(resting_states: Function) -> Iterator[Row]:
    """No point twice."""
    x = _points(resting_states, W, B)
    gaps = np.linalg.norm(x[:, None] - x, axis=-1)
    np.fill_diagonal(gaps, np.inf)
    i, j = np.unravel_index(gaps.argmin(), gaps.shape)
    yours = f"points {i} and {j} are {short(gaps.min())} apart" if len(x) > 1 else "there is no other"
    yield Row(
        f"your {len(x)} points" if len(x) > 1 else "your one point", yours, "each of them once", bool(gaps.min() > 1e-3)
    )


def q4_ridge(resting_states: Function) -> Iterator[Row]:
    """What lies between the stable ones."""
    x = _points(resting_states, W, B)
    index = _unstable(W, x)
    stable, saddles = int((index == 0).sum()), int((index > 0).sum())
    yours = f"{stable} stable, {saddles} unstable"
    between = stable < 2 or saddles > 0
    yield Row("two valleys, and nothing between them?", yours, "a ridge has a rest point, too", between)
    even, odd = int((index % 2 == 0).sum()), int((index % 2 == 1).sum())
    yours = f"{even} with an even number of unstable directions, {odd} with an odd one"
    law = "one more even than odd: from far away everything moves inward"
    yield Row("a law of all rest points together", yours, law, even == odd + 1)


def q4_count(resting_states: Function) -> Iterator[Row]:
    """One unit, where rest points can be counted by eye, and two that do not hear each other."""
    line = np.linspace(-5, 5, 100001)
    weights, counts = np.array([[UNIT]]), []
    for name, b in (
        ("one unit", 0.05),
        ("one unit, two rest points near each other", FOLD - 0.003),
        ("one unit, where two rest points were", FOLD + 0.003),
    ):
        x = _points(resting_states, weights, np.array([b]))
        changes = int((np.diff(np.sign(_velocity(weights, np.array([b]), line[:, None])[:, 0])) != 0).sum())
        points, times = ("" if count == 1 else "s" for count in (len(x), changes))
        yours = f"{len(x)} point{points}, where its velocity changes sign {changes} time{times}"
        yield Row(name, yours, "a point where the sign changes, and none elsewhere", len(x) == changes)
        counts.append(len(x))
    x = _points(resting_states, np.diag([UNIT, UNIT]), np.array([0.05, FOLD + 0.003]))
    yours = f"{len(x)} in all, alone they have {counts[0]} and {counts[2]}"
    yield Row("two units without wires", yours, "the product", len(x) == counts[0] * counts[2])
