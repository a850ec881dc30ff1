"""Static nonlinearities φ with their derivatives, by name."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SOFTPLUS_SHARPNESS = 5.0
LOGISTIC_SHARPNESS = 4.0


@dataclass(frozen=True)
class Nonlinearity:
    """φ, and its derivative as a function of the same argument, both elementwise."""

    name: str
    phi: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor], Tensor]


def softplus(a: Tensor) -> Tensor:
    """log(1 + exp(βa)) / β with β = 5: a rate that is never negative and smooth, unlike ReLU."""
    return functional.softplus(a, beta=SOFTPLUS_SHARPNESS)


def logistic(a: Tensor) -> Tensor:
    """1 / (1 + exp(-k (a - 1/2))) with k = 4: a rate between 0 and 1 that rises with slope 1 at a = 1/2."""
    return torch.sigmoid(LOGISTIC_SHARPNESS * (a - 0.5))


def _logistic_slope(a: Tensor) -> Tensor:
    rate = logistic(a)
    return LOGISTIC_SHARPNESS * rate * (1 - rate)


#: The nonlinearities by name: "tanh", "softplus", "logistic" and "relu".
NONLINEARITIES: dict[str, Nonlinearity] = {
    "tanh": Nonlinearity("tanh", torch.tanh, lambda a: 1 - torch.tanh(a) ** 2),
    "softplus": Nonlinearity("softplus", softplus, lambda a: torch.sigmoid(SOFTPLUS_SHARPNESS * a)),
    "logistic": Nonlinearity("logistic", logistic, _logistic_slope),
    "relu": Nonlinearity("relu", torch.relu, lambda a: (a > 0).to(a.dtype)),
}
RATES = ("softplus", "relu", "logistic")  # never negative, as the firing rate of a cell
