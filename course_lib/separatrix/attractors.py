"""Attractors found and counted, not assumed: integrate, group, polish, and say what did not converge."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.fixed_points import fixed_points
from course_lib.analysis.grouping import group_points
from course_lib.analysis.stepping import check_states, check_system
from course_lib.dynamics import Flow, Map
from course_lib.separatrix.settling import advance, jacobian_at, speed, time_step
from course_lib.shapes import State
from course_lib.validation import check_count, check_positive

NEAR = 1e-3  # of the spread of the end states: ends this close belong to one attractor
RETURN = 0.1  # share of the orbit's size within which it has to come back; refined between two samples


@dataclass(frozen=True)
class Attractors:
    """What the starts settle at.

    x: (k, dim), the stable fixed points, polished to rounding, then one point on every limit cycle; those that draw
    more starts first.  kinds: k of "fixed point" and "cycle".  periods: (k,), NaN at fixed points.
    label: (n,) int, the row of x at which each start ends; -1: no attractor.
    fractions: (k,), share of the starts.  saddles: (s, dim), unstable fixed points at which starts came to rest.
    unsettled: (m, dim), end states that neither rest nor return: longer transients, chaos, drift.  escaped: starts
    that left the finite numbers.
    """

    x: State
    kinds: tuple[str, ...]
    periods: Tensor
    label: Tensor
    fractions: Tensor
    saddles: State
    unsettled: State
    escaped: int


@torch.no_grad()
def find_attractors(
    system: Flow | Map,
    starts: State,
    *,
    duration: float,
    dt: float | None = None,
    window: int = 1000,
    radius: float | None = None,
) -> Attractors:
    """Run every start for `duration`, group the ends, polish the points, recognise the cycles.

    starts: (n, dim), float64.  duration: time, or iterations of a Map, after which transients are over.
    dt: RK4 step; None: chosen from the field's slopes.  window: steps after the duration in which a cycle has to come
    back.  radius: largest distance [state units] between ends at one attractor; None: 1e-3 of the ends' spread.

    Returns Attractors. Nothing is assumed about their number; a start that reaches none is listed, not labelled.
    Taught on the page "Separatrices of known systems".

    >>> import torch
    >>> from course_lib.systems import Bistable
    >>> starts = torch.tensor([[-2.0], [-0.5], [-0.1], [1.5]], dtype=torch.float64)
    >>> found = find_attractors(Bistable(), starts, duration=20.0)
    >>> found.x.round(decimals=6).flatten().tolist(), found.fractions.tolist()
    ([-1.0, 1.0], [0.75, 0.25])
    """
    check_system(system)
    starts = check_states("starts", starts, system.dim)
    check_count("window", window)
    h = time_step(system, starts) if dt is None else check_positive("dt", dt)
    end = advance(system, starts, h, max(1, round(check_positive("duration", duration) / h)))
    finite = torch.isfinite(end).all(dim=-1)
    label = torch.full((len(end),), -1)
    rows = finite.nonzero().squeeze(-1)
    spread = _spread(end[rows])
    radius = NEAR * spread if radius is None else check_positive("radius", radius)
    nodes, saddles, home = _rest_points(system, end[rows], radius)
    label[rows] = home
    moving = rows[(home == -1) & (speed(system, end[rows]) * h > 1e-9 * spread)]
    cycles, periods, on = _cycles(system, end[moving], h, window, radius)
    label[moving[on >= 0]] = len(nodes) + on[on >= 0]
    x = torch.cat((nodes, cycles))
    kinds = ("fixed point",) * len(nodes) + ("cycle",) * len(cycles)
    return Attractors(
        x=x,
        kinds=kinds,
        periods=torch.cat((torch.full((len(nodes),), torch.nan, dtype=x.dtype), periods)),
        label=label,
        fractions=torch.bincount(label[label >= 0], minlength=len(x)).to(x.dtype) / len(starts),
        saddles=saddles,
        unsettled=end[moving[on < 0]],
        escaped=int((~finite).sum()),
    )


def _spread(end: Tensor) -> float:
    """RMS distance from the mean; for a single point the size of its coordinates."""
    if not len(end):
        return 1.0
    deviation = float((end - end.mean(dim=0)).norm(dim=-1).square().mean().sqrt())
    return deviation if deviation > 1e-6 * float(end.norm(dim=-1).max()) else max(float(end.norm(dim=-1).max()), 1.0)


def _rest_points(system: Flow | Map, end: Tensor, radius: float) -> tuple[Tensor, Tensor, Tensor]:
    """Stable and unstable fixed points that lie within a radius of an end, and each end's stable point or -1, (n,)."""
    nothing = end.new_zeros(0, system.dim)
    if not len(end):
        return nothing, nothing, torch.zeros(0, dtype=torch.long)
    _, founders = group_points(end, radius)
    jacobian_at(system, end[founders[:1]])  # says what is missing where the field has no derivative
    found = fixed_points(system, end[founders])
    points, stable = found.x[found.converged], found.saddle_index[found.converged] == 0
    if not len(points):
        return nothing, nothing, torch.full((len(end),), -1)
    distance, nearest = torch.cdist(end, points).min(dim=1)
    near = distance <= radius
    here = torch.bincount(nearest[near], minlength=len(points))
    order = here.argsort(descending=True, stable=True)
    kept = order[(here[order] > 0) & stable[order]]
    place = torch.full((len(points),), -1)
    place[kept] = torch.arange(len(kept))
    saddles = points[(here > 0) & ~stable]
    return points[kept], saddles, torch.where(near, place[nearest], -1)


def _cycles(system: Flow | Map, x: Tensor, h: float, window: int, radius: float) -> tuple[Tensor, Tensor, Tensor]:
    """One point on every cycle, its period, and each row's cycle or -1, (n,)."""
    points, periods = x.new_zeros(0, system.dim), x.new_zeros(0)
    label = torch.full((len(x),), -1)
    if not len(x):
        return points, periods, label
    states = [x]
    for _ in range(window):
        states.append(advance(system, states[-1], h, 1))
    orbits = torch.stack(states, dim=1)  # (n, window + 1, dim)
    is_map = isinstance(system, Map)
    for row, orbit in enumerate(orbits):
        if not bool(torch.isfinite(orbit).all()):
            continue
        known = [int(i) for i in range(len(points)) if _gap(orbit, points[i], is_map) <= radius]
        if known:
            label[row] = known[0]
            continue
        period = _period(orbit, h, radius, is_map)
        if period is not None:
            label[row] = len(points)
            points, periods = torch.cat((points, orbit[:1])), torch.cat((periods, x.new_tensor([period])))
    return points, periods, label


def _gap(orbit: Tensor, point: Tensor, is_map: bool) -> float:
    """Smallest distance of a point from an orbit; of a flow's, from the chords between its samples."""
    if is_map:
        return float((orbit - point).norm(dim=-1).min())
    along, offset = orbit[1:] - orbit[:-1], point - orbit[:-1]
    share = ((offset * along).sum(-1) / along.square().sum(-1).clamp_min(torch.finfo(orbit.dtype).tiny)).clamp(0, 1)
    return float((offset - share.unsqueeze(-1) * along).norm(dim=-1).min())


def _period(orbit: Tensor, h: float, radius: float, is_map: bool) -> float | None:
    """Time of the first return of the first state to within a radius, or None. The orbit has to leave before."""
    distance = (orbit - orbit[0]).norm(dim=-1)
    far = RETURN * float(distance.max())
    away = (distance > far).nonzero()
    if not len(away) or far <= radius:
        return None
    first = int(away[0])
    for k in range(first, len(orbit) - 1):
        if distance[k] > far or (not is_map and distance[k] > distance[k + 1]):
            continue
        if is_map:
            return k * h if float(distance[k]) <= radius else None
        nearby = orbit[max(k - 1, 0) : k + 2]
        if _gap(nearby, orbit[0], is_map) > radius:
            continue
        step = nearby[-1] - nearby[0]
        past = float(((orbit[0] - nearby[0]) * step).sum() / step.square().sum())
        return h * (max(k - 1, 0) + past * (len(nearby) - 1))
    return None
