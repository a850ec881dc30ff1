"""Densities and distances between clouds of states, on values known on paper."""

import math

import pytest
import torch
from sampled_truths import circle, draw, logistic

from course_lib.analysis import attractor_distance, invariant_density
from course_lib.data import load
from course_lib.validation import CourseError


def test_the_density_of_the_logistic_map():
    """1 / (pi sqrt(x (1 - x)))."""
    limits = torch.tensor([[0.0, 1.0]], dtype=torch.float64)
    record = invariant_density(logistic(100_000), bins=20, limits=limits)
    edges = record.edges[0]
    share = (2 / math.pi) * torch.asin(edges.clamp(0, 1).sqrt())
    assert torch.allclose(record.density, share.diff() / edges.diff(), rtol=0.05)
    assert record.inside == 1.0


def test_a_density_integrates_to_the_share_inside(rng):
    limits = torch.tensor([[0.0, 0.5], [0.0, 1.0]], dtype=torch.float64)
    record = invariant_density(draw(5000, 2, rng), coordinates=(0, 1), bins=8, limits=limits)
    area = float(record.edges[0].diff()[0] * record.edges[1].diff()[0])
    assert float(record.density.sum()) * area == pytest.approx(record.inside)
    assert record.inside == pytest.approx(0.5, abs=0.03)


def test_energy_distance_of_shifted_uniforms(rng):
    """2 int (F - G)^2 = 2 (s^2 - s^3 / 3) for U(0, 1) and U(s, 1 + s), over the pooled RMS radius."""
    s = 0.5
    a, b = draw(4000, 1, rng), draw(4000, 1, rng) + s
    record = attractor_distance(a, b, generator=rng, n=4000)
    size = math.sqrt(1 / 12 + s * s / 4)
    assert record.distance == pytest.approx(2 * (s**2 - s**3 / 3) / size, abs=3 * record.standard_error + 0.01)
    assert record.differs


def test_zero_on_itself_and_symmetric(rng):
    a, b = load("lorenz63").samples[:4], load("lorenz63").samples[4:9]
    assert attractor_distance(a, a, generator=rng).distance == pytest.approx(0.0, abs=1e-12)
    one = attractor_distance(a, b, generator=rng)
    two = attractor_distance(b, a, generator=rng)
    assert one.distance == pytest.approx(two.distance, rel=1e-9)


def test_two_samples_of_one_attractor_differ_by_chance_alone(rng):
    """At 5 % a few of twenty pairs may lie above chance; a mirrored or shrunk attractor always does."""
    samples = load("lorenz63").samples
    above = sum(
        attractor_distance(samples[4 * i : 4 * i + 2], samples[4 * i + 2 : 4 * i + 4], generator=rng, n=500).differs
        for i in range(20)
    )
    assert above <= 4
    shrunk = 0.8 * (samples[:20] - samples.mean(dim=(0, 1))) + samples.mean(dim=(0, 1))
    assert attractor_distance(samples[20:40], shrunk, generator=rng).differs
    lower = samples[:20] * torch.tensor([1.0, 1.0, 0.9], dtype=torch.float64)
    assert attractor_distance(samples[20:40], lower, generator=rng).differs


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: invariant_density(circle(50, 9).float()), "float32"),
        (lambda g: invariant_density(circle(50, 9), coordinates=(2,)), "one or two of 0 to 1"),
        (lambda g: attractor_distance(circle(50, 9), circle(50, 9)[:, :1], generator=g), "2 coordinates"),
        (lambda g: attractor_distance(circle(50, 9) * math.nan, circle(50, 9), generator=g), "finite"),
        (lambda g: attractor_distance(circle(50, 9), circle(50, 9), generator=g, n=10), "at least 40"),
    ],
)
def test_bad_input(call, words, rng):
    with pytest.raises(CourseError, match=words):
        call(rng)
