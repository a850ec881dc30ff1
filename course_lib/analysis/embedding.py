"""Delay vectors: one measured series stands for the whole state (Takens 1981)."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from course_lib.analysis.sampled import as_series, mean_period, tensor
from course_lib.shapes import Sequence, Series
from course_lib.validation import check_count, check_positive, complaint

FALSE_NEIGHBOURS = (
    0.05  # the share at which a dimension is enough: stretching by the flow itself leaves one or two per cent
)
LARGEST_STRETCH = 15.0  # a neighbour whose distance grows by this factor in the next coordinate was false
LARGEST_DISTANCE = 2.0  # in units of the series' standard deviation: so far apart in the next coordinate is false too


@dataclass(frozen=True)
class MutualInformation:
    """What a series says about itself some samples later. lags: (k,) samples.  information: (k,) [nats].

    first_minimum: lag of the first local minimum, 0 where found is False.  remark: why there is none.
    """

    lags: Tensor
    information: Tensor
    first_minimum: int
    found: bool
    remark: str


@dataclass(frozen=True)
class FalseNeighbours:
    """Share of nearest neighbours that are neighbours only because a coordinate is missing.

    dims: (k,).  share: (k,).  dim: the first dimension with less than `threshold`, 0 where found is False.
    """

    dims: Tensor
    share: Tensor
    dim: int
    threshold: float
    found: bool
    remark: str


@dataclass(frozen=True)
class DelayEmbedding:
    """Delay vectors (s(t), s(t - lag), s(t - 2 lag), ...). x: (batch, time, dim).  lag: samples.

    start: index in the series of the newest coordinate of x[:, 0].  information, false_neighbours: the records by
    which lag and dim were chosen, None where they were given.
    """

    x: Sequence
    lag: int
    dim: int
    start: int
    information: MutualInformation | None
    false_neighbours: FalseNeighbours | None


@torch.no_grad()
def mutual_information(series: Series, *, max_lag: int | None = None, bins: int | None = None) -> MutualInformation:
    """Mutual information of a series and itself, lag by lag, from bins that hold equally many samples [nats].

    series: (time,) or (batch, time), float64.  max_lag: samples; None: three mean periods.  bins: a side; None: by the
    number of samples. The bias of counting, (bins - 1)² / 2n, is subtracted. Fraser and Swinney 1986.
    Taught on the page "Chaos from data".
    """
    rows = as_series("series", series, least=20)
    time = rows.shape[1]
    max_lag = min(math.ceil(3 * mean_period(rows[..., None])), time // 2) if max_lag is None else max_lag
    _check_delay("max_lag", check_count("max_lag", max_lag), time)
    bins = int(min(32, max(8, math.sqrt(rows.size / 20)))) if bins is None else check_count("bins", bins, least=2)
    rank = rows.ravel().argsort(kind="stable").argsort(kind="stable")
    label = (rank * bins // rows.size).reshape(rows.shape)
    values = np.array([_information(label[:, : time - lag], label[:, lag:], bins) for lag in range(max_lag + 1)])
    minimum = _first_minimum(values, rows.size, bins)
    return MutualInformation(
        lags=tensor(np.arange(max_lag + 1)),
        information=tensor(values),
        first_minimum=minimum or 0,
        found=minimum is not None,
        remark=""
        if minimum
        else f"no minimum of the mutual information up to lag {max_lag}: noise, or max_lag is too short.",
    )


@torch.no_grad()
def false_nearest_neighbours(
    series: Series,
    *,
    lag: int,
    max_dim: int = 10,
    theiler_window: int | None = None,
    threshold: float = FALSE_NEIGHBOURS,
) -> FalseNeighbours:
    """Share of nearest neighbours that the next delay coordinate tears apart, for each dimension up to max_dim.

    A neighbour is false when the next coordinate stretches its distance 15-fold, or leaves it more than two standard
    deviations away (noise has no close neighbours that the first rule could test). Kennel, Brown, Abarbanel 1992.
    series: (time,) or (batch, time), float64.  lag: samples.  theiler_window: samples; None: one mean period.
    Taught on the page "Chaos from data".
    """
    rows = as_series("series", series, least=50)
    check_count("lag", lag)
    check_count("max_dim", max_dim)
    threshold = check_positive("threshold", threshold)
    _check_delay("lag * max_dim", lag * max_dim, rows.shape[1] - 20)
    window = round(mean_period(rows[..., None])) if theiler_window is None else theiler_window
    window = min(check_count("theiler_window", window, least=0), rows.shape[1] // 4)
    share = np.array([_false_share(rows, lag, dim, window) for dim in range(1, max_dim + 1)])
    enough = np.flatnonzero(share < threshold)
    found = len(enough) > 0
    return FalseNeighbours(
        dims=tensor(np.arange(1, max_dim + 1)),
        share=tensor(share),
        dim=int(enough[0]) + 1 if found else 0,
        threshold=threshold,
        found=found,
        remark=""
        if found
        else f"{share.min():.1%} of the neighbours are false in the best of {max_dim} dimensions: the series is noise "
        "or noisy, or has more coordinates than that.",
    )


@torch.no_grad()
def delay_embedding(series: Series, *, lag: int | None = None, dim: int | None = None) -> DelayEmbedding:
    """Delay vectors of a series; lag by the first minimum of mutual information, dim by false neighbours.

    series: (time,) or (batch, time), float64; each row is embedded on its own.  lag: samples.  dim: coordinates.
    A choice that the data do not make raises: pass it then.
    Taught on the page "Chaos from data".
    """
    rows = as_series("series", series, least=20)
    information = false = None
    if lag is None:
        information = mutual_information(series)
        lag = _chosen("lag", information.first_minimum, information.remark)
    check_count("lag", lag)
    if dim is None:
        most = max(1, min(10, (rows.shape[1] - 20) // lag - 1))
        false = false_nearest_neighbours(series, lag=lag, max_dim=most)
        dim = _chosen("dim", false.dim, false.remark)
    check_count("dim", dim)
    start = (dim - 1) * lag
    _check_delay("lag * (dim - 1)", start, rows.shape[1])
    return DelayEmbedding(
        x=tensor(_delay_vectors(rows, lag, dim)),
        lag=lag,
        dim=dim,
        start=start,
        information=information,
        false_neighbours=false,
    )


def _delay_vectors(rows: np.ndarray, lag: int, dim: int) -> np.ndarray:
    """(batch, time - (dim - 1) lag, dim), the newest coordinate first."""
    start, time = (dim - 1) * lag, rows.shape[1]
    return np.stack([rows[:, start - i * lag : time - i * lag] for i in range(dim)], axis=-1)


def _check_delay(name: str, delay: int, time: int) -> None:
    if delay >= time:
        raise complaint(
            name,
            wanted=f"a delay shorter than the data, {time} samples",
            got=str(delay),
            do="Take a smaller lag or dimension, or a longer series.",
        )


def _chosen(name: str, value: int, remark: str) -> int:
    if value == 0:
        raise complaint(
            name, wanted="a series that decides it", got=remark.rstrip("."), do=f"Pass {name} yourself, or better data."
        )
    return value


def _information(early: np.ndarray, late: np.ndarray, bins: int) -> float:
    joint = np.bincount((early * bins + late).ravel(), minlength=bins * bins).reshape(bins, bins) / early.size
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    cells = joint > 0
    return float((joint[cells] * np.log(joint[cells] / product[cells])).sum() - (bins - 1) ** 2 / (2 * early.size))


def _first_minimum(values: np.ndarray, n: int, bins: int) -> int | None:
    """First lag whose neighbours on both sides lie higher, and to which the curve has fallen by more than chance."""
    chance = 3 * bins / n  # three standard deviations of the estimate between independent samples
    for lag in range(1, len(values) - 1):
        if (
            values[:lag].max() - values[lag] > chance
            and values[lag] <= values[lag - 1]
            and values[lag] < values[lag + 1]
        ):
            later = values[lag + 1 :].max()
            if later - values[lag] > chance:
                return lag
    return None


def _false_share(rows: np.ndarray, lag: int, dim: int, window: int) -> float:
    """Share of false neighbours of up to 2000 delay vectors."""
    vectors = _delay_vectors(rows, lag, dim + 1)
    time = vectors.shape[1]
    flat = vectors.reshape(-1, dim + 1)
    near_in, following = flat[:, :dim], flat[:, dim]
    tree = cKDTree(near_in)
    reference = np.unique(np.linspace(0, len(flat) - 1, min(2000, len(flat))).astype(int))
    gap, partner = _nearest(tree, near_in, reference, time, window)
    has = np.isfinite(gap)
    gap, reference, partner = gap[has], reference[has], partner[has]
    if len(gap) == 0:
        raise complaint(
            "series", wanted="neighbours outside the Theiler window", got="none", do="Pass a smaller theiler_window."
        )
    jump = np.abs(following[reference] - following[partner])
    size = rows.std()
    stretched = (jump > LARGEST_STRETCH * gap) & (jump > 1e-6 * size)
    far = np.hypot(gap, jump) > LARGEST_DISTANCE * size
    return float((stretched | far).mean())


def _nearest(
    tree: cKDTree, points: np.ndarray, reference: np.ndarray, time: int, window: int
) -> tuple[np.ndarray, np.ndarray]:
    """Distance and place of the nearest neighbour outside the Theiler window; infinite where there is none."""
    gap, partner = np.full(len(reference), np.inf), np.zeros(len(reference), dtype=int)
    todo, k = np.arange(len(reference)), 8
    while len(todo):
        k = min(k, len(points))
        distance, place = tree.query(points[reference[todo]], k=np.arange(1, k + 1))
        here = reference[todo][:, None]
        allowed = (place // time != here // time) | (np.abs(place - here) > window)
        first = allowed.argmax(axis=1)
        done = allowed.any(axis=1)
        rows = np.arange(len(todo))[done]
        gap[todo[done]] = distance[rows, first[done]]
        partner[todo[done]] = place[rows, first[done]]
        todo, k = (todo[~done], 4 * k) if k < len(points) else (todo[:0], k)
    return gap, partner
