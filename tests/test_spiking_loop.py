"""The spiking closed loop: its steps are the network's, an exact decoder integrates the flow, the fit finds one."""

import pytest
import torch
from problems import F64

from course_lib.analysis import r_squared
from course_lib.dynamics import FunctionFlow
from course_lib.models import LIFCell
from course_lib.validation import CourseError

pytest.importorskip("norse")
from course_lib.models.spiking import SpikingEINetwork
from course_lib.models.spiking_loop import LoopState, SpikingLoop
from course_lib.training.slow_synapse import _Gatherer, fit_slow_synapse

CIRCLE = FunctionFlow(lambda x: torch.stack((x[..., 1], -x[..., 0]), dim=-1), 2)  # once round in 2π


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def network(n_e: int = 60, **options) -> SpikingEINetwork:
    sizes = {"K": 10, "hold": 1, "traces": (20.0, 80.0), "strength": 0.2} | options
    return SpikingEINetwork(n_e, n_e // 3, 2, 2, generator=generator(), **sizes)


def open_loop(net: SpikingEINetwork, **options) -> SpikingLoop:
    n = 2 * len(net.b)
    return SpikingLoop(net, torch.zeros(2, n, dtype=F64), torch.zeros(2, dtype=F64), **options)


def on_the_circle(n: int) -> torch.Tensor:
    angle = 6.28 * torch.rand(n, generator=generator(3), dtype=F64)
    return torch.stack((angle.cos(), angle.sin()), dim=1)


def test_its_steps_are_those_of_the_network():
    net = network()
    C, d = torch.randn(2, 160, generator=generator(1), dtype=F64), torch.tensor([0.5, -1.0], dtype=F64)
    u = torch.randn(3, 60, 2, generator=generator(2), dtype=F64)
    run = net.run(u, record=("spikes",))
    state = LoopState(SpikingLoop(net, C, d), u[:, 0])
    for k in range(60):
        said = state.step(u[:, k])
        assert torch.equal(state.spikes, run.spikes[:, k]), k
        torch.testing.assert_close(said, run.features[:, k] @ C.T + d)
    assert state.rate == pytest.approx(float(run.rates.mean()))


def test_a_decoder_that_says_g_makes_the_slow_synapse_the_flow():
    """Spikes are left out: C = 0, and d = g(x) of a flow whose field does not depend on the state."""
    loop = SpikingLoop(network(), torch.zeros(2, 160, dtype=F64), torch.tensor([3.0, -1.0], dtype=F64), tau_slow=100.0)
    state = loop.driven(torch.zeros(2, 5, 2, dtype=F64))
    x = loop.run(state, 4, every=25)
    decay = 1 - (1 - 0.01) ** torch.arange(25, 101, 25, dtype=F64)
    torch.testing.assert_close(x[0], decay[:, None] * torch.tensor([3.0, -1.0], dtype=F64))
    assert x.shape == (2, 4, 2)


def test_the_loop_goes_round_as_its_flow_does():
    net = network(240, K=30)
    loop = open_loop(net, tau_slow=100.0)
    fit = fit_slow_synapse(
        loop, CIRCLE, on_the_circle(24), time_unit=300.0, generator=generator(4), duration=1600.0, own=12
    )
    assert fit.n_samples == 36 * 50 and 5 < fit.rate < 100
    start = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=F64)
    t = torch.arange(1, 76, dtype=F64) * 25 / 300  # a whole turn
    warm = torch.stack([start @ turn(a) for a in torch.arange(-400, 1, dtype=F64) / 300], dim=1)
    x = loop.run(loop.driven(warm), 75, every=25)
    truth = torch.stack([start @ turn(a) for a in t], dim=1)
    assert float(r_squared(x, truth).min()) > 0.97


def turn(angle: torch.Tensor) -> torch.Tensor:
    c, s = angle.cos(), angle.sin()
    return torch.stack((torch.stack((c, -s)), torch.stack((s, c))))


def test_the_target_is_that_of_an_exact_step_and_what_is_fitted_is_low_passed():
    """One orbit without noise: the sums hold the filtered traces of the spikes, and the filtered exact target."""
    net = network()
    loop = open_loop(net, tau_slow=100.0)
    gatherer = _Gatherer(loop, CIRCLE, 300.0, 640, 1e-3)
    gatherer.add(on_the_circle(1))
    features, targets = gatherer.last[-1]
    x = torch.stack([on_the_circle(1) @ turn(torch.tensor(k / 300, dtype=F64)) for k in range(641)], dim=1)
    run = net.run(x[:, :640])
    g = x[:, :640] + 100.0 * (x[:, 1:] - x[:, :640])
    slow_r, slow_g = torch.zeros(1, 160, dtype=F64), torch.zeros(1, 2, dtype=F64)
    for k in range(640):
        slow_r, slow_g = torch.lerp(slow_r, run.features[:, k], 0.01), torch.lerp(slow_g, g[:, k], 0.01)
    torch.testing.assert_close(features[-1], slow_r[0])
    torch.testing.assert_close(targets[-1], slow_g[0], rtol=1e-6, atol=1e-6)
    assert gatherer.n == 2


def test_the_second_pass_runs_on_what_the_loop_says():
    loop = SpikingLoop(network(), torch.zeros(2, 160, dtype=F64), torch.tensor([2.0, 2.0], dtype=F64), tau_slow=100.0)
    gatherer = _Gatherer(loop, CIRCLE, 300.0, 1600, 1e-3)
    gatherer.add(on_the_circle(2), own=True)
    _, targets = gatherer.last[-1]
    g = torch.tensor([2.0, 2.0], dtype=F64) + 100.0 / 300 * torch.tensor([2.0, -2.0], dtype=F64)  # at rest in x = d
    torch.testing.assert_close(targets[-1], g, rtol=2e-3, atol=0)


def test_a_loop_in_float32_spikes_as_often():
    u = torch.randn(4, 1, 2, generator=generator(2), dtype=F64).expand(4, 400, 2)
    rates = [open_loop(network(), dtype=dtype).driven(u).rate for dtype in (F64, torch.float32)]
    assert rates[0] == pytest.approx(rates[1], rel=0.02) and rates[0] > 5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: open_loop(network(), tau_slow=0.2), "tau_slow: wanted more than the longest trace, 80 ms, got 0.2 ms"),
        (
            lambda: SpikingLoop(network(), torch.zeros(2, 80, dtype=F64), torch.zeros(2, dtype=F64)),
            r"C: wanted shape \(2, 160\)",
        ),
        (
            lambda: fit_slow_synapse(
                open_loop(network()), CIRCLE, on_the_circle(2), time_unit=4000.0, generator=generator(), duration=2.4
            ),
            "duration: wanted more than 600 ms, got 2.4 ms. Times are in ms",
        ),
        (lambda: open_loop(network()).jacobian(torch.zeros(2, dtype=F64)), "state jumps at every spike. mean_field"),
        (
            lambda: fit_slow_synapse(
                open_loop(network(drive=0.0, input_scale=0.01, bias_spread=0.01)),
                CIRCLE,
                on_the_circle(2),
                time_unit=300.0,
                generator=generator(),
                duration=700.0,
            ),
            "got 0 Hz, a silent network. Check drive, strength and input_scale",
        ),
        (lambda: open_loop(network(cell=LIFCell(dt=6.0))), "dt: wanted a step below the shorter time constant"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(CourseError, match=words):
        call()
