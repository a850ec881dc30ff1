"""Inhibition at rest, on the two populations whose answers are known on paper, and balance of currents."""

import math

import pytest
import torch
from problems import F64, INPUT, ei_network
from torch.testing import assert_close

from course_lib.analysis import fixed_points
from course_lib.integrate import integrate
from course_lib.models import (
    Currents,
    EIRateNetwork,
    current_balance,
    stabilisation,
    steady_response,
    two_populations,
)
from course_lib.validation import CourseError

DRIVE = torch.tensor([10.0, 5.0], dtype=F64)


def rest(network: EIRateNetwork, u: torch.Tensor) -> torch.Tensor:
    """Where the network settles from a little activity."""
    t = torch.linspace(0, 4000, 8001, dtype=F64)
    return integrate(network.flow_at(u), torch.ones(network.dim, dtype=F64), t).x[0, -1]


def on_paper(w_ee, w_ei, w_ie, w_ii):
    """Steady rates and their slopes, both populations active, by Cramer's rule."""
    delta = (1 - w_ee) * (1 + w_ii) + w_ei * w_ie
    slopes = [[(1 + w_ii) / delta, -w_ei / delta], [w_ie / delta, (1 - w_ee) / delta]]
    return torch.tensor(slopes, dtype=F64) @ DRIVE, torch.tensor(slopes, dtype=F64)


@pytest.mark.parametrize("w_ee", [0.5, 2.0])
def test_rest_and_response_are_those_on_paper(w_ee):
    network = two_populations(w_ee=w_ee)
    rates, slopes = on_paper(w_ee, 2.0, 2.5, 1.0)
    assert_close(rest(network, DRIVE), rates, rtol=0, atol=1e-6)
    assert_close(steady_response(network, rates, DRIVE).matrix, slopes)


def test_the_worked_example_of_the_book():
    network = two_populations()
    before = torch.tensor([10 / 3, 20 / 3], dtype=F64)
    assert_close(rest(network, DRIVE), before, rtol=0, atol=1e-6)
    more = DRIVE + torch.tensor([0.0, 1.0], dtype=F64)
    after = rest(network, more)
    assert_close(after, torch.tensor([8 / 3, 19 / 3], dtype=F64), rtol=0, atol=1e-6)
    response = steady_response(network, before, DRIVE)
    assert response.to_inhibitory_drive.tolist() == pytest.approx([-2 / 3, -1 / 3])
    assert bool(response.paradoxical)
    assert_close(after - before, response.to_inhibitory_drive, rtol=0, atol=1e-6)  # linear between, as both stay active


@pytest.mark.parametrize(("w_ee", "stabilised"), [(0.5, False), (0.99, False), (1.01, True), (2.0, True)])
def test_the_paradox_begins_where_excitation_alone_would_run_away(w_ee, stabilised):
    network = two_populations(w_ee=w_ee)
    rates, _ = on_paper(w_ee, 2.0, 2.5, 1.0)
    found = stabilisation(network, rates, DRIVE)
    assert bool(found.stable)
    assert bool(found.inhibition_stabilised) is stabilised
    assert float(found.excitatory_abscissa) == pytest.approx((w_ee - 1) / 20)
    assert float(found.speed) < 1e-12
    assert bool(steady_response(network, rates, DRIVE).paradoxical) is stabilised


def test_slow_inhibition_gives_a_rhythm_at_twice_the_excitatory_time_constant():
    """Trace zero at τ_I / τ_E = (1 + w_II) / (w_EE - 1) = 2; then ω² = Δ / (τ_E τ_I): 9.75 Hz for τ_E = 20 ms."""
    rates, _ = on_paper(2.0, 2.0, 2.5, 1.0)
    abscissae = {}
    for ratio in (1.98, 2.0, 2.02):
        network = two_populations(tau_i=20.0 * ratio)
        abscissae[ratio] = float(stabilisation(network, rates, DRIVE).spectral_abscissa)
    assert abscissae[1.98] < 0 < abscissae[2.02]
    assert abs(abscissae[2.0]) < 1e-12
    values = torch.linalg.eigvals(two_populations(tau_i=40.0).flow_at(DRIVE).jacobian(rates))
    hertz = 1000 * float(values.imag.abs().max()) / (2 * math.pi)
    assert hertz == pytest.approx(1000 * math.sqrt(3 / 800) / (2 * math.pi))
    assert hertz == pytest.approx(9.75, abs=0.005)


def test_an_unstable_network_is_not_stabilised_by_anything():
    found = stabilisation(two_populations(tau_i=60.0), on_paper(2.0, 2.0, 2.5, 1.0)[0], DRIVE)
    assert not bool(found.stable) and not bool(found.inhibition_stabilised)


def test_the_response_of_a_larger_network_is_the_shift_of_its_rest():
    network = ei_network("softplus")
    at = fixed_points(network.flow_at(INPUT), torch.full((1, 6), 0.3, dtype=F64)).x[0]
    response = steady_response(network, at, INPUT)
    h = 1e-5
    for cell in range(6):
        moved = []
        for sign in (1, -1):
            kicked = ei_network("softplus")
            with torch.no_grad():
                kicked.b[cell] += sign * h
            moved.append(fixed_points(kicked.flow_at(INPUT), at[None]).x[0])
        assert_close(response.matrix[:, cell], (moved[0] - moved[1]) / (2 * h), rtol=1e-5, atol=1e-7)


def test_a_batch_of_states_is_judged_one_by_one():
    network = two_populations()
    states = torch.stack((on_paper(2.0, 2.0, 2.5, 1.0)[0], torch.tensor([0.0, 9.0], dtype=F64)))
    found = stabilisation(network, states, DRIVE)
    assert found.stable.shape == (2,)
    assert found.inhibition_stabilised.tolist() == [True, False]  # silent E cells do not excite each other


# --- balance of currents


def constant(external, excitatory, inhibitory, n=4):
    parts = (torch.tensor(v, dtype=F64).expand(n, len(v)) for v in (external, excitatory, inhibitory))
    return Currents(*parts)


def test_the_index_is_one_where_currents_cancel_and_minus_one_where_one_is_absent():
    found = current_balance(constant([2.0, 1.0, 1.0, -3.0], [3.0, 3.0, 3.0, 4.0], [-5.0, -3.0, 0.0, -1.0]))
    assert found.index.tolist() == pytest.approx([1.0, 1 - 1 / 3.5, -1.0, 1.0])
    assert found.excitation.tolist() == [5.0, 4.0, 4.0, 4.0]
    assert found.inhibition.tolist() == [5.0, 3.0, 0.0, 4.0]  # a negative external current inhibits
    assert found.net.tolist() == [0.0, 1.0, 4.0, 0.0]


def test_the_external_current_decides_what_looks_balanced():
    drive = current_balance(constant([8.0], [1.0], [-9.0]))
    assert float(drive.index[0]) == pytest.approx(1.0)
    assert float(drive.recurrent_index[0]) == pytest.approx(1 - 8 / 5)  # unbalanced, when the drive is left out


def test_cells_do_not_cancel_each_other_and_fluctuations_do_not_count(rng):
    currents = constant([0.0, 0.0], [3.0, 1.0], [-1.0, -3.0])
    assert float(current_balance(currents).index.max()) < 0.1
    wiggle = torch.randn(4000, 1, generator=rng, dtype=F64)
    steady = constant([1.0], [6.0], [-7.0], n=4000)
    noisy = Currents(steady.external, steady.excitatory + wiggle, steady.inhibitory)
    assert float(current_balance(noisy).index[0]) == pytest.approx(1.0, abs=0.01)


def test_tracking_is_the_correlation_of_excitation_and_inhibition(rng):
    wave = torch.randn(2, 500, 1, generator=rng, dtype=F64)
    zero = torch.zeros_like(wave)
    tight = current_balance(Currents(zero + 1, 5 + wave, -5 - 0.5 * wave))
    assert float(tight.tracking[0]) == pytest.approx(1.0)
    other = torch.randn(2, 500, 1, generator=rng, dtype=F64)
    mixed = current_balance(Currents(zero, 5 + wave, -5 - wave - other))
    assert float(mixed.tracking[0]) == pytest.approx(1 / math.sqrt(2), abs=0.05)
    assert math.isnan(float(current_balance(constant([1.0], [1.0], [-2.0])).tracking[0]))


def test_a_network_is_measured_from_its_own_currents(rng):
    network = ei_network()
    inputs = torch.randn(3, 50, 2, generator=rng, dtype=F64)
    x = network.run(inputs)
    found = current_balance(network.currents(x, inputs))
    assert found.index.shape == (6,) and not found.index.requires_grad
    assert bool((found.index <= 1).all()) and bool((found.index >= -1).all())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: steady_response(two_populations(), DRIVE, DRIVE), "x: wanted a state of rest, got one that moves at"),
        (lambda: stabilisation(two_populations(), torch.zeros(3, dtype=F64), DRIVE), "x: wanted shape"),
        (lambda: stabilisation(two_populations(), DRIVE, torch.zeros(3, dtype=F64)), "u: wanted shape"),
        (lambda: two_populations(w_ei=-1.0), "w_ei: wanted a finite number, at least 0"),
        (
            # w_EE = 1 without inhibition: any excitatory rate is a state of rest
            lambda: steady_response(two_populations(w_ee=1.0, w_ei=0.0), DRIVE, DRIVE * torch.tensor([0.0, -3.0])),
            "got one at a bifurcation",
        ),
        (
            lambda: current_balance(Currents(torch.ones(3, 2), torch.ones(3, 2), torch.ones(3, 1))),
            r"currents.inhibitory: wanted the external current's shape \(3, 2\), got \(3, 1\)",
        ),
        (lambda: current_balance(constant([math.nan], [1.0], [1.0])), "currents.external: wanted finite"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, words):
    with pytest.raises(CourseError, match=words):
        call()
