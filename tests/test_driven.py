"""A rate network under inputs that are held, interpolated or noisy, by Euler steps and by solvers, against scipy."""

import math

import numpy as np
import pytest
import torch
from problems import F64, UNEVEN_TAU, ei_network, network
from scipy.integrate import solve_ivp
from torch.testing import assert_close

from course_lib.models import CTRNN, Noise
from course_lib.validation import CourseError

EDGES = torch.tensor([0.0, 0.7, 1.0, 2.3], dtype=F64)
INPUTS = torch.tensor([[[1.0, -1.0], [0.2, 0.5], [-2.0, 1.5]], [[0.0, 3.0], [1.0, 1.0], [0.5, -0.5]]], dtype=F64)
X0 = torch.linspace(-1, 1, 12, dtype=F64).reshape(2, 6)
INTERPOLATIONS = pytest.mark.parametrize("interpolation", ["hold", "linear"])


def solved(model: CTRNN, interpolation: str) -> torch.Tensor:
    """States where `run` gives them, (2, 3, 6), by scipy from the equation written out, interval by interval."""
    W, U, b, tau = (p.detach().numpy() for p in (model.W_rec, model.W_in, model.b, model.tau))
    t = EDGES.numpy()
    paths = []
    for u, x in zip(INPUTS.numpy(), X0.numpy(), strict=True):
        states = [x] if interpolation == "linear" else []
        for k in range(2 if interpolation == "linear" else 3):
            if interpolation == "linear":
                at = lambda s: np.array([np.interp(s, t[:3], u[:, i]) for i in range(2)])  # noqa: B023, E731
            else:
                at = lambda s: u[k]  # noqa: B023, E731
            slope = lambda s, y: (-y + np.tanh(W @ y + U @ at(s) + b)) / tau  # noqa: B023, E731
            x = solve_ivp(slope, t[k : k + 2], x, rtol=1e-11, atol=1e-12, method="DOP853").y[:, -1]
            states.append(x)
        paths.append(states)
    return torch.tensor(np.array(paths))


def times(interpolation: str) -> torch.Tensor:
    return EDGES[:3] if interpolation == "linear" else EDGES


@INTERPOLATIONS
@pytest.mark.parametrize("tau", [0.5, UNEVEN_TAU], ids=["one tau", "one tau a unit"])
def test_dopri5_is_scipys_solution(interpolation, tau):
    model = network(tau=tau)
    x = model.run(INPUTS, times(interpolation), x0=X0, method="dopri5", interpolation=interpolation)
    assert_close(x.detach(), solved(model, interpolation), rtol=0, atol=1e-7)


@INTERPOLATIONS
@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_fixed_steps_converge_with_their_order(interpolation, method, order):
    errors = []
    for dt in (0.05, 0.025):  # 0.7, 0.3 and 1.3 are whole numbers of both
        model = CTRNN(6, 2, 2, tau=0.5, dt=dt, generator=torch.Generator().manual_seed(3))
        x = model.run(INPUTS, times(interpolation), x0=X0, method=method, interpolation=interpolation)
        errors.append(float((x.detach() - solved(model, interpolation)).abs().max()))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.25)


def test_interpolation_begins_with_the_start_and_its_default_times_are_steps():
    model = network()
    x = model.run(INPUTS, x0=X0, interpolation="linear", method="rk4")
    assert_close(x[:, 0], X0, rtol=0, atol=0)
    given = model.run(INPUTS, model.dt * torch.arange(3, dtype=F64), x0=X0, interpolation="linear", method="rk4")
    assert_close(x, given, rtol=0, atol=0)


def test_a_constant_input_is_the_same_held_or_interpolated():
    model = network()
    constant = INPUTS[:, :1].expand(2, 4, 2)
    held = model.run(constant[:, :3], EDGES, x0=X0, method="rk4")
    assert_close(model.run(constant, EDGES, x0=X0, method="rk4", interpolation="linear")[:, 1:], held)


@INTERPOLATIONS
def test_the_adjoint_gives_the_gradients_of_backpropagation(interpolation):
    gradients = []
    for options in ({"method": "rk4"}, {"method": "dopri5"}, {"method": "dopri5", "adjoint": True}):
        model = CTRNN(6, 2, 2, tau=0.5, dt=0.01, generator=torch.Generator().manual_seed(3))
        start = X0.clone().requires_grad_()
        x = model.run(INPUTS, times(interpolation), x0=start, interpolation=interpolation, **options)
        (x[:, -1] ** 2).sum().backward()
        gradients.append([p.grad for p in (model.W_rec, model.W_in, model.b, start)])
    for other in gradients[1:]:
        for ours, reference in zip(other, gradients[0], strict=True):
            assert_close(ours, reference, rtol=1e-5, atol=1e-6)


# --- noise


def leaky(dt: float) -> CTRNN:
    """Units that only leak, tau = 1: with white noise each is an Ornstein-Uhlenbeck process."""
    model = CTRNN(500, 1, 1, tau=1.0, dt=dt, generator=torch.Generator().manual_seed(0), gain=0.0, bias_scale=0.0)
    with torch.no_grad():
        model.W_in.zero_()
    return model


@pytest.mark.parametrize("dt", [0.1, 0.02])
def test_noise_on_the_state_has_the_variance_of_its_process_at_any_step(dt, rng):
    n = round(8 / dt)
    x = leaky(dt).run(torch.zeros(20, n, 1, dtype=F64), noise=Noise(state=0.3), generator=rng).detach()
    expected = 0.3**2 / (2 - dt)  # exact for Euler-Maruyama with tau = 1; σ² τ / 2 as dt goes to zero
    assert float(x[:, -1].var()) == pytest.approx(expected, rel=0.05)


def test_noise_on_the_input_is_another_input():
    model = network()
    generator = torch.Generator().manual_seed(5)
    noise = 0.3 * torch.randn(INPUTS.shape, generator=generator, dtype=F64)
    generator.manual_seed(5)
    x = model.run(INPUTS, EDGES, noise=Noise(input=0.3), generator=generator)
    assert_close(x, model.run(INPUTS + noise, EDGES))
    generator.manual_seed(5)
    x = model.run(INPUTS, EDGES, method="dopri5", noise=Noise(input=0.3), generator=generator)
    assert_close(x, model.run(INPUTS + noise, EDGES, method="dopri5"))


def test_noise_inside_the_nonlinearity_is_an_error_of_the_drive():
    model = ei_network()
    generator = torch.Generator().manual_seed(5)
    noise = 0.3 * torch.randn(2, 6, generator=generator, dtype=F64)
    generator.manual_seed(5)
    x = model.run(INPUTS[:, :1], noise=Noise(drive=0.3), generator=generator)[:, 0]
    rates = model.nonlinearity.phi(INPUTS[:, 0] @ model.W_in.T + model.b + noise)
    assert_close(x, rates * (model.dt / model.tau))  # from rest


def test_noise_on_the_output_is_added_to_the_readout(rng):
    model = network()
    x = torch.zeros(4000, 6, dtype=F64)
    y = model.readout(x, noise=Noise(output=0.7), generator=rng).detach()
    assert_close(y.mean(dim=0), model.d.detach(), rtol=0, atol=0.05)
    assert float(y.std()) == pytest.approx(math.hypot(0.7, float((model.d[0] - model.d[1]).detach()) / 2), rel=0.03)
    assert_close(model.readout(x, noise=Noise(input=3.0), generator=rng), model.readout(x))


def test_noise_comes_from_the_generator_alone():
    model, noise = network(), Noise(state=0.1, drive=0.1, input=0.1)
    run = lambda seed: model.run(INPUTS, noise=noise, generator=torch.Generator().manual_seed(seed))  # noqa: E731
    before = torch.get_rng_state()
    assert torch.equal(run(0), run(0)) and not torch.equal(run(0), run(1))
    assert torch.equal(torch.get_rng_state(), before)
    assert_close(model.run(INPUTS, noise=Noise()), model.run(INPUTS), rtol=0, atol=0)


def test_gradients_pass_through_noise(rng):
    model = network()
    model.run(INPUTS, noise=Noise(state=0.1, drive=0.1, input=0.1), generator=rng).sum().backward()
    assert all(float(p.grad.abs().max()) > 0 for p in model.dynamics_parameters())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "midpoint"}, "method: wanted one of dopri5, euler, rk4, got 'midpoint'"),
        ({"interpolation": "cubic"}, "interpolation: wanted one of hold, linear"),
        ({"t": EDGES, "interpolation": "linear"}, r"t: wanted shape \(3\), got \(4,\)"),
        ({"t": EDGES.flip(0)}, "t: wanted increasing times"),
        ({"t": EDGES * math.nan}, "t: wanted finite"),
        ({"adjoint": True}, "adjoint: wanted method='dopri5', got method='euler'"),
        ({"method": "dopri5", "rtol": 0.0}, "rtol: wanted"),
        ({"noise": Noise(state=0.1)}, "generator: wanted a torch.Generator, got None"),
        ({"noise": 0.1}, "noise: wanted a Noise, got float"),
        (
            {"noise": Noise(state=0.1), "generator": torch.Generator(), "method": "rk4"},
            "wanted Euler steps with held inputs for noise on state or drive, got method='rk4'",
        ),
    ],
)
def test_bad_input_is_refused_with_the_reason(options, words):
    with pytest.raises(CourseError, match=words):
        network().run(INPUTS, **options)


def test_negative_noise_is_refused():
    with pytest.raises(CourseError, match=r"noise\.drive: wanted a finite number, at least 0"):
        Noise(drive=-0.1)
