"""Visible checks of question 4: the residual of the squashed eigenfunction's equation."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
STATES = np.array([[0.3, -0.8], [1.1, 0.4], [-0.6, 0.9], [0.8, 1.3], [-1.2, -0.5]])


def _torch() -> Any:
    import torch

    return torch


def _asked(koopman_residual: Function, psi: Any, f: Any, x: np.ndarray, lam: float) -> Any:
    values = koopman_residual(psi, f, _torch().tensor(x, dtype=_torch().float64), lam)
    if not hasattr(values, "requires_grad"):
        raise TypeError(f"wanted a torch tensor made from psi, got {type(values).__name__}")
    return values


class _Wave:
    """A psi with two weights: a sin(x1 + 0.5 x2) + c."""

    def __init__(self, a: float = 0.7, c: float = 0.2) -> None:
        self.a, self.c = (_torch().tensor(part, dtype=_torch().float64, requires_grad=True) for part in (a, c))

    def __call__(self, x: Any) -> Any:
        return self.a * _torch().sin(x[:, 0] + 0.5 * x[:, 1]) + self.c


def _switches(speed: float) -> Callable[[Any], Any]:
    """Each coordinate in a double well of its own: x' = speed (x - x^3), y' = -y."""
    return lambda x: _columns(speed * (x[:, 0] - x[:, 0] ** 3), -x[:, 1])


def _turning(x: Any) -> Any:
    """Round in circles: x' = -y, y' = x."""
    return _columns(-x[:, 1], x[:, 0])


def _columns(first: Any, second: Any) -> Any:
    """Two coordinates as states (n, 2): arrays from arrays, tensors from tensors."""
    return _torch().stack([first, second], -1) if hasattr(first, "detach") else np.stack([first, second], -1)


def _resting(x: Any) -> Any:
    return 0 * x


def _worst(values: Any) -> float:
    return float(np.abs(numbers(values)).max())


def q4_form(koopman_residual: Function) -> Iterator[Row]:
    """A tensor with one finite number a state."""
    for n in (5, 1):
        values = _asked(koopman_residual, _Wave(), _turning, STATES[:n], 2.0)
        shape = tuple(values.shape)
        yield Row(
            f"shape for {n} states" if n > 1 else "shape for 1 state", str(shape), "(n,)", shape in ((n,), (n, 1))
        )
        law, what = "finite numbers", "the largest of them" if n > 1 else "its size"
        yield Row(what, short(_worst(values)), law, bool(np.isfinite(numbers(values)).all()))


def q4_levels(koopman_residual: Function) -> Iterator[Row]:
    """What must vanish: psi constant at its three levels, wherever the flow goes."""
    for level in (0.0, 1.0, -1.0):
        psi = _Wave(0.0, level)
        worst = _worst(_asked(koopman_residual, psi, _switches(1.0), STATES, 2.0))
        law = "zero: at -1, 0 and 1 psi has come to rest"
        yield Row(f"psi is {level:g} everywhere", f"residual {short(worst)}", law, worst < 1e-6)


def q4_terms(koopman_residual: Function) -> Iterator[Row]:
    """One term at a time."""
    psi = _Wave(0.0, 0.5)
    one, two = (numbers(_asked(koopman_residual, psi, _resting, STATES, lam)).reshape(-1)[0] for lam in (1.5, 3.0))
    law = "double: nothing flows, and only lam is left"
    ratio = two / one if one else np.inf
    yield Row("nothing moves, lam doubled", f"residual times {short(ratio)}", law, abs(ratio - 2) < 1e-3)
    law = "below zero: psi above 0 should grow, and does not"
    yield Row("nothing moves, psi is one half", f"residual {short(one)}", law, one < -1e-6)
    worst = _worst(_asked(koopman_residual, lambda x: (x**2).sum(dim=1), _turning, STATES, 1e-9))
    law = "zero: the flow runs along its level lines"
    name = "psi = x^2 + y^2, a flow in circles, lam nearly 0"
    yield Row(name, f"residual {short(worst)}", law, worst < 1e-5)


def q4_solved(koopman_residual: Function) -> Iterator[Row]:
    """A psi that solves the equation exactly: the first coordinate, where it is a switch of its own."""
    for speed in (0.5, 2.0):
        values = _asked(koopman_residual, lambda x: x[:, 0], _switches(speed), STATES, speed)
        law = "zero: psi = x solves the equation of this flow exactly"
        name = f"x' = {speed:g} (x - x^3), psi = x, lam = {speed:g}"
        yield Row(name, f"residual {short(_worst(values))}", law, _worst(values) < 1e-5)


def q4_rows(koopman_residual: Function) -> Iterator[Row]:
    """One state's number does not depend on the others."""
    together = numbers(_asked(koopman_residual, _Wave(), _switches(1.0), STATES, 2.0)).reshape(-1)
    alone = numbers(_asked(koopman_residual, _Wave(), _switches(1.0), STATES[:1], 2.0)).reshape(-1)
    yours = f"{short(together[0])} among five, {short(alone[0])} alone"
    same = bool(abs(together[0] - alone[0]) < 1e-6)
    yield Row("the first state", yours, "the same: each state has its own residual", same)


def q4_weights(koopman_residual: Function) -> Iterator[Row]:
    """Loss and weights: the gradient against a small change of each weight."""
    psi, pair = _Wave(), STATES[[0, 4]]  # where both terms weigh alike
    values = _asked(koopman_residual, psi, _switches(1.0), pair, 2.0)
    yield Row(
        "history of psi", "kept" if values.requires_grad else "cut off", "kept: psi is to learn", values.requires_grad
    )
    slopes = _torch().autograd.grad(values.sum(), [psi.a, psi.c], allow_unused=True)
    by_a, by_c = (0.0 if slope is None else float(slope) for slope in slopes)

    def summed(a: float, c: float) -> float:
        return float(numbers(_asked(koopman_residual, _Wave(a, c), _switches(1.0), pair, 2.0)).sum())

    law = "alike: what the sum does when the weight is nudged"
    for name, found, nudge in (("gradient by psi's factor", by_a, (0.01, 0)), ("by psi's constant", by_c, (0, 0.01))):
        change = (summed(0.7 + nudge[0], 0.2 + nudge[1]) - summed(0.7 - nudge[0], 0.2 - nudge[1])) / 0.02
        yours = f"gradient {short(found)}, nudging gives {short(change)}"
        yield Row(name, yours, law, abs(found - change) < 3e-3 * max(1.0, abs(change)))
