"""Mean-field rates: Siegert's integral against another quadrature, its limits, and networks that were simulated."""

import math

import pytest
import torch
from problems import F64, central_difference
from scipy.integrate import quad
from scipy.special import erfcx
from torch.testing import assert_close

from course_lib.analysis import fixed_points
from course_lib.models import BalancedNetwork, LIFCell, MeanField, firing_rate, run_cells, siegert_rate
from course_lib.validation import CourseError

CELL = LIFCell()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def at_rest(flow: MeanField) -> torch.Tensor:
    """The rates to which it relaxes from silence, and a check that it does."""
    r = torch.zeros(flow.dim, dtype=F64)
    for _ in range(300):
        r = r + 0.5 * flow.vector_field(r)
    assert float(flow.vector_field(r).abs().max()) < 1e-6
    return r


@pytest.mark.parametrize("mean", [0.2, 0.99, 1.2, 5.0])
@pytest.mark.parametrize("sigma", [0.05, 0.7, 3.0])
def test_siegert_s_rate_is_its_integral(mean, sigma):
    cell = LIFCell(tau_mem=15.0, tau_syn=4.0, v_reset=-0.2)
    shift = 1.4603545 / math.sqrt(2) * math.sqrt(4.0 / 15.0)
    low, high = (-0.2 - mean) / sigma + shift, (1.0 - mean) / sigma + shift
    if high > 6.0:
        expected = 0.0  # once in centuries
    else:
        expected = 1000 / (15.0 * math.sqrt(math.pi) * quad(lambda y: erfcx(-y), low, high, limit=500)[0])
    found = siegert_rate(torch.tensor(mean, dtype=F64), torch.tensor(sigma, dtype=F64), cell)
    assert float(found) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_without_noise_it_is_the_closed_formula():
    mean = torch.tensor([-3.0, 0.5, 1.001, 1.1, 2.0, 40.0], dtype=F64)
    for sigma in (0.0, 1e-6):
        assert_close(
            siegert_rate(mean, torch.full_like(mean, sigma), CELL), firing_rate(mean, CELL), rtol=0.02, atol=1e-9
        )


def test_a_cell_under_poisson_spikes_fires_at_that_rate():
    """Excitation and inhibition in equal numbers: small jumps w whose mean and variance are known, a fast synapse."""
    cell, rate, w = LIFCell(tau_syn=1.0, dt=0.1), 8.0, 1.0  # rate: spikes per ms of each kind
    arrivals = torch.poisson(torch.full((6000, 2, 200), rate * cell.dt, dtype=F64), generator=generator())
    net = w * (arrivals[:, 0] - arrivals[:, 1])
    mean = torch.tensor([0.6, 1.2], dtype=F64)
    spikes = run_cells(cell, mean.repeat_interleave(100) + net / cell.leak_syn).spikes[0, 1000:]
    counted = spikes.double().mean(dim=0).reshape(2, 100).mean(dim=1) * 1000 / cell.dt
    sigma = math.sqrt(2 * rate * (w * cell.tau_syn) ** 2 / cell.tau_mem)
    assert_close(counted, siegert_rate(mean, torch.full_like(mean, sigma), cell), rtol=0.08, atol=0)


def test_the_jacobian_is_the_derivative_of_the_field():
    draw = generator(1)
    M, V = 0.05 * torch.randn(5, 5, generator=draw, dtype=F64), 0.01 * torch.rand(5, 5, generator=draw, dtype=F64)
    flow = MeanField(M, V, torch.linspace(0.5, 2.0, 5, dtype=F64), CELL)
    r = 30 * torch.rand(3, 5, generator=draw, dtype=F64)
    assert_close(flow.jacobian(r), central_difference(flow.vector_field, r), rtol=1e-5, atol=1e-8)
    assert bool(flow.jacobian(torch.zeros(5, dtype=F64)).isfinite().all())


def test_rates_of_the_balanced_network_at_finite_k():
    """Closer than the balance equations, which hold for K without end."""
    network = BalancedNetwork(1600, 400, 40, generator=generator())
    run = network.run(network.draw_state(generator=generator(1)), 1500.0, drive=0.2, spin_up=300.0)
    theory = at_rest(network.mean_field(0.2))
    off = (theory / run.rates() - 1).abs()
    assert float(off.max()) < 0.06, (theory, run.rates())
    assert float((network.couplings.rates(0.2) / run.rates() - 1).abs().max()) > 0.12


def test_the_balance_equations_are_its_limit_for_large_k():
    network = BalancedNetwork(40, 10, 4, generator=generator())
    network.K = 10**8
    flow = network.mean_field(0.3)
    found = fixed_points(flow, network.couplings.rates(0.3)[None])
    assert bool(found.converged.all())
    assert_close(found.x[0], network.couplings.rates(0.3), rtol=1e-3, atol=0)


def test_rates_of_a_driven_network_cell_by_cell():
    pytest.importorskip("norse")
    from course_lib.models import SpikingEINetwork

    network = SpikingEINetwork(320, 80, 3, 3, K=40, hold=20, generator=generator())
    u = torch.tensor([0.5, -0.7, 0.3], dtype=F64)
    spikes = network.run(u.expand(1, 120, 3), record=("spikes",)).spikes[0, 400:]
    counted = spikes.double().mean(dim=0) * 1000 / network.cell.dt
    theory = at_rest(network.mean_field(u))
    for part in (slice(320), slice(320, None)):
        assert float(theory[part].mean()) == pytest.approx(float(counted[part].mean()), rel=0.06)
    assert float(torch.corrcoef(torch.stack((theory, counted)))[0, 1]) > 0.98
    off = at_rest(network.mean_field(torch.zeros(3, dtype=F64)))
    assert float(torch.corrcoef(torch.stack((off, counted)))[0, 1]) < 0.8  # the input decides who fires


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: MeanField(torch.zeros(2, 3), torch.zeros(2, 2), torch.zeros(2), CELL), r"M: wanted shape \(2, 2\)"),
        (lambda: BalancedNetwork(40, 10, 4, generator=generator()).mean_field(-1.0), "drive: wanted"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(CourseError, match=words):
        call()
