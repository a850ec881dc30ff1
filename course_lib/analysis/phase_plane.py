"""Arrows of a flow on a grid in two of its coordinates: the background of a phase portrait."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.poincare import check_coordinate
from course_lib.dynamics import Flow, check_flow
from course_lib.shapes import PerCoordinate
from course_lib.validation import check_count, check_finite, check_float64, check_shape, complaint


@dataclass(frozen=True)
class PhasePlane:
    """A vector field on a grid. x, y: (n,), the grid's axes. u, v: (n, n), the slopes, rows along y, columns along x.

    coordinates: which two of the state's are drawn.
    """

    x: Tensor
    y: Tensor
    u: Tensor
    v: Tensor
    coordinates: tuple[int, int]


@torch.no_grad()
def phase_plane(
    flow: Flow,
    low: tuple[float, float],
    high: tuple[float, float],
    *,
    n: int = 101,
    coordinates: tuple[int, int] = (0, 1),
    through: PerCoordinate | None = None,
) -> PhasePlane:
    """The field of a flow on an n by n grid between two corners, in two coordinates.

    low, high: corners in those coordinates.  through: (dim,), float64, the state that the other coordinates are held
    at; None: the origin.
    Taught on the page "E/I rate networks".
    """
    check_flow("flow", flow)
    check_count("n", n, least=2)
    i, j = (check_coordinate(c, flow.dim) for c in coordinates)
    if i == j or not (low[0] < high[0] and low[1] < high[1]):
        raise complaint(
            "phase_plane",
            wanted="two coordinates and corners with low < high",
            got=f"coordinates {coordinates}, {low}, {high}",
            do="phase_plane(flow, (-2, -2), (2, 2)).",
        )
    centre = torch.zeros(flow.dim, dtype=torch.float64)
    if through is not None:
        centre = check_finite("through", check_shape("through", check_float64("through", through), f"{flow.dim}"))
    x = torch.linspace(low[0], high[0], n, dtype=torch.float64)
    y = torch.linspace(low[1], high[1], n, dtype=torch.float64)
    states = centre.repeat(n, n, 1)
    states[..., i], states[..., j] = x[None, :], y[:, None]
    slope = flow.vector_field(states)
    return PhasePlane(x=x, y=y, u=slope[..., i], v=slope[..., j], coordinates=(i, j))
