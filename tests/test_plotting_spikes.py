"""Rasters, currents and scalings draw what they are given."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from problems import F64

from course_lib.analysis import raster
from course_lib.models.balanced import BalancedNetwork
from course_lib.models.lif import LIFCell, run_cells
from course_lib.models.surrogate import Surrogate
from course_lib.plotting import (
    new_axes,
    plot_cell_currents,
    plot_membrane,
    plot_raster,
    plot_scaling,
    plot_surrogates,
)
from course_lib.plotting.style import CYCLE
from course_lib.validation import CourseError


@pytest.fixture
def ax():
    figure, axes = new_axes()
    yield axes
    plt.close(figure)


@pytest.fixture(scope="module")
def run():
    generator = torch.Generator().manual_seed(0)
    network = BalancedNetwork(200, 50, 20, generator=generator)
    return network.run(network.draw_state(generator=generator), 100.0, drive=0.6, watch=torch.tensor([3, 220]))


def points(line) -> list[tuple[float, float]]:
    return sorted(zip(*(part.tolist() for part in line.get_data()), strict=True))


def test_a_raster_has_one_mark_a_spike_and_a_colour_a_population(ax):
    spikes = torch.zeros(20, 3, dtype=torch.bool)
    spikes[4, 0] = spikes[9, 2] = spikes[14, 2] = True
    assert plot_raster(ax, raster(spikes, dt=2.0), n_e=2) is ax
    assert [points(line) for line in ax.lines] == [[(10.0, 0)], [(20.0, 2), (30.0, 2)]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["excitatory", "inhibitory"]
    assert ax.get_xlim() == (0.0, 40.0)
    assert ax.lines[0].get_color() != ax.lines[1].get_color()


def test_a_raster_of_one_population_has_no_legend(ax):
    plot_raster(ax, raster(torch.ones(5, 2, dtype=torch.bool), dt=1.0))
    assert len(ax.lines) == 1 and len(ax.lines[0].get_xdata()) == 10 and ax.get_legend() is None


def test_a_membrane_is_drawn_with_a_stroke_a_spike(ax):
    cells = run_cells(LIFCell(dt=0.5), torch.tensor([0.5, 1.5], dtype=F64).expand(160, 2))
    assert plot_membrane(ax, cells, cell=1) is ax
    current, membrane, threshold = ax.lines
    assert np.allclose(membrane.get_ydata(), cells.v[0, :, 1]) and membrane.get_xdata()[-1] == 80.0
    assert np.allclose(current.get_ydata(), cells.i_syn[0, :, 1]) and threshold.get_ydata()[0] == 1.0
    strokes = [path.vertices[0, 0] for path in ax.collections[0].get_paths()]
    assert strokes == ((cells.spikes[0, :, 1].nonzero().squeeze(1) + 1) * 0.5).tolist() and len(strokes) >= 2


def test_surrogates_are_drawn_as_bells_with_their_names(ax):
    bells = [Surrogate("superspike", 10.0), Surrogate("triangle", 4.0)]
    assert plot_surrogates(ax, bells, reach=0.25) is ax
    for line, bell in zip(ax.lines, bells, strict=True):
        x = torch.as_tensor(line.get_xdata())
        assert np.allclose(line.get_ydata(), bell.derivative(x)) and float(x.abs().max()) == 0.25
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["superspike, slope 10", "triangle, slope 4"]


def test_no_surrogate_is_left_out_when_there_are_more_than_colours(ax):
    plot_surrogates(ax, [Surrogate("triangle", float(slope)) for slope in range(1, len(CYCLE) + 3)])
    assert len(ax.lines) == len(CYCLE) + 2


def test_the_sum_of_the_currents_is_drawn_with_the_cell_s_spikes(ax, run):
    assert plot_cell_currents(ax, run, watched=1, duration=60.0) is ax
    exc, inh, net, threshold, fired = ax.lines
    assert len(exc.get_xdata()) == 120 and exc.get_xdata()[-1] == 60.0
    assert np.allclose(exc.get_ydata() + inh.get_ydata(), net.get_ydata())
    assert np.allclose(inh.get_ydata(), run.trace_inh[:120, 1])
    assert threshold.get_ydata()[0] == 1.0
    steps = run.spikes[:120, 220].nonzero().squeeze(1)
    assert fired.get_xdata().tolist() == ((steps + 1) * 0.5).tolist()


def test_a_cell_that_was_not_watched_cannot_be_drawn(ax, run):
    with pytest.raises(CourseError, match="one of 2 watched cells"):
        plot_cell_currents(ax, run, watched=2)


def test_a_scaling_has_its_points_errors_and_guide(ax):
    values = {"E": [1.0, 2.0, 4.0], "I": [2.0, 2.0, 2.0]}
    errors = {"E": [0.1, 0.1, 0.1]}
    plot_scaling(ax, [10, 20, 40], values, guides={"theory": [1, 2, 4]}, errors=errors, log=True, labels=("K", "net"))
    assert [line.get_label() for line in ax.lines][-1] == "theory"
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["10", "20", "40"]
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"E", "I", "theory"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("K", "net")
    assert sum(container.has_yerr for container in ax.containers) == 1


def test_numbers_that_do_not_fit_the_parameter_are_refused(ax):
    with pytest.raises(CourseError, match="E: wanted 3 numbers"):
        plot_scaling(ax, [1, 2, 3], {"E": [1.0, 2.0]})
    with pytest.raises(CourseError, match="theory: wanted 3 numbers"):
        plot_scaling(ax, [1, 2, 3], {"E": [1.0, 2.0, 3.0]}, guides={"theory": torch.ones(2, dtype=F64).tolist()})
