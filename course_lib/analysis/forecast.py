"""How good a forecast is: step by step against a null model, and in closed loop in Lyapunov times."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.shapes import PerCoordinate, PerSample, Sequence, Series, Times
from course_lib.validation import CourseError, check_finite, check_float64, check_positive, check_shape, complaint


@dataclass(frozen=True)
class Skill:
    """Scores per coordinate, never pooled. rmse, r2, skill: (dim,).

    r2 = 1 - MSE / variance of the targets: what a constant cannot explain.
    skill = 1 - MSE / MSE of the reference forecast: what the null model cannot explain; 0 is as good as it.
    """

    rmse: PerCoordinate
    r2: PerCoordinate
    skill: PerCoordinate


@dataclass(frozen=True)
class ValidPredictionTime:
    """How long forecasts stayed valid, one per start, in Lyapunov times.

    times: (batch,), capped at `cap`.  median: of times.  n_capped: forecasts that were still valid at the cap.
    error: (batch, time), RMS over the coordinates of (error / that coordinate's std).  t: (time,) in Lyapunov times.
    Taught on the page "Spiking networks: reservoirs, decoding, training".
    """

    times: PerSample
    median: float
    n_capped: int
    cap: float
    threshold: float
    error: Series
    t: Times


@torch.no_grad()
def r_squared(prediction: Sequence, target: Sequence) -> PerCoordinate:
    """1 - MSE / variance of each coordinate, (dim,). prediction, target: (batch, time, dim), float64.

    Taught on the page "The CT-RNN learns Lorenz".
    """
    _check_pair("prediction", prediction, target)
    variance = target.var(dim=(0, 1), correction=0)
    if bool((variance == 0).any()):
        raise complaint("target", wanted="coordinates that vary", got="a constant one", do="Leave it out.")
    return 1 - ((prediction - target) ** 2).mean(dim=(0, 1)) / variance


@torch.no_grad()
def skill(prediction: Sequence, target: Sequence, reference: Sequence) -> Skill:
    """Scores of a forecast beside those of a reference forecast, per coordinate.

    prediction, target, reference: (batch, time, dim), float64. For a one-step forecast the reference is persistence:
    the inputs themselves, `skill(prediction, trial.targets, trial.inputs)`.
    Taught on the page "The CT-RNN learns Lorenz".

    >>> import torch
    >>> truth = torch.tensor([[[1.0], [2.0], [4.0], [7.0]]], dtype=torch.float64)
    >>> last = truth[:, :-1]  # persistence: the next sample is this one
    >>> guess = last + 1.0
    >>> skill(guess, truth[:, 1:], last).skill.round(decimals=3).tolist()
    [0.643]
    """
    r2 = r_squared(prediction, target)
    _check_pair("reference", reference, target)
    mse = ((prediction - target) ** 2).mean(dim=(0, 1))
    reference_mse = ((reference - target) ** 2).mean(dim=(0, 1))
    return Skill(rmse=mse.sqrt(), r2=r2, skill=1 - mse / reference_mse)


@torch.no_grad()
def valid_prediction_time(
    t: Times,
    forecast: Sequence,
    truth: Sequence,
    *,
    lyapunov_time: float,
    std: PerCoordinate | None = None,
    threshold: float = 0.4,
    cap: float = 14.0,
) -> ValidPredictionTime:
    """The first time at which the error of a closed-loop forecast exceeds `threshold`, in Lyapunov times.

    The error is the RMS over the coordinates of (forecast - truth) / std.
    t: (time,), time since the loop was closed, in the unit of lyapunov_time.  forecast, truth: (batch, time, dim),
    float64, truth by the solver and step that made the training data.  std: (dim,), each coordinate's standard
    deviation on the attractor; None: that of `truth`.  cap: longest time reported; two solvers disagree later on.
    A forecast that leaves the finite is invalid from there on.
    Taught on the page "The CT-RNN learns Lorenz".

    >>> import torch
    >>> t = torch.arange(5, dtype=torch.float64)
    >>> truth = torch.tensor([[[0.0], [1.0], [0.0], [-1.0], [0.0]]], dtype=torch.float64)
    >>> forecast = truth + 0.2 * t[:, None]  # 0.2 further off at every sample
    >>> std = torch.ones(1, dtype=torch.float64)
    >>> found = valid_prediction_time(t, forecast, truth, lyapunov_time=2.0, std=std, threshold=0.5)
    >>> found.median  # at t = 3 the error exceeds 0.5 for the first time
    1.5
    """
    check_finite("truth", check_float64("truth", truth))
    check_shape("truth", truth, "batch time dim")
    check_float64("forecast", forecast)
    if forecast.shape != truth.shape:
        raise _other_shape("forecast", forecast, truth)
    check_finite("t", check_shape("t", t, f"{truth.shape[1]}"))
    check_positive("threshold", threshold)
    in_lyapunov_times = t / check_positive("lyapunov_time", lyapunov_time)
    cap = min(check_positive("cap", cap), float(in_lyapunov_times[-1]))
    std = truth.std(dim=(0, 1)) if std is None else check_shape("std", std, f"{truth.shape[2]}")
    error = ((forecast - truth) / std).square().mean(dim=-1).sqrt()  # (batch, time)
    invalid = ~(error <= threshold)  # NaN is invalid too
    first = invalid.to(torch.int8).argmax(dim=1)
    times = torch.where(invalid.any(dim=1), in_lyapunov_times[first], math.inf).clamp(max=cap)
    return ValidPredictionTime(
        times=times,
        median=float(times.quantile(0.5)),
        n_capped=int((times == cap).sum()),
        cap=cap,
        threshold=threshold,
        error=error,
        t=in_lyapunov_times,
    )


def _check_pair(name: str, prediction: Tensor, target: Tensor) -> None:
    check_finite("target", check_float64("target", target))
    check_shape("target", target, "batch time dim")
    check_finite(name, check_float64(name, prediction))
    if prediction.shape != target.shape:
        raise _other_shape(name, prediction, target)


def _other_shape(name: str, value: Tensor, target: Tensor) -> CourseError:
    return complaint(
        name,
        wanted=f"the targets' shape {tuple(target.shape)}",
        got=f"{tuple(value.shape)}",
        do="Compare the same starts at the same times, (batch, time, dim).",
    )
