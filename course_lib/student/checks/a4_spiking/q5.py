"""Visible checks of question 5: a spike with a gradient."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.cases import gradient
from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
V_TH = -52.0  # mV
AWAY = np.array([-9.0, -3.0, -0.5, -0.125, 0.0, 0.125, 0.5, 3.0, 9.0])  # mV from threshold


def _ways(spike: Function, v: np.ndarray, alpha: float, upstream: np.ndarray | None = None) -> tuple[Any, np.ndarray]:
    """Forward values as they come, and the gradient by v of their sum, weighted by upstream."""
    weights = np.ones(v.shape) if upstream is None else upstream
    values, slope = gradient(weights).call(spike, v, V_TH, alpha)
    return values, numbers(slope)


def q5_form(spike: Function) -> Iterator[Row]:
    """A tensor of the same shape, of zeros and ones."""
    for shape in ((9,), (2, 3, 4)):
        v = np.random.default_rng(2).uniform(-60, -45, shape)
        values, _ = _ways(lambda *given: _tensor(spike(*given)), v, 1.7)
        found = numbers(values)
        yield Row(f"shape for membranes {shape}", str(found.shape), "that of v", found.shape == shape)
    values = numbers(_ways(spike, V_TH + AWAY, 1.7)[0])
    odd = values[(np.abs(values) > 1e-6) & (np.abs(values - 1) > 1e-6)]
    yours = f"also {short(odd[0])}" if odd.size else "0 and 1"
    yield Row("forward values", yours, "a spike or none: 1 or 0", not odd.size)
    sides = values[AWAY != 0], (AWAY > 0)[AWAY != 0]
    right = bool(np.abs(sides[0] - sides[1]).max() < 1e-6)
    yield Row("below and above threshold", f"{short(values[0])} and {short(values[-1])}", "no spike, a spike", right)
    reached = float(values[AWAY == 0][0])
    yield Row("exactly at threshold", short(reached), "reached is enough: a spike", abs(reached - 1) < 1e-6)


def _tensor(values: Any) -> Any:
    if not hasattr(values, "requires_grad"):
        raise TypeError(f"wanted a torch tensor made from v, got {type(values).__name__}")
    return values


def q5_slope(spike: Function) -> Iterator[Row]:
    """Where the slope lies, and on which side it is what."""
    slope = _ways(spike, V_TH + AWAY, 1.7)[1]
    most = float(np.abs(slope).max())
    yield Row("a gradient arrives", f"at most {short(most)}", "not zero everywhere", most > 1e-9)
    below, at, above = float(slope[3]), float(slope[4]), float(slope[5])
    law = "positive: more membrane, more spikes"
    yield Row("slope just below threshold", short(below), law, below > 0)
    law = "positive: negative would be a slope of a slope"
    yield Row("slope just above threshold", short(above), law, above > 0)
    law = "less: a cell far from threshold passes little on"
    uneven = bool(np.ptp(slope) > 0.01 * most)
    yield Row("slope 9 mV away", f"{short(slope[0])}, at threshold {short(at)}", law, uneven)
    falls = bool(np.all(np.diff(slope[:5]) > 0) and np.all(np.diff(slope[4:]) < 0))
    nearest = float(V_TH + AWAY[int(slope.argmax())])
    yield Row("your slope is largest", f"at {short(nearest)} mV, threshold is {short(V_TH)}", "at threshold", falls)


def q5_area(spike: Function) -> Iterator[Row]:
    """The area under the slope, and the width that belongs to alpha."""
    for alpha in (0.7, 5.0):
        away = np.concatenate([[0.0], np.geomspace(1e-5, 1e5, 4001)])  # mV
        slope = _ways(spike, np.concatenate([V_TH - away[::-1], V_TH + away]), alpha)[1]
        left, right = slope[: away.size][::-1], slope[away.size :]
        area = _area(away, left + right)
        law = "one, whatever alpha: a step rises by one"
        yield Row(f"area under your slope, alpha {short(alpha)} / mV", short(area), law, abs(area - 1) < 0.01)
        at, quarter = (float(s) for s in _ways(spike, np.array([V_TH, V_TH - 1 / alpha]), alpha)[1])
        law = "to a quarter: alpha says how wide the bell is"
        share = quarter / at
        yield Row("1 / alpha away it has fallen", f"to {short(share)} of its top", law, abs(share - 0.25) < 1e-3)


def _area(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))


def q5_passed_on(spike: Function) -> Iterator[Row]:
    """What arrives is handed on, also through two calls."""
    v = V_TH + AWAY
    once, thrice = (_ways(spike, v, 1.7, np.full(v.shape, weight))[1] for weight in (1.0, 3.0))
    ratio = float(thrice[4] / once[4]) if once[4] else 0.0
    yield Row("loss times three", f"your gradient times {short(ratio)}", "times three", abs(ratio - 3) < 1e-3)
    moved = v[::-1] + 0.25

    def twice(leaf: Any, v_th: float, alpha: float) -> Any:
        first = spike(leaf, v_th, alpha)
        return first + 0 * spike(leaf.detach() * 0 + leaf.new_tensor(moved), v_th, alpha)

    gap = float(np.abs(_ways(twice, v, 1.7)[1] - once).max())
    law = "unmoved: each call keeps its own membranes"
    yield Row("another call before the way back", f"your gradient moves by {short(gap)}", law, gap < 1e-5)
