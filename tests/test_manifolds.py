"""Unstable manifolds whose ends, lengths and shapes stand on paper, of flows and of maps."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import fixed_points, grid_starts, unstable_manifolds
from course_lib.analysis.curves import by_arc_length
from course_lib.dynamics import EulerMap, FunctionFlow, FunctionMap
from course_lib.systems import Bistable, Duffing, Lorenz63
from course_lib.validation import CourseError


def tensor(*values):
    return torch.tensor(values, dtype=F64)


@pytest.fixture
def cube():
    """Three switches: 8 corners, 12 edges, 6 faces, the centre."""
    return fixed_points(Bistable(3, bits=3), grid_starts((-1.3,) * 3, (1.3,) * 3, 5))


def test_every_edge_of_the_cube_joins_two_corners_that_differ_in_one_bit(cube):
    found = unstable_manifolds(Bistable(3, bits=3), cube, duration=30.0, dt=0.1)
    joins = found.joins()
    assert len(joins) == 12
    for saddle, one, other in joins:
        difference = (cube.x[one] - cube.x[other]).abs().round()
        assert sorted(difference.tolist()) == [0.0, 0.0, 2.0]
        assert_close(cube.x[saddle], (cube.x[one] + cube.x[other]) / 2, rtol=0, atol=1e-9)
    pairs = {frozenset(pair) for _, *pair in joins}
    assert len(pairs) == 12


def test_curves_of_faces_and_of_the_centre_are_counted_by_their_unstable_directions(cube):
    found = unstable_manifolds(Bistable(3, bits=3), cube, duration=30.0, dt=0.1)
    assert len(found.curves) == 2 * (12 * 1 + 6 * 2 + 1 * 3)
    begins = cube.saddle_index[found.saddle]
    assert (found.direction < begins).all() and (found.side.abs() == 1).all()
    centre = begins == 3  # in the exact product each axis leads to the saddle in the middle of a face
    assert cube.saddle_index[found.end[centre]].tolist() == [2] * 6
    assert found.time[centre].isinf().all() and found.time[begins == 1].isfinite().all()


def test_a_curve_runs_evenly_from_its_saddle_to_its_end(cube):
    found = unstable_manifolds(Bistable(3, bits=3), cube, duration=30.0, dt=0.1, samples=50)
    assert found.curves.shape == (54, 50, 3)
    assert_close(found.curves[:, 0], cube.x[found.saddle])
    assert (found.curves[:, -1] - cube.x[found.end]).abs().max() < 1e-2
    steps = found.curves.diff(dim=1).norm(dim=-1)
    assert_close(steps, steps.mean(dim=1, keepdim=True).expand_as(steps), rtol=1e-3, atol=0)
    assert_close(found.length, torch.ones(54, dtype=F64), rtol=0, atol=0.011)


def test_the_time_of_a_branch_is_the_time_of_the_exact_solution():
    flow = Bistable()
    points = fixed_points(flow, tensor([-1.2], [0.1], [1.2]))
    found = unstable_manifolds(flow, points, duration=20.0, dt=0.01, offset=1e-2, radius=1e-3)
    exact = 0.5 * math.log((0.999 / 0.01) ** 2 * (1 - 0.01**2) / (1 - 0.999**2))  # x² / (1 - x²) grows as e^(2t)
    assert_close(found.time, tensor(exact, exact), rtol=0, atol=0.02)


def test_duffings_saddle_joins_both_wells_along_spirals():
    flow = Duffing(0.5)
    points = fixed_points(flow, grid_starts((-2.0, -2.0), (2.0, 2.0), 5))
    found = unstable_manifolds(flow, points, duration=60.0, dt=0.02)
    ((saddle, one, other),) = found.joins()
    assert points.x[saddle].abs().max() < 1e-9
    assert_close(points.x[[one, other], 0].sort().values, tensor(-1.0, 1.0))
    assert (found.length > 2.0).all()  # straight lines would have length 1
    energy = found.curves[..., 1] ** 2 / 2 - found.curves[..., 0] ** 2 / 2 + found.curves[..., 0] ** 4 / 4
    assert (energy.diff(dim=1) < 1e-3).all()  # damping: downhill all the way, but for the chords


def test_a_map_follows_the_same_curves_as_its_flow():
    flow, step = Duffing(0.5), EulerMap(Duffing(0.5), 0.1)
    starts = grid_starts((-2.0, -2.0), (2.0, 2.0), 5)
    of_flow = unstable_manifolds(flow, fixed_points(flow, starts), duration=60.0, dt=0.02)
    of_map = unstable_manifolds(step, fixed_points(step, starts), duration=120.0, dt=0.1)
    assert len(of_map.joins()) == 1 and of_map.time.isfinite().all()
    begin = slice(0, 20)
    ways = torch.cdist(of_map.curves[:, begin].flatten(0, 1), of_flow.curves.flatten(0, 1)).amin(dim=1)
    assert ways.max() < 0.1


def test_a_map_that_throws_the_state_from_side_to_side_keeps_its_sides_apart():
    step = FunctionMap(lambda x: -torch.atan(2 * x), 1)  # eigenvalue -2 at 0, a cycle of period two beyond
    points = fixed_points(step, tensor([0.1]))
    found = unstable_manifolds(step, points, duration=60.0)
    assert found.end.tolist() == [-1, -1] and found.time.isinf().all()
    assert (found.curves[0] * float(found.curves[0, -1].sign()) >= 0).all()  # one side of the saddle only
    assert_close(found.curves[0, -1], -found.curves[1, -1])


def test_complex_directions_give_curves_in_their_plane():
    flow = Lorenz63()
    points = fixed_points(flow, flow.rest_points())
    found = unstable_manifolds(flow, points, duration=2.0, dt=0.01)
    assert sorted(found.saddle.bincount().tolist()) == [2, 4, 4]
    assert (found.end == -1).all()
    two = found.saddle == found.saddle[points.saddle_index[found.saddle] == 2][0]
    first, second = found.curves[two][0, 1] - found.curves[two][0, 0], found.curves[two][2, 1] - found.curves[two][2, 0]
    assert abs(torch.cosine_similarity(first, second, dim=0)) < 0.9


def test_even_spacing_of_a_polygon():
    corner = tensor([0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0])
    points, length = by_arc_length(corner, 5)
    assert_close(points, tensor([0.0, 0.0], [0.5, 0.0], [1.0, 0.0], [1.0, 0.5], [1.0, 1.0]))
    assert float(length) == 2.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: unstable_manifolds(Bistable(3, bits=3), c, duration=1.0), "dt: wanted the RK4 step"),
        (
            lambda c: unstable_manifolds(Bistable(2, bits=2), c, duration=1.0, dt=0.1),
            "wanted fixed points of a flow in 2",
        ),
        (lambda c: unstable_manifolds(EulerMap(Bistable(3, bits=3), 0.1), c, duration=1.0), "fixed points of a map"),
        (
            lambda c: unstable_manifolds(
                FunctionFlow(lambda x: -x, 1),
                fixed_points(FunctionFlow(lambda x: -x, 1), torch.ones(1, 1, dtype=F64)),
                duration=1.0,
                dt=0.1,
            ),
            "wanted at least one converged point with an unstable direction",
        ),
    ],
)
def test_bad_input_is_told(cube, call, message):
    with pytest.raises(CourseError, match=message):
        call(cube)
