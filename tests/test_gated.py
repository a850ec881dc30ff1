"""Gated networks against torch's own layers, their equations against numpy, their Jacobians against differences."""

import math

import numpy as np
import pytest
import torch
from problems import F64, INPUT, central_difference, gated_network
from torch import nn
from torch.testing import assert_close

from course_lib.analysis import fixed_points
from course_lib.dynamics import DifferenceFlow
from course_lib.models import GatedRNN, Noise
from course_lib.models.gated import KINDS
from course_lib.validation import CourseError

LAYERS = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}
every_kind = pytest.mark.parametrize("kind", KINDS)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def equation(kind: str, cell: nn.Module, x: np.ndarray, u: np.ndarray) -> np.ndarray:
    """One step written out in numpy, gate by gate, for one state."""
    W, V, a, b = (p.detach().numpy() for p in (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh))
    n = V.shape[1]
    gate = lambda k: slice(k * n, (k + 1) * n)  # noqa: E731
    outside = lambda k: W[gate(k)] @ u + a[gate(k)]  # noqa: E731
    inside = lambda k: V[gate(k)] @ x[:n] + b[gate(k)]  # noqa: E731
    if kind == "rnn":
        return np.tanh(outside(0) + inside(0))
    if kind == "gru":
        r, z = logistic(outside(0) + inside(0)), logistic(outside(1) + inside(1))
        return (1 - z) * np.tanh(outside(2) + r * inside(2)) + z * x
    i, f, o = (logistic(outside(k) + inside(k)) for k in (0, 1, 3))
    c = f * x[n:] + i * np.tanh(outside(2) + inside(2))
    return np.concatenate((o * np.tanh(c), c))


@every_kind
def test_the_map_is_the_equation_written_out(kind, rng):
    model = gated_network(kind)
    x = torch.randn(4, model.dim, generator=rng, dtype=F64)
    expected = np.stack([equation(kind, model.cell, row, INPUT.numpy()) for row in x.numpy()])
    assert_close(model.map_at(INPUT).step(x), torch.from_numpy(expected))


@every_kind
def test_the_map_is_the_step_of_torchs_cell(kind, rng):
    model = gated_network(kind)
    x = torch.randn(4, model.dim, generator=rng, dtype=F64)
    assert_close(model.map_at(INPUT).step(x), model.step(x, INPUT).detach())
    assert_close(model.closed_loop_map().step(x), model.step(x, model.readout(x)).detach())
    assert model.step(x.reshape(2, 2, -1), INPUT).shape == (2, 2, model.dim)


@every_kind
def test_the_jacobian_by_hand_is_the_derivative(kind, rng):
    model = gated_network(kind)
    x = torch.randn(5, model.dim, generator=rng, dtype=F64)
    for map in (model.map_at(INPUT), model.closed_loop_map()):
        assert_close(map.jacobian(x), central_difference(map.step, x), rtol=1e-6, atol=1e-7)


@every_kind
def test_a_run_is_torchs_layer_with_the_same_weights(kind, rng):
    with torch.random.fork_rng(devices=[]):
        layer = LAYERS[kind](2, 3, batch_first=True, dtype=F64)
    model = GatedRNN.from_weights(kind, layer.state_dict())
    inputs = torch.randn(4, 9, 2, generator=rng, dtype=F64)
    expected, last = layer(inputs)
    x = model.run(inputs)
    assert_close(model.features(x), expected)
    if kind == "lstm":
        assert_close(x[:, -1], torch.cat((last[0][0], last[1][0]), dim=-1))  # the state is (h, c)
    assert_close(model.run(inputs[:, 5:], x0=x[:, 4]), x[:, 5:])


@every_kind
def test_the_same_weights_gate_by_gate(kind, rng):
    model = gated_network(kind)
    gates = KINDS[kind].gates
    stacked = model.cell.state_dict()
    apart = {}
    for k, gate in enumerate(gates):
        rows = slice(3 * k, 3 * (k + 1))
        for side, weight, bias in (("i", "weight_ih", "bias_ih"), ("h", "weight_hh", "bias_hh")):
            apart[f"W_{side}{gate}"] = stacked[weight][rows].tolist()
            apart[f"b_{side}{gate}"] = stacked[bias][rows].numpy()
    other = GatedRNN.from_weights(kind, {**apart, "C": model.C, "d": model.d})
    inputs = torch.randn(2, 5, 2, generator=rng, dtype=F64)
    assert_close(other.readout(other.run(inputs)), model.readout(model.run(inputs)))


def test_biases_and_readout_may_be_left_out():
    weights = {"weight_ih": np.ones((6, 1)), "weight_hh": np.zeros((6, 2))}
    model = GatedRNN.from_weights("gru", weights)
    x = torch.tensor([[0.3, -0.1]], dtype=F64)
    z, new = 1 / (1 + math.exp(-0.5)), math.tanh(0.5)
    assert_close(model.step(x, torch.tensor([0.5], dtype=F64)).detach(), (1 - z) * new + z * x)
    assert_close(model.readout(x).detach(), x)


@every_kind
def test_weights_come_from_the_generator_and_torch_keeps_its_own(kind):
    before = torch.get_rng_state()
    draw = lambda seed: GatedRNN(kind, 20, 2, 2, generator=torch.Generator().manual_seed(seed))  # noqa: E731
    first, same, other = draw(0), draw(0), draw(1)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.cell.weight_hh, same.cell.weight_hh) and torch.equal(first.C, same.C)
    assert not torch.equal(first.cell.weight_hh, other.cell.weight_hh)
    assert first.cell.weight_hh.dtype == F64
    bound = 1 / math.sqrt(20)  # torch's uniform initialisation
    assert 0.95 * bound < float(first.cell.weight_hh.detach().abs().max()) <= bound


@every_kind
def test_map_and_difference_flow_share_their_rest_points_but_not_their_stability(kind, rng):
    model = gated_network(kind)
    map = model.map_at(INPUT)
    found = fixed_points(map, torch.randn(20, model.dim, generator=rng, dtype=F64))
    rest = found.x[found.converged]
    assert len(rest)
    flow = DifferenceFlow(map)
    assert float(flow.vector_field(rest).abs().max()) < 1e-9
    of_map, of_flow = torch.linalg.eigvals(map.jacobian(rest[0])), torch.linalg.eigvals(flow.jacobian(rest[0]))
    assert_close(torch.sort(of_flow.real).values, torch.sort(of_map.real - 1).values)


def test_a_vanilla_network_stable_as_a_flow_and_unstable_as_a_map():
    weights = {"W_hh": [[0.0, -1.5], [1.5, 0.0]], "W_ih": [[0.0], [0.0]]}
    map = GatedRNN.from_weights("rnn", weights).map_at(torch.zeros(1, dtype=F64))
    origin = torch.zeros(2, dtype=F64)
    assert float(torch.linalg.eigvals(map.jacobian(origin)).abs().max()) == pytest.approx(1.5)
    assert float(torch.linalg.eigvals(DifferenceFlow(map).jacobian(origin)).real.max()) == pytest.approx(-1.0)


def test_a_forecast_is_driven_first_and_then_feeds_itself(rng):
    model = gated_network("lstm")
    inputs = torch.randn(2, 6, 2, generator=rng, dtype=F64)
    x, expected = model.run(inputs)[:, -1], []
    for _ in range(4):
        y = model.readout(x)
        expected.append(y)
        x = model.step(x, y)
    assert_close(model.forecast(inputs, 4), torch.stack(expected, dim=1).detach())


def test_gradients_reach_every_weight_through_run_and_map(rng):
    for kind in KINDS:
        model = gated_network(kind)
        model.readout(model.run(torch.randn(2, 4, 2, generator=rng, dtype=F64))).sum().backward()
        assert all(p.grad is not None for p in [*model.dynamics_parameters(), model.C, model.d])
        assert model.map_at(INPUT, differentiable=True).step(torch.zeros(model.dim, dtype=F64)).requires_grad


def test_noise_on_the_state_is_added_after_every_step():
    model = gated_network("gru")
    generator = torch.Generator().manual_seed(2)
    kick = torch.randn(1, 3, generator=generator, dtype=F64)
    generator.manual_seed(2)
    x = model.run(INPUT[None, None], noise=Noise(state=0.2), generator=generator)[:, 0]
    assert_close(x, model.step(torch.zeros(1, 3, dtype=F64), INPUT) + 0.2 * kick)


def build(**options):
    arguments = {"kind": "gru", "n_hidden": 3, "generator": torch.Generator(), **options}
    return GatedRNN(arguments.pop("kind"), arguments.pop("n_hidden"), 2, arguments.pop("n_out", 2), **arguments)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: build().flow_at(INPUT), "flow_at of a gru: .*never more than a map. Take map_at.*DifferenceFlow"),
        (lambda: build(kind="lstm").closed_loop_flow(), "closed_loop_flow of a lstm: .*closed_loop_map"),
        (lambda: build(kind="elman"), "kind: wanted one of gru, lstm, rnn, got 'elman'"),
        (lambda: build(n_hidden=0), "n_hidden: wanted"),
        (lambda: build(generator=7), "generator: wanted a torch.Generator"),
        (lambda: build(n_out=1).closed_loop_map(), "wanted a readout of the input's size"),
        (lambda: build().closed_loop_map(0.1), r"dt: wanted None, got 0\.1"),
        (lambda: build().set_readout(torch.zeros(2, 4), torch.zeros(2)), r"C: wanted shape \(2, 3\)"),
        (lambda: build().run(torch.zeros(1, 0, 2, dtype=F64)), "inputs: wanted at least one sample"),
        (lambda: build().run(torch.zeros(1, 3, 2)), r"inputs: wanted the model's precision torch\.float64"),
        (lambda: build(kind="lstm").run(torch.zeros(1, 3, 2, dtype=F64), x0=torch.zeros(1, 3, dtype=F64)), r"\(1, 6\)"),
        (
            lambda: build().run(torch.zeros(1, 3, 2, dtype=F64), noise=Noise(drive=0.1), generator=torch.Generator()),
            "noise.drive: wanted 0 in a gated network",
        ),
        (lambda: GatedRNN.from_weights("gru", {"W_ir": [[1.0]]}), "none of W_iz, W_in, W_hr, W_hz, W_hn"),
        (
            lambda: GatedRNN.from_weights("rnn", {"weight_ih": [[1.0]], "weight_hh": [[1.0]], "weight_ih_l1": [[1.0]]}),
            "and also weight_ih_l1",
        ),
        (lambda: GatedRNN.from_weights("rnn", {"W_ih": [[1.0]], "W_hh": [[math.nan]]}), "W_hh: wanted finite"),
        (lambda: GatedRNN.from_weights("rnn", {"W_ih": [[1.0]], "W_hh": [["a"]]}), "W_hh: wanted an array of numbers"),
        (
            lambda: GatedRNN.from_weights("gru", {"weight_ih": np.ones((4, 1)), "weight_hh": np.ones((6, 2))}),
            r"weight_ih: wanted shape \(6, 1\), got \(4, 1\)",
        ),
        (
            lambda: GatedRNN.from_weights("rnn", {"W_ih": [[1.0]], "W_hh": [[1.0]], "C": [[1.0, 2.0]]}),
            r"C: wanted shape \(n_out, 1\)",
        ),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, words):
    with pytest.raises(CourseError, match=words):
        call()
