"""The balanced network: its wires, its step against the plain cell, its currents, the balance it must find."""

import dataclasses
import math

import pytest
import torch
from problems import F64

from course_lib.analysis import interval_statistics
from course_lib.models.balanced import BalancedNetwork, Couplings
from course_lib.models.lif import LIFCell, lif_step
from course_lib.validation import CourseError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small(K: int = 10, seed: int = 0, **options) -> BalancedNetwork:
    return BalancedNetwork(80, 30, K, generator=generator(seed), **options)


def wires(network: BalancedNetwork) -> torch.Tensor:
    """(cells, cells), 1 where the column sends to the row."""
    dense = torch.zeros(network.n_cells + 1, network.n_cells, dtype=F64)
    for first, shift, table in zip((0, network.n_e), (0, network.n_cells + 1), network.targets, strict=True):
        for sender, receivers in enumerate(table - shift):
            dense[:, first + sender] += torch.bincount(receivers, minlength=network.n_cells + 1)
    return dense[:-1]


@pytest.fixture(scope="module")
def run():
    """A second of a network of 1000 cells at drive 0.3, ten cells watched."""
    network = BalancedNetwork(800, 200, 60, generator=generator(1))
    start = network.draw_state(generator=generator(2))
    return network.run(start, 1000.0, drive=0.3, spin_up=200.0, watch=torch.arange(0, 1000, 100))


def test_the_balance_equations_give_the_rates_on_paper():
    assert Couplings().rates(0.2).tolist() == pytest.approx([10.0, 10.0])
    assert Couplings().rates(0.2, tau_mem=10.0).tolist() == pytest.approx([20.0, 20.0])
    unbalanced = Couplings(EI=2.5)
    assert float(unbalanced.rates(0.2)[0]) / (0.2 * 50) == pytest.approx(-0.2 / 0.7)


@pytest.mark.parametrize(
    ("changed", "holds"), [({}, True), ({"EI": 2.5}, False), ({"I0": 0.95}, False), ({"EI": 1.7}, False)]
)
def test_balance_holds_where_both_rates_are_positive_and_inhibition_is_the_stronger(changed, holds):
    assert Couplings(**changed).balance is holds


def test_every_cell_hears_k_others_of_each_kind_and_never_itself():
    network = small()
    W = wires(network)
    assert set(W.flatten().tolist()) == {0.0, 1.0}
    assert bool((W[:, : network.n_e].sum(1) == 10).all() and (W[:, network.n_e :].sum(1) == 10).all())
    assert float(W.diagonal().sum()) == 0.0
    assert not torch.equal(W, wires(small(seed=1)))


def test_a_step_is_the_plain_step_of_the_cell_on_the_whole_matrix():
    network = small(couplings=Couplings(E0=1.5))
    cell, W = network.cell, wires(network)
    c = cell.tau_mem / cell.tau_syn / math.sqrt(network.K)
    sizes = torch.tensor([[1.0, -2.0], [1.0, -1.8]], dtype=F64) * c
    kind = torch.arange(network.n_cells) >= network.n_e
    W = W * sizes[kind.long()][:, kind.long()]
    external = 0.3 * math.sqrt(network.K) * torch.where(kind, 0.8, 1.5).to(F64)
    start = network.draw_state(generator=generator(3))
    run = network.run(start, 150.0, drive=0.3)
    v, spikes = start.v, start.spikes.to(F64)
    i_syn = external * (1 - cell.leak_syn)  # the external current is steady from the first step on
    for k in range(300):
        v, i_syn, spikes = lif_step(v, i_syn, W @ spikes + cell.leak_syn * external, cell)
        assert torch.equal(spikes > 0, run.spikes[k]), k
    assert 0.002 < float(run.spikes.double().mean()) < 0.2
    torch.testing.assert_close(v, run.end.v)


def test_a_run_goes_on_where_another_ended():
    network = small()
    start = network.draw_state(generator=generator(1))
    whole = network.run(start, 200.0, drive=0.5)
    first = network.run(start, 80.0, drive=0.5)
    second = network.run(first.end, 120.0, drive=0.5)
    assert torch.equal(whole.spikes, torch.cat((first.spikes, second.spikes)))
    assert torch.equal(network.run(start, 120.0, drive=0.5, spin_up=80.0).spikes, second.spikes)


def test_without_one_spike_the_future_is_another():
    network = BalancedNetwork(400, 100, 40, generator=generator())
    state = network.run(network.draw_state(generator=generator(1)), 200.0, drive=0.5).end
    fewer = state.spikes.clone()
    fewer[fewer.nonzero()[0]] = False
    twin = dataclasses.replace(state, spikes=fewer)
    one, other = (network.run(s, 100.0, drive=0.5).spikes for s in (state, twin))
    assert float((one[-40:] != other[-40:]).sum()) > 0.5 * float(one[-40:].sum())


def test_the_rates_are_near_those_of_the_balance_equations(run):
    rates, wanted = run.rates(), Couplings().rates(0.3)
    assert bool(((rates / wanted - 1).abs() < 0.25).all()), rates  # of order 1/sqrt(K) at finite K


def test_intervals_are_irregular_though_nothing_is_noisy(run):
    found = interval_statistics(run.spikes, dt=run.dt)
    assert found.n_cells > 500 and 0.7 < found.mean_cv2 < 1.1 and 0.8 < found.mean_cv < 1.4


@pytest.mark.parametrize(("population", "per_drive"), [("E", 1.0), ("I", 0.8)])
def test_large_currents_cancel_with_the_external_one_counted(run, population, per_drive):
    mean = run.currents(population)
    assert mean.external == pytest.approx(0.3 * math.sqrt(60) * per_drive)
    assert mean.net == pytest.approx(mean.external + mean.excitatory + mean.inhibitory)
    assert mean.ratio == pytest.approx(abs(mean.net) / (mean.external + mean.excitatory))
    assert mean.inhibitory < -3 and mean.ratio < 0.2
    assert abs(mean.excitatory + mean.inhibitory) > 3 * abs(mean.net)  # without the external one nothing cancels


def test_mean_currents_are_those_of_the_rates(run):
    """K inputs at rate r, each worth J/sqrt(K): J sqrt(K) r, with r in spikes per tau_mem."""
    r_e, r_i = (run.rates() * 0.02).tolist()
    mean = run.currents("I")
    assert mean.excitatory == pytest.approx(math.sqrt(60) * r_e, rel=0.05)
    assert mean.inhibitory == pytest.approx(-1.8 * math.sqrt(60) * r_i, rel=0.05)


def test_traces_are_what_the_threshold_saw(run):
    fired = run.spikes[:, run.watched]
    assert torch.equal(run.trace_v > 1.0, fired) and bool(fired.any())
    mean = (run.external + run.excitatory)[run.watched]
    torch.testing.assert_close(run.trace_exc.mean(0), mean)
    torch.testing.assert_close(run.trace_inh.mean(0), run.inhibitory[run.watched])
    net = run.trace_exc + run.trace_inh
    torch.testing.assert_close(net.var(0, correction=0), run.net_variance[run.watched])
    i, v = net[1:], run.trace_v[:-1].masked_fill(fired[:-1], 0.0)
    torch.testing.assert_close(run.trace_v[1:], v + 0.025 * (i - v))


def test_the_drive_may_change_from_step_to_step():
    network = small()
    start = network.draw_state(generator=generator(1))
    steps = torch.cat((torch.full((200,), 0.5, dtype=F64), torch.full((200,), 1.0, dtype=F64)))
    changing = network.run(start, 200.0, drive=steps)
    assert torch.equal(changing.spikes[:200], network.run(start, 100.0, drive=0.5).spikes)
    assert float(changing.external[0]) == pytest.approx(0.75 * math.sqrt(10))
    assert int(changing.spikes[200:].sum()) > 1.3 * int(changing.spikes[:200].sum())


def test_one_generator_decides_everything():
    first, again, other = (
        network.run(network.draw_state(generator=generator(seed)), 50.0, drive=0.5).spikes
        for network, seed in ((small(), 1), (small(), 1), (small(), 2))
    )
    assert torch.equal(first, again) and not torch.equal(first, other)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: small(K=30), "fewer inputs than the 30 cells of the smaller population"),
        (lambda: BalancedNetwork(80, 0, 10, generator=generator()), "n_i: wanted a whole number of at least 2"),
        (lambda: BalancedNetwork(80, 30, 10, generator=0), "a torch.Generator"),
        (lambda: Couplings(EI=-2.0), r"couplings.EI: wanted a finite number, at least 0"),
        (lambda: small().run(small().draw_state(generator=generator()), 50.0, drive=0.1), "raise the drive or K"),
        (lambda: small().run(small().draw_state(generator=generator()), 50.0, drive=-1.0), "drive: wanted"),
        (
            lambda: small(couplings=Couplings(EI=0.0, II=0.0, EE=9.0)).run(
                small().draw_state(generator=generator()), 50.0, drive=3.0
            ),
            "inhibition that holds the network",
        ),
        (
            lambda: small().run(small().draw_state(generator=generator()), 50.0, drive=torch.ones(7, dtype=F64)),
            r"drive: wanted shape \(100\)",
        ),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(CourseError, match=words):
        call()


def test_only_two_populations_have_currents(run):
    with pytest.raises(CourseError, match="'E' or 'I'"):
        run.currents("X")


def test_a_step_that_is_too_long_is_refused():
    with pytest.raises(CourseError, match="a step below the shorter time constant"):
        small(cell=LIFCell(dt=6.0))
