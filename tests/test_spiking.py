"""The driven spiking network: norse's step, signs and wires, units, what is recorded, what is refused."""

import pytest
import torch
from problems import F64

from course_lib.analysis import skill
from course_lib.models.lif import LIFCell, lif_step
from course_lib.models.surrogate import Surrogate
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_readout
from course_lib.validation import CourseError

pytest.importorskip("norse")
from course_lib.models.spiking import SpikingEINetwork, norse_integrate


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small(seed: int = 0, **options) -> SpikingEINetwork:
    sizes = {"n_in": 3, "n_out": 3, "K": 10, "hold": 5} | options
    return SpikingEINetwork(60, 20, generator=generator(seed), **sizes)


def signal(batch: int = 2, time: int = 30) -> torch.Tensor:
    return torch.randn(batch, time, 3, generator=generator(9), dtype=F64)


def test_norse_takes_the_plain_step():
    """Below threshold, where nothing is reset; `test_a_run_is_its_equations` has the spikes."""
    cell, draw = LIFCell(tau_mem=17.0, tau_syn=6.0, v_th=50.0), generator()
    v, i_syn, jump = (torch.randn(40, generator=draw, dtype=F64) for _ in range(3))
    ours, theirs = lif_step(v, i_syn, jump, cell), norse_integrate(cell)(v, i_syn, jump)
    torch.testing.assert_close(ours[:2], theirs)


def test_a_run_is_its_equations():
    network, u = small(), signal()
    cell, run = network.cell, network.run(u, record=("spikes", "v", "i_syn"), watch=torch.tensor([0, 70]))
    v, i_syn, spikes = network.v0.expand(2, -1), torch.zeros(2, 80, dtype=F64), torch.zeros(2, 80, dtype=F64)
    traces = [torch.zeros(2, 80, dtype=F64) for _ in network.traces]
    for k in range(150):
        injected = cell.leak_syn * (u[:, k // 5] @ network.W_in.T + network.b)
        v, i_syn, spikes = lif_step(v, i_syn, injected + spikes @ network.W_rec.T, cell)
        traces = [r + cell.dt / tau * (spikes - r) for r, tau in zip(traces, network.traces, strict=True)]
        assert torch.equal(run.spikes[:, k], spikes > 0), k
        torch.testing.assert_close(run.v[:, k], v[:, [0, 70]])
        torch.testing.assert_close(run.i_syn[:, k], i_syn[:, [0, 70]])
        if k % 5 == 4:
            torch.testing.assert_close(run.features[:, k // 5], torch.cat(traces, dim=1))
    counted = run.spikes.sum((0, 1)) / (2 * 0.15)
    torch.testing.assert_close(run.rates, counted.to(F64))


def test_weights_have_one_sign_a_column_and_k_entries_a_row_and_kind():
    W = small().W_rec
    assert bool((W[:, :60] >= 0).all() and (W[:, 60:] <= 0).all())
    assert bool(((W[:, :60] > 0).sum(1) == 10).all() and ((W[:, 60:] < 0).sum(1) == 10).all())
    assert float(W.diagonal().abs().sum()) == 0.0


def test_what_is_not_asked_for_is_not_kept():
    run = small().run(signal())
    assert (run.spikes, run.v, run.i_syn) == (None, None, None)
    assert run.features.shape == (2, 30, 240)
    asked = small().run(signal(), record=("v",))
    assert asked.v.shape == (2, 150, 10) and asked.spikes is None


def test_a_reservoir_keeps_no_graph_and_a_trainable_network_has_finite_gradients():
    assert not small().run(signal()).features.requires_grad
    network = small(trainable=True, surrogate=Surrogate("superspike", 10.0))
    network.run(signal()).features.square().mean().backward()
    for parameter in network.dynamics_parameters():
        assert bool(parameter.grad.isfinite().all()) and 0 < float(parameter.grad.norm()) < 1e3


def test_a_run_goes_on_where_another_ended():
    network, u = small(), signal()
    whole = network.run(u, record=("spikes",))
    first = network.run(u[:, :12])
    second = network.run(u[:, 12:], start=first.end, record=("spikes",))
    assert torch.equal(second.spikes, whole.spikes[:, 60:])
    torch.testing.assert_close(second.features, whole.features[:, 12:])
    assert not torch.equal(network.run(u[:, 12:], record=("spikes",)).spikes, whole.spikes[:, 60:])


def test_the_reverse_pass_is_autograd_through_every_step():
    network, u, goal = small(trainable=True), signal(2, 6), torch.randn(2, 6, 240, generator=generator(1), dtype=F64)
    start = network.run(signal(2, 20)).end
    (network.run(u, start=start).features * goal).sum().backward()
    found = [p.grad.clone() for p in network.dynamics_parameters()]
    network.zero_grad()
    v, i_syn, spikes, traces = start.v, start.i_syn, start.spikes, list(start.traces)
    total = 0.0
    for k in range(30):
        jump = network.cell.leak_syn * (u[:, k // 5] @ network.W_in.T + network.b) + spikes @ network.W_rec.T
        v, i_syn, spikes = lif_step(v, i_syn, jump, network.cell, spike=network.surrogate)
        traces = [r + network.cell.dt / tau * (spikes - r) for r, tau in zip(traces, network.traces, strict=True)]
        if k % 5 == 4:
            total = total + (torch.cat(traces, dim=1) * goal[:, k // 5]).sum()
    total.backward()
    for mine, parameter in zip(found, network.dynamics_parameters(), strict=True):
        torch.testing.assert_close(mine, parameter.grad)


@pytest.mark.parametrize("word", ["silent", "saturated"])
def test_a_factor_of_a_thousand_does_not_pass_unnoticed(word):
    """As if inputs and drive had been scaled for ms in a library of seconds, or the other way round."""
    network, factor = small(), {"silent": 1e-3, "saturated": 1e3}[word]
    with torch.no_grad():
        network.W_in *= factor
        network.b *= factor
    with pytest.raises(CourseError, match=f"{word} network. .*ms"):
        network.run(signal())


def test_an_untrained_network_fires_at_a_reasonable_rate():
    rates = small().run(signal(4, 100)).rates
    assert 5 < float(rates.mean()) < 100


def test_a_readout_of_its_spikes_follows_a_driven_signal():
    task = LorenzForecast(0.02, 80)
    network = SpikingEINetwork(120, 30, 3, 3, K=20, hold=20, generator=generator())
    data, test = (task.sample(8, generator=generator(seed)) for seed in (1, 2))
    fit = fit_readout(network.run(data.inputs).features, data.targets, ridge=1e-3, washout=25)
    network.set_readout(fit.C, fit.d)
    said = network.readout(network.run(test.inputs).features)[:, 25:]
    scores = skill(said, test.targets[:, 25:], test.inputs[:, 25:])
    assert float(scores.r2.min()) > 0.97, scores


def test_one_generator_decides_everything():
    one, again, other = (small(seed).run(signal()).features for seed in (3, 3, 4))
    assert torch.equal(one, again) and not torch.equal(one, other)


@pytest.mark.parametrize("name", ["closed_loop_flow", "closed_loop_map"])
def test_a_spiking_loop_is_no_flow_and_no_map(name):
    with pytest.raises(CourseError, match=r"a network whose state jumps at every spike. mean_field\(u\) is a Flow"):
        getattr(small(), name)()


@pytest.mark.parametrize("name", ["jacobian", "flow_at", "map_at"])
def test_a_request_for_a_jacobian_is_refused_with_its_reason(name):
    with pytest.raises(CourseError, match=r"a network whose state jumps at every spike. mean_field\(u\) is a Flow"):
        getattr(small(), name)(torch.zeros(3, dtype=F64))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: small(K=20), "K: wanted fewer than 20 inputs"),
        (lambda: small(traces=(0.02, 0.05)), "traces: wanted time constants above the step of 1 ms"),
        (lambda: small().run(signal()[..., :2]), r"inputs: wanted shape \(batch, time, 3\)"),
        (lambda: small().run(signal(), record=("rate",)), "record: wanted spikes, v, i_syn, got rate"),
        (lambda: small().set_readout(torch.zeros(3, 80, dtype=F64), torch.zeros(3, dtype=F64)), r"\(3, 240\)"),
        (lambda: small(cell=LIFCell(dt=5.0)), "a step below the shorter time constant"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(CourseError, match=words):
        call()
