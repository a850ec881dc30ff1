"""Visible checks of question 7: the smallest kick, on a network of six units that the set gives."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.data import data
from course_lib.student.fields import Field, tanh_net

Function = Callable[..., Any]
TURNED = 150  # kicks next to the student's


def _net() -> tuple[Field, np.ndarray, np.ndarray]:
    """The given network and its two states of rest."""
    net = data("net")
    return tanh_net(net["W"], net["b"]), net["start"], net["other"]


def _kick(cheapest_kick: Function, f: Field, start: np.ndarray, attractors: np.ndarray) -> np.ndarray:
    answer = cheapest_kick(f, f.jac, start.copy(), attractors.copy(), np.random.default_rng(3))
    return numbers(answer).reshape(-1)


def _settled(f: Field, h: np.ndarray) -> np.ndarray:
    """States (n, 6) after a long time, in small Runge-Kutta steps."""
    for _ in range(250):
        slopes = [f(h)]
        for ahead in (0.1, 0.1, 0.2):
            slopes.append(f(h + ahead * slopes[-1]))
        h = h + 0.2 / 6 * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])
    return h


def q7_form(cheapest_kick: Function) -> Iterator[Row]:
    """One finite number a unit."""
    f, start, other = _net()
    kick = _kick(cheapest_kick, f, start, np.stack([start, other]))
    yield Row("numbers for six units", str(kick.size), "one a unit: how far it is moved", kick.size == len(start))
    law = "finite numbers"
    yield Row("length of the kick", short(float(np.linalg.norm(kick))), law, bool(np.isfinite(kick).all()))


def q7_flips(cheapest_kick: Function) -> Iterator[Row]:
    """A kicked state ends at the other attractor, whichever row is which."""
    f, start, other = _net()
    rows = np.stack([start, other])
    for name, home, away, given in (
        ("the given net", start, other, rows),
        ("the rows of attractors swapped", start, other, rows[::-1]),
        ("from the other attractor back", other, start, rows),
    ):
        kick = _kick(cheapest_kick, f, home, given)
        (end,) = _settled(f, (home + 1.001 * kick)[None])
        yours = f"ends {np.linalg.norm(end - away):.2f} from there, {np.linalg.norm(end - home):.2f} from start"
        there = bool(np.linalg.norm(end - away) < 0.05)
        yield Row(f"{name}: start + your kick", yours, "at the other attractor, after a long time", there)


def q7_enough(cheapest_kick: Function) -> Iterator[Row]:
    """Just long enough, and no shorter one next to it."""
    f, start, other = _net()
    kick = _kick(cheapest_kick, f, start, np.stack([start, other]))

    def flips(kicks: np.ndarray) -> np.ndarray:
        return np.linalg.norm(_settled(f, start + kicks) - other, axis=1) < 0.05

    (less,) = flips(0.97 * kick[None])
    yours = "also flips" if less else "does not flip"
    yield Row("your kick, 3 % shorter", yours, "does not flip: yours is just long enough", not less)
    rng = np.random.default_rng(1)
    turned = kick / np.linalg.norm(kick) + 0.3 * rng.normal(size=(TURNED, len(kick))) / np.sqrt(len(kick))
    turned = 0.94 * np.linalg.norm(kick) * turned / np.linalg.norm(turned, axis=1, keepdims=True)
    found = int(flips(turned).sum())
    law = "none: or you could take one of them, and look again"
    yield Row("turned a little, 6 % shorter", f"{found} of {TURNED} such kicks flip", law, found == 0)
