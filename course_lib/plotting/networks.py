"""Pictures of rate networks: weights under Dale's law, their spectra, currents, and the answer to a step of input."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from torch import Tensor

from course_lib.integrate import Trajectory
from course_lib.models.connectivity import Spectrum
from course_lib.models.currents import Currents
from course_lib.plotting.style import COLORS, CYCLE, legend_above, told_apart
from course_lib.validation import check_shape, complaint

EXCITATORY, INHIBITORY, NET, EXTERNAL = CYCLE[1], CYCLE[0], CYCLE[3], CYCLE[2]
# clear in the middle, so that an absent connection has the colour of the page
_STOPS = ((0.0, INHIBITORY, 1.0), (0.499, INHIBITORY, 0.0), (0.501, EXCITATORY, 0.0), (1.0, EXCITATORY, 1.0))
SIGNED = LinearSegmentedColormap.from_list("signed", [(at, to_rgba(color, alpha)) for at, color, alpha in _STOPS])


def plot_weights(ax: Axes, W: Tensor, *, n_e: int | None = None) -> Axes:
    """A weight matrix as an image, excitation warm and inhibition cool; rows receive. n_e: where a line divides.

    W: (dim, dim).  Colours saturate at the 99th percentile of the magnitudes, so that a few strong weights do not
    leave the others pale.
    Taught on the page "E/I rate networks".
    """
    values = check_shape("W", W, "dim dim").detach().numpy()
    top = float(np.quantile(np.abs(values), 0.99)) or 1.0
    ax.imshow(values, cmap=SIGNED, vmin=-top, vmax=top, interpolation="nearest", rasterized=True)
    if n_e is not None:
        ax.axvline(n_e - 0.5, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    ax.set_xlabel("sender")
    ax.set_ylabel("receiver")
    return ax


def plot_weight_spectrum(
    ax: Axes, record: Spectrum, *, color: str = COLORS["model"], label: str = "eigenvalues", size: float = 9.0
) -> Axes:
    """Eigenvalues in the complex plane, the disc that the weights' variance predicts, and a cross at the outlier.

    Taught on the page "E/I rate networks".
    """
    values = record.eigenvalues.numpy()
    ax.scatter(values.real, values.imag, s=size, color=color, linewidths=0, label=label)
    angle = np.linspace(0, 2 * np.pi, 200)
    x, y = record.radius * np.cos(angle), record.radius * np.sin(angle)
    ax.plot(x, y, color=COLORS["guide"], linestyle="--", linewidth=1.0, label="disc on paper")
    if abs(record.outlier) > record.radius:
        ax.plot([record.outlier], [0.0], "x", color=COLORS["accent"], markersize=9, label="outlier on paper")
    ax.set_aspect("equal", adjustable="box")
    ax.set_xlabel("real part")
    ax.set_ylabel("imaginary part")
    return ax


def plot_currents(
    ax: Axes, t: Tensor, currents: Currents, *, cell: int = 0, sample: int = 0, time_label: str = "time [ms]"
) -> Axes:
    """The three currents into one cell and their sum against time. t: (time,).  currents: (batch, time, dim) each.

    Taught on the page "E/I rate networks".
    """
    parts = {
        "excitatory": (currents.excitatory, EXCITATORY),
        "external": (currents.external, EXTERNAL),
        "inhibitory": (currents.inhibitory, INHIBITORY),
        "sum": (currents.net, NET),
    }
    for i, (name, (part, color)) in enumerate(parts.items()):
        if part.ndim != 3 or part.shape[1] != len(t):
            raise complaint(
                f"currents, {name}",
                wanted=f"(batch, {len(t)}, dim), one value for every time",
                got=str(tuple(part.shape)),
                do="Take them from network.currents(x, u) with x and u at the times t.",
            )
        line = part[sample, :, cell].detach().numpy()
        width = 1.8 if name == "sum" else 1.2
        ax.plot(t.numpy(), line, color=color, label=name, linewidth=width, **told_apart(i, len(t), of=len(parts)))
    ax.axhline(0.0, color=COLORS["guide"], linewidth=0.8)
    ax.set_xlabel(time_label)
    ax.set_ylabel("current")
    legend_above(ax, 4)
    return ax


def plot_step_response(
    ax: Axes,
    record: Trajectory,
    *,
    step_at: float,
    names: Sequence[str] = ("excitatory", "inhibitory"),
    colors: Sequence[str] = (EXCITATORY, INHIBITORY),
    sample: int = 0,
    time_label: str = "time [ms]",
) -> Axes:
    """Rates of the first coordinates around a step of the input, their first values as dashed lines.

    record: .x (batch, time, dim), dim at least the number of names.  step_at: time of the step, a vertical line.
    Taught on the page "E/I rate networks".
    """
    if record.x.shape[-1] < len(names):
        raise complaint(
            "record",
            wanted=f"at least {len(names)} coordinates, one for each name",
            got=str(record.x.shape[-1]),
            do="Pass the names of the coordinates that are there.",
        )
    t = record.t.numpy()
    for k, (name, color) in enumerate(zip(names, colors, strict=True)):
        rate = record.x[sample, :, k].detach().numpy()
        ax.axhline(rate[0], color=color, linestyle="--", linewidth=0.9)
        ax.plot(t, rate, color=color, label=name, linewidth=1.8, **told_apart(k, len(t), of=len(names)))
    ax.axvline(step_at, color=COLORS["guide"], linestyle=":", linewidth=1.2)
    ax.set_xlabel(time_label)
    ax.set_ylabel("rate")
    legend_above(ax, len(names))
    return ax
