"""What ψ has to obey, as residuals: the differential equation at states, or its integrated form along orbits.

Differential, flows only:  ∇ψ·f - Λ(ψ - ψ³) at x.
Integrated, flows and maps: ψ(x(T)) - S(ψ(x(0))), S the growth by e^(ΛT); for a map x(T) = F(F(...x)). No derivative of
the field is needed, and what is known at the attractors travels inward by T in every step.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.separatrix.eigenfunction import Eigenfunction

PIN = 0.999  # |ψ| at an attractor: 1 would ask for an infinite g
LEAST_DAMPING, MOST_DAMPING = 1e-8, 1.0  # of the mean diagonal of JᵀJ


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
def solve_head(net: Eigenfunction, problem: Problem, n_steps: int, chunk: int = 4096) -> float:
    """The head by Gauss-Newton steps on all residuals of the pool, pair by pair, features held. In place.

    g is linear in the head, so that a few steps with the normal equations of a few hundred unknowns reach what Adam
    would need thousands for. Steps that do not help are damped (Levenberg, Marquardt). Returns the mean squared
    residual over all pairs.
    """
    total = 0.0
    for pair in range(net.head.shape[1]):
        head, damping = net.head[:, pair].clone(), LEAST_DAMPING
        normal, gradient, loss = _normal_equations(net, problem, head, pair, chunk)
        for _ in range(n_steps):
            scale = normal.diagonal().mean()
            while damping <= MOST_DAMPING:
                step = torch.linalg.solve(normal + damping * scale * torch.eye(len(head)).to(normal), gradient)
                trial = _normal_equations(net, problem, head - step, pair, chunk)
                if trial[2] < loss:
                    break
                damping *= 10
            else:
                break
            gain = 1 - trial[2] / loss
            head, (normal, gradient, loss) = head - step, trial
            damping = max(damping / 5, LEAST_DAMPING)
            if gain < 1e-2:
                break
        net.head[:, pair] = head
        total += loss / net.head.shape[1]
    return total


def _normal_equations(
    net: Eigenfunction, problem: Problem, head: Tensor, pair: int, chunk: int
) -> tuple[Tensor, Tensor, float]:
    """JᵀJ, Jᵀr and r·r of one pair. r: the residuals over √n, then those of the pins over √(number of pins)."""
    form, growth = net.form, problem.growth[pair]
    member = problem.pins[:, pair] != 0
    normal, gradient, loss = 0.0, 0.0, 0.0
    parts = [(x, y, False) for x, y in zip(problem.x.split(chunk), problem.y.split(chunk), strict=True)]
    for x, y, at_pin in [*parts, (problem.attractors[member], None, True)]:
        features, other = (net.features(x), None) if at_pin else _two_features(net, problem, x, y)
        g = features @ head
        psi, (slope, bend) = form.psi(g), form.slopes(g)
        if at_pin:
            r, J = psi - problem.pins[member, pair], slope.unsqueeze(-1) * features
        elif problem.integrated:
            later = other @ head
            grown, steeper = form.grown(psi, growth)
            r = form.psi(later) - grown
            J = form.slopes(later)[0].unsqueeze(-1) * other - (steeper * slope).unsqueeze(-1) * features
        else:
            along, (rate, rate_slope) = other @ head, form.rate(psi)
            r = slope * along - growth * rate
            J = slope.unsqueeze(-1) * other + (bend * along - growth * rate_slope * slope).unsqueeze(-1) * features
        weight = 1 / math.sqrt(int(member.sum()) if at_pin else len(problem.x))
        r, J = weight * r, weight * J
        normal, gradient, loss = normal + J.T @ J, gradient + J.T @ r, loss + float(r @ r)
    return normal, gradient, loss


def _two_features(net: Eigenfunction, problem: Problem, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return (net.features(x), net.features(y)) if problem.integrated else net.features_along(x, y)
