"""Pictures of chaos: distances of pairs, return maps, eigenvalues, exponents as they settle."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from course_lib.analysis.lyapunov import LyapunovSpectrum
from course_lib.analysis.returns import ReturnMap
from course_lib.plotting.style import COLORS, CYCLE, SEQUENTIAL, legend, legend_above, told_apart


def plot_divergence(
    ax: Axes,
    t: Tensor,
    distances: Tensor,
    *,
    labels: Sequence[str] | None = None,
    rate: float | None = None,
    time_label: str = "time [t.u.]",
) -> Axes:
    """Distances of pairs of orbits on a logarithmic axis.

    t: (time,).  distances: (n, time), one curve each.  rate: slope of a dashed guide line through the first value of
    every curve, exp(rate t), drawn until it reaches the largest distance.
    Taught on the page "Phase space and the Lorenz system".
    """
    times, curves = t.numpy(), distances.numpy()
    for i, curve in enumerate(curves):
        color = CYCLE[i % len(CYCLE)]
        apart = told_apart(i, len(curve), of=len(curves))
        ax.semilogy(times, curve, color=color, label=None if labels is None else labels[i], **apart)
        if rate is not None:
            guide = curve[0] * np.exp(rate * (times - times[0]))
            below = guide <= curves.max()
            ax.semilogy(times[below], guide[below], color=COLORS["guide"], linestyle="--", linewidth=1.0)
    ax.set_xlabel(time_label)
    ax.set_ylabel("distance")
    if labels is not None:
        legend(ax, loc="lower right", title="first distance")
    return ax


def plot_return_map(
    ax: Axes,
    record: ReturnMap,
    *,
    color: str = COLORS["z"],
    label: str | None = None,
    name: str = "z",
    size: float = 3.0,
) -> Axes:
    """Each value against the one before it, with the diagonal on which a value repeats itself.

    name: of the coordinate. The record says whether its values are maxima or passages through a section.
    Taught on the page "Phase space and the Lorenz system".
    """
    current, following = record.current.numpy(), record.next.numpy()
    low, high = float(min(current.min(), following.min())), float(max(current.max(), following.max()))
    ax.plot([low, high], [low, high], color=COLORS["guide"], linestyle="--", linewidth=1.0)
    ax.scatter(current, following, s=size, color=color, linewidths=0, label=label)
    ax.set_xlabel(f"maximum of {name}" if record.what == "maximum" else f"{name} at a {record.what}")
    ax.set_ylabel(f"next {record.what}")
    ax.set_aspect("equal")
    if label is not None:
        legend_above(ax, 2, markerscale=3)
    return ax


def plot_eigenvalues(
    ax: Axes,
    eigenvalues: Tensor,
    *,
    color: str = COLORS["x"],
    color_by: Tensor | None = None,
    marker: str = "o",
    size: float = 18.0,
    label: str | None = None,
    boundary: str = "axis",
) -> Axes:
    """Eigenvalues in the complex plane with the boundary of stability.

    eigenvalues: complex, (n,) or (m, n).  color_by: (m,), for example the parameter along a road of m systems.
    boundary: "axis" (flows: the imaginary axis), "circle" (maps: the unit circle) or "none".
    Taught on the page "Phase space and the Lorenz system".
    """
    values = np.atleast_2d(eigenvalues.numpy())
    if boundary == "axis":
        ax.axvline(0.0, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    elif boundary == "circle":
        angle = np.linspace(0, 2 * np.pi, 200)
        ax.plot(np.cos(angle), np.sin(angle), color=COLORS["guide"], linestyle="--", linewidth=1.0)
    paint: dict[str, Any] = {"color": color}
    if color_by is not None:
        paint = {"c": np.repeat(color_by.numpy(), values.shape[1]), "cmap": SEQUENTIAL}
    ax.scatter(values.real.ravel(), values.imag.ravel(), s=size, marker=marker, label=label, linewidths=0, **paint)
    ax.set_xlabel("real part")
    ax.set_ylabel("imaginary part")
    if label is not None:
        legend(ax, loc="best")
    return ax


def plot_spectrum_convergence(
    ax: Axes,
    record: LyapunovSpectrum,
    *,
    which: Sequence[int] | None = None,
    reference: Sequence[float] | None = None,
    time_label: str = "time [t.u.]",
) -> Axes:
    """Each exponent as it was estimated after time t, in a band of two standard errors, its final value in the legend.

    which: exponents to draw, counted from 0; None: all.  reference: known values of all, drawn as dashed lines.
    Taught on the page "Measuring chaos".
    """
    t, running, spread = record.t.numpy(), record.running.numpy(), 2 * record.running_error.numpy()
    chosen = range(running.shape[1]) if which is None else which
    for i in chosen:
        value, error, color = float(record.exponents[i]), float(record.standard_error[i]), CYCLE[i % len(CYCLE)]
        label = f"$\\lambda_{i + 1}$ = {value:.4f}" + (f" ± {error:.4f}" if np.isfinite(error) else "")
        ax.plot(t, running[:, i], color=color, label=label, **told_apart(i, len(t), of=len(chosen)))
        low, high = running[:, i] - spread[:, i], running[:, i] + spread[:, i]
        ax.fill_between(t, low, high, color=color, alpha=0.25, linewidth=0)
        if reference is not None:
            ax.axhline(reference[i], color=COLORS["guide"], linestyle="--", linewidth=1.0)
    ax.set_xlabel(time_label)
    ax.set_ylabel("exponent")
    legend(ax, loc="best")
    return ax
