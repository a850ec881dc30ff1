"""Power spectra of sampled states, by Welch's method through scipy."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_lib.analysis.sampled import as_trajectories, tensor
from course_lib.shapes import PerCoordinate, Sequence
from course_lib.validation import check_count, check_positive, complaint


@dataclass(frozen=True)
class PowerSpectrum:
    """One-sided power spectral density. frequency: (k,) [1/time, cycles, not radians].  power: (k, dim) [state² time].

    The integral of power over frequency is each coordinate's variance.  peak: (dim,), frequency of the largest value.
    resolution: distance of two frequencies.  n_segments: how many stretches were averaged, half overlapping.
    """

    frequency: Tensor
    power: Tensor
    peak: PerCoordinate
    resolution: float
    n_segments: int


@torch.no_grad()
def power_spectrum(x: Sequence, *, dt: float, segment: int | None = None) -> PowerSpectrum:
    """Power spectral density of every coordinate, averaged over half overlapping Hann-windowed segments (Welch 1967).

    x: (time, dim) or (batch, time, dim), float64, averaged over the batch.  dt: time between samples.
    segment: samples of a segment; None: an eighth of a trajectory, at least 256 or all of it. Longer ones tell
    frequencies apart, more of them make the estimate smooth. The mean of each segment is taken off.
    Taught on the page "Measuring chaos".
    """
    from scipy import signal  # here: it costs every page and every worker more than the rest of the package

    states = as_trajectories("x", x, least=8)
    dt = check_positive("dt", dt)
    time = states.shape[1]
    segment = min(time, max(256, time // 8)) if segment is None else check_count("segment", segment, least=8)
    if segment > time:
        raise complaint("segment", wanted=f"at most {time} samples", got=str(segment), do="Take a shorter segment.")
    frequency, power = signal.welch(states, fs=1 / dt, nperseg=segment, axis=1, detrend="constant")
    mean = power.mean(axis=0)  # (k, dim)
    return PowerSpectrum(
        frequency=tensor(frequency),
        power=tensor(mean),
        peak=tensor(frequency[np.argmax(mean[1:], axis=0) + 1]),
        resolution=float(frequency[1]),
        n_segments=len(states) * ((time - segment) // (segment - segment // 2) + 1),
    )
