"""Visible checks of question 5: rates without knowing the neurons."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]

_TWO = (np.array([[0.9, -1.4], [1.1, -1.2]]), np.array([2.2, 1.36]), 0.5)
_THREE = (np.array([[0.8, -1.0, -0.7], [1.0, -0.9, -0.8], [0.7, -0.6, -1.2]]), np.array([1.1, 0.7, 1.6]), 0.5)
_CELLS = (np.array([0.7, 1.4]), np.array([0.6, 1.1]))
_PLAIN = (np.ones(2), np.zeros(2))


def _answer(balanced_rates: Function, network: Any, cells: Any, K: int) -> tuple[np.ndarray, np.ndarray]:
    J, J0, m0 = network
    limit, finite = balanced_rates(J.copy(), J0.copy(), m0, cells[0].copy(), cells[1].copy(), K)
    return numbers(limit), numbers(finite)


def _list(values: np.ndarray) -> str:
    return ", ".join(short(0.0 if abs(value) < 1e-9 else value) for value in np.ravel(values))


def q5_form(balanced_rates: Function) -> Iterator[Row]:
    """Two arrays, for two and for three populations."""
    for network in (_TWO, _THREE):
        n = len(network[1])
        cells = np.linspace(0.8, 1.2, n), np.linspace(0.5, 1.0, n)
        answer = balanced_rates(network[0].copy(), network[1].copy(), network[2], *cells, 400)
        found = [numbers(part).shape for part in answer] if hasattr(answer, "__len__") else []
        yours = ", ".join(map(str, found)) if found else f"a {type(answer).__name__}, not two arrays"
        yield Row(f"shapes for {n} populations", yours, "two arrays (n,)", found == [(n,), (n,)])
        finite = all(np.isfinite(numbers(part)).all() for part in answer)
        yield Row("finite numbers", "yes" if finite else "no", "rates that can be read", finite)


def q5_limit(balanced_rates: Function) -> Iterator[Row]:
    """What the limit knows, and what it does not."""
    limit, _ = _answer(balanced_rates, _TWO, _CELLS, 400)
    size = np.abs(limit).max()
    others, _ = _answer(balanced_rates, _TWO, (np.array([1.5, 0.8]), np.array([1.3, 0.4])), 400)
    ok = np.abs(others - limit).max() < 1e-4 * size
    law = "not at all: no cell stands in these equations"
    yield Row("other gains and thresholds", f"limit moves by {_list(others - limit)}", law, bool(ok))
    larger, _ = _answer(balanced_rates, _TWO, _CELLS, 1600)
    ok = np.abs(larger - limit).max() < 1e-4 * size
    yield Row("four times the inputs", f"limit times {_list(larger / limit)}", "a limit: the same", bool(ok))
    J, J0, m0 = _TWO
    twice, _ = _answer(balanced_rates, (J, J0, 2 * m0), _CELLS, 400)
    ok = np.abs(twice - 2 * limit).max() < 1e-4 * size
    yield Row("the drive m0 twice as strong", f"limit times {_list(twice / limit)}", "twice the rates", bool(ok))
    more, _ = _answer(balanced_rates, (J, J0 + np.array([0.0, 0.1]), m0), _CELLS, 400)
    moved = more - limit
    law = "both move: each population is in both equations"
    yield Row("more from outside for I alone", f"limit moves by {_list(moved)}", law, np.abs(moved).min() > 1e-3 * size)
    yield Row("your limiting rates", _list(limit), "positive: this network can balance", bool((limit > 0).all()))
    for (J, J0, m0), cells in ((_TWO, _CELLS), (_THREE, (np.ones(3), np.ones(3)))):
        rates, _ = _answer(balanced_rates, (J, J0, m0), cells, 400)
        left = J @ rates + J0 * m0
        law = "0: inputs of size sqrt(K) cancel"
        what = f"input left over, {len(J0)} populations"
        yield Row(what, f"{_list(left)} times sqrt(K)", law, np.abs(left).max() < 1e-3)


def _left(balanced_rates: Function, cells: Any, K: int) -> np.ndarray:
    """What is left when the rates at K are put back into their equation, (2,)."""
    J, J0, m0 = _TWO
    _, rates = _answer(balanced_rates, _TWO, cells, K)
    left: np.ndarray = rates - cells[0] * (np.sqrt(K) * (J @ rates + J0 * m0) - cells[1])
    return left


def q5_finite(balanced_rates: Function) -> Iterator[Row]:
    """The rates at a given K, put back into their equation."""
    gaps = []
    for K in (2500, 10000):
        limit, finite = _answer(balanced_rates, _TWO, _PLAIN, K)
        gaps.append(float(np.linalg.norm(finite - limit)))
    yield Row("both results, K = 2500", f"{short(gaps[0])} apart", "not the same: K is finite", gaps[0] > 1e-4)
    ratio = gaps[1] / gaps[0]
    yield Row("gap, four times the inputs", f"times {short(ratio)}", "half of it, nearly", 0.4 < ratio < 0.6)
    law = "0: r = gain (input - theta)"
    for what, cells in (
        ("put back: gains one, no threshold", _PLAIN),
        ("put back: unequal gains", (_CELLS[0], np.zeros(2))),
        ("put back: with thresholds", _CELLS),
    ):
        left = _left(balanced_rates, cells, 400)
        yield Row(what, f"{_list(left)} left over", law, np.abs(left).max() < 1e-2)
