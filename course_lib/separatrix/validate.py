"""One call for everything that can be said against a learnt border, over several fits."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.stepping import check_states
from course_lib.dynamics import Flow, Map
from course_lib.separatrix.curves import CurveErrors, hermite_curves, validate_on_curves
from course_lib.separatrix.descent import descend_to_separatrix
from course_lib.separatrix.record import Separatrix
from course_lib.separatrix.settling import settle
from course_lib.shapes import State
from course_lib.validation import check_generator, complaint


@dataclass(frozen=True)
class BasinScore:
    """Labels of a Separatrix against where states end.

    accuracy: share of right labels.  nearest: the same for the rule of the nearest attractor.
    undecided: share of states that reach no attractor; they are left out of both.  wrong: (m, dim).
    """

    accuracy: float
    nearest: float
    undecided: float
    wrong: State


@torch.no_grad()
def basin_score(
    separatrix: Separatrix,
    system: Flow | Map,
    states: State,
    *,
    duration: float | None = None,
    dt: float | None = None,
) -> BasinScore:
    """Share of states, (n, dim), whose basin ψ tells rightly. duration, dt: of `settle`.

    Taught on the page "Separatrices of trained networks".
    """
    attractors = separatrix.attractors
    states = check_states("states", states, attractors.shape[1])
    truth = settle(system, states, attractors, duration=duration, dt=dt)
    known = truth >= 0
    if not bool(known.any()):
        raise complaint("states", wanted="states that reach an attractor", got="none", do="Pass a longer duration.")
    x, truth = states[known], truth[known]
    right = separatrix.label(x) == truth
    nearest = torch.cdist(x, attractors).argmin(dim=1) == truth
    return BasinScore(
        float(right.double().mean()), float(nearest.double().mean()), float((~known).double().mean()), x[~right]
    )


def zero_set_error(separatrix: Separatrix, border: State, *, pair: int = 0) -> Tensor:
    """Distance [state units] of true border states, (n, dim), from ψ = 0 along ∇ψ, (n,); inf where none is reached.

    Taught on the page "Separatrices of known systems".
    """
    found = descend_to_separatrix(separatrix, border, pair=pair)
    return torch.where(found.converged, found.distance, torch.inf)


@dataclass(frozen=True)
class Validation:
    """Everything at once, one entry a fit: basins at the states, changes along the same curves.

    basins: BasinScore of each.  curves: CurveErrors of each.
    """

    basins: tuple[BasinScore, ...]
    curves: tuple[CurveErrors, ...]

    @property
    def accuracy(self) -> tuple[float, float]:
        """Median and smallest basin accuracy over the fits."""
        values = [score.accuracy for score in self.basins]
        return statistics.median(values), min(values)

    @property
    def error(self) -> tuple[float, float]:
        """Median and largest over the fits of the median error along curves [share of the attractors' distance]."""
        values = [errors.median for errors in self.curves]
        return statistics.median(values), max(values)


def validate(
    separatrices: Separatrix | Sequence[Separatrix],
    system: Flow | Map,
    states: State,
    *,
    generator: torch.Generator,
    n_curves: int = 100,
    spread: float = 1.0,
    duration: float | None = None,
    dt: float | None = None,
) -> Validation:
    """Score one fit, or several fits with other seeds on the same states and curves.

    states: (n, dim), not those of the fit.  n_curves, spread: of `hermite_curves` between the pairs.
    `course_lib.plotting.plot_validation` draws the panel.
    """
    fits = (separatrices,) if isinstance(separatrices, Separatrix) else tuple(separatrices)
    check_generator(generator)
    if not fits:
        raise complaint("separatrices", wanted="at least one", got="none", do="Pass what fit_separatrix returns.")
    first = fits[0]
    curves = hermite_curves(first.attractors, n_curves, generator=generator, pairs=first.pairs, spread=spread)
    return Validation(
        tuple(basin_score(fit, system, states, duration=duration, dt=dt) for fit in fits),
        tuple(validate_on_curves(fit, system, curves, duration=duration, dt=dt) for fit in fits),
    )
