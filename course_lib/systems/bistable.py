"""Switches: double wells side by side, with every rest point and every basin boundary known on paper."""

import itertools
import math

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Frame, Jacobian, State
from course_lib.validation import check_count, check_number, check_positive, complaint


class Bistable(Flow):
    """ẋᵢ = xᵢ - xᵢ³ + u for the first `bits` coordinates, ẋᵢ = -γxᵢ for the others. Dimensionless.

    dim = 1: the classical switch. dim = 2: its separatrix is the line x₁ = 0 (u = 0). bits = dim = 3: a memory of
    three bits with 27 rest points, 8, 12, 6 and 1 of them with 0, 1, 2 and 3 unstable directions.
    tilt: u; beyond |u| = 2/(3√3) one valley of each switch is gone.  decay: γ, the rate of the other coordinates.
    Taught on the page "Separatrices of known systems".

    >>> Bistable().rest_points().sort(dim=0).values.round(decimals=6).abs().flatten().tolist()
    [1.0, 0.0, 1.0]
    >>> len(Bistable(3, bits=3).rest_points())
    27
    """

    def __init__(self, dim: int = 1, *, bits: int = 1, tilt: float = 0.0, decay: float = 1.0):
        self.dim = check_count("dim", dim)
        self.bits = check_count("bits", bits)
        if bits > dim:
            raise complaint("bits", wanted=f"at most dim = {dim}", got=str(bits), do="One coordinate carries one bit.")
        self.tilt = check_number("tilt", tilt)
        self.decay = check_positive("decay", decay)

    def vector_field(self, x: State) -> State:
        switches, rest = x[..., : self.bits], x[..., self.bits :]
        return torch.cat((switches - switches**3 + self.tilt, -self.decay * rest), dim=-1)

    def jacobian(self, x: State) -> Jacobian:
        return torch.diag_embed(self._slopes(x))

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return self._slopes(x).unsqueeze(-1) * frame

    def rest_points(self) -> Tensor:
        """(3^bits or 1, dim): every combination of the roots of x - x³ + u = 0; the other coordinates are 0."""
        switches = list(itertools.product(self._roots(), repeat=self.bits))
        points = torch.zeros(len(switches), self.dim, dtype=torch.float64)
        points[:, : self.bits] = torch.tensor(switches, dtype=torch.float64)
        return points

    def _slopes(self, x: Tensor) -> Tensor:
        switches, rest = x[..., : self.bits], x[..., self.bits :]
        return torch.cat((1 - 3 * switches**2, torch.full_like(rest, -self.decay)), dim=-1)

    def _roots(self) -> list[float]:
        """Real roots of x³ - x - u = 0: Viète's cosines where there are three, Cardano's formula where there is one."""
        cosine = 3 * math.sqrt(3) / 2 * self.tilt
        if abs(cosine) < 1:
            third = math.acos(cosine) / 3
            return [2 / math.sqrt(3) * math.cos(third - 2 * math.pi * i / 3) for i in range(3)]
        root = math.sqrt(max(self.tilt**2 / 4 - 1 / 27, 0.0))
        outer = math.copysign(math.cbrt(abs(self.tilt) / 2 + root), self.tilt)
        single = outer + 1 / (3 * outer)
        return [single] if root > 0 else [single, -single / 2]
