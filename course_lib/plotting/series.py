"""Pictures of series and states: delay vectors, what chose them, recurrences, spectra, densities."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from course_lib.analysis.density import InvariantDensity
from course_lib.analysis.embedding import DelayEmbedding, FalseNeighbours, MutualInformation
from course_lib.analysis.power_spectrum import PowerSpectrum
from course_lib.analysis.recurrence import Recurrence
from course_lib.plotting.style import COLORS, CYCLE, SEQUENTIAL, told_apart


def plot_embedding(
    ax: Axes,
    record: DelayEmbedding,
    *,
    dt: float = 1.0,
    color: str = COLORS["x"],
    linewidth: float = 0.5,
    name: str = "x",
) -> Axes:
    """Delay vectors as curves: two coordinates on plain axes, three on axes made with three_d=True.

    Taught on the page "Chaos from data".
    """
    flat = ax.name != "3d"
    for orbit in record.x.numpy():
        ax.plot(*orbit.T[: 2 if flat else 3], color=color, linewidth=linewidth)
    lag = f"{record.lag * dt:.3g}"
    ax.set_xlabel(f"{name}(t)")
    ax.set_ylabel(f"{name}(t − {lag})")
    if not flat:
        ax.set_zlabel(f"{name}(t − 2·{lag})")  # type: ignore[attr-defined]
    return ax


def plot_mutual_information(
    ax: Axes, record: MutualInformation, *, dt: float = 1.0, color: str = COLORS["x"], time_label: str = "lag [t.u.]"
) -> Axes:
    """Mutual information against lag, its first minimum marked. dt: time between samples.

    Taught on the page "Chaos from data".
    """
    lags = dt * record.lags.numpy()
    ax.plot(lags[1:], record.information.numpy()[1:], color=color)
    if record.found:
        place = record.first_minimum * dt
        label = f"first minimum {place:.3g}"
        ax.axvline(place, color=COLORS["accent"], linestyle="--", linewidth=1.0, label=label)
        ax.legend(loc="upper right")
    ax.set_xlabel(time_label)
    ax.set_ylabel("mutual information [nats]")
    return ax


def plot_false_neighbours(
    ax: Axes, record: FalseNeighbours, *, color: str = COLORS["x"], label: str | None = None
) -> Axes:
    """Share of false neighbours against dimension, with the threshold.

    Taught on the page "Chaos from data".
    """
    ax.plot(record.dims.numpy(), 100 * record.share.numpy(), color=color, marker="o", markersize=4, label=label)
    ax.axhline(100 * record.threshold, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    ax.set_xticks(record.dims.numpy())
    ax.set_xlabel("embedding dimension")
    ax.set_ylabel("false neighbours [%]")
    if label is not None:
        ax.legend(loc="upper right")
    return ax


def plot_recurrence(
    ax: Axes, record: Recurrence, *, dt: float = 1.0, color: str = COLORS["x"], time_label: str = "time [t.u.]"
) -> Axes:
    """Dots where the orbit comes back to itself, time against time.

    Taught on the page "Measuring chaos".
    """
    matrix = record.matrix.numpy()
    end = dt * len(matrix)
    shown = np.where(matrix, 1.0, np.nan)  # where nothing recurs the ground stays transparent
    ax.imshow(shown, origin="lower", extent=(0, end, 0, end), cmap=ListedColormap([color]), interpolation="nearest")
    ax.set_aspect("equal")
    ax.set_xlabel(time_label)
    ax.set_ylabel(time_label)
    return ax


def plot_power_spectrum(
    ax: Axes,
    record: PowerSpectrum,
    *,
    labels: tuple[str, ...] = ("x", "y", "z"),
    coordinates: tuple[int, ...] | None = None,
) -> Axes:
    """Power spectral density of the chosen coordinates, on a logarithmic axis.

    Taught on the page "Measuring chaos".
    """
    chosen = range(record.power.shape[1]) if coordinates is None else coordinates
    for i in chosen:
        name = labels[i] if i < len(labels) else f"x{i + 1}"
        label = f"{name}, peak at {float(record.peak[i]):.3g}"
        frequency, power = record.frequency.numpy()[1:], record.power.numpy()[1:, i]
        apart = told_apart(i, len(power), of=len(chosen))
        ax.semilogy(frequency, power, color=CYCLE[i % len(CYCLE)], label=label, **apart)
    ax.set_xlabel("frequency [1/t.u.]")
    ax.set_ylabel("power density")
    ax.legend(loc="best")
    return ax


def plot_density(
    ax: Axes,
    record: InvariantDensity,
    *,
    labels: tuple[str, ...] = ("x", "y", "z"),
    color: str = COLORS["x"],
    label: str | None = None,
) -> Axes:
    """A density: steps for one coordinate, colours for two (empty bins stay transparent)."""
    names = [labels[c] if c < len(labels) else f"x{c + 1}" for c in record.coordinates]
    density, edges = record.density.numpy(), [edge.numpy() for edge in record.edges]
    ax.set_xlabel(names[0])
    if len(names) == 1:
        ax.stairs(density, edges[0], color=color, linewidth=1.3, label=label)
        ax.set_ylabel("density")
        if label is not None:
            ax.legend(loc="best")
        return ax
    ax.pcolormesh(*edges, np.ma.masked_equal(density.T, 0.0), cmap=SEQUENTIAL)
    ax.set_ylabel(names[1])
    return ax
