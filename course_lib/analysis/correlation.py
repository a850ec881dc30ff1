"""Correlation sum and correlation dimension of sampled states (Grassberger and Procaccia 1983).

C(r) is the share of pairs of states that are closer than r. Where C(r) ~ r^D over a range of radii, D is the
correlation dimension. The range is a claim: it is found by a rule, returned, and absent where the rule finds none.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from course_lib.analysis.sampled import as_trajectories, check_theiler_window, rms_radius, tensor
from course_lib.shapes import Sequence
from course_lib.validation import check_finite, check_float64, check_shape, complaint

STEPS = 4  # radii per factor of 3: a local slope over a whole factor of 3 is exact on a Cantor set too
STEP = math.log(3) / STEPS
N_RADII = 49  # from the RMS radius down by twelve factors of 3
N_GROUPS = 10  # groups of states whose scatter gives the standard error
N_LARGEST_FULL = 10_000  # with more states, radii above a quarter of the RMS radius are counted from every 12th state
FLATNESS = 0.015  # of the dimension: how far the slope may bend at the region's edge
LARGEST_ERROR = 0.03  # of the slope: a local slope with a larger standard error says nothing
LEAST_SLOPE = 0.05  # a flatter curve is that of a few places, visited again and again
Counts = tuple[np.ndarray, np.ndarray]  # close pairs (groups, radii) and all pairs (groups,)
LEAST_STEPS = 5  # the shortest region, a factor of 4 in radius


@dataclass(frozen=True)
class CorrelationSum:
    """Share of pairs closer than r. radii, sums: (k,), ascending [state unit].  counts: (k,), pairs, each once.

    n_pairs: pairs in all, those within the Theiler window left out.  per_group: (groups, k), the sum as the states
    of one group see it.
    """

    radii: Tensor
    sums: Tensor
    counts: Tensor
    n_pairs: float
    per_group: Tensor


@dataclass(frozen=True)
class CorrelationDimension:
    """Dimension with the region that it was read from.

    dimension, standard_error: NaN where found is False.  radii: (2,), ends of the scaling region [state unit].
    found: whether there is a scaling region.  remark: why not, or what to keep in mind; empty if nothing.
    curve: the correlation sum.  slope_radii, slopes, slope_errors: (m,), local slopes of log C over log r, each over
    a factor of 3 in radius, at its geometric middle.
    size: RMS distance of the states from their mean, the natural unit of the radii.
    """

    dimension: float
    standard_error: float
    radii: Tensor
    found: bool
    remark: str
    curve: CorrelationSum
    slope_radii: Tensor
    slopes: Tensor
    slope_errors: Tensor
    size: float


@torch.no_grad()
def correlation_sum(x: Sequence, radii: Tensor, *, theiler_window: float) -> CorrelationSum:
    """Share of pairs of states closer than each radius, all pairs counted.

    x: (time, dim) or (batch, time, dim), float64.  radii: (k,), ascending, above 0 [state unit].
    theiler_window: samples; pairs of one trajectory at most so far apart in time are left out. 0: only the point
    itself; inf: pairs across trajectories only. Theiler 1986.
    Taught on the page "Measuring chaos".
    """
    states = as_trajectories("x", x, least=2)
    window = check_theiler_window(theiler_window, *states.shape[:2])
    check_finite("radii", check_shape("radii", check_float64("radii", radii), "k"))
    if len(radii) == 0 or bool((radii <= 0).any()) or bool((radii.diff() <= 0).any()):
        raise complaint("radii", wanted="ascending radii above 0", got=str(radii.tolist()[:4]), do="Sort them.")
    close, pairs = _counts(states, radii.cpu().numpy(), window, 1)
    return _curve(radii.cpu().numpy(), close, pairs)


@torch.no_grad()
def correlation_dimension(x: Sequence, *, theiler_window: float) -> CorrelationDimension:
    """Correlation dimension from the widest range of radii over which the local slope stays level.

    x: (time, dim) or (batch, time, dim), float64; many independent trajectories say more than one long one.
    theiler_window: samples; neighbours in time are not neighbours in space. 0: only the point itself; inf: pairs
    across trajectories only. About two mean periods for one long orbit.

    The region: slopes over a factor of 3 in radius must have a standard error below 3 %; from all ranges of at least
    a factor of 4 whose slopes agree with their mean (the top one, where the edge of the attractor bends the curve,
    within 1.5 %; the others within 1.5 % and two standard errors), the widest is taken, and the dimension is the mean
    of its slopes. Where there is none the record says so and the dimension is NaN.
    standard_error: from the scatter over ten groups of states, doubled, because every pair belongs to two states.

    Where the density has square-root singularities (a map with a smooth hump behind the flow: Rössler, logistic),
    C(r) ~ r^D ln(1/r): the slope creeps towards D too slowly to be seen to move, and reads about 0.1 (map) to 0.2
    (flow) low with an error far smaller. No range of radii that data can fill is long enough; see the local slopes.
    Taught on the page "Measuring chaos".
    """
    states = as_trajectories("x", x, least=2)
    window = check_theiler_window(theiler_window, *states.shape[:2])
    n = states.shape[0] * states.shape[1]
    if n < 10 * N_GROUPS:
        raise complaint("x", wanted=f"at least {10 * N_GROUPS} states", got=str(n), do="Record for longer.")
    size = rms_radius(states)
    radii = size * np.exp(-STEP * np.arange(N_RADII))[::-1]
    close, pairs = _thinned_counts(states, radii, window)
    curve = _curve(radii, close, pairs)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(close / pairs[:, None])  # (groups, radii)
        local = (logs[:, STEPS:] - logs[:, :-STEPS]) / (STEPS * STEP)  # (groups, m)
    first = _first_usable(local)
    region = _region(local, first)
    middle = np.sqrt(radii[STEPS:] * radii[:-STEPS])
    slopes, errors = local.mean(axis=0), _standard_error(local)
    shown = np.isfinite(slopes)
    shapes = {"slope_radii": middle[shown], "slopes": slopes[shown], "slope_errors": errors[shown]}
    common: dict[str, Any] = {"curve": curve, "size": size, **{key: tensor(value) for key, value in shapes.items()}}
    if region is None:
        return CorrelationDimension(
            dimension=math.nan,
            standard_error=math.nan,
            radii=tensor(np.array([math.nan, math.nan])),
            found=False,
            remark=_why_none(slopes, first, middle / size),
            **common,
        )
    low, high = region
    inside = local[:, low : high + 1].mean(axis=1)  # (groups,)
    dimension = float(inside.mean())
    return CorrelationDimension(
        dimension=dimension,
        standard_error=float(_standard_error(inside)),
        radii=tensor(radii[[low, high + STEPS]]),
        found=True,
        remark=_remark(dimension, states.shape[-1], slopes[first:low], radii[low]),
        **common,
    )


def _counts(x: np.ndarray, radii: np.ndarray, window: int, groups: int, every: int = 1) -> Counts:
    """Ordered pairs closer than each radius (groups, radii) and pairs in all (groups,), first state in the group.

    every: only every so-manyth state of a group is the first of a pair; the second is any.
    """
    batch, time, dim = x.shape
    flat = x.reshape(-1, dim)
    group = np.arange(len(flat)) * groups // len(flat)
    first = np.arange(len(flat)) % every == 0
    tree = cKDTree(flat, leafsize=16)
    close = np.stack(
        [cKDTree(flat[first & (group == g)], leafsize=16).count_neighbors(tree, radii) for g in range(groups)]
    ).astype(float)
    pairs = np.bincount(group[first], minlength=groups) * float(len(flat))
    if window == time - 1:
        for rows in np.arange(len(flat)).reshape(batch, time):
            tree = cKDTree(flat[rows])
            for g in np.unique(group[rows]):
                mine = rows[first[rows] & (group[rows] == g)]
                if len(mine):
                    close[g] -= cKDTree(flat[mine]).count_neighbors(tree, radii)
                    pairs[g] -= len(mine) * time
        return close, pairs
    index = np.arange(len(flat)).reshape(batch, time)
    for lag in range(window + 1):
        early, late = index[:, : time - lag].ravel(), index[:, lag:].ravel()
        bin_ = np.searchsorted(radii, np.linalg.norm(flat[early] - flat[late], axis=-1))
        for one in (early, late) if lag else (early,):
            kept = first[one]
            cell = group[one[kept]] * (len(radii) + 1) + bin_[kept]
            histogram = np.bincount(cell, minlength=groups * (len(radii) + 1)).reshape(groups, -1)
            close -= histogram.cumsum(axis=1)[:, :-1]
            pairs -= histogram.sum(axis=1)
    return close, pairs


def _thinned_counts(x: np.ndarray, radii: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts by groups; at large radii, where pairs abound, from every 12th state, matched at the joint."""
    n = x.shape[0] * x.shape[1]
    if n <= N_LARGEST_FULL:
        return _counts(x, radii, window, N_GROUPS)
    k = int(np.searchsorted(radii, radii[-1] / 3.9))  # radii[:k] are below about a quarter of the largest
    close, pairs = _counts(x, radii[:k], window, N_GROUPS)
    far, _ = _counts(x, radii[k - 1 :], window, N_GROUPS, every=12)
    scale = close[:, -1:] / np.maximum(far[:, :1], 1)
    return np.concatenate((close, far[:, 1:] * scale), axis=1), pairs


def _curve(radii: np.ndarray, close: np.ndarray, pairs: np.ndarray) -> CorrelationSum:
    total = close.sum(axis=0)
    return CorrelationSum(
        radii=tensor(radii),
        sums=tensor(total / pairs.sum()),
        counts=tensor(total / 2),
        n_pairs=float(pairs.sum() / 2),
        per_group=tensor(close / pairs[:, None]),
    )


def _standard_error(values: np.ndarray) -> np.ndarray:
    """Of the mean over the groups (axis 0). A pair belongs to two states, so the groups' scatter counts twice."""
    with np.errstate(invalid="ignore"):
        return 2 * values.std(axis=0, ddof=1) / math.sqrt(len(values))  # type: ignore[no-any-return]


def _first_usable(local: np.ndarray) -> int:
    """Index of the smallest radius from which on every local slope is known to 3 %."""
    with np.errstate(invalid="ignore"):
        mean = local.mean(axis=0)
        known = (_standard_error(local) <= LARGEST_ERROR * mean) & (mean > LEAST_SLOPE)
    unknown = np.flatnonzero(~known)
    return int(unknown[-1]) + 1 if len(unknown) else 0


def _region(local: np.ndarray, first: int) -> tuple[int, int] | None:
    """First and last local slope of the widest level range, or None. A tie goes to the smaller error."""
    best, best_key = None, (-1, 0.0)
    n = local.shape[1]
    for low in range(first, n):
        for high in range(low + LEAST_STEPS - STEPS, n):
            inside = local[:, low : high + 1]
            mean = inside.mean(axis=1, keepdims=True)
            dimension = float(mean.mean())
            bend = np.abs(inside.mean(axis=0) - dimension)
            allowed = FLATNESS * dimension + 2 * _standard_error(inside - mean)
            key = (high - low, -float(_standard_error(mean[:, 0])))
            if bend[-1] <= FLATNESS * dimension and (bend[:-1] <= allowed[:-1]).all() and key > best_key:
                best, best_key = (low, high), key
    return best


def _why_none(slopes: np.ndarray, first: int, radii: np.ndarray) -> str:
    usable = slopes[first:]
    if len(usable) <= LEAST_STEPS - STEPS:
        return (
            "no scaling region: too few close pairs; local slopes are known to 3 % over less than a factor of 4 in "
            "radius. Take more states, from a longer time or more trajectories."
        )
    return (
        f"no scaling region: the local slope bends from {usable[0]:.2f} at {radii[first]:.2g} of the RMS radius to "
        f"{usable[-1]:.2f} at {radii[-1]:.2g} without a level stretch. A rise towards small radii is noise, a fall "
        "towards large ones the attractor's edge: take more states or less noise."
    )


def _remark(dimension: float, dim: int, below: np.ndarray, radius: float) -> str:
    """below: known local slopes at radii smaller than the region's lower end, `radius`."""
    if len(below) and below.max() > 1.1 * dimension:
        return (
            f"below a radius of {radius:.3g} the slope rises to {below.max():.2f}, as noise makes it: the value holds "
            "for the region, not for smaller distances."
        )
    if dim > 1 and dimension > dim - 0.15:
        return (
            f"the states fill their {dim} coordinates at these radii, as noise does: if they are delay vectors, raise "
            "the embedding dimension and see whether the value stays."
        )
    return ""
