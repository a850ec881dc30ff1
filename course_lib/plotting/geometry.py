"""The inner geometry of a network: fixed points and the roads between them, spectra, lines and rings of slow points."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from course_lib.analysis.linearize import Linearization
from course_lib.analysis.manifolds import UnstableManifolds
from course_lib.analysis.slow_curve import SlowCurve
from course_lib.plotting.portraits import INDEX_MARKERS
from course_lib.plotting.style import COLORS, CYCLE, legend_above
from course_lib.validation import complaint

Project = Callable[[Tensor], Tensor]  # states (..., dim) to (..., 2) on plain axes or (..., 3) on 3-D axes


def plot_manifolds(
    ax: Any,
    record: UnstableManifolds,
    *,
    project: Project,
    index: int | None = None,
    linewidth: float = 1.2,
) -> Axes:
    """The curves that leave the saddles, in the colour of the saddle's index (as `plot_rest_points(by="index")`).

    project: which two or three coordinates of the states to draw, for example a network's readout.
    index: only curves of saddles with so many unstable directions; None: all.
    Taught on the page "Fixed points and linearisation".
    """
    begins = record.points.saddle_index[record.saddle]
    curves = _projected(ax, record.curves, project)
    for curve, unstable in zip(curves, begins.tolist(), strict=True):
        if index is None or unstable == index:
            ax.plot(*curve.T, color=CYCLE[unstable % len(CYCLE)], linewidth=linewidth, zorder=2)
    return ax


def plot_index_spectra(ax: Axes, points: Linearization, *, size: float = 20.0) -> Axes:
    """Real parts of all eigenvalues (a map's moduli), one row for each number of unstable directions, one dot each.

    The dashed line is the boundary of stability. Within a row the points of that index lie one below the other.
    Taught on the page "Fixed points and linearisation".
    """
    is_map = points.kind == "map"
    values = points.eigenvalues.abs().numpy() if is_map else points.eigenvalues.real.numpy()
    index = points.saddle_index.numpy()
    kinds = np.unique(index)
    ax.axvline(1.0 if is_map else 0.0, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    for row, unstable in enumerate(kinds):
        here = values[index == unstable]
        height = row + 0.5 * (np.linspace(-0.5, 0.5, len(here)) if len(here) > 1 else np.zeros(1))
        ax.scatter(
            here.ravel(),
            np.repeat(height, here.shape[1]),
            s=size,
            marker=INDEX_MARKERS[min(int(unstable), len(INDEX_MARKERS) - 1)],
            color=CYCLE[int(unstable) % len(CYCLE)],
            linewidths=0,
        )
    ax.set_yticks(range(len(kinds)), [f"{np.sum(index == k)} with {k} unstable" for k in kinds])
    ax.invert_yaxis()
    ax.set_xlabel("modulus of the eigenvalue" if is_map else "real part of the eigenvalue")
    return ax


def plot_slow_curve(ax: Any, record: SlowCurve, *, project: Project, size: float = 9.0) -> Axes:
    """The line or ring, thick where the state drifts slowly; resting places filled when stable along the curve.

    project: as in `plot_manifolds`.
    Taught on the page "Cognitive tasks, line and ring attractors".
    """
    x = _projected(ax, record.x, project)
    x = np.concatenate((x, x[:1])) if record.closed else x
    speed = record.drift.abs().numpy()
    width = 1.0 + 4.0 * (1 - speed / max(speed.max(), np.finfo(float).tiny))
    for i in range(len(x) - 1):
        ax.plot(*x[i : i + 2].T, color=COLORS["x"], linewidth=width[i], solid_capstyle="round", zorder=2)
    places, stable = record.rests()
    arc = np.append(record.arc.numpy(), record.length) if record.closed else record.arc.numpy()
    for place, holds in zip(places.tolist(), stable.tolist(), strict=True):
        at = [[np.interp(place, arc, x[:, k])] for k in range(x.shape[1])]
        look = {"fillstyle": "full" if holds else "none", "color": COLORS["x"] if holds else COLORS["y"]}
        ax.plot(*at, marker="o" if holds else "^", markersize=size, linestyle="none", zorder=5, **look)
    return ax


def plot_drift(ax: Axes, record: SlowCurve, *, along_label: str = "position along the curve") -> Axes:
    """Speed along the curve against arc length: filled where it rests and returns, open where it rests and leaves."""
    arc, drift = record.arc.numpy(), record.drift.numpy()
    ax.axhline(0.0, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    ax.plot(arc, drift, color=COLORS["x"])
    places, stable = record.rests()
    for holds, name, marker, color in ((True, "gathers", "o", COLORS["x"]), (False, "lets go", "^", COLORS["y"])):
        here = places[stable] if holds else places[~stable]
        fill = "full" if holds else "none"
        zeros = np.zeros(len(here))
        ax.plot(here.numpy(), zeros, marker, fillstyle=fill, color=color, label=name, markersize=7, markeredgewidth=1.5)
    ax.set_xlabel(along_label)
    ax.set_ylabel("speed along it")
    legend_above(ax, 2)
    return ax


def figure_3d(
    points: Linearization,
    record: UnstableManifolds,
    *,
    project: Project,
    labels: Sequence[str] = ("x", "y", "z"),
) -> dict[str, Any]:
    """Fixed points and roads as a plotly figure in plain data, {"data": [...], "layout": {...}}, to be turned by hand.

    project: states (..., dim) to (..., 3).  One trace for each index, whose name in the legend switches it off.
    `student.plotly_html` puts it on a page; `plotly.graph_objects.Figure(**figure_3d(...))` is plotly's own.
    Taught on the page "Flip-flop memory".
    """
    begins = record.points.saddle_index[record.saddle].numpy()
    curves, x = _in_space(record.curves, project), _in_space(points.x, project)
    index = points.saddle_index.numpy()
    symbols = ("circle", "diamond-open", "square-open", "cross")
    traces: list[dict[str, Any]] = []
    for unstable in np.unique(index).tolist():
        color, group = CYCLE[unstable % len(CYCLE)], f"{unstable} unstable"
        columns = [_rounded(c) for c in x[index == unstable].T]
        marker = {"size": 6, "color": color, "symbol": symbols[min(unstable, len(symbols) - 1)]}
        traces.append(
            {"type": "scatter3d", "mode": "markers", "name": group, "legendgroup": group, "marker": marker}
            | dict(zip("xyz", columns, strict=True))
            | {"hovertemplate": "%{x:.2f}, %{y:.2f}, %{z:.2f}"}
        )
        roads = curves[begins == unstable]
        if len(roads):
            gaps = np.full((len(roads), 1, 3), np.nan)
            lines = np.concatenate((roads, gaps), axis=1).reshape(-1, 3)
            traces.append(
                {"type": "scatter3d", "mode": "lines", "name": group, "legendgroup": group, "showlegend": False}
                | dict(zip("xyz", [_rounded(c) for c in lines.T], strict=True))
                | {"line": {"color": color, "width": 4}, "hoverinfo": "skip"}
            )
    axes = {f"{axis}axis": {"title": {"text": name}} for axis, name in zip("xyz", labels, strict=True)}
    return {"data": traces, "layout": {"scene": axes | {"aspectmode": "cube"}, "legend": {"orientation": "h"}}}


def _projected(ax: Any, states: Tensor, project: Project) -> np.ndarray:
    wanted = 3 if ax.name == "3d" else 2
    flat = project(states).detach()
    if flat.shape != (*states.shape[:-1], wanted):
        raise complaint(
            "project",
            wanted=f"{wanted} coordinates a state on these axes",
            got=f"shape {tuple(flat.shape)} for states {tuple(states.shape)}",
            do="Take for example project=lambda x: network.readout(x)[..., :2].",
        )
    return flat.numpy()


def _in_space(states: Tensor, project: Project) -> np.ndarray:
    flat = project(states).detach().numpy()
    if flat.shape[-1] != 3:
        raise complaint("project", wanted="3 coordinates a state", got=str(flat.shape[-1]), do="A picture in space.")
    return flat


def _rounded(values: np.ndarray) -> list[float | None]:
    """Four digits are enough for a picture; None is plotly's gap in a line."""
    return [None if np.isnan(v) else float(f"{v:.4g}") for v in values]
