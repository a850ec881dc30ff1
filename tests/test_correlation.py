"""Correlation sum and dimension: pairs counted by hand, rulers known on paper, and where no number may come."""

import math

import pytest
import torch
from sampled_truths import cantor, circle, disc, draw

from course_lib.analysis import correlation_dimension, correlation_sum
from course_lib.data import load
from course_lib.validation import CourseError


def by_hand(x: torch.Tensor, radius: float, window: float) -> tuple[int, int]:
    """Pairs closer than the radius, and pairs in all, each once. x: (batch, time, dim)."""
    states = [(b, t, x[b, t]) for b in range(x.shape[0]) for t in range(x.shape[1])]
    pairs = [
        float((p - q).norm()) <= radius
        for i, (b, t, p) in enumerate(states)
        for c, s, q in states[i + 1 :]
        if b != c or abs(t - s) > window
    ]
    return sum(pairs), len(pairs)


@pytest.mark.parametrize("window", [0, 1, 3, math.inf])
def test_pairs_are_those_counted_by_hand(window, rng):
    x = draw(33, 2, rng).reshape(3, 11, 2)
    radii = torch.tensor([0.1, 0.3, 0.7], dtype=torch.float64)
    record = correlation_sum(x, radii, theiler_window=window)
    for i, radius in enumerate(radii.tolist()):
        close, pairs = by_hand(x, radius, window)
        assert record.n_pairs == pairs
        assert float(record.counts[i]) == close
        assert float(record.sums[i]) == pytest.approx(close / pairs)


@pytest.mark.parametrize(
    ("points", "dimension"),
    [(lambda rng: draw(20_000, 1, rng), 1.0), (lambda rng: disc(20_000, rng), 2.0)],
    ids=["line", "disc"],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_rulers(points, dimension, seed):
    record = correlation_dimension(points(torch.Generator().manual_seed(seed)), theiler_window=0)
    assert record.found
    assert record.dimension == pytest.approx(dimension, abs=0.03)
    assert 0 < record.standard_error < 0.03
    assert ("fill" in record.remark) == (dimension == 2.0)  # of one coordinate there is nothing to say


def test_cantor_set_over_whole_factors_of_three(rng):
    record = correlation_dimension(cantor(10_000, rng), theiler_window=0)
    assert record.dimension == pytest.approx(math.log(2) / math.log(3), abs=0.01)
    middle = record.slopes[(record.slope_radii > 1e-4) & (record.slope_radii < 0.05)]
    assert float((middle - math.log(2) / math.log(3)).abs().max()) < 0.03  # every local slope, not only their mean


def test_lorenz():
    record = correlation_dimension(load("lorenz63").samples, theiler_window=math.inf)
    assert record.dimension == pytest.approx(2.06, abs=0.03)
    assert record.standard_error < 0.03
    low, high = (record.radii / record.size).tolist()
    assert low < 0.02 and 0.1 < high < 0.4
    edge = record.slopes[record.slope_radii > 0.5 * record.size]
    assert float(edge.max()) < 1.9  # the edge of the attractor bends the curve, and the region stays below it


def test_neighbours_in_time_are_not_neighbours_in_space():
    """A spiral fills a disc; its neighbours in time lie on a line, and without a Theiler window they win."""
    turns = 20
    phase = torch.linspace(0, 1, 12_000, dtype=torch.float64).sqrt()
    angle = math.tau * turns * phase
    spiral = phase[:, None] * torch.stack((angle.cos(), angle.sin()), dim=1)
    radii = torch.tensor([0.012, 0.02], dtype=torch.float64)
    near = correlation_sum(spiral, radii, theiler_window=0)
    far = correlation_sum(spiral, radii, theiler_window=150)
    assert float(near.counts[0]) > 10_000
    assert float(far.counts[0]) == 0


def test_the_standard_error_covers_the_truth():
    """Over ten seeds the dimension of a circle lies within three of its standard errors of 1."""
    for seed in range(10):
        angle = math.tau * draw(2000, 1, torch.Generator().manual_seed(seed))[:, 0]
        record = correlation_dimension(torch.stack((angle.cos(), angle.sin()), dim=1), theiler_window=0)
        assert abs(record.dimension - 1) < 3 * record.standard_error + 0.015


def test_noise_is_named_and_the_region_stays_above_it(rng):
    states = load("lorenz63").samples[:20]
    noisy = states + 0.03 * 8 * torch.randn(states.shape, generator=rng, dtype=torch.float64)
    record = correlation_dimension(noisy, theiler_window=math.inf)
    assert "noise" in record.remark
    if record.found:
        assert float(record.radii[0]) > 3 * 0.24  # the region begins above the noise
        assert record.dimension == pytest.approx(2.06, abs=0.1)


def test_too_few_states_give_no_number(rng):
    record = correlation_dimension(load("lorenz63").samples[0, :300], theiler_window=15)
    assert not record.found and math.isnan(record.dimension)
    assert "no scaling region" in record.remark


def test_a_few_places_give_no_number():
    record = correlation_dimension(torch.eye(3, dtype=torch.float64).repeat(200, 1), theiler_window=0)
    assert not record.found and math.isnan(record.dimension)


def test_noise_that_fills_its_space_is_named(rng):
    record = correlation_dimension(draw(5000, 2, rng), theiler_window=0)
    assert "fill" in record.remark


@pytest.mark.parametrize(
    ("x", "window", "words"),
    [
        (torch.zeros(500, 2, dtype=torch.float64), 0, "one state, repeated"),
        (torch.rand(500, 2), 0, "wanted float64, got float32"),
        (torch.full((500, 2), math.nan, dtype=torch.float64), 0, "finite"),
        (circle(50, 7.3), 0, "at least 100 states"),
        (circle(500, 7.3), math.inf, "shorter than the one trajectory"),
        (circle(500, 7.3), 499, "shorter than the one trajectory"),
        (circle(500, 7.3), -1, "at least 0"),
        (circle(500, 7.3), 1.5, "whole number"),
        (torch.rand(500, dtype=torch.float64), 0, "shape"),
        ([[0.0, 1.0]], 0, "torch tensor"),
    ],
)
def test_bad_input(x, window, words):
    with pytest.raises(CourseError, match=words):
        correlation_dimension(x, theiler_window=window)


def test_radii_have_to_ascend(rng):
    with pytest.raises(CourseError, match="ascending"):
        correlation_sum(draw(50, 2, rng), torch.tensor([0.2, 0.1], dtype=torch.float64), theiler_window=0)
