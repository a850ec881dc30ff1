"""The perturbation experiment: does the smallest kick flip the memory, half of it not, and a random one not?"""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Flow, Map
from course_lib.separatrix.descent import Kick
from course_lib.separatrix.record import Separatrix
from course_lib.separatrix.settling import settle
from course_lib.validation import check_generator, check_positive


@dataclass(frozen=True)
class KickExperiment:
    """Shares of states that change basin.

    whole: after the smallest kick, lengthened by `overshoot`.  half: after half of it.  random: after a kick of the
    same length in a random direction.  towards: after one of the same length straight towards the other attractor.
    norm: (n,), of the smallest kick; to_other: (n,), of the kick that reaches ψ = 0 straight towards the other.
    flipped: (n,) bool, by the whole kick.
    """

    whole: float
    half: float
    random: float
    towards: float
    norm: Tensor
    to_other: Tensor
    flipped: Tensor


@torch.no_grad()
def kick_experiment(
    separatrix: Separatrix,
    system: Flow | Map,
    kick: Kick,
    *,
    generator: torch.Generator,
    overshoot: float = 0.05,
    duration: float | None = None,
    dt: float | None = None,
) -> KickExperiment:
    """Kick every state of `kick` and let it settle. overshoot: share by which the kick goes past ψ = 0.

    A flip is a change of the basin that the state settles in, found by integration; ψ has no say. The overshoot stands
    for the border's own error: half a kick plus overshoot is far from it.
    Taught on the page "Separatrices of trained networks".
    """
    check_generator(generator)
    check_positive("overshoot", overshoot, or_zero=True)
    x, full = kick.x, (1 + overshoot) * kick.kick
    length = full.norm(dim=-1, keepdim=True)
    aside = torch.randn(x.shape, generator=generator, dtype=x.dtype)
    aside = length * aside / aside.norm(dim=-1, keepdim=True)
    i, j = separatrix.pairs[kick.pair]
    on_j = separatrix.gradient(x, kick.pair)[0] > 0
    across = separatrix.attractors[torch.where(on_j, i, j)] - x
    across = length * across / across.norm(dim=-1, keepdim=True)
    ends = torch.cat((x, x + full, x + full / 2, x + aside, x + across))
    before, *after = settle(system, ends, separatrix.attractors, duration=duration, dt=dt).chunk(5)
    whole, half, random, towards = ((label != before) & (label >= 0) & (before >= 0) for label in after)
    shares = (float(flipped.double().mean()) for flipped in (whole, half, random, towards))
    of_whole, of_half, of_random, of_towards = shares
    return KickExperiment(of_whole, of_half, of_random, of_towards, kick.norm, kick.to_other, whole)
