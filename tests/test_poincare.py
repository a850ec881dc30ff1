"""Sections on orbits that are known on paper: Hopf's circle, the centre, Lorenz's plane z = 27; and bad input."""

import math

import pytest
import torch
from problems import F64, HENON
from torch.testing import assert_close

from course_lib.analysis import poincare_section
from course_lib.analysis.poincare import maxima_surface, passages
from course_lib.dynamics import FunctionFlow
from course_lib.systems import Duffing, Hopf, Linear, Lorenz63
from course_lib.systems.references import LORENZ63
from course_lib.validation import CourseError

TURN = 2 * math.pi


def tensor(*values):
    return torch.tensor(values, dtype=F64)


def errors_on_hopf(dt):
    """Largest errors of the times and of the places of the rising passages through y = 0."""
    flow, x0 = Hopf(1.0, 2.0), tensor([0.3, 0.4], [2.0, -1.0])
    section = poincare_section(flow, x0, duration=20, dt=dt, coordinate=1)
    late, off = [], []
    for i, start in enumerate(x0):
        angle = math.atan2(float(start[1]), float(start[0]))
        here = section.trajectory == i
        turns = torch.arange(int(here.sum()), dtype=F64)
        t = ((-angle) % TURN + TURN * turns) / 2
        late.append((section.t[here] - t).abs().max())
        off.append((section.x[here] - flow.solution(start, t)).abs().max())
    assert section.direction.unique().tolist() == [1]
    assert section.residual.max() < 1e-13
    return float(max(late)), float(max(off)), len(section.t)


def test_passages_of_hopfs_orbits_at_the_times_and_places_on_paper():
    late, off, n = errors_on_hopf(0.01)
    assert n == 6 + 7  # angles 0.93 + 2t and -0.46 + 2t, for 20 time units
    assert late < 5e-8 and off < 5e-8


def test_the_error_of_a_passage_falls_like_the_solvers_and_not_like_an_interpolation():
    coarse, fine = errors_on_hopf(0.08)[0], errors_on_hopf(0.02)[0]
    assert coarse / fine > 4**3.5


def test_both_directions_together_are_the_two_directions_apart(rng):
    flow = Linear(tensor([0.0, 1.5], [-1.5, 0.0]))
    x0 = torch.randn(5, 2, generator=rng, dtype=F64)
    rising, falling, both = (
        poincare_section(flow, x0, duration=12, dt=0.02, coordinate=0, direction=d) for d in (1, -1, 0)
    )
    assert (rising.x[:, 1] > 0).all() and (falling.x[:, 1] < 0).all()
    assert len(both.t) == len(rising.t) + len(falling.t)
    assert_close(both.t[both.direction == 1], rising.t)
    assert_close(rising.return_times(), torch.full_like(rising.return_times(), TURN / 1.5), rtol=0, atol=1e-7)
    assert_close(both.return_times(), torch.full_like(both.return_times(), TURN / 3), rtol=0, atol=1e-7)
    # every orbit of a centre passes at its own radius
    assert_close(rising.x[:, 1], x0.norm(dim=-1)[rising.trajectory], rtol=0, atol=1e-6)


def test_an_oblique_plane_off_the_origin():
    flow = Hopf(1.0, 1.0)
    normal = tensor(0.6, 0.8)
    section = poincare_section(flow, tensor(0.5, 0.0), duration=20, dt=0.04, normal=normal, level=0.5, spin_up=15)
    assert_close(section.x @ normal, torch.full_like(section.t, 0.5))
    # on the unit circle the chord at distance 1/2 meets the circle at 60 degrees on either side of the normal
    rising = math.atan2(0.8, 0.6) - math.pi / 3
    assert_close(section.x, tensor(math.cos(rising), math.sin(rising)).expand_as(section.x), rtol=0, atol=1e-6)


def test_lorenzs_plane_is_passed_as_often_as_the_reference_says(rng):
    x0 = tensor(1.0, 1.0, 25.0) + torch.randn(40, 3, generator=rng, dtype=F64)
    section = poincare_section(Lorenz63(), x0, duration=20, dt=0.02, coordinate=2, level=27.0, spin_up=10)
    assert (section.x[:, 2] - 27).abs().max() < 1e-11
    assert (section.x[:, 0] * section.x[:, 1] > 8 / 3 * 27).all()  # z rises: xy > beta z
    rate = len(section.t) / (40 * 20)
    assert rate == pytest.approx(LORENZ63["upward_crossings_of_z_27"].value[0], abs=0.02)
    pairs = section.return_map(0)
    assert len(pairs.current) == len(section.t) - 40 == len(section.return_times())
    assert pairs.what == "passage"


def test_maxima_are_a_section_too():
    flow = Hopf(1.0, 2.0)
    section = passages(flow, tensor([1.0, 0.0]), maxima_surface(flow, 0), 0.01, 1000, -1)
    assert_close(section.x, tensor(1.0, 0.0).expand_as(section.x), rtol=0, atol=1e-8)
    assert_close(section.return_times(), torch.full_like(section.return_times(), math.pi), rtol=0, atol=1e-8)


def test_an_orbit_that_starts_on_the_plane_has_not_passed_it():
    section = poincare_section(Hopf(1.0, 1.0), tensor(1.0, 0.0), duration=6.0, dt=0.05, coordinate=1)
    assert len(section.t) == 0
    assert len(poincare_section(Hopf(1.0, 1.0), tensor(1.0, 0.0), duration=6.4, dt=0.05, coordinate=1).t) == 1


def test_an_orbit_that_dips_through_the_plane_within_one_step_is_reported():
    circle = Linear(tensor([0.0, 1.0], [-1.0, 0.0]))
    section = poincare_section(circle, tensor(-0.1, 1.0), duration=1.0, dt=0.5, coordinate=1, level=1.003, direction=0)
    assert section.n_grazing == 1 and len(section.t) == 0
    fine = poincare_section(circle, tensor(-0.1, 1.0), duration=1.0, dt=0.02, coordinate=1, level=1.003, direction=0)
    assert fine.n_grazing == 0
    assert fine.direction.tolist() == [1, -1] and fine.residual.max() < 1e-12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (dict(flow=HENON), "flow: wanted a Flow, got a Map"),
        (dict(x0=torch.zeros(2)), "x0: wanted float64, got float32"),
        (dict(x0=torch.zeros(1, 3, dtype=F64)), r"x0: wanted shape \(n, 2\)"),
        (dict(x0=tensor(float("nan"), 0.0)), "x0: wanted finite"),
        (dict(coordinate=2), "coordinate: wanted a whole number from 0 to 1, got 2"),
        (dict(coordinate=None), "coordinate, normal: wanted one of the two, got neither"),
        (dict(normal=tensor(1.0, 0.0)), "coordinate, normal: wanted one of the two, got both"),
        (dict(coordinate=None, normal=tensor(0.0, 0.0)), "normal: wanted a vector that is not 0"),
        (dict(direction=2), "direction: wanted 1, -1 or 0, got 2"),
        (dict(duration=0.0), "duration: wanted"),
        (dict(dt=None), "dt: wanted the RK4 step"),
        (dict(dt=3.0), "wanted an error of at most 0.01 of the state in one step"),
        (dict(flow=FunctionFlow(lambda x: x**2 + 1, 2)), "if the flow itself runs away"),
    ],
)
def test_bad_input_is_told(call, message):
    usual = dict(flow=Duffing(), x0=tensor(0.5, 1.0), duration=5.0, dt=0.05, coordinate=0)
    arguments = {**usual, **call}
    with pytest.raises(CourseError, match=message):
        poincare_section(arguments.pop("flow"), arguments.pop("x0"), **arguments)
