"""Visible checks of question 4: the straight line that is not the slope."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.data import data

Function = Callable[..., Any]


def _curve(slope: float, lift: float, ceiling: float, length: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    lag = np.linspace(0, length, 260)
    line = -8 + lift * (1 - np.exp(-4 * slope * lag)) + slope * lag
    noise = 0.01 * np.random.default_rng(seed).normal(size=len(lag))
    return lag, -np.logaddexp(-3 * line, -3 * ceiling) / 3 + noise


PUBLIC_CURVES = {
    "curve A": (0.6, 0.6, 0.5, 22.0, 1),
    "curve B": (1.4, 1.0, 1.0, 12.0, 2),
    "curve C": (0.9, 0.8, 1.5, 14.0, 3),
}


def _public(name: str) -> tuple[np.ndarray, np.ndarray]:
    if name in PUBLIC_CURVES:
        return _curve(*PUBLIC_CURVES[name])
    stored = data("lorenz")
    return stored["lag"], stored["s"]


def _answer(fit_growth: Function, lag: np.ndarray, s: np.ndarray) -> tuple[float, np.ndarray]:
    slope, window = fit_growth(lag.copy(), s.copy())
    return float(numbers(slope).reshape(())), np.sort(numbers(window).reshape(2))


def q4_form(fit_growth: Function) -> Iterator[Row]:
    """A number and a window inside the record."""
    lag, s = _public("curve A")
    answer = fit_growth(lag.copy(), s.copy())
    pair = isinstance(answer, tuple | list) and len(answer) == 2
    pair = pair and numbers(answer[0]).size == 1 and numbers(answer[1]).size == 2
    yield Row("form of the answer", "as wanted" if pair else type(answer).__name__, "slope, (start, stop)", bool(pair))
    _, window = _answer(fit_growth, lag, s)
    inside = lag[0] <= window[0] < window[1] <= lag[-1]
    law = "inside the record, in the unit of lag"
    yield Row("your window", f"{short(window[0])} to {short(window[1])}", law, bool(inside))


def q4_steady(fit_growth: Function) -> Iterator[Row]:
    """Slopes in the first and the last third of the student's own window."""
    for name in (*PUBLIC_CURVES, "the Lorenz curve"):
        lag, s = _public(name)
        slope, window = _answer(fit_growth, lag, s)
        edges = np.linspace(window[0], window[1], 4)
        thirds = [
            (lag >= a) & (lag <= b) for a, b in ((edges[0], edges[1]), (edges[2], edges[3]), (edges[0], edges[3]))
        ]
        if min(part.sum() for part in thirds) < 3:
            yield Row(f"{name}: your window", f"{thirds[2].sum()} points", "enough points to see a slope", False)
            continue
        early, late, whole = (float(np.polyfit(lag[part], s[part], 1)[0]) for part in thirds)
        yours = f"slope {short(early)} in its first third, {short(late)} in its last"
        slack = 0.35 if name == "the Lorenz curve" else 0.15
        yield Row(f"{name}: growth is steady", yours, "alike", abs(early - late) <= slack * abs(whole))
        rise = abs(whole) * np.ptp(window) / np.ptp(s)
        yield Row(f"{name}: part of the rise", f"{100 * rise:.0f} %", "at least a fifth", rise >= 0.2)
        law = "the slope inside your window"
        yield Row(f"{name}: your slope", short(slope), law, abs(slope - whole) <= 0.05 * abs(whole) + 1e-9)


def q4_time(fit_growth: Function) -> Iterator[Row]:
    """Units of time."""
    lag, s = _public("curve B")
    (slope, window), (slow, wide) = (_answer(fit_growth, unit * lag, s) for unit in (1.0, 10.0))
    yours = f"slope times {short(slow / slope)}, window times {short(wide[1] / window[1])}"
    ok = abs(10 * slow / slope - 1) < 0.01 and abs(wide[1] / window[1] / 10 - 1) < 0.05
    yield Row("time axis stretched tenfold", yours, "a tenth, and ten times", bool(ok))
