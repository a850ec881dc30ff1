"""Pictures of estimates: each draws what its record holds on the axes it is given, and nothing else."""

import math

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pytest
import torch
from sampled_truths import circle, draw, logistic

from course_lib import plotting
from course_lib.analysis import (
    correlation_dimension,
    delay_embedding,
    false_nearest_neighbours,
    invariant_density,
    lyapunov_from_data,
    mutual_information,
    power_spectrum,
    recurrence_matrix,
    window_slopes,
)
from course_lib.plotting import new_axes


@pytest.fixture
def ax():
    figure, ax = new_axes()
    yield ax
    matplotlib.pyplot.close(figure)


@pytest.fixture(scope="module")
def dimension():
    return correlation_dimension(draw(3000, 1, torch.Generator().manual_seed(0)), theiler_window=0)


@pytest.fixture(scope="module")
def exponent():
    return lyapunov_from_data(logistic(2000), dt=1.0)


def test_correlation_sum(ax, dimension):
    assert plotting.plot_correlation_sum(ax, dimension) is ax
    x, y = ax.lines[0].get_data()
    seen = dimension.curve.counts.numpy() > 0
    assert np.allclose(x * dimension.size, dimension.curve.radii.numpy()[seen])
    assert np.allclose(y, dimension.curve.sums.numpy()[seen])


def test_local_slopes_show_the_value_and_the_region(ax, dimension):
    plotting.plot_local_slopes(ax, dimension, reference=1.0)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert any(f"{dimension.dimension:.3f}" in word for word in words)


def test_no_region_draws_no_value(ax):
    none = correlation_dimension(circle(200, 3), theiler_window=0)
    assert math.isnan(none.dimension)
    plotting.plot_local_slopes(ax, none)
    assert ax.get_legend() is None


def test_divergence_curve(ax, exponent):
    plotting.plot_divergence_curve(ax, exponent, windows=((0.0, 3.0, 0.5),))
    assert np.allclose(ax.lines[0].get_ydata(), exponent.curve.numpy())
    words = " ".join(text.get_text() for text in ax.get_legend().get_texts())
    assert f"{exponent.exponent:.3f}" in words and "0.500 from 0 to 3" in words


def test_window_slopes(ax, exponent):
    starts, ends = torch.arange(0.0, 5.0), torch.arange(3.0, 9.0)
    slopes = window_slopes(exponent, starts, ends)
    plotting.plot_window_slopes(ax, starts, ends, slopes, limits=(0.0, 1.0))
    assert ax.collections[0].get_clim() == (0.0, 1.0)
    assert ax.collections[0].get_array().shape == (6, 5)


def test_series_pictures(ax):
    series = circle(600, 40)[:, 0]
    plotting.plot_mutual_information(ax, mutual_information(series), dt=0.1)
    plotting.plot_false_neighbours(ax, false_nearest_neighbours(series, lag=10, max_dim=3), label="sine")
    plotting.plot_embedding(ax, delay_embedding(series, lag=10, dim=2), dt=0.1)
    assert ax.get_ylabel() == "x(t − 1)"
    plotting.plot_power_spectrum(ax, power_spectrum(circle(600, 40), dt=0.1))


def test_recurrence_leaves_the_ground_transparent(ax):
    record = recurrence_matrix(circle(80, 16))
    plotting.plot_recurrence(ax, record, dt=0.5)
    image = ax.images[0]
    assert np.array_equal(~np.ma.getmaskarray(image.get_array()), record.matrix.numpy())
    assert tuple(image.get_extent()) == (0, 40.0, 0, 40.0)


@pytest.mark.parametrize("coordinates", [(1,), (0, 1)])
def test_density(ax, coordinates):
    record = invariant_density(circle(500, 33.3), coordinates=coordinates, bins=10)
    assert plotting.plot_density(ax, record, label="circle") is ax


def test_embedding_in_three_dimensions():
    figure, ax = new_axes(three_d=True)
    plotting.plot_embedding(ax, delay_embedding(circle(600, 40)[:, 0], lag=10, dim=3))
    assert ax.get_zlabel()
    matplotlib.pyplot.close(figure)
