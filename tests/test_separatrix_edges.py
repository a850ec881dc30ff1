"""Attractors, labels, edges and saddles of systems whose answers stand on paper; bad input."""

import math

import numpy as np
import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import basins, grid_starts
from course_lib.dynamics import DifferenceFlow, EulerMap, FunctionFlow, FunctionMap
from course_lib.separatrix import (
    basin_difference,
    bisect_to_edge,
    edge_state,
    find_attractors,
    find_borders,
    settle,
    stable_manifold,
)
from course_lib.systems import Bistable, Duffing, Hopf, Lorenz63, VanDerPol
from course_lib.validation import CourseError

WELLS = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=F64)


def tensor(*values):
    return torch.tensor(values, dtype=F64)


def test_attractors_are_counted_and_polished_and_starts_on_the_border_rest_at_the_saddle():
    starts = torch.cat((grid_starts((-2.0, -2.0), (2.0, 2.0), 8), tensor([0.0, 0.0], [0.0, 1.0])))
    found = find_attractors(Bistable(2, bits=2), starts, duration=15.0, dt=0.1, window=20)
    corners = tensor([-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0])
    assert float(torch.cdist(found.x, corners).min(dim=1).values.max()) < 1e-12
    assert len(found.x) == 4 and set(found.kinds) == {"fixed point"}
    assert found.label[-2:].tolist() == [-1, -1] and (found.label[:-2] >= 0).all()
    assert_close(found.fractions, torch.full((4,), 16 / 66, dtype=F64))
    assert len(found.saddles) == 2  # (0, 0) and (0, 1)


def test_a_limit_cycle_is_recognised_with_its_period():
    found = find_attractors(Hopf(), grid_starts((-2.0, -2.0), (2.0, 2.0), 4), duration=10.0, dt=0.05, window=150)
    assert found.kinds == ("cycle",) and float(found.x.norm()) == pytest.approx(1, abs=1e-3)
    assert float(found.periods) == pytest.approx(2 * math.pi, rel=1e-3)
    assert float(found.fractions) == 1
    period = float(find_attractors(VanDerPol(1.0), tensor([1.0, 0.0]), duration=30.0, dt=0.05, window=200).periods)
    assert period == pytest.approx(6.6633, rel=1e-3)


def test_a_cycle_of_a_map_is_recognised_and_chaos_is_not_called_an_attractor():
    logistic = FunctionMap(lambda x: 3.2 * x * (1 - x), 1)
    found = find_attractors(logistic, torch.linspace(0.1, 0.9, 9, dtype=F64)[:, None], duration=200, window=10)
    assert found.kinds == ("cycle",) and float(found.periods) == 2
    chaos = find_attractors(Lorenz63(), tensor([1.0, 1.0, 20.0]), duration=5.0, dt=0.01, window=200)
    assert len(chaos.x) == 0 and len(chaos.unsettled) == 1


def test_labels_agree_with_basins_and_runaways_have_none():
    starts = grid_starts((-2.0, -2.0), (2.0, 2.0), 10)
    truth = basins(Duffing(0.5), starts, duration=40, dt=0.1, attractors=WELLS)
    assert_close(settle(Duffing(0.5), starts, WELLS), truth.label)
    runaway = FunctionFlow(lambda x: x**3 - x, 1)
    assert settle(runaway, tensor([2.0], [0.5]), tensor([0.0]), radius=0.01, dt=0.01, duration=30).tolist() == [-1, 0]


def test_bisection_finds_the_border_to_its_tolerance():
    flow = Bistable(2, tilt=0.1)
    hill = float(flow.rest_points()[:, 0].sort().values[1])
    wells = flow.rest_points()[flow.rest_points()[:, 0].abs() > 0.5]
    a, b = tensor([-1.0, 0.7], [1.2, -0.5]), tensor([1.5, 0.2], [-0.3, 0.4])
    edge = bisect_to_edge(flow, a, b, wells, tol=1e-7)
    assert_close(edge.x[:, 0], torch.full((2,), hill, dtype=F64), atol=1e-7, rtol=0)
    assert float(edge.width.max()) <= 1e-7
    low_is_left = edge.low[:, 0] < edge.high[:, 0]
    assert_close(low_is_left, tensor(1.0, 0.0).bool())


def test_bisection_refuses_two_ends_in_one_basin():
    with pytest.raises(CourseError, match="wanted two states in different basins"):
        bisect_to_edge(Bistable(), tensor([0.5]), tensor([1.0]), tensor([-1.0], [1.0]))


def test_the_edge_state_of_a_saddle_is_the_saddle():
    found = edge_state(Duffing(0.5), tensor([1.2, 0.9]), tensor([-1.0, 0.0]), WELLS)
    assert_close(found.x, torch.zeros(1, 2, dtype=F64), atol=1e-10, rtol=0)
    assert found.saddle_index.tolist() == [1] and float(found.speed) < 1e-10
    assert float(found.path[0, 0].norm()) > 0.1  # it had a way to go


def test_borders_of_two_bits_are_the_four_edges_of_the_square():
    flow = Bistable(2, bits=2)
    corners = flow.rest_points()[(flow.rest_points().abs() > 0.5).all(dim=1)]
    found = find_borders(flow, corners)
    expected = {(i, j) for i in range(4) for j in range(i) if float((corners[i] - corners[j]).norm()) < 2.1}
    assert {tuple(reversed(pair)) for pair in found.pairs} == expected
    assert_close(found.rates, torch.ones(4, dtype=F64))
    assert sorted(found.saddle_index.tolist()) == [1, 1, 1, 1, 2]
    flip = find_borders(EulerMap(flow, 0.1), corners)
    assert_close(flip.rates, torch.full((4,), math.log(1.1), dtype=F64))


def test_a_saddle_that_is_none_and_a_missing_one_are_refused():
    with pytest.raises(CourseError, match="no unstable direction"):
        find_borders(Bistable(2), WELLS, saddles=tensor([1.0, 0.0]))
    with pytest.raises(CourseError, match="a speed of"):
        find_borders(Bistable(2), WELLS, saddles=tensor([0.3, 0.0]))


def test_the_stable_manifold_is_evenly_spaced_and_lies_on_the_border():
    domain = tensor([-2.0, -2.0], [2.0, 2.0])
    line = stable_manifold(Bistable(2), tensor([0.0, 0.0]), domain=domain, n=50)
    assert float(line[:, 0].abs().max()) < 1e-12 and float(line[:, 1].abs().max()) > 1.8
    gaps = line[:50].diff(dim=0).norm(dim=1)
    assert_close(gaps, gaps.mean().expand(49))
    spiral = stable_manifold(Duffing(0.5), tensor([0.0, 0.0]), domain=domain, n=20)[5:20]
    normal = torch.stack((-(spiral[2:] - spiral[:-2])[:, 1], (spiral[2:] - spiral[:-2])[:, 0]), dim=1)
    normal = 0.01 * normal / normal.norm(dim=1, keepdim=True)
    one, two = (settle(Duffing(0.5), spiral[1:-1] + side * normal, WELLS) for side in (1, -1))
    assert (one != two).all()
    with pytest.raises(CourseError, match="one stable direction"):
        stable_manifold(Duffing(0.5), WELLS[0], domain=domain)


def test_a_map_and_its_flow_with_the_same_fixed_points_differ_where_they_should():
    states = grid_starts((-2.0, -2.0), (2.0, 2.0), 20)
    coarse, fine = (EulerMap(Duffing(0.5), dt) for dt in (0.2, 0.01))
    found = basin_difference(coarse, DifferenceFlow(coarse, 0.2), WELLS, states)
    assert 0.05 < found.share < 0.6 and len(found.states) == round(found.share * len(states) * (1 - found.undecided))
    assert basin_difference(fine, Duffing(0.5), WELLS, states).share < 0.05


def test_a_field_without_a_derivative_is_named():
    stair = FunctionFlow(lambda x: torch.from_numpy(np.sign(x.numpy())) - x, 1)
    assert settle(stair, tensor([0.3]), tensor([-1.0], [1.0]), dt=0.1, duration=20).tolist() == [1]
    with pytest.raises(CourseError, match="jacobian of FunctionFlow"):
        find_attractors(stair, tensor([0.3]), duration=20)
    with pytest.raises(CourseError, match="jacobian of FunctionFlow"):
        find_attractors(stair, tensor([0.3]), duration=20, dt=0.1)
