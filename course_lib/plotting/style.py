"""One palette for the whole book, legible on white and on the dark page, on a transparent ground.

Every colour here, the text's grey included, has a contrast of at least 3:1 against both #ffffff and #14181e
(WCAG 2.2, 1.4.11); tests/test_plotting.py computes it. The same thing has the same colour on every page.
"""

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

#: What is drawn -> its colour, the same on every page: `COLORS["truth"]`.
COLORS: dict[str, str] = {
    "x": "#3584e4",
    "y": "#d96f0e",
    "z": "#2e9e5b",
    "truth": "#7d8590",
    "model": "#9061d8",
    "accent": "#d6455d",
    "guide": "#7d8590",
    "text": "#7d8590",
}
CYCLE: tuple[str, ...] = ("#3584e4", "#d96f0e", "#2e9e5b", "#9061d8", "#d6455d", "#1f8a9c", "#b8860b")
MARKERS: tuple[str, ...] = ("o", "^", "s", "D", "v", "P", "X")
SEQUENTIAL = LinearSegmentedColormap.from_list("course", ["#3584e4", "#9061d8", "#d6455d", "#d96f0e"])

RC: dict[Any, Any] = {
    "axes.edgecolor": COLORS["text"],
    "axes.facecolor": "none",
    "axes.grid": False,
    "axes.labelcolor": COLORS["text"],
    "axes.prop_cycle": cycler(color=CYCLE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": COLORS["text"],
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "font.size": 11,
    "legend.frameon": False,
    "legend.labelcolor": COLORS["text"],
    "lines.linewidth": 1.3,
    "savefig.dpi": 200,
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "text.color": COLORS["text"],
    "xtick.color": COLORS["text"],
    "ytick.color": COLORS["text"],
}


def told_apart(i: int, n: int, *, of: int = 2) -> dict[str, Any]:
    """Keywords of `Axes.plot` that tell line `i` of several apart without its colour: a marker every eighth of it.

    n: points of the line.  of: how many lines there are; a line that stands alone needs no marker.
    """
    if of < 2:
        return {}
    step = max(1, n // 8)
    return {"marker": MARKERS[i % len(MARKERS)], "markevery": ((i * step) // of, step), "markersize": 5}


def use_style() -> None:
    """Set matplotlib's defaults to the course's style, once at the top of a page.

    Taught on the page "Phase space and the Lorenz system".
    """
    mpl.rcParams.update(RC)


def new_axes(
    rows: int = 1, columns: int = 1, *, size: tuple[float, float] = (6.4, 3.6), three_d: bool = False, **options: Any
) -> tuple[Figure, Any]:
    """A transparent figure in the course's style: (figure, axes), axes an array when there are several panels.

    size: width and height of the figure [inch].  three_d: axes for phase portraits in three coordinates.
    options: passed to plt.subplots.
    Taught on the page "Phase space and the Lorenz system".
    """
    with mpl.rc_context(RC):
        if three_d:
            options["subplot_kw"] = {"projection": "3d", **options.get("subplot_kw", {})}
        figure, axes = plt.subplots(rows, columns, figsize=size, **options)
        interactive = plt.isinteractive()
    mpl.interactive(interactive)  # a notebook's backend switches it on when first used; leaving the context undid that
    for ax in figure.axes:
        if three_d:
            clear_panes(ax)
    return figure, axes


def clear_panes(ax: Any) -> Axes:
    """Take the grey walls and the white ground off 3-D axes."""
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color((1.0, 1.0, 1.0, 0.0))
        axis.line.set_color(COLORS["text"])
    ax.grid(False)
    ax.patch.set_alpha(0.0)
    return ax


def legend(ax: Axes, **options: Any) -> Axes:
    """A legend without a frame in the text's colour, whatever matplotlib's defaults are at the time."""
    box = ax.legend(**{"frameon": False, "labelcolor": COLORS["text"], **options})
    box.get_title().set_color(COLORS["text"])
    return ax


def legend_above(ax: Axes, entries: int, **options: Any) -> Axes:
    """The legend in one row above the axes, where it covers no data."""
    return legend(ax, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=entries, borderaxespad=0.2, **options)
