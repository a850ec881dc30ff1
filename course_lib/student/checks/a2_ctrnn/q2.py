"""Visible checks of question 2: the largest step of a stable Euler map."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.checks.a2_ctrnn.figures import plain

Function = Callable[..., Any]


def _rest_points(modes: list[list[complex]], shear: float = 0.0, seed: int = 1) -> np.ndarray:
    """Jacobians (n, 4, 4) with given modes (a complex one stands for its pair), in turned and sheared coordinates."""
    rng, found = np.random.default_rng(seed), []
    for row in modes:
        J, k = np.triu(shear * rng.normal(size=(4, 4)), 2), 0
        for mode in row:
            if np.imag(mode):
                J[k : k + 2, k : k + 2] = [[np.real(mode), np.imag(mode)], [-np.imag(mode), np.real(mode)]]
                k += 2
            else:
                J[k, k] = np.real(mode)
                k += 1
        frame = np.linalg.qr(rng.normal(size=(4, 4)))[0]
        found.append(frame @ J @ frame.T)
    return np.array(found)


REAL = _rest_points([[-1.2, -0.4, -0.7, -0.2], [-5.0, -3.0, -1.0, -0.5]])
SHEARED = _rest_points([[-1.0, -0.8, -0.5, -0.3], [-2.0, -1.5, -0.9, -0.7]], shear=6.0)
TURNING = _rest_points([[-0.2 + 1.6j, -1.0, -0.4], [-0.5 + 6.0j, -0.2 + 0.3j]], shear=0.3)
UNSTABLE = _rest_points([[0.2, -1.0, -0.4, -0.7], [0.05 + 0.5j, -0.6, -0.3]])


def _answer(limit: Function, J: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    dt, turn = limit(J.copy())
    return numbers(dt).reshape(len(J)), numbers(turn).reshape(len(J))


def _growth(J: np.ndarray, dt: float) -> float:
    """Factor by which perturbations grow in one Euler step, in the long run."""
    return float(np.abs(1 + dt * np.linalg.eigvals(J)).max())


def q2_form(limit: Function) -> Iterator[Row]:
    """A pair with one number a rest point."""
    answer = limit(REAL.copy())
    pair = isinstance(answer, tuple | list | np.ndarray) and len(answer) == 2
    found = [numbers(part).shape for part in answer] if pair else []
    yours = f"{found[0]}, {found[1]}" if pair else f"a {type(answer).__name__}, not the pair dt, turn"
    yield Row("shapes for J (2, 4, 4)", yours, "dt (n,), turn (n,)", found == [(2,), (2,)])


def _straddle(limit: Function, name: str, J: np.ndarray) -> Iterator[Row]:
    """Just below the student's step perturbations shrink, just above they grow."""
    steps, _ = _answer(limit, J)
    for place, dt in enumerate(steps):
        which = f"{name} {place + 1}: your step"
        if dt <= 0:
            yield Row(which, short(dt), "above 0: small steps are stable", False)
        below, above = (_growth(J[place], share * dt) for share in (0.98, 1.02))
        yours = f"2 % below {short(dt)} perturbations times {below:.4f} a step, 2 % above it times {above:.4f}"
        law = "below one: they die out; then above one: they grow"
        yield Row(which, yours, law, bool(below < 1 < above))


def q2_real(limit: Function) -> Iterator[Row]:
    """Modes that do not turn, in square and in sheared coordinates."""
    yield from _straddle(limit, "real modes", REAL)
    yield from _straddle(limit, "sheared modes", SHEARED)


def q2_turning(limit: Function) -> Iterator[Row]:
    """A mode that turns."""
    yield from _straddle(limit, "turning modes", TURNING)


def q2_stack(limit: Function) -> Iterator[Row]:
    """Rest points do not know of each other."""
    together, alone = _answer(limit, REAL)[0], np.array([_answer(limit, J[None])[0][0] for J in REAL])
    yours = f"{short(together[0])} instead of {short(alone[0])}"
    yield Row(
        "real modes 1, beside another", yours, "the step it has alone", bool(abs(together[0] / alone[0] - 1) < 1e-3)
    )
    mixed = _answer(limit, np.concatenate([UNSTABLE[:1], REAL]))[0][1]
    yours = f"{short(mixed)} instead of {short(alone[0])}"
    law = "the step it has alone"
    yield Row("real modes 1, beside an unstable", yours, law, bool(abs(mixed / alone[0] - 1) < 1e-3))


def q2_unstable(limit: Function) -> Iterator[Row]:
    """Rest points that the flow leaves."""
    steps, turns = _answer(limit, UNSTABLE)
    for place, kind in enumerate(("a growing mode", "a growing pair")):
        yours = f"step {short(steps[place])}, turn {short(turns[place])}"
        ok = steps[place] == 0 and turns[place] == 0
        yield Row(kind, yours, "0 and 0: no step can mend the flow", bool(ok))


def q2_turn(limit: Function) -> Iterator[Row]:
    """The angle is that of a multiplier of the map at the student's own step."""
    for name, J in (("turning", TURNING), ("real", REAL)):
        steps, turns = _answer(limit, J)
        for place, (dt, turn) in enumerate(zip(steps, turns, strict=True)):
            which = f"{name} modes {place + 1}: your turn"
            if not -1e-9 <= turn <= np.pi + 1e-6:
                yield Row(which, short(turn), "an angle from 0 to pi", False)
            multipliers = np.linalg.eigvals(np.eye(4) + dt * J[place])
            gap = np.abs(multipliers - np.exp(1j * turn)).min()
            yours = f"{short(turn)}; exp(i turn) is {plain(gap)} away from what multiplies a mode at your step"
            yield Row(which, yours, "it is an eigenvalue of I + dt J", bool(gap < 0.02))
