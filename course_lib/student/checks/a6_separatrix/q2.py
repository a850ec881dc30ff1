"""Visible checks of question 2: points on borders, and refusals."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
Label = Callable[[Any], Any]


def _as_labels(label: Callable[[np.ndarray], np.ndarray]) -> Label:
    """A label of arrays that answers a tensor with a tensor."""

    def wrapped(x: Any) -> Any:
        found = label(numbers(x))
        return x.new_tensor(found).to(int) if hasattr(x, "new_tensor") else found

    return wrapped


def _disc(inside: int, outside: int) -> Label:
    """Two basins: a disc of radius 10, and what lies around it as far as 40."""

    def label(x: np.ndarray) -> np.ndarray:
        away = np.linalg.norm(x, axis=1)
        return np.where(away < 10, inside, np.where(away < 40, outside, -1))

    return _as_labels(label)


def _stripes(x: np.ndarray) -> np.ndarray:
    """Three basins side by side, the one in the middle 10 wide."""
    return np.where(x[:, 0] < -5, 2, np.where(x[:, 0] < 5, 6, 4))


A = np.array([[1.0, 2.0], [-30.0, 3.0], [0.0, -4.0], [-12.0, -12.0], [3.0, 3.0]])
B = np.array([[25.0, 9.0], [5.0, -1.0], [0.5, -10.5], [2.0, 0.0], [-9.0, 31.0]])
AGREE_A, AGREE_B = np.array([[-20.0, 1.0], [2.0, 3.0]]), np.array([[20.0, 2.0], [-4.0, 5.0]])


def _asked(edge_points: Function, label: Label, a: np.ndarray, b: np.ndarray, tol: float) -> np.ndarray:
    return numbers(edge_points(label, a.copy(), b.copy(), tol))


def _about(label: Label, a: np.ndarray, b: np.ndarray, p: np.ndarray, tol: float) -> tuple[np.ndarray, np.ndarray]:
    """Labels a little more than tol before and behind each point, along its segment."""
    along = (b - a) / np.linalg.norm(b - a, axis=1, keepdims=True)
    return label(p - 1.001 * tol * along), label(p + 1.001 * tol * along)


def _differ(edge_points: Function, what: str, label: Label, a: np.ndarray, b: np.ndarray, tol: float) -> Row:
    """Whether labels differ on both sides of each point of these segments."""
    p = _asked(edge_points, label, a, b, tol)
    before, behind = _about(label, a, b, p, tol)
    same = np.flatnonzero((before == behind) | np.isnan(p).any(axis=1))
    if not len(same):
        return Row(what, "two labels in every row", "two: the label changes there", True)
    row = same[0]
    told = f"label {before[row]} on both sides" if np.isfinite(p[row]).all() else "no point"
    return Row(what, f"{told} in row {row}", "two: the label changes there", False)


def q2_form(edge_points: Function) -> Iterator[Row]:
    """One row a segment, on it."""
    p = _asked(edge_points, _disc(1, 3), A, B, 0.1)
    yield Row("shape for 5 segments in the plane", str(p.shape), "(n, dim)", p.shape == (5, 2))
    given = int(np.isfinite(p).all(axis=1).sum())
    law = "a point in every row: its ends lie in two basins, whatever those are called"
    yield Row("segments from basin 1 to 3, or back", f"a point in {given} of 5 rows", law, given == 5)
    share = np.sum((p - A) * (B - A), axis=1) / np.sum((B - A) ** 2, axis=1)
    off = np.linalg.norm(p - A - share[:, None] * (B - A), axis=1).max()
    inside = bool((share > -0.01).all() and (share < 1.01).all())
    yours = f"at {short(share.min())} to {short(share.max())} of the way, {short(off)} beside it"
    yield Row("points of 5 segments with a border", yours, "a point on every segment", off < 1e-4 and inside)


def q2_sides(edge_points: Function) -> Iterator[Row]:
    """What stands on both sides of a point."""
    yield _differ(edge_points, "a disc, tol to either side of p", _disc(1, 3), A, B, 0.1)
    yield _differ(edge_points, "the same, tol a hundred times smaller", _disc(1, 3), A, B, 0.001)
    rough, fine = (_asked(edge_points, _disc(1, 3), A, B, tol) for tol in (0.1, 0.001))
    moved = np.linalg.norm(rough - fine, axis=1).max() / 0.1
    law = "at most by about the coarser tol"
    yield Row("from the coarser tol to the finer", f"points move by {short(moved)} of the coarser", law, moved < 1.1)


def q2_lengths(edge_points: Function) -> Iterator[Row]:
    """Segments of quite different lengths, across one straight border."""
    half = _as_labels(lambda x: np.where(x[:, 0] < 0, 5, 8))
    a = np.array([[-0.3, 0.0], [-3.0, 1.0], [-30.0, 2.0], [-300.0, 3.0]])
    b = -2 * a
    found = _asked(edge_points, half, a, b, 0.1)
    alone = _asked(edge_points, half, a[3:], b[3:], 0.1)
    moved = float(np.linalg.norm(alone - found[3:])) / 0.1
    law = "nowhere: every row goes on until it is short itself"
    yield Row("a long segment, alone or with short ones", f"its point moves by {short(moved)} tol", law, moved < 1)
    away = np.linalg.norm(found - (2 * a + b) / 3, axis=1) / 0.1
    yours = ", ".join(short(gap) for gap in away) + " tol from the border"
    law = "within one tol: it is a length, not a share"
    yield Row("four segments, each ten times the last", yours, law, bool(away.max() < 1.01))


def q2_names(edge_points: Function) -> Iterator[Row]:
    """Names of basins are only names."""
    p = _asked(edge_points, _disc(1, 3), A, B, 0.1)
    for what, label in (("basins called 0 and 1", _disc(0, 1)), ("basins called 7 and 0", _disc(7, 0))):
        moved = np.nan_to_num(np.linalg.norm(_asked(edge_points, label, A, B, 0.1) - p, axis=1), nan=np.inf).max()
        law = "nowhere: a name is not a size"
        yield Row(what, f"points move by {short(moved)}", law, moved < 0.11)


def q2_third(edge_points: Function) -> Iterator[Row]:
    """A third basin between two."""
    a, b = np.array([[-12.0, 0.0], [-7.0, 2.0], [14.0, 1.0]]), np.array([[13.0, 3.0], [8.0, -2.0], [-13.0, -5.0]])
    yield _differ(edge_points, "a third basin between the two", _as_labels(_stripes), a, b, 0.1)


def q2_refuse(edge_points: Function) -> Iterator[Row]:
    """Ends that promise nothing, and ends that do."""
    p = _asked(edge_points, _disc(1, 3), np.concatenate([AGREE_A, A]), np.concatenate([AGREE_B, B]), 0.1)
    given = int(np.isfinite(p[:2]).any(axis=1).sum())
    law = "nan: there may be no border"
    yield Row("two segments whose ends agree", f"a point in {given} of 2 rows", law, given == 0)
    given = int(np.isfinite(p[2:]).all(axis=1).sum())
    law = "a point in every row: each is a question of its own"
    yield Row("five others asked with them", f"a point in {given} of 5 rows", law, given == 5)
    far = np.array([[60.0, 0.0], [3.0, 60.0]])
    p = _asked(edge_points, _disc(1, 3), far, np.array([[0.0, 0.0], [20.0, 4.0]]), 0.1)
    given = int(np.isfinite(p).any(axis=1).sum())
    yield Row("an end that has label -1", f"a point in {given} of 2 rows", "nan: open is no basin", given == 0)
