"""The Lorenz-96 ring (Lorenz 1996): a system of any size, chaotic in many directions at once."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Frame, Jacobian, State
from course_lib.validation import check_count, check_number


class Lorenz96(Flow):
    """ẋᵢ = (xᵢ₊₁ - xᵢ₋₂) xᵢ₋₁ - xᵢ + F on a ring of `dim` places. Dimensionless.

    Reference values at dim = 40, F = 8: `course_lib.systems.references.LORENZ96`.
    Taught on the page "Measuring chaos".
    """

    def __init__(self, dim: int = 40, forcing: float = 8.0):
        self.dim = check_count("dim", dim, least=4)
        self.forcing = check_number("forcing", forcing)
        places = torch.arange(self.dim)
        self.next, self.last, self.before = (places + 1) % self.dim, (places - 1) % self.dim, (places - 2) % self.dim

    def vector_field(self, x: State) -> State:
        advection = (x[..., self.next] - x[..., self.before]) * x[..., self.last]
        return advection - x + self.forcing

    def jacobian(self, x: State) -> Jacobian:
        i = torch.arange(self.dim)
        jacobian = x.new_zeros(*x.shape, self.dim)
        # for dim = 4 the places i + 1, i - 1 and i - 2 are still distinct, so that plain assignment is right
        jacobian[..., i, i] = -1.0
        jacobian[..., i, self.next] = x[..., self.last]
        jacobian[..., i, self.before] = -x[..., self.last]
        jacobian[..., i, self.last] = x[..., self.next] - x[..., self.before]
        return jacobian

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        x = x.unsqueeze(-1)  # (..., dim, 1)
        stretch = (frame[..., self.next, :] - frame[..., self.before, :]) * x[..., self.last, :]
        slope = x[..., self.next, :] - x[..., self.before, :]
        return torch.addcmul(stretch - frame, slope, frame[..., self.last, :])

    def rest_points(self) -> Tensor:
        """(1, dim): every place at F. There may be others; this is the one known on paper."""
        return torch.full((1, self.dim), self.forcing, dtype=torch.float64)

    def divergence(self) -> float:
        """The sum of all exponents, the same at every state: -dim per time unit."""
        return -float(self.dim)
