"""Visible checks of question 2: Runge-Kutta steps."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]


def _pushed(t: float, x: Any) -> Any:
    """A pushed spring, x'' = -x + cos 2t; arrays in, arrays out, tensors in, tensors out."""
    swapped = x[..., [1, 0]]
    return swapped * _like([1.0, -1.0], x) + _like([0.0, float(np.cos(2 * float(t)))], x)


def _like(values: list[float], x: Any) -> Any:
    return x.new_tensor(values) if hasattr(x, "new_tensor") else np.array(values)


def _exact(x0: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The pushed spring on paper, (batch, time, 2), for a grid that starts at 0."""
    a, b = x0[:, :1] + 1 / 3, x0[:, 1:]
    place = a * np.cos(t) + b * np.sin(t) - np.cos(2 * t) / 3
    return np.stack([place, -a * np.sin(t) + b * np.cos(t) + 2 * np.sin(2 * t) / 3], axis=-1)


_STARTS = np.array([[1.0, 0.0], [0.2, -1.0], [-0.7, 0.4]])


def q2_form(rk4: Function) -> Iterator[Row]:
    """Layout and first sample."""
    t = np.linspace(0, 1, 5)
    x = numbers(rk4(_pushed, _STARTS.copy(), t))
    yield Row("shape for 3 starts, 5 times", str(x.shape), "(batch, time, dim)", x.shape == (3, 5, 2))
    gap = np.abs(x[:, 0] - _STARTS).max()
    yield Row("the first sample", f"{short(gap)} away from the start", "the start itself", gap < 1e-6)


def q2_constant(rk4: Function) -> Iterator[Row]:
    """The weights sum to one."""
    x = numbers(rk4(lambda t, x: 0 * x + 2.0, _STARTS.copy(), np.array([0.0, 0.5])))
    moved = (x[:, 1] - x[:, 0]).mean()
    wanted = "step times velocity"
    yield Row("constant velocity 2, step 0.5", f"moves by {short(moved)}", wanted, abs(moved - 1) < 1e-5)


def _error(rk4: Function, t: np.ndarray) -> float:
    return float(np.sqrt(np.mean((numbers(rk4(_pushed, _STARTS.copy(), t)) - _exact(_STARTS, t)) ** 2)))


def q2_order(rk4: Function) -> Iterator[Row]:
    """Observed order on a pushed spring."""
    rough, fine = (_error(rk4, np.linspace(0, 6, n + 1)) for n in (15, 30))
    gain = rough / max(fine, 1e-300)
    order = np.log2(gain) if gain > 0 else 0.0
    yours = f"divides the error by {gain:.1f}: order {order:.1f}"
    yield Row("halving the step, pushed spring", yours, "order 4: sixteen times less", order > 3.4 and fine < 0.01)


def q2_uneven(rk4: Function) -> Iterator[Row]:
    """Uneven grids, and time that runs back."""
    t = np.concatenate([[0.0], np.cumsum(np.tile([0.1, 0.3, 0.2], 8))])
    uneven, even = _error(rk4, t), _error(rk4, np.linspace(0, t[-1], len(t)))
    yours = f"{short(uneven / max(even, 1e-300))} times the error of an even one"
    yield Row("an uneven grid", yours, "about the same: each step its own length", uneven < 20 * even + 1e-6)
    forth = np.linspace(0, 3, 31)
    end = numbers(rk4(_pushed, _STARTS.copy(), forth))[:, -1]
    gap = np.abs(numbers(rk4(_pushed, end, forth[::-1].copy()))[:, -1] - _STARTS).max()
    yield Row("there and back again", f"{short(gap)} away from home", "home: a step may be negative", gap < 1e-3)
