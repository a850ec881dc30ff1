"""Pictures of spiking cells and networks: membranes, surrogates, rasters, currents of one cell, how numbers scale."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes

from course_lib.analysis.spike_trains import Raster
from course_lib.models.balanced import BalancedRun
from course_lib.models.lif import LIFRun
from course_lib.models.surrogate import Surrogate
from course_lib.plotting.networks import EXCITATORY, INHIBITORY, NET
from course_lib.plotting.style import COLORS, CYCLE, MARKERS, legend_above, told_apart
from course_lib.validation import complaint


def plot_membrane(ax: Axes, run: LIFRun, *, cell: int = 0, trial: int = 0, v_th: float = 1.0) -> Axes:
    """Synaptic current and membrane of one cell against time, a stroke above the threshold for every spike.

    Taught on the page "Spiking neurons and surrogate gradients".
    """
    t = run.dt * np.arange(1, run.v.shape[1] + 1)
    fired = t[run.spikes[trial, :, cell].numpy()]
    ax.plot(t, run.i_syn[trial, :, cell].numpy(), color=COLORS["truth"], linewidth=1.0, label="synaptic current")
    ax.plot(t, run.v[trial, :, cell].numpy(), color=CYCLE[0], label="membrane")
    ax.vlines(fired, v_th, 1.8 * v_th, color=EXCITATORY, label="spikes")
    ax.axhline(v_th, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    ax.set_xlabel("time [ms]")
    ax.set_ylabel("v, i [threshold]")
    legend_above(ax, 3)
    return ax


def plot_surrogates(ax: Axes, surrogates: Sequence[Surrogate], *, reach: float = 0.5) -> Axes:
    """What stands in the place of a threshold's derivative, against v - v_th from -reach to reach.

    Taught on the page "Spiking neurons and surrogate gradients".
    """
    excess = torch.linspace(-reach, reach, 401, dtype=torch.float64)
    for i, surrogate in enumerate(surrogates):
        name, color = f"{surrogate.name}, slope {surrogate.slope:g}", CYCLE[i % len(CYCLE)]
        apart = told_apart(i, len(excess), of=len(surrogates))
        ax.plot(excess.numpy(), surrogate.derivative(excess).numpy(), color=color, label=name, **apart)
    ax.set_xlabel("v − threshold")
    ax.set_ylabel("in place of the derivative")
    ax.legend(loc="upper left", fontsize="small")
    return ax


def plot_raster(ax: Axes, record: Raster, *, n_e: int | None = None, size: float = 2.0) -> Axes:
    """One point a spike, time against row. n_e: the first so many rows are excitatory; None: one colour for all.

    Taught on the page "Balance".
    """
    t, row = record.t.numpy(), record.row.numpy()
    first = record.n_rows if n_e is None else n_e
    for part, color, label in ((row < first, EXCITATORY, "excitatory"), (row >= first, INHIBITORY, "inhibitory")):
        if part.any():
            ax.plot(t[part], row[part], linestyle="none", marker="|", markersize=size, color=color, label=label)
    ax.set_xlim(0, record.duration)
    ax.set_ylim(-1, record.n_rows)
    ax.set_xlabel("time [ms]")
    ax.set_ylabel("cell")
    if n_e is not None:
        legend_above(ax, 2, markerscale=4)
    return ax


def plot_cell_currents(
    ax: Axes, run: BalancedRun, *, watched: int = 0, duration: float = 200.0, v_th: float = 1.0
) -> Axes:
    """Excitatory (external included) and inhibitory current of one watched cell, their sum, and its spikes.

    watched: place among `run.watched`.  duration: how much of the run is drawn [ms].  The dashed line is the sum that
    would bring the membrane to threshold if it stayed.
    Taught on the page "Balance".
    """
    if watched >= len(run.watched):
        raise complaint(
            "watched",
            wanted=f"one of {len(run.watched)} watched cells",
            got=str(watched),
            do="Name cells when you run: run(..., watch=torch.arange(3)).",
        )
    n = min(len(run.trace_exc), round(duration / run.dt))
    t = run.dt * np.arange(1, n + 1)
    exc, inh = run.trace_exc[:n, watched].numpy(), run.trace_inh[:n, watched].numpy()
    lines = ((exc, EXCITATORY, "excitatory and external"), (inh, INHIBITORY, "inhibitory"), (exc + inh, NET, "sum"))
    for i, (current, color, name) in enumerate(lines):
        width = 1.4 if name == "sum" else 1.0
        ax.plot(t, current, color=color, label=name, linewidth=width, **told_apart(i, n, of=len(lines)))
    ax.axhline(v_th, color=COLORS["guide"], linestyle="--", linewidth=1.0)
    fired = run.spikes[:n, run.watched[watched]].numpy()
    top = float(exc.max()) + 0.6
    ax.plot(t[fired], np.full(fired.sum(), top), "|", color=COLORS["text"], markersize=9)
    ax.set_xlabel("time [ms]")
    ax.set_ylabel("current [threshold]")
    legend_above(ax, 3)
    return ax


def plot_scaling(
    ax: Axes,
    x: Sequence[float],
    values: Mapping[str, Sequence[float]],
    *,
    guides: Mapping[str, Sequence[float]] | None = None,
    errors: Mapping[str, Sequence[float]] | None = None,
    colors: Mapping[str, str] | None = None,
    log: bool = False,
    labels: tuple[str, str] = ("", ""),
) -> Axes:
    """Numbers over a parameter as points joined by lines, with dashed guides such as a theory.

    x: (n,).  values, guides: name -> n numbers.  errors: name -> n standard errors.  log: both axes logarithmic, with
    ticks at x.  labels: of the two axes.
    Taught on the page "Balance".
    """
    for name, heights in (*values.items(), *(guides or {}).items()):
        if len(heights) != len(x):
            raise complaint(name, wanted=f"{len(x)} numbers, one for each x", got=str(len(heights)), do="Measure all.")
    for i, (name, heights) in enumerate(values.items()):
        color = (colors or {}).get(name, CYCLE[i % len(CYCLE)])
        error = None if errors is None or name not in errors else list(errors[name])
        marker = MARKERS[i % len(MARKERS)]
        ax.errorbar(list(x), list(heights), error, color=color, marker=marker, markersize=4, linewidth=1.1, label=name)
    for name, heights in (guides or {}).items():
        ax.plot(list(x), list(heights), color=COLORS["guide"], linestyle="--", linewidth=1.2, label=name)
    if log:
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xticks(list(x), [f"{value:g}" for value in x])
        ax.minorticks_off()
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    if len(values) + len(guides or {}) > 1:
        ax.legend(loc="best", fontsize="small")
    return ax
