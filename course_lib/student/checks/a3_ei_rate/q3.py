"""Visible checks of question 3: the paradox."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
W = np.array([[1.0, -1.0], [1.3, -0.9]])
POWER = 2.0
CALM, HELD = np.array([0.09, 0.04]), np.array([1.0, 2.25])
W3 = np.array([[1.0, -0.8, -0.5], [1.1, -0.4, -0.6], [0.9, -0.2, 0.0]])
R3 = np.array([1.0, 1.44, 0.64])


def _answer(response_at_rest: Function, weights: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    currents, response = response_at_rest(weights.copy(), r.copy(), POWER)
    return numbers(currents).reshape(-1), numbers(response)


def _figure(value: float) -> str:
    """A figure as people write it, and what is left by rounding as 0."""
    return short(0.0 if abs(value) < 1e-5 else value)


def q3_form(response_at_rest: Function) -> Iterator[Row]:
    """Shapes for two and three populations."""
    for weights, r in ((W, HELD), (W3, R3)):
        answer = response_at_rest(weights.copy(), r.copy(), POWER)
        pair = isinstance(answer, tuple | list) and len(answer) == 2
        shapes = [numbers(part).shape for part in answer] if pair else []
        yours = f"i_ext {shapes[0]}, G {shapes[1]}" if pair else f"a {type(answer).__name__}, not the pair i_ext, G"
        n = len(r)
        ok = shapes == [(n,), (n, n)] and all(np.isfinite(numbers(part)).all() for part in answer)
        yield Row(f"{n} populations", yours, "i_ext (n,), G (n, n), finite", ok)


def q3_currents(response_at_rest: Function) -> Iterator[Row]:
    """The currents put back into the equation."""
    for name, weights, r in (("calm", W, CALM), ("held", W, HELD), ("three populations", W3, R3)):
        currents, _ = _answer(response_at_rest, weights, r)
        rates = np.maximum(weights @ r + currents, 0) ** POWER
        worst = int(np.argmax(np.abs(rates / r - 1)))
        yours = f"population {worst} is driven to {short(rates[worst] / r[worst])} times its rate"
        law = "its rate itself: W r + i_ext, to the power"
        ok = bool(np.abs(rates / r - 1).max() < 1e-3)
        yield Row(f"{name}: your currents put back", yours, law, ok)


def q3_alone(response_at_rest: Function) -> Iterator[Row]:
    """Without wires each population answers its own current, by the slope of the power."""
    response = _answer(response_at_rest, np.zeros((2, 2)), HELD)[1]
    others = np.abs(response - np.diag(np.diag(response))).max()
    yield Row("no wires: answers to another's current", _figure(others), "none", others < 1e-6)
    drive = np.sqrt(HELD)
    ratio = np.diag(response) * 1e-3 / ((drive + 5e-4) ** POWER - (drive - 5e-4) ** POWER)
    worst = float(ratio[np.argmax(np.abs(ratio - 1))])
    yours = f"{short(worst)} times what the power does"
    law = "once: the slope of the power at the drive"
    yield Row("no wires: a small step of one's own current", yours, law, bool(abs(worst - 1) < 1e-3))


def q3_chain(response_at_rest: Function) -> Iterator[Row]:
    """One wire, from population 0 to population 1: who moves whom."""
    response = _answer(response_at_rest, np.array([[0.0, 0.0], [0.7, 0.0]]), HELD)[1]
    yours = (
        f"current 1 moves rate 0 by {_figure(response[0, 1])} per unit, current 0 rate 1 by {_figure(response[1, 0])}"
    )
    law = "rate 1 alone hears of the other: W[1, 0] leads from 0 to 1"
    yield Row("one wire, from 0 to 1", yours, law, bool(abs(response[0, 1]) < 1e-6 and response[1, 0] > 1e-6))


def q3_response(response_at_rest: Function) -> Iterator[Row]:
    """G against the student's own currents at neighbouring rates."""
    for name, weights, r in (("calm", W, CALM), ("held", W, HELD), ("three populations", W3, R3)):
        response = _answer(response_at_rest, weights, r)[1]
        for k in range(len(r)):
            step = 1e-3 * r[k] * np.eye(len(r))[k]
            there, back = (_answer(response_at_rest, weights, r + sign * step)[0] for sign in (1, -1))
            told = response @ (there - back) / (2 * step[k])
            wanted = np.eye(len(r))[k]
            worst = int(np.argmax(np.abs(told - wanted)))
            yours = f"rate {worst} moves {_figure(told[worst])} times as far by your G"
            law = "once for the rate that was shifted, 0 for the others"
            ok = bool(np.abs(told - wanted).max() < 5e-3)
            yield Row(f"{name}: G on the currents that shift rate {k}", yours, law, ok)


def q3_paradox(response_at_rest: Function) -> Iterator[Row]:
    """The sign of the inhibitory cells' own response at two working points of one circuit."""
    for name, r, way in (("calm", CALM, "rises"), ("held", HELD, "falls")):
        slope = _answer(response_at_rest, W, r)[1][1, 1]
        yours = f"the inhibitory rate {'falls' if slope < 0 else 'rises' if slope > 0 else 'stays'}"
        why = ": excitation alone would run away, I loses more of it than it gains drive" if way == "falls" else ""
        yield Row(f"{name}: more drive to I", yours, way + why, yours.endswith(way))
