"""Power spectra: a sine's peak and area, white noise's level, Parseval, and the unit of time."""

import math

import pytest
import torch
from sampled_truths import circle

from course_lib.analysis import power_spectrum
from course_lib.data import load
from course_lib.validation import CourseError


def test_a_sine_peaks_at_its_frequency_in_cycles_per_time_unit():
    dt, frequency, amplitude = 0.01, 1.5, 3.0
    t = dt * torch.arange(20_000, dtype=torch.float64)
    record = power_spectrum(amplitude * torch.sin(math.tau * frequency * t)[:, None], dt=dt)
    assert float(record.peak[0]) == pytest.approx(frequency, abs=record.resolution)
    area = float(torch.trapezoid(record.power[:, 0], record.frequency))
    assert area == pytest.approx(amplitude**2 / 2, rel=0.01)


@pytest.mark.parametrize("dt", [1.0, 0.1])
def test_white_noise_is_flat_at_twice_variance_times_dt(dt, rng):
    x = 2.0 * torch.randn(40_000, 1, generator=rng, dtype=torch.float64)
    record = power_spectrum(x, dt=dt, segment=256)
    assert float(record.power[2:-2].mean()) == pytest.approx(2 * 4.0 * dt, rel=0.02)
    assert float(record.frequency[-1]) == pytest.approx(0.5 / dt)


def test_the_area_is_the_variance_and_z_of_lorenz_turns_1_3_times_a_time_unit():
    data = load("lorenz63")
    record = power_spectrum(data.orbit, dt=data.orbit_dt, segment=1024)
    area = torch.trapezoid(record.power, record.frequency, dim=0)
    assert torch.allclose(area, data.orbit.var(dim=0), rtol=0.05)
    assert float(record.peak[2]) == pytest.approx(1.32, abs=0.06)
    assert record.n_segments == (20_000 - 1024) // 512 + 1


def test_a_batch_is_averaged():
    x = torch.stack((circle(512, 16), 3 * circle(512, 16)))
    both = power_spectrum(x, dt=1.0, segment=256)
    each = [power_spectrum(one, dt=1.0, segment=256).power for one in x]
    assert torch.allclose(both.power, (each[0] + each[1]) / 2)


@pytest.mark.parametrize(
    ("x", "options", "words"),
    [
        (circle(100, 9).float(), {}, "float32"),
        (torch.ones(100, 1, dtype=torch.float64), {}, "one state, repeated"),
        (circle(100, 9), {"dt": -1.0}, "above 0"),
        (circle(100, 9), {"segment": 200}, "at most 100 samples"),
        (circle(5, 9), {}, "at least 8 samples"),
    ],
)
def test_bad_input(x, options, words):
    with pytest.raises(CourseError, match=words):
        power_spectrum(x, **{"dt": 1.0, **options})
