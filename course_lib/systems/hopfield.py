"""The continuous Hopfield network (Hopfield 1984): symmetric weights make it roll downhill."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Frame, Jacobian, PerCoordinate, State
from course_lib.validation import check_finite, check_float64, check_number, check_shape, complaint


class Hopfield(Flow):
    """ẋ = -x + W tanh(x) + b, in units of the time constant.

    W: (dim, dim), rows receive.  b: (dim,); None: 0.
    `Hopfield.rank_one(v, gain)` is W = gain v vᵀ/|v|², whose rest points follow from one scalar equation: the origin
    alone for gain ≤ 1, two memories ±m v more beyond the pitchfork at gain = 1.
    Taught on the page "Fixed points and linearisation".
    """

    def __init__(self, W: Tensor, b: PerCoordinate | None = None):
        self.W = check_finite("W", check_shape("W", W, "dim dim"))
        self.dim = W.shape[0]
        self.b = torch.zeros_like(W[0]) if b is None else check_finite("b", check_shape("b", b, f"{self.dim}"))
        self.pattern: Tensor | None = None
        self.gain: float | None = None

    @classmethod
    def rank_one(cls, v: PerCoordinate, gain: float) -> "Hopfield":
        """One memory v: W = gain v vᵀ/|v|². v: (dim,), float64, not zero."""
        check_finite("v", check_shape("v", check_float64("v", v), "dim"))
        if not bool((v != 0).any()):
            raise complaint("v", wanted="a pattern with an entry that is not 0", got="zeros", do="Use entries of ±1.")
        network = cls(check_number("gain", gain) * torch.outer(v, v) / v.dot(v))
        network.pattern, network.gain = v, float(gain)
        return network

    def vector_field(self, x: State) -> State:
        return torch.tanh(x) @ self.W.T - x + self.b

    def jacobian(self, x: State) -> Jacobian:
        jacobian = self.W * (1 - torch.tanh(x) ** 2).unsqueeze(-2)
        jacobian.diagonal(dim1=-2, dim2=-1).sub_(1)
        return jacobian

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return self.W @ ((1 - torch.tanh(x) ** 2).unsqueeze(-1) * frame) - frame

    def parameters(self) -> tuple[Tensor, ...]:
        return tuple(tensor for tensor in (self.W, self.b) if tensor.requires_grad)

    def rest_points(self) -> Tensor:
        """(1 or 3, dim) of a rank-one network: the origin, then ±m v with m = gain v·tanh(m v)/|v|², m > 0."""
        if self.pattern is None or self.gain is None:
            raise complaint(
                "rest_points",
                wanted="a network made by Hopfield.rank_one",
                got="general weights, whose rest points are not known on paper",
                do="Search for them: fixed_points(network, starts).",
            )
        origin = torch.zeros(1, self.dim, dtype=self.W.dtype)
        if self.gain <= 1:
            return origin
        m = _amplitude(self.pattern, self.gain)
        return torch.cat((origin, m * self.pattern[None], -m * self.pattern[None]))


def _amplitude(v: Tensor, gain: float) -> float:
    """The positive root of m = gain v·tanh(m v)/|v|² by bisection: the right side is concave in m > 0."""
    low, high = 0.0, gain * float(v.abs().sum() / v.dot(v))  # tanh < 1 bounds the root
    for _ in range(200):
        middle = (low + high) / 2
        grows = gain * float(v.dot(torch.tanh(middle * v)) / v.dot(v)) > middle
        low, high = (middle, high) if grows else (low, middle)
    return (low + high) / 2
