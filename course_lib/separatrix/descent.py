"""Points of the learnt border: by descent from any state, and the nearest one, which is the smallest kick."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.stepping import check_states
from course_lib.separatrix.record import Separatrix
from course_lib.shapes import State
from course_lib.validation import check_count, check_generator

SURFACE = 1e-6  # |ψ| that counts as on the border
STEP = 0.5  # of the largest distance between attractors, the longest step of a descent
SLIDE = 0.3  # share of the way back towards the start, within the border, in a step of the search for the nearest
NEWTON = 4  # steps back onto the border after each slide


@dataclass(frozen=True)
class Descent:
    """Points reached on the border.

    x: (n, dim).  residual: (n,), |ψ| there.  distance: (n,), from the start [state units].
    converged: (n,) bool, residual below 1e-6.
    """

    x: State
    residual: Tensor
    distance: Tensor
    converged: Tensor


def descend_to_separatrix(separatrix: Separatrix, x: State, *, pair: int = 0, max_steps: int = 50) -> Descent:
    """From each state along ∇ψ to ψ = 0 by Newton steps -ψ∇ψ/‖∇ψ‖², halved where they do not help.

    x: (n, dim).  pair: column of ψ.  ψ is nearly flat far from its border, so that steps are cut to half the largest
    distance between attractors. A residual is given for every point; where the border lies in truth, `bisect_to_edge`
    and `validate_on_curves` say.
    """
    start = check_states("x", x, separatrix.attractors.shape[1])
    check_count("max_steps", max_steps)
    longest = STEP * float(torch.pdist(separatrix.attractors).max())
    x = start.clone()
    psi, slope = separatrix.gradient(x, pair)
    size = torch.ones_like(psi)
    for _ in range(max_steps):
        if bool((psi.abs() <= SURFACE).all()):
            break
        trial = x - _newton(psi, slope, longest) * size.unsqueeze(-1)
        new_psi, new_slope = separatrix.gradient(trial, pair)
        better = new_psi.abs() < psi.abs()
        x = torch.where(better.unsqueeze(-1), trial, x)
        psi, slope = torch.where(better, new_psi, psi), torch.where(better.unsqueeze(-1), new_slope, slope)
        size = torch.where(better, 1.0, size / 2)
    residual = psi.abs()
    return Descent(x, residual, (x - start).norm(dim=-1), residual <= SURFACE)


@dataclass(frozen=True)
class Kick:
    """The least displacement onto the border that was found.

    x: (n, dim), where it starts.  kick: (n, dim), to the border itself.  norm: (n,) [state units].
    to_other: (n,), the same straight towards the other attractor of the pair, inf where ψ does not change sign on it.
    pair: column of ψ.
    """

    x: State
    kick: State
    norm: Tensor
    to_other: Tensor
    pair: int


def smallest_kick(
    separatrix: Separatrix,
    x: State,
    *,
    generator: torch.Generator,
    pair: int = 0,
    tries: int = 8,
    n_steps: int = 60,
) -> Kick:
    """The shortest way from each state to ψ = 0, Euclidean norm.

    Searches start at the crossing on the way to the other attractor, at the saddles, and at `tries` random states
    round x; each descends to the border and then slides along it towards x, until x lies on its normal. The shortest
    is kept. The norm is a choice: a coordinate that is harder to push should be scaled first.

    x: (n, dim).  Returns Kick; to be over the border, lengthen it a little.
    Taught on the page "Separatrices of trained networks".
    """
    x = check_states("x", x, separatrix.attractors.shape[1])
    check_generator(generator)
    check_count("tries", tries, least=0)
    i, j = separatrix.pairs[pair]
    on_j = separatrix.gradient(x, pair)[0] > 0
    other = separatrix.attractors[torch.where(on_j, i, j)]
    straight = _crossing(separatrix, x, other, pair)
    begins = [torch.where(straight.isfinite().unsqueeze(-1), straight_point(x, other, straight), (x + other) / 2)]
    begins += [saddle.expand_as(x) for saddle in separatrix.saddles]
    reach = (other - x).norm(dim=-1, keepdim=True) / x.shape[1] ** 0.5
    for _ in range(tries):
        begins.append((x + other) / 2 + reach / 2 * torch.randn(x.shape, generator=generator, dtype=x.dtype))
    best, norm = torch.full_like(x, torch.nan), torch.full_like(reach[:, 0], torch.inf)
    for begin in begins:
        y, there = _slide(separatrix, x, begin, pair, n_steps)
        length = torch.where(there, (y - x).norm(dim=-1), torch.inf)
        best = torch.where((length < norm).unsqueeze(-1), y - x, best)
        norm = torch.minimum(length, norm)
    return Kick(x, best, norm, straight * (other - x).norm(dim=-1), pair)


def straight_point(x: Tensor, other: Tensor, share: Tensor) -> Tensor:
    return x + share.nan_to_num(posinf=0.5).unsqueeze(-1) * (other - x)


def _newton(psi: Tensor, slope: Tensor, longest: float) -> Tensor:
    step = psi.unsqueeze(-1) * slope / slope.square().sum(-1, keepdim=True).clamp_min(1e-30)
    length = step.norm(dim=-1, keepdim=True)
    return step * (longest / length.clamp_min(longest))


def _slide(separatrix: Separatrix, x: Tensor, begin: Tensor, pair: int, n_steps: int) -> tuple[Tensor, Tensor]:
    """Points on the border that are locally nearest to x, and whether they are on it."""
    y = descend_to_separatrix(separatrix, begin, pair=pair).x
    longest = STEP * float(torch.pdist(separatrix.attractors).max())
    for _ in range(n_steps):
        _, slope = separatrix.gradient(y, pair)
        normal = slope / slope.norm(dim=-1, keepdim=True).clamp_min(1e-30)
        back = x - y
        y = y + SLIDE * (back - (back * normal).sum(-1, keepdim=True) * normal)
        for _ in range(NEWTON):
            psi, slope = separatrix.gradient(y, pair)
            y = y - _newton(psi, slope, longest)
            if float(psi.abs().max()) < SURFACE:
                break
    return y, separatrix.gradient(y, pair)[0].abs() <= 1e3 * SURFACE


def _crossing(separatrix: Separatrix, x: Tensor, other: Tensor, pair: int) -> Tensor:
    """Share of the way from x to `other` at which ψ first changes sign, (n,); inf without a change."""
    shares = torch.linspace(0, 1, 101, dtype=x.dtype)
    states = x.unsqueeze(1) + shares[:, None] * (other - x).unsqueeze(1)
    value = separatrix.all_members(states.reshape(-1, x.shape[1])).mean(dim=0)[:, pair].reshape(len(x), -1)
    change = (value[:, 1:] > 0) != (value[:, :-1] > 0)
    k = change.to(torch.int8).argmax(dim=1)
    rows = torch.arange(len(x))
    before, after = value[rows, k], value[rows, k + 1]
    share = shares[k] + (shares[1] - shares[0]) * before / (before - after)
    return torch.where(change.any(dim=1), share, torch.inf)
