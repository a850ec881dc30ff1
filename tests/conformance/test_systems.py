"""What every Flow and every Map must do, so that every analysis works on all of them."""

import pytest
import torch
from problems import FLOWS, MAPS, central_difference, draw_states
from torch.testing import assert_close

from course_lib.dynamics import Flow

SYSTEMS = {**{f"flow: {k}": v for k, v in FLOWS.items()}, **{f"map: {k}": v for k, v in MAPS.items()}}
every_system = pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())


def rule(system):
    return system.vector_field if isinstance(system, Flow) else system.step


@every_system
def test_the_rule_keeps_shape_and_dtype(system, rng):
    x = draw_states(system, 6, generator=rng)
    for states in (x, x[0], x.reshape(2, 3, system.dim)):
        value = rule(system)(states)
        assert value.shape == states.shape
        assert value.dtype == torch.float64


@every_system
def test_a_batch_is_its_rows_one_by_one(system, rng):
    x = draw_states(system, 4, generator=rng)
    assert_close(rule(system)(x), torch.stack([rule(system)(row) for row in x]))
    assert_close(system.jacobian(x), torch.stack([system.jacobian(row) for row in x]))


@every_system
def test_the_jacobian_is_the_derivative_of_the_rule(system, rng):
    x = draw_states(system, 5, generator=rng)
    jacobian = system.jacobian(x)
    assert jacobian.shape == (5, system.dim, system.dim)
    assert_close(jacobian, central_difference(rule(system), x), rtol=1e-6, atol=1e-6)


@every_system
def test_the_jacobian_product_is_the_product_with_the_jacobian(system, rng):
    x = draw_states(system, 5, generator=rng)
    frame = torch.randn(5, system.dim, 2, generator=rng, dtype=torch.float64)
    product = system.jacobian(x) @ frame
    assert_close(system.jacobian_product(x, frame), product)
    with torch.no_grad():
        assert_close(system.jacobian_product(x, frame), product)


@every_system
def test_a_state_and_its_tangent_vectors_can_be_carried_together(system, rng):
    z = torch.randn(5, 3, system.dim, generator=rng, dtype=torch.float64)
    together = system.variational_field if isinstance(system, Flow) else system.variational_step
    x, vectors = z[:, 0], z[:, 1:]
    assert_close(together(z)[:, 0], rule(system)(x))
    assert_close(together(z)[:, 1:], (system.jacobian(x) @ vectors.mT).mT)


@every_system
def test_the_rule_is_finite_on_its_domain(system, rng):
    x = 3 * draw_states(system, 200, generator=rng)
    assert torch.isfinite(rule(system)(x)).all()
    assert torch.isfinite(system.jacobian(x)).all()


@every_system
def test_the_rule_is_autonomous_and_leaves_its_argument_alone(system, rng):
    x = draw_states(system, 3, generator=rng)
    kept = x.clone()
    first = rule(system)(x)
    assert_close(rule(system)(x), first, rtol=0, atol=0)
    assert_close(x, kept, rtol=0, atol=0)


@every_system
def test_without_being_asked_a_system_carries_no_gradient(system, rng):
    assert not rule(system)(draw_states(system, 2, generator=rng)).requires_grad
