"""Which attractor a start ends at, and what share of the starts each one draws."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.grouping import group_points
from course_lib.analysis.stepping import check_states, check_system, orbit, step_length
from course_lib.dynamics import Flow, Map
from course_lib.shapes import State
from course_lib.validation import check_finite, check_float64, check_positive, check_shape, complaint

ROWS_AT_ONCE = 16384
MOST_ATTRACTORS = 100
WINDOW = 0.1  # of the duration: the last two windows have to agree


@dataclass(frozen=True)
class Basins:
    """Where starts end.

    starts: (n, dim).  label: (n,) int, which row of `attractors`; -1 undecided: not settled within the duration,
    escaped, or settled at something that a small kick leaves for good (a saddle, the separatrix itself).
    attractors: (k, m), the end states, or what `feature` makes of them; in the order in which the starts reach them.
    fractions, standard_error: (k,), share of all starts, with the binomial error sqrt(p(1-p)/n) of independent starts
    (starts on a grid do better).  undecided: share with the label -1.
    end: (n, dim), the last states, NaN where an orbit escaped.
    """

    starts: State
    label: Tensor
    attractors: Tensor
    fractions: Tensor
    standard_error: Tensor
    undecided: float
    end: State


@torch.no_grad()
def basins(
    system: Flow | Map,
    starts: State,
    *,
    duration: float,
    dt: float | None = None,
    attractors: Tensor | None = None,
    radius: float = 1e-2,
    feature: Callable[[Tensor], Tensor] | None = None,
    escape: float | None = None,
) -> Basins:
    """Run every start for `duration` and label it by the attractor at which it ends.

    starts: (n, dim), float64; `grid_starts` makes a grid.  dt: longest RK4 step of a Flow (required); of a Map the
    time of one iteration (default 1).
    attractors: (k, m), known ones; None: groups of end states that come back after kicks along every axis.
    radius: largest difference of a coordinate [state units] within one attractor, and between the last two tenths of
    the duration for a start to count as settled.
    feature: for attractors that are not points: takes the states of a tenth of the duration, (n, time, dim), returns
    (n, m), for example `lambda x: x.amax(dim=1)`; it must give all orbits on an attractor the same values to `radius`.
    escape: norm beyond which an orbit is given up and labelled -1; None: an orbit that runs away raises.

    Returns Basins. Taught on the page "Separatrices of known systems".
    """
    check_system(system)
    starts = check_states("starts", starts, system.dim)
    h, n_steps = step_length(system, check_positive("duration", duration), dt)
    radius = check_positive("radius", radius)
    escape = None if escape is None else check_positive("escape", escape)
    window = max(1, math.ceil(WINDOW * n_steps))
    if n_steps < 2 * window:
        raise complaint("duration", wanted="at least two steps", got=str(n_steps), do="Pass a longer duration.")

    def run(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        parts = [_ends(system, part, h, n_steps, window, feature, radius, escape) for part in x.split(ROWS_AT_ONCE)]
        end, features, settled = (torch.cat(values) for values in zip(*parts, strict=True))
        return end, features, settled

    end, features, settled = run(starts)
    if attractors is None:
        attractors = _attractors(run, end[settled], features[settled], radius)
    else:
        check_finite("attractors", check_shape("attractors", check_float64("attractors", attractors), "k m"))
        if attractors.shape[1] != features.shape[1]:
            raise complaint(
                "attractors",
                wanted=f"{features.shape[1]} numbers each",
                got=str(attractors.shape[1]),
                do="They are compared with the end states, or with what feature returns.",
            )
    label = torch.full((len(starts),), -1)
    if len(attractors):
        nearest, which = torch.cdist(features, attractors, p=math.inf).min(dim=1)
        label = torch.where(settled & (nearest <= radius), which, label)
    fractions = torch.bincount(label[label >= 0], minlength=len(attractors)) / len(starts)
    fractions = fractions.to(starts.dtype)
    return Basins(
        starts=starts,
        label=label,
        attractors=attractors,
        fractions=fractions,
        standard_error=(fractions * (1 - fractions) / len(starts)).sqrt(),
        undecided=float((label < 0).double().mean()),
        end=end,
    )


def _ends(
    system: Flow | Map,
    x: Tensor,
    h: float,
    n_steps: int,
    window: int,
    feature: Callable[[Tensor], Tensor] | None,
    radius: float,
    escape: float | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Last states (n, dim), their features (n, m), and which rows settled (n,) bool."""
    kept: list[Tensor] = []  # the states of the last two windows
    for step, (state, _) in enumerate(orbit(system, x, h, n_steps, escape=escape)):
        if step > n_steps - 2 * window and (feature is not None or step in (n_steps - window, n_steps)):
            kept.append(state)
    if feature is None:
        earlier, later = kept[0], kept[-1]
    else:
        states = torch.stack(kept, dim=1)
        earlier, later = feature(states[:, :window]), feature(states[:, window:])
        if later.ndim != 2 or len(later) != len(x):
            raise complaint(
                "feature",
                wanted=f"({len(x)}, m) numbers for states {tuple(states[:, window:].shape)}",
                got=f"{tuple(later.shape)}",
                do="Reduce the time axis, for example x.amax(dim=1).",
            )
    settled = (later - earlier).abs().amax(dim=-1) <= radius  # False for NaN, where an orbit escaped
    return kept[-1], later, settled


def _attractors(
    run: Callable[[Tensor], tuple[Tensor, Tensor, Tensor]], end: Tensor, features: Tensor, radius: float
) -> Tensor:
    """Features of the groups of ends that survive kicks of half a radius along every axis, both ways, (k, m)."""
    _, founders = group_points(features, radius)
    if len(founders) > MOST_ATTRACTORS:
        raise complaint(
            "basins",
            wanted=f"end states in at most {MOST_ATTRACTORS} groups",
            got=str(len(founders)),
            do="Take a longer duration or a larger radius; for cycles and chaos pass a feature.",
        )
    if not len(founders):
        return features[:0]
    dim = end.shape[1]
    kicks = radius / 2 * torch.cat((torch.eye(dim, dtype=end.dtype), -torch.eye(dim, dtype=end.dtype)))
    kicked = (end[founders].unsqueeze(1) + kicks).reshape(-1, dim)
    _, back, settled = run(kicked)
    home = features[founders].repeat_interleave(2 * dim, dim=0)
    returns = settled & ((back - home).abs().amax(dim=-1) <= radius)
    return features[founders[returns.reshape(len(founders), -1).all(dim=1)]]
