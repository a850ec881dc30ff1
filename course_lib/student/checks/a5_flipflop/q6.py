"""Visible checks of question 6: the ghost of a memory."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
UNIT, RADIUS = 1.8, 0.3
PLACE = (UNIT ** (2 / 3) - 1) ** 0.5  # where two rest points of the unit meet,
FOLD = PLACE**3  # when its bias is minus this
PAST = (0.03, 0.004, 0.0004, 0.00004)


def _velocity(W: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    return x / np.sqrt(1 + x * x) @ W.T + b - x


def _answer(pin_down: Function, W: np.ndarray, b: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, bool]:
    """The state and the verdict."""
    state, rests = pin_down(W.copy(), b.copy(), x.copy(), RADIUS)
    return numbers(state).reshape(len(b)), bool(numbers(rests).reshape(()))


def _unit(bias: float) -> tuple[np.ndarray, np.ndarray]:
    """One unit that excites itself."""
    return np.array([[UNIT]]), np.array([bias])


def _changes(bias: float, x: float) -> int:
    """How often the unit's velocity changes sign within the radius of x."""
    line = np.linspace(x - RADIUS, x + RADIUS, 40001)
    return int((np.diff(np.sign(_velocity(*_unit(bias), line[:, None])[:, 0])) != 0).sum())


def _moved(bias: float, state: np.ndarray) -> float:
    """How far a run from there gets in 500 time units, in radii."""
    W, b = _unit(bias)
    x = state
    for _ in range(2500):
        x = x + 0.2 * _velocity(W, b, x)
    return float(np.linalg.norm(x - state) / RADIUS)


def q6_form(pin_down: Function) -> Iterator[Row]:
    """A state and a verdict."""
    W, b, x = np.diag([UNIT, 0.5, 0.2]), np.array([0.1, 0.2, -0.1]), np.array([1.7, 0.3, -0.1])
    answer = pin_down(W.copy(), b.copy(), x.copy(), RADIUS)
    pair = isinstance(answer, tuple | list) and len(answer) == 2
    yours = "as wanted" if pair else type(answer).__name__
    yield Row("form of the answer", yours, "a state, and True or False", bool(pair))
    state, verdict = numbers(answer[0]), numbers(answer[1])
    yield Row("the state, for 3 units", str(state.shape), "(3,)", state.shape == (3,))
    yield Row("finite numbers", "yes" if np.isfinite(state).all() else "no", "yes", bool(np.isfinite(state).all()))
    flag = verdict.size == 1 and float(verdict.reshape(())) in (0.0, 1.0)
    yield Row("the verdict", f"{verdict.size} values" if verdict.size != 1 else str(answer[1]), "True or False", flag)


def q6_clear(pin_down: Function) -> Iterator[Row]:
    """Far from any fold."""
    bias = 0.05
    for x, what in ((1.6, "near a valley"), (0.05, "near the ridge between two valleys")):
        W, b = _unit(bias)
        state, rests = _answer(pin_down, W, b, np.array([x]))
        times = _changes(bias, x)
        law = f"True: its velocity changes sign within the radius ({times} time)"
        yield Row(f"one unit, {what}", str(rests), law, rests == (times > 0))
        speed = float(np.linalg.norm(_velocity(W, b, state)))
        yield Row(
            f"the state that you return, {what}", f"moves with {short(speed)}", "rest: less than 1e-9", speed < 1e-9
        )
        far = float(np.linalg.norm(state - x) / RADIUS)
        yield Row(f"where it lies, {what}", f"{short(far)} radii away", "within the radius", far <= 1)
    W, b = _unit(bias)
    _, rests = _answer(pin_down, W, b, np.array([0.8]))
    law = "False: what rests further away is another place"
    yield Row("one unit, half-way between valley and ridge", str(rests), law, not rests)


def q6_ghosts(pin_down: Function) -> Iterator[Row]:
    """Where two rest points have vanished."""
    for past in PAST:
        bias = -(FOLD + past)
        W, b = _unit(bias)
        state, rests = _answer(pin_down, W, b, np.array([PLACE + 0.05]))
        speed = float(np.linalg.norm(_velocity(W, b, state)))
        far = float(np.linalg.norm(state - PLACE - 0.05) / RADIUS)
        yours = f"at rest, with a speed of {short(speed)}; a run from there has gone {short(_moved(bias, state))} radii"
        if far > 1.05:
            yours = f"at rest, at a state {short(far)} radii away"
        law = "not at rest: its velocity keeps its sign in the whole radius"
        what = f"two rest points have vanished, by {short(past)} in the bias"
        yield Row(what, yours if rests else "not at rest", law, not rests)


def q6_pairs(pin_down: Function) -> Iterator[Row]:
    """Where two rest points have not met yet, and one that does not attract."""
    for before in (0.004, 0.0004):
        bias = -(FOLD - before)
        gap = np.sqrt(before)
        for side, beside in ((1, "beside the one that attracts"), (-1, "beside the one that does not")):
            x = PLACE + side * gap + side * 0.02
            place = f"{short(before)} in the bias before they meet, {beside}"
            state, rests = _answer(pin_down, *_unit(bias), np.array([x]))
            law = f"at rest: its velocity changes sign {_changes(bias, x)} times within the radius"
            yield Row(f"two rest points, {place}", "at rest" if rests else "not at rest", law, rests)
            speed = float(np.linalg.norm(_velocity(*_unit(bias), state)))
            what = f"the state that you return, {place}"
            yield Row(what, f"moves with {short(speed)}", "rest: less than 1e-9", speed < 1e-9)
