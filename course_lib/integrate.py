"""Solutions of flows and orbits of maps: `integrate(flow, x0, t)` and `iterate(map, x0, n_steps)`.

Euler and classical Runge-Kutta stand here in the open; the adaptive dopri5 comes from torchdiffeq. Both fixed-step
methods carry an error estimate that costs nothing, because the slope at the new state is the next step's first slope.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torchdiffeq
from torch import Tensor

from course_lib.dynamics import Flow, Map, check_flow, check_map
from course_lib.shapes import Sequence, State, Times
from course_lib.validation import (
    CourseError,
    check_choice,
    check_count,
    check_finite,
    check_positive,
    check_shape,
    check_tensor,
    complaint,
)

LARGEST_ERROR = 1e-2  # of the state's norm, in one step, when max_step is not given
METHODS = ("euler", "rk4", "dopri5")


@dataclass(frozen=True)
class Trajectory:
    """A sampled solution. t: (time,). x: (batch, time, dim), x[:, k] the states at t[k].

    Taught on the page "Measuring chaos".
    """

    t: Times
    x: Sequence


def integrate(
    flow: Flow,
    x0: State,
    t: Times,
    *,
    method: str = "rk4",
    max_step: float | None = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    adjoint: bool = False,
) -> Trajectory:
    """Solve ẋ = f(x) from x0 and sample the solution at the times t.

    x0: (batch, dim) or (dim,), the states at t[0].  t: (time,), increasing or decreasing.
    method: "euler" or "rk4" (fixed steps) or "dopri5" (adaptive, by torchdiffeq; one step size for the whole batch).
    max_step: a fixed-step method takes equal sub-steps of at most this length within every interval of t; None: one
        step an interval, and a step whose error estimate exceeds 1e-2 of the state's norm raises. For dopri5, the
        longest step it may take.
    rtol, atol: tolerances of dopri5.  adjoint: gradients by the adjoint equation instead of through the steps (dopri5
        only; Chen et al. 2018), with respect to x0 and `flow.parameters()`.
    Returns Trajectory; .x is (batch, time, dim), with batch = 1 for a single x0.

    Method: Hairer, Nørsett, Wanner 1993, chapter II. The error estimate of "rk4" compares it with the embedded
    third-order weights (1/6, 1/3, 1/3, 0, 1/6), that of "euler" with Heun's rule.
    Taught on the page "Phase space and the Lorenz system".

    >>> import torch
    >>> from course_lib.dynamics import FunctionFlow
    >>> decay = FunctionFlow(lambda x: -x, 1)
    >>> t = torch.linspace(0.0, 1.0, 11, dtype=torch.float64)
    >>> solution = integrate(decay, torch.tensor([1.0], dtype=torch.float64), t)
    >>> tuple(solution.x.shape)
    (1, 11, 1)
    >>> round(solution.x[0, -1].item(), 5)  # exp(-1)
    0.36788
    """
    check_flow("flow", flow)
    check_choice("method", method, METHODS)
    x0, t = _check_start(flow.dim, x0), _check_times(t)
    _check_field(flow, x0)
    t = t.to(x0)
    if max_step is not None:
        max_step = check_positive("max_step", max_step)
    if method == "dopri5":
        x = _adaptive(flow, x0, t, max_step, rtol, atol, adjoint)
    elif adjoint:
        raise complaint("adjoint", wanted="method='dopri5'", got=f"method={method!r}", do="Or leave adjoint out.")
    else:
        x = _fixed_steps(flow, x0, t, method, max_step)
    _check_states_finite(t, x, "Try a smaller max_step, or a start from which the flow does not run away.")
    return Trajectory(t, x)


def iterate(map: Map, x0: State, n_steps: int, *, dt: float = 1.0) -> Trajectory:
    """The orbit x0, F(x0), F(F(x0)), ... of a Map.

    x0: (batch, dim) or (dim,).  n_steps: number of iterations.  dt: time of one iteration.
    Returns Trajectory with n_steps + 1 samples; .x is (batch, n_steps + 1, dim).
    Taught on the page "Map versus flow and solvers".

    >>> import torch
    >>> from course_lib.dynamics import FunctionMap
    >>> logistic = FunctionMap(lambda x: 4 * x * (1 - x), 1)
    >>> iterate(logistic, torch.tensor([0.75], dtype=torch.float64), 3).x.flatten().tolist()
    [0.75, 0.75, 0.75, 0.75]
    """
    check_map("map", map)
    x = _check_start(map.dim, x0)
    check_count("n_steps", n_steps, least=0)
    check_positive("dt", dt)
    states = [x]
    for _ in range(n_steps):
        x = map.step(x)
        states.append(x)
    t = dt * torch.arange(n_steps + 1, dtype=x.dtype, device=x.device)
    orbit = torch.stack(states, dim=1)
    _check_states_finite(t, orbit, "Start from a state whose orbit under this map stays bounded.")
    return Trajectory(t, orbit)


def euler_step(f: Callable[[Tensor], Tensor], x: Tensor, h: float, slope: Tensor) -> tuple[Tensor, Tensor]:
    """x + h f(x). slope: f(x). Returns the new state and the last slope used. First order."""
    return torch.add(x, slope, alpha=h), slope


def rk4_step(f: Callable[[Tensor], Tensor], x: Tensor, h: float, slope: Tensor) -> tuple[Tensor, Tensor]:
    """One classical Runge-Kutta step. slope: f(x). Returns the new state and the last slope used. Fourth order."""
    k1 = slope
    k2 = f(torch.add(x, k1, alpha=h / 2))
    k3 = f(torch.add(x, k2, alpha=h / 2))
    k4 = f(torch.add(x, k3, alpha=h))
    return torch.add(x, k1 + 2 * (k2 + k3) + k4, alpha=h / 6), k4


# method: (one step, weight of h (f(x_new) - last slope) in the error estimate)
_FIXED = {"euler": (euler_step, 1 / 2), "rk4": (rk4_step, 1 / 6)}


def _fixed_steps(flow: Flow, x: Tensor, t: Tensor, method: str, max_step: float | None) -> Tensor:
    """States (batch, time, dim) by equal sub-steps; without max_step the first step that is too large raises."""
    step, weight = _FIXED[method]
    times = t.tolist()
    slope = flow.vector_field(x)
    states, errors = [x], []
    for start, end in itertools.pairwise(times):
        n = 1 if max_step is None else max(1, math.ceil(abs(end - start) / max_step * (1 - 1e-12)))
        h = (end - start) / n
        for _ in range(n):
            old = x
            x, last = step(flow.vector_field, x, h, slope)
            slope = flow.vector_field(x)
        states.append(x)
        if max_step is None:
            errors.append(_relative_error(weight * h * (slope - last), old, x))
    if errors:
        _check_errors(torch.stack(errors, dim=1), times)
    return torch.stack(states, dim=1)


def _relative_error(error: Tensor, old: Tensor, new: Tensor) -> Tensor:
    """‖error‖ over the larger norm of the two states, (batch,). Not part of any gradient."""
    size = torch.maximum(old.detach().norm(dim=-1), new.detach().norm(dim=-1))
    return error.detach().norm(dim=-1) / size.clamp_min(torch.finfo(size.dtype).tiny)  # type: ignore[no-any-return]


def _check_errors(errors: Tensor, times: list[float]) -> None:
    """errors: (batch, time - 1), relative. NaN counts as too large: the state has left the finite numbers there."""
    bad = ~(errors <= LARGEST_ERROR)
    if not bad.any():
        return
    k = int(bad.any(dim=0).nonzero()[0])
    worst = errors[:, k].nan_to_num(nan=math.inf)
    i = int(worst.argmax())
    raise complaint(
        f"integrate, trajectory {i}, t = {times[k]:.6g}",
        wanted=f"an error of at most {LARGEST_ERROR:g} of the state in one step",
        got=f"an estimate of {float(worst[i]):.3g} for a step of {abs(times[k + 1] - times[k]):.3g}",
        do=f"Pass max_step, for example max_step={abs(times[k + 1] - times[k]) / 10:.3g}, or a finer t.",
    )


class _TimedField(torch.nn.Module):
    """A flow as torchdiffeq wants it, f(t, x), which remembers the last time at which it was asked."""

    def __init__(self, flow: Flow, t0: float):
        super().__init__()
        self.flow = flow
        self.last_time = t0

    def forward(self, t: Tensor, x: Tensor) -> Tensor:
        self.last_time = float(t.detach())
        return self.flow.vector_field(x)


def _adaptive(
    flow: Flow, x0: Tensor, t: Tensor, max_step: float | None, rtol: float, atol: float, adjoint: bool
) -> Tensor:
    check_positive("rtol", rtol)
    check_positive("atol", atol)
    field = _TimedField(flow, float(t[0]))
    options = {} if max_step is None else {"max_step": max_step}
    arguments = dict(rtol=rtol, atol=atol, method="dopri5", options=options)
    try:
        if adjoint:
            x = torchdiffeq.odeint_adjoint(field, x0, t, adjoint_params=flow.parameters(), **arguments)
        else:
            x = torchdiffeq.odeint(field, x0, t, **arguments)
    except AssertionError as reason:  # torchdiffeq's way of saying that no step is small enough
        raise CourseError(
            f"integrate (dopri5): wanted a finite solution until t = {float(t[-1]):.6g}, got stuck near "
            f"t = {field.last_time:.6g} ({reason}). The solution leaves the finite there, or the field jumps: "
            "shorten t, or take method='rk4' with a small max_step to see what happens."
        ) from reason
    # torchdiffeq puts time first; this is the one place that turns it
    return x.transpose(0, 1)  # type: ignore[no-any-return]


def _check_start(dim: int, x0: Tensor) -> Tensor:
    check_tensor("x0", x0)
    check_shape("x0", x0, f"{dim}" if x0.ndim == 1 else f"batch {dim}")
    check_finite("x0", x0)
    return x0[None] if x0.ndim == 1 else x0


def _check_times(t: Tensor) -> Tensor:
    check_finite("t", check_shape("t", t, "time"))
    steps = t.diff()
    if len(t) == 0 or not (bool((steps > 0).all()) or bool((steps < 0).all())):
        raise complaint(
            "t",
            wanted="at least one time, strictly increasing or strictly decreasing",
            got=f"{len(t)} times with steps from {_extreme(steps, 'min')} to {_extreme(steps, 'max')}",
            do="torch.linspace or torch.arange make such times.",
        )
    return t


def _extreme(steps: Tensor, which: str) -> str:
    return f"{float(getattr(steps, which)()):.3g}" if len(steps) else "none"


def _check_field(flow: Flow, x0: Tensor) -> None:
    """A function from outside may return another shape or precision; later that would only broadcast or promote."""
    try:
        slope = flow.vector_field(x0)
    except RuntimeError as reason:
        if "dtype" not in str(reason):
            raise
        raise complaint(
            "x0",
            wanted="the precision of the flow's parameters",
            got=str(x0.dtype),
            do="Convert: x0.to(torch.float64).",
        ) from reason
    if slope.shape != x0.shape or slope.dtype != x0.dtype:
        raise complaint(
            f"vector_field of {type(flow).__name__}",
            wanted=f"{tuple(x0.shape)} {x0.dtype}",
            got=f"{tuple(slope.shape)} {slope.dtype}",
            do="A vector field returns one slope for every state, in the state's precision.",
        )


def _check_states_finite(t: Tensor, x: Tensor, do: str) -> None:
    bad = ~torch.isfinite(x.detach()).all(dim=-1)  # (batch, time)
    if not bad.any():
        return
    k = int(bad.any(dim=0).nonzero()[0])
    i = int(bad[:, k].nonzero()[0])
    raise complaint(
        f"trajectory {i}",
        wanted="finite states",
        got=f"a non-finite one at t = {float(t[k]):.6g}, after {[round(v, 4) for v in x[i, k - 1].tolist()[:4]]}"
        f"{' ...' if x.shape[-1] > 4 else ''} at t = {float(t[k - 1]):.6g}",
        do=do,
    )
