"""Orbits in state space and in time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from mpl_toolkits.mplot3d.art3d import Line3DCollection
from torch import Tensor

from course_lib.integrate import Trajectory
from course_lib.plotting.style import COLORS, SEQUENTIAL, legend_above, told_apart
from course_lib.validation import complaint


def plot_phase(
    ax: Any,
    x: Trajectory | Tensor,
    *,
    coordinates: Sequence[int] = (0, 1, 2),
    color: str = COLORS["x"],
    color_by: Tensor | None = None,
    labels: Sequence[str] = ("x", "y", "z"),
    label: str | None = None,
    linewidth: float = 0.6,
) -> Axes:
    """Orbits in two coordinates on plain axes, or in three on axes made with three_d=True.

    x: a Trajectory, or states (batch, time, dim).  coordinates: which ones to draw; two on plain axes.
    color_by: (batch, time), for example the speed; it replaces `color`, and the colour bar is the caller's:
    `figure.colorbar(ax.collections[-1], ax=ax)`.
    Taught on the page "Phase space and the Lorenz system".
    """
    flat = ax.name != "3d"
    chosen = list(coordinates)[: 2 if flat else 3]
    points = _array(x)[..., chosen]  # (batch, time, 2 or 3)
    if color_by is None:
        for i, orbit in enumerate(points):
            ax.plot(*orbit.T, color=color, linewidth=linewidth, label=label if i == 0 else None)
    else:
        _colored_lines(ax, points, _array(color_by), linewidth, flat)
    ax.set_xlabel(labels[chosen[0]])
    ax.set_ylabel(labels[chosen[1]])
    if not flat:
        ax.set_zlabel(labels[chosen[2]])
    return ax


def plot_time_series(
    ax: Axes,
    trajectory: Trajectory,
    *,
    coordinates: Sequence[int] | None = None,
    labels: Sequence[str] = ("x", "y", "z"),
    colors: Sequence[str] = (COLORS["x"], COLORS["y"], COLORS["z"]),
    sample: int = 0,
    time_label: str = "time [t.u.]",
) -> Axes:
    """Coordinates of one trajectory of the batch against time, named in a legend when there are several.

    Taught on the page "Measuring chaos".
    """
    x = _array(trajectory.x)[sample]
    chosen = range(x.shape[-1]) if coordinates is None else coordinates
    t = _array(trajectory.t)
    for i in chosen:
        name, apart = labels[i] if i < len(labels) else f"x{i + 1}", told_apart(i, len(t), of=len(chosen))
        ax.plot(t, x[:, i], color=colors[i % len(colors)], label=name, **apart)
    ax.set_xlabel(time_label)
    if len(chosen) > 1:
        legend_above(ax, len(chosen))
    else:
        ax.set_ylabel(labels[chosen[0]] if chosen[0] < len(labels) else f"x{chosen[0] + 1}")
    return ax


def _array(value: Trajectory | Tensor) -> np.ndarray:
    tensor = value.x if isinstance(value, Trajectory) else value
    return tensor.detach().cpu().numpy()


def _colored_lines(ax: Any, points: np.ndarray, values: np.ndarray, linewidth: float, flat: bool) -> None:
    if values.shape != points.shape[:2]:
        raise complaint(
            "color_by", wanted=f"shape {points.shape[:2]}", got=f"{values.shape}", do="One value for every state."
        )
    segments: Any = np.stack((points[:, :-1], points[:, 1:]), axis=2)  # (batch, time - 1, 2 ends, 2 or 3)
    segments = segments.reshape(-1, 2, points.shape[-1])
    collection = (LineCollection if flat else Line3DCollection)(segments, cmap=SEQUENTIAL, linewidths=linewidth)
    collection.set_array(values[:, :-1].reshape(-1))
    ax.add_collection(collection)
    low, high = points.reshape(-1, points.shape[-1]).min(0), points.reshape(-1, points.shape[-1]).max(0)
    if flat:
        ax.update_datalim(np.stack((low, high)))
        ax.autoscale_view()
    else:
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
