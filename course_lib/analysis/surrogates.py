"""Surrogate data: a series with the same spectrum and nothing else of the original (Theiler et al. 1992)."""

import numpy as np
import torch

from course_lib.analysis.sampled import as_series, tensor
from course_lib.shapes import Series
from course_lib.validation import check_generator


@torch.no_grad()
def phase_surrogate(series: Series, *, generator: torch.Generator) -> Series:
    """The series with the phases of its Fourier transform drawn anew: linear correlations stay, all else goes.

    series: (time,) or (batch, time), float64.  Returns the same shape, with the same mean and the same periodogram to
    rounding. The transform takes the ends of a series as neighbours: choose a stretch whose ends agree.
    Taught on the page "Chaos from data".
    """
    rows = as_series("series", series, least=4)
    check_generator(generator)
    transform = np.fft.rfft(rows, axis=1)
    draws = torch.rand(transform.shape, generator=generator, dtype=torch.float64, device=generator.device)
    phases = np.exp(2j * np.pi * draws.cpu().numpy())
    phases[:, 0] = 1.0  # the mean is real
    if rows.shape[1] % 2 == 0:
        phases[:, -1] = 1.0  # and so is the highest frequency of an even number of samples
    surrogate = np.fft.irfft(np.abs(transform) * phases, n=rows.shape[1], axis=1)
    surrogate += rows.mean(axis=1, keepdims=True) - surrogate.mean(axis=1, keepdims=True)
    return tensor(surrogate).reshape(series.shape)
