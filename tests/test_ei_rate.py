"""The E/I rate network against its equation, Dale's law after every kind of training, currents that add up."""

import math

import numpy as np
import pytest
import torch
from problems import F64, INPUT, central_difference, ei_network
from scipy.integrate import solve_ivp
from torch.testing import assert_close

from course_lib.integrate import integrate
from course_lib.models import EIRateNetwork, Noise, sign_violations
from course_lib.models.nonlinearity import RATES
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_readout, log_mse, train
from course_lib.validation import CourseError

PHI = {
    "logistic": lambda a: 1 / (1 + np.exp(2 - 4 * a)),
    "relu": lambda a: np.maximum(a, 0),
    "softplus": lambda a: np.log1p(np.exp(5 * a)) / 5,
}
every_rate = pytest.mark.parametrize("nonlinearity", RATES)


def equation(model: EIRateNetwork, u: np.ndarray):
    """The two populations written out apart, each with its own weights, signs and clock."""
    V, U, b = (p.detach().numpy() for p in (model.V, model.W_in, model.b))
    V, e, phi = np.abs(V) * (model.signs.numpy() != 0), model.n_e, PHI[model.nonlinearity.name]
    tau = np.broadcast_to(model.tau.numpy(), (model.dim,))

    def slope(t, x):
        r_e, r_i, drive = x[:e], x[e:], U @ u + b
        new_e = phi(V[:e, :e] @ r_e - V[:e, e:] @ r_i + drive[:e])
        new_i = phi(V[e:, :e] @ r_e - V[e:, e:] @ r_i + drive[e:])
        return np.concatenate(((new_e - r_e) / tau[:e], (new_i - r_i) / tau[e:]))

    return slope


@every_rate
def test_the_driven_flow_is_the_equation_solved_by_scipy(nonlinearity):
    model = ei_network(nonlinearity)
    x0 = torch.linspace(0, 1, 6, dtype=F64)
    expected = solve_ivp(equation(model, INPUT.numpy()), (0, 3), x0.numpy(), rtol=1e-10, atol=1e-12).y[:, -1]
    t = torch.linspace(0, 3, 601, dtype=F64)
    assert_close(integrate(model.flow_at(INPUT), x0, t).x[0, -1], torch.from_numpy(expected), rtol=0, atol=1e-6)


def test_each_population_has_its_own_clock(rng):
    model = ei_network(tau_i=0.2)
    x, u = torch.rand(3, 6, generator=rng, dtype=F64), torch.randn(3, 2, generator=rng, dtype=F64)
    slope = np.stack([equation(model, b.numpy())(0, a.numpy()) for a, b in zip(x, u, strict=True)])
    assert_close(model.step(x, u), x + model.dt * torch.from_numpy(slope))
    assert model.tau.tolist() == pytest.approx([0.5] * 4 + [0.2] * 2)


def test_equal_clocks_are_one_number():
    assert ei_network(tau_i=0.5).tau.ndim == 0


@every_rate
def test_the_jacobians_are_derivatives(nonlinearity, rng):
    model = ei_network(nonlinearity)
    x = torch.rand(5, 6, generator=rng, dtype=F64)
    for flow in (model.flow_at(INPUT), model.closed_loop_flow()):
        assert_close(flow.jacobian(x), central_difference(flow.vector_field, x), rtol=1e-6, atol=1e-6)
    loop = model.closed_loop_map(0.05)
    assert_close(loop.jacobian(x), central_difference(loop.step, x), rtol=1e-6, atol=1e-6)


def test_the_closed_loop_is_the_network_fed_by_its_own_readout(rng):
    model = ei_network()
    x = torch.rand(4, 6, generator=rng, dtype=F64)
    assert_close(model.closed_loop_map().step(x), model.step(x, model.readout(x)))
    assert_close(model.map_at(INPUT).step(x), model.step(x, INPUT.expand(4, 2)))


def test_the_readout_sees_excitatory_cells_only(rng):
    model = ei_network()
    x = torch.rand(4, 6, generator=rng, dtype=F64)
    assert_close(model.readout(x), x[:, :4] @ model.C.T + model.d)
    assert model.features(x).shape == (4, 4)
    other = x.clone()
    other[:, 4:] += 1.0
    assert_close(model.readout(other), model.readout(x), rtol=0, atol=0)


def signs_hold(model: EIRateNetwork) -> bool:
    """Excitatory columns have no negative weight, inhibitory ones no positive one, and none is on the diagonal."""
    W, e = model.W_rec.detach(), model.n_e
    return bool((W[:, :e] >= 0).all() and (W[:, e:] <= 0).all() and (W.diagonal() == 0).all())


def small_lorenz_network(**options) -> tuple[EIRateNetwork, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(6)
    trial = LorenzForecast(0.02, 60, transient=2.0).sample(8, generator=generator)
    options = {"tau_e": 0.04, "tau_i": 0.04, "dt": 0.02, "generator": generator, **options}
    return EIRateNetwork(16, 4, 3, 3, **options), trial.inputs, trial.targets


@pytest.mark.parametrize("lr", [1e-3, 0.3], ids=["small steps", "steps larger than every weight"])
def test_backpropagation_keeps_every_sign_and_adds_no_connection(lr):
    model, inputs, targets = small_lorenz_network(density=0.5)
    before = model.W_rec.detach().clone()
    parameters = [*model.dynamics_parameters(), model.C, model.d]
    generator = torch.Generator().manual_seed(0)
    train(
        parameters,
        lambda _: log_mse(model.readout(model.run(inputs)), targets),
        n_steps=15,
        generator=generator,
        lr=lr,
    )
    after = model.W_rec.detach()
    assert signs_hold(model)
    assert sign_violations(after, model.n_e) == 0
    assert bool((after[before == 0] == 0).all()) and not torch.equal(after, before)
    if lr > 0.1:
        assert bool((model.V < 0).any())  # raw magnitudes have crossed zero, so that the law was put to the test


def test_an_absent_connection_stays_absent_whatever_is_done_to_v(rng):
    model = ei_network(density=0.5)
    absent = model.W_rec.detach() == 0
    with torch.no_grad():
        model.V.add_(torch.randn(model.V.shape, generator=rng, dtype=F64))
    assert torch.equal(model.W_rec.detach() == 0, absent) and signs_hold(model)


def test_a_ridge_readout_leaves_the_recurrent_weights_alone():
    model, inputs, targets = small_lorenz_network()
    before = model.W_rec.detach().clone()
    fit = fit_readout(model.features(model.run(inputs)).detach(), targets, washout=10)
    model.set_readout(fit.C, fit.d)
    assert signs_hold(model) and torch.equal(model.W_rec.detach(), before)


def test_closing_the_loop_changes_excitatory_columns_only_and_breaks_the_law_there():
    model, inputs, targets = small_lorenz_network()
    fit = fit_readout(model.features(model.run(inputs)).detach(), targets, washout=10)
    model.set_readout(fit.C, fit.d)
    loop = model.closed_loop_flow().W
    assert_close(loop[:, 16:], model.W_rec.detach()[:, 16:], rtol=0, atol=0)
    assert sign_violations(loop, 16) > 0.2  # the feedback U C has mixed signs: the closed loop is no Dale network
    assert signs_hold(model)


@every_rate
def test_rates_are_never_negative(nonlinearity, rng):
    model = ei_network(nonlinearity)
    inputs = 3 * torch.randn(5, 40, 2, generator=rng, dtype=F64)
    x = model.run(inputs, noise=Noise(drive=2.0, input=1.0), generator=rng)
    assert float(x.detach().min()) >= 0


def test_the_currents_add_up_to_what_enters_the_nonlinearity(rng):
    model = ei_network()
    x, u = torch.rand(3, 7, 6, generator=rng, dtype=F64), torch.randn(3, 7, 2, generator=rng, dtype=F64)
    parts = model.currents(x, u)
    assert_close(parts.net, x @ model.W_rec.T + u @ model.W_in.T + model.b)
    assert_close(parts.external, u @ model.W_in.T + model.b)
    assert bool((parts.excitatory >= 0).all()) and bool((parts.inhibitory <= 0).all())
    silent = x.clone()
    silent[..., :4] = 0
    assert_close(model.currents(silent, u).inhibitory, parts.inhibitory)
    assert float(model.currents(silent, u).excitatory.detach().abs().max()) == 0


def test_given_weights_come_back_signed():
    W = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, -2.0], [0.7, 0.3, 0.0]], dtype=F64)
    model = EIRateNetwork.from_weights(W, 2, tau_e=20.0, tau_i=10.0, dt=1.0, b=torch.ones(3, dtype=F64))
    assert_close(model.W_rec.detach(), W)
    assert model.n_in == 3 and model.nonlinearity.name == "relu"
    x = torch.tensor([1.0, 2.0, 3.0], dtype=F64)
    expected = (torch.relu(W @ x + 1) - x) / torch.tensor([20.0, 20.0, 10.0], dtype=F64)
    assert_close(model.flow_at(torch.zeros(3, dtype=F64)).vector_field(x), expected)
    assert_close(model.readout(x).detach(), x[:2])


def test_a_state_dict_carries_the_signs():
    sparse, other = ei_network(density=0.6), ei_network(seed=9)
    other.load_state_dict(sparse.state_dict())
    assert_close(other.W_rec, sparse.W_rec, rtol=0, atol=0)


def test_weights_and_noise_come_from_the_generator_and_torch_keeps_its_own(rng):
    before = torch.get_rng_state()
    first, same, other = ei_network(density=0.7), ei_network(density=0.7), ei_network(density=0.7, seed=5)
    first.run(torch.zeros(1, 3, 2, dtype=F64), noise=Noise(drive=0.1), generator=rng)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), same.parameters(), strict=True))
    assert not torch.equal(first.V, other.V)


def build(**options):
    arguments = {"n_e": 4, "n_i": 2, "tau_e": 0.5, "tau_i": 0.5, "dt": 0.1, "generator": torch.Generator(), **options}
    return EIRateNetwork(arguments.pop("n_e"), arguments.pop("n_i"), 2, arguments.pop("n_out", 2), **arguments)


def given(*rows, n_e=1):
    return EIRateNetwork.from_weights(torch.tensor(rows, dtype=F64), n_e, tau_e=20.0, tau_i=10.0, dt=1.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: build(n_i=0), "n_i: wanted a whole number of at least 1, got 0"),
        (lambda: build(n_e=0), "n_e: wanted a whole number of at least 1, got 0"),
        (lambda: build(tau_i=0.05), r"tau_i: wanted finite time constants of at least the step dt = 0\.1, got 0\.05"),
        (lambda: build(tau_e=math.nan), "tau_e: wanted finite"),
        (lambda: build(dt=0.0), "dt: wanted"),
        (lambda: build(nonlinearity="tanh"), "got 'tanh'. An excitatory cell whose rate is negative would inhibit"),
        (lambda: build(nonlinearity="sigmoid"), "nonlinearity: wanted one of"),
        (lambda: build(density=1.5), "density: wanted a probability"),
        (lambda: build(balance="exact"), "balance: wanted one of mean, none, rows"),
        (lambda: build(generator=0), "generator: wanted"),
        (lambda: build().set_readout(torch.zeros(2, 6), torch.zeros(2)), r"C: wanted shape \(2, 4\), got \(2, 6\)"),
        (lambda: build(n_out=1).closed_loop_map(), "wanted a readout of the input's size"),
        (lambda: build().closed_loop_map(0.6), r"tau: wanted finite time constants of at least the step dt = 0\.6"),
        (lambda: build().run(torch.zeros(1, 0, 2, dtype=F64)), "inputs: wanted at least one sample in time"),
        (lambda: build().currents(torch.zeros(5, dtype=F64), INPUT), "x: wanted shape"),
        (
            lambda: build().run(torch.zeros(1, 3, 2, dtype=F64), noise=Noise(state=0.1), generator=torch.Generator()),
            r"noise.state: wanted 0 in a network of rates.*Noise\(drive",
        ),
        (lambda: given([1.0, 2.0], [1.0, -1.0]), "the wrong sign in column 1, an inhibitory sender"),
        (lambda: given([1.0, -2.0], [-1.0, -1.0]), "the wrong sign in column 0, an excitatory sender"),
        (lambda: given([1.0, 2.0], [1.0, 1.0], n_e=2), "n_i: wanted a whole number of at least 1, got 0"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, words):
    with pytest.raises(CourseError, match=words):
        call()
