"""The autonomous flows that a rate network becomes: its input held, its loop closed, or its input on a ramp."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.models.nonlinearity import Nonlinearity
from course_lib.shapes import Frame, Jacobian, State


class RateFlow(Flow):
    """τ ẋ = -x + φ(W x + bias): a network whose input is held, or whose loop is closed.

    W: (dim, dim).  bias: (dim,), or (batch, dim) where every state of a batch has its own.  tau: () or (dim,).
    """

    def __init__(self, W: Tensor, bias: Tensor, tau: Tensor, nonlinearity: Nonlinearity):
        self.W, self.bias, self.tau, self.nonlinearity = W, bias, tau, nonlinearity
        self.dim = W.shape[0]

    def vector_field(self, x: State) -> State:
        return (self.nonlinearity.phi(self._drive(x)) - x) / self.tau

    def jacobian(self, x: State) -> Jacobian:
        gain = self.nonlinearity.derivative(self._drive(x))  # (..., dim)
        identity = torch.eye(self.dim, dtype=x.dtype, device=x.device)
        return (gain[..., None] * self.W - identity) / self.tau[..., None]

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        gain = self.nonlinearity.derivative(self._drive(x))[..., None]  # (..., dim, 1)
        pushed = (frame.mT @ self.W.T).mT  # one large product instead of a batch of small ones
        return torch.addcmul(-frame, gain, pushed) / self.tau[..., None]

    def variational_field(self, z: State) -> State:
        pushed = z @ self.W.T  # (..., 1 + k, dim), for the state and its tangent vectors in one product
        drive = pushed[..., :1, :] + self.bias
        gain = self.nonlinearity.derivative(drive)
        return (torch.cat((self.nonlinearity.phi(drive), gain * pushed[..., 1:, :]), dim=-2) - z) / self.tau

    def parameters(self) -> tuple[Tensor, ...]:
        return tuple(p for p in (self.W, self.bias) if p.requires_grad)

    def _drive(self, x: Tensor) -> Tensor:
        return x @ self.W.T + self.bias


class RampFlow(Flow):
    """A rate network whose input moves at a steady rate: τ ẋ = -x + φ(W x + bias + s ramp), ṡ = 1.

    The state is (x, s): (..., dim) with dim one more than the network's, s the time since the ramp began. Between two
    samples a linearly interpolated input is such a ramp.  bias, ramp: (batch, dim - 1) or (dim - 1,).
    """

    def __init__(self, W: Tensor, bias: Tensor, ramp: Tensor, tau: Tensor, nonlinearity: Nonlinearity):
        self.W, self.bias, self.ramp, self.tau, self.nonlinearity = W, bias, ramp, tau, nonlinearity
        self.dim = W.shape[0] + 1

    def vector_field(self, x: State) -> State:
        rates, s = x[..., :-1], x[..., -1:]
        drive = rates @ self.W.T + self.bias + s * self.ramp
        return torch.cat(((self.nonlinearity.phi(drive) - rates) / self.tau, torch.ones_like(s)), dim=-1)

    def parameters(self) -> tuple[Tensor, ...]:
        return tuple(p for p in (self.W, self.bias, self.ramp) if p.requires_grad)
