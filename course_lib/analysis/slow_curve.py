"""Lines and rings of slow points: the curve itself, how fast a state drifts along it, how fast it returns to it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.curves import arc_length, by_arc_length
from course_lib.analysis.descent import Residual
from course_lib.analysis.stepping import check_states
from course_lib.dynamics import Flow, Map
from course_lib.shapes import State
from course_lib.validation import check_count, check_finite, check_float64, check_shape, complaint

SPACED_AGAIN = 4  # first rounds in which the points are spread evenly; later ones move them across the curve only
LONGEST_STEP = 0.05  # of the curve's length: no correction moves a point further in one round
SETTLED = 1e-9  # of the curve's length: corrections that are shorter end the search
MODES = 8  # of the first, smooth curve: waves round a ring, or the degree of a polynomial along a line
BENDING = 1e-5  # weight of each mode's fourth power against the fit of the states


@dataclass(frozen=True)
class SlowCurve:
    """A curve along which the state drifts and to which it returns: a line attractor, or a ring when closed.

    F is the field of a flow, or step(x) - x of a map; rates are per unit time of the flow, or per iteration.
    x: (n, dim), points on the curve, nearly evenly spaced.  arc: (n,), length of the curve up to each [state units].
    tangent: (n, dim), of length 1.
    drift: (n,), speed along the tangent, negative against it.  residual: (n,), what is left of F beside the drift:
    the curve is as good as this is small against the speeds around it.
    decay: (n,), rate at which the slowest disturbance across the curve dies out; negative: it grows.
    misfit: (m,), distance of each state that was given to the curve [state units].
    closed: a ring.  length: of the whole curve.  kind: "flow" or "map".
    """

    x: State
    arc: Tensor
    tangent: State
    drift: Tensor
    residual: Tensor
    decay: Tensor
    misfit: Tensor
    closed: bool
    length: float
    kind: str

    def rests(self) -> tuple[Tensor, Tensor]:
        """Where the drift vanishes: arc lengths (k,), and whether states along the curve run there, (k,) bool."""
        arc, drift = self.arc, self.drift
        if self.closed:
            arc, drift = torch.cat((arc, arc.new_tensor([self.length]))), torch.cat((drift, drift[:1]))
        left, right = drift[:-1], drift[1:]
        crosses = (left > 0) != (right > 0)
        share = left[crosses] / (left - right)[crosses]
        return torch.lerp(arc[:-1][crosses], arc[1:][crosses], share), left[crosses] > 0

    @property
    def gap(self) -> float:
        """Slowest return to the curve over fastest spreading or gathering along it: far above 1 for a slow curve."""
        along = torch.gradient(self.drift, spacing=(self.arc,))[0].abs().amax()
        return float(self.decay.min() / along.clamp_min(torch.finfo(along.dtype).tiny))


@torch.no_grad()
def slow_curve(
    system: Flow | Map,
    states: State,
    *,
    closed: bool,
    along: Tensor | None = None,
    samples: int = 100,
    rounds: int = 20,
) -> SlowCurve:
    """The line or ring near which `states` have come to rest for the time being, made exact, with its speeds.

    states: (m, dim), float64, near the curve all along it, for example what a network holds a while after its input
    has gone, one state for each remembered value.  closed: whether the curve is a ring.
    along: (m,), what orders the states, for example the remembered value; of a ring an angle [rad].  None: the angle
    in the plane of the first two principal components (closed), or the first component.  samples: points of the curve.
    rounds: at most so many corrections; the best is kept. Each takes a Newton step of F(x) = v t for x and v, across
    the tangent t of the curve so far: on the curve that is found the flow is tangent, which makes it invariant.

    Returns SlowCurve. It converges where states return to the curve faster than they drift along it; look at
    `residual` and `gap`. Of a map the curve is invariant up to the square of the drift.
    The picture of slow points on a line: Seung 1996, PNAS 93:13339; a ring that falls apart into points: Ságodi et al.
    2024. Taught on the page "Cognitive tasks, line and ring attractors".
    """
    residual = Residual(system)
    states = check_states("states", states, system.dim)
    check_count("samples", samples, least=8)
    check_count("rounds", rounds)
    if len(states) < 4:
        raise complaint("states", wanted="at least 4", got=str(len(states)), do="Take states all along the curve.")
    x = _first_curve(states, _along(states, closed, along), samples, closed)
    best, least = x, math.inf
    for turn in range(SPACED_AGAIN + rounds):
        step, error = _correction(residual, x, _tangents(x, closed))
        if turn >= SPACED_AGAIN and error < least:
            best, least = x, error
        length, size = float(arc_length(x)[-1]), step.norm(dim=-1, keepdim=True)
        x = x + step * (LONGEST_STEP * length / size.clamp_min(LONGEST_STEP * length))
        if turn < SPACED_AGAIN:
            x = _even(x, samples, closed)
        elif float(size.max()) < SETTLED * length:
            break
    x = best
    tangent, F = _tangents(x, closed), residual(x)
    drift = (F * tangent).sum(-1)
    ring = torch.cat((x, x[:1])) if closed else x
    arc = arc_length(ring)
    return SlowCurve(
        x=x,
        arc=arc[: len(x)],
        tangent=tangent,
        drift=drift,
        residual=(F - drift.unsqueeze(-1) * tangent).norm(dim=-1),
        decay=_decay(residual, x, tangent),
        misfit=torch.cdist(states, by_arc_length(ring, 20 * samples)[0]).amin(-1),
        closed=closed,
        length=float(arc[-1]),
        kind="map" if residual.is_map else "flow",
    )


def _along(states: Tensor, closed: bool, along: Tensor | None) -> Tensor:
    if along is not None:
        return check_finite("along", check_shape("along", check_float64("along", along), f"{len(states)}"))
    centred = states - states.mean(dim=0)
    scores = centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:2].T
    return torch.atan2(scores[:, -1], scores[:, 0]) if closed else scores[:, 0]


def _first_curve(states: Tensor, along: Tensor, samples: int, closed: bool) -> Tensor:
    """A smooth curve through the states: least squares on few modes, so that noise does not turn the tangents."""
    low, high = float(along.min()), float(along.max())
    if not closed and low == high:
        raise complaint("along", wanted="values that differ", got="all the same", do="Say what orders the states.")
    k = torch.arange(1 + min(MODES, (len(states) - 1) // 2), dtype=states.dtype)

    def basis(s: Tensor) -> Tensor:  # waves of the angle, or Chebyshev's polynomials cos(k arccos z)
        if closed:
            return torch.cat((torch.cos(s[:, None] * k), torch.sin(s[:, None] * k[1:])), dim=-1)
        z = (2 * (s - low) / (high - low) - 1).clamp(-1, 1)
        return torch.cos(torch.acos(z)[:, None] * k)

    bending = (BENDING * len(states)) ** 0.5 * torch.diag(torch.cat((k, k[1:])) if closed else k) ** 2
    wanted = torch.cat((states, states.new_zeros(len(bending), states.shape[1])))
    weights = torch.linalg.lstsq(torch.cat((basis(along), bending)), wanted).solution
    ends = (0.0, 2 * math.pi * (1 - 1 / (20 * samples))) if closed else (low, high)
    return _even(basis(torch.linspace(*ends, 20 * samples, dtype=states.dtype)) @ weights, samples, closed)


def _even(x: Tensor, samples: int, closed: bool) -> Tensor:
    """`samples` points evenly spaced along the polygon; of a ring the last is not the first again."""
    return by_arc_length(torch.cat((x, x[:1])), samples + 1)[0][:-1] if closed else by_arc_length(x, samples)[0]


def _tangents(x: Tensor, closed: bool) -> Tensor:
    padded = torch.cat((x[-2:], x, x[:2])) if closed else x
    slopes = torch.gradient(padded, spacing=(arc_length(padded),), dim=0, edge_order=2)[0]
    slopes = slopes[2:-2] if closed else slopes
    return slopes / slopes.norm(dim=-1, keepdim=True)  # type: ignore[no-any-return]


def _correction(residual: Residual, x: Tensor, tangent: Tensor) -> tuple[Tensor, float]:
    """The Newton step of F(x) = v t with x kept in the plane across t, and the largest ‖F - v t‖.

    J dx - t dv = -(F - v t), t·dx = 0.
    """
    F, J = residual(x), residual.jacobian(x)
    drift = (F * tangent).sum(-1, keepdim=True)
    top = torch.cat((J, -tangent.unsqueeze(-1)), dim=-1)
    low = torch.cat((tangent, torch.zeros_like(drift)), dim=-1).unsqueeze(-2)
    right = torch.cat((drift * tangent - F, torch.zeros_like(drift)), dim=-1)
    step, singular = torch.linalg.solve_ex(torch.cat((top, low), dim=-2), right.unsqueeze(-1))
    usable = (singular == 0) & torch.isfinite(step).all(dim=-2).squeeze(-1)
    step = torch.where(usable.unsqueeze(-1), step.squeeze(-1)[:, :-1], torch.zeros_like(x))
    return step, float((drift * tangent - F).norm(dim=-1).max())


def _decay(residual: Residual, x: Tensor, tangent: Tensor) -> Tensor:
    """Minus the growth rate of the slowest disturbance across the tangent, (n,)."""
    across = torch.linalg.qr(tangent.unsqueeze(-1), mode="complete").Q[..., 1:]  # (n, dim, dim - 1)
    values = torch.linalg.eigvals(across.mT @ residual.system.jacobian(x) @ across)
    if not values.shape[-1]:
        return x.new_full((len(x),), math.inf)
    return -values.abs().amax(-1).log() if residual.is_map else -values.real.amax(-1)  # type: ignore[no-any-return]
