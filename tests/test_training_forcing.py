"""Forced runs against loops written out by hand, the bounds of the papers, and constraints under every kind of fit."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.dynamics import FunctionMap
from course_lib.models import CTRNN, EIRateNetwork, GatedRNN, Noise
from course_lib.training import (
    TEACHER,
    Forcing,
    annealed,
    driven_states,
    fit_bptt,
    fit_forecaster,
    fit_reservoir,
    forced_predictions,
    generalised_forcing,
    log_mse,
    predictability_interval,
    sparse_forcing,
    sufficient_strength,
)
from course_lib.training.curricula import inverse_readout
from course_lib.validation import CourseError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def circle(n: int = 20) -> tuple[torch.Tensor, torch.Tensor]:
    phase = 2 * math.pi * torch.arange(n, dtype=F64)[:, None] / n + 0.2 * torch.arange(61, dtype=F64)
    x = torch.stack((phase.cos(), phase.sin()), dim=-1)
    return x[:, :-1], x[:, 1:]


def ctrnn(seed: int = 1) -> CTRNN:
    return CTRNN(6, 2, 2, tau=1.0, dt=0.5, generator=generator(seed))


def dale(seed: int = 1) -> EIRateNetwork:
    return EIRateNetwork(8, 3, 2, 2, tau_e=1.0, tau_i=0.7, dt=0.5, generator=generator(seed), density=0.7)


def lstm(seed: int = 1) -> GatedRNN:
    return GatedRNN("lstm", 5, 2, 2, generator=generator(seed))


ALL_MODELS = pytest.mark.parametrize("make", [ctrnn, dale, lstm], ids=["CTRNN", "EIRateNetwork", "LSTM"])
MODELS = pytest.mark.parametrize("make", [ctrnn, dale], ids=["CTRNN", "EIRateNetwork"])
WARM_UP = 15


# --- what enters


@ALL_MODELS
def test_all_of_the_truth_is_the_driven_network(make):
    inputs, _ = circle()
    model = make()
    assert_close(forced_predictions(model, inputs, warm_up=WARM_UP), model.readout(model.run(inputs)))


@ALL_MODELS
def test_none_of_the_truth_is_the_closed_loop(make):
    inputs, _ = circle()
    model = make()
    for where in ("input", "state"):
        free = forced_predictions(model, inputs, Forcing(0.0, 1, where), warm_up=WARM_UP)
        assert_close(free[:, WARM_UP - 1 :], model.forecast(inputs[:, :WARM_UP], 61 - WARM_UP))


@ALL_MODELS
def test_sparse_forcing_is_the_loop_written_out(make):
    inputs, _ = circle()
    model = make()
    x, y, expected = torch.zeros(20, model.dim, dtype=F64), None, []
    for k in range(60):
        x = model.step(x, inputs[:, k] if k < WARM_UP or (k - WARM_UP) % 7 == 0 else y)
        y = model.readout(x)
        expected.append(y)
    found = forced_predictions(model, inputs, sparse_forcing(7), warm_up=WARM_UP)
    assert_close(found, torch.stack(expected, dim=1))


@ALL_MODELS
def test_forcing_the_state_moves_its_readout_by_the_share_and_drives_with_the_result(make):
    inputs, _ = circle()
    model, alpha = make(), 0.3
    x, y, expected = torch.zeros(20, model.dim, dtype=F64), None, []
    C = torch.nn.functional.pad(model.C.detach(), (0, model.dim - model.C.shape[1]))
    for k in range(60):
        u = inputs[:, k]
        if k >= WARM_UP:
            x = x + alpha * torch.linalg.lstsq(C, (inputs[:, k] - y).T.detach(), driver="gelsd").solution.T
            u = model.readout(x)
        x = model.step(x, u)
        y = model.readout(x)
        expected.append(y)
    found = forced_predictions(model, inputs, generalised_forcing(alpha), warm_up=WARM_UP)
    assert_close(found, torch.stack(expected, dim=1))


def test_the_push_is_the_least_change_that_moves_the_readout(rng):
    C = torch.randn(2, 5, generator=rng, dtype=F64)
    push = inverse_readout(C, 7)
    assert_close(push[:, :5] @ C.T, torch.eye(2, dtype=F64))
    assert_close(push[:, 5:], torch.zeros(2, 2, dtype=F64), rtol=0, atol=0)
    unseen = torch.linalg.svd(C).Vh[2:]  # directions that the readout does not see
    assert (push[:, :5] @ unseen.T).abs().max() < 1e-12


def test_noise_under_forcing_is_noise_on_the_truth_that_enters():
    inputs, _ = circle()
    model, noise = ctrnn(), Noise(input=0.1)
    draw = 0.1 * torch.randn(inputs.shape, generator=generator(3), dtype=F64)
    noisy = forced_predictions(model, inputs, sparse_forcing(4), warm_up=WARM_UP, noise=noise, generator=generator(3))
    assert_close(noisy, forced_predictions(model, inputs + draw, sparse_forcing(4), warm_up=WARM_UP))
    with pytest.raises(CourseError, match="noise on the input only"):
        forced_predictions(
            model, inputs, sparse_forcing(4), warm_up=WARM_UP, noise=Noise(state=0.1), generator=generator(3)
        )


# --- gradients


def test_generalised_forcing_bounds_the_gradient_that_explodes_in_the_closed_loop():
    """Three units x' = relu(2 x): every step doubles. With α = 1/2 the Jacobian of the forced loop is the identity."""
    model = CTRNN(3, 3, 3, tau=1.0, dt=1.0, generator=generator(), nonlinearity="relu")
    with torch.no_grad():
        model.W_rec.zero_()
        model.W_in.copy_(2 * torch.eye(3, dtype=F64))
        model.b.zero_()
    model.set_readout(torch.eye(3, dtype=F64), torch.zeros(3, dtype=F64))
    inputs = torch.ones(1, 41, 3, dtype=F64)
    assert sufficient_strength(model.closed_loop_map(), torch.ones(2, 9, 3, dtype=F64)) == pytest.approx(0.5)

    def gradient(alpha: float) -> float:
        last = forced_predictions(model, inputs, generalised_forcing(alpha), warm_up=1)[:, -1].sum()
        return float(torch.autograd.grad(last, model.b)[0].norm())

    assert gradient(0.0) == pytest.approx(math.sqrt(3) * (2.0**41 - 1))
    assert gradient(0.5) == pytest.approx(math.sqrt(3) * 41)


def test_the_sufficient_strength_of_a_contraction_is_none_and_of_a_stretch_the_paper_s():
    turn = torch.linalg.qr(torch.randn(4, 4, generator=generator(2), dtype=F64)).Q
    states = torch.randn(3, 8, 4, generator=generator(3), dtype=F64)
    for factor, expected in ((0.8, 0.0), (1.25, 0.2), (4.0, 0.75)):
        loop = FunctionMap(lambda x, s=factor: s * x @ turn.T, 4)
        assert sufficient_strength(loop, states) == pytest.approx(expected, abs=1e-12)


def test_the_strength_takes_the_worst_trial_and_the_geometric_mean_in_time():
    loop = FunctionMap(lambda x: x**2 / 2, 1)  # Jacobian x
    states = torch.tensor([[[2.0], [8.0]], [[1.0], [1.0]]], dtype=F64)
    assert sufficient_strength(loop, states) == pytest.approx(1 - 1 / 4)


@ALL_MODELS
def test_a_truncated_gradient_does_not_reach_behind_the_cut(make):
    model = make()
    for predict in (
        lambda u: model.readout(driven_states(model, u, truncate=20)),
        lambda u: forced_predictions(model, u, sparse_forcing(7), warm_up=5, truncate=20),
    ):
        u = circle()[0].clone().requires_grad_()
        (slope,) = torch.autograd.grad(predict(u)[:, -1].sum(), u)
        assert (slope[:, :40] == 0).all() and (slope[:, 40] != 0).any()


@ALL_MODELS
def test_truncation_changes_no_state(make):
    inputs, _ = circle()
    model = make()
    assert_close(driven_states(model, inputs, truncate=7), model.run(inputs))


# --- schedules


def test_the_interval_of_the_papers():
    assert predictability_interval(0.9056, 0.02) == 38  # ln 2 / (0.9056 * 0.02) = 38.3
    assert predictability_interval(1e3, 0.02) == 1


def test_an_annealed_strength_goes_from_end_to_end_and_stays():
    forcing = annealed(1.0, 0.2, 5)
    assert [forcing(k).strength for k in (1, 3, 5, 9)] == pytest.approx([1.0, 0.6, 0.2, 0.2])
    assert forcing(3).where == "state"


def test_a_curriculum_is_asked_for_every_step_and_goes_on_after_a_resume():
    inputs, targets = circle()
    asked: list[int] = []

    def curriculum(step: int) -> Forcing:
        asked.append(step)
        return TEACHER

    options = {"n_steps": 6, "batch": 4, "window": 20, "warm_up": 10, "forcing": curriculum}
    model = ctrnn()
    state = fit_bptt(model, inputs, targets, generator=generator(), stop_at=4, **options).state
    fit_bptt(model, inputs, targets, generator=generator(), resume=state, **options)
    assert asked == [1, 2, 3, 4, 5, 6]


# --- fits


KINDS = {
    "teacher": {},
    "log loss": {"loss": log_mse},
    "sparse": {"forcing": sparse_forcing(3)},
    "generalised": {"forcing": generalised_forcing(0.4)},
    "input share": {"forcing": Forcing(0.5)},
    "annealed": {"forcing": annealed(1.0, 0.2, 60)},
    "noise": {"noise": Noise(drive=0.01, input=0.01)},
    "truncated": {"truncate": 5},
}


@MODELS
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_bptt_learns_to_turn_and_keeps_every_sign(make, kind):
    inputs, targets = circle()
    model = make()
    signs = model.W_rec.detach().sign()
    options = {"n_steps": 60, "batch": 8, "window": 25, "warm_up": WARM_UP, "lr": 2e-2, **KINDS[kind]}
    history = fit_bptt(model, inputs, targets, generator=generator(), **options)
    before, after = history.loss[:5].mean(), history.loss[-5:].mean()
    assert after < (before - 3 if kind == "log loss" else before / 20)
    _check_signs(model, signs)


@pytest.mark.parametrize("noise", [None, Noise(drive=0.02)], ids=["quiet", "noisy"])
@pytest.mark.parametrize("truncate", [None, 6])
def test_forecaster_and_reservoir_keep_every_sign_too(noise, truncate):
    inputs, targets = circle()
    model = dale()
    signs = model.W_rec.detach().sign()
    fit_reservoir(model, inputs, targets, noise=noise, generator=generator())
    _check_signs(model, signs)
    fit_forecaster(
        model,
        inputs,
        targets,
        generator=generator(),
        n_steps=60,
        lr=5e-2,
        batch=8,
        window=30,
        warm_up=WARM_UP,
        noise=noise,
        truncate=truncate,
    )
    _check_signs(model, signs)


def _check_signs(model, signs: torch.Tensor) -> None:
    """No weight of a Dale network has left its column's sign, and no absent connection has appeared."""
    if isinstance(model, EIRateNetwork):
        W = model.W_rec.detach()
        assert (W[:, : model.n_e] >= 0).all() and (W[:, model.n_e :] <= 0).all()
        assert (W[signs == 0] == 0).all() and (signs == 0).any()


@MODELS
def test_a_reservoir_fit_is_the_ridge_of_what_the_readout_sees(make):
    from course_lib.training import fit_readout

    inputs, targets = circle()
    model = make()
    W = model.W_rec.detach().clone()
    readout = fit_reservoir(model, inputs, targets, ridge=1e-6, warm_up=WARM_UP)
    x = model.run(inputs).detach()[..., : getattr(model, "n_e", model.dim)]
    expected = fit_readout(x, targets, ridge=1e-6, washout=WARM_UP)
    assert_close(model.C.detach(), expected.C, rtol=0, atol=0)
    assert_close(readout.rmse, expected.rmse, rtol=0, atol=0)
    assert_close(model.W_rec.detach(), W, rtol=0, atol=0)


def test_noise_leaves_the_refit_repeatable_and_the_batches_alone():
    """Scores refit the readout with noise; they must not change what the training draws."""
    inputs, targets = circle()
    options = {"n_steps": 12, "batch": 8, "window": 30, "warm_up": WARM_UP, "noise": Noise(state=0.05)}
    plain, scored = ctrnn(), ctrnn()
    first = fit_forecaster(plain, inputs, targets, generator=generator(), **options)
    second = fit_forecaster(scored, inputs, targets, generator=generator(), score=lambda: 0.0, score_every=3, **options)
    assert_close(first.history.loss, second.history.loss, rtol=0, atol=0)


def test_the_best_readout_of_bptt_is_put_back_with_the_rest():
    inputs, targets = circle()
    model, seen = ctrnn(), []

    def score() -> float:
        seen.append([p.detach().clone() for p in model.parameters()])
        return float(len(seen) == 2)

    history = fit_bptt(
        model,
        inputs,
        targets,
        generator=generator(),
        n_steps=40,
        batch=8,
        window=30,
        warm_up=WARM_UP,
        score=score,
        score_every=10,
        patience=1,
    )
    assert history.best_step == 20 and history.stopped_early and len(history.loss) == 30
    for parameter, best in zip(model.parameters(), seen[1], strict=True):
        assert_close(parameter.detach(), best, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"window": 61}, "at most the trials' 60 samples"),
        ({"window": 15}, "more than warm_up = 15"),
        ({"batch": 0}, "batch: wanted"),
        ({"truncate": 0, "forcing": sparse_forcing(2)}, "truncate: wanted"),
        ({"truncate": 0}, "truncate: wanted"),
        ({"noise": Noise(input=0.1), "generator": 3}, "generator: wanted"),
    ],
)
def test_bptt_refuses_bad_settings(options, words):
    inputs, targets = circle()
    options = {"generator": generator(), "n_steps": 2, "batch": 4, "window": 30, "warm_up": WARM_UP, **options}
    with pytest.raises(CourseError, match=words):
        fit_bptt(ctrnn(), inputs, targets, **options)


def test_trials_shorter_than_the_warm_up_are_refused_by_every_fit():
    inputs, targets = (x[:, :20] for x in circle())
    for fit in (fit_bptt, fit_forecaster):
        with pytest.raises(CourseError, match=r"more than warm_up = 30 and at most the trials' 20 samples"):
            fit(ctrnn(), inputs, targets, generator=generator(), window=20, warm_up=30)
    with pytest.raises(CourseError, match=r"more than warm_up = 20 and at most the trials' 20 samples"):
        fit_reservoir(ctrnn(), inputs, targets, warm_up=20)


@pytest.mark.parametrize("options", [{"strength": 1.5}, {"strength": -0.1}, {"every": 0}, {"where": "output"}])
def test_a_forcing_that_makes_no_sense_is_refused(options):
    with pytest.raises(CourseError, match="wanted"):
        Forcing(**options)


@MODELS
def test_fits_draw_from_their_generator_alone(make):
    inputs, targets = circle()
    before = torch.get_rng_state()
    options = {"n_steps": 2, "batch": 4, "window": 20, "warm_up": 10, "noise": Noise(drive=0.01, input=0.01)}

    def work(seed: int) -> torch.Tensor:
        model, g = make(), generator(seed)
        fit_bptt(model, inputs, targets, generator=g, **options)
        fit_forecaster(model, inputs, targets, generator=g, **options)
        fit_reservoir(model, inputs, targets, noise=options["noise"], generator=g)
        return torch.cat([p.detach().flatten() for p in model.parameters()])

    first = work(0)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first, work(0)) and not torch.equal(first, work(1))
