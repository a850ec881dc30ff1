"""Pictures of estimates from data: the curve, the region that was read, and the slope."""

import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from course_lib.analysis.correlation import CorrelationDimension
from course_lib.analysis.from_data import LyapunovFromData
from course_lib.plotting.style import COLORS, MARKERS, SEQUENTIAL


def plot_correlation_sum(ax: Axes, record: CorrelationDimension, *, color: str = COLORS["x"]) -> Axes:
    """Share of pairs against radius, both logarithmic; radii in units of the cloud's RMS radius, the region shaded.

    Taught on the page "Measuring chaos".
    """
    seen = record.curve.counts.numpy() > 0
    radii = record.curve.radii.numpy() / record.size
    ax.loglog(radii[seen], record.curve.sums.numpy()[seen], color=color, marker="o", markersize=2.5, linewidth=0.9)
    _shade(ax, record.found, record.radii.numpy() / record.size)
    ax.set_xlabel("radius r [RMS radius]")
    ax.set_ylabel("share of pairs C(r)")
    return ax


def plot_local_slopes(
    ax: Axes, record: CorrelationDimension, *, color: str = COLORS["x"], reference: float | None = None
) -> Axes:
    """Local slopes of log C against log r with their standard errors, and the level that was read.

    reference: a known dimension, drawn as a dashed line.
    Taught on the page "Measuring chaos".
    """
    radii, slopes = record.slope_radii.numpy() / record.size, record.slopes.numpy()
    ax.errorbar(radii, slopes, record.slope_errors.numpy(), color=color, fmt="o", markersize=3, linewidth=0.9)
    ax.set_xscale("log")
    _shade(ax, record.found, record.radii.numpy() / record.size)
    if record.found:
        label = f"D = {record.dimension:.3f} ± {record.standard_error:.3f}"
        ends = record.radii.numpy() / record.size
        ax.plot(ends, [record.dimension] * 2, color=COLORS["accent"], label=label)
        ax.set_ylim(record.dimension - 0.6, record.dimension + 0.6)
    if reference is not None:
        ax.axhline(reference, color=COLORS["guide"], linestyle="--", linewidth=1.0, label=f"{reference:g}")
    if record.found or reference is not None:
        ax.legend(loc="lower left")
    ax.set_xlabel("radius r [RMS radius]")
    ax.set_ylabel("local slope of log C(r)")
    return ax


def plot_divergence_curve(
    ax: Axes,
    record: LyapunovFromData,
    *,
    color: str = COLORS["x"],
    windows: tuple[tuple[float, float, float], ...] = (),
    time_label: str = "time [t.u.]",
) -> Axes:
    """Mean logarithm of the distance of neighbours against time, with the window and its slope.

    windows: further (start, end, slope), drawn as lines through the curve at their middle, to compare.
    Taught on the page "Chaos from data".
    """
    t, curve = record.t.numpy(), record.curve.numpy()
    error = record.curve_error.numpy()
    ax.fill_between(t, curve - 2 * error, curve + 2 * error, color=color, alpha=0.25, linewidth=0)
    ax.plot(t, curve, color=color)
    _shade(ax, record.found, record.window.numpy())
    own = ((*record.window.tolist(), record.exponent),) if record.found else ()
    paints = (COLORS["accent"],) * len(own) + (COLORS["y"], COLORS["z"], COLORS["model"]) * len(windows)
    for (start, end, slope), paint, marker in zip((*own, *windows), paints, MARKERS * len(paints), strict=False):
        inside = (t >= start - 1e-12) & (t <= end + 1e-12)
        line = curve[inside].mean() + slope * (t[inside] - t[inside].mean())
        name = f"{slope:.3f} from {start:.2g} to {end:.2g}"
        ax.plot(t[inside], line, color=paint, linestyle="--", marker=marker, markevery=[0, -1], label=name)
    ax.axhline(record.saturation, color=COLORS["guide"], linestyle=":", linewidth=1.0, label="last level")
    ax.legend(loc="lower right")
    ax.set_xlabel(time_label)
    ax.set_ylabel("mean log distance")
    return ax


def plot_window_slopes(
    ax: Axes, starts: Tensor, ends: Tensor, slopes: Tensor, *, limits: tuple[float, float] | None = None
) -> Axes:
    """Slope as a map over the window's start and end; colours from limits[0] to limits[1].

    slopes: (starts, ends), from `window_slopes`. The colour bar is the caller's: `figure.colorbar(ax.collections[-1])`.
    Taught on the page "Chaos from data".
    """
    low, high = limits if limits is not None else (float(np.nanmin(slopes)), float(np.nanmax(slopes)))
    ax.pcolormesh(
        starts.numpy(), ends.numpy(), slopes.numpy().T, cmap=SEQUENTIAL, vmin=low, vmax=high, shading="nearest"
    )
    ax.set_xlabel("window starts at [t.u.]")
    ax.set_ylabel("window ends at [t.u.]")
    return ax


def _shade(ax: Axes, found: bool, ends: np.ndarray) -> None:
    if found:
        ax.axvspan(float(ends[0]), float(ends[1]), color=COLORS["guide"], alpha=0.15, linewidth=0)
