"""Valid prediction times of errors that are known in closed form; scores that are never pooled."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import r_squared, skill, valid_prediction_time
from course_lib.validation import CourseError

LYAPUNOV_TIME = 1 / 0.9056


def grown(eps: list[float], coordinates: list[int], *, dim: int = 3, duration: float = 14.0):
    """t, forecast, truth: an error of eps exp(t) Lyapunov times in the named coordinates, on a truth of zeros."""
    s = torch.arange(0.0, duration, 0.01, dtype=F64)  # Lyapunov times
    error = torch.zeros(len(eps), len(s), dim, dtype=F64)
    error[:, :, coordinates] = (torch.tensor(eps, dtype=F64)[:, None] * s.exp())[:, :, None]
    return s * LYAPUNOV_TIME, error, torch.zeros_like(error)


def times(t, forecast, truth, **options):
    options = {"lyapunov_time": LYAPUNOV_TIME, "std": torch.ones(truth.shape[-1], dtype=F64), **options}
    return valid_prediction_time(t, forecast, truth, **options)


def test_an_error_that_grows_at_the_first_exponent_lasts_the_log_of_its_smallness():
    record = times(*grown([1e-2, 1e-4, 1e-5], [0, 1, 2]))
    expected = torch.tensor([math.log(0.4 / eps) for eps in (1e-2, 1e-4, 1e-5)], dtype=F64)
    assert_close(record.times, expected, rtol=0, atol=0.011)
    assert record.median == pytest.approx(math.log(0.4 / 1e-4), abs=0.011)


def test_the_error_is_the_rms_over_the_coordinates():
    one = times(*grown([1e-4], [1]))
    assert float(one.times) == pytest.approx(math.log(0.4 * math.sqrt(3) / 1e-4), abs=0.011)


def test_every_coordinate_is_measured_by_its_own_std():
    std = torch.tensor([1.0, 5.0, 20.0], dtype=F64)
    t, forecast, truth = grown([1e-4], [0, 1, 2])
    assert_close(times(t, forecast * std, truth, std=std).times, times(t, forecast, truth).times)


def test_without_a_std_that_of_the_truth_is_taken(rng):
    t, forecast, truth = grown([1e-4] * 40, [0, 1, 2])
    scale = torch.tensor([1.0, 5.0, 20.0], dtype=F64)
    truth = scale * torch.randn(truth.shape, generator=rng, dtype=F64)
    record = valid_prediction_time(t, truth + scale * forecast, truth, lyapunov_time=LYAPUNOV_TIME)
    assert record.median == pytest.approx(math.log(0.4 / 1e-4), abs=0.02)


def test_the_first_crossing_counts_even_if_the_forecast_comes_back():
    t, forecast, truth = grown([0.0], [0, 1, 2])
    forecast[0, 300:310] = 1.0
    assert float(times(t, forecast, truth).times) == pytest.approx(3.0, abs=1e-9)


def test_a_forecast_still_valid_at_the_end_or_at_the_cap_is_capped_and_counted():
    record = times(*grown([1e-2, 1e-9, 0.0], [0, 1, 2]), cap=10.0)
    assert_close(record.times[1:], torch.full((2,), 10.0, dtype=F64))
    assert (record.n_capped, record.cap) == (2, 10.0)
    short = times(*grown([0.0], [0], duration=5.0))
    assert short.cap == pytest.approx(4.99)
    assert float(short.times) == pytest.approx(4.99)


def test_a_forecast_that_leaves_the_finite_is_invalid_from_there_on():
    t, forecast, truth = grown([0.0, 0.0], [0, 1, 2])
    forecast[0, 200:] = math.nan
    forecast[1, 100:] = math.inf
    assert_close(times(t, forecast, truth).times, torch.tensor([2.0, 1.0], dtype=F64))


def test_the_threshold_is_the_callers():
    t, forecast, truth = grown([1e-3], [0, 1, 2])
    assert float(times(t, forecast, truth, threshold=0.1).times) == pytest.approx(math.log(100), abs=0.011)


T, FORECAST, TRUTH = grown([1e-3, 1e-3], [0, 1, 2])


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((T, FORECAST[:1], TRUTH), {}, "the targets' shape"),
        ((T[:5], FORECAST, TRUTH), {}, "t: wanted shape"),
        ((T, FORECAST.float(), TRUTH), {}, "forecast: wanted float64"),
        ((T, FORECAST, TRUTH * math.nan), {}, "truth: wanted finite"),
        ((T, FORECAST[0], TRUTH[0]), {}, r"shape \(batch, time, dim\)"),
        ((T, FORECAST, TRUTH), {"lyapunov_time": 0.0}, "lyapunov_time: wanted"),
        ((T, FORECAST, TRUTH), {"std": torch.ones(2, dtype=F64)}, "std: wanted shape"),
    ],
)
def test_bad_input_is_refused_with_the_reason(arguments, options, words):
    with pytest.raises(CourseError, match=words):
        times(*arguments, **options)


def test_r_squared_of_the_mean_is_zero_and_of_the_truth_one(rng):
    target = torch.randn(5, 40, 2, generator=rng, dtype=F64) * torch.tensor([1.0, 30.0], dtype=F64)
    assert_close(
        r_squared(target.mean(dim=(0, 1)).expand_as(target), target), torch.zeros(2, dtype=F64), atol=1e-12, rtol=0
    )
    assert_close(r_squared(target, target), torch.ones(2, dtype=F64))


def test_scores_are_per_coordinate_and_never_pooled(rng):
    target = torch.randn(200, 40, 2, generator=rng, dtype=F64) * torch.tensor([1.0, 100.0], dtype=F64)
    prediction = target.clone()
    prediction[..., 0] = 0.0  # knows nothing of the small coordinate; pooled, the score would be 0.9999
    scores = r_squared(prediction, target)
    assert float(scores[0]) == pytest.approx(0.0, abs=0.01)
    assert float(scores[1]) == 1.0


def test_skill_is_measured_against_the_reference(rng):
    target = torch.randn(50, 40, 2, generator=rng, dtype=F64)
    noise = torch.randn(50, 40, 2, generator=rng, dtype=F64)
    record = skill(target + 0.1 * noise, target, target + 0.5 * noise)
    assert_close(record.skill, torch.full((2,), 1 - 0.1**2 / 0.5**2, dtype=F64))
    assert_close(record.rmse, 0.1 * noise.square().mean(dim=(0, 1)).sqrt())
    assert_close(skill(target + noise, target, target + noise).skill, torch.zeros(2, dtype=F64))


def test_scores_refuse_a_constant_target_and_other_shapes():
    constant = torch.ones(2, 3, 1, dtype=F64)
    with pytest.raises(CourseError, match="coordinates that vary"):
        r_squared(constant, constant)
    with pytest.raises(CourseError, match="reference: wanted the targets' shape"):
        skill(TRUTH, FORECAST, TRUTH[:1])
