"""The largest Lyapunov exponent from sampled states alone, with the curve and the window that it was read from."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.analysis.divergence import follow, make_cloud, neighbours, references
from course_lib.analysis.embedding import delay_embedding
from course_lib.analysis.sampled import as_trajectories, check_theiler_window, mean_period, rms_radius, tensor
from course_lib.shapes import Sequence
from course_lib.validation import check_choice, check_count, check_positive, complaint

METHODS = ("rosenstein", "kantz")
N_GROUPS = 10  # groups of references whose scatter gives the standard error
N_LAGS = 160  # points of the divergence curve
LEVEL = 0.08  # of the slope: how far the local slope may bend within the window
LEAST_TURNS = 1.75  # the shortest window, in mean periods: one turn for the local slope, and room beside it
LEAST_GROWTH = 1.0  # e-folds of distance within the window
SATURATION = 3.0  # e-folds below the last level, where the window must end: growth of larger distances is not linear
SAMPLES_PER_TURN = 8  # a sampled flow has at least so many; fewer is a map, or noise


@dataclass(frozen=True)
class LyapunovFromData:
    """The largest exponent as the slope of a divergence curve.

    exponent, standard_error: [1/time], NaN where found is False.  window: (2,), the times between which the curve
    rises evenly.  found: whether there is such a window.  remark: why not, or what to keep in mind.
    t, curve, curve_error: (time,), mean logarithm of the distance of neighbours after time t, and its standard error.
    slope_t, slopes, slope_errors: (m,), slope of the curve over one mean period, at its middle.
    per_group: (groups, time), the curve by groups of references.  saturation: level that the curve reaches at last.
    theiler_window: samples.  mean_period: [time].  across_flow: whether distances are measured across the flow.
    lag, dim: of the delay vectors, where a series was given; otherwise 0 and the number of coordinates.
    """

    exponent: float
    standard_error: float
    window: Tensor
    found: bool
    remark: str
    t: Tensor
    curve: Tensor
    curve_error: Tensor
    slope_t: Tensor
    slopes: Tensor
    slope_errors: Tensor
    per_group: Tensor
    saturation: float
    theiler_window: int
    mean_period: float
    across_flow: bool
    method: str
    lag: int
    dim: int


@torch.no_grad()
def lyapunov_from_data(
    x: Sequence,
    *,
    dt: float,
    theiler_window: float | None = None,
    method: str = "rosenstein",
    horizon: float | None = None,
    across_flow: bool | None = None,
    n_references: int = 10_000,
) -> LyapunovFromData:
    """The largest exponent from the mean logarithmic distance of neighbours as time goes on.

    x: states or delay vectors (time, dim) or (batch, time, dim), or a series (time,), which is embedded first by
    `delay_embedding` with its own choices; float64.  dt: time between two samples (for a map, of one iteration).
    theiler_window: samples; closer in time is not a neighbour. None: two mean periods; inf: other trajectories only.
    method: "rosenstein" (nearest neighbour, mean of the logarithm) or "kantz" (up to 10 neighbours within 1 % of
    the cloud's size, logarithm of their mean).  horizon: time to follow pairs for. None: 20 mean periods, at most a
    quarter of a trajectory.  across_flow: measure distances across the flow; None: when there are at least 8 samples
    a turn.  n_references: how many states start a pair.

    The window: slopes are taken over one mean period (of a map, one iteration); from all ranges of at least 1.75
    periods that end three e-folds below saturation, grow by at least one e-fold and whose slopes agree with their mean
    within 8 % and two standard errors, the widest is taken. Where there is none the record says so and the exponent is
    NaN. A window is a claim, not a proof of chaos: compare with `phase_surrogate`. Delay vectors of one coordinate bend
    distances: expect a value 5 to 10 % high from 20 000 samples.
    Method: Rosenstein, Collins, De Luca 1993; Kantz 1994. Taught on the page "Chaos from data".
    """
    check_choice("method", method, METHODS)
    dt = check_positive("dt", dt)
    check_count("n_references", n_references, least=10 * N_GROUPS)
    lag = 0
    if isinstance(x, Tensor) and x.ndim == 1:
        embedding = delay_embedding(x)
        x, lag = embedding.x, embedding.lag
    states = as_trajectories("x", x, least=100)
    batch, time, dim = states.shape
    turn = mean_period(states)
    window = _default_window(turn, batch, time) if theiler_window is None else theiler_window
    window = check_theiler_window(window, batch, time)
    last = _horizon(horizon, dt, turn, time)
    flow = turn >= SAMPLES_PER_TURN if across_flow is None else across_flow

    cloud = make_cloud(states, flow)
    kantz = method == "kantz"
    start = references(batch, time, last, n_references // 4 if kantz else n_references)
    radius = 0.01 * rms_radius(states) if kantz else None
    partner = neighbours(cloud, start, window=window, horizon=last, n=10 if kantz else 1, radius=radius)
    if np.isfinite(partner).any(axis=1).sum() < 10 * N_GROUPS:
        raise complaint(
            "x",
            wanted=f"at least {10 * N_GROUPS} states with a neighbour outside the Theiler window of {window} samples",
            got=str(int(np.isfinite(partner).any(axis=1).sum())),
            do="Record for longer, or take a shorter theiler_window or horizon.",
        )
    step = max(1, last // N_LAGS)
    lags = np.arange(0, last + 1, step)
    groups = follow(cloud, start, partner, lags, N_GROUPS, log_of_mean=kantz)
    span = max(4, round(turn / step)) if turn >= SAMPLES_PER_TURN else 1  # a map has no turn
    measured = _measure(lags * dt, groups, span)
    return LyapunovFromData(
        theiler_window=window, mean_period=turn * dt, across_flow=flow, method=method, lag=lag, dim=dim, **measured
    )


def window_slope(record: LyapunovFromData, start: float, end: float) -> tuple[float, float]:
    """Slope of a record's curve by least squares between two times of one's own, and its standard error [1/time].

    Taught on the page "Chaos from data".
    """
    t = record.t.numpy()
    inside = (t >= start - 1e-12) & (t <= end + 1e-12)
    if inside.sum() < 3:
        raise complaint(
            "start, end",
            wanted="at least 3 points of the curve between them",
            got=f"{int(inside.sum())} between {start:g} and {end:g}; the curve runs from {t[0]:g} to {t[-1]:g}",
            do="Widen the window.",
        )
    centred = t[inside] - t[inside].mean()
    slopes = record.per_group.numpy()[:, inside] @ centred / (centred @ centred)
    return float(slopes.mean()), float(_standard_error(slopes))


def window_slopes(record: LyapunovFromData, starts: Tensor, ends: Tensor) -> Tensor:
    """Slopes for every start and end, (starts, ends) [1/time]; NaN where a window holds fewer than 3 points.

    Taught on the page "Chaos from data".
    """
    slopes = torch.full((len(starts), len(ends)), math.nan, dtype=torch.float64)
    for i, start in enumerate(starts.tolist()):
        for j, end in enumerate(ends.tolist()):
            inside = (record.t >= start - 1e-12) & (record.t <= end + 1e-12)
            if int(inside.sum()) >= 3:
                slopes[i, j] = window_slope(record, start, end)[0]
    return slopes


def _default_window(turn: float, batch: int, time: int) -> int:
    """Two mean periods, at most a tenth of a trajectory."""
    return max(1, min(round(2 * turn), time // 10))


def _horizon(horizon: float | None, dt: float, turn: float, time: int) -> int:
    """Samples to follow a pair for."""
    if horizon is None:
        return max(20, min(round(20 * turn), time // 4))
    last = round(check_positive("horizon", horizon) / dt)
    if not 10 <= last <= time // 2:
        raise complaint(
            "horizon",
            wanted=f"from 10 samples to half a trajectory, {10 * dt:.4g} to {time // 2 * dt:.4g}",
            got=f"{horizon:g}",
            do="Change horizon (a time, in the unit of dt), or record for longer.",
        )
    return last


def _standard_error(values: np.ndarray) -> np.ndarray:
    """Of the mean over the groups (axis 0)."""
    return values.std(axis=0, ddof=1) / math.sqrt(len(values))  # type: ignore[no-any-return]


def _measure(t: np.ndarray, groups: np.ndarray, span: int) -> dict[str, Any]:
    """Fields of the record that follow from the curve. span: points of the curve in one mean period."""
    curve = groups.mean(axis=0)
    span = min(span, len(t) // 3)
    local = (groups[:, span:] - groups[:, :-span]) / (t[span] - t[0])  # (groups, m)
    saturation = float(np.sort(curve)[-max(1, len(curve) // 10) :].mean())
    window = _window(curve, local, span, saturation)
    fields: dict[str, Any] = {
        "t": tensor(t),
        "curve": tensor(curve),
        "curve_error": tensor(_standard_error(groups)),
        "slope_t": tensor((t[span:] + t[:-span]) / 2),
        "slopes": tensor(local.mean(axis=0)),
        "slope_errors": tensor(_standard_error(local)),
        "per_group": tensor(groups),
        "saturation": saturation,
    }
    if window is None:
        nan = math.nan
        why = _why_none(t, curve, local, saturation)
        return (
            {"exponent": nan, "standard_error": nan, "window": tensor(np.full(2, nan)), "found": False}
            | fields
            | {"remark": why}
        )
    low, high = window
    inside = local[:, low : high + 1].mean(axis=1)
    return fields | {
        "exponent": float(inside.mean()),
        "standard_error": float(_standard_error(inside)),
        "window": tensor(t[[low, high + span]]),
        "found": True,
        "remark": "",
    }


def _window(curve: np.ndarray, local: np.ndarray, span: int, saturation: float) -> tuple[int, int] | None:
    """First and last local slope of the widest even rise, or None."""
    best, width = None, max(1, math.ceil((LEAST_TURNS - 1) * span)) - 1
    below = np.flatnonzero(curve > saturation - SATURATION)
    end = int(below[0]) if len(below) else len(curve) - 1  # the curve is too high from here on
    for low in range(max(0, end - span)):
        for high in range(low + width + 1, end - span + 1):
            inside = local[:, low : high + 1]
            mean = inside.mean(axis=1, keepdims=True)
            slope = float(mean.mean())
            if curve[high + span] - curve[low] < LEAST_GROWTH or slope <= 5 * _standard_error(mean[:, 0]):
                continue
            bend = np.abs(inside.mean(axis=0) - slope)
            if (bend <= LEVEL * slope + 2 * _standard_error(inside - mean)).all():
                best, width = (low, high), high - low
    return best


def _why_none(t: np.ndarray, curve: np.ndarray, local: np.ndarray, saturation: float) -> str:
    growth = saturation - float(curve[0])
    if growth < LEAST_GROWTH + SATURATION:
        return (
            f"no exponential regime: the distance of neighbours grows by only exp({growth:.2f}) in {t[-1]:.3g} time "
            "units. The orbit may be periodic; or there are too few states, or too much noise, for close neighbours."
        )
    reached = float(t[int(np.argmax(curve > saturation - SATURATION))])
    slopes = local.mean(axis=0)
    return (
        f"no exponential regime: the curve is within three e-folds of saturation after {reached:.3g} time units, its "
        f"slope falls from {slopes[0]:.3g} without a level stretch. Noise and its surrogates look like this; so do "
        "data too few or too coarse for close neighbours."
    )
