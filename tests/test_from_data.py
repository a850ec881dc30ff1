"""The exponent from data: maps with exponents on paper, Lorenz over several orbits, and data without an exponent."""

import math

import pytest
import torch
from sampled_truths import cat_map, circle, logistic

from course_lib.analysis import delay_embedding, lyapunov_from_data, phase_surrogate, window_slope, window_slopes
from course_lib.data import load
from course_lib.systems.references import LORENZ63
from course_lib.validation import CourseError

LAMBDA_1 = LORENZ63["lyapunov_spectrum"].value[0]


@pytest.fixture(scope="module")
def lorenz():
    """The record from one orbit of 20 000 samples."""
    data = load("lorenz63")
    return lyapunov_from_data(data.orbit, dt=data.orbit_dt)


def test_logistic_map_stretches_by_two():
    record = lyapunov_from_data(logistic(5000), dt=1.0)
    assert record.exponent == pytest.approx(math.log(2), rel=0.03)
    assert not record.across_flow


def test_cat_map():
    record = lyapunov_from_data(cat_map(20_000), dt=1.0)  # a few iterations from neighbour to saturation
    assert record.exponent == pytest.approx(math.log((3 + math.sqrt(5)) / 2), rel=0.1)


def test_the_time_unit_is_that_of_dt():
    one = lyapunov_from_data(logistic(3000), dt=1.0)
    tenth = lyapunov_from_data(logistic(3000), dt=0.1)
    assert tenth.exponent == pytest.approx(10 * one.exponent)
    assert torch.allclose(tenth.window, one.window / 10)
    assert tenth.mean_period == pytest.approx(one.mean_period / 10)


def test_lorenz_from_20_000_points(lorenz):
    assert lorenz.found and lorenz.across_flow
    assert lorenz.exponent == pytest.approx(LAMBDA_1, rel=0.05)
    assert 0 < lorenz.standard_error < 0.03
    assert float(lorenz.curve[0]) < lorenz.saturation - 5.5  # neighbours across the flow are this close
    start, end = lorenz.window.tolist()
    assert end - start > 1.5 * lorenz.mean_period
    at_end = lorenz.curve[int((lorenz.t <= end + 1e-9).sum()) - 1]
    assert float(at_end) < lorenz.saturation - 2.5  # the window ends before distances saturate


def test_lorenz_from_several_shorter_orbits():
    data = load("lorenz63")
    fine = data.orbit.reshape(4, 5000, 3)
    record = lyapunov_from_data(fine, dt=data.orbit_dt)
    assert record.exponent == pytest.approx(LAMBDA_1, rel=0.06)


def test_a_horizon_is_a_time_and_a_slope_stands_in_the_middle_of_what_it_is_taken_over():
    data = load("lorenz63")
    record = lyapunov_from_data(data.orbit[:4000], dt=data.orbit_dt, horizon=1.5)
    assert float(record.t[-1]) == pytest.approx(1.5, abs=data.orbit_dt)
    half = float(record.slope_t[0] - record.t[0])  # as far from the curve's start as the last one from its end
    assert float(record.t[-1] - record.slope_t[-1]) == pytest.approx(half)
    span = len(record.t) - len(record.slopes)
    assert 2 * half == pytest.approx(float(record.t[span] - record.t[0]))
    rise = record.curve[span:] - record.curve[:-span]
    assert torch.allclose(record.slopes * 2 * half, rise)


def test_one_coordinate_is_embedded_first():
    data = load("lorenz63")
    record = lyapunov_from_data(data.orbit[:, 0], dt=data.orbit_dt)
    assert record.dim >= 3 and record.lag * data.orbit_dt == pytest.approx(0.16, abs=0.05)
    assert record.exponent == pytest.approx(LAMBDA_1, rel=0.12)  # delay coordinates bend distances: 5 to 10 % high


def test_kantz_is_an_option():
    record = lyapunov_from_data(logistic(5000), dt=1.0, method="kantz")
    assert record.method == "kantz"
    assert record.exponent == pytest.approx(math.log(2), rel=0.15)


def test_the_theiler_window_keeps_neighbours_in_time_away():
    """Half a turn of window, and pairs are neighbours along the same stretch: their distance does not grow."""
    data = load("lorenz63")
    short = lyapunov_from_data(data.orbit[:4000], dt=data.orbit_dt, theiler_window=0, across_flow=False)
    long = lyapunov_from_data(data.orbit[:4000], dt=data.orbit_dt, theiler_window=40, across_flow=False)
    assert long.theiler_window == 40
    assert float(short.curve[0]) < float(long.curve[0])
    cycle = circle(2000, 40.37)
    near = lyapunov_from_data(cycle, dt=1.0, theiler_window=0, across_flow=False)
    far = lyapunov_from_data(cycle, dt=1.0, theiler_window=1900 // 10, across_flow=False)
    assert not near.found and not far.found


def test_windows_of_ones_own(lorenz):
    slope, error = window_slope(lorenz, *lorenz.window.tolist())
    assert slope == pytest.approx(lorenz.exponent, rel=0.05)
    assert error > 0
    late, _ = window_slope(lorenz, 6.0, 9.0)
    assert late < 0.5 * LAMBDA_1  # read from the saturated part
    starts, ends = torch.tensor([0.0, 6.0]), torch.tensor([3.0, 9.0])
    table = window_slopes(lorenz, starts, ends)
    assert float(table[1, 1]) == late
    assert math.isnan(float(table[1, 0]))


def test_an_early_window_measures_alignment():
    """Distances in full space grow faster than the exponent before they align with the stretching direction."""
    data = load("lorenz63")
    record = lyapunov_from_data(data.orbit, dt=data.orbit_dt, across_flow=False)
    early, _ = window_slope(record, 0.0, 0.5)
    assert early > 1.4


def test_surrogates_have_no_exponent(rng):
    data = load("lorenz63")
    surrogate = phase_surrogate(data.orbit[:, 0], generator=rng)
    record = lyapunov_from_data(delay_embedding(surrogate, lag=3, dim=3).x, dt=data.orbit_dt)
    assert not record.found and math.isnan(record.exponent) and math.isnan(record.standard_error)
    assert record.remark.startswith("no exponential regime")


@pytest.mark.parametrize("kind", ["cycle", "torus", "white noise", "red noise", "noisy cycle"])
def test_data_without_an_exponent(kind, rng):
    n = 8000
    noise = torch.randn(n, 2, generator=rng, dtype=torch.float64)
    red = torch.zeros(n, 2, dtype=torch.float64)
    for i in range(1, n):
        red[i] = 0.95 * red[i - 1] + noise[i]
    x = {
        "cycle": circle(n, 61.7),
        "torus": torch.cat((circle(n, 61.7), circle(n, 61.7 / math.sqrt(2))), dim=1),
        "white noise": noise,
        "red noise": red,
        "noisy cycle": circle(n, 61.7) + 0.03 * noise,
    }[kind]
    record = lyapunov_from_data(x, dt=0.1)
    assert not record.found and math.isnan(record.exponent)
    assert record.remark.startswith("no exponential regime")


@pytest.mark.parametrize(
    ("x", "options", "words"),
    [
        (torch.zeros(500, 2, dtype=torch.float64), {}, "one state, repeated"),
        (torch.zeros(500, dtype=torch.float64), {}, "constant"),
        (circle(500, 7.3).float(), {}, "wanted float64, got float32"),
        (circle(500, 7.3) * math.inf, {}, "finite"),
        (circle(60, 7.3), {}, "at least 100 samples"),
        (circle(500, 7.3), {"dt": 0.0}, "above 0"),
        (circle(500, 7.3), {"method": "wolf"}, "kantz, rosenstein"),
        (circle(500, 7.3), {"theiler_window": 499}, "shorter than the one trajectory"),
        (circle(500, 7.3), {"theiler_window": 490}, "outside the Theiler window"),
        (circle(500, 7.3), {"horizon": 400.0}, "half a trajectory"),
    ],
)
def test_bad_input(x, options, words):
    with pytest.raises(CourseError, match=words):
        lyapunov_from_data(x, **{"dt": 1.0, **options})


def test_an_empty_window_is_refused(lorenz):
    with pytest.raises(CourseError, match="at least 3 points"):
        window_slope(lorenz, 2.0, 2.0)
