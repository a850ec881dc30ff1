"""Borders between basins: ψ as a map with its zero line, and the panel of a validation."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from torch import Tensor

from course_lib.plotting.style import COLORS, legend_above, told_apart
from course_lib.separatrix.curves import CurveErrors
from course_lib.separatrix.validate import Validation
from course_lib.validation import complaint

SIDES = LinearSegmentedColormap.from_list(  # ψ = -1 to +1; at 0 the page shows through
    "sides", [(0, COLORS["x"] + "8c"), (0.5, COLORS["x"] + "00"), (0.5, COLORS["y"] + "00"), (1, COLORS["y"] + "8c")]
)


def plot_psi(
    ax: Axes, x: Tensor, psi: Tensor, *, border: Tensor | None = None, labels: Sequence[str] = ("x", "y")
) -> Axes:
    """ψ on a regular grid in the plane, shaded by side, with its zero line; true border states as dots.

    x: (n², 2), as `grid_starts` makes them.  psi: (n²,).  border: (m, 2).
    Taught on the page "Separatrices of known systems".
    """
    n = round(len(x) ** 0.5)
    if n * n != len(x) or len(psi) != len(x):
        raise complaint("x", wanted="a square grid and a ψ for each state", got=f"{len(x)} and {len(psi)}",
                        do="grid_starts((-2, -2), (2, 2), 100) makes one.")  # fmt: skip
    first, second = (x[:, i].numpy().reshape(n, n) for i in (0, 1))
    values = psi.numpy().reshape(n, n)
    ax.pcolormesh(first, second, values, cmap=SIDES, vmin=-1, vmax=1, shading="nearest", linewidth=0, rasterized=True)
    ax.contour(first, second, values, levels=[0.0], colors=[COLORS["accent"]], linewidths=1.6)
    ax.plot([], [], color=COLORS["accent"], label="ψ = 0")
    if border is not None:
        ax.plot(*border.numpy().T, ".", color=COLORS["text"], markersize=2.5, label="true border")
    ax.set(xlabel=labels[0], ylabel=labels[1])
    return legend_above(ax, 2)


def plot_crossings(ax: Axes, errors: CurveErrors, *, label: str | None = None, color: str = COLORS["model"]) -> Axes:
    """Where ψ changes sign on every curve against where the basin changes, with the diagonal.

    Taught on the page "Separatrices of trained networks".
    """
    place, predicted = errors.place.numpy(), errors.predicted.numpy()
    low, high = float(place.min()), float(place.max())
    ax.plot([low, high], [low, high], color=COLORS["guide"], linewidth=0.8)
    ax.plot(place, predicted, "o", color=color, markersize=3, alpha=0.7, label=label)
    ax.set(xlabel="true change of basin [share of the curve]", ylabel="change of sign of ψ")
    return ax


def plot_validation(axes: Sequence[Any], validation: Validation) -> Sequence[Any]:
    """The panel: crossings of the first fit; errors of all fits beside the nearest memory; basin accuracy a fit.

    axes: three.
    """
    crossings, spread, bars = axes
    plot_crossings(crossings, validation.curves[0])
    for row, errors in enumerate(validation.curves):
        both = ((errors.error, COLORS["model"], "ψ = 0"), (errors.baseline, COLORS["truth"], "nearest memory"))
        for i, (values, color, label) in enumerate(both):
            share = np.sort((values / errors.distance).numpy())
            height = np.arange(1, len(share) + 1) / len(share)
            name, apart = label if row == 0 else None, told_apart(i, len(share))
            spread.step(share, height, where="post", color=color, label=name, **apart)
    spread.set_xscale("log")
    spread.set(xlabel="error [distance between the attractors]", ylabel="share of the curves")
    legend_above(spread, 2)
    fits = np.arange(len(validation.basins))
    for key, color, label, shift in (("accuracy", "model", "ψ", -0.2), ("nearest", "truth", "nearest memory", 0.2)):
        heights = [getattr(score, key) for score in validation.basins]
        bars.bar(fits + shift, heights, width=0.38, color=COLORS[color], label=label)
    bars.set(xlabel="fit", ylabel="share of states in the right basin", xticks=fits, ylim=(0, 1))
    legend_above(bars, 2)
    return axes
