"""The van der Pol oscillator (van der Pol 1926): one stable limit cycle round an unstable rest point."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_positive


class VanDerPol(Flow):
    """ẋ = y, ẏ = μ(1 - x²)y - x. Dimensionless.

    Reference values at μ = 1: `course_lib.systems.references.VAN_DER_POL`.
    Taught on the page "Measuring chaos".
    """

    dim = 2

    def __init__(self, mu: float = 1.0):
        self.mu = check_positive("mu", mu, or_zero=True)

    def vector_field(self, x: State) -> State:
        x1, x2 = x.unbind(-1)
        return torch.stack((x2, self.mu * (1 - x1 * x1) * x2 - x1), dim=-1)

    def jacobian(self, x: State) -> Jacobian:
        x1, x2 = x.unbind(-1)
        rows = (
            torch.stack((torch.zeros_like(x1), torch.ones_like(x1)), dim=-1),
            torch.stack((-2 * self.mu * x1 * x2 - 1, self.mu * (1 - x1 * x1)), dim=-1),
        )
        return torch.stack(rows, dim=-2)

    def rest_points(self) -> Tensor:
        """(1, 2): the origin, unstable for μ > 0."""
        return torch.zeros(1, 2, dtype=torch.float64)
