"""Sections of flows and bifurcation diagrams."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from course_lib.analysis.poincare import PoincareSection
from course_lib.analysis.sweep import BifurcationSweep
from course_lib.plotting.style import COLORS, CYCLE, legend_above, told_apart


def plot_section(
    ax: Axes,
    section: PoincareSection,
    *,
    coordinates: Sequence[int] = (0, 1),
    labels: Sequence[str] = ("x", "y"),
    size: float = 3.0,
) -> Axes:
    """Passages through the plane in two coordinates; rising and falling ones in two colours when both are there.

    Taught on the page "Measuring chaos".
    """
    states, direction = section.x.numpy(), section.direction.numpy()
    kinds = [(1, "rising", COLORS["x"], "o"), (-1, "falling", COLORS["y"], "^")]
    present = [kind for kind in kinds if (direction == kind[0]).any()]
    for sign, name, color, marker in present:
        here = states[direction == sign]
        x, y = here[:, coordinates[0]], here[:, coordinates[1]]
        ax.scatter(x, y, s=size, marker=marker, color=color, linewidths=0, label=name)
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    if len(present) > 1:
        legend_above(ax, 2, markerscale=3)
    return ax


def plot_bifurcation(
    ax: Axes,
    sweep: BifurcationSweep,
    *,
    color: str = COLORS["x"],
    size: float = 0.6,
    parameter_label: str = "parameter",
    value_label: str = "long-run values",
    label: str | None = None,
) -> Axes:
    """Every long-run value above its parameter."""
    ax.scatter(sweep.parameter.numpy(), sweep.value.numpy(), s=size, color=color, linewidths=0, label=label)
    ax.set_xlabel(parameter_label)
    ax.set_ylabel(value_label)
    if label is not None:
        legend_above(ax, 2, markerscale=6)
    return ax


def plot_exponents(ax: Axes, sweep: BifurcationSweep, *, parameter_label: str = "parameter") -> Axes:
    """Lyapunov exponents against the parameter, with bands of two standard errors and a line at 0."""
    parameters = sweep.parameters.numpy()
    values, errors = sweep.exponents.numpy(), sweep.standard_error.numpy()
    ax.axhline(0.0, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    for i in range(values.shape[1]):
        color = CYCLE[i % len(CYCLE)]
        apart = told_apart(i, len(parameters), of=values.shape[1])
        ax.plot(parameters, values[:, i], color=color, label=f"$\\lambda_{i + 1}$", **apart)
        spread = 2 * np.nan_to_num(errors[:, i])
        ax.fill_between(parameters, values[:, i] - spread, values[:, i] + spread, color=color, alpha=0.25, linewidth=0)
    ax.set_xlabel(parameter_label)
    ax.set_ylabel("exponent")
    if values.shape[1]:
        legend_above(ax, values.shape[1])
    return ax
