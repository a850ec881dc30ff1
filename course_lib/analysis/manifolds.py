"""Unstable manifolds of saddles: the curves along which a state leaves a saddle, and the memories they lead to."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.curves import by_arc_length
from course_lib.analysis.fixed_points import FixedPoints
from course_lib.analysis.linearize import linearize
from course_lib.analysis.stepping import check_system, orbit, step_length
from course_lib.dynamics import Flow, FunctionMap, Map
from course_lib.shapes import Sequence
from course_lib.validation import check_count, check_positive, complaint

IN_A_STEP = 8  # states of one branch between a map's first and second iterate, so that its orbit becomes a curve


@dataclass(frozen=True)
class UnstableManifolds:
    """Curves that leave fixed points along their unstable directions.

    points: the fixed points; every index below is a row of points.x.
    saddle: (k,) int, where each curve begins.  direction: (k,) int, which unstable direction, the fastest first.
    side: (k,) int, +1 or -1 along it.
    end: (k,) int, the first stable point that the curve reaches, or else the saddle at which it rests; -1: neither
    within the duration.
    curves: (k, samples, dim), evenly spaced in arc length, from the saddle to the last state.
    length: (k,), arc length [state units].  time: (k,), from `offset` away from the saddle to the end; inf without one.
    """

    points: FixedPoints
    saddle: Tensor
    direction: Tensor
    side: Tensor
    end: Tensor
    curves: Sequence
    length: Tensor
    time: Tensor

    def joins(self) -> list[tuple[int, int, int]]:
        """(saddle, attractor, attractor) of every saddle with one unstable direction: what its two branches join."""
        found = []
        for saddle in self.saddle[self.points.saddle_index[self.saddle] == 1].unique().tolist():
            one, other = self.end[self.saddle == saddle].tolist()
            found.append((saddle, one, other))
        return found


@torch.no_grad()
def unstable_manifolds(
    system: Flow | Map,
    points: FixedPoints,
    *,
    duration: float,
    dt: float | None = None,
    offset: float = 1e-3,
    radius: float = 1e-2,
    samples: int = 100,
) -> UnstableManifolds:
    """Leave every unstable fixed point both ways along each of its unstable directions, and follow the state.

    points: of the same system, as `fixed_points` returns them, the stable ones among them.  duration: longest time
    that a curve is followed.  dt: RK4 step of a Flow (required); of a Map the time of one iteration (default 1).
    offset: distance from the saddle at which a curve begins [state units]; it is off the manifold by about offset².
    radius: largest difference of a coordinate at which a curve has reached a point.  samples: states a curve.

    A saddle with one unstable direction has a curve for its manifold, and `joins()` says which two attractors it
    joins. With more directions the manifold is a surface, of which these are curves; a pair of complex eigenvalues
    gives the two axes of its plane. A map's eigenvalue below -1 throws the state from side to side, and each side is
    then a curve of its own.
    Method: Krauskopf et al. 2005, International Journal of Bifurcation and Chaos 15:763, for one dimension.
    Taught on the page "Fixed points and linearisation".
    """
    check_system(system)
    _check_points(system, points)
    check_positive("offset", offset)
    check_positive("radius", radius)
    check_count("samples", samples, least=2)
    h, n_steps = step_length(system, check_positive("duration", duration), dt)
    saddle, direction, vectors, growth = _directions(system, points)
    side = torch.tensor([1, -1]).repeat(len(saddle))
    saddle, direction, growth = (v.repeat_interleave(2) for v in (saddle, direction, growth))
    away = offset * side.unsqueeze(-1) * vectors.repeat_interleave(2, dim=0)
    if isinstance(system, Map):
        states, per_step = _map_states(system, points.x[saddle], away, growth, n_steps // 2), IN_A_STEP / (2 * h)
    else:
        states = torch.stack([x for x, _ in orbit(system, points.x[saddle] + away, h, n_steps)], dim=1)
        per_step = 1 / h
    end, last = _ends(points, saddle, states, radius)
    arrives = (end >= 0) & (points.saddle_index[end] == 0)
    time = torch.where(arrives, last / per_step, math.inf).to(points.x.dtype)
    curves, length = _curves(points.x[saddle], states, last, samples)
    return UnstableManifolds(points, saddle, direction, side, end, curves, length, time)


def _directions(system: Flow | Map, points: FixedPoints) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Saddle, number and unit vector of every unstable direction, (m,), (m,), (m, dim), and |eigenvalue|, (m,)."""
    saddles = (points.converged & (points.saddle_index > 0)).nonzero().squeeze(-1)
    rows: list[tuple[int, int, Tensor, float]] = []
    if len(saddles):
        local = linearize(system, points.x[saddles])
        for i, row in enumerate(saddles.tolist()):
            for k in range(int(points.saddle_index[row])):
                value, vector = local.eigenvalues[i, k], local.right[i, :, k]
                vector = vector.imag if value.imag < 0 else vector.real  # of a complex pair both parts, one each
                rows.append((row, k, vector / vector.norm(), float(value.abs())))
    if not rows:
        raise complaint(
            "points",
            wanted="at least one converged point with an unstable direction",
            got="none",
            do="cell_seeds makes starts near the saddles between stable points.",
        )
    saddle, number, vectors, growth = zip(*rows, strict=True)
    return torch.tensor(saddle), torch.tensor(number), torch.stack(vectors), points.x.new_tensor(growth)


def _map_states(system: Map, x: Tensor, away: Tensor, growth: Tensor, n_steps: int) -> Tensor:
    """Orbits of the second iterate from several starts a branch, interleaved so that they follow the curve.

    The starts divide the way from `offset` to where the second iterate carries it, in equal steps of the logarithm.
    """
    twice = FunctionMap(lambda x: system.step(system.step(x)), system.dim)
    parts = torch.arange(IN_A_STEP, dtype=x.dtype) / IN_A_STEP
    starts = x[:, None] + away[:, None] * growth[:, None, None] ** (2 * parts[:, None])  # (curves, parts, dim)
    states = [s for s, _ in orbit(twice, starts.reshape(-1, system.dim), 1.0, max(1, n_steps))]
    return torch.stack([s.reshape(starts.shape) for s in states], dim=1).reshape(len(x), -1, system.dim)


def _ends(points: FixedPoints, saddle: Tensor, states: Tensor, radius: float) -> tuple[Tensor, Tensor]:
    """The point at which every branch ends, (k,), and the number of its state there, (k,)."""
    rows = points.converged.nonzero().squeeze(-1)
    near = torch.cdist(states, points.x[rows], p=math.inf) <= radius  # (k, time, fixed points)
    at_last = near[:, -1] & (rows != saddle.unsqueeze(-1))
    near &= points.saddle_index[rows] == 0
    arrived = near.any(-1)
    first = torch.where(arrived.any(-1), arrived.int().argmax(-1), states.shape[1] - 1)
    at = near[torch.arange(len(saddle)), first]
    at = torch.where(at.any(-1, keepdim=True), at, at_last)
    return torch.where(at.any(-1), rows[at.int().argmax(-1)], -1), first


def _curves(saddle: Tensor, states: Tensor, last: Tensor, samples: int) -> tuple[Tensor, Tensor]:
    """Every branch from its saddle to its last state, resampled. Returns (k, samples, dim) and the lengths (k,)."""
    found = []
    for start, branch, stop in zip(saddle, states, last.tolist(), strict=True):
        found.append(by_arc_length(torch.cat((start[None], branch[: stop + 1])), samples))
    curves, lengths = zip(*found, strict=True)
    return torch.stack(curves), torch.stack(lengths)


def _check_points(system: Flow | Map, points: FixedPoints) -> None:
    kind = "map" if isinstance(system, Map) else "flow"
    if points.kind != kind or points.x.shape[1] != system.dim:
        raise complaint(
            "points",
            wanted=f"fixed points of a {kind} in {system.dim} dimensions",
            got=f"those of a {points.kind} in {points.x.shape[1]}",
            do="Take points = fixed_points(system, starts) of the same system.",
        )
