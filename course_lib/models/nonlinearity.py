"""Static nonlinearities φ with their derivatives, by name."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SOFTPLUS_SHARPNESS = 5.0


@dataclass(frozen=True)
class Nonlinearity:
    """φ, and its derivative as a function of the same argument, both elementwise."""

    name: str
    phi: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor], Tensor]


def softplus(a: Tensor) -> Tensor:
    """log(1 + exp(βa)) / β with β = 5: a rate that is never negative and smooth, unlike ReLU."""
    return functional.softplus(a, beta=SOFTPLUS_SHARPNESS)


NONLINEARITIES: dict[str, Nonlinearity] = {
    "tanh": Nonlinearity("tanh", torch.tanh, lambda a: 1 - torch.tanh(a) ** 2),
    "softplus": Nonlinearity("softplus", softplus, lambda a: torch.sigmoid(SOFTPLUS_SHARPNESS * a)),
    "relu": Nonlinearity("relu", torch.relu, lambda a: (a > 0).to(a.dtype)),
}
