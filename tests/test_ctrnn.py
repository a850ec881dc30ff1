"""The network against its equation, solved independently, and the flows it becomes against the network itself."""

import math

import numpy as np
import pytest
import torch
from problems import F64, INPUT, UNEVEN_TAU, network
from scipy.integrate import solve_ivp
from torch.testing import assert_close

from course_lib.integrate import integrate
from course_lib.models import CTRNN, NONLINEARITIES
from course_lib.validation import CourseError

TAUS = pytest.mark.parametrize("tau", [0.5, UNEVEN_TAU], ids=["one tau", "one tau a unit"])
PHI = {
    "tanh": np.tanh,
    "logistic": lambda a: 1 / (1 + np.exp(2 - 4 * a)),
    "relu": lambda a: np.maximum(a, 0),
    "softplus": lambda a: np.log1p(np.exp(5 * a)) / 5,
}


def equation(model: CTRNN, u: np.ndarray):
    """tau x' = -x + phi(W x + U u + b) written out in numpy."""
    W, U, b, tau = (p.detach().numpy() for p in (model.W_rec, model.W_in, model.b, model.tau))
    phi = PHI[model.nonlinearity.name]
    return lambda t, x: (-x + phi(W @ x + U @ u + b)) / tau


@TAUS
@pytest.mark.parametrize("nonlinearity", NONLINEARITIES)
def test_the_driven_flow_is_the_equation_solved_by_scipy(nonlinearity, tau):
    model = network(nonlinearity, tau=tau)
    x0 = torch.linspace(-1, 1, 6, dtype=F64)
    expected = solve_ivp(equation(model, INPUT.numpy()), (0, 3), x0.numpy(), rtol=1e-10, atol=1e-12).y[:, -1]
    t = torch.linspace(0, 3, 301, dtype=F64)
    assert_close(integrate(model.flow_at(INPUT), x0, t).x[0, -1], torch.from_numpy(expected), rtol=0, atol=1e-6)


@TAUS
def test_one_step_is_euler_written_out(tau, rng):
    model = network(tau=tau)
    x, u = torch.randn(4, 6, generator=rng, dtype=F64), torch.randn(4, 2, generator=rng, dtype=F64)
    slope = np.stack([equation(model, b.numpy())(0, a.numpy()) for a, b in zip(x, u, strict=True)])
    assert_close(model.step(x, u), x + model.dt * torch.from_numpy(slope))


@TAUS
def test_a_run_is_its_steps(tau, rng):
    model = network(tau=tau)
    inputs = torch.randn(3, 7, 2, generator=rng, dtype=F64)
    x, states = torch.zeros(3, 6, dtype=F64), []
    for k in range(7):
        x = model.step(x, inputs[:, k])
        states.append(x)
    assert_close(model.run(inputs), torch.stack(states, dim=1))
    assert_close(model.run(inputs[:, 4:], x0=states[3]), torch.stack(states[4:], dim=1))


def test_a_run_over_given_times_converges_to_the_flow_with_the_input_held():
    inputs = torch.tensor([[[1.0, -1.0], [0.2, 0.5]]], dtype=F64)
    t = torch.tensor([0.0, 0.7, 1.0], dtype=F64)
    errors = []
    for dt in (0.02, 0.01):
        model = CTRNN(6, 2, 2, tau=0.5, dt=dt, generator=torch.Generator().manual_seed(3))
        x = torch.zeros(1, 6, dtype=F64)
        for k in range(2):
            times = torch.linspace(float(t[k]), float(t[k + 1]), 101, dtype=F64)
            x = integrate(model.flow_at(inputs[0, k]), x, times).x[:, -1]
        states = model.run(inputs, t)
        assert states.shape == (1, 2, 6)
        errors.append(float((states[:, -1] - x).detach().abs().max()))
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.1)  # Euler: first order in dt


def test_equal_times_of_one_step_are_the_default_run(rng):
    model = network()
    inputs = torch.randn(2, 5, 2, generator=rng, dtype=F64)
    t = model.dt * torch.arange(6, dtype=F64)
    assert_close(model.run(inputs, t), model.run(inputs))


def test_the_map_with_the_input_held_is_the_step(rng):
    model = network()
    x = torch.randn(4, 6, generator=rng, dtype=F64)
    assert_close(model.map_at(INPUT).step(x), model.step(x, INPUT.expand(4, 2)))


def test_the_closed_loop_is_the_network_fed_by_its_own_readout(rng):
    model = network(tau=UNEVEN_TAU)
    x = torch.randn(4, 6, generator=rng, dtype=F64)
    assert_close(model.closed_loop_map().step(x), model.step(x, model.readout(x)))
    y = model.readout(x)
    held = torch.stack([model.flow_at(y[i].detach()).vector_field(x[i]) for i in range(4)])
    assert_close(model.closed_loop_flow().vector_field(x), held)


def test_the_closed_loops_jacobian_is_that_of_weights_w_plus_uc(rng):
    model = network(tau=0.5)
    x = torch.randn(6, generator=rng, dtype=F64)
    W = (model.W_rec + model.W_in @ model.C).detach()
    bias = (model.b + model.W_in @ model.d).detach()
    gain = 1 - torch.tanh(W @ x + bias) ** 2
    expected = (-torch.eye(6, dtype=F64) + torch.diag(gain) @ W) / 0.5
    assert_close(model.closed_loop_flow().jacobian(x), expected)


def test_a_forecast_is_driven_first_and_then_feeds_itself(rng):
    model = network()
    inputs = torch.randn(2, 8, 2, generator=rng, dtype=F64)
    x = model.run(inputs)[:, -1]
    expected = []
    for _ in range(5):
        y = model.readout(x)
        expected.append(y)
        x = model.step(x, y)
    assert_close(model.forecast(inputs, 5), torch.stack(expected, dim=1).detach())


def test_flows_are_plain_unless_gradients_are_asked_for():
    model = network()
    assert model.flow_at(INPUT).parameters() == ()
    flow = model.closed_loop_flow(differentiable=True)
    assert len(flow.parameters()) == 2
    flow.vector_field(torch.zeros(6, dtype=F64)).sum().backward()
    assert model.C.grad is not None and model.W_rec.grad is not None


def test_a_flow_does_not_change_when_its_network_learns_on():
    model = network()
    flow = model.flow_at(INPUT)
    before = flow.vector_field(torch.ones(6, dtype=F64))
    with torch.no_grad():
        model.W_rec.mul_(2)
    assert_close(flow.vector_field(torch.ones(6, dtype=F64)), before, rtol=0, atol=0)


def test_weights_come_from_the_generator_with_the_scales_asked_for():
    make = lambda seed: CTRNN(  # noqa: E731
        400,
        3,
        3,
        tau=1.0,
        dt=0.1,
        generator=torch.Generator().manual_seed(seed),
        gain=0.8,
        input_scale=0.2,
        bias_scale=0.1,
    )
    model = make(0)
    assert_close(model.W_rec, make(0).W_rec, rtol=0, atol=0)
    assert not torch.equal(model.W_rec, make(1).W_rec)
    radius = torch.linalg.eigvals(model.W_rec.detach()).abs().max()
    assert float(radius) == pytest.approx(0.8, rel=0.1)
    assert float(model.W_in.detach().std()) == pytest.approx(0.2, rel=0.1)
    assert float(model.b.detach().std()) == pytest.approx(0.1, rel=0.15)
    assert model.W_rec.dtype == F64


def test_a_float32_model_says_what_it_wants():
    model = CTRNN(6, 2, 2, tau=0.5, dt=0.1, generator=torch.Generator(), dtype=torch.float32)
    assert model.run(torch.zeros(1, 3, 2)).dtype == torch.float32
    with pytest.raises(CourseError, match=r"inputs: wanted the model's precision torch\.float32, got torch\.float64"):
        model.run(torch.zeros(1, 3, 2, dtype=F64))


def build(**options):
    arguments = {"tau": 0.5, "dt": 0.1, "generator": torch.Generator(), **options}
    return CTRNN(arguments.pop("dim", 6), 2, arguments.pop("n_out", 2), **arguments)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: build(nonlinearity="sigmoid"), "one of logistic, relu, softplus, tanh, got 'sigmoid'"),
        (lambda: build(dt=0.6), r"tau: wanted finite time constants of at least the step dt = 0\.6, got 0\.5"),
        (lambda: build(tau=torch.ones(5, dtype=F64)), "tau: wanted shape"),
        (lambda: build(dim=0), "dim: wanted"),
        (lambda: build(generator=1), "generator: wanted"),
        (lambda: build(n_out=1).closed_loop_flow(), "wanted a readout of the input's size, got n_out = 1, n_in = 2"),
        (lambda: build().run(torch.zeros(2, 3, 4, dtype=F64)), r"inputs: wanted shape \(batch, time, 2\)"),
        (lambda: build().run(torch.full((1, 2, 2), math.nan, dtype=F64)), "inputs: wanted finite"),
        (lambda: build().run(torch.zeros(1, 2, 2, dtype=F64), torch.zeros(3, dtype=F64)), "increasing times"),
        (lambda: build().run(torch.zeros(1, 2, 2, dtype=F64), torch.zeros(2, dtype=F64)), r"t: wanted shape \(3\)"),
        (lambda: build().run(torch.zeros(1, 2, 2, dtype=F64), x0=torch.zeros(2, 6, dtype=F64)), "x0: wanted shape"),
        (lambda: build().flow_at(torch.zeros(3, dtype=F64)), r"u: wanted shape \(2\)"),
        (lambda: build().set_readout(torch.zeros(2, 5), torch.zeros(2)), "C: wanted shape"),
        (lambda: build().forecast(torch.zeros(1, 2, 2, dtype=F64), 0), "n_steps: wanted"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, words):
    with pytest.raises(CourseError, match=words):
        call()
