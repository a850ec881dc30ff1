"""Wrappers keep what they promise; a flow and a map are never taken for each other."""

import pytest
import torch
from problems import CAT_MAP, HENON, SPIRAL, draw_states, network
from torch.testing import assert_close

from course_lib.dynamics import DifferenceFlow, EulerMap, FunctionFlow, FunctionMap, TimeReversed, check_flow, check_map
from course_lib.systems import Linear, Lorenz63
from course_lib.validation import CourseError


def test_an_euler_map_turns_an_eigenvalue_mu_into_one_plus_dt_mu():
    flow = Linear(SPIRAL)
    at = torch.zeros(2, dtype=torch.float64)
    of_flow = torch.linalg.eigvals(flow.jacobian(at))
    of_map = torch.linalg.eigvals(EulerMap(flow, 0.2).jacobian(at))
    assert_close(of_map, 1 + 0.2 * of_flow)


def test_a_stable_spiral_becomes_an_unstable_map_when_the_step_is_too_long():
    at = torch.zeros(2, dtype=torch.float64)
    radius = [torch.linalg.eigvals(EulerMap(Linear(SPIRAL), dt).jacobian(at)).abs().max() for dt in (0.1, 0.2)]
    assert radius[0] < 1 < radius[1]  # |1 + dt mu| = 1 at dt = 0.6 / 4.09 = 0.147


def test_a_difference_flow_and_an_euler_step_undo_each_other(rng):
    x = draw_states(HENON, 5, generator=rng)
    assert_close(EulerMap(DifferenceFlow(HENON, 0.3), 0.3).step(x), HENON.step(x))


def test_time_reversed_twice_is_the_flow(rng):
    flow = Lorenz63()
    x = draw_states(flow, 5, generator=rng)
    assert_close(TimeReversed(flow).vector_field(x), -flow.vector_field(x))
    assert_close(TimeReversed(TimeReversed(flow)).vector_field(x), flow.vector_field(x))


def test_the_default_jacobian_works_without_gradients_and_keeps_them_where_wanted():
    weight = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    flow = FunctionFlow(lambda x: weight * x**2, 1)
    x = torch.tensor([[3.0]], dtype=torch.float64)
    with torch.no_grad():
        assert float(flow.jacobian(x)) == 12.0
    flow.jacobian(x).sum().backward()
    assert float(weight.grad) == 6.0


def test_a_map_is_refused_where_a_flow_is_wanted_and_the_other_way_round():
    with pytest.raises(CourseError, match=r"wanted a Flow, got a Map, FunctionMap\. DifferenceFlow"):
        check_flow("flow", CAT_MAP)
    with pytest.raises(CourseError, match=r"wanted a Map, got a Flow, Lorenz63\. EulerMap"):
        check_map("map", Lorenz63())


def test_a_network_itself_is_neither_and_the_message_names_its_doors():
    with pytest.raises(CourseError, match=r"got CTRNN\..*flow_at\(u\) or closed_loop_flow"):
        check_flow("flow", network())


@pytest.mark.parametrize(
    "make",
    [
        lambda: FunctionFlow(3.0, 1),
        lambda: FunctionMap(lambda x: x, 0),
        lambda: EulerMap(Lorenz63(), 0.0),
        lambda: EulerMap(HENON, 0.1),
        lambda: DifferenceFlow(Lorenz63()),
        lambda: TimeReversed(HENON),
    ],
)
def test_wrappers_refuse_what_they_cannot_wrap(make):
    with pytest.raises(CourseError, match="wanted"):
        make()


def test_a_constant_field_has_a_jacobian_of_zeros():
    flow = FunctionFlow(lambda x: torch.ones_like(x), 2)
    x, frame = torch.zeros(3, 2, dtype=torch.float64), torch.ones(3, 2, 2, dtype=torch.float64)
    with torch.no_grad():
        assert_close(flow.jacobian_product(x, frame), torch.zeros(3, 2, 2, dtype=torch.float64))
