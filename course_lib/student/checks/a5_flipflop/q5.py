"""Visible checks of question 5: how many ways out."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
LONG, SHORT = 50, 1
SHEAR = np.array([[1.0, 1.0, 1.0], [0.0, 0.05, 0.07], [0.0, 0.0, 0.02]])  # axes that lie close to each other


def _count(escapes: Function, J: np.ndarray, kind: str, wait: float) -> float:
    return float(numbers(escapes(np.array(J, dtype=float)[None], kind, wait)).reshape(()))


def _turning(growth: float, angle: float) -> np.ndarray:
    """A plane that turns by an angle a time unit and grows or shrinks by exp(growth), as a flow: (2, 2)."""
    return np.array([[growth, -angle], [angle, growth]])


def _as_map(flow: np.ndarray) -> np.ndarray:
    """What one time unit of a flow of turning planes and of axes does, (n, n); by its power series."""
    whole, term = np.eye(len(flow)), np.eye(len(flow))
    for k in range(1, 80):
        term = term @ flow / k
        whole = whole + term
    return whole


def q5_form(escapes: Function) -> Iterator[Row]:
    """One count a matrix."""
    stack = np.stack([np.diag([rate, -1.0, -2.0]) for rate in (0.5, -0.5, 0.3, 0.2)])
    found = numbers(escapes(stack.copy(), "flow", 10))
    yield Row("a stack of 4 matrices", f"shape {found.shape}", "one count a matrix: (4,)", found.shape == (4,))
    whole = bool(np.isin(found, [0, 1, 2, 3]).all())
    yours = ", ".join(short(count) for count in found)
    yield Row("each has 3 directions; you count", yours, "whole numbers, from none to all", whole)
    each = np.array([_count(escapes, J, "flow", 10) for J in stack])
    same = int((found == each).sum())
    yield Row("counts of the stack", f"{same} of 4 as for the matrix alone", "all of them", same == 4)


def q5_axes(escapes: Function) -> Iterator[Row]:
    """Directions that do not mix: what grows along each can be written down."""
    for kind, J, law in (
        ("flow", np.diag([0.5, 0.2, -3.0]), "2: it grows along both, if slowly along one"),
        ("map", np.diag([1.6, -1.2, 0.3]), "2: it grows along both, along one from side to side"),
    ):
        found = _count(escapes, J, kind, LONG)
        yield Row(f"a {kind} of 3 axes, a very long wait", short(found), law, found == 2)
        found = _count(escapes, J, kind, SHORT)
        yield Row(f"the same {kind}, a very short wait", short(found), "none: nothing has grown yet", found == 0)
    for kind, J, wait, grown in (
        ("flow", np.diag([0.2, -3.0]), 4, np.exp(0.8)),
        ("flow", np.diag([0.2, -3.0]), 8, np.exp(1.6)),
        ("map", np.diag([2.2, 0.3]), 1, 2.2),
        ("map", np.diag([1.2, 0.3]), 8, 1.2**8),
    ):
        found = _count(escapes, J, kind, wait)
        law = f"{int(grown > np.e)}: it has to exceed e"
        what = f"a {kind} that has grown by {short(grown)} along one axis when the wait is over"
        yield Row(what, short(found), law, found == (grown > np.e))


def q5_turning(escapes: Function) -> Iterator[Row]:
    """Planes that turn."""
    for angle in (2.5, 0.3):
        inward, outward = _turning(-0.3, angle), _turning(0.3, angle)
        for kind, law, unit in (("flow", lambda J: J, "a time unit"), ("map", _as_map, "an iteration")):
            found = _count(escapes, law(inward), kind, 10)
            what = f"a {kind} that turns by {angle} {unit} and shrinks"
            yield Row(what, short(found), "none: turning is no growth", found == 0)
            found = _count(escapes, law(outward), kind, 10)
            what = f"a {kind} that turns by {angle} {unit} and grows"
            yield Row(what, short(found), "a plane has two directions", found == 2)


def q5_coordinates(escapes: Function) -> Iterator[Row]:
    """The same modes seen in other coordinates."""
    some, none = np.diag([0.3, -0.4, -0.9]), np.diag([-0.2, -0.6, -0.9])
    turned = np.linalg.qr(np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 1.0], [-0.7, 0.4, 1.2]]))[0]
    for name, axes in (("turned", turned), ("along axes that lie close to each other", SHEAR)):
        for kind, law in (("flow", lambda J: J), ("map", _as_map)):
            for what, plain in (("one mode grows", some), ("all modes die", none)):
                seen = axes @ law(plain) @ np.linalg.inv(axes)
                alone, again = (_count(escapes, J, kind, 4) for J in (law(plain), seen))
                yours = f"{short(alone)} becomes {short(again)}"
                same = "no change: modes do not depend on coordinates"
                yield Row(f"a {kind} of which {what}, {name}", yours, same, alone == again)


def q5_kinds(escapes: Function) -> Iterator[Row]:
    """A flow, and the map that its own time unit is."""
    for wait in (2, 5, 20):
        J = np.zeros((5, 5))
        J[:2, :2], J[2:4, 2:4], J[4, 4] = _turning(-0.4, 2.5), _turning(0.3, 2.0), 0.1
        flow, its_map = _count(escapes, J, "flow", wait), _count(escapes, _as_map(J), "map", wait)
        yours = f"as a flow {short(flow)}, as its own map {short(its_map)}"
        yield Row(f"one time unit of a flow is a map, wait {wait}", yours, "the same", flow == its_map)
