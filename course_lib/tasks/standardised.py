"""A flow in other units: every coordinate shifted and scaled, as the data of a task are."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow, check_flow
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_finite, check_shape, complaint


class StandardisedFlow(Flow):
    """ż = f(mean + std z) / std, the flow of z = (x - mean) / std.

    flow: ẋ = f(x).  mean, std: (dim,), std above 0. Lyapunov exponents are those of the flow.
    """

    def __init__(self, flow: Flow, mean: Tensor, std: Tensor):
        self.flow = check_flow("flow", flow)
        self.dim = flow.dim
        self.mean = check_finite("mean", check_shape("mean", mean, f"{self.dim}"))
        self.std = check_finite("std", check_shape("std", std, f"{self.dim}"))
        if bool((std <= 0).any()):
            raise complaint("std", wanted="scales above 0", got=str(std.tolist()), do="Leave out constant coordinates.")

    def vector_field(self, x: State) -> State:
        return self.flow.vector_field(torch.addcmul(self.mean, self.std, x)) / self.std

    def jacobian(self, x: State) -> Jacobian:
        inner = self.flow.jacobian(torch.addcmul(self.mean, self.std, x))
        return inner * (self.std / self.std[:, None])  # column j carries std j, row i its inverse
