"""What estimators from sampled states share: the checks of their input and the Theiler window."""

import math

import numpy as np
import torch
from torch import Tensor

from course_lib.validation import check_count, check_finite, check_float64, check_shape, complaint


def as_trajectories(name: str, x: Tensor, *, least: int) -> np.ndarray:
    """States (time, dim) or (batch, time, dim), float64 and finite, as an array (batch, time, dim).

    least: samples that a trajectory must have. States that never change are refused.
    """
    check_float64(name, x)
    check_shape(name, x, "time dim" if x.ndim == 2 else "batch time dim")
    check_finite(name, x)
    states = x[None] if x.ndim == 2 else x
    _check_length(name, states.shape[1], least)
    if min(states.shape) == 0 or bool((states == states[:1, :1]).all()):
        raise complaint(name, wanted="states that vary", got="one state, repeated", do="Drop it: there is no orbit.")
    return states.detach().cpu().numpy()


def as_series(name: str, series: Tensor, *, least: int) -> np.ndarray:
    """One measured coordinate, (time,) or (batch, time), float64 and finite, as an array (batch, time).

    least: samples that a series must have. A constant series is refused.
    """
    check_float64(name, series)
    check_shape(name, series, "time" if series.ndim == 1 else "batch time")
    check_finite(name, series)
    rows = series[None] if series.ndim == 1 else series
    _check_length(name, rows.shape[1], least)
    if len(rows) == 0 or bool((rows == rows[:, :1]).all(dim=1).any()):
        raise complaint(name, wanted="a series that varies", got="a constant one", do="Leave it out.")
    return rows.detach().cpu().numpy()


def check_theiler_window(window: float, batch: int, time: int) -> int:
    """The window in samples as a whole number, at most time - 1; infinity becomes time - 1, across trajectories only.

    Pairs of one trajectory that are at most `window` samples apart are left out.
    """
    samples = time - 1 if window == math.inf else check_count("theiler_window", window, least=0)  # type: ignore[arg-type]
    if samples >= time - 1 and batch == 1:
        raise complaint(
            "theiler_window",
            wanted=f"a window shorter than the one trajectory of {time} samples",
            got=str(window),
            do="Take a shorter window, longer data, or several trajectories (batch, time, dim).",
        )
    return min(samples, time - 1)


def rms_radius(x: np.ndarray) -> float:
    """Root mean square distance of the states (..., dim) from their mean: the size of the cloud."""
    flat = x.reshape(-1, x.shape[-1])
    return float(np.sqrt(((flat - flat.mean(axis=0)) ** 2).sum(axis=-1).mean()))


def mean_period(x: np.ndarray) -> float:
    """Samples per turn, from the mean frequency of the power spectrum of all coordinates. x: (batch, time, dim)."""
    power = (np.abs(np.fft.rfft(x - x.mean(axis=1, keepdims=True), axis=1)) ** 2).sum(axis=(0, 2))
    frequency = np.fft.rfftfreq(x.shape[1])
    return float(power.sum() / (power * frequency).sum())


def _check_length(name: str, time: int, least: int) -> None:
    if time < least:
        raise complaint(name, wanted=f"at least {least} samples", got=str(time), do="Integrate or record for longer.")


def tensor(values: np.ndarray) -> Tensor:
    """Numbers of a record, float64."""
    return torch.as_tensor(np.ascontiguousarray(values), dtype=torch.float64)
