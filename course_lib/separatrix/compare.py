"""The learnt border beside what else is known: saddles, their stable subspaces, manifolds, and the map's own basins."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis import linearize
from course_lib.analysis.stepping import check_states
from course_lib.dynamics import Flow, Map, TimeReversed, check_flow, check_map
from course_lib.integrate import rk4_step
from course_lib.separatrix.record import Separatrix
from course_lib.separatrix.settling import settle, time_step
from course_lib.shapes import State
from course_lib.validation import check_count, check_positive, complaint


@dataclass(frozen=True)
class SaddleComparison:
    """ψ at the saddles of index 1, one row each.

    saddle: (m,) int, row of the saddles.  pair: (m,) int, column of ψ.  psi: (m,), 0 in truth.
    distance: (m,), |ψ|/‖∇ψ‖ [state units].
    alignment: (m,), |cos| of the angle between ∇ψ and the left eigenvector of the unstable eigenvalue, which stands
    on the saddle's stable subspace; 1 in truth.
    """

    saddle: Tensor
    pair: Tensor
    psi: Tensor
    distance: Tensor
    alignment: Tensor


def compare_with_saddles(separatrix: Separatrix, system: Flow | Map) -> SaddleComparison:
    """Does ψ vanish at the saddles, and is its border there tangent to their linear stable subspaces?

    Taught on the page "Separatrices of trained networks".
    """
    rows, columns = [], []
    for column, pair in enumerate(separatrix.pairs):
        own = (separatrix.borders.sides == torch.tensor(pair)).all(dim=1).nonzero().squeeze(-1).tolist()
        rows += own
        columns += [column] * len(own)
    if not rows:
        raise complaint(
            "separatrix", wanted="a saddle between two attractors", got="none", do="Fit it without rate, or pass one."
        )
    x = separatrix.saddles[rows]
    normals = linearize(system, x).left[:, 0].real
    psi, distance, alignment = [], [], []
    for state, normal, column in zip(x, normals, columns, strict=True):
        value, slope = separatrix.gradient(state[None], column)
        psi.append(value[0])
        distance.append(value.abs()[0] / slope.norm())
        alignment.append((slope[0] @ normal).abs() / (slope.norm() * normal.norm()))
    return SaddleComparison(
        torch.tensor(rows), torch.tensor(columns), torch.stack(psi), torch.stack(distance), torch.stack(alignment)
    )


@torch.no_grad()
def stable_manifold(
    flow: Flow,
    saddle: State,
    *,
    domain: State,
    n: int = 300,
    offset: float = 1e-5,
    dt: float | None = None,
    max_steps: int = 20_000,
) -> State:
    """The border of a flow in the plane: both arms of the stable manifold, states evenly spaced along the curve.

    The saddle's stable eigenvector, integrated backward in time until it leaves the domain. The saddle must have one
    stable direction. States at equal times would crowd at the saddle, where every method is right.

    saddle: (dim,).  domain: (2, dim).  n: states on each arm.  offset: first step from the saddle [state units].
    Returns (2 n, dim).
    Taught on the page "Separatrices of known systems".
    """
    check_flow("flow", flow)
    saddle = check_states("saddle", saddle, flow.dim)
    check_count("n", n, least=2)
    check_positive("offset", offset)
    linear = linearize(flow, saddle)
    stable = linear.eigenvalues[0].real < 0
    if int(stable.sum()) != 1 or linear.names[0] == "not at rest":
        raise complaint(
            "saddle",
            wanted="a fixed point with one stable direction",
            got=f"{int(stable.sum())} of them, {linear.names[0]}",
            do="In more dimensions the manifold is no curve: validate_on_curves measures the border there.",
        )
    direction = linear.right[0, :, stable][:, 0].real
    backward = TimeReversed(flow)
    corners = torch.cartesian_prod(*domain.unbind(dim=1)) if flow.dim > 1 else domain
    h = time_step(flow, torch.cat((saddle, corners))) if dt is None else check_positive("dt", dt)
    arms = []
    for sign in (1, -1):
        states = [saddle, saddle + sign * offset * direction]
        while len(states) < max_steps and _inside(states[-1], domain):
            x, _ = rk4_step(backward.vector_field, states[-1], h, backward.vector_field(states[-1]))
            states.append(x)
        arms.append(by_arc_length(torch.cat(states[:-1]), n))
    return torch.cat(arms)


def by_arc_length(x: State, n: int) -> State:
    """n states evenly spaced along the polygon through x: (m, dim)."""
    travelled = torch.cat((x.new_zeros(1), x.diff(dim=0).norm(dim=-1).cumsum(0)))
    wanted = torch.linspace(0, float(travelled[-1]), n, dtype=x.dtype)
    k = torch.searchsorted(travelled, wanted).clamp(1, len(x) - 1)
    share = (wanted - travelled[k - 1]) / (travelled[k] - travelled[k - 1])
    return x[k - 1] + share.unsqueeze(-1) * (x[k] - x[k - 1])


@dataclass(frozen=True)
class BasinDifference:
    """How many starts end elsewhere under a map than under a flow with the same fixed points.

    share: of the starts that both label.  standard_error: binomial.  states: (m, dim), the starts that differ.
    map_label, flow_label: (n,) int, -1 undecided.  undecided: share with a -1.
    """

    share: float
    standard_error: float
    states: State
    map_label: Tensor
    flow_label: Tensor
    undecided: float


@torch.no_grad()
def basin_difference(
    map: Map, flow: Flow, attractors: State, states: State, *, duration: float | None = None, dt: float | None = None
) -> BasinDifference:
    """Label states by a network's map and by the flow of the same fixed points, for example DifferenceFlow(map).

    attractors: (k, dim), of both.  states: (n, dim).  duration, dt: of `settle` for the flow.
    Taught on the page "Separatrices of trained networks".
    """
    check_map("map", map)
    check_flow("flow", flow)
    by_map = settle(map, states, attractors)
    by_flow = settle(flow, states, attractors, duration=duration, dt=dt)
    both = (by_map >= 0) & (by_flow >= 0)
    differ = both & (by_map != by_flow)
    n = max(1, int(both.sum()))
    share = int(differ.sum()) / n
    return BasinDifference(
        share,
        (share * (1 - share) / n) ** 0.5,
        states[differ],
        by_map,
        by_flow,
        float((~both).double().mean()),
    )


def _inside(x: Tensor, domain: Tensor) -> bool:
    return bool(torch.isfinite(x).all()) and bool(((x >= domain[0]) & (x <= domain[1])).all())
