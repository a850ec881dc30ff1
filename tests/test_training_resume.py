"""A training that stopped goes on bit for bit: parameters, moments, batches, scores, best weights."""

import io
import math
import pickle

import numpy as np
import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.models import CTRNN, EIRateNetwork, Noise
from course_lib.training import (
    Forcing,
    ProgressBar,
    TrainingStopped,
    fit_bptt,
    fit_forecaster,
    load_state,
    save_state,
    train,
)
from course_lib.validation import CourseError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def circle(n: int = 20) -> tuple[torch.Tensor, torch.Tensor]:
    """(n, 60, 2) points that turn by 0.2, and the points one turn later."""
    phase = 2 * math.pi * torch.arange(n, dtype=F64)[:, None] / n + 0.2 * torch.arange(61, dtype=F64)
    x = torch.stack((phase.cos(), phase.sin()), dim=-1)
    return x[:, :-1], x[:, 1:]


def ctrnn(seed: int) -> CTRNN:
    return CTRNN(6, 2, 2, tau=1.0, dt=0.5, generator=generator(seed))


def dale(seed: int) -> EIRateNetwork:
    return EIRateNetwork(6, 2, 2, 2, tau_e=1.0, tau_i=1.0, dt=0.5, generator=generator(seed))


def forecaster(model, seed: int, **options):
    inputs, targets = circle()
    options = {"n_steps": 40, "batch": 8, "window": 30, "warm_up": 15, **options}
    return fit_forecaster(model, inputs, targets, generator=generator(seed), **options).history


def bptt(model, seed: int, **options):
    inputs, targets = circle()
    options = {"n_steps": 40, "batch": 8, "window": 30, "warm_up": 15, "forcing": Forcing(0.5, 2, "state"), **options}
    return fit_bptt(model, inputs, targets, generator=generator(seed), **options)


def hard_score(model):
    """Better and worse in turn, so that the best weights are neither the first nor the last."""
    taken = []

    def score() -> float:
        taken.append(math.sin(float(model.W_in.detach().sum()) * 3e4))
        return taken[-1]

    return score


def bits(tensors) -> list[bytes]:
    return [t.detach().numpy().tobytes() for t in tensors]


@pytest.mark.parametrize("scored", [False, True], ids=["unscored", "scored"])
@pytest.mark.parametrize("fit", [forecaster, bptt], ids=["forecaster", "bptt"])
@pytest.mark.parametrize("make", [ctrnn, dale], ids=["CTRNN", "EIRateNetwork"])
def test_a_stopped_fit_goes_on_bit_for_bit_from_its_file(tmp_path, make, fit, scored):
    def options(model):
        noise = {"noise": Noise(input=0.01)}
        return noise | ({"score": hard_score(model), "score_every": 7} if scored else {})

    whole, first, second = make(1), make(1), make(2)
    full = fit(whole, 5, **options(whole))
    fit(first, 5, stop_at=17, checkpoint=tmp_path / "state", **options(first))
    rest = fit(second, 99, resume=load_state(tmp_path / "state"), **options(second))
    assert bits(second.parameters()) == bits(whole.parameters())
    assert bits((rest.loss, rest.gradient_norm)) == bits((full.loss, full.gradient_norm))
    assert rest.scores == full.scores and rest.best_step == full.best_step
    assert rest.state.step == full.state.step == 40
    assert bits(rest.state.second_moments) == bits(full.state.second_moments)
    assert torch.equal(rest.state.generator, full.state.generator)
    if scored:
        assert full.best_step not in (None, 40)


def test_a_training_killed_between_checkpoints_goes_on_from_the_last_one(tmp_path):
    whole, killed, again = ctrnn(1), ctrnn(1), ctrnn(2)
    forecaster(whole, 5)

    def kill(step: int, loss: float) -> None:
        if step == 33:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecaster(killed, 5, on_step=kill, checkpoint=tmp_path / "state.npz", checkpoint_every=10)
    state = load_state(tmp_path / "state.npz")
    assert state.step == 30
    forecaster(again, 99, resume=state)
    assert bits(again.parameters()) == bits(whole.parameters())


def test_a_file_holds_the_state_and_no_pickle(tmp_path):
    model = ctrnn(1)
    state = forecaster(model, 5, score=hard_score(model), score_every=9).state
    save_state(tmp_path / "state.npz", state)
    read = load_state(tmp_path / "state.npz")
    for name in ("step", "n_steps", "scores", "best_step"):
        assert getattr(read, name) == getattr(state, name)
    for name in ("parameters", "first_moments", "second_moments", "best_parameters"):
        assert bits(getattr(read, name)) == bits(getattr(state, name)) != []
    with np.load(tmp_path / "state.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


@pytest.mark.parametrize("content", ["pickle", "text", "other arrays", "half a file"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "state.npz"
    if content == "pickle":
        path.write_bytes(pickle.dumps({"step": 3}))
    elif content == "text":
        path.write_text("step 3")
    elif content == "other arrays":
        np.savez(path, step=np.array(3))
    else:
        save_state(path, forecaster(ctrnn(1), 5, n_steps=2).state)
        path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(CourseError, match="wanted a file that save_state wrote"):
        load_state(path)


def test_an_interrupted_write_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "state.npz"
    early = forecaster(ctrnn(1), 5, n_steps=3).state
    save_state(path, early)

    def half(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="disk full"):
        save_state(path, forecaster(ctrnn(2), 5, n_steps=3).state)
    monkeypatch.undo()
    assert bits(load_state(path).parameters) == bits(early.parameters)


def test_a_parameter_that_never_had_a_gradient_is_resumed_as_such(tmp_path):
    def run(n: int, p, idle, **options):
        loss = lambda g: ((p - 3) ** 2).sum() + (idle.sum() if n > 20 else 0.0)  # noqa: E731
        return train([p, idle], loss, n_steps=40, lr=0.05, generator=generator(), **options)

    def fresh():
        return torch.zeros(2, dtype=F64, requires_grad=True), torch.zeros(1, dtype=F64, requires_grad=True)

    first, second = fresh(), fresh()
    state = run(20, *first, stop_at=20).state
    assert state.updates.tolist() == [20, 0]
    state = run(40, *second, resume=state).state
    assert state.updates.tolist() == [40, 20]
    # Adam's first steps have the size of the learning rate whatever the gradient; counted wrongly they would not
    assert float(second[1].detach()) < -0.1


def test_another_length_is_refused_because_the_cosine_would_jump():
    state = forecaster(ctrnn(1), 5, stop_at=10).state
    with pytest.raises(CourseError, match="n_steps: wanted the 40 steps of the training that is resumed, got 50"):
        forecaster(ctrnn(1), 5, n_steps=50, resume=state)


def test_a_broken_gradient_stops_before_it_reaches_the_weights():
    p = torch.ones(2, dtype=F64, requires_grad=True)
    q = torch.full((3,), 4.0, dtype=F64, requires_grad=True)
    seen = []

    def loss(g):
        seen.append(p.detach().clone())
        root = (q - 4).abs().sqrt().sum() if len(seen) == 5 else 0.0  # its slope at 4 is infinite
        return (p**2).sum() + root

    with pytest.raises(
        TrainingStopped, match=r"step 5: wanted a finite gradient, got norm nan in parameter 1 \(3,\)"
    ) as stop:
        train([p, q], loss, n_steps=20, generator=generator())
    assert_close(p.detach(), seen[4], rtol=0, atol=0)
    assert torch.isfinite(q).all()
    assert len(stop.value.history.loss) == 4


def test_the_history_of_a_broken_training_is_kept():
    p, calls = torch.zeros(2, dtype=F64, requires_grad=True), []

    def loss(g):
        calls.append(1)
        return (p - 3).square().sum() * (math.inf if len(calls) == 6 else 1.0)

    with pytest.raises(TrainingStopped, match="step 6: wanted a finite loss, got inf") as stop:
        train([p], loss, n_steps=20, generator=generator())
    assert len(stop.value.history.loss) == 5 and stop.value.history.state.step == 5


def test_the_norm_in_the_history_is_the_one_before_clipping():
    p = torch.zeros(2, dtype=F64, requires_grad=True)
    slope = torch.tensor([30.0, 40.0], dtype=F64)
    history = train([p], lambda g: (slope * p).sum(), n_steps=2, generator=generator(), clip=1.0)
    assert_close(history.gradient_norm, torch.tensor([50.0, 50.0], dtype=F64))


def test_the_progress_bar_counts_steps_and_shows_the_loss():
    text = io.StringIO()
    model = ctrnn(1)
    with ProgressBar(40, file=text) as bar:
        state = forecaster(model, 5, stop_at=30, on_step=bar).state
        assert bar._bar.n == 30
    with ProgressBar(40, file=text) as bar:
        forecaster(model, 5, resume=state, on_step=bar)
        assert bar._bar.n == 40
    assert "40/40" in text.getvalue() and "loss" in text.getvalue()


def test_without_a_bar_nothing_is_said(capfd):
    forecaster(ctrnn(1), 5)
    assert capfd.readouterr() == ("", "")
