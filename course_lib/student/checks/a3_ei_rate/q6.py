"""Visible checks of question 6: balance without the outside world."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]


def _steady(cancellation: Function, exc: list[float], inh: list[float], ext: list[float]) -> np.ndarray:
    """The answer for cells whose currents do not change, (n,)."""
    rows = (np.repeat(np.array(current, dtype=float)[:, None], 40, axis=1) for current in (exc, inh, ext))
    return numbers(cancellation(*rows)).reshape(-1)


def q6_form(cancellation: Function) -> Iterator[Row]:
    """One number a cell."""
    rng = np.random.default_rng(5)
    exc, ext = rng.uniform(2, 4, (3, 50)), rng.uniform(1, 2, (3, 50))
    found = numbers(cancellation(exc, -rng.uniform(2, 4, (3, 50)), ext))
    yield Row("shape for 3 cells, 50 samples", str(found.shape), "(n,): one number a cell", found.shape == (3,))
    finite = bool(np.isfinite(found).all())
    yield Row("finite numbers", "yes" if finite else "no", "a number for every cell", finite)


def q6_scale(cancellation: Function) -> Iterator[Row]:
    """Where the scale begins and ends, without an outside."""
    (none,) = _steady(cancellation, [4.0], [0.0], [0.0])
    yield Row("no inhibition at all", short(none), "0: nothing is cancelled", abs(none) < 1e-3)
    (all_of_it,) = _steady(cancellation, [4.0], [-4.0], [0.0])
    yield Row("inhibition as large as the push", short(all_of_it), "1: all is cancelled", abs(all_of_it - 1) < 1e-3)
    (weak,) = _steady(cancellation, [4.0], [-2.0], [0.0])
    yield Row("inhibition half of the push", short(weak), "one half is cancelled", abs(weak - 0.5) < 1e-3)
    (strong,) = _steady(cancellation, [4.0], [-6.0], [0.0])
    yours = f"{short(strong)} and {short(weak)}"
    yield Row("too strong by a half, too weak by a half", yours, "equally far from balance", abs(strong - weak) < 1e-3)


def q6_outside(cancellation: Function) -> Iterator[Row]:
    """The outside pushes as well."""
    (zero,) = _steady(cancellation, [2.0], [-5.0], [3.0])
    yield Row("three currents that sum to zero", short(zero), "1: the push is cancelled", abs(zero - 1) < 1e-3)
    first, second = _steady(cancellation, [5.0, 1.0], [-4.0, -4.0], [1.0, 5.0])
    yours = f"{short(first)} and {short(second)}"
    yield Row("the same push from other sources", yours, "alike", abs(first - second) < 1e-3)


def q6_cells(cancellation: Function) -> Iterator[Row]:
    """Each cell by itself."""
    together = _steady(cancellation, [4.0, 4.0], [-2.0, -6.0], [0.0, 0.0])
    alone = np.concatenate([_steady(cancellation, [4.0], [pull], [0.0]) for pull in (-2.0, -6.0)])
    yours = f"{short(together[0])}, {short(together[1])} together; {short(alone[0])}, {short(alone[1])} alone"
    law = "alike: no cell balances another"
    yield Row("one cell too high, one too low", yours, law, np.abs(together - alone).max() < 1e-3)


def q6_time(cancellation: Function) -> Iterator[Row]:
    """Means over time come first."""
    exc, inh = np.tile([8.0, 2.0], 20)[None], np.tile([-4.0, -0.4], 20)[None]
    (moving,) = numbers(cancellation(exc, inh, np.zeros((1, 40)))).reshape(-1)
    (steady,) = _steady(cancellation, [exc.mean()], [inh.mean()], [0.0])
    yours = f"{short(moving)}, with steady currents {short(steady)}"
    yield Row("strong and weak moments", yours, "alike, with the same means", abs(moving - steady) < 1e-3)
    exc = np.tile([7.0, 1.0], 20)[None]
    (around,) = numbers(cancellation(exc, np.full((1, 40), -4.0), np.zeros((1, 40)))).reshape(-1)
    law = "1: what changes sign averages out"
    yield Row("a sum that fluctuates about zero", short(around), law, abs(around - 1) < 1e-3)
