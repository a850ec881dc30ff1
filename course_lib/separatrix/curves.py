"""Random curves between attractors, and where on them the basin changes and where ψ does.

The curves leave the states on which ψ was learnt; a straight line between two memories would test one point of a
border. Places are found by change of label and by change of sign, never as the smallest |ψ|: a ψ that comes close to
zero and turns back has no zero.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Flow, Map
from course_lib.separatrix.edge import cut
from course_lib.separatrix.record import Separatrix
from course_lib.separatrix.settling import settle, time_step
from course_lib.shapes import State
from course_lib.validation import check_count, check_generator, check_positive, check_shape, complaint

SAMPLES = 41  # places on a curve between which changes are looked for
WIDTH = 1e-6  # of the curve's parameter, to which a change is bisected


@dataclass(frozen=True)
class Curves:
    """Cubic Hermite curves c(s), 0 ≤ s ≤ 1.

    start, end: (n, dim), c(0) and c(1).  leaving, arriving: (n, dim), the tangents there.  pairs: (n, 2) int, the
    attractors that they join.
    """

    start: State
    end: State
    leaving: State
    arriving: State
    pairs: Tensor

    def at(self, rows: Tensor, s: Tensor) -> State:
        """c(s) of some curves. rows, s: (m,). Returns (m, dim)."""
        s = s.unsqueeze(-1)
        return (
            (2 * s**3 - 3 * s**2 + 1) * self.start[rows]
            + (s**3 - 2 * s**2 + s) * self.leaving[rows]
            + (3 * s**2 - 2 * s**3) * self.end[rows]
            + (s**3 - s**2) * self.arriving[rows]
        )


def hermite_curves(
    attractors: State,
    n: int,
    *,
    generator: torch.Generator,
    pairs: tuple[tuple[int, int], ...] = ((0, 1),),
    spread: float = 1.0,
) -> Curves:
    """n random curves from attractor i to attractor j, the pairs in turn.

    Both tangents are 1.4 (xⱼ - xᵢ) plus a Gaussian vector of RMS norm spread · ‖xⱼ - xᵢ‖.
    Taught on the page "Separatrices of known systems".
    """
    check_shape("attractors", attractors, "k dim")
    check_count("n", n)
    check_generator(generator)
    check_positive("spread", spread, or_zero=True)
    ends = torch.tensor([pairs[i % len(pairs)] for i in range(n)])
    start, end = attractors[ends[:, 0]], attractors[ends[:, 1]]
    across = end - start
    size = spread * across.norm(dim=-1, keepdim=True) / math.sqrt(across.shape[1])
    noise = torch.randn((2, *across.shape), generator=generator, dtype=across.dtype)
    return Curves(start, end, 1.4 * across + size * noise[0], 1.4 * across + size * noise[1], ends)


@dataclass(frozen=True)
class CurveErrors:
    """True and predicted changes along curves, one row each true change of basin between two neighbours of ψ.

    curve: (m,) int.  pair: (m,) int, the column of ψ.  place: (m,), s of the true change.  state: (m, dim) there.
    predicted: (m,), s of the nearest change of ψ's sign on that curve; NaN where it has none.
    error: (m,), distance of the two states [state units], inf where there is none.
    baseline: (m,), the same for the rule of the nearest memory.
    spread: standard deviation of the true places' states about their mean [state units], the smaller of the scales
    against which an error can be read; r_squared: 1 - Σ(ŝ - s)²/Σ(s - mean s)², over curves with one change.
    distance: (m,), between the two attractors.  missed: true changes without a predicted one.
    extra: predicted changes beyond the true ones.  unlabelled: share of the sampled states that reached no attractor.
    """

    curve: Tensor
    pair: Tensor
    place: Tensor
    state: State
    predicted: Tensor
    error: Tensor
    baseline: Tensor
    distance: Tensor
    spread: float
    r_squared: float
    missed: int
    extra: int
    unlabelled: float

    @property
    def median(self) -> float:
        """Median error [share of the distance between the two attractors]."""
        return float((self.error / self.distance).median())

    @property
    def baseline_median(self) -> float:
        """The same for the nearest memory."""
        return float((self.baseline / self.distance).median())


@torch.no_grad()
def validate_on_curves(
    separatrix: Separatrix,
    system: Flow | Map,
    curves: Curves,
    *,
    duration: float | None = None,
    dt: float | None = None,
    radius: float | None = None,
) -> CurveErrors:
    """Where along curves the basin changes, and how far from there ψ changes sign.

    True changes: labels by integration at 41 places, then bisection. Predicted ones: sign changes of the pair's ψ
    among the same places, then bisection. duration, dt, radius: of `settle`.

    Returns CurveErrors.  Raises where no curve crosses a border.
    Taught on the page "Separatrices of known systems".
    """
    attractors = separatrix.attractors
    n, dim = curves.start.shape
    rows = torch.arange(n).repeat_interleave(SAMPLES)
    s = torch.linspace(0, 1, SAMPLES, dtype=attractors.dtype).repeat(n)
    states = curves.at(rows, s)
    h = time_step(system, torch.cat((attractors, states))) if dt is None else dt

    def labels_of(rows: Tensor, s: Tensor) -> Tensor:
        return settle(system, curves.at(rows, s), attractors, duration=duration, dt=h, radius=radius)

    label = labels_of(rows, s).reshape(n, SAMPLES)
    unlabelled = float((label < 0).double().mean())
    curve, place, sides = _true_changes(label, labels_of)
    column = {pair: p for p, pair in enumerate(separatrix.pairs)}
    pair = torch.tensor([column.get(tuple(sorted(two)), -1) for two in sides.tolist()], dtype=torch.long)
    known = pair >= 0
    curve, place, sides, pair = curve[known], place[known], sides[known], pair[known]
    if not len(curve):
        raise complaint(
            "curves",
            wanted="curves that cross a border between neighbours",
            got=f"none among {n}, {unlabelled:.0%} of whose states reach no attractor",
            do="Take more curves, or a longer duration.",
        )
    state = curves.at(curve, place)

    def psi_along(s: Tensor) -> Tensor:  # (m, places) to the ψ of each row's own pair
        x = curves.at(curve.repeat_interleave(s.shape[1]), s.reshape(-1))
        psi = separatrix.all_members(x).mean(dim=0)
        return psi.gather(1, pair.repeat_interleave(s.shape[1]).unsqueeze(1)).reshape(s.shape)

    def nearer_along(s: Tensor) -> Tensor:
        x = curves.at(curve.repeat_interleave(s.shape[1]), s.reshape(-1)).reshape(*s.shape, dim)
        one, two = attractors[sides[:, 0]].unsqueeze(1), attractors[sides[:, 1]].unsqueeze(1)
        return (x - one).norm(dim=-1) - (x - two).norm(dim=-1)

    predicted, counts = _sign_change(psi_along, place)
    nearest, _ = _sign_change(nearer_along, place)
    single = torch.bincount(curve, minlength=n)[curve] == 1
    return CurveErrors(
        curve=curve,
        pair=pair,
        place=place,
        state=state,
        predicted=predicted,
        error=_distance(curves, curve, predicted, state),
        baseline=_distance(curves, curve, nearest, state),
        distance=(attractors[sides[:, 0]] - attractors[sides[:, 1]]).norm(dim=-1),
        spread=float((state - state.mean(dim=0)).square().sum(-1).mean().sqrt()),
        r_squared=_r_squared(place[single], predicted[single]),
        missed=int(predicted.isnan().sum()),
        extra=int((counts[single] - 1).clamp_min(0).sum()),
        unlabelled=unlabelled,
    )


def _true_changes(label: Tensor, labels_of: Callable[[Tensor, Tensor], Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Curve, place and both labels of every change among the samples.

    A sample without a label, which may lie on the border itself, takes that of the sample before it.
    """
    for i in range(1, label.shape[1]):
        label[:, i] = torch.where(label[:, i] < 0, label[:, i - 1], label[:, i])
    before, after = label[:, :-1], label[:, 1:]
    curve, k = ((before != after) & (before >= 0) & (after >= 0)).nonzero().unbind(dim=1)
    sides = torch.stack((before[curve, k], after[curve, k]), dim=1)
    grid = torch.linspace(0, 1, label.shape[1], dtype=torch.float64)
    low, high = grid[k].unsqueeze(1), grid[k + 1].unsqueeze(1)
    while len(curve) and float((high - low).max()) > WIDTH:

        def label_of(s: Tensor) -> Tensor:
            return labels_of(curve.repeat_interleave(len(s) // len(curve)), s[:, 0])

        low, high, sides = cut(low, high, sides, label_of)
    return curve, ((low + high) / 2).squeeze(1), sides


def _sign_change(value_along: Callable[[Tensor], Tensor], place: Tensor) -> tuple[Tensor, Tensor]:
    """The change of sign nearest to each place, (m,), NaN without one, and how many there are, (m,)."""
    m = len(place)
    grid = torch.linspace(0, 1, 4 * (SAMPLES - 1) + 1, dtype=place.dtype)
    value = value_along(grid.expand(m, -1))
    change = (value[:, :-1] > 0) != (value[:, 1:] > 0)
    middle = (grid[:-1] + grid[1:]) / 2
    gap = torch.where(change, (middle - place.unsqueeze(1)).abs(), torch.inf)
    k = gap.argmin(dim=1)
    rows = torch.arange(m)
    low, high, below = grid[k], grid[k + 1], value[rows, k] > 0
    while float((high - low).max()) > WIDTH:
        middle_ = (low + high) / 2
        same = (value_along(middle_.unsqueeze(1)).squeeze(1) > 0) == below
        low, high = torch.where(same, middle_, low), torch.where(same, high, middle_)
    return torch.where(change.any(dim=1), (low + high) / 2, torch.nan), change.sum(dim=1)


def _distance(curves: Curves, curve: Tensor, s: Tensor, state: Tensor) -> Tensor:
    return (curves.at(curve, s) - state).norm(dim=-1).nan_to_num(nan=math.inf)


def _r_squared(true: Tensor, predicted: Tensor) -> float:
    if len(true) < 2 or bool(predicted.isnan().any()):
        return math.nan
    return 1 - float((predicted - true).square().sum() / (true - true.mean()).square().sum())
