"""Visible checks of question 7: the signal behind the spikes, tried on three trajectories that are given."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.data import data

Function = Callable[..., Any]
EDGE, LATEST = 0.15, 0.12  # s


def _estimate(decode: Function, given: dict[str, np.ndarray]) -> np.ndarray:
    return numbers(decode(given["s_train"].copy(), given["y_train"].copy(), given["s_test"].copy(), float(given["dt"])))


def _scored(given: dict[str, np.ndarray], trajectories: np.ndarray) -> np.ndarray:
    """The part that counts: without the first and the last 0.15 s."""
    edge = round(EDGE / float(given["dt"]))
    return trajectories[:, edge:-edge]


def _left(given: dict[str, np.ndarray], estimate: np.ndarray) -> np.ndarray:
    """Share of the variance of each coordinate that an estimate leaves."""
    truth = _scored(given, given["y_test"].astype(float))
    return np.mean((_scored(given, estimate) - truth) ** 2, axis=(0, 1)) / truth.var(axis=(0, 1))


def q7_form(decode: Function) -> Iterator[Row]:
    """Shape, and finite numbers."""
    given = data("decode")
    estimate, wanted = _estimate(decode, given), given["y_test"].shape
    law = "(trajectories, time, 3) of s_test"
    yield Row("shape for three trajectories", str(estimate.shape), law, estimate.shape == wanted)
    finite = bool(np.isfinite(estimate).all())
    yield Row("finite numbers", "yes" if finite else "no", "yes", finite)


def q7_heard(decode: Function) -> Iterator[Row]:
    """How much of the signal arrives."""
    given = data("decode")
    left = _left(given, _estimate(decode, given))
    yours = ", ".join(f"{100 * share:.0f} %" for share in left)
    law = "each well below all: the mean leaves 100 %"
    yield Row("variance that you leave, by coordinate", yours, law, bool(left.max() < 0.9))


def q7_late(decode: Function) -> Iterator[Row]:
    """How late the estimate is."""
    given = data("decode")
    estimate = _estimate(decode, given)
    dt, truth = float(given["dt"]), _scored(given, given["y_test"].astype(float))
    inner = round(LATEST / dt)
    edge, fits = round(EDGE / dt), {}
    for shift in range(-inner, inner + 1):
        moved = estimate[:, edge + shift : estimate.shape[1] - edge + shift]
        fits[shift] = float(np.mean((moved - moved.mean(axis=(0, 1))) * (truth - truth.mean(axis=(0, 1)))))
    late = 1000 * dt * max(fits, key=lambda shift: fits[shift])
    side = "late" if late > 0 else "early"
    yours = f"your estimate is {abs(late):.0f} ms {side}" if late else "in time"
    yield Row("late or early", yours, "in time: within 4 ms", abs(late) <= 4)


def q7_rough(decode: Function) -> Iterator[Row]:
    """How much the estimate moves from step to step."""
    given = data("decode")
    steps = np.diff(_scored(given, _estimate(decode, given)), axis=1)
    true_steps = np.diff(_scored(given, given["y_test"].astype(float)), axis=1)
    ratio = float(np.sqrt(np.mean(steps**2) / np.mean(true_steps**2)))
    yours = f"your estimate moves {short(ratio)} times as much as the signal"
    law = "a few times as much: more is noise, none is deaf"
    yield Row("from one step to the next", yours, law, 0.3 < ratio < 15)


def q7_unit(decode: Function) -> Iterator[Row]:
    """The same record with steps twice as long, and a signal that is shifted."""
    given = data("decode")
    estimate = _estimate(decode, given)
    coarse = {name: array[:, ::2] for name, array in given.items() if name.startswith("y")}
    coarse |= {name: array[:, ::2] | array[:, 1::2] for name, array in given.items() if name.startswith("s")}
    coarse["dt"] = 2 * given["dt"]
    fine, slow = float(_left(given, estimate).mean()), float(_left(coarse, _estimate(decode, coarse)).mean())
    yours = f"you leave {100 * fine:.1f} % and {100 * slow:.1f} %"
    law = "nearly the same: a filter's length is a time"
    yield Row("the same record in steps twice as long", yours, law, slow < 1.5 * fine and fine < 1.5 * slow)
    lifted = {**given, "y_train": given["y_train"].astype(float) + 10.0}
    gap = float(np.abs(_scored(given, _estimate(decode, lifted) - estimate - 10.0)).max())
    law = "the estimate is lifted as much"
    yield Row("the signal lifted by 10", f"your estimate is off by {short(gap)}", law, gap < 0.3)


def q7_plain(decode: Function) -> Iterator[Row]:
    """Against a plain decoder."""
    given = data("decode")
    ratio = float(_left(given, _estimate(decode, given)).mean() / float(given["plain"]))
    law = "little: the last points want less than half"
    yield Row("times what a plain decoder leaves", short(ratio), law, ratio < 0.5)
