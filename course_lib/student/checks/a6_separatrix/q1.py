"""Visible checks of question 1: who ends where, and since when, on flows whose motion is known on paper."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]

VALLEYS = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
GRID = np.stack(np.meshgrid([-1.7, -0.6, 0.4, 1.5], [-1.4, -0.5, 0.7, 1.6]), axis=-1).reshape(-1, 2)


def _valleys(x: Any) -> Any:
    """Each coordinate by itself in a double well: four valleys, at the corners of a square."""
    return x - x**3


def _steady(x: Any) -> Any:
    """Every state moves at speed one along the first axis."""
    return _side_by_side(0 * x[..., :1] + 1, 0 * x[..., 1:])


def _leaning(x: Any) -> Any:
    """A double well in x - 2 y, while y dies out."""
    u, y = x[..., :1] - 2 * x[..., 1:], x[..., 1:]
    return _side_by_side(u - u**3 - 2 * y, -y)


def _swing(x: Any) -> Any:
    """A damped swing: place' = speed, speed' = -9 place - 0.6 speed."""
    return _side_by_side(x[..., 1:], -9 * x[..., :1] - 0.6 * x[..., 1:])


def _side_by_side(first: Any, second: Any) -> Any:
    if hasattr(first, "detach"):
        return sys.modules["torch"].cat([first, second], -1)
    return np.concatenate([first, second], axis=-1)


def _size_of_swing(start: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Distance of the swing from its rest, worked out on paper, (n, time)."""
    turn = np.sqrt(9 - 0.09)
    first, second = start[:, :1], (start[:, 1:] + 0.3 * start[:, :1]) / turn
    sine, cosine, fading = np.sin(turn * t), np.cos(turn * t), np.exp(-0.3 * t)
    place = fading * (first * cosine + second * sine)
    speed = fading * ((turn * second - 0.3 * first) * cosine - (turn * first + 0.3 * second) * sine)
    return np.hypot(place, speed)


def _asked(destinations: Function, *inputs: Any) -> tuple[np.ndarray, np.ndarray]:
    copies = [value.copy() if isinstance(value, np.ndarray) else value for value in inputs]
    label, arrival = destinations(*copies)
    return numbers(label), numbers(arrival)


def _listed(values: np.ndarray) -> str:
    return ", ".join(short(value) for value in values)


def q1_form(destinations: Function) -> Iterator[Row]:
    """A pair, one number a start in each."""
    label, arrival = _asked(destinations, _valleys, GRID, VALLEYS, 0.1, 12.0, 0.1)
    shapes = f"{label.shape} and {arrival.shape}"
    yield Row("shapes for 16 starts", shapes, "(n,) and (n,)", label.shape == arrival.shape == (16,))
    whole = bool(np.isin(label, [-1, 0, 1, 2, 3]).all())
    law = "rows of attractors, counted from 0, or -1"
    yield Row("labels, four attractors given", f"from {short(label.min())} to {short(label.max())}", law, whole)


def q1_rest(destinations: Function) -> Iterator[Row]:
    """An attractor ends at itself, at once."""
    label, arrival = _asked(destinations, _valleys, VALLEYS, VALLEYS, 0.1, 12.0, 0.1)
    law = "their own rows, in order"
    yield Row("the attractors as starts", f"labels {_listed(label)}", law, bool(np.all(label == np.arange(4))))
    yield Row("when they arrive", f"at {_listed(arrival)}", "at once: they never leave", bool(np.all(arrival == 0)))


def q1_path(destinations: Function) -> Iterator[Row]:
    """A start and its own future have one label."""
    start, wells = np.array([[0.9, 0.8]]), np.array([[1.0, 0.0], [-1.0, 0.0]])
    t, u = 1.5, -0.7
    later_u = np.sign(u) / np.sqrt(1 + (1 / u**2 - 1) * np.exp(-2 * t))
    future = np.array([[later_u + 1.6 * np.exp(-t), 0.8 * np.exp(-t)]])
    label, _ = _asked(destinations, _leaning, np.concatenate([start, future]), wells, 0.05, 12.0, 0.1)
    law = "one label: both are on one trajectory"
    yield Row("a start and its own future", f"labels {_listed(label)}", law, label[0] == label[1])


def q1_time(destinations: Function) -> Iterator[Row]:
    """A start that moves at speed one, past three points, to a fourth."""
    gone = np.array([2.0, 4.0, 5.0, 8.0])
    points = np.stack([gone, 0 * gone], axis=1)
    label, arrival = _asked(destinations, _steady, np.zeros((1, 2)), points, 0.5, 8.0, 0.6)
    k = int(label[0])
    yours = f"label {k}, a point that is {gone[k]:g} away" if 0 <= k < 4 else f"label {k}"
    yield Row("speed one until T = 8, past four points", yours, "the point that is T away", k == 3)
    law = "a time: tol short of the point, on the grid of dt"
    yield Row(
        "when it came there", f"at {short(arrival[0])}, after a way of as much", law, abs(arrival[0] - 7.5) < 1e-6
    )


def q1_flow(destinations: Function) -> Iterator[Row]:
    """Labels belong to the flow, not to the step."""
    starts, home = np.array([[1.0, 0.0], [0.0, 2.0], [-1.5, 1.0]]), np.zeros((1, 2))
    whole, half = (_asked(destinations, _swing, starts, home, dt, 16.0, 0.1)[0] for dt in (0.1, 0.05))
    law = "0: it dies out; does yours, from step to step?"
    yield Row("a swing that has nearly died out", f"labels {_listed(whole)}", law, bool(np.all(whole == 0)))
    law = "no change: the step is yours, the basin is the flow's"
    yield Row("the same with half the step", f"labels {_listed(half)}", law, bool(np.all(whole == half)))


def q1_open(destinations: Function) -> Iterator[Row]:
    """Who is near at T, and who is not."""
    starts, home = np.array([[1.0, 0.0], [0.2, 0.1], [-1.5, 1.0]]), np.zeros((1, 2))
    for T, tol in ((2.0, 0.15), (6.0, 0.12), (6.0, 0.8)):
        label, _ = _asked(destinations, _swing, starts, home, 0.1, T, tol)
        away = _size_of_swing(starts, np.array([T]))[:, 0] / tol
        told = [f"{short(gap)} tol away: label {short(name)}" for gap, name in zip(away, label, strict=True)]
        right = bool(np.all((label == 0) == (away <= 1)) and np.all((label == -1) == (away > 1)))
        law = "-1 beyond tol, 0 within it: the straight distance decides"
        yield Row(f"a swing of which T = {T:g} is seen, tol = {tol:g}", "; ".join(told), law, right)


def q1_stays(destinations: Function) -> Iterator[Row]:
    """Arrival is for good."""
    starts, home = np.array([[1.0, 0.0], [0.0, 2.0], [-1.5, 1.0]]), np.zeros((1, 2))
    for dt, T, tol, why in (
        (0.05, 12.0, 1.2, "passing through is not arriving"),
        (0.1, 16.0, 0.1, "if that holds above, how accurate is a step of yours?"),
    ):
        _, arrival = _asked(destinations, _swing, starts, home, dt, T, tol)
        away = _size_of_swing(starts, np.arange(0, T + dt / 2, dt)) / tol
        step = np.round(np.nan_to_num(np.clip(arrival, 0, T), nan=T) / dt).astype(int)
        after = max(away[i, k:].max() for i, k in enumerate(step))
        law = f"never beyond tol again: {why}"
        name = f"a swing, tol = {tol:g}"
        yield Row(f"{name}: from your arrival on", f"comes as far as {short(after)} tol", law, after < 1.02)
        before = min(away[i, k - 1] if k else 9.0 for i, k in enumerate(step))
        law = "outside: at your arrival it has just come in, if your steps are accurate"
        yield Row(f"{name}: one dt before your arrival", f"{short(before)} tol away", law, before > 0.98)


def q1_rows(destinations: Function) -> Iterator[Row]:
    """Rows in any order, and valleys without a row."""
    label, _ = _asked(destinations, _valleys, GRID, VALLEYS, 0.1, 12.0, 0.1)
    moved, _ = _asked(destinations, _valleys, GRID, VALLEYS[[2, 0, 3, 1]], 0.1, 12.0, 0.1)
    wanted = np.array([1, 3, 0, 2])[label.astype(int)]
    yours = f"{int(np.sum(moved == wanted))} of 16 labels follow their valley"
    law = "all of them: a label is a row, not a place"
    yield Row("four valleys, rows in another order", yours, law, bool(np.all(moved == wanted) and label.max() == 3))
    label, _ = _asked(destinations, _valleys, GRID, VALLEYS[:3], 0.1, 12.0, 0.1)
    lost = label[(GRID[:, 0] > 0) & (GRID[:, 1] < 0)]
    yours = f"labels {_listed(np.unique(lost))} for starts in the fourth"
    yield Row("three rows for four valleys", yours, "-1: they end at none of the three", bool(np.all(lost == -1)))
