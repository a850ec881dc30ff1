"""Truncated training along streams: carried state, places, running readout, signs, and a task that it learns."""

from dataclasses import dataclass

import pytest
import torch
from problems import F64

from course_lib.models import sign_violations
from course_lib.training import fit_streams, train
from course_lib.training.readout import solve_ridge
from course_lib.training.streams import _Moments, _Places
from course_lib.validation import CourseError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@dataclass(frozen=True)
class Run:
    features: torch.Tensor
    end: torch.Tensor


class Leaky(torch.nn.Module):
    """x ← a x + (1 - a) u, one a unit: the time constants are what training has to find."""

    def __init__(self, a: float, n: int = 1):
        super().__init__()
        self.a = torch.nn.Parameter(torch.full((n,), a, dtype=F64))
        self.frozen = torch.nn.Parameter(torch.ones(n, dtype=F64), requires_grad=False)
        self.starts: list[torch.Tensor | None] = []
        self.projected = 0

    def run(self, inputs, *, start=None):
        self.starts.append(start)
        x = inputs.new_zeros(len(inputs), len(self.a)) if start is None else start
        states = []
        for u in inputs.unbind(dim=1):
            x = self.a * x + (1 - self.a) * u * self.frozen
            states.append(x)
        return Run(torch.stack(states, dim=1), x.detach())

    def dynamics_parameters(self):
        return [self.a, self.frozen]

    def project(self):
        self.projected += 1
        with torch.no_grad():
            self.a.clamp_(0.0, 0.99)


def slow_average(n: int = 6, time: int = 120, a: float = 0.9) -> tuple[torch.Tensor, torch.Tensor]:
    u = torch.randn(n, time, 1, generator=generator(1), dtype=F64)
    with torch.no_grad():
        return u, Leaky(a).run(u).features


def test_it_finds_the_time_constant_of_its_target():
    u, y = slow_average()
    model = Leaky(0.5)
    history = fit_streams(model, u, y, generator=generator(), n_steps=150, streams=4, window=10, warm_up=30, lr=0.03)
    assert float(model.a) == pytest.approx(0.9, abs=0.01)
    assert float(history.loss[-1]) < float(history.loss[0]) - 3
    assert model.projected == 150 and float(model.frozen) == 1.0


def test_every_window_begins_where_the_last_one_ended():
    u, y = slow_average()
    model = Leaky(0.5)
    fit_streams(model, u, y, generator=generator(), n_steps=5, streams=4, window=10, warm_up=30)
    assert model.starts[0] is None and len(model.starts) == 3 + 5  # three until the first stream counts
    assert all(start is not None and not start.requires_grad for start in model.starts[1:])


def test_streams_walk_through_their_trials_and_count_from_their_jumps():
    place = _Places(3, 50, 8, 10, generator())
    before = None
    for _ in range(40):
        trial, times, age = place.advance()
        assert trial.shape == (8, 1) and times.shape == age.shape == (8, 10)
        assert int(times.min()) >= 0 and int(times.max()) < 50 and bool((times.diff(dim=1) == 1).all())
        if before is not None:
            went_on = (trial == before[0]).flatten() & (times[:, 0] == before[1][:, -1] + 1)
            assert bool((age[:, 0] == torch.where(went_on, before[2][:, -1] + 1, 0)).all())
            assert bool(((before[1][:, -1] + 10 >= 50) == ~went_on).all())
        before = (trial, times, age)


def test_the_running_readout_is_that_of_all_data_while_memory_is_long():
    x, y = (torch.randn(3, 40, k, generator=generator(k), dtype=F64) for k in (5, 2))
    moments = _Moments(memory=0.01, ridge=1e-3)
    for features, values in zip(x, y, strict=True):
        C, d = moments.updated_readout(features, values)
    expected = solve_ridge(x.flatten(0, 1), y.flatten(0, 1), 1e-3)
    torch.testing.assert_close((C, d), expected)


def test_every_parameter_has_its_own_learning_rate():
    p, q = (torch.tensor([1.0], dtype=F64, requires_grad=True) for _ in range(2))
    train([p, q], lambda g: p.sum() + q.sum(), n_steps=1, generator=generator(), lr=[0.1, 0.02])
    assert float(p.detach()) == pytest.approx(0.9) and float(q.detach()) == pytest.approx(0.98)


def test_a_spiking_network_that_is_trained_keeps_its_signs_and_wires():
    pytest.importorskip("norse")
    from course_lib.models import SpikingEINetwork

    network = SpikingEINetwork(40, 12, 1, 1, K=8, hold=5, generator=generator(), trainable=True)
    before = network.W_rec.detach().clone()
    wires = before != 0
    u = torch.randn(6, 60, 1, generator=generator(1), dtype=F64).cumsum(dim=1) / 5
    y = u.roll(4, dims=1)
    history = fit_streams(
        network,
        u[:, 4:],
        y[:, 4:],
        generator=generator(),
        n_steps=20,
        streams=8,
        window=8,
        warm_up=16,
        ridge=1e-2,
        lr=0.02,
    )
    W = network.W_rec.detach()
    assert sign_violations(W, 40) == 0.0 and not bool((W[~wires] != 0).any())
    assert bool(history.loss.isfinite().all()) and 0 < float(history.gradient_norm.median()) < 1e4
    assert float((W - before).norm()) > 0.1
    with torch.no_grad():
        network.W_rec.neg_()
    network.project()
    assert not bool(network.W_rec.any())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"window": 200}, "window: wanted more than warm_up = 0 and at most the trials' 120 samples"),
        ({"warm_up": 110}, "inputs: wanted trials longer than warm_up \\+ 2 window, got 120 samples"),
        ({"memory": 0.0}, "memory: wanted"),
    ],
)
def test_bad_input_is_named(options, words):
    with pytest.raises(CourseError, match=words):
        fit_streams(Leaky(0.5), *slow_average(), generator=generator(), **{"streams": 4, **options})
