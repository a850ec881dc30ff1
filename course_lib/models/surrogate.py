"""Spikes with a gradient: a step on the way forward, a bell of a chosen width on the way back.

The true derivative of a threshold is zero everywhere but at one point. A surrogate gradient puts σ'(v - v_th) in its
place (Neftci, Mostafa, Zenke, IEEE Signal Processing Magazine 36, 2019). It is a choice and belongs in every report:
name, slope, and the width that follows from it. All bells here have height one; a larger slope is a narrower bell.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.validation import check_choice, check_positive


@dataclass(frozen=True)
class Bell:
    """One shape. of: of z = slope (v - v_th).  half_width, area: at slope one; both are divided by the slope.

    source: who used it.
    """

    of: Callable[[Tensor], Tensor]
    half_width: float
    area: float
    source: str


def _logistic(z: Tensor) -> Tensor:
    s = torch.sigmoid(z)
    return 4 * s * (1 - s)


BELLS: dict[str, Bell] = {
    "superspike": Bell(
        lambda z: (1 + z.abs()) ** -2, math.sqrt(2) - 1, 2.0, "Zenke, Ganguli, Neural Computation 30, 2018"
    ),
    "triangle": Bell(lambda z: (1 - z.abs()).clamp(min=0), 0.5, 1.0, "Esser et al., PNAS 113, 2016"),
    "logistic": Bell(
        _logistic, 2 * math.acosh(math.sqrt(2)), 4.0, "Neftci, Mostafa, Zenke, IEEE Signal Processing Magazine 36, 2019"
    ),
    "gaussian": Bell(
        lambda z: torch.exp(-(z**2) / 2),
        math.sqrt(2 * math.log(2)),
        math.sqrt(2 * math.pi),
        "the normal density, for comparison",
    ),
}


class _Threshold(torch.autograd.Function):
    """1 where the argument is above zero; backwards the gradient times `window`, which forward received."""

    @staticmethod
    def forward(ctx, excess: Tensor, window: Tensor) -> Tensor:  # type: ignore[override]
        ctx.save_for_backward(window)
        return (excess > 0).to(excess.dtype)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        (window,) = ctx.saved_tensors
        return gradient * window, None


@dataclass(frozen=True)
class Surrogate:
    """A threshold with the gradient of a bell: `lif_step(..., spike=Surrogate("superspike", 10.0))`.

    name: "superspike", "triangle", "logistic" or "gaussian".  slope: in 1 / threshold; the bell is divided by it in
    width. Slopes near one let every silent cell pass gradient, and a long unrolled network explodes.
    Taught on the page "Spiking neurons and surrogate gradients".
    """

    name: str = "superspike"
    slope: float = 10.0

    def __post_init__(self) -> None:
        check_choice("name", self.name, BELLS)
        check_positive("slope", self.slope)

    def __call__(self, excess: Tensor) -> Tensor:
        """0 or 1 from v - v_th: (...), with the surrogate's gradient."""
        return _Threshold.apply(excess, self.derivative(excess.detach()))

    def derivative(self, excess: Tensor) -> Tensor:
        """What stands in the place of the derivative, from v - v_th: (...)."""
        return BELLS[self.name].of(self.slope * excess)

    @property
    def half_width(self) -> float:
        """Distance from threshold at which the bell has fallen to one half."""
        return BELLS[self.name].half_width / self.slope

    @property
    def area(self) -> float:
        """Integral of the bell; the derivative of a step has area one."""
        return BELLS[self.name].area / self.slope
