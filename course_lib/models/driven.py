"""States of a rate network under an input: held or interpolated, by Euler steps or by a solver."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.integrate import integrate
from course_lib.models.noise import Noise, gaussian
from course_lib.models.nonlinearity import Nonlinearity
from course_lib.models.rate_flow import RampFlow, RateFlow
from course_lib.validation import check_finite, check_shape, complaint

INTERPOLATIONS = ("hold", "linear")


@dataclass(frozen=True)
class Solver:
    """method: as in `integrate`.  max_step: of the fixed-step methods.  rtol, atol, adjoint: of dopri5."""

    method: str
    max_step: float
    rtol: float
    atol: float
    adjoint: bool


def euler_states(
    x: Tensor,
    drives: Tensor,
    W: Tensor,
    steps: list[tuple[int, float]],
    tau: Tensor,
    nonlinearity: Nonlinearity,
    noise: Noise,
    generator: torch.Generator | None,
) -> Tensor:
    """States after each held input, (batch, time, dim), by Euler steps.

    x: (batch, dim), the start.  drives: (batch, time, dim), all that enters φ from outside.  steps: for every input the
    number of steps and their length.
    """
    phi, W_T, states = nonlinearity.phi, W.T, []
    divisor = tau if tau.ndim else float(tau)  # lerp is faster with a plain number
    for drive, (n, length) in zip(drives.unbind(dim=1), steps, strict=True):
        leak = length / divisor
        for _ in range(n):
            if not noise.during_steps:
                x = torch.lerp(x, phi(torch.addmm(drive, x, W_T)), leak)
                continue
            assert generator is not None  # check_noise has asked for it
            inside = torch.addmm(drive, x, W_T)
            if noise.drive:
                inside = torch.add(inside, gaussian(x, generator), alpha=noise.drive)
            kick = gaussian(x, generator) * (noise.state * math.sqrt(length)) if noise.state else 0.0
            x = torch.lerp(x, phi(inside), leak) + kick
        states.append(x)
    return torch.stack(states, dim=1)


def held_states(
    x: Tensor, drives: Tensor, W: Tensor, t: Tensor, tau: Tensor, nonlinearity: Nonlinearity, solver: Solver
) -> Tensor:
    """States after each held input, (batch, time, dim). drives: (batch, time, dim), drive k from t[k] to t[k + 1]."""
    states = []
    for k, drive in enumerate(drives.unbind(dim=1)):
        x = _solve(RateFlow(W, drive, tau, nonlinearity), x, t[k : k + 2], solver)
        states.append(x)
    return torch.stack(states, dim=1)


def interpolated_states(
    x: Tensor, drives: Tensor, W: Tensor, t: Tensor, tau: Tensor, nonlinearity: Nonlinearity, solver: Solver
) -> Tensor:
    """States at the times of the samples, (batch, time, dim), the first the start.

    drives: (batch, time, dim), drive k the value at t[k], in between on a straight line.
    """
    states = [x]
    for k in range(len(t) - 1):
        ramp = (drives[:, k + 1] - drives[:, k]) / (t[k + 1] - t[k])
        flow = RampFlow(W, drives[:, k], ramp, tau, nonlinearity)
        x = _solve(flow, torch.cat((x, x.new_zeros(len(x), 1)), dim=-1), t[k : k + 2], solver)[:, :-1]
        states.append(x)
    return torch.stack(states, dim=1)


def check_times(t: Tensor | None, n: int, dt: float, *, like: Tensor) -> Tensor:
    """n increasing times; for None those of one step of dt an input, from zero."""
    if t is None:
        return dt * torch.arange(n, dtype=like.dtype, device=like.device)
    check_finite("t", check_shape("t", t, f"{n}"))
    shortest = float(t.diff().min()) if n > 1 else 1.0
    if shortest <= 0:
        raise complaint("t", wanted="increasing times", got=f"a step of {shortest:.3g}", do="Sort t.")
    return t.to(like)


def equal_steps(t: Tensor | None, n: int, dt: float) -> list[tuple[int, float]]:
    """For each of n inputs the number of equal steps of at most dt and their length. t: (n + 1,); None: one of dt."""
    if t is None:
        return [(1, dt)] * n
    counts = [(max(1, math.ceil(span / dt * (1 - 1e-12))), span) for span in t.diff().tolist()]
    return [(n, span / n) for n, span in counts]


def _solve(flow: RateFlow | RampFlow, x: Tensor, t: Tensor, solver: Solver) -> Tensor:
    """The states at t[1], (batch, dim)."""
    longest = None if solver.method == "dopri5" else solver.max_step
    return integrate(
        flow,
        x,
        t,
        method=solver.method,
        max_step=longest,
        rtol=solver.rtol,
        atol=solver.atol,
        adjoint=solver.adjoint,
    ).x[:, -1]
