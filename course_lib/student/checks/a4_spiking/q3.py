"""Visible checks of question 3: rate and irregularity between dead times."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]

_DT = 0.001  # s


def _train(waits: Sequence[int] | np.ndarray, steps: int, first: int = 0) -> np.ndarray:
    """A train (steps,) that fires at sample ``first`` and then after each wait."""
    times = first + np.concatenate([[0], np.cumsum(waits)]).astype(int)
    train = np.zeros(steps, dtype=bool)
    train[times[times < steps]] = True
    return train


def _answer(
    function: Function, trains: Sequence[np.ndarray], t_ref: float = 0.0, dt: float = _DT
) -> tuple[np.ndarray, ...]:
    hz, cv = function(np.stack(trains, axis=1), dt, t_ref)
    return numbers(hz).reshape(-1), numbers(cv).reshape(-1)


def _memoryless(dead: int = 0, n: int = 240) -> np.ndarray:
    """Waits in samples: at random, and the same ones with a dead time added."""
    return np.random.default_rng(12).geometric(1 / 15, n) + dead


def _words(values: np.ndarray) -> str:
    return ", ".join(short(value) for value in values)


_CLOCKS = (20, 50, 125)  # samples


def _clocks() -> list[np.ndarray]:
    return [_train([period] * 600, 5000, period) for period in _CLOCKS]


def q3_form(free_rate_and_cv: Function) -> Iterator[Row]:
    """A pair with one number a cell."""
    answer = free_rate_and_cv(np.stack(_clocks(), axis=1), _DT, 0.0)
    pair = isinstance(answer, tuple | list) and len(answer) == 2
    shapes = [numbers(part).shape for part in answer] if pair else []
    yours = f"{shapes[0]} and {shapes[1]}" if pair else f"a {type(answer).__name__}, not the pair hz, cv"
    yield Row("shapes for 3 cells", yours, "hz (n,), cv (n,)", shapes == [(3,), (3,)])


def q3_rate(free_rate_and_cv: Function) -> Iterator[Row]:
    """Rates of clocks, and of a cell that is silent half of the time."""
    hz = _answer(free_rate_and_cv, _clocks())[0]
    counts = hz * np.array(_CLOCKS) * _DT
    yield Row(
        "three clocks: rate x period", _words(counts), "one each: spikes per s", bool(np.abs(counts - 1).max() < 0.03)
    )
    train = _train([25] * 40, 1001)
    once, twice = (_answer(free_rate_and_cv, [np.pad(train, (0, more))])[0][0] for more in (0, 1001))
    law = "half of it: the record counts whole"
    yield Row(
        "as long a silence after the train",
        f"rate times {short(twice / once)}",
        law,
        bool(abs(twice / once - 0.5) < 0.01),
    )


def q3_spread(free_rate_and_cv: Function) -> Iterator[Row]:
    """The CV of clocks, its unit, and a train whose spread can be reckoned by hand."""
    train = _train(_memoryless(), 4200)
    fast, slow = (_answer(free_rate_and_cv, [train], dt=dt)[1][0] for dt in (_DT, 10 * _DT))
    law = "not at all: it has no unit"
    yield Row(
        "time stretched tenfold", f"cv from {short(fast)} to {short(slow)}", law, bool(abs(slow / fast - 1) < 1e-3)
    )
    cv = _answer(free_rate_and_cv, _clocks())[1]
    law = "zero each: intervals of one cell alone"
    yield Row("cv of three clocks side by side", _words(cv), law, bool(np.abs(cv).max() < 1e-3))
    cv = _answer(free_rate_and_cv, [_train([10, 10, 40] * 200, 12001)])[1][0]
    law = "spread over mean: the root of one half"
    yield Row("intervals 1, 1, 4 in turn", f"cv {short(cv)}", law, bool(abs(cv - 0.5**0.5) < 0.01))


def q3_start(free_rate_and_cv: Function) -> Iterator[Row]:
    """The silence before the first spike."""
    soon, late = (_answer(free_rate_and_cv, [_train([30, 20, 40, 25, 35], 900, first)])[1][0] for first in (5, 700))
    law = "the same: silence before it is no interval"
    yield Row("first spike 695 ms later", f"cv from {short(soon)} to {short(late)}", law, bool(abs(late - soon) < 1e-3))


def q3_few(free_rate_and_cv: Function) -> Iterator[Row]:
    """Too few spikes for a spread."""
    silent = np.zeros(500, dtype=bool)
    trains = [silent, _train([], 500, 40), _train([90], 500, 40), _train([90, 60], 500, 40), _train([70, 60, 90], 500)]
    hz, cv = _answer(free_rate_and_cv, trains)
    law = "nan for one interval or none, else a number"
    ok = np.isnan(cv).tolist() == [True, True, True, False, False]
    yield Row("cv of cells with 0, 1, 2, 3, 4 spikes", _words(cv), law, ok)
    yield Row("rate of a cell without a spike", f"{short(hz[0])} Hz", "zero", bool(hz[0] == 0))


def q3_dead(free_rate_and_cv: Function) -> Iterator[Row]:
    """A dead time put behind every spike changes neither number."""
    results = []
    for dead in (0, 8):
        waits = _memoryless(dead)
        results.append(_answer(free_rate_and_cv, [_train(waits[:-1], int(waits.sum()))], t_ref=dead * _DT))
    (hz, cv), (dead_hz, dead_cv) = results
    law = "the same: while free, the cell is the same"
    yours = f"rate from {short(hz[0])} to {short(dead_hz[0])} Hz"
    yield Row("a dead time of 8 ms put in", yours, law, bool(abs(dead_hz[0] / hz[0] - 1) < 0.01))
    yours = f"cv from {short(cv[0])} to {short(dead_cv[0])}"
    yield Row("and the intervals", yours, law, bool(abs(dead_cv[0] / cv[0] - 1) < 0.01))
