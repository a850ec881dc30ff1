"""Successive maxima: a damped wave shrinks by a known factor, and Lorenz's cusp has its known fixed point."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import return_map
from course_lib.integrate import integrate
from course_lib.systems import Lorenz63
from course_lib.tasks import LorenzForecast
from course_lib.validation import CourseError


def test_maxima_of_a_damped_wave_shrink_by_one_factor():
    t = torch.arange(0, 12, 0.01, dtype=F64)
    pairs = return_map(((-0.1 * t).exp() * (2 * math.pi * t).cos())[None])
    assert len(pairs.current) == 10  # maxima near t = 1, ..., 11; the start is no maximum
    assert_close(pairs.next / pairs.current, torch.full((10,), math.exp(-0.1), dtype=F64), rtol=1e-6, atol=0)


def test_a_parabola_gives_up_its_vertex_between_samples():
    t = torch.arange(0, 2, 0.1, dtype=F64)
    hump = 3.0 - (torch.remainder(t, 1.0) - 0.4321) ** 2
    assert_close(return_map(hump).current, torch.tensor([3.0], dtype=F64), rtol=0, atol=1e-12)


def test_three_samples_are_long_enough_to_look_for_maxima():
    with pytest.raises(CourseError, match="two maxima"):  # and not: at least 3 samples
        return_map(torch.tensor([0.0, 1.0, 0.0], dtype=F64))


def test_pairs_never_join_two_trajectories():
    t = torch.arange(0, 3.2, 0.01, dtype=F64)
    wave = (2 * math.pi * (t - 0.5)).cos()
    pairs = return_map(torch.stack((wave, 10 * wave)))
    assert len(pairs.current) == 4
    assert_close(pairs.current, pairs.next, rtol=1e-6, atol=0)


def test_lorenz_maxima_lie_on_a_cusp_that_is_steeper_than_one(rng):
    starts = LorenzForecast().draw_starts(20, generator=rng)
    t = torch.arange(0, 20, 0.01, dtype=F64)
    pairs = return_map(integrate(Lorenz63(), starts, t).x[..., 2])
    order = pairs.current.argsort()
    z, following = pairs.current[order], pairs.next[order]
    tip = z[following.argmax()]
    assert float(tip) == pytest.approx(38.6, abs=0.2)
    assert float(z[(following - z).abs().argmin()]) == pytest.approx(39.8, abs=0.3)
    slope = (following[40:] - following[:-40]) / (z[40:] - z[:-40])
    away = (z[40:] < tip - 0.3) | (z[:-40] > tip + 0.3)
    assert slope[away].abs().min() > 1


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (torch.zeros(2, 50), "wanted float64"),
        (torch.zeros(2, dtype=F64), "at least 3 samples"),
        (torch.linspace(0, 1, 50, dtype=F64), "at least two maxima"),
        (torch.full((50,), math.nan, dtype=F64), "finite"),
        (torch.zeros(2, 3, 4, dtype=F64), r"shape \(batch, time\)"),
    ],
)
def test_bad_input_is_refused_with_the_reason(series, words):
    with pytest.raises(CourseError, match=words):
        return_map(series)
