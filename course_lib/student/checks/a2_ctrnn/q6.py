"""Visible checks of question 6: how long is the forecast good?"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.checks.a2_ctrnn.figures import plain

Function = Callable[..., Any]
STEP, LYAP, THRESHOLD = 0.05, 1.5, 0.4
TIME, SHOWN = 120, 30
STD = np.array([2.0, 0.5])


def _forecasts() -> tuple[np.ndarray, np.ndarray]:
    """Three forecasts of two coordinates whose errors grow e-fold in a Lyapunov time; pred and truth.

    The first coordinate is lost after 2, 4 and 6 Lyapunov times, from below; the second, always better, later.
    """
    t = np.arange(SHOWN + TIME)
    truth = STD * np.sin(0.2 * t[:, None] + np.array([0.0, 1.0]) + np.arange(3)[:, None, None])
    grown = np.exp(STEP * LYAP * np.arange(TIME)[:, None] - np.array([2.0, 4.0, 6.0])[:, None, None])
    return truth[:, SHOWN:] - THRESHOLD * 1.001 * STD * grown * [1.0, 0.7], truth


def _times(function: Function, pred: np.ndarray, truth: np.ndarray, **other: Any) -> np.ndarray:
    """One time a forecast."""
    given = {"std": STD, "dt": STEP, "lyap": LYAP, "threshold": THRESHOLD} | other
    given["std"] = np.array(given["std"])
    return numbers(function(pred.copy(), truth.copy(), *given.values())).reshape(len(pred))


def q6_form(valid_time: Function) -> Iterator[Row]:
    """One number a forecast."""
    pred, truth = _forecasts()
    found = numbers(valid_time(pred, truth, STD, STEP, LYAP, THRESHOLD))
    yield Row("shape for three forecasts", str(found.shape), "(n,)", found.shape == (3,))
    yield Row("finite numbers", ", ".join(short(time) for time in found), "times", bool(np.isfinite(found).all()))


def _same(what: str, before: np.ndarray, after: np.ndarray, law: str) -> Row:
    """A row that holds when no time moves."""
    return Row(what, f"a time moves by {plain(np.abs(after - before).max())}", law, bool(np.allclose(after, before)))


def q6_crossing(valid_time: Function) -> Iterator[Row]:
    """What must not move the end of a forecast, and when errors that grow e-fold end it."""
    pred, truth = _forecasts()
    base = _times(valid_time, pred, truth)
    other = truth.copy()
    other[:, :SHOWN] = 7.0
    after = _times(valid_time, pred, other)
    yield _same("other samples shown first", base, after, "nothing moves: pred comes after them")
    unit = np.array([1.0, 100.0])
    after = _times(valid_time, unit * pred, unit * truth, std=unit * STD)
    yield _same("second coordinate in cm, not m", base, after, "nothing moves: its std is in cm too")
    yield _same("all signs turned", base, _times(valid_time, -pred, -truth), "nothing moves: too low is off too")
    after = _times(valid_time, pred[..., ::-1], truth[..., ::-1], std=STD[::-1])
    yield _same("the coordinates in another order", base, after, "nothing moves: every one counts")
    twice = [np.concatenate([array, array], axis=-1) for array in (pred, truth, STD)]
    after = _times(valid_time, twice[0], twice[1], std=twice[2])
    yield _same("every coordinate twice", base, after, "nothing moves: no more is lost than before")
    better = pred.copy()
    better[..., 1] = truth[:, SHOWN:, 1]
    after = _times(valid_time, better, truth)
    yield _same("a second coordinate without error", base, after, "nothing moves: it cannot save the first")
    wide = truth[:, SHOWN:] + 2 * (pred - truth[:, SHOWN:])
    after = _times(valid_time, wide, truth, threshold=2 * THRESHOLD)
    yield _same("errors and threshold doubled", base, after, "nothing moves: both in standard deviations")
    yield _same(
        "the third forecast alone", base[2:], _times(valid_time, pred[2:], truth[2:]), "its own time, as before"
    )


def q6_clock(valid_time: Function) -> Iterator[Row]:
    """Steps, time units, Lyapunov times."""
    pred, truth = _forecasts()
    base = _times(valid_time, pred, truth)
    for what, law, after in (
        ("dt doubled", "twice as long: steps last longer", _times(valid_time, pred, truth, dt=2 * STEP)),
        ("lyap doubled", "twice as many Lyapunov times", _times(valid_time, pred, truth, lyap=2 * LYAP)),
    ):
        ratio = float((after / base).max())
        yield Row(what, f"times {short(ratio)}", law, bool(np.allclose(after, 2 * base)))
    growth = float(np.max(np.abs(base - [2.0, 4.0, 6.0])))
    law = "2, 4, 6: by hand, one e-fold a Lyapunov time"
    yield Row("lost after 2, 4, 6 e-folds", ", ".join(short(time) for time in base), law, growth < 2.1 * STEP * LYAP)


def q6_ends(valid_time: Function) -> Iterator[Row]:
    """Never lost, back again, no number any more."""
    pred, truth = _forecasts()
    base = _times(valid_time, pred, truth)
    record = TIME * STEP * LYAP
    found = float(_times(valid_time, truth[:, SHOWN:], truth).min())
    law = "the whole record"
    yield Row("a forecast without any error", f"{short(found)} Lyapunov times", law, found > 0.98 * record)
    back = pred.copy()
    back[:, -20:] = truth[:, -20:]
    after = _times(valid_time, back, truth)
    yield _same("the last 20 samples true again", base, after, "nothing moves: it was lost before")
    blown = truth[:, SHOWN:].copy()
    blown[:, 40:] = np.nan
    found = float(_times(valid_time, blown, truth).max())
    law = "no longer than that: NaN is no forecast"
    yield Row("true for 40 steps, then NaN", f"{short(found / (STEP * LYAP))} steps", law, found < 42 * STEP * LYAP)
