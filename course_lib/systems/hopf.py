"""The normal form of the Hopf bifurcation: the simplest limit cycle, solved on paper."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_number


class Hopf(Flow):
    """ṙ = μr - r³, θ̇ = ω in Cartesian coordinates. Dimensionless.

    μ > 0: a stable circle of radius √μ with exponents 0 and -2μ. μ ≤ 0: the origin is stable, both exponents are μ.
    Taught on the page "Measuring chaos".
    """

    dim = 2

    def __init__(self, mu: float = 1.0, omega: float = 1.0):
        self.mu = check_number("mu", mu)
        self.omega = check_number("omega", omega)

    def vector_field(self, x: State) -> State:
        x1, x2 = x.unbind(-1)
        growth = self.mu - x1 * x1 - x2 * x2
        return torch.stack((growth * x1 - self.omega * x2, growth * x2 + self.omega * x1), dim=-1)

    def jacobian(self, x: State) -> Jacobian:
        x1, x2 = x.unbind(-1)
        squares, cross = x1 * x1 + x2 * x2, -2 * x1 * x2
        rows = (
            torch.stack((self.mu - squares - 2 * x1 * x1, cross - self.omega), dim=-1),
            torch.stack((cross + self.omega, self.mu - squares - 2 * x2 * x2), dim=-1),
        )
        return torch.stack(rows, dim=-2)

    def solution(self, x0: State, t: Tensor) -> State:
        """The exact state at time t after x0, for μ ≠ 0. x0: (..., 2). t: broadcasts against (...). Returns (..., 2).

        r(t)² = μ / (1 + (μ/r₀² - 1) e^(-2μt)), θ(t) = θ₀ + ωt.
        """
        x1, x2 = x0.unbind(-1)
        squares = x1 * x1 + x2 * x2
        decay = torch.exp(-2 * self.mu * t)
        scale = torch.sqrt(self.mu / (squares + (self.mu - squares) * decay))  # r(t) / r0
        cos, sin = torch.cos(self.omega * t), torch.sin(self.omega * t)
        return torch.stack((scale * (cos * x1 - sin * x2), scale * (sin * x1 + cos * x2)), dim=-1)

    def rest_points(self) -> Tensor:
        """(1, 2): the origin."""
        return torch.zeros(1, 2, dtype=torch.float64)
