"""The Lorenz system (Lorenz 1963, equations 25 to 27)."""

import math

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_positive


class Lorenz63(Flow):
    """ẋ = σ(y - x), ẏ = x(ρ - z) - y, ż = xy - βz. Dimensionless; one time unit is written t.u.

    Reference values at the standard parameters: `course_lib.systems.references.LORENZ63`.
    Taught on the page "Phase space and the Lorenz system".

    >>> import torch
    >>> flow = Lorenz63()
    >>> flow.vector_field(torch.tensor([1.0, 1.0, 1.0], dtype=torch.float64)).round(decimals=3).tolist()
    [0.0, 26.0, -1.667]
    >>> flow.rest_points().round(decimals=3).tolist()
    [[0.0, 0.0, 0.0], [8.485, 8.485, 27.0], [-8.485, -8.485, 27.0]]
    """

    dim = 3

    def __init__(self, sigma: float = 10.0, rho: float = 28.0, beta: float = 8 / 3):
        self.sigma = check_positive("sigma", sigma)
        self.rho = check_positive("rho", rho, or_zero=True)
        self.beta = check_positive("beta", beta)
        linear = [[-self.sigma, self.sigma, 0.0], [self.rho, -1.0, 0.0], [0.0, 0.0, -self.beta]]
        twist = [[0.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
        self._linear_and_twist = torch.tensor(linear + twist, dtype=torch.float64).T.contiguous()  # (3, 6)

    def vector_field(self, x: State) -> State:
        x1, x2, x3 = x.unbind(-1)
        return torch.stack(
            (self.sigma * (x2 - x1), x1 * (self.rho - x3) - x2, torch.addcmul(-self.beta * x3, x1, x2)), dim=-1
        )

    def jacobian(self, x: State) -> Jacobian:
        x1, x2, x3 = x.unbind(-1)
        one, zero = torch.ones_like(x1), torch.zeros_like(x1)
        rows = (
            torch.stack((-self.sigma * one, self.sigma * one, zero), dim=-1),
            torch.stack((self.rho - x3, -one, -x1), dim=-1),
            torch.stack((x2, x1, -self.beta * one), dim=-1),
        )
        return torch.stack(rows, dim=-2)

    def variational_field(self, z: State) -> State:
        # f(x) = L x + x₁ K x and J(x) v = L v + x₁ K v + v₁ K x, so that one product with (L, K) does for all rows.
        linear, twisted = (z @ self._linear_and_twist.to(z)).split(3, dim=-1)
        value = torch.addcmul(linear, z[..., :1, :1], twisted)
        value[..., 1:, :].addcmul_(z[..., 1:, :1], twisted[..., :1, :])
        return value

    def rest_points(self) -> Tensor:
        """(1 or 3, 3): the origin, and for ρ > 1 the pair C+ and C- at (±√(β(ρ-1)), ±√(β(ρ-1)), ρ-1)."""
        points = [[0.0, 0.0, 0.0]]
        if self.rho > 1:
            c = math.sqrt(self.beta * (self.rho - 1))
            points += [[c, c, self.rho - 1], [-c, -c, self.rho - 1]]
        return torch.tensor(points, dtype=torch.float64)

    def divergence(self) -> float:
        """The sum of all exponents, the same at every state: -(σ + 1 + β) per time unit."""
        return -(self.sigma + 1 + self.beta)
