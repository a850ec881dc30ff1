"""The Rössler system (Rössler 1976): one nonlinear term is enough for chaos."""

import math

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Frame, Jacobian, State
from course_lib.validation import check_positive


class Rossler(Flow):
    """ẋ = -y - z, ẏ = x + ay, ż = b + z(x - c). Dimensionless.

    Reference values at the standard parameters: `course_lib.systems.references.ROSSLER`.
    Far from the attractor (z > 0, large x) z grows explosively: start within about 10 of the origin.
    Taught on the page "Measuring chaos".
    """

    dim = 3

    def __init__(self, a: float = 0.2, b: float = 0.2, c: float = 5.7):
        self.a = check_positive("a", a)
        self.b = check_positive("b", b)
        self.c = check_positive("c", c)

    def vector_field(self, x: State) -> State:
        x1, x2, x3 = x.unbind(-1)
        return torch.stack((-x2 - x3, torch.add(x1, x2, alpha=self.a), x3 * (x1 - self.c) + self.b), dim=-1)

    def jacobian(self, x: State) -> Jacobian:
        x1, _, x3 = x.unbind(-1)
        one, zero = torch.ones_like(x1), torch.zeros_like(x1)
        rows = (
            torch.stack((zero, -one, -one), dim=-1),
            torch.stack((one, self.a * one, zero), dim=-1),
            torch.stack((x3, zero, x1 - self.c), dim=-1),
        )
        return torch.stack(rows, dim=-2)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        x1, _, x3 = x.unsqueeze(-1).unbind(-2)  # (..., 1)
        v1, v2, v3 = frame.unbind(-2)  # (..., k)
        return torch.stack((-v2 - v3, torch.add(v1, v2, alpha=self.a), torch.addcmul(x3 * v1, x1 - self.c, v3)), dim=-2)

    def rest_points(self) -> Tensor:
        """(2 or 0, 3): at (az, -z, z) with az² - cz + b = 0; none when c² < 4ab. First the one inside the coil."""
        root = self.c**2 - 4 * self.a * self.b
        if root < 0:
            return torch.zeros(0, 3, dtype=torch.float64)
        # the smaller root as b over the larger one, which does not lose digits by cancellation
        larger = (self.c + math.sqrt(root)) / (2 * self.a)
        points = [[self.a * z, -z, z] for z in (self.b / (self.a * larger), larger)]
        return torch.tensor(points, dtype=torch.float64)
