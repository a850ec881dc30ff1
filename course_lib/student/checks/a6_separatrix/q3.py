"""Visible checks of question 3: the border through a saddle, on flows whose basins are known on paper."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.fields import duffing

Function = Callable[..., Any]

SADDLE = np.array([0.4, -0.2])
LENGTH, N = 3.0, 61


def _bent(pace: float = 1.0) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """A double well in u, which is x bent by y, while y dies out: velocity and Jacobian; pace: of its clock."""

    def velocity(x: Any) -> Any:
        u, y = _straightened(x)
        slope = 0.6 + 1.6 * y - 0.9 * y**2
        return pace * _columns([u - u**3 - slope * 0.7 * y, -0.7 * y], x)

    def jac(x: Any) -> Any:
        u, y = _straightened(x)
        slope, steep = 0.6 + 1.6 * y - 0.9 * y**2, 1 - 3 * u**2
        by_y = -steep * slope - 0.7 * slope - 0.7 * y * (1.6 - 1.8 * y)
        rows = [_columns([steep, by_y], x), _columns([0 * y, 0 * y - 0.7], x)]
        return pace * _columns(rows, x, -2)

    return velocity, jac


def _straightened(x: Any) -> tuple[Any, Any]:
    first, y = x[..., 0] - float(SADDLE[0]), x[..., 1] - float(SADDLE[1])
    return first - 0.6 * y - 0.8 * y**2 + 0.3 * y**3, y


def _columns(columns: list[Any], x: Any, axis: int = -1) -> Any:
    if hasattr(x, "detach"):
        return sys.modules["torch"].stack(columns, axis)
    return np.stack(columns, axis=axis)


def _asked(separatrix_2d: Function, pace: float = 1.0) -> np.ndarray:
    f, jac = _bent(pace)
    return numbers(separatrix_2d(f, jac, SADDLE.copy(), LENGTH, N))


def _basins(c: np.ndarray, aside: float) -> np.ndarray:
    """Basins of the states aside of each point, to either side of its branch, (2, 2, n)."""
    along = np.gradient(c, axis=1)
    along = along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-12)
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    return np.stack([np.sign(_straightened(c + side * aside * across)[0]) for side in (-1, 1)])


def q3_form(separatrix_2d: Function) -> Iterator[Row]:
    """Layout, and finite numbers."""
    c = _asked(separatrix_2d)
    yield Row("shape for n = 61", str(c.shape), "(2, n, 2): branch, point, coordinate", c.shape == (2, N, 2))
    lost = int(np.sum(~np.isfinite(c)))
    yield Row(
        "finite numbers",
        f"{lost} numbers are nan or infinite",
        "none: mind that the speed is zero at the saddle",
        lost == 0,
    )


def q3_saddle(separatrix_2d: Function) -> Iterator[Row]:
    """Where the branches begin, and how they leave."""
    c = _asked(separatrix_2d)
    gaps = np.linalg.norm(c[:, 0] - SADDLE, axis=1)
    yours = f"{short(gaps[0])} and {short(gaps[1])} away from it"
    yield Row("first points of the branches", yours, "the saddle itself", bool(gaps.max() < 0.01))
    first, second = c[:, 1:4].mean(axis=1) - SADDLE
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    turn = float(np.degrees(np.arccos(np.clip(first @ second / max(size, 1e-300), -1, 1)))) if size > 0 else 0.0
    law = "opposite: 180, the border comes in from two sides"
    yield Row("angle between your branches there", f"{turn:.0f} degrees", law, turn > 170)
    _, jac = _bent()
    moved = jac(SADDLE[None])[0] @ first
    pull = float(first @ moved / max(first @ first, 1e-300))
    yours = f"a state there is {'pulled in' if pull < 0 else 'pushed out'} at rate {short(abs(pull))}"
    yield Row("the direction in which you leave", yours, "one along which states come in", pull < 0)


def q3_sides(separatrix_2d: Function) -> Iterator[Row]:
    """Basins on both sides."""
    c = _asked(separatrix_2d)
    sides = _basins(c, 0.02)[:, :, 2:]
    same = np.argwhere(sides[0] == sides[1])
    total = sides[0].size
    if len(same):
        branch, k = same[0]
        s = np.linalg.norm(np.diff(c[branch, : k + 3], axis=0), axis=1).sum()
        yours = f"{len(same)} of {total} points have one, the first at arc length {short(s)}"
    else:
        yours = "two at every point"
    yield Row("basins just beside your curve", yours, "two: one on either side", not len(same))


def q3_length(separatrix_2d: Function) -> Iterator[Row]:
    """Length, and even steps."""
    c = _asked(separatrix_2d)
    steps = np.linalg.norm(np.diff(c, axis=1), axis=-1)
    ends = steps.sum(axis=1)
    law = "the length asked for, each of them"
    yours = f"{short(ends[0])} and {short(ends[1])}, asked was {LENGTH:g}"
    yield Row("lengths of the branches", yours, law, bool(np.abs(ends / LENGTH - 1).max() < 0.02))
    crowd = float(np.mean(np.linalg.norm(c - SADDLE, axis=-1) < LENGTH / 20))
    even = bool(np.abs(steps / (LENGTH / (N - 1)) - 1).max() < 0.05)
    yours = f"{short(steps.min())} to {short(steps.max())}; {100 * crowd:.0f} % of the points sit at the saddle"
    yield Row("steps from point to point", yours, "even in length, which is not even in time", even)


def q3_well(separatrix_2d: Function) -> Iterator[Row]:
    """Within 0.01, on a border that no formula gives: starts beside it are run."""
    f, n = duffing(0.25), 41
    c = numbers(separatrix_2d(f, f.jac, np.zeros(2), 5.0, n))
    along = np.gradient(c, axis=1)
    along = along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-12)
    aside = 0.01 * np.stack([-along[..., 1], along[..., 0]], axis=-1)
    x = np.stack([c - aside, c + aside])[:, :, 2:]
    with np.errstate(all="ignore"):
        for _ in range(300):
            slopes = [f(x)]
            for ahead in (0.05, 0.05, 0.1):
                slopes.append(f(x + ahead * slopes[-1]))
            x = x + 0.1 / 6 * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])
    ends = np.sign(x[..., 0])
    same = int(np.sum(ends[0] == ends[1]))
    yours = f"end in one well at {same} of {ends[0].size} points"
    law = "in two wells: so near to the border your points are wanted"
    yield Row("a ball, started 0.01 to either side", yours, law, same == 0)


def q3_clock(separatrix_2d: Function) -> Iterator[Row]:
    """A curve knows no clock."""
    moved = float(np.abs(_asked(separatrix_2d, 4.0) - _asked(separatrix_2d)).max())
    law = "nowhere: the curve is the same, only sooner"
    yield Row("the same flow, four times as fast", f"your points move by {short(moved)}", law, moved < 0.02)
