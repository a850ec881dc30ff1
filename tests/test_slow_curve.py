"""Lines and rings whose shape, drift and resting places stand on paper."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import slow_curve
from course_lib.dynamics import EulerMap, FunctionFlow
from course_lib.systems import Duffing
from course_lib.validation import CourseError

WELLS, PACE = 3, 0.02


def ring_field(x):
    """A circle of radius 1 on which the angle drifts by PACE sin(WELLS angle)."""
    radius2, angle = x.square().sum(-1, keepdim=True), torch.atan2(x[..., 1:], x[..., :1])
    turned = torch.cat((-x[..., 1:], x[..., :1]), dim=-1)
    return x * (1 - radius2) + PACE * torch.sin(WELLS * angle) * turned


def line_field(x):
    """The parabola v = u² on which u drifts by -PACE sin(3u), and to which v returns at rate 1."""
    u, v = x[..., :1], x[..., 1:]
    drift = -PACE * torch.sin(3 * u)
    return torch.cat((drift, u**2 - v + 2 * u * drift), dim=-1)


RING, LINE = FunctionFlow(ring_field, 2), FunctionFlow(line_field, 2)


@pytest.fixture
def around(rng):
    """Forty states near the ring, with noise, in no order."""
    angle = 2 * math.pi * torch.rand(40, generator=rng, dtype=F64)
    states = 1.1 * torch.stack((angle.cos(), angle.sin()), dim=-1)
    return states + 0.05 * torch.randn(40, 2, generator=rng, dtype=F64)


@pytest.fixture
def beside(rng):
    """Forty states near the line from -1 to 1, with noise, in no order."""
    u = 2 * torch.rand(40, generator=rng, dtype=F64) - 1
    return torch.stack((u, u**2 + 0.1 * torch.randn(40, generator=rng, dtype=F64)), dim=-1)


def test_a_ring_is_found_with_its_drift(around):
    ring = slow_curve(RING, around, closed=True)
    assert_close(ring.x.norm(dim=-1), torch.ones(100, dtype=F64), rtol=0, atol=1e-7)
    angle = torch.atan2(ring.x[:, 1], ring.x[:, 0])
    sense = torch.sign(ring.x[0, 0] * ring.tangent[0, 1] - ring.x[0, 1] * ring.tangent[0, 0])
    assert_close(sense * ring.drift, PACE * torch.sin(WELLS * angle), rtol=0, atol=1e-7)
    assert ring.residual.max() < 1e-7 and ring.closed and ring.kind == "flow"
    assert ring.length == pytest.approx(2 * math.pi, rel=1e-3)
    assert_close(ring.decay, torch.full((100,), 2.0, dtype=F64), rtol=0, atol=1e-6)
    assert ring.gap == pytest.approx(2 / (WELLS * PACE), rel=0.02)


def test_a_ring_rests_at_as_many_stable_as_unstable_places_in_turn(around):
    ring = slow_curve(RING, around, closed=True)
    places, stable = ring.rests()
    assert len(places) == 2 * WELLS
    assert (stable[1:] != stable[:-1]).all()
    assert_close(places.diff(), torch.full((2 * WELLS - 1,), math.pi / WELLS, dtype=F64), rtol=0, atol=2e-3)


def test_a_line_is_found_with_its_drift_and_its_well(beside):
    line = slow_curve(LINE, beside, closed=False, along=beside[:, 0].contiguous())
    assert (line.x[:, 1] - line.x[:, 0] ** 2).abs().max() < 3e-3  # the ends' tangents are the least known
    inside = slice(10, -10)
    assert (line.x[inside, 1] - line.x[inside, 0] ** 2).abs().max() < 1e-4
    expected = PACE * torch.sin(3 * line.x[inside, 0]) * (1 + 4 * line.x[inside, 0] ** 2).sqrt()
    assert_close(line.drift[inside].abs(), expected.abs(), rtol=0, atol=1e-4)
    places, stable = line.rests()
    assert stable.tolist() == [True]
    row = int((line.arc - places[0]).abs().argmin())
    assert line.x[row].norm() < 0.03 and not line.closed
    assert_close(line.decay[row], torch.tensor(1.0, dtype=F64), rtol=0, atol=0.01)


def test_the_ring_of_a_map_is_that_of_its_flow(around):
    ring = slow_curve(EulerMap(RING, 0.1), around, closed=True)
    assert ring.kind == "map"
    assert_close(ring.x.norm(dim=-1), torch.ones(100, dtype=F64), rtol=0, atol=1e-6)
    assert ring.drift.abs().max() == pytest.approx(0.1 * PACE, rel=0.01)
    assert_close(ring.decay, torch.full((100,), -math.log(0.8), dtype=F64), rtol=0, atol=1e-4)


def test_the_distance_of_the_given_states_is_returned(around):
    ring = slow_curve(RING, around, closed=True)
    assert_close(ring.misfit, (around.norm(dim=-1) - 1).abs(), rtol=0, atol=2e-3)


def test_where_nothing_is_slow_the_record_says_so(around):
    record = slow_curve(Duffing(0.5), around, closed=True)
    assert record.residual.max() > 0.1 * record.drift.abs().max()
    assert record.gap < 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: slow_curve(RING, x[:3], closed=True), "states: wanted at least 4, got 3"),
        (lambda x: slow_curve(RING, x.float(), closed=True), "states: wanted float64"),
        (lambda x: slow_curve(RING, x, closed=True, along=x[:5, 0]), "along: wanted shape"),
        (
            lambda x: slow_curve(RING, x, closed=False, along=torch.ones(40, dtype=F64)),
            "along: wanted values that differ",
        ),
        (lambda x: slow_curve(ring_field, x, closed=True), "system: wanted a Flow or a Map"),
        (lambda x: slow_curve(RING, x, closed=True, samples=3), "samples: wanted"),
    ],
)
def test_bad_input_is_told(around, call, message):
    with pytest.raises(CourseError, match=message):
        call(around)
