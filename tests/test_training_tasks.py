"""Training on a task: the loss, its penalties, and what the weights may never become."""

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.models import CTRNN, EIRateNetwork, GatedRNN, Noise
from course_lib.tasks import FlipFlop, GoNoGo
from course_lib.training import fit_task, growing_delays, mse, respond, score_task
from course_lib.validation import CourseError

TASK = FlipFlop(1, 20, width=2, probability=0.15)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ctrnn(**options) -> CTRNN:
    return CTRNN(12, 1, 1, tau=3.0, dt=1.0, generator=generator(), **options)


def dale() -> EIRateNetwork:
    return EIRateNetwork(9, 3, 1, 1, tau_e=3.0, tau_i=3.0, dt=1.0, generator=generator(), density=0.6)


MODELS = {
    "ctrnn": ctrnn,
    "float32": lambda: ctrnn(dtype=torch.float32),
    "dale": dale,
    **{kind: lambda kind=kind: GatedRNN(kind, 6, 1, 1, generator=generator()) for kind in ("gru", "lstm", "rnn")},
}


@pytest.mark.parametrize("name", MODELS)
def test_every_network_learns_the_same_task_by_the_same_call(name):
    model = MODELS[name]()
    before = score_task(model, TASK, 100, generator=generator(5))
    dtype = model.C.dtype
    history = fit_task(model, TASK, generator=generator(), n_steps=60, batch=16, lr=2e-2)
    assert history.loss[-10:].mean() < 0.75 * history.loss[:3].mean()
    assert score_task(model, TASK, 100, generator=generator(5)) > before
    assert model.C.dtype == dtype


def test_the_loss_is_the_masked_error_with_its_penalties():
    model = ctrnn()
    noise = Noise(state=0.1, input=0.2)
    options = {"generator": generator(3), "n_steps": 1, "batch": 8, "noise": noise}
    reference = ctrnn()
    history = fit_task(model, TASK, **options, rate_penalty=0.3, weight_penalty=0.7)
    draws = generator(3)
    trial = TASK.sample(8, generator=draws)
    x, y = respond(reference, trial, noise=noise, generator=draws)
    weights = torch.cat((reference.W_rec.flatten(), reference.W_in.flatten()))
    wanted = mse(y, trial.targets, trial.mask) + 0.3 * x.square().mean() + 0.7 * weights.square().mean()
    assert float(history.loss[0]) == pytest.approx(float(wanted.detach()), rel=1e-12)


def test_penalties_make_rates_and_weights_smaller():
    def sizes(**penalty) -> tuple[float, float]:
        model = ctrnn()
        fit_task(model, TASK, generator=generator(), n_steps=40, batch=16, lr=1e-2, **penalty)
        trial = TASK.sample(50, generator=generator(5))
        return float(respond(model, trial)[0].detach().square().mean()), float(model.W_rec.detach().square().mean())

    free = sizes()
    assert sizes(rate_penalty=1.0)[0] < 0.8 * free[0]
    assert sizes(weight_penalty=10.0)[1] < 0.8 * free[1]


def test_weights_that_may_not_be_negative_never_are():
    model = ctrnn()
    assert bool((model.W_in < 0).any()) and bool((model.C < 0).any())
    lows = []

    def watch(step: int, loss: float) -> None:
        lows.append(min(float(w.detach().min()) for w in (model.W_in, model.C)))

    fit_task(model, TASK, generator=generator(), n_steps=15, lr=5e-2, nonnegative=("W_in", "C"), on_step=watch)
    assert len(lows) == 15 and min(lows) == 0.0
    assert bool((model.W_rec < 0).any())


@pytest.mark.parametrize("make", [lambda: ctrnn(density=0.3), dale], ids=["ctrnn", "dale"])
def test_absent_connections_stay_absent_and_signs_stay(make):
    model = make()
    before = model.W_rec.detach().clone()
    assert 0.1 < float((before != 0).double().mean()) < 0.8
    fit_task(model, TASK, generator=generator(), n_steps=15, lr=5e-2)
    after = model.W_rec.detach()
    assert not after[before == 0].any() and not torch.equal(before, after)
    if isinstance(model, EIRateNetwork):
        assert bool((after * model.signs >= 0).all())


def test_a_sparse_network_has_the_spectral_radius_of_a_full_one():
    for density in (0.1, 1.0):
        W = CTRNN(300, 1, 1, tau=1.0, dt=0.1, generator=generator(), gain=0.8, density=density).W_rec.detach()
        assert float((W != 0).double().mean()) == pytest.approx(density, abs=0.02)
        assert float(torch.linalg.eigvals(W).abs().max()) == pytest.approx(0.8, rel=0.12)


def test_delays_grow_on_a_line_and_stay():
    task = GoNoGo(delay=(100.0, 1100.0))
    at = growing_delays(task, 100, first=0.2)
    assert [at(step).delay for step in (1, 51, 101, 500)] == [(100.0, top) for top in (300.0, 700.0, 1100.0, 1100.0)]


def test_a_curriculum_is_asked_at_every_step():
    asked = []

    def curriculum(step: int) -> FlipFlop:
        asked.append(step)
        return TASK

    fit_task(ctrnn(), curriculum, generator=generator(), n_steps=3, batch=2)
    assert [step for step in asked if step > 1] == [2, 3]


def test_a_training_goes_on_bit_for_bit_after_a_stop():
    whole, parts = ctrnn(), ctrnn()
    options = {"n_steps": 12, "batch": 4, "noise": Noise(state=0.1), "nonnegative": ("C",)}
    fit_task(whole, TASK, generator=generator(), **options)
    draws = generator()
    half = fit_task(parts, TASK, generator=draws, stop_at=5, **options)
    fit_task(parts, TASK, generator=draws, resume=half.state, **options)
    for a, b in zip(whole.parameters(), parts.parameters(), strict=True):
        assert_close(a, b, rtol=0, atol=0)


def test_what_does_not_fit_is_refused():
    with pytest.raises(CourseError, match=r"model\.n_in: wanted 3, as many channels as FlipFlop has, got 1"):
        fit_task(ctrnn(), FlipFlop(3), generator=generator(), n_steps=1)
    with pytest.raises(CourseError, match="nonnegative: wanted names of the model's own weights, got 'W_rec'"):
        fit_task(dale(), TASK, generator=generator(), n_steps=1, nonnegative=("W_rec",))
    with pytest.raises(CourseError, match="density: wanted a finite number above 0"):
        ctrnn(density=0.0)
    with pytest.raises(CourseError, match="rate_penalty: wanted"):
        fit_task(ctrnn(), TASK, generator=generator(), n_steps=1, rate_penalty=-1.0)


def test_outputs_come_in_the_networks_precision():
    x, y = respond(ctrnn(dtype=torch.float32), TASK.sample(2, generator=generator()))
    assert x.dtype == y.dtype == torch.float32
    assert respond(ctrnn(), TASK.sample(2, generator=generator()))[1].dtype == F64
