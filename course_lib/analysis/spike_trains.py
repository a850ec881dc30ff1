"""Statistics of spike trains: rates, intervals, counts, correlations between cells.

Spikes are (time, cells) or (batch, time, cells), bool or 0 and 1, one sample a step of dt ms. Trials of a batch are
independent: no interval and no window joins two of them. Where a cell has too few spikes for a number the record holds
NaN, says how many cells it could use, and averages over those.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.validation import check_count, check_generator, check_positive, complaint

MS_PER_S = 1000.0
LEAST_INTERVALS = 10  # of a cell, for its coefficients of variation
LEAST_WINDOWS = 10  # of a recording, for counts


@dataclass(frozen=True)
class FiringRates:
    """rate: (cells,) [Hz].  mean: over the cells.  standard_error: of the mean, over trials; NaN for one trial.

    silent: share of cells without a spike.  duration: of one trial [ms].
    """

    rate: Tensor
    mean: float
    standard_error: float
    silent: float
    duration: float


@dataclass(frozen=True)
class IntervalStatistics:
    """Irregularity of the intervals between spikes.

    cv: (cells,), standard deviation over mean of a cell's intervals: 0 for a clock, 1 for a Poisson process.
    cv2: (cells,), mean of 2 |I' - I| / (I' + I) over neighbouring intervals I, I': also 1 for a Poisson process, and
    hardly moved by a slowly changing rate (Holt, Softky, Koch, Douglas 1996).  n_intervals: (cells,).
    mean_cv, mean_cv2: over the n_cells cells that have at least 10 intervals; the other cells hold NaN.
    """

    cv: Tensor
    cv2: Tensor
    n_intervals: Tensor
    mean_cv: float
    mean_cv2: float
    n_cells: int


@dataclass(frozen=True)
class FanoFactor:
    """Variance over mean of the spike counts in windows. fano: (cells,), NaN for cells without a spike.

    1 for a Poisson process, 0 for a clock in long windows.  mean: over the n_cells cells that fired.
    window: length [ms].  n_windows: how many counts a cell has.
    """

    fano: Tensor
    mean: float
    n_cells: int
    window: float
    n_windows: int


@dataclass(frozen=True)
class SpikeCorrelations:
    """Correlation coefficients of the spike counts of pairs of cells.

    correlation: (pairs,), every pair of the cells used.  mean: over the pairs.  magnitude: mean of |correlation|, which
    is not zero for independent cells.  shuffled: (n_shuffles,), the mean after the windows of every cell were put into
    a random order of its own, which keeps its counts and takes away what cells share in time.  excess: mean minus the
    shuffles' average, in their standard deviations.  cells: (n_cells,), the cells used.  window: [ms].
    """

    correlation: Tensor
    mean: float
    magnitude: float
    shuffled: Tensor
    excess: float
    cells: Tensor
    window: float
    n_windows: int


@dataclass(frozen=True)
class Raster:
    """Spikes as points. t: (n,) [ms].  row: (n,), the place of the cell among those asked for.  n_rows, duration."""

    t: Tensor
    row: Tensor
    n_rows: int
    duration: float


def firing_rates(spikes: Tensor, *, dt: float) -> FiringRates:
    """Mean rate of every cell. spikes: see the module.  dt: ms a sample."""
    trains, dt = _check_spikes(spikes), check_positive("dt", dt)
    duration = trains.shape[1] * dt
    per_trial = trains.sum(dim=1).double() * (MS_PER_S / duration)  # (batch, cells)
    rate, means = per_trial.mean(dim=0), per_trial.mean(dim=1)
    error = float(means.std() / math.sqrt(len(means))) if len(means) > 1 else math.nan
    return FiringRates(rate, float(rate.mean()), error, float((rate == 0).double().mean()), duration)


def interval_statistics(spikes: Tensor, *, dt: float) -> IntervalStatistics:
    """CV and CV2 of every cell's intervals, taken trial by trial and put together. spikes: see the module.

    Taught on the page "Balance".
    """
    trains, dt = _check_spikes(spikes), check_positive("dt", dt)
    cell, trial, step = trains.permute(2, 0, 1).nonzero().T  # in order of cell, trial, time
    same_train = (cell.diff() == 0) & (trial.diff() == 0)
    length = (step.diff() * dt).double()
    owner, interval = cell[1:][same_train], length[same_train]
    n_cells = trains.shape[2]
    n = torch.bincount(owner, minlength=n_cells)
    mean = _mean_per_cell(interval, owner, n_cells)
    variance = _mean_per_cell((interval - mean[owner]) ** 2, owner, n_cells)
    neighbours = same_train[1:] & same_train[:-1]
    before, after = length[:-1][neighbours], length[1:][neighbours]
    cv2 = _mean_per_cell(2 * (after - before).abs() / (after + before), cell[2:][neighbours], n_cells)
    enough = n >= LEAST_INTERVALS
    if not bool(enough.any()):
        raise complaint(
            "spikes",
            wanted=f"a cell with at least {LEAST_INTERVALS} intervals",
            got=f"at most {int(n.max()) if n_cells else 0}",
            do="Record for longer, or drive the cells harder.",
        )
    cv = torch.where(enough, variance.sqrt() / mean, math.nan)
    cv2 = torch.where(enough, cv2, math.nan)
    return IntervalStatistics(cv, cv2, n, float(cv[enough].mean()), float(cv2[enough].nanmean()), int(enough.sum()))


def fano_factor(spikes: Tensor, *, dt: float, window: float) -> FanoFactor:
    """Variance over mean of the counts in windows of `window` ms. spikes: see the module."""
    counts = _counts(spikes, dt, window)
    mean = counts.mean(dim=0)
    fano = torch.where(mean > 0, counts.var(dim=0) / mean, math.nan)
    fired = _fired(mean > 0)
    return FanoFactor(fano, float(fano[fired].mean()), len(fired), float(window), len(counts))


def spike_correlations(
    spikes: Tensor,
    *,
    dt: float,
    window: float,
    generator: torch.Generator,
    n_shuffles: int = 20,
    most_cells: int = 500,
) -> SpikeCorrelations:
    """Correlations of the counts in windows of `window` ms for every pair of cells, with a shuffle as control.

    spikes: see the module.  generator: draws the shuffles, and the cells when more than `most_cells` of them vary.
    Cells whose count never changes have no correlation and are left out.  Two at least must remain.
    Taught on the page "Balance".
    """
    check_generator(generator)
    check_count("n_shuffles", n_shuffles, least=2)
    check_count("most_cells", most_cells, least=2)
    counts = _counts(spikes, dt, window)
    cells = _fired(counts.var(dim=0) > 0, least=2)
    if len(cells) > most_cells:
        cells = cells[torch.randperm(len(cells), generator=generator)[:most_cells]].sort().values
    z = counts[:, cells] - counts[:, cells].mean(dim=0)
    z /= z.square().sum(dim=0).sqrt()  # unit vectors: their products are the coefficients
    pairs = (z.T @ z)[*torch.triu_indices(len(cells), len(cells), 1)]
    order = [torch.rand(z.shape, generator=generator, dtype=torch.float64).argsort(dim=0) for _ in range(n_shuffles)]
    shuffled = torch.stack([_mean_correlation(z.gather(0, places)) for places in order])
    mean = float(pairs.mean())
    excess = (mean - float(shuffled.mean())) / float(shuffled.std())
    magnitude = float(pairs.abs().mean())
    return SpikeCorrelations(pairs, mean, magnitude, shuffled, excess, cells, float(window), len(counts))


def raster(spikes: Tensor, *, dt: float, cells: Tensor | None = None, trial: int = 0) -> Raster:
    """The spikes of one trial as points (time, row). cells: indices, in the order of the rows; None: all.

    Taught on the page "Balance".
    """
    trains, dt = _check_spikes(spikes), check_positive("dt", dt)
    if check_count("trial", trial, least=0) >= len(trains):
        raise complaint("trial", wanted=f"one of 0 to {len(trains) - 1}", got=str(trial), do="Choose another.")
    chosen = trains[trial] if cells is None else trains[trial][:, cells]
    step, row = chosen.nonzero().T
    return Raster((step + 1).double() * dt, row, chosen.shape[1], chosen.shape[0] * dt)


def _mean_correlation(z: Tensor) -> Tensor:
    """Mean over all pairs of columns of unit vectors, without forming the pairs: (|Σ z|² - n) / (n (n - 1))."""
    n = z.shape[1]
    return (z.sum(dim=1).square().sum() - n) / (n * (n - 1))


def _mean_per_cell(values: Tensor, owner: Tensor, n_cells: int) -> Tensor:
    """Mean of the values of every owner, NaN where there are none."""
    total = torch.zeros(n_cells, dtype=torch.float64).index_add_(0, owner, values)
    return total / torch.bincount(owner, minlength=n_cells)


def _counts(spikes: Tensor, dt: float, window: float) -> Tensor:
    """Spikes in windows, (windows, cells), float64; what remains at a trial's end is dropped."""
    trains, dt = _check_spikes(spikes), check_positive("dt", dt)
    width = round(check_positive("window", window) / dt)
    if width < 1 or abs(width * dt - window) > 1e-6 * window:
        raise complaint("window", wanted=f"a multiple of dt = {dt:g} ms", got=f"{window:g} ms", do="Round it.")
    n = trains.shape[1] // width
    if n * len(trains) < LEAST_WINDOWS:
        raise complaint(
            "window",
            wanted=f"a window that fits {LEAST_WINDOWS} times into the recording of {trains.shape[1] * dt:g} ms",
            got=f"{window:g} ms",
            do="Take a shorter window or record for longer.",
        )
    counts = trains[:, : n * width].unflatten(1, (n, width)).sum(dim=2)
    return counts.flatten(0, 1).double()  # type: ignore[no-any-return]


def _fired(usable: Tensor, *, least: int = 1) -> Tensor:
    """Indices of the usable cells, at least so many."""
    cells = usable.nonzero().squeeze(1)
    if len(cells) < least:
        raise complaint(
            "spikes",
            wanted=f"at least {least} cells whose count varies" if least > 1 else "a cell that fires",
            got=f"{len(cells)} of {len(usable)}",
            do="A silent network has no statistics: look at its drive and its units (ms) first.",
        )
    return cells


def _check_spikes(spikes: Tensor) -> Tensor:
    """Spikes as bool, (batch, time, cells)."""
    if not isinstance(spikes, Tensor) or spikes.ndim not in (2, 3) or spikes.numel() == 0:
        got = f"shape {tuple(spikes.shape)}" if isinstance(spikes, Tensor) else type(spikes).__name__
        raise complaint(
            "spikes", wanted="a tensor (time, cells) or (batch, time, cells)", got=got, do="One sample a step of dt."
        )
    if spikes.dtype != torch.bool:
        if not bool(((spikes == 0) | (spikes == 1)).all()):
            raise complaint(
                "spikes", wanted="0 and 1, or bool", got="other values", do="Pass spikes, not voltages or rates."
            )
        spikes = spikes != 0
    return spikes[None] if spikes.ndim == 2 else spikes
