"""Visible checks of question 5: counting pairs."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]


def _cloud(n: int = 60) -> np.ndarray:
    return np.random.default_rng(8).normal(size=(n, 2)) * [3.0, 0.5]


def _winding(every: float, n: int) -> np.ndarray:
    """An orbit that winds round a ring without ever closing, sampled so often, (n, 2)."""
    t = every * np.arange(n)
    size = 2 + np.cos(t * np.sqrt(2))
    return size[:, None] * np.stack([np.cos(t), np.sin(t)], axis=1)


def _listed(shares: np.ndarray) -> str:
    return ", ".join(short(share) for share in shares)


def q5_form(pair_fraction: Function) -> Iterator[Row]:
    """One finite number a radius."""
    found = numbers(pair_fraction(_cloud(), np.array([0.5, 1.0, 2.0, 4.0]), 5))
    yield Row("shape for 4 radii", str(found.shape), "(m,)", found.shape == (4,))
    yield Row("finite numbers", _listed(found), "no division by nothing", bool(np.isfinite(found).all()))


def q5_ends(pair_fraction: Function) -> Iterator[Row]:
    """Nothing within nothing, everything within everything, and never less for a larger radius."""
    x = _cloud()
    empty, half, most, whole = numbers(pair_fraction(x, np.array([1e-6, 1.0, 8.0, 1e3]), 1))
    law = "no pair: no state is its own neighbour"
    yield Row("a radius of next to nothing", f"share {short(empty)}", law, empty == 0)
    rising = bool(half < most <= whole + 1e-9)
    yours = _listed(np.array([half, most, whole]))
    yield Row("two larger radii, and a huge one", yours, "the share never falls", rising)
    law = "one: all pairs of all those that count"
    yield Row("a radius beyond the whole set", f"share {short(whole)}", law, abs(whole - 1) < 1e-9)
    (whole,) = numbers(pair_fraction(x, np.array([1e3]), 20))
    law = "one again: pairs too close in time are in neither count"
    yield Row("the same with w = 20", f"share {short(whole)}", law, abs(whole - 1) < 1e-9)


def q5_distance(pair_fraction: Function) -> Iterator[Row]:
    """Units, and which distance it is."""
    x, radii = _cloud(), np.array([0.7, 1.5])
    plain, tripled = (numbers(pair_fraction(unit * x, unit * radii, 1)) for unit in (1, 3))
    yours = f"{_listed(plain)} becomes {_listed(tripled)}"
    law = "no change: states and radii are in one unit"
    yield Row("states and radii tripled", yours, law, np.abs(plain - tripled).max() < 1e-9)
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    wide, narrow = numbers(pair_fraction(corners, np.array([1.5, 1.1]), 1))
    law = "all pairs: differences of coordinates do not add up"
    yield Row("square of side 1, one and a half away", f"share {short(wide)}", law, abs(wide - 1) < 1e-9)
    law = "all pairs: the coordinate that differs most decides"
    yield Row("square of side 1, little more than 1 away", f"share {short(narrow)}", law, abs(narrow - 1) < 1e-9)


def q5_pairs(pair_fraction: Function) -> Iterator[Row]:
    """All pairs."""
    x, radii = _cloud(300), np.array([0.3])
    plain, turned = (numbers(pair_fraction(states, radii, 1))[0] for states in (x, x[::-1].copy()))
    yours = f"{short(plain)} becomes {short(turned)}"
    law = "no change: each state meets each other one"
    yield Row("the same 300 states, last one first", yours, law, abs(plain - turned) < 1e-9)


def q5_time(pair_fraction: Function) -> Iterator[Row]:
    """Which pairs are far enough apart in time, and denser sampling of one orbit."""
    away = np.array([[0.0], [9.0], [9.0], [0.0], [0.0], [0.0]])
    found = numbers(pair_fraction(away, np.array([1.0]), 3))[0]
    law = "half of the pairs 3, 4 and 5 steps apart, or a little more"
    yield Row("a state away for two steps", f"share {short(found)}", law, 0.45 < found < 0.7)
    radii = np.array([0.1])
    slow = numbers(pair_fraction(_winding(0.3, 200), radii, 10))[0]
    dense = numbers(pair_fraction(_winding(0.05, 1200), radii, 60))[0]
    change = 100 * (dense / slow - 1) if slow > 0 else np.inf
    law = "hardly any: the set did not change, only the clock"
    yield Row("the same orbit sampled densely", f"share changes by {change:.0f} %", law, abs(change) < 20)
    there = np.array([[0.0], [0.0], [0.0], [9.0], [9.0], [9.0]])
    found = numbers(pair_fraction(there, np.array([1.0]), 3))[0]
    law = "none: all pairs 3 or more steps apart are far"
    yield Row("three states here, then three far", f"share {short(found)}", law, found == 0)
