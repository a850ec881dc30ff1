"""No information by colour alone: lines with names differ in stroke, marker or width as well."""

from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from problems import F64

from course_lib import plotting
from course_lib.integrate import Trajectory
from course_lib.models import Surrogate
from course_lib.plotting.style import CYCLE, MARKERS, told_apart
from course_lib.tasks import FlipFlop

T = torch.linspace(0, 1, 40, dtype=F64)
THREE = torch.stack((T, T**2, T**3), dim=-1)


def looks(ax: Axes) -> list[tuple]:
    """How each named thing of the legend looks, colour apart."""
    found = []
    for handle in ax.get_legend_handles_labels()[0]:
        if isinstance(handle, PathCollection):
            found.append(("dots", handle.get_paths()[0].vertices.tobytes()))
            continue
        line = handle[0] if isinstance(handle, tuple) else handle
        found.append((line.get_linestyle(), line.get_marker(), line.get_linewidth()))
    return found


def answers(ax: Axes) -> Axes:
    trial = FlipFlop().sample(1, generator=torch.Generator().manual_seed(0))
    return plotting.plot_answers(ax, trial, trial.targets)


NS = SimpleNamespace
PICTURES = {
    "divergence": lambda ax: plotting.plot_divergence(ax, T, 1 + THREE.T, labels=["a", "b", "c"]),
    "time series": lambda ax: plotting.plot_time_series(ax, Trajectory(T, THREE[None])),
    "spectrum": lambda ax: plotting.plot_spectrum_convergence(
        ax, NS(t=T, running=THREE, running_error=0 * THREE, exponents=THREE[-1], standard_error=THREE[0])
    ),
    "exponents": lambda ax: plotting.plot_exponents(ax, NS(parameters=T, exponents=THREE, standard_error=0 * THREE)),
    "section": lambda ax: plotting.plot_section(ax, NS(x=THREE, direction=torch.tensor([1, -1]).repeat(20))),
    "currents": lambda ax: plotting.plot_currents(
        ax, T, NS(**dict.fromkeys(("excitatory", "external", "inhibitory", "net"), THREE[None]))
    ),
    "step": lambda ax: plotting.plot_step_response(ax, Trajectory(T, THREE[None]), step_at=0.5),
    "power": lambda ax: plotting.plot_power_spectrum(ax, NS(power=1 + THREE, peak=T[:3], frequency=T)),
    "surrogates": lambda ax: plotting.plot_surrogates(ax, [Surrogate("logistic", s) for s in (5.0, 10.0, 25.0)]),
    "cell": lambda ax: plotting.plot_cell_currents(
        ax, NS(watched=torch.tensor([0]), trace_exc=THREE, trace_inh=-THREE, dt=1.0, spikes=THREE > 2)
    ),
    "scaling": lambda ax: plotting.plot_scaling(ax, T, {"a": T, "b": 2 * T}, guides={"theory": T}),
    "answers": answers,
    "nullclines": lambda ax: plotting.plot_phase_plane(
        ax, NS(x=T, y=T, u=T[:, None] - T[None] ** 2, v=T[:, None] - 0.5 + 0 * T[None])
    ),
    "windows": lambda ax: plotting.plot_divergence_curve(
        ax,
        NS(t=T, curve=T, curve_error=0 * T, found=True, window=T[[0, -1]], exponent=1.0, saturation=1.0),
        windows=((0.0, 0.5, 2.0), (0.5, 1.0, 3.0)),
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_named_lines_differ_in_more_than_their_colour(name):
    figure, ax = plotting.new_axes()
    PICTURES[name](ax)
    seen = looks(ax)
    plt.close(figure)
    assert len(seen) >= 2 and len(set(seen)) == len(seen), seen


def test_a_line_alone_needs_no_marker_and_seven_have_seven():
    assert told_apart(0, 100, of=1) == {}
    assert len({told_apart(i, 100, of=7)["marker"] for i in range(7)}) == 7 == len(MARKERS) == len(CYCLE)
    assert told_apart(1, 3)["markevery"] == (0, 1)  # fewer points than markers


def test_lines_that_a_page_has_drawn_get_markers_of_their_own():
    _, ax = plt.subplots()
    for line, name in zip(THREE.T, ("a", "b", None), strict=True):
        ax.plot(T, line, color="k", label=name)
    ax.plot(T, T, "s", label="points")
    assert plotting.tell_apart(ax) is ax
    assert [line.get_marker() for line in ax.lines] == [MARKERS[0], MARKERS[1], "None", "s"]
    _, alone = plt.subplots()
    alone.plot(T, T, label="only")
    assert plotting.tell_apart(alone).lines[0].get_marker() == "None"
