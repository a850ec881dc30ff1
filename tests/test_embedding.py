"""Delay vectors, the choice of lag and dimension, and surrogates: against values on paper."""

import math

import pytest
import torch
from sampled_truths import circle

from course_lib.analysis import delay_embedding, false_nearest_neighbours, mutual_information, phase_surrogate
from course_lib.data import load
from course_lib.validation import CourseError


def autoregressive(n: int, a: float, generator: torch.Generator) -> torch.Tensor:
    """x[i + 1] = a x[i] + noise: a Gaussian series whose correlation at lag k is a to the k."""
    noise = torch.randn(n, generator=generator, dtype=torch.float64) * math.sqrt(1 - a * a)
    x = torch.zeros(n, dtype=torch.float64)
    for i in range(1, n):
        x[i] = a * x[i - 1] + noise[i]
    return x


def test_mutual_information_of_a_gaussian_series(rng):
    """-ln(1 - rho^2) / 2 nats at correlation rho."""
    record = mutual_information(autoregressive(40_000, 0.9, rng), max_lag=12, bins=32)
    for lag in (1, 3, 6, 12):
        rho = 0.9**lag
        assert float(record.information[lag]) == pytest.approx(-0.5 * math.log(1 - rho * rho), abs=0.03)
    assert float(record.information[0]) == pytest.approx(math.log(32), abs=0.05)  # it knows itself


def test_independent_samples_know_nothing_of_each_other(rng):
    record = mutual_information(torch.randn(20_000, generator=rng, dtype=torch.float64), max_lag=8)
    assert float(record.information[1:].abs().max()) < 0.01
    assert not record.found and record.first_minimum == 0 and "no minimum" in record.remark


def test_the_lag_of_lorenz():
    data = load("lorenz63")
    lag = mutual_information(data.orbit[:, 0]).first_minimum * data.orbit_dt
    assert lag == pytest.approx(0.16, abs=0.041)


def test_a_circle_needs_two_coordinates_and_noise_more_than_ten(rng):
    angle = circle(4000, 97.3)[:, 0]
    record = false_nearest_neighbours(angle, lag=24, max_dim=4)
    assert record.found and record.dim == 2
    assert float(record.share[0]) > record.threshold and float(record.share[1]) == 0.0
    noise = false_nearest_neighbours(torch.randn(4000, generator=rng, dtype=torch.float64), lag=1, max_dim=8)
    assert not noise.found and noise.dim == 0 and "noise" in noise.remark


def test_a_share_for_every_dimension_that_was_tried():
    found = false_nearest_neighbours(circle(600, 37.3)[:, 0], lag=9, max_dim=4)
    assert found.dims.tolist() == [1, 2, 3, 4] and len(found.share) == 4


def test_lorenz_needs_three_coordinates():
    data = load("lorenz63")
    record = delay_embedding(data.orbit[:, 0])
    assert record.dim == 3
    assert record.x.shape == (1, 20_000 - 2 * record.lag, 3)
    assert record.information is not None and record.false_neighbours is not None


def test_delay_vectors_by_hand():
    series = torch.arange(20, dtype=torch.float64)
    record = delay_embedding(series, lag=3, dim=3)
    assert record.start == 6
    assert record.x[0, 0].tolist() == [6.0, 3.0, 0.0]
    assert record.x[0, -1].tolist() == [19.0, 16.0, 13.0]
    assert record.information is None and record.false_neighbours is None


def test_rows_are_embedded_apart():
    rows = torch.stack((torch.arange(20.0), 100 + torch.arange(20.0))).to(torch.float64)
    record = delay_embedding(rows, lag=2, dim=2)
    assert record.x.shape == (2, 18, 2)
    assert record.x[1, 0].tolist() == [102.0, 100.0]


@pytest.mark.parametrize("n", [4000, 4001])
def test_a_surrogate_keeps_the_spectrum_and_loses_the_rest(n, rng):
    series = load("lorenz63").orbit[:n, 2]
    surrogate = phase_surrogate(series, generator=rng)
    assert surrogate.shape == series.shape
    assert torch.allclose(torch.fft.rfft(surrogate).abs(), torch.fft.rfft(series).abs(), rtol=1e-8, atol=1e-6)
    assert float(surrogate.mean()) == pytest.approx(float(series.mean()))
    assert abs(float(torch.corrcoef(torch.stack((series, surrogate)))[0, 1])) < 0.3
    skewness = ((surrogate - surrogate.mean()) ** 3).mean() / surrogate.std() ** 3
    assert abs(float(skewness)) < 0.25  # the original's z is skewed, a Gaussian series is not


def test_surrogates_come_from_the_generator_alone():
    series = circle(512, 33.3)[:, 0]
    torch.manual_seed(0)
    before = torch.get_rng_state()
    one = phase_surrogate(series, generator=torch.Generator().manual_seed(7))
    two = phase_surrogate(series, generator=torch.Generator().manual_seed(7))
    other = phase_surrogate(series, generator=torch.Generator().manual_seed(8))
    assert torch.equal(one, two) and not torch.allclose(one, other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: delay_embedding(torch.zeros(100, dtype=torch.float64)), "constant"),
        (lambda: delay_embedding(circle(100, 7.3)[:, 0].float()), "float32"),
        (lambda: delay_embedding(circle(100, 7.3)[:, 0] * math.nan), "finite"),
        (lambda: delay_embedding(circle(10, 7.3)[:, 0]), "at least 20 samples"),
        (lambda: delay_embedding(circle(100, 7.3)[:, 0], lag=60, dim=3), "delay shorter than the data"),
        (lambda: delay_embedding(circle(100, 7.3)[:, 0], lag=0, dim=3), "lag"),
        (lambda: mutual_information(circle(100, 7.3)[:, 0], max_lag=100), "delay shorter than the data"),
        (lambda: false_nearest_neighbours(circle(100, 7.3)[:, 0], lag=30), "delay shorter than the data"),
        (lambda: delay_embedding(circle(100, 7.3)[None]), "shape"),
        (lambda: phase_surrogate(circle(100, 7.3)[:, 0], generator=3), "torch.Generator"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(CourseError, match=words):
        call()


def test_noise_does_not_choose_a_lag(rng):
    with pytest.raises(CourseError, match="lag: wanted a series that decides it"):
        delay_embedding(torch.randn(5000, generator=rng, dtype=torch.float64))
