"""Learnt functions for the problem sets: modules of torch whose weights a case hands over."""

from collections.abc import Callable
from typing import Any

import numpy as np

Value = Any


def psi_net(W: np.ndarray, b: np.ndarray, v: np.ndarray, c: float) -> Callable[[Value], Value]:
    """psi(x) = v tanh(W x + b) + c as a module of torch; states (n, dim) to numbers (n,); W (units, dim)."""
    import torch

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.W, self.b, self.v, self.c = (_weight(part) for part in (W, b, v, c))

        def forward(self, x: Value) -> Value:
            W, b, v, c = (part.to(x.dtype) for part in (self.W, self.b, self.v, self.c))
            return torch.tanh(x @ W.T + b) @ v + c

    return Net()


def unbent(shear: float, waves: float, centre: np.ndarray) -> Callable[[Value], Value]:
    """psi(x, y) = g (x - shear sin(waves y)), both counted from centre, with the one weight g = 1; (n, 2) to (n,)."""
    import torch

    class Unbent(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.g = _weight(1.0)

        def forward(self, x: Value) -> Value:
            across, along = x[:, 0] - float(centre[0]), x[:, 1] - float(centre[1])
            return self.g.to(x.dtype) * (across - shear * torch.sin(waves * along))

    return Unbent()


def _weight(given: Value) -> Value:
    import torch

    return torch.nn.Parameter(torch.tensor(given, dtype=torch.float64))


NETS: dict[str, Callable[..., Any]] = {"psi_net": psi_net, "unbent": unbent}
