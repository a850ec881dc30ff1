"""Recurrence plots of a periodic orbit and of independent draws, where every number is known."""

import math

import pytest
import torch
from sampled_truths import circle, draw

from course_lib.analysis import recurrence_matrix, recurrence_quantification
from course_lib.validation import CourseError


def test_a_periodic_orbit_recurs_on_full_diagonals():
    n, period = 400, 50
    record = recurrence_matrix(circle(n, period), radius=0.01)
    lags = (torch.arange(n)[:, None] - torch.arange(n)).remainder(period)
    assert torch.equal(record.matrix, lags == 0)
    numbers = recurrence_quantification(record)
    assert numbers.determinism == 1.0
    assert numbers.longest_diagonal == n - period
    assert numbers.mean_diagonal == pytest.approx(sum(n - period * k for k in range(1, 8)) / 7)
    assert numbers.laminarity == 0.0 and math.isnan(numbers.trapping_time)
    assert record.rate == pytest.approx(2 * sum(n - period * k for k in range(1, 8)) / (n * (n - 1)))


def test_independent_draws_have_the_lines_of_chance(rng):
    """Draws on a circle: each pair recurs with the same p, next to its neighbours by chance alone."""
    angle = math.tau * draw(2000, 1, rng)[:, 0]
    record = recurrence_matrix(torch.stack((angle.cos(), angle.sin()), dim=1), radius=2 * math.sin(0.05 * math.pi))
    p = 0.1
    numbers = recurrence_quantification(record)
    assert record.rate == pytest.approx(p, rel=0.02)
    assert numbers.determinism == pytest.approx(1 - (1 - p) ** 2, rel=0.03)
    assert numbers.laminarity == pytest.approx(1 - (1 - p) ** 2, rel=0.03)
    assert numbers.mean_diagonal == pytest.approx(2 + p / (1 - p), rel=0.01)
    assert numbers.trapping_time == pytest.approx(2 + p / (1 - p), rel=0.01)


def test_a_rest_is_laminar():
    """An orbit that rests for 30 of 60 samples, the rest scattered far apart."""
    x = torch.cat((torch.zeros(30, 1), 10.0 * torch.arange(1, 31)[:, None])).to(torch.float64)
    numbers = recurrence_quantification(recurrence_matrix(x, radius=0.1), theiler_window=0)
    assert numbers.laminarity == pytest.approx((30 * 29 - 2) / (30 * 29))  # two corners stand alone
    assert numbers.longest_diagonal == 29


def test_the_rate_fixes_the_radius(rng):
    record = recurrence_matrix(draw(300, 2, rng), rate=0.05)
    assert record.rate == pytest.approx(0.05, abs=1e-3)


def test_without_a_radius_it_is_a_tenth_of_the_clouds_size():
    t = torch.linspace(0, 12.5, 200, dtype=torch.float64)
    circle = 3.0 * torch.stack((t.cos(), t.sin()), dim=-1)
    size = float((circle - circle.mean(dim=0)).square().sum(dim=-1).mean().sqrt())
    assert recurrence_matrix(circle).radius == pytest.approx(0.1 * size)


def test_the_widest_band_leaves_one_pair():
    record = recurrence_matrix(torch.arange(20.0, dtype=torch.float64)[:, None], radius=30.0)
    assert recurrence_quantification(record, theiler_window=18).rate == 1.0
    with pytest.raises(ValueError, match="less than 19 samples"):
        recurrence_quantification(record, theiler_window=19)


def test_the_band_along_the_diagonal_is_left_out():
    x = torch.linspace(0, 1, 200, dtype=torch.float64)[:, None]  # a straight line comes back to nothing
    record = recurrence_matrix(x, radius=0.024)
    assert recurrence_quantification(record, theiler_window=1).rate > 0
    far = recurrence_quantification(record, theiler_window=5)
    assert far.rate == 0 and math.isnan(far.determinism) and far.longest_diagonal == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: recurrence_matrix(circle(50, 9).float()), "float32"),
        (lambda: recurrence_matrix(torch.ones(50, 2, dtype=torch.float64)), "one state, repeated"),
        (lambda: recurrence_matrix(circle(5, 9)), "at least 10 samples"),
        (lambda: recurrence_matrix(circle(9000, 9)), "at most 8000 samples"),
        (lambda: recurrence_matrix(circle(60, 9).reshape(2, 30, 2)), "one trajectory"),
        (lambda: recurrence_matrix(circle(60, 9), radius=0.1, rate=0.1), "one of them"),
        (lambda: recurrence_matrix(circle(60, 9), rate=1.5), "between 0 and 1"),
        (lambda: recurrence_quantification(recurrence_matrix(circle(60, 9)), theiler_window=59), "less than 59"),
        (lambda: recurrence_quantification(recurrence_matrix(circle(60, 9)), shortest=1), "shortest"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(CourseError, match=words):
        call()
