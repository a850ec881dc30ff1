"""Recurrence plots and their quantification (Eckmann, Kamphorst, Ruelle 1987; Marwan et al. 2007)."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_lib.analysis.sampled import as_trajectories, rms_radius
from course_lib.shapes import Sequence
from course_lib.validation import check_count, check_positive, complaint

LARGEST_PLOT = 8000  # samples; the matrix of so many fills 64 MB


@dataclass(frozen=True)
class Recurrence:
    """Which states come back. matrix: (time, time), bool, symmetric, True where two states are closer than radius.

    radius: [state unit].  rate: share of True off the main diagonal.
    """

    matrix: Tensor
    radius: float
    rate: float


@dataclass(frozen=True)
class RecurrenceQuantification:
    """Numbers of a recurrence plot, the band within the Theiler window left out.

    rate: share of recurrent pairs.  determinism: share of recurrent points on diagonals of at least `shortest`
    samples; mean_diagonal, longest_diagonal: of those, in samples.  laminarity: share on vertical lines of at least
    `shortest`; trapping_time: their mean length.  NaN where there is no such line (longest_diagonal: 0).
    """

    rate: float
    determinism: float
    mean_diagonal: float
    longest_diagonal: int
    laminarity: float
    trapping_time: float
    shortest: int
    theiler_window: int


@torch.no_grad()
def recurrence_matrix(x: Sequence, *, radius: float | None = None, rate: float | None = None) -> Recurrence:
    """Pairs of times at which an orbit is within `radius` of itself.

    x: (time, dim) or (1, time, dim), float64, at most 8000 samples.  radius: [state unit].  rate: instead of a radius
    the share of pairs that shall be recurrent; None for both: a tenth of the RMS distance from the mean.
    Taught on the page "Measuring chaos".
    """
    states = as_trajectories("x", x, least=10)
    if len(states) != 1:
        raise complaint("x", wanted="one trajectory", got=f"{len(states)}", do="Take one: x[:1].")
    if states.shape[1] > LARGEST_PLOT:
        raise complaint(
            "x", wanted=f"at most {LARGEST_PLOT} samples", got=str(states.shape[1]), do="Thin it: x[:, ::10]."
        )
    if radius is not None and rate is not None:
        raise complaint("radius, rate", wanted="one of them", got="both", do="The rate fixes the radius.")
    points = torch.as_tensor(states[0])
    gaps = torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")
    n = len(points)
    if rate is not None:
        if not 0 < check_positive("rate", rate) < 1:
            raise complaint("rate", wanted="a share between 0 and 1", got=str(rate), do="Try rate=0.05.")
        apart = gaps[torch.triu_indices(n, n, 1).unbind()]
        radius = float(apart.kthvalue(max(1, round(rate * len(apart)))).values)
    radius = 0.1 * rms_radius(states) if radius is None else check_positive("radius", radius, or_zero=rate is not None)
    matrix = gaps <= radius
    return Recurrence(matrix=matrix, radius=radius, rate=(int(matrix.sum()) - n) / (n * (n - 1)))


@torch.no_grad()
def recurrence_quantification(
    record: Recurrence, *, shortest: int = 2, theiler_window: int = 1
) -> RecurrenceQuantification:
    """Rate, determinism, diagonal lengths, laminarity and trapping time of a recurrence plot.

    shortest: the fewest samples that count as a line.  theiler_window: samples; the band of pairs at most so far apart
    in time is left out: a smooth orbit is always close to itself a moment later. At least 0, the main diagonal.
    Taught on the page "Measuring chaos".
    """
    check_count("shortest", shortest, least=2)
    matrix = record.matrix.numpy()
    n = len(matrix)
    check_count("theiler_window", theiler_window, least=0)
    if theiler_window > n - 2:
        raise complaint(
            "theiler_window", wanted=f"less than {n - 1} samples", got=str(theiler_window), do="Take a shorter one."
        )
    lags = range(theiler_window + 1, n)
    diagonals = np.concatenate([_runs(np.diagonal(matrix, lag)) for lag in lags])  # the plot is symmetric: one half
    band = np.abs(np.subtract.outer(np.arange(n), np.arange(n))) <= theiler_window
    kept = matrix & ~band
    verticals = np.concatenate([_runs(column) for column in kept])
    n_pairs = n * n - int(band.sum())
    total = int(kept.sum())
    long_diagonals, long_verticals = diagonals[diagonals >= shortest], verticals[verticals >= shortest]
    return RecurrenceQuantification(
        rate=total / n_pairs,
        determinism=2 * int(long_diagonals.sum()) / total if total else math.nan,
        mean_diagonal=float(long_diagonals.mean()) if len(long_diagonals) else math.nan,
        longest_diagonal=int(diagonals.max()) if len(diagonals) else 0,
        laminarity=int(long_verticals.sum()) / total if total else math.nan,
        trapping_time=float(long_verticals.mean()) if len(long_verticals) else math.nan,
        shortest=shortest,
        theiler_window=theiler_window,
    )


def _runs(line: np.ndarray) -> np.ndarray:
    """Lengths of the unbroken stretches of True."""
    edges = np.diff(np.concatenate(([0], line.astype(np.int8), [0])))
    return np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
