"""Fixed points and slow points of a flow or a map, by batched Levenberg-Marquardt in float64."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Flow, Map
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_count, check_finite, check_float64, check_positive, check_shape, complaint

ENTRIES_AT_ONCE = 2**19  # Jacobian entries that are held at a time: 4 MB, whatever the number of starts
FIRST_DAMPING = 1e-2
CHORD_STEPS = 2
GOOD_GAIN, POOR_GAIN = 0.75, 0.25  # the damping falls above, rises below
LARGEST_DAMPING = 1e12  # no step helps any more
NEARLY_THERE = 1e-5  # of 1, or of ‖F‖ at the start if that is less: from there one of each group goes on by Newton
POLISH_STEPS = 30
STATIONARY = 1e-6  # of ‖F‖ and the largest ‖J‖ on the way: a smaller ‖JᵀF‖ counts as zero
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
    """
    residual = _Residual(system)
    starts = _check_starts(residual, starts)
    check_positive("tol", tol)
    check_positive("merge_within", merge_within)
    check_count("max_iterations", max_iterations)
    rows = max(1, ENTRIES_AT_ONCE // system.dim**2)
    descents = [_descend(residual, part, tol, max_iterations) for part in starts.split(rows)]
    x = torch.cat([x for x, _ in descents])
    rested = torch.cat([rested for _, rested in descents])
    groups, first = _merge(residual, x, rested, merge_within)
    x = torch.cat([_polish(residual, part) for part in x[first].split(rows)])
    root = _is_root(residual, x, tol, merge_within)
    stands = root.clone()
    x[~root], stands[~root] = _refine_minima(residual, x[~root], merge_within)
    places, second = _merge(residual, x, stands, merge_within)
    ends = places[groups[groups >= 0]]  # of every start that rested, the place it belongs to
    hits = torch.bincount(ends[ends >= 0], minlength=len(second))
    return _record(residual, x[second], root[second], hits, len(starts))


class _Residual:
    """F of a flow or a map, with the Jacobian of F, so that the search itself need not know which of the two it has."""

    def __init__(self, system: Flow | Map):
        if not isinstance(system, Flow | Map):
            raise complaint(
                "system",
                wanted="a Flow or a Map",
                got=type(system).__name__,
                do="Of a network take flow_at(u) or map_at(u); FunctionFlow(f, dim) and FunctionMap(F, dim) wrap "
                "functions.",
            )
        self.system = system
        self.is_map = isinstance(system, Map)

    def __call__(self, x: Tensor) -> Tensor:
        return self.system.step(x) - x if self.is_map else self.system.vector_field(x)

    def jacobian(self, x: Tensor) -> Tensor:
        jacobian = self.system.jacobian(x)
        if self.is_map:
            jacobian = jacobian - torch.eye(self.system.dim, dtype=x.dtype, device=x.device)
        return jacobian


def _descend(residual: _Residual, x: Tensor, tol: float, max_iterations: int) -> tuple[Tensor, Tensor]:
    """Levenberg-Marquardt for every row of x: the best states, and which of them came to rest, (n,) bool.

    A row rests when ‖F‖ is nearly 0 or the gradient of q is. Rows that rest or fail stay where they are and are left
    out as soon as they are a third of the batch: to copy the others earlier would cost more than to carry them along.
    """
    x, F = x.clone(), residual(x)
    rested = torch.zeros(len(x), dtype=torch.bool)
    near = (NEARLY_THERE * F.norm(dim=-1)).clamp(min=tol, max=max(tol, NEARLY_THERE))
    damping, steepest = x.new_full((len(x),), FIRST_DAMPING), torch.zeros_like(near)
    rows, done = torch.arange(len(x)), rested.clone()
    for _ in range(max_iterations):
        old = x[rows]
        J = residual.jacobian(old)
        gradient, speed = _times_transpose(J, F), F.norm(dim=-1)
        steepest = torch.maximum(steepest, torch.linalg.matrix_norm(J))  # of ‖J‖ on the row's way
        rests = (speed < near) | (gradient.norm(dim=-1) <= STATIONARY * speed * steepest)
        rested[rows[rests]] = True
        done |= rests | (damping > LARGEST_DAMPING)
        if bool(done.all()):
            break
        if int(done.sum()) > len(done) / 3:
            keep = ~done
            rows, old, F, J, gradient = rows[keep], old[keep], F[keep], J[keep], gradient[keep]
            near, damping, steepest, done = near[keep], damping[keep], steepest[keep], done[keep]
        x[rows], F, gain = _damped_steps(residual, old, F, J, gradient, damping, done)
        damping = torch.where(gain > GOOD_GAIN, damping / 10, torch.where(gain > POOR_GAIN, damping, damping * 4))
    return x, rested


def _damped_steps(
    residual: _Residual, x: Tensor, F: Tensor, J: Tensor, gradient: Tensor, damping: Tensor, done: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """x - (JᵀJ + μ1)⁻¹JᵀF, again with the same J and μ while that helps most rows: new x and F, the old where worse.

    The third value is the gain (n,): by how much the first step lowered q, over what the linear model promised.
    J, its product and its factor are what costs; a further step with them costs a tenth (the chord method).
    """
    normal = J.mT @ J
    # the damping is floored at rounding, so that a singular JᵀJ stays positive definite
    scale = normal.diagonal(dim1=-2, dim2=-1).amax(-1).clamp_min(torch.finfo(J.dtype).tiny)
    normal.diagonal(dim1=-2, dim2=-1).add_(torch.maximum(damping, 1e-14 * scale).unsqueeze(-1))
    factor, _ = torch.linalg.cholesky_ex(normal)
    gain = None
    for _ in range(1 + CHORD_STEPS):
        step = torch.cholesky_solve(gradient.unsqueeze(-1), factor).squeeze(-1)
        F_trial = residual(x - step)
        speed, trial_speed = F.norm(dim=-1), F_trial.norm(dim=-1)
        if gain is None:
            promised = (step * (damping.unsqueeze(-1) * step + gradient)).sum(-1)
            gain = (speed**2 - trial_speed**2) / promised.clamp_min(torch.finfo(x.dtype).tiny)
        better = (trial_speed < speed) & ~done  # False where the trial left the finite
        x = torch.where(better.unsqueeze(-1), x - step, x)
        F = torch.where(better.unsqueeze(-1), F_trial, F)
        if int((better & (trial_speed < speed / 2)).sum()) < len(x) / 2:
            break
        gradient = _times_transpose(J, F)
    return x, F, gain


def _times_transpose(J: Tensor, F: Tensor) -> Tensor:
    """JᵀF, the gradient of q. J: (n, dim, dim). F: (n, dim). Returns (n, dim)."""
    return (F.unsqueeze(-2) @ J).squeeze(-2)


def _polish(residual: _Residual, x: Tensor) -> Tensor:
    """Newton steps, each taken only where it makes ‖F‖ smaller; a slow point therefore stays where it is."""
    x = x.clone()
    F = residual(x)
    for _ in range(POLISH_STEPS):
        step, singular = torch.linalg.solve_ex(residual.jacobian(x), F.unsqueeze(-1))
        trial = x - step.squeeze(-1)
        F_trial = residual(trial)
        better = (F_trial.norm(dim=-1) < F.norm(dim=-1)) & (singular == 0)
        if not bool(better.any()):
            break
        x = torch.where(better.unsqueeze(-1), trial, x)
        F = torch.where(better.unsqueeze(-1), F_trial, F)
    return x


def _is_root(residual: _Residual, x: Tensor, tol: float, within: float) -> Tensor:
    """Whether ‖F‖ < tol and the root is here, (n,) bool: on a slope that falls to 0 at infinity F is small as well.

    The distance to the root is the shortest Newton step, without the directions in which J is singular.
    """
    F = residual(x)
    if not len(x):
        return torch.zeros(0, dtype=torch.bool)
    step = torch.linalg.pinv(residual.jacobian(x), rtol=1e-10) @ F.unsqueeze(-1)
    return (F.norm(dim=-1) < tol) & (step.squeeze(-1).abs().amax(-1) <= within)


def _refine_minima(residual: _Residual, x: Tensor, within: float) -> tuple[Tensor, Tensor]:
    """x after one Newton step on the gradient of q, and whether each row is a minimum of q, (n,) bool.

    A flat hilltop of q is no slow point, and neither is a place from which the minimum is further than `within`.
    """

    def gradient(x: Tensor) -> Tensor:
        return _times_transpose(residual.jacobian(x), residual(x))

    x, answers = x.clone(), torch.zeros(len(x), dtype=torch.bool)
    kicks = 1e-5 * torch.eye(x.shape[-1], dtype=x.dtype)
    for i, point in enumerate(x):
        hessian = (gradient(point + kicks) - gradient(point - kicks)) / 2e-5
        hessian = (hessian + hessian.mT) / 2
        curvature = torch.linalg.eigvalsh(hessian)
        step = torch.linalg.pinv(hessian, rtol=1e-6, hermitian=True) @ gradient(point)
        answers[i] = (curvature[0] >= -1e-4 * curvature.abs().amax()) & (step.abs().amax() <= within)
        x[i] = torch.where(answers[i], point - step, point)
    return x, answers


def _merge(residual: _Residual, x: Tensor, rested: Tensor, within: float) -> tuple[Tensor, Tensor]:
    """Group the rested rows: index of each row's group, (n,) with -1 for others, and of its best row, (groups,).

    The row with the smallest ‖F‖ that is left claims all rows whose coordinates differ by at most `within`. Claimed
    rows claim no others, so that a ring of points stays a ring.
    """
    place = torch.full((len(x),), -1)
    left = rested.nonzero().squeeze(-1)
    left = left[residual(x[left]).norm(dim=-1).argsort()]
    best = []
    while len(left):
        best.append(int(left[0]))
        same = (x[left] - x[left[0]]).abs().amax(-1) <= within
        place[left[same]] = len(best) - 1
        left = left[~same]
    return place, torch.tensor(best, dtype=torch.long)


def _record(residual: _Residual, x: Tensor, root: Tensor, hits: Tensor, n_starts: int) -> FixedPoints:
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


def _check_starts(residual: _Residual, starts: Tensor) -> Tensor:
    check_float64("starts", starts)
    check_finite("starts", check_shape("starts", starts, f"n {residual.system.dim}"))
    if len(starts) == 0:
        raise complaint("starts", wanted="at least one state", got="none", do="draw_starts draws some from orbits.")
    F = residual(starts)
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
