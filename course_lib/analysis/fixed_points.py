"""Fixed points and slow points of a flow or a map, by batched Levenberg-Marquardt in float64."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.descent import Residual, descend, is_root, polish, refine_minima
from course_lib.analysis.grouping import group_points
from course_lib.dynamics import Flow, Map
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_count, check_finite, check_float64, check_positive, check_shape, complaint

ENTRIES_AT_ONCE = 2**19  # Jacobian entries that are held at a time: 4 MB, whatever the number of starts
MARGIN = 1e-9  # of the largest |eigenvalue|: a centre's real parts are rounding, not instability


@dataclass(frozen=True)
class FixedPoints:
    """All distinct places at which a search came to rest, sorted by q.

    F is the field of a flow, or step(x) - x of a map.
    x: (n, dim).  q: (n,), ½‖F‖².  jacobian: (n, dim, dim), of the flow's field or of the map's step itself.
    saddle_index: (n,) int, unstable directions: eigenvalues with Re > 0 (flow) or modulus > 1 (map). At a slow point
    it describes the Jacobian there and nothing more.
    converged: (n,) bool, ‖F‖ < tol and a Newton step away at most; the others are slow points, minima of q above zero.
    n_hits: (n,) int, starts that ended at each.
    n_starts: starts given.  n_failed: starts that came to rest nowhere; they appear in no other field.
    kind: "flow" or "map".
    """

    x: State
    q: Tensor
    jacobian: Jacobian
    saddle_index: Tensor
    converged: Tensor
    n_hits: Tensor
    n_starts: int
    n_failed: int
    kind: str

    def index_counts(self) -> list[int]:
        """Fixed points (converged ones only) with 0, 1, 2, ... unstable directions, up to the largest index found."""
        return torch.bincount(self.saddle_index[self.converged]).tolist()

    def signed_count(self) -> int:
        """Σ (-1)^index over the fixed points of a flow.

        It is 1 when every arrow far away points inward, no point is degenerate and none is missing (Poincaré and
        Hopf; Milnor 1965). A necessary test: two lost points of neighbouring index cancel.
        """
        if self.kind != "flow":
            raise complaint(
                "signed_count",
                wanted="points of a flow",
                got="points of a map",
                do="A map counts the sign of det(1 - DF) instead; DifferenceFlow(map) has the same points.",
            )
        return int((1 - 2 * (self.saddle_index[self.converged] % 2)).sum())


@torch.no_grad()
def fixed_points(
    system: Flow | Map,
    starts: State,
    *,
    tol: float = 1e-10,
    max_iterations: int = 200,
    merge_within: float = 1e-4,
) -> FixedPoints:
    """All distinct fixed points and slow points that a search from `starts` comes to.

    F(x) = f(x) of a flow, or step(x) - x of a map. Each start descends on q = ½‖F‖² by damped Gauss-Newton steps
    (JᵀJ + μ1) δ = -JᵀF; one of every group that arrives at the same place is finished by Newton steps J δ = -F.

    starts: (n, dim), float64; `draw_starts` and `cell_seeds` make them.  tol: largest ‖F‖ of a fixed point.
    max_iterations: steps a start may take.  merge_within: largest difference of a coordinate [state units] at which
    two end points are the same.

    Returns FixedPoints.  Raises when `system` is neither a Flow nor a Map, and for starts of another shape or
    precision, or outside the domain on which F is finite.
    Method: Levenberg 1944, Marquardt 1963; the search on q: Sussillo and Barak 2013, Neural Computation 25:626.
    Taught on the page "Fixed points and linearisation".

    >>> import torch
    >>> from course_lib.systems import Bistable
    >>> starts = torch.tensor([[-1.5], [-0.1], [0.2], [1.5]], dtype=torch.float64)
    >>> points = fixed_points(Bistable(), starts)
    >>> order = points.x.squeeze(-1).argsort()
    >>> points.x[order].abs().round(decimals=6).flatten().tolist()
    [1.0, 0.0, 1.0]
    >>> points.saddle_index[order].tolist()
    [0, 1, 0]
    """
    residual = Residual(system)
    starts = _check_starts(residual, starts)
    check_positive("tol", tol)
    check_positive("merge_within", merge_within)
    check_count("max_iterations", max_iterations)
    rows = max(1, ENTRIES_AT_ONCE // system.dim**2)
    descents = [descend(residual, part, tol, max_iterations) for part in starts.split(rows)]
    x = torch.cat([x for x, _ in descents])
    rested = torch.cat([rested for _, rested in descents])
    groups, first = _merge(residual, x, rested, merge_within)
    x = torch.cat([polish(residual, part) for part in x[first].split(rows)])
    root = is_root(residual, x, tol, merge_within)
    stands = root.clone()
    x[~root], stands[~root] = refine_minima(residual, x[~root], merge_within)
    places, second = _merge(residual, x, stands, merge_within)
    ends = places[groups[groups >= 0]]  # of every start that rested, the place it belongs to
    hits = torch.bincount(ends[ends >= 0], minlength=len(second))
    return _record(residual, x[second], root[second], hits, len(starts))


def _merge(residual: Residual, x: Tensor, kept: Tensor, within: float) -> tuple[Tensor, Tensor]:
    """Group the kept rows, the smallest ‖F‖ first: each row's group, (n,) with -1 for others, and each group's row."""
    rows = kept.nonzero().squeeze(-1)
    rows = rows[residual(x[rows]).norm(dim=-1).argsort()]
    groups, founders = group_points(x[rows], within)
    place = torch.full((len(x),), -1)
    place[rows] = groups
    return place, rows[founders]


def _record(residual: Residual, x: Tensor, root: Tensor, hits: Tensor, n_starts: int) -> FixedPoints:
    speed = residual(x).norm(dim=-1)
    order = speed.argsort(stable=True)
    x, speed, hits, root = x[order], speed[order], hits[order], root[order]
    jacobian = residual.system.jacobian(x)
    return FixedPoints(
        x=x,
        q=speed**2 / 2,
        jacobian=jacobian,
        saddle_index=saddle_index(torch.linalg.eigvals(jacobian), residual.is_map),
        converged=root,
        n_hits=hits,
        n_starts=n_starts,
        n_failed=n_starts - int(hits.sum()),
        kind="map" if residual.is_map else "flow",
    )


def saddle_index(eigenvalues: Tensor, is_map: bool) -> Tensor:
    """Number of unstable directions. eigenvalues: (n, dim), complex. Returns (n,) int."""
    if is_map:
        return (eigenvalues.abs() > 1 + MARGIN).sum(-1)
    return (eigenvalues.real > MARGIN * eigenvalues.abs().amax(-1, keepdim=True)).sum(-1)


def _check_starts(residual: Residual, starts: Tensor) -> Tensor:
    check_float64("starts", starts)
    check_finite("starts", check_shape("starts", starts, f"n {residual.system.dim}"))
    if len(starts) == 0:
        raise complaint("starts", wanted="at least one state", got="none", do="draw_starts draws some from orbits.")
    F = residual.rule(starts)
    if F.shape != starts.shape or F.dtype != starts.dtype:
        raise complaint(
            f"{'step' if residual.is_map else 'vector_field'} of {type(residual.system).__name__}",
            wanted=f"{tuple(starts.shape)} float64",
            got=f"{tuple(F.shape)} {str(F.dtype).removeprefix('torch.')}",
            do="It takes and returns (..., dim) float64 tensors; convert a model by model.double().",
        )
    outside = ~torch.isfinite(F).all(dim=-1)
    if bool(outside.any()):
        row = int(outside.nonzero()[0])
        raise complaint(
            f"starts[{row}]",
            wanted="a state at which the system is finite",
            got=f"{[round(value, 4) for value in starts[row].tolist()[:4]]}, where it is not",
            do=f"Leave out such states ({int(outside.sum())} of {len(starts)}).",
        )
    return starts
