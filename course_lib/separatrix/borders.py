"""Which basins touch, at which saddles, and how fast states leave the border there."""

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis import cell_seeds, fixed_points, linearize
from course_lib.analysis.stepping import check_states
from course_lib.dynamics import Flow, Map
from course_lib.separatrix.edge import edge_state
from course_lib.separatrix.settling import capture_radius, settle, speed, time_step
from course_lib.shapes import State
from course_lib.validation import CourseError, check_positive, complaint

SEED = 0  # of the jitter of the search for saddles, which is no part of a result
PUSH = 0.05  # of the capture radius: how far from a saddle the two ways down begin
RESTS = 1e-3  # of the capture radius: the first-order distance of a given saddle from rest


@dataclass(frozen=True)
class Borders:
    """Which basins touch, and where.

    pairs: (i, j), i < j, of rows of the attractors: those with a saddle between them, or all of them where the saddles
    leave an attractor without a neighbour.  saddles: (s, dim), fixed points with an unstable direction.
    saddle_index: (s,) int.  sides: (s, 2) int, where the two ways down from a saddle of index 1 lead, lower row first;
    -1 at others.  rates: (pairs,) [1/time, or 1/iteration of a map], the unstable rate of the pair's own saddle (the
    largest where there are several); for pairs without one, the largest of all.
    """

    pairs: tuple[tuple[int, int], ...]
    saddles: State
    saddle_index: Tensor
    sides: Tensor
    rates: Tensor


@torch.no_grad()
def find_borders(
    system: Flow | Map,
    attractors: State,
    *,
    saddles: State | None = None,
    rate: float | None = None,
    duration: float | None = None,
    dt: float | None = None,
) -> Borders:
    """The saddles between attractors, by Newton search from means of attractors, and for two attractors otherwise by
    edge tracking.

    attractors: (k, dim).  saddles: (s, dim), known ones, instead of a search.  rate: replaces all rates; without it a
    missing saddle raises.  duration, dt: of `settle`.
    Taught on the page "Separatrices of trained networks".
    """
    pairs = tuple(itertools.combinations(range(len(attractors)), 2))
    if saddles is None and rate is None:
        saddles = _search(system, attractors, duration, dt)
    elif saddles is not None:
        saddles = _checked(system, check_states("saddles", saddles, system.dim), capture_radius(attractors))
    if saddles is None or not len(saddles):
        if rate is None:
            raise complaint(
                "saddles",
                wanted="a saddle on the border, whose unstable rate sets Λ",
                got="no fixed point with an unstable direction from means of attractors, nor by edge tracking",
                do="The border may hold a cycle or chaos: pass rate, the rate at which states leave it [1/time].",
            )
        nothing = attractors.new_zeros(0, system.dim)
        none, ends = torch.zeros(0, dtype=torch.long), torch.zeros(0, 2, dtype=torch.long)
        return Borders(pairs, nothing, none, ends, attractors.new_full((len(pairs),), check_positive("rate", rate)))
    linear = linearize(system, saddles)
    top = linear.eigenvalues[:, 0]
    growth = top.abs().log() if isinstance(system, Map) else top.real
    push = PUSH * capture_radius(attractors) * linear.right[:, :, 0].real
    labels = settle(system, torch.cat((saddles + push, saddles - push)), attractors, duration=duration, dt=dt)
    sides = torch.stack(labels.chunk(2), dim=1).sort(dim=1).values
    sides[(linear.saddle_index != 1) | (sides[:, 0] == sides[:, 1])] = -1
    pairs = _touching(sides, pairs)
    rates = torch.full((len(pairs),), float(growth.max()), dtype=attractors.dtype)
    for p, pair in enumerate(pairs):
        own = (sides == torch.tensor(pair)).all(dim=1)
        if bool(own.any()):
            rates[p] = growth[own].max()
    if rate is not None:
        rates = torch.full_like(rates, check_positive("rate", rate))
    return Borders(pairs, saddles, linear.saddle_index, sides, rates)


def _touching(sides: Tensor, pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The pairs with a saddle, when they reach every attractor; all pairs otherwise."""
    found = {tuple(row) for row in sides.tolist()}
    touching = tuple(pair for pair in pairs if pair in found)
    reached = {i for pair in touching for i in pair}
    return touching if reached == {i for pair in pairs for i in pair} else pairs


def _search(system: Flow | Map, attractors: Tensor, duration: float | None, dt: float | None) -> Tensor:
    spacing = float(torch.pdist(attractors).min())
    jitter = 0.1 * spacing / system.dim**0.5
    generator = torch.Generator().manual_seed(SEED)
    found = fixed_points(system, cell_seeds(attractors, copies=5, noise=jitter, generator=generator))
    saddles = found.x[found.converged & (found.saddle_index > 0)]
    if len(saddles) or len(attractors) > 2:
        return saddles
    try:
        edge = edge_state(system, attractors[0], attractors[1], attractors, duration=duration, dt=dt)
    except CourseError:  # the segment may have no edge that bisection finds; the caller says what is missing
        return saddles
    return edge.x[edge.saddle_index > 0]


def _checked(system: Flow | Map, saddles: Tensor, radius: float) -> Tensor:
    """The given saddles, when each is at rest and has an unstable direction."""
    linear = linearize(system, saddles)
    offset = speed(system, saddles) * time_step(system, saddles)
    for row in range(len(saddles)):
        moves, stable = float(offset[row]) > RESTS * radius, int(linear.saddle_index[row]) == 0
        if moves or stable:
            got = f"a speed of {float(linear.speed[row]):.3g}" if moves else "no unstable direction"
            raise complaint(
                f"saddles[{row}]",
                wanted="a fixed point with an unstable direction",
                got=f"{got} at {[round(value, 4) for value in saddles[row].tolist()[:4]]}",
                do="Leave saddles out to have them found, or take them from fixed_points or edge_state.",
            )
    return saddles
