"""Orbits whose states are not kept: steps of a flow or a map with the step check of `integrate`."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from course_lib.dynamics import Flow, Map
from course_lib.integrate import LARGEST_ERROR, rk4_step
from course_lib.validation import CourseError, check_finite, check_float64, check_positive, check_shape, complaint


def check_system(system: object) -> Flow | Map:
    """`system` when it is a Flow or a Map."""
    if not isinstance(system, Flow | Map):
        raise complaint(
            "system",
            wanted="a Flow or a Map",
            got=type(system).__name__,
            do="Of a network take flow_at(u) or map_at(u); FunctionFlow(f, dim) and FunctionMap(F, dim) wrap others.",
        )
    return system


def check_states(name: str, x: Tensor, dim: int) -> Tensor:
    """x as (n, dim), float64, finite; a single state (dim,) becomes one row."""
    check_float64(name, x)
    check_shape(name, x, f"{dim}" if x.ndim == 1 else f"n {dim}")
    check_finite(name, x)
    if x.shape[0] == 0:
        raise complaint(name, wanted="at least one state", got="none", do="Pass states, (n, dim).")
    return x[None] if x.ndim == 1 else x


def step_length(system: Flow | Map, duration: float, dt: float | None) -> tuple[float, int]:
    """Length and number of equal steps of at most dt that fill `duration`; a map's dt is the time of one iteration."""
    if isinstance(system, Map):
        h = 1.0 if dt is None else check_positive("dt", dt)
        n_steps = round(duration / h)
        if n_steps < 1 and duration > 0:
            raise complaint(
                "duration",
                wanted=f"at least one iteration, dt = {h:g}",
                got=f"{duration:g}",
                do="duration is a time: iterations times dt.",
            )
        return h, n_steps
    if dt is None:
        raise complaint("dt", wanted="the RK4 step for a Flow", got="None", do="Pass dt, for example dt=0.01.")
    n_steps = math.ceil(duration / check_positive("dt", dt) * (1 - 1e-12))
    return (duration / n_steps if n_steps else dt), n_steps


def orbit(
    system: Flow | Map, x: Tensor, h: float, n_steps: int, *, escape: float | None = None
) -> Iterator[tuple[Tensor, Tensor]]:
    """The states after 0, 1, ..., n_steps steps, each with the slope there (of a map: what the step adds).

    x: (n, dim). A flow's step whose error estimate exceeds 1e-2 of the state's norm raises, and so does a state that
    is not finite, unless its norm has passed `escape` first: such rows are NaN from there on.
    """
    if isinstance(system, Map):
        yield from _iterations(system, x, n_steps, escape)
        return
    slope = system.vector_field(x)
    yield x, slope
    away = torch.zeros(len(x), dtype=torch.bool)
    for step in range(1, n_steps + 1):
        new, last = rk4_step(system.vector_field, x, h, slope)
        new_slope = system.vector_field(new)
        size = torch.maximum(x.norm(dim=-1), new.norm(dim=-1)).clamp_min(torch.finfo(x.dtype).tiny)
        error = h / 6 * (new_slope - last).norm(dim=-1) / size
        if escape is not None:
            away = away | ~(new.norm(dim=-1) <= escape)
            new = torch.where(away.unsqueeze(-1), math.nan, new)
        large = ~(error <= LARGEST_ERROR) & ~away
        if bool(large.any()):
            raise _too_large(x, error, large, h, step)
        x, slope = new, new_slope
        yield x, slope


def last_state(states: Iterator[tuple[Tensor, Tensor]]) -> Tensor:
    """The state at which an orbit ends."""
    x, _ = next(states)
    for state, _ in states:
        x = state
    return x


def rk4_by(f: Callable[[Tensor], Tensor], x: Tensor, h: Tensor, slope: Tensor) -> Tensor:
    """One RK4 step of its own length for every row. x, slope: (n, dim). h: (n,). Returns (n, dim)."""
    h = h.unsqueeze(-1)
    k2 = f(x + h / 2 * slope)
    k3 = f(x + h / 2 * k2)
    k4 = f(x + h * k3)
    return x + h / 6 * (slope + 2 * (k2 + k3) + k4)


def _iterations(system: Map, x: Tensor, n_steps: int, escape: float | None) -> Iterator[tuple[Tensor, Tensor]]:
    new = system.step(x)
    away = torch.zeros(len(x), dtype=torch.bool)
    yield x, new - x
    for step in range(1, n_steps + 1):
        if escape is not None:
            away = away | ~(new.norm(dim=-1) <= escape)
            new = torch.where(away.unsqueeze(-1), math.nan, new)
        lost = ~torch.isfinite(new).all(dim=-1) & ~away
        if bool(lost.any()):
            row = int(lost.nonzero()[0])
            raise CourseError(
                f"orbit {row}: wanted finite states, got a non-finite one after {step} iterations, after "
                f"{_words(x[row])}. Start elsewhere, or pass escape= where the function takes it."
            )
        x, new = new, system.step(new)
        yield x, new - x


def _too_large(x: Tensor, error: Tensor, large: Tensor, h: float, step: int) -> CourseError:
    row = int(large.nonzero()[0])
    estimate = float(error[row])
    return complaint(
        f"orbit {row}, step {step}",
        wanted=f"an error of at most {LARGEST_ERROR:g} of the state in one step",
        got=f"an estimate of {estimate:.3g} for a step of {h:.3g} from {_words(x[row])}",
        do=f"Pass a smaller dt, for example dt={h / 10:.3g}; if the flow itself runs away there, start elsewhere, or "
        "pass escape= where the function takes it.",
    )


def _words(x: Tensor) -> str:
    return f"{[round(value, 4) for value in x.tolist()[:4]]}{' ...' if len(x) > 4 else ''}"
