"""What ψ has to obey, as residuals: the differential equation at states, or its integrated form along orbits.

Differential, flows only:  ∇ψ·f - Λ(ψ - ψ³) at x.
Integrated, flows and maps: ψ(x(T)) - S(ψ(x(0))), S the growth by e^(ΛT); for a map x(T) = F(F(...x)). No derivative of
the field is needed, and what is known at the attractors travels inward by T in every step.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.separatrix.eigenfunction import Eigenfunction

PIN = 0.999  # |ψ| at an attractor: 1 would ask for an infinite g
LEAST_DAMPING, MOST_DAMPING = 1e-8, 1.0  # of the mean diagonal of JᵀJ
LEAST_GAIN = 1e-2  # share by which a step has to lower the residual for another one to follow
CHUNK = 4096  # states whose features are held at a time


@dataclass(frozen=True)
class Problem:
    """The pool of states on which the residuals are taken.

    x: (n, dim).  y: (n, dim), the states after time T (integrated), or the field at x (differential).
    growth: (pairs,), ΛT, or Λ where the form is differential.  attractors: (k, dim).  pins: (k, pairs), ±0.999, and 0
    where an attractor does not belong to the pair.
    """

    x: Tensor
    y: Tensor
    growth: Tensor
    attractors: Tensor
    pins: Tensor
    integrated: bool

    def to(self, device: torch.device, dtype: torch.dtype) -> "Problem":
        moved = (value.to(device, dtype) for value in (self.x, self.y, self.growth, self.attractors, self.pins))
        return Problem(*moved, self.integrated)


def sides(net: Eigenfunction, problem: Problem, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """ψ at the rows, and the two sides of its equation there, each (rows, pairs)."""
    x, y = problem.x[rows], problem.y[rows]
    if problem.integrated:
        psi, later = net(torch.cat((x, y))).chunk(2)
        return psi, later, net.form.grown(psi, problem.growth)[0]
    features, along = net.features_along(x, y)
    g = features @ net.head
    psi = net.form.psi(g)
    return psi, net.form.slopes(g)[0] * (along @ net.head), problem.growth * net.form.rate(psi)[0]


def pinned(net: Eigenfunction, problem: Problem) -> Tensor:
    """Mean squared distance of ψ at the attractors from ±0.999, over those that belong to a pair."""
    member = problem.pins != 0
    return ((net(problem.attractors) - problem.pins)[member] ** 2).mean()


@torch.no_grad()
def solve_head(net: Eigenfunction, problem: Problem, pair: int, n_steps: int, *, slopes: Tensor | None = None) -> float:
    """One column of the head by Gauss-Newton steps on all residuals of the pool, the features held. In place.

    g is linear in the head, so that a few steps with the normal equations of a few hundred unknowns reach what Adam
    would need thousands for. Steps that do not help are damped (Levenberg, Marquardt).
    slopes: (m, features); None: ψ is held at the pins. Otherwise slopes @ head is held at 1 in their place, which
    fixes the scale that the equation leaves open.
    Returns the mean squared residual with that of what is held.
    """
    head, damping = net.head[:, pair].clone(), LEAST_DAMPING
    normal, gradient, loss = _normal_equations(net, problem, head, pair, slopes)
    for _ in range(n_steps):
        scale = normal.diagonal().mean()
        while damping <= MOST_DAMPING:
            step = torch.linalg.solve(normal + damping * scale * torch.eye(len(head)).to(normal), gradient)
            trial = _normal_equations(net, problem, head - step, pair, slopes)
            if trial[2] < loss:
                break
            damping *= 10
        else:
            break
        gain = 1 - trial[2] / loss
        head, (normal, gradient, loss) = head - step, trial
        damping = max(damping / 5, LEAST_DAMPING)
        if gain < LEAST_GAIN:
            break
    net.head[:, pair] = head
    return loss


def _normal_equations(
    net: Eigenfunction, problem: Problem, head: Tensor, pair: int, slopes: Tensor | None
) -> tuple[Tensor, Tensor, float]:
    """JᵀJ, Jᵀr and r·r of one pair. r: the residuals over √n, then those of what is held over √(their number)."""
    if slopes is None:
        member = problem.pins[:, pair] != 0
        features = net.features(problem.attractors[member])
        g = features @ head
        held = net.form.psi(g) - problem.pins[member, pair], net.form.slopes(g)[0].unsqueeze(-1) * features
    else:
        held = slopes @ head - 1, slopes
    normal, gradient, loss = (value / len(held[0]) for value in _products(*held))
    for x, y in zip(problem.x.split(CHUNK), problem.y.split(CHUNK), strict=True):
        parts = _products(*_residuals(net, problem, head, pair, x, y))
        normal, gradient, loss = (a + b / len(problem.x) for a, b in zip((normal, gradient, loss), parts, strict=True))
    return normal, gradient, float(loss)


def _residuals(
    net: Eigenfunction, problem: Problem, head: Tensor, pair: int, x: Tensor, y: Tensor
) -> tuple[Tensor, Tensor]:
    """r (n,) and J (n, features) of the equation at the rows x, y of the pool."""
    form, growth = net.form, problem.growth[pair]
    features, other = (net.features(x), net.features(y)) if problem.integrated else net.features_along(x, y)
    g, along = features @ head, other @ head
    psi, (slope, bend) = form.psi(g), form.slopes(g)
    if problem.integrated:
        grown, steeper = form.grown(psi, growth)
        J = form.slopes(along)[0].unsqueeze(-1) * other - (steeper * slope).unsqueeze(-1) * features
        return form.psi(along) - grown, J
    rate, rate_slope = form.rate(psi)
    J = slope.unsqueeze(-1) * other + (bend * along - growth * rate_slope * slope).unsqueeze(-1) * features
    return slope * along - growth * rate, J


def _products(r: Tensor, J: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return J.T @ J, J.T @ r, r @ r
