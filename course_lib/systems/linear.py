"""The linear flow ẋ = A x, on which every exponent and every solution is known on paper."""

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.shapes import Frame, Jacobian, State
from course_lib.validation import check_finite, check_shape


class Linear(Flow):
    """ẋ = A x. Its Lyapunov exponents are the real parts of A's eigenvalues, x(t) = exp(A t) x(0).

    A: (dim, dim), rows receive.
    Taught on the page "Measuring chaos".
    """

    def __init__(self, A: Tensor):
        self.A = check_finite("A", check_shape("A", A, "dim dim"))
        self.dim = A.shape[0]

    def vector_field(self, x: State) -> State:
        return x @ self.A.T

    def jacobian(self, x: State) -> Jacobian:
        return self.A.expand(*x.shape[:-1], self.dim, self.dim)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return self.A @ frame

    def parameters(self) -> tuple[Tensor, ...]:
        return (self.A,) if self.A.requires_grad else ()

    def rest_points(self) -> Tensor:
        """(1, dim): the origin, the only rest point of an invertible A."""
        return torch.zeros(1, self.dim, dtype=self.A.dtype, device=self.A.device)
