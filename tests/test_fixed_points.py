"""The search for fixed points on systems whose rest points stand on paper, flows and maps kept apart, and bad input."""

import dataclasses
import itertools

import pytest
import torch
from problems import F64, HENON
from torch.testing import assert_close

from course_lib.analysis import cell_seeds, draw_starts, fixed_points, grid_starts, linearize
from course_lib.dynamics import DifferenceFlow, EulerMap, Flow, FunctionFlow, FunctionMap
from course_lib.integrate import integrate
from course_lib.systems import Bistable, Duffing, Hopfield, Linear, Lorenz63, Rossler
from course_lib.validation import CourseError


def tensor(*values):
    return torch.tensor(values, dtype=F64)


def in_order(points):
    """Rows sorted by their coordinates, so that two lists of points can be compared."""
    return torch.tensor(sorted(points.round(decimals=6).add(0.0).tolist()), dtype=F64)


@pytest.mark.parametrize(
    ("flow", "low", "high"),
    [
        (Duffing(), (-2.0,) * 2, (2.0,) * 2),
        (Lorenz63(), (-15.0, -15.0, -5.0), (15.0, 15.0, 40.0)),
        (Rossler(), (-5.0, -30.0, -5.0), (8.0, 5.0, 35.0)),
        (Bistable(2, bits=2, tilt=0.2), (-2.0,) * 2, (2.0,) * 2),
        (Hopfield.rank_one(tensor(1.0, -2.0, 0.5), 1.8), (-3.0,) * 3, (3.0,) * 3),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Flow) else None,
)
def test_all_rest_points_on_paper_are_found_to_rounding(flow, low, high):
    found = fixed_points(flow, grid_starts(low, high, 7))
    assert found.converged.all() and found.kind == "flow"
    assert_close(in_order(found.x), in_order(flow.rest_points()))
    assert flow.vector_field(found.x).norm(dim=-1).max() < 1e-10
    assert_close(found.q, flow.vector_field(found.x).square().sum(-1) / 2, rtol=0, atol=1e-24)
    assert_close(found.jacobian, flow.jacobian(found.x))
    assert found.n_starts == 7**flow.dim == int(found.n_hits.sum()) + found.n_failed


def test_three_switches_have_27_rest_points_with_the_counts_of_a_cube(rng):
    starts = 3 * torch.rand(300, 3, generator=rng, dtype=F64) - 1.5
    found = fixed_points(Bistable(3, bits=3), starts)
    assert found.index_counts() == [8, 12, 6, 1]
    assert found.signed_count() == 1 and len(found.x) == 27 and found.n_failed == 0
    assert found.q.max() < 1e-28


def test_structured_seeds_complete_a_list_that_began_with_the_nodes(rng):
    flow = Bistable(3, bits=3)
    nodes = fixed_points(flow, tensor(*[[a, b, c] for a in (-1.1, 0.9) for b in (-0.9, 1.2) for c in (-1.0, 1.0)]))
    assert nodes.index_counts() == [8]
    seeds = cell_seeds(nodes.x, labels=nodes.x.sign(), copies=2, generator=rng)
    assert seeds.shape == (54, 3)
    assert_close(in_order(seeds[:27]), in_order(flow.rest_points()))
    assert fixed_points(flow, seeds).index_counts() == [8, 12, 6, 1]
    pairs = cell_seeds(nodes.x, copies=1, generator=rng)
    assert pairs.shape == (8 + 28 + 1, 3)
    halfway = torch.stack([(a + b) / 2 for a, b in itertools.combinations(nodes.x, 2)])
    assert_close(pairs[8:36], halfway)
    assert_close(pairs[36], nodes.x.mean(dim=0))
    assert fixed_points(flow, pairs).index_counts() == [8, 12, 6, 1]


def test_a_seed_in_a_cell_is_the_mean_of_its_corners(rng):
    corners = tensor([-2.0, -1.0], [-2.0, 3.0], [4.0, -1.0])  # the corner (1, 1) is missing
    seeds = cell_seeds(corners, labels=corners.sign(), copies=1, generator=rng)
    left, across = ([-2.0, -1.0], [-2.0, 1.0], [-2.0, 3.0]), ([1.0, -1.0], [0.0, 1 / 3], [-2.0, 3.0])
    assert_close(seeds, tensor(*left, *across, [4.0, -1.0], [4.0, -1.0]))


def test_starts_lie_about_the_states_as_far_as_the_noise_says(rng):
    states = tensor([5.0, -5.0])
    starts = draw_starts(states, 4000, noise=0.3, generator=rng)
    assert_close(starts.std(dim=0), torch.full((2,), 0.3, dtype=F64), rtol=0.05, atol=0)
    assert_close(starts.mean(dim=0), states[0], rtol=0, atol=0.03)


def test_seeds_between_neighbours_that_are_no_cube(rng):
    """Four wells on a circle: the saddles lie between neighbours, the hilltop in the middle of all."""

    def field(x):
        r2, angle = x.square().sum(-1, keepdim=True), torch.atan2(x[..., 1:], x[..., :1])
        return x * (1 - r2) + (4 * angle).sin() * torch.cat((x[..., 1:], -x[..., :1]), dim=-1)  # wells at 0, 90, ...

    wells = tensor([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0])
    seeds = cell_seeds(wells, groups=[(0, 1), (1, 2), (2, 3), (3, 0), (0, 1, 2, 3)], copies=1, generator=rng)
    assert_close(seeds[4:6], tensor([0.5, 0.5], [-0.5, 0.5]))
    assert seeds.shape == (9, 2) and seeds[8].abs().max() == 0
    found = fixed_points(FunctionFlow(field, 2), seeds[:8])
    assert found.index_counts() == [4, 4]


def test_a_map_is_at_rest_where_it_returns_its_argument_and_stable_inside_the_unit_circle():
    step = FunctionMap(lambda x: 3.2 * x * (1 - x), 1)
    found = fixed_points(step, tensor([0.1], [0.5], [0.9]))
    assert_close(in_order(found.x), tensor([0.0], [1 - 1 / 3.2]))
    assert found.kind == "map" and found.saddle_index.tolist() == [1, 1]  # slopes 3.2 and -1.2
    below = fixed_points(FunctionMap(lambda x: 2.8 * x * (1 - x), 1), tensor([0.1], [0.5], [0.9]))
    assert sorted(zip(below.x.flatten().round(decimals=6).tolist(), below.saddle_index.tolist(), strict=True)) == [
        (0.0, 1),
        (round(1 - 1 / 2.8, 6), 0),
    ]
    assert_close(below.jacobian.flatten().sort().values, tensor(-0.8, 2.8))  # of the step, not of step - x


def test_henons_fixed_points():
    b, a = 0.3, 1.4
    roots = [(b - 1 + sign * ((1 - b) ** 2 + 4 * a) ** 0.5) / (2 * a) for sign in (-1, 1)]
    found = fixed_points(HENON, grid_starts((-2.0, -1.0), (2.0, 1.0), 6))
    assert_close(in_order(found.x), in_order(tensor(*[[x, b * x] for x in roots])))
    assert found.saddle_index.tolist() == [1, 1]


def test_a_flow_and_its_euler_map_share_points_but_not_stability():
    flow = Linear(tensor([0.0, 3.0], [-3.0, 0.0]) - 0.2 * torch.eye(2, dtype=F64))
    starts = tensor([1.0, 2.0])
    assert fixed_points(flow, starts).saddle_index.tolist() == [0]
    assert fixed_points(EulerMap(flow, 0.1), starts).saddle_index.tolist() == [2]  # |1 + 0.1 (-0.2 + 3i)| > 1
    assert fixed_points(DifferenceFlow(EulerMap(flow, 0.1), 0.1), starts).saddle_index.tolist() == [0]


def test_starts_that_end_at_one_point_are_one_point_and_are_counted(rng):
    found = fixed_points(Lorenz63(rho=0.5), torch.randn(50, 3, generator=rng, dtype=F64))
    assert found.x.shape == (1, 3) and found.n_hits.tolist() == [50]
    assert found.x.abs().max() < 1e-10


def test_a_ring_of_rest_points_is_not_merged_into_one():
    angles = torch.linspace(0, 6, 40, dtype=F64)
    ring = FunctionFlow(lambda x: x * (1 - x.square().sum(-1, keepdim=True)), 2)
    found = fixed_points(ring, 1.3 * torch.stack((angles.cos(), angles.sin()), -1))
    assert int(found.converged.sum()) == 40
    assert_close(found.x.norm(dim=-1), torch.ones(40, dtype=F64))


def test_a_slow_point_is_told_apart_from_a_fixed_point():
    ghost = FunctionFlow(lambda x: 0.01 + x**2, 1)  # just past the fold: slow at 0, at rest nowhere
    found = fixed_points(ghost, tensor([-0.5], [0.3], [1.0]))
    assert found.converged.tolist() == [False]
    assert_close(found.x, tensor([0.0]), rtol=0, atol=1e-8)
    assert_close(found.q, tensor(0.01**2 / 2))
    assert found.index_counts() == [] and found.n_failed == 0


def test_a_slope_that_falls_to_zero_at_infinity_holds_no_point():
    found = fixed_points(FunctionFlow(torch.exp, 1), tensor([0.0], [1.0]))
    assert len(found.x) == 0 and found.n_failed == 2


def test_a_hilltop_of_q_is_no_slow_point():
    assert fixed_points(Bistable(), tensor([3**-0.5])).n_failed == 1


def test_a_degenerate_root_is_found_and_merged():
    found = fixed_points(FunctionFlow(lambda x: -(x**3), 1), tensor([-1.0], [0.5], [2.0]))
    assert found.converged.all() and found.x.shape == (1, 1)
    assert found.x.abs().max() < 1e-3


def test_a_centre_has_no_unstable_direction():
    assert sorted(fixed_points(Duffing(0.0), grid_starts((-2.0, -2.0), (2.0, 2.0), 5)).saddle_index.tolist()) == [
        0,
        0,
        1,
    ]


def test_a_network_of_64_units_from_its_trajectories(rng):
    patterns = torch.linalg.qr(torch.randn(64, 2, generator=rng, dtype=F64)).Q
    flow = Hopfield(2.0 * patterns @ patterns.T)
    t = torch.linspace(0, 6, 13, dtype=F64)
    orbits = integrate(flow, 3 * torch.randn(10, 2, generator=rng, dtype=F64) @ patterns.T, t)
    found = fixed_points(flow, draw_starts(orbits, 60, noise=0.2, generator=rng))
    assert found.converged.any() and found.n_failed == 0
    assert flow.vector_field(found.x[found.converged]).norm(dim=-1).max() < 1e-10


def test_the_answer_does_not_depend_on_the_order_of_the_starts_and_repeats(rng):
    starts = 3 * torch.rand(60, 3, generator=rng, dtype=F64) - 1.5
    first, second = (fixed_points(Bistable(3, bits=3), s) for s in (starts, starts.flip(0)))
    assert_close(in_order(first.x), in_order(second.x))
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.n_failed = 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: fixed_points(lambda x: x, torch.zeros(1, 2, dtype=F64)),
            "system: wanted a Flow or a Map, got function",
        ),
        (lambda: fixed_points(Duffing(), torch.zeros(2, dtype=F64)), r"starts: wanted shape \(n, 2\), got \(2,\)"),
        (lambda: fixed_points(Duffing(), torch.zeros(3, 3, dtype=F64)), r"starts: wanted shape \(n, 2\)"),
        (lambda: fixed_points(Duffing(), torch.zeros(3, 2)), "starts: wanted float64, got float32"),
        (lambda: fixed_points(Duffing(), tensor([0.0, float("nan")])), "starts: wanted finite numbers"),
        (lambda: fixed_points(Duffing(), torch.zeros(0, 2, dtype=F64)), "starts: wanted at least one state"),
        (lambda: fixed_points(Duffing(), torch.zeros(1, 2, dtype=F64), tol=0.0), "tol: wanted"),
        (
            lambda: fixed_points(FunctionFlow(torch.log, 1), tensor([1.0], [-1.0])),
            r"starts\[1\]: wanted a state at which",
        ),
        (
            lambda: fixed_points(FunctionFlow(lambda x: x[..., :1], 2), torch.ones(3, 2, dtype=F64)),
            "vector_field of Func",
        ),
        (lambda: fixed_points(FunctionMap(lambda x: x.float(), 2), torch.ones(3, 2, dtype=F64)), "got "),
        (lambda: fixed_points(HENON, tensor([0.1, 0.1])).signed_count(), "signed_count: wanted points of a flow"),
        (lambda: cell_seeds(tensor([1.0]), labels=tensor([0.5]), generator=torch.Generator()), "labels: wanted"),
        (lambda: cell_seeds(tensor([1.0]), groups=[(0, 1)], generator=torch.Generator()), "groups: wanted rows from 0"),
        (
            lambda: cell_seeds(tensor([1.0]), labels=tensor([1.0]), groups=[(0,)], generator=torch.Generator()),
            "wanted labels or groups, got both",
        ),
        (lambda: cell_seeds(tensor([1.0]), generator=0), "generator: wanted a torch.Generator"),
        (lambda: draw_starts(tensor([1.0]), 3, noise=-1.0, generator=torch.Generator()), "noise: wanted"),
        (lambda: grid_starts((0.0, 0.0), (1.0, 0.0), 3), "low, high: wanted two corners"),
        (lambda: linearize(Duffing(), torch.zeros(3, dtype=F64)), r"x: wanted shape \(2\)"),
        (lambda: linearize(torch.eye(2), torch.zeros(2, dtype=F64)), "system: wanted a Flow or a Map"),
    ],
)
def test_bad_input_is_told(call, message):
    with pytest.raises(CourseError, match=message):
        call()
