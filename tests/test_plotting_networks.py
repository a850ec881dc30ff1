"""Pictures of rate networks draw the records they are given."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from problems import F64, ei_network

from course_lib.integrate import Trajectory
from course_lib.models import draw_dale_weights, weight_spectrum
from course_lib.plotting import new_axes, plot_currents, plot_step_response, plot_weight_spectrum, plot_weights
from course_lib.plotting.networks import EXCITATORY, INHIBITORY, SIGNED
from course_lib.validation import CourseError


@pytest.fixture
def ax():
    figure, axes = new_axes()
    yield axes
    plt.close(figure)


def test_weights_are_drawn_rows_receiving_and_no_connection_is_clear(ax, rng):
    W = draw_dale_weights(8, 2, generator=rng, density=0.5)
    assert plot_weights(ax, W, n_e=8) is ax
    image = ax.images[0]
    assert np.array_equal(np.asarray(image.get_array()), W.numpy())
    assert image.norm.vmin == -image.norm.vmax
    assert SIGNED(0.5)[3] < 0.02 and SIGNED(0.0)[3] == SIGNED(1.0)[3] == 1.0
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("sender", "receiver")


def test_a_spectrum_has_its_disc_and_its_outlier(ax, rng):
    record = weight_spectrum(draw_dale_weights(80, 20, generator=rng, gain=None, balance="none"), 80)
    plot_weight_spectrum(ax, record)
    drawn = ax.collections[0].get_offsets()
    assert np.allclose(np.asarray(drawn[:, 0]), record.eigenvalues.real.numpy())
    circle = ax.lines[0].get_xydata()
    assert np.allclose(np.hypot(*circle.T), record.radius)
    assert float(ax.lines[1].get_xdata()[0]) == pytest.approx(record.outlier)


def test_a_spectrum_without_outlier_has_no_cross(ax, rng):
    plot_weight_spectrum(ax, weight_spectrum(draw_dale_weights(80, 20, generator=rng, balance="rows"), 80))
    assert len(ax.lines) == 1


def test_currents_of_a_cell_add_up_in_the_picture(ax, rng):
    network = ei_network()
    inputs = torch.randn(2, 30, 2, generator=rng, dtype=F64)
    currents = network.currents(network.run(inputs), inputs)
    t = network.dt * torch.arange(30, dtype=F64)
    plot_currents(ax, t, currents, cell=3, sample=1)
    drawn = {line.get_label(): line.get_ydata() for line in ax.lines}
    parts = drawn["excitatory"] + drawn["external"] + drawn["inhibitory"]
    assert np.allclose(drawn["sum"], parts)
    assert np.allclose(drawn["sum"], currents.net[1, :, 3].detach().numpy())
    with pytest.raises(CourseError, match=r"currents, excitatory: wanted \(batch, 29, dim\)"):
        plot_currents(ax, t[:-1], currents)


def test_a_step_response_keeps_the_first_value_as_a_line(ax):
    t = torch.arange(5, dtype=F64)
    x = torch.tensor([[[1.0, 2.0], [1.0, 2.0], [0.8, 2.5], [0.6, 1.9], [0.5, 1.7]]], dtype=F64)
    plot_step_response(ax, Trajectory(t, x), step_at=1.0)
    levels = [float(line.get_ydata()[0]) for line in ax.lines if line.get_linestyle() == "--"]
    assert levels == [1.0, 2.0]
    curves = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    assert curves["excitatory"].get_color() == EXCITATORY and curves["inhibitory"].get_color() == INHIBITORY
    assert np.array_equal(curves["inhibitory"].get_ydata(), x[0, :, 1].numpy())
    with pytest.raises(CourseError, match="record: wanted at least 3 coordinates"):
        plot_step_response(ax, Trajectory(t, x), step_at=1.0, names=("a", "b", "c"))
