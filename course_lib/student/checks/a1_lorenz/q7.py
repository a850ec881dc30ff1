"""Visible checks of question 7: an exponent from data alone."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.data import data

Function = Callable[..., Any]
DT = 0.02


def _series() -> np.ndarray:
    """A part of the given trajectory, (4000, 3)."""
    return data("lorenz")["x"][:4000].astype(float)


def _exponent(function: Function, x: np.ndarray, dt: float) -> float:
    return float(numbers(function(x.copy(), dt)).reshape(()))


def q7_form(exponent_from_series: Function) -> Iterator[Row]:
    """One finite number above zero."""
    found = numbers(exponent_from_series(_series(), DT))
    yours = "as wanted" if found.size == 1 else f"{found.size} numbers"
    yield Row("form of the answer", yours, "one number", found.size == 1)
    value = float(found.reshape(()))
    yield Row("a number", short(value), "finite", bool(np.isfinite(value)))
    yield Row("its sign", short(value), "above zero: neighbours on this attractor part", value > 0)


def q7_time(exponent_from_series: Function) -> Iterator[Row]:
    """The unit of time."""
    x = _series()
    plain, stretched = (_exponent(exponent_from_series, x, unit * DT) for unit in (1, 10))
    ratio = stretched / plain if plain else np.inf
    law = "a tenth: the same series on a slower clock"
    yield Row("time axis stretched tenfold", f"exponent times {short(ratio)}", law, abs(10 * ratio - 1) < 0.02)


def q7_seen(exponent_from_series: Function) -> Iterator[Row]:
    """Other coordinates."""
    x = _series()
    mixed = x @ np.array([[0.9, 0.3, -0.1], [-0.2, 0.7, 0.4], [0.1, -0.3, 0.6]]) + 5.0
    plain, again = (_exponent(exponent_from_series, series, DT) for series in (x, mixed))
    change = 100 * abs(again / plain - 1) if plain else np.inf
    law = "little: growth does not depend on the coordinates"
    yield Row("the series in other coordinates", f"changes by {change:.0f} %", law, change < 30)


def q7_known(exponent_from_series: Function) -> Iterator[Row]:
    """The system whose exponent everybody knows."""
    found = _exponent(exponent_from_series, _series(), DT)
    law = "within a quarter of the exponent that question 4 names"
    yield Row("100 turns of the Lorenz system", short(found), law, 0.75 < found / 0.906 < 1.25)
