"""Plots draw the records they are given on the axes they are given; the palette is legible on light and on dark."""

import dataclasses

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from problems import F64

from course_lib.analysis import LyapunovSpectrum, ReturnMap, ValidPredictionTime
from course_lib.integrate import Trajectory
from course_lib.plotting import (
    COLORS,
    new_axes,
    plot_bars,
    plot_divergence,
    plot_eigenvalues,
    plot_forecast,
    plot_phase,
    plot_prediction_times,
    plot_return_map,
    plot_spectrum_convergence,
    plot_time_series,
    use_style,
)
from course_lib.plotting.style import CYCLE, RC, SEQUENTIAL
from course_lib.validation import CourseError

LIGHT, DARK = "#ffffff", "#14181e"


@pytest.fixture
def ax():
    figure, axes = new_axes()
    yield axes
    plt.close(figure)


def luminance(color) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot((0.2126, 0.7152, 0.0722), channels))


def contrast(one, other) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_every_colour_has_a_contrast_of_three_on_light_and_on_dark(ground):
    shades = [*COLORS.values(), *CYCLE, *SEQUENTIAL(np.linspace(0, 1, 256))]
    shades += [value for name, value in RC.items() if "color" in name and isinstance(value, str) and value[0] == "#"]
    assert len(shades) > 270
    assert min(contrast(shade, ground) for shade in shades) >= 3.0


def test_truth_and_model_and_the_three_coordinates_have_different_colours():
    assert len({COLORS[name] for name in ("x", "y", "z", "truth", "model")}) == 5


def test_figures_are_transparent(ax):
    assert ax.figure.get_facecolor()[3] == 0
    assert ax.get_facecolor()[3] == 0


def test_the_style_is_set_only_when_asked_for():
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        new_axes()
        assert matplotlib.rcParams["axes.spines.top"] is True
        use_style()
        assert matplotlib.rcParams["axes.spines.top"] is False
    plt.close("all")


T = torch.linspace(0, 1, 11, dtype=F64)
ORBITS = Trajectory(T, torch.arange(66, dtype=F64).reshape(2, 11, 3))


def test_a_phase_portrait_draws_every_orbit_in_the_coordinates_asked_for(ax):
    assert plot_phase(ax, ORBITS, coordinates=(0, 2)) is ax
    assert len(ax.lines) == 2
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), ORBITS.x[1][:, [0, 2]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "z")


def test_a_phase_portrait_in_three_coordinates():
    figure, axes = new_axes(three_d=True)
    assert plot_phase(axes, ORBITS) is axes
    np.testing.assert_array_equal(np.array(axes.lines[0].get_data_3d()).T, ORBITS.x[0])
    assert axes.get_zlabel() == "z"
    plot_phase(axes, ORBITS, color_by=ORBITS.x[..., 0])
    assert len(axes.collections) == 1
    plt.close(figure)


def test_an_orbit_coloured_by_a_value_carries_that_value(ax):
    plot_phase(ax, ORBITS.x, coordinates=(0, 1), color_by=ORBITS.x[..., 2])
    assert not ax.lines
    np.testing.assert_array_equal(ax.collections[0].get_array(), ORBITS.x[:, :-1, 2].reshape(-1))
    with pytest.raises(CourseError, match=r"color_by: wanted shape \(2, 11\), got \(11,\)"):
        plot_phase(ax, ORBITS.x, coordinates=(0, 1), color_by=T)


def test_time_series_keep_the_coordinates_colours(ax):
    assert plot_time_series(ax, ORBITS, coordinates=[0, 2], sample=1) is ax
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), ORBITS.x[1, :, 2])
    assert [line.get_color() for line in ax.lines] == [COLORS["x"], COLORS["z"]]


def test_divergence_curves_carry_a_guide_of_the_slope_given(ax):
    distances = torch.stack((1e-6 * (2 * T).exp(), 1e-3 * (2 * T).exp()))
    assert plot_divergence(ax, T, distances, labels=["a", "b"], rate=2.0) is ax
    assert ax.get_yscale() == "log"
    curve, guide = ax.lines[0], ax.lines[1]
    np.testing.assert_allclose(guide.get_ydata(), curve.get_ydata(), rtol=1e-12)


def test_a_return_map_draws_its_pairs_and_the_diagonal(ax):
    record = ReturnMap(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 3.0, 0.5]))
    assert plot_return_map(ax, record, label="truth") is ax
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), [[1, 2], [2, 3], [3, 0.5]])
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[0.5, 0.5], [3, 3]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("maximum of z", "next maximum")


def test_a_return_map_of_a_section_speaks_of_passages(ax):
    plot_return_map(ax, ReturnMap(torch.tensor([1.0, 2.0]), torch.tensor([2.0, 3.0]), "passage"), name="x")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x at a passage", "next passage")


def test_eigenvalues_of_a_flow_and_of_a_map_have_different_boundaries(ax):
    values = torch.tensor([[1 + 2j, 1 - 2j], [0.5 + 1j, 0.5 - 1j]])
    assert plot_eigenvalues(ax, values, color_by=torch.tensor([20.0, 30.0])) is ax
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), [[1, 2], [1, -2], [0.5, 1], [0.5, -1]])
    np.testing.assert_array_equal(ax.collections[0].get_array(), [20, 20, 30, 30])
    assert set(ax.lines[0].get_xdata()) == {0.0}
    plot_eigenvalues(ax, values, boundary="circle")
    np.testing.assert_allclose(np.hypot(*ax.lines[1].get_data()), 1.0)


def spectrum() -> LyapunovSpectrum:
    running = torch.stack((0.9 + 1 / (1 + T), -14.5 + T), dim=1)
    error = torch.tensor([0.01, float("nan")])
    return LyapunovSpectrum(running[-1], error, 1, running[-1:], T, running, 1.0, 0.0, error.expand(11, 2))


def test_the_convergence_of_a_spectrum_names_its_final_values(ax):
    assert plot_spectrum_convergence(ax, spectrum(), reference=(0.9056, -14.572)) is ax
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), spectrum().running[:, 0])
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == ["$\\lambda_1$ = 1.4000 ± 0.0100", "$\\lambda_2$ = -13.5000"]
    assert len(ax.lines) == 4


def test_the_convergence_of_chosen_exponents_keeps_their_colours_and_has_bands(ax):
    plot_spectrum_convergence(ax, spectrum(), which=[0], reference=(0.9056, -14.572))
    curve, known = ax.lines
    assert known.get_ydata()[0] == 0.9056
    band = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(band[:, 1].max(), curve.get_ydata().max() + 0.02)
    plot_spectrum_convergence(ax, spectrum(), which=[1])
    assert [line.get_color() for line in (curve, ax.lines[2])] == [CYCLE[0], CYCLE[1]]


def prediction_times() -> ValidPredictionTime:
    return ValidPredictionTime(torch.tensor([0.35, 1.0]), 0.675, 1, 1.0, 0.4, torch.zeros(2, 11), T)


def test_a_forecast_marks_its_moment_of_departure(ax):
    record = prediction_times()
    assert plot_forecast(ax, record, ORBITS.x + 1, ORBITS.x, sample=0, coordinate=1) is ax
    truth, forecast, departure = ax.lines
    np.testing.assert_array_equal(truth.get_ydata(), ORBITS.x[0, :, 1])
    np.testing.assert_array_equal(forecast.get_ydata(), ORBITS.x[0, :, 1] + 1)
    assert departure.get_xdata()[0] == pytest.approx(0.35)
    assert ax.get_legend().get_texts()[2].get_text() == "departure after 0.3"
    with pytest.raises(CourseError, match="forecast: wanted the record's"):
        plot_forecast(ax, record, ORBITS.x[:, :5], ORBITS.x[:, :5])


def test_a_forecast_that_never_departed_says_so(ax):
    plot_forecast(ax, prediction_times(), ORBITS.x, ORBITS.x, sample=1)
    assert ax.get_legend().get_texts()[2].get_text() == "still valid at the cap"


def test_the_histogram_counts_every_forecast_and_marks_the_median(ax):
    assert plot_prediction_times(ax, prediction_times(), bins=4) is ax
    assert [patch.get_height() for patch in ax.patches] == [0, 1, 0, 1]
    assert ax.lines[0].get_xdata()[0] == pytest.approx(0.675)


def test_bars_stand_side_by_side_with_their_heights(ax):
    values = {"persistence": [0.9, 0.8], "network": [1.0, 0.99]}
    assert plot_bars(ax, values, ["x", "y"], errors={"persistence": [0, 0], "network": [0.1, 0.1]}) is ax
    bars = [p for p in ax.patches if p.get_width() > 0]
    assert [b.get_height() for b in bars] == [0.9, 0.8, 1.0, 0.99]
    assert bars[0].get_x() + bars[0].get_width() <= bars[2].get_x() + 1e-12
    with pytest.raises(CourseError, match=r"values\['a'\]: wanted 2 numbers, got 1"):
        plot_bars(ax, {"a": [1.0]}, ["x", "y"])


def test_legends_are_legible_on_dark_also_without_the_style(ax):
    plot_spectrum_convergence(ax, spectrum())
    plot_divergence(ax, T, torch.ones(1, 11, dtype=F64), labels=["a"])
    box = ax.get_legend()
    assert not box.get_frame_on()
    colours = [text.get_color() for text in [*box.get_texts(), box.get_title()]]
    assert min(contrast(colour, DARK) for colour in colours) >= 3.0


def test_records_are_drawn_and_not_changed(ax):
    record = spectrum()
    kept = dataclasses.replace(record, running=record.running.clone())
    plot_spectrum_convergence(ax, record)
    assert torch.equal(record.running, kept.running)
