"""The damped Duffing oscillator without drive: a ball with friction in a landscape of two valleys."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_positive


class Duffing(Flow):
    """ẍ + δẋ - x + x³ = 0 as ẋ = v, v̇ = x - x³ - δv. Dimensionless; autonomous.

    Two stable points at (±1, 0), a saddle at the origin between them. The stable manifold of the saddle is the
    separatrix. Reference values at δ = 0.5: `course_lib.systems.references.DUFFING`.
    Taught on the page "Separatrices of known systems".
    """

    dim = 2

    def __init__(self, damping: float = 0.5):
        self.damping = check_positive("damping", damping, or_zero=True)

    def vector_field(self, x: State) -> State:
        position, velocity = x.unbind(-1)
        return torch.stack((velocity, position - position**3 - self.damping * velocity), dim=-1)

    def jacobian(self, x: State) -> Jacobian:
        position = x[..., 0]
        one = torch.ones_like(position)
        rows = (
            torch.stack((torch.zeros_like(one), one), dim=-1),
            torch.stack((1 - 3 * position * position, -self.damping * one), dim=-1),
        )
        return torch.stack(rows, dim=-2)

    def rest_points(self) -> Tensor:
        """(3, 2): the saddle at the origin, then the two valleys."""
        return torch.tensor([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)

    def energy(self, x: State) -> Tensor:
        """v²/2 - x²/2 + x⁴/4, which falls at the rate δv². x: (..., 2). Returns (...)."""
        position, velocity = x.unbind(-1)
        return (velocity**2 - position**2) / 2 + position**4 / 4

    def divergence(self) -> float:
        """The sum of both exponents, the same at every state: -δ per time unit."""
        return -self.damping
