"""Exact readouts against scikit-learn, the loop on losses with known minima, and the forecaster on a pendulum."""

import math

import pytest
import torch
from problems import F64
from sklearn.linear_model import Ridge
from torch.testing import assert_close

from course_lib.models import CTRNN
from course_lib.training import fit_forecaster, fit_readout, load_state, log_mse, mse, save_state, train
from course_lib.validation import CourseError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# --- losses


def test_mse_counts_masked_samples_only():
    prediction = torch.tensor([[[1.0], [5.0]]])
    target = torch.zeros(1, 2, 1)
    assert float(mse(prediction, target)) == 13.0
    assert float(mse(prediction, target, torch.tensor([[True, False]]))) == 1.0
    assert float(log_mse(prediction, target)) == pytest.approx(math.log(13))


def test_losses_refuse_broadcasting_and_an_empty_mask():
    with pytest.raises(CourseError, match=r"the target's shape \(2, 3, 1\)"):
        mse(torch.zeros(2, 3, 2), torch.zeros(2, 3, 1))
    with pytest.raises(CourseError, match="at least one True"):
        mse(torch.zeros(2, 3, 1), torch.zeros(2, 3, 1), torch.zeros(2, 3, dtype=torch.bool))


# --- readout


def test_a_linear_readout_is_found_again(rng):
    x = torch.randn(5, 40, 6, generator=rng, dtype=F64)
    C, d = torch.randn(2, 6, generator=rng, dtype=F64), torch.tensor([0.5, -3.0], dtype=F64)
    readout = fit_readout(x, x @ C.T + d, ridge=1e-14)
    assert_close(readout.C, C, rtol=0, atol=1e-10)
    assert_close(readout.d, d, rtol=0, atol=1e-10)
    assert readout.rmse.max() < 1e-10


def test_ridge_agrees_with_scikit_learn(rng):
    x = torch.randn(5, 40, 6, generator=rng, dtype=F64) + 2.0
    y = torch.randn(5, 40, 2, generator=rng, dtype=F64) + 7.0
    readout = fit_readout(x, y, ridge=0.3)
    flat = x.reshape(-1, 6)
    penalty = 0.3 * float(((flat - flat.mean(0)) ** 2).sum(0).mean())
    judge = Ridge(alpha=penalty).fit(flat.numpy(), y.reshape(-1, 2).numpy())
    assert_close(readout.C, torch.from_numpy(judge.coef_), rtol=1e-9, atol=1e-12)
    assert_close(readout.d, torch.from_numpy(judge.intercept_), rtol=1e-9, atol=1e-12)


def test_washed_out_samples_do_not_count(rng):
    x = torch.randn(5, 40, 3, generator=rng, dtype=F64)
    y = x.sum(-1, keepdim=True)
    spoilt = y.clone()
    spoilt[:, :10] = 100.0
    assert_close(fit_readout(x, spoilt, washout=10).C, torch.ones(1, 3, dtype=F64), rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    ("x", "y", "options", "words"),
    [
        (torch.zeros(2, 5, 3), torch.zeros(2, 5, 1, dtype=F64), {}, "x: wanted float64"),
        (torch.zeros(2, 5, 3, dtype=F64), torch.zeros(2, 4, 1, dtype=F64), {}, "one target for each"),
        (torch.zeros(2, 5, 3, dtype=F64), torch.zeros(2, 5, 1, dtype=F64), {"washout": 5}, "fewer than the 5 samples"),
        (torch.zeros(2, 5, 3, dtype=F64), torch.zeros(2, 5, 1, dtype=F64), {"ridge": -1.0}, "ridge: wanted"),
    ],
)
def test_a_readout_refuses_bad_input(x, y, options, words):
    with pytest.raises(CourseError, match=words):
        fit_readout(x, y, **options)


# --- the loop


def bowl(parameter):
    """A loss with its minimum at 3, and noise from the generator it is given."""
    return lambda g: ((parameter - 3 + 0.1 * torch.randn(2, generator=g, dtype=F64)) ** 2).sum()


def fresh():
    return torch.zeros(2, dtype=F64, requires_grad=True)


def test_training_finds_the_minimum_and_reports_every_step():
    p, seen = fresh(), []
    history = train([p], bowl(p), n_steps=400, lr=0.05, generator=generator(), on_step=lambda k, v: seen.append((k, v)))
    assert_close(p.detach(), torch.full((2,), 3.0, dtype=F64), rtol=0, atol=0.05)
    assert [k for k, _ in seen] == list(range(1, 401))
    assert_close(history.loss, torch.tensor([v for _, v in seen], dtype=F64))
    assert history.best_step is None


def test_the_learning_rate_falls_along_a_cosine_to_its_share():
    # Adam's step has the size of the learning rate when the gradient keeps one sign and size
    p, places = fresh(), []
    train(
        [p],
        lambda g: p.sum(),
        n_steps=101,
        lr=0.1,
        final_lr=0.02,
        generator=generator(),
        on_step=lambda k, v: places.append(v),
    )
    steps = -torch.tensor(places, dtype=F64).diff() / 2
    assert float(steps[0]) == pytest.approx(0.1, rel=1e-3)
    assert float(steps[50]) == pytest.approx(0.051, rel=2e-2)
    assert float(steps[-1]) == pytest.approx(0.002, rel=0.1)


def test_clipping_bounds_the_gradient():
    p, q = fresh(), fresh()
    huge = lambda v: lambda g: (torch.tensor([1e6, 1.0], dtype=F64) * v).sum()  # noqa: E731
    train([p], huge(p), n_steps=1, generator=generator(), clip=1.0, betas=(0.9, 0.99))
    train([q], huge(q), n_steps=1, generator=generator(), clip=None)
    assert_close(p.detach(), q.detach(), rtol=1e-2, atol=0)  # one Adam step has no scale
    history = train([p], huge(p), n_steps=2, generator=generator(), clip=1.0)
    assert history.state.first_moments[0].norm() < 1.0


def test_the_best_weights_are_put_back():
    p = fresh()
    best_at_one = lambda: -abs(float(p[0].detach()) - 1.0)  # noqa: E731
    history = train([p], bowl(p), n_steps=300, lr=0.05, generator=generator(), score=best_at_one, score_every=1)
    assert abs(float(p[0].detach()) - 1.0) < 0.1
    assert history.best_step == max(history.scores, key=lambda s: s[1])[0]
    assert not history.stopped_early


def test_a_score_that_does_not_improve_stops_the_training():
    p = fresh()
    history = train(
        [p],
        bowl(p),
        n_steps=300,
        lr=0.05,
        generator=generator(),
        score=lambda: -float(p[0].detach()),
        score_every=5,
        patience=3,
    )
    assert history.stopped_early
    assert (history.best_step, len(history.loss)) == (5, 20)


def test_a_resumed_training_is_the_uninterrupted_one_bit_for_bit(tmp_path):
    whole, parts = fresh(), fresh()
    full = train([whole], bowl(whole), n_steps=60, generator=generator(4))
    first = train([parts], bowl(parts), n_steps=60, generator=generator(4), stop_at=25)
    save_state(tmp_path / "state.npz", first.state)
    resumed = fresh()
    second = train(
        [resumed], bowl(resumed), n_steps=60, generator=generator(99), resume=load_state(tmp_path / "state.npz")
    )
    assert_close(resumed, whole, rtol=0, atol=0)
    assert_close(first.loss, full.loss[:25], rtol=0, atol=0)
    assert_close(second.loss, full.loss, rtol=0, atol=0)
    assert second.state.step == 60


def test_a_loss_that_is_not_finite_stops_and_keeps_the_best_weights():
    p = fresh()

    def breaks(g):
        value = bowl(p)(g)
        return value * math.nan if float(p[0].detach()) > 1.0 else value

    with pytest.raises(CourseError, match=r"train, step \d+: wanted a finite loss, got nan"):
        train(
            [p], breaks, n_steps=300, lr=0.05, generator=generator(), score=lambda: float(p[0].detach()), score_every=1
        )
    assert 0.9 < float(p[0].detach()) and torch.isfinite(p).all()


def test_without_a_score_a_broken_training_keeps_the_weights_of_the_last_finite_loss():
    p, seen = fresh(), []

    def breaks(g):
        seen.append(p.detach().clone())
        return bowl(p)(g) * (math.nan if len(seen) == 8 else 1.0)

    with pytest.raises(CourseError, match=r"step 8: .*last finite loss"):
        train([p], breaks, n_steps=20, lr=0.05, generator=generator())
    assert_close(p.detach(), seen[6], rtol=0, atol=0)


def test_a_state_of_other_parameters_is_refused():
    p = fresh()
    state = train([p], bowl(p), n_steps=3, generator=generator()).state
    other = torch.zeros(3, dtype=F64, requires_grad=True)
    with pytest.raises(CourseError, match="resume: wanted a state of parameters shaped"):
        train([other], lambda g: other.sum(), n_steps=3, generator=generator(), resume=state)


# --- the forecaster


def pendulum(n: int = 20):
    """Turns of a harmonic oscillator, 60 steps of 0.2: (n, 60, 2) inputs and the states one step later."""
    phase = 2 * math.pi * torch.arange(n, dtype=F64)[:, None] / n + 0.2 * torch.arange(61, dtype=F64)
    x = torch.stack((phase.cos(), phase.sin()), dim=-1)
    return x[:, :-1], x[:, 1:]


def small_network(seed: int = 1) -> CTRNN:
    return CTRNN(6, 2, 2, tau=1.0, dt=0.5, generator=generator(seed))


def test_a_forecaster_improves_on_its_random_recurrent_weights():
    inputs, targets = pendulum()
    fixed, trained = small_network(), small_network()
    before = fit_forecaster(
        fixed, inputs, targets, generator=generator(), n_steps=1, lr=1e-12, batch=8, window=30, warm_up=15
    )
    after = fit_forecaster(
        trained, inputs, targets, generator=generator(), n_steps=60, lr=1e-2, batch=8, window=30, warm_up=15
    )
    assert after.readout.rmse.max() < before.readout.rmse.min() / 2
    assert after.history.loss[-5:].mean() < after.history.loss[:5].mean() - 1


def test_the_readout_at_the_end_is_the_exact_one_of_all_data():
    inputs, targets = pendulum()
    model = small_network()
    fit = fit_forecaster(
        model, inputs, targets, generator=generator(), n_steps=5, batch=8, window=30, warm_up=15, ridge=1e-9
    )
    exact = fit_readout(model.run(inputs).detach(), targets, ridge=1e-9, washout=15)
    assert_close(model.C.detach(), exact.C)
    assert_close(model.d.detach(), exact.d)
    assert_close(fit.readout.rmse, exact.rmse)


def test_the_loss_is_the_log_error_of_the_best_readout_after_the_warm_up():
    inputs, targets = pendulum()
    model = small_network()
    x = model.run(inputs[:, :30]).detach()[:, 15:]
    expected = (fit_readout(x, targets[:, 15:30], ridge=1e-6).rmse ** 2).mean().log()
    # windows that start anywhere see the same turning circle, and all phases are in the batch of all trials
    fit = fit_forecaster(
        model, inputs, targets, generator=generator(), n_steps=1, batch=500, window=30, warm_up=15, ridge=1e-6
    )
    assert float(fit.history.loss[0]) == pytest.approx(float(expected), abs=0.1)


def test_the_gradient_ignores_the_readout_and_is_still_right():
    """Envelope theorem: the descent direction is the derivative of the loss with the readout solved again."""
    from course_lib.training.readout import solve_ridge

    inputs, targets = pendulum()
    model = small_network()

    def loss(solve_inside: bool) -> torch.Tensor:
        x = model.run(inputs)[:, 15:]
        y = targets[:, 15:]
        with torch.set_grad_enabled(solve_inside):
            C, d = solve_ridge(x.flatten(0, 1), y.flatten(0, 1), 0.0)
        return log_mse(x @ C.T + d, y)

    (without,) = torch.autograd.grad(loss(False), model.W_rec)
    (through,) = torch.autograd.grad(loss(True), model.W_rec)
    assert_close(without, through, rtol=1e-4, atol=1e-6)


def test_the_score_is_taken_on_a_refitted_readout_and_keeps_the_best_weights():
    inputs, targets = pendulum()
    model, seen = small_network(), []

    def score() -> float:
        error = model.readout(model.run(inputs)).detach() - targets
        seen.append(float(error[:, 15:].square().mean()))
        return len(seen) == 2  # the second is called the best

    fit = fit_forecaster(
        model,
        inputs,
        targets,
        generator=generator(),
        n_steps=30,
        batch=8,
        window=30,
        warm_up=15,
        score=score,
        score_every=10,
    )
    assert fit.history.best_step == 20
    assert float((fit.readout.rmse**2).mean()) == pytest.approx(seen[1], rel=1e-9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"window": 61}, "at most the trials' 60 samples"),
        ({"window": 20, "warm_up": 20}, "more than warm_up = 20"),
        ({"generator": 3}, "generator: wanted"),
        ({"batch": 0}, "batch: wanted"),
        ({"n_steps": 0}, "n_steps: wanted"),
    ],
)
def test_the_forecaster_refuses_bad_settings(options, words):
    inputs, targets = pendulum()
    options = {"generator": generator(), "window": 30, "warm_up": 15, **options}
    with pytest.raises(CourseError, match=words):
        fit_forecaster(small_network(), inputs, targets, **options)
