"""Visible checks of question 1: the Lorenz family and its Jacobian."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]


def _states(shape: tuple[int, ...], seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-6, 9, shape)


def q1_form(lorenz: Function) -> Iterator[Row]:
    """Shapes for three leading shapes."""
    for shape in ((3,), (4, 3), (2, 5, 3)):
        answer = lorenz(_states(shape), 9.0, 25.0, 2.0, -1.0)
        pair = isinstance(answer, tuple | list) and len(answer) == 2
        found = [numbers(part).shape for part in answer] if pair else []
        yours = f"f {found[0]}, J {found[1]}" if pair else f"a {type(answer).__name__}, not the pair f, J"
        yield Row(f"shapes for states {shape}", yours, "f (..., 3), J (..., 3, 3)", found == [shape, (*shape, 3)])


def q1_rest(lorenz: Function) -> Iterator[Row]:
    """Rest points and symmetry of the velocity."""
    parameters = (9.0, 25.0, 2.0, -1.3)
    speed = np.abs(numbers(lorenz(np.zeros((2, 3)), *parameters)[0])).max()
    yield Row("the origin rests", f"speed {short(speed)}", "speed 0, for all parameters", speed < 1e-9)
    x = _states((6, 3))
    turned = np.array([-1.0, -1.0, 1.0])
    f, g = (numbers(lorenz(state, *parameters)[0]) for state in (x, x * turned))
    gap = np.abs(f * turned - g).max()
    wanted = "f_x, f_y turn round too, f_z stays"
    yield Row("turn x and y round", f"off by up to {short(gap)}", wanted, gap < 1e-3)
    height = parameters[1] + parameters[3]
    side = np.sqrt(parameters[2] * height)
    speeds = np.linalg.norm(
        numbers(lorenz(np.array([[side, side, height], [-side, -side, height]]), *parameters)[0]), axis=-1
    )
    law = "speed 0 at x = y = ±sqrt(beta z), z = rho + delta"
    yield Row("two more points rest", f"speeds {short(speeds[0])}, {short(speeds[1])}", law, speeds.max() < 1e-3)


def q1_terms(lorenz: Function) -> Iterator[Row]:
    """Every parameter counts where it stands."""
    x = _states((5, 3), seed=2)
    base = numbers(lorenz(x, 9.0, 25.0, 2.0, -1.0)[0])
    for name, parameters, column, change in (
        ("delta", (9.0, 25.0, 2.0, 0.0), 1, x[:, 1]),
        ("rho", (9.0, 26.0, 2.0, -1.0), 1, x[:, 0]),
        ("sigma", (10.0, 25.0, 2.0, -1.0), 0, x[:, 1] - x[:, 0]),
        ("beta", (9.0, 25.0, 3.0, -1.0), 2, -x[:, 2]),
    ):
        moved = numbers(lorenz(x, *parameters)[0]) - base
        law = {"delta": "y", "rho": "x", "sigma": "y - x", "beta": "-z"}[name]
        ok = np.abs(moved[:, column] - change).max() < 1e-3 and np.abs(np.delete(moved, column, 1)).max() < 1e-3
        yours = f"f changes by {', '.join(short(part) for part in moved[0])} at the first state"
        yield Row(f"{name} grows by one", yours, f"only f_{'xyz'[column]} changes, by {law}", ok)


def q1_derivative(lorenz: Function) -> Iterator[Row]:
    """The Jacobian against the student's own velocity."""
    parameters = (9.0, 25.0, 2.0, -1.3)
    x = _states((5, 3), seed=3)
    J = numbers(lorenz(x, *parameters)[1])
    traces = np.trace(J, axis1=-2, axis2=-1)
    ok = np.ptp(traces) < 1e-3 * (1 + np.abs(traces).max())
    law = "one value: volumes change at one rate everywhere"
    yield Row("trace of J over five states", f"from {short(traces.min())} to {short(traces.max())}", law, ok)
    for j in range(3):
        nudge = np.zeros(3)
        nudge[j] = 0.5
        forward, backward = (numbers(lorenz(x + sign * nudge, *parameters)[0]) for sign in (1, -1))
        rate = forward - backward
        gap = np.abs(rate - J[..., j])
        n, i = np.unravel_index(gap.argmax(), gap.shape)
        yours = f"f_{'xyz'[i]} changes by {short(rate[n, i])}, your J says {short(J[n, i, j])}"
        yield Row(f"nudging {'xyz'[j]}, your own f", yours, "J[i, j]: change of f_i per x_j", gap[n, i] < 1e-3)
