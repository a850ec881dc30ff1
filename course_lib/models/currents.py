"""The currents into the cells of an E/I network, and how far excitation and inhibition cancel."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.validation import check_finite, check_shape, complaint


@dataclass(frozen=True)
class Currents:
    """What enters φ of every cell, each (..., dim): from outside (U u + b), from E cells, from I cells (negative).

    Taught on the page "E/I rate networks".
    """

    external: Tensor
    excitatory: Tensor
    inhibitory: Tensor

    @property
    def net(self) -> Tensor:
        """The sum of the three."""
        return self.external + self.excitatory + self.inhibitory


@dataclass(frozen=True)
class Balance:
    """How far the currents into each cell cancel; every field is (dim,).

    excitation, inhibition: mean of all that pushes up and of all that pushes down, both positive, the external current
    among them by its sign.  net: mean of their difference.  index: 1 - |net| / ((excitation + inhibition) / 2), 1 where
    they cancel and -1 where one of them is absent; NaN for a cell without currents.
    recurrent_index: the same with the external current left out. It says little: a network that cancels a strong drive
    looks unbalanced by it.  tracking: correlation of excitation and inhibition over the samples, NaN where constant.
    """

    excitation: Tensor
    inhibition: Tensor
    net: Tensor
    index: Tensor
    recurrent_index: Tensor
    tracking: Tensor


@torch.no_grad()
def current_balance(currents: Currents) -> Balance:
    """Balance of every cell, over all axes but the last: (time, dim) or (batch, time, dim), stationary samples.

    van Vreeswijk and Sompolinsky 1998 (cancellation of large currents, the external one among them).
    Taught on the page "E/I rate networks".
    """
    external, excitatory, inhibitory = currents.external, currents.excitatory, currents.inhibitory
    check_finite("currents.external", check_shape("currents.external", external, "... time dim"))
    for name, part in (("excitatory", excitatory), ("inhibitory", inhibitory)):
        if part.shape != external.shape:
            raise complaint(
                f"currents.{name}",
                wanted=f"the external current's shape {tuple(external.shape)}",
                got=str(tuple(part.shape)),
                do="Take all three from network.currents(x, u).",
            )
        check_finite(f"currents.{name}", part)
    dim = external.shape[-1]
    up = (excitatory + external.clamp_min(0)).reshape(-1, dim)
    down = -(inhibitory + external.clamp_max(0)).reshape(-1, dim)
    excitation, inhibition = up.mean(dim=0), down.mean(dim=0)
    recurrent = excitatory.reshape(-1, dim).mean(dim=0), -inhibitory.reshape(-1, dim).mean(dim=0)
    return Balance(
        excitation,
        inhibition,
        excitation - inhibition,
        _index(excitation, inhibition),
        _index(*recurrent),
        _correlation(up, down),
    )


def _index(up: Tensor, down: Tensor) -> Tensor:
    return 1 - (up - down).abs() / ((up + down) / 2)


def _correlation(a: Tensor, b: Tensor) -> Tensor:
    """Over the first axis, (dim,); NaN where one of both does not move beyond rounding."""
    size = torch.maximum(a.abs(), b.abs()).amax(dim=0)
    a, b = a - a.mean(dim=0), b - b.mean(dim=0)
    spread_a, spread_b = (a**2).mean(dim=0).sqrt(), (b**2).mean(dim=0).sqrt()
    still = torch.minimum(spread_a, spread_b) <= 1e-12 * size
    return ((a * b).mean(dim=0) / (spread_a * spread_b)).where(~still, torch.nan)
