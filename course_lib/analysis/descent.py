"""The descent on q = ½‖F‖² under `fixed_points`: batched Levenberg-Marquardt, then Newton.

Every function takes a batch of states (n, dim) and a `Residual`; none of them knows which kind of system it searches.
"""

import torch
from torch import Tensor

from course_lib.analysis.stepping import check_system
from course_lib.dynamics import Flow, Map

FIRST_DAMPING = 1e-2
CHORD_STEPS = 2
GOOD_GAIN, POOR_GAIN = 0.75, 0.25  # the damping falls above, rises below
LARGEST_DAMPING = 1e12  # no step helps any more
NEARLY_THERE = 1e-5  # of 1, or of ‖F‖ at the start if that is less: from there one of each group goes on by Newton
POLISH_STEPS = 30
STATIONARY = 1e-6  # of ‖F‖ and the largest ‖J‖ on the way: a smaller ‖JᵀF‖ counts as zero


class Residual:
    """F of a flow or a map, with the Jacobian of F, so that the search itself need not know which of the two it has."""

    def __init__(self, system: Flow | Map):
        self.system = check_system(system)
        self.is_map = isinstance(system, Map)
        self.rule = system.step if isinstance(system, Map) else system.vector_field

    def __call__(self, x: Tensor) -> Tensor:
        return self.rule(x) - x if self.is_map else self.rule(x)

    def jacobian(self, x: Tensor) -> Tensor:
        jacobian = self.system.jacobian(x)
        if self.is_map:
            jacobian = jacobian - torch.eye(self.system.dim, dtype=x.dtype, device=x.device)
        return jacobian


def descend(residual: Residual, x: Tensor, tol: float, max_iterations: int) -> tuple[Tensor, Tensor]:
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
        speed = F.norm(dim=-1)
        rested[rows[speed < near]] = True
        done |= (speed < near) | (damping > LARGEST_DAMPING)
        if bool(done.all()):
            break
        if int(done.sum()) > len(done) / 3:
            keep = ~done
            rows, F, speed, near, steepest = rows[keep], F[keep], speed[keep], near[keep], steepest[keep]
            damping, done = damping[keep], done[keep]
        old = x[rows]
        J = residual.jacobian(old)
        gradient = _times_transpose(J, F)
        steepest = torch.maximum(steepest, torch.linalg.matrix_norm(J))  # of ‖J‖ on the row's way
        flat = gradient.norm(dim=-1) <= STATIONARY * speed * steepest
        rested[rows[flat]] = True
        done |= flat
        x[rows], F, gain = _damped_steps(residual, old, F, J, gradient, damping, done)
        damping = torch.where(gain > GOOD_GAIN, damping / 10, torch.where(gain > POOR_GAIN, damping, damping * 4))
    return x, rested


def _damped_steps(
    residual: Residual, x: Tensor, F: Tensor, J: Tensor, gradient: Tensor, damping: Tensor, done: Tensor
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
    gain = torch.zeros_like(damping)
    for chord in range(1 + CHORD_STEPS):
        step = torch.cholesky_solve(gradient.unsqueeze(-1), factor).squeeze(-1)
        F_trial = residual(x - step)
        speed, trial_speed = F.norm(dim=-1), F_trial.norm(dim=-1)
        if chord == 0:
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


def polish(residual: Residual, x: Tensor) -> Tensor:
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


def is_root(residual: Residual, x: Tensor, tol: float, within: float) -> Tensor:
    """Whether ‖F‖ < tol and the root is here, (n,) bool: on a slope that falls to 0 at infinity F is small as well.

    The distance to the root is the shortest Newton step, without the directions in which J is singular.
    """
    F = residual(x)
    if not len(x):
        return torch.zeros(0, dtype=torch.bool)
    step = torch.linalg.pinv(residual.jacobian(x), rtol=1e-10) @ F.unsqueeze(-1)
    return (F.norm(dim=-1) < tol) & (step.squeeze(-1).abs().amax(-1) <= within)  # type: ignore[no-any-return]


def refine_minima(residual: Residual, x: Tensor, within: float) -> tuple[Tensor, Tensor]:
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
