"""Phase portraits: arrows, nullclines, rest points by kind, basins."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from torch import Tensor

from course_lib.analysis.basins import Basins
from course_lib.analysis.linearize import Linearization
from course_lib.analysis.phase_plane import PhasePlane
from course_lib.plotting.style import COLORS, CYCLE
from course_lib.validation import complaint

# one shape a kind, so that kinds can be told apart without colour: filled is stable, open is not
KINDS: dict[str, tuple[str, str, str]] = {
    "stable node": ("o", "full", COLORS["x"]),
    "stable focus": ("o", "full", COLORS["x"]),
    "centre": ("o", "top", COLORS["z"]),
    "saddle": ("^", "none", COLORS["y"]),
    "saddle-focus": ("^", "none", COLORS["y"]),
    "unstable node": ("o", "none", COLORS["accent"]),
    "unstable focus": ("o", "none", COLORS["accent"]),
    "degenerate": ("D", "none", COLORS["model"]),
    "not at rest": ("x", "full", COLORS["guide"]),
}
ARROWS = 25  # a side; the grid itself may be finer, for smooth nullclines
INDEX_MARKERS = ("o", "^", "s", "*")  # 0, 1, 2, 3 or more unstable directions


def plot_phase_plane(
    ax: Axes,
    plane: PhasePlane,
    *,
    nullclines: bool = True,
    color: str = COLORS["guide"],
    labels: Sequence[str] = ("x", "y"),
) -> Axes:
    """Arrows of one length that show where a state goes, and the two curves on which a coordinate stands still.

    Taught on the page "E/I rate networks".
    """
    x, y, u, v = (value.numpy() for value in (plane.x, plane.y, plane.u, plane.v))
    speed = np.hypot(u, v)
    speed[speed == 0] = 1
    every = slice(None, None, max(1, round(len(x) / ARROWS)))
    arrows = (u / speed)[every, every], (v / speed)[every, every]
    ax.quiver(x[every], y[every], *arrows, color=color, alpha=0.6, pivot="mid", scale=1.4 * ARROWS, width=0.0025)
    if nullclines:
        curves = ((u, labels[0], COLORS["x"], "solid"), (v, labels[1], COLORS["y"], "dashdot"))
        for values, name, paint, style in curves:
            if values.min() < 0 < values.max():
                ax.contour(x, y, values, levels=[0.0], colors=[paint], linewidths=1.2, linestyles=style)
                ax.plot([], [], color=paint, linestyle=style, label=f"{name} stands still")
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2)
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    return ax


def plot_rest_points(
    ax: Axes,
    points: Linearization,
    *,
    coordinates: Sequence[int] = (0, 1),
    project: Callable[[Tensor], Tensor] | None = None,
    by: str = "kind",
    size: float = 8.0,
    legend: bool = True,
) -> Axes:
    """Points with a shape for each kind, or for each number of unstable directions (by="index").

    Filled is stable, open unstable, a triangle is a saddle. Plain axes take two coordinates, 3-D axes three.
    project: takes states (n, dim) to the coordinates to choose from, for example a network's readout; None: the states.
    Taught on the page "Fixed points and linearisation".
    """
    chosen = list(coordinates)
    if len(chosen) != (3 if ax.name == "3d" else 2):
        raise complaint(
            "coordinates", wanted="2 on plain axes, 3 on 3-D axes", got=str(chosen), do="Pass for example (0, 1)."
        )
    if by not in ("kind", "index"):
        raise complaint("by", wanted="kind or index", got=repr(by), do="index suits many points in many dimensions.")
    x = (points.x if project is None else project(points.x).detach()).numpy()[:, chosen]
    index = points.saddle_index.tolist()
    entries: dict[str, Line2D] = {}
    for point, name, unstable in zip(x, points.names, index, strict=True):
        marker, fill, color = KINDS[name]
        if by == "index":
            name = f"{unstable} unstable"
            marker = INDEX_MARKERS[min(unstable, len(INDEX_MARKERS) - 1)]
            fill, color = "full" if unstable == 0 else "none", CYCLE[unstable % len(CYCLE)]
        (entries[name],) = ax.plot(
            *([value] for value in point),
            marker=marker,
            fillstyle=fill,
            color=color,
            markersize=size,
            markeredgewidth=1.6,
            linestyle="none",
            zorder=5,
        )
    if legend and entries:
        names = sorted(entries)
        ax.legend([entries[name] for name in names], names, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)
    return ax


def plot_linearization(ax: Axes, points: Linearization, *, size: float = 22.0) -> Axes:
    """Eigenvalues of every point in the complex plane, in the colour and shape of its index, with the boundary.

    The boundary of stability is the imaginary axis for a flow and the unit circle for a map.
    """
    if points.kind == "flow":
        ax.axvline(0.0, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    else:
        angle = np.linspace(0, 2 * np.pi, 200)
        ax.plot(np.cos(angle), np.sin(angle), color=COLORS["guide"], linestyle="--", linewidth=1.0)
        ax.set_aspect("equal")
    values, index = points.eigenvalues.numpy(), points.saddle_index.numpy()
    for unstable in np.unique(index):
        here = values[index == unstable]
        ax.scatter(
            here.real.ravel(),
            here.imag.ravel(),
            s=size,
            marker=INDEX_MARKERS[min(unstable, len(INDEX_MARKERS) - 1)],
            color=CYCLE[unstable % len(CYCLE)],
            linewidths=0,
            label=f"{unstable} unstable",
        )
    ax.set_xlabel("real part")
    ax.set_ylabel("imaginary part")
    ax.legend(loc="best")
    return ax


def plot_basins(
    ax: Axes,
    record: Basins,
    *,
    labels: Sequence[str] = ("x", "y"),
    coordinates: Sequence[int] = (0, 1),
    attractors: bool = True,
) -> Axes:
    """Basins of starts on a grid (`grid_starts`) in two dimensions as an image; undecided starts stay clear.

    Taught on the page "Separatrices of known systems".
    """
    starts = record.starts.numpy()
    x, y = np.unique(starts[:, coordinates[0]]), np.unique(starts[:, coordinates[1]])
    if len(x) * len(y) != len(starts):
        raise complaint(
            "record",
            wanted="starts on a grid in two dimensions",
            got=f"{len(starts)} starts with {len(x)} and {len(y)} distinct coordinates",
            do="grid_starts(low, high, n) makes them.",
        )
    image = np.full((len(y), len(x)), np.nan)
    places = np.searchsorted(y, starts[:, coordinates[1]]), np.searchsorted(x, starts[:, coordinates[0]])
    image[places] = np.where(record.label.numpy() < 0, np.nan, record.label.numpy())
    count = max(len(record.attractors), 1)
    palette = ListedColormap([CYCLE[i % len(CYCLE)] for i in range(count)])
    ax.pcolormesh(x, y, image, cmap=palette, vmin=-0.5, vmax=count - 0.5, alpha=0.55, rasterized=True, linewidth=0)
    if attractors and record.attractors.shape[1] == starts.shape[1]:
        _attractor_marks(ax, record.attractors, coordinates)
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    return ax


def _attractor_marks(ax: Axes, attractors: Tensor, coordinates: Sequence[int]) -> None:
    for i, point in enumerate(attractors.numpy()[:, list(coordinates)]):
        ax.plot(*point, marker="o", color=CYCLE[i % len(CYCLE)], markeredgecolor=COLORS["text"], linestyle="none")
