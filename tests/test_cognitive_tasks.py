"""Cognitive tasks: what is shown, when, and what is wanted, found again in the inputs and targets alone."""

import inspect
import math
from dataclasses import replace

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.tasks import (
    ContextDecision,
    DelayedMatchToSample,
    DelayedXor,
    GoNoGo,
    MemoryAngle,
    MemoryNumber,
    Task,
    TimedTask,
    Trial,
    template,
)
from course_lib.validation import CourseError

TASKS = (ContextDecision(), DelayedMatchToSample(), GoNoGo(), MemoryNumber(), MemoryAngle(), DelayedXor())
NAMES = [type(task).__name__ for task in TASKS]
every_task = pytest.mark.parametrize("task", TASKS, ids=NAMES)


def cue_step(task: TimedTask, trial: Trial, k: int) -> int:
    return round(float(trial.conditions["cue"][k]) / task.dt)


@every_task
def test_a_task_is_what_training_asks_for(task, rng):
    trial = task.sample(50, generator=rng)
    assert isinstance(task, Task)
    assert trial.inputs.shape == (50, task.n_steps, task.n_in)
    assert trial.targets.shape == (50, task.n_steps, task.n_out) and trial.mask.shape == (50, task.n_steps)
    assert trial.inputs.dtype == trial.targets.dtype == F64
    assert all(len(value) == 50 for value in trial.conditions.values())
    assert task.score(trial.targets, trial) == 1.0
    shuffled = trial.targets[torch.randperm(50, generator=rng)]
    assert task.score(shuffled, trial) < 0.8


@every_task
def test_the_answer_is_wanted_from_the_cue_on_and_counts_after_the_grace(task, rng):
    trial = task.sample(40, generator=rng)
    grace, report = round(task.grace / task.dt), round(task.report / task.dt)
    for k in range(40):
        cue = cue_step(task, trial, k)
        assert not trial.targets[k, :cue].any() and not trial.targets[k, cue + report :].any()
        answer = trial.targets[k, cue : cue + report]
        assert answer[0].any() and torch.equal(answer, answer[:1].expand_as(answer))
        wanted = [*range(cue), *range(cue + grace, cue + report)]
        assert trial.mask[k].nonzero().flatten().tolist() == wanted


@every_task
def test_delays_are_drawn_from_their_whole_range_in_steps(task, rng):
    trial = task.sample(2000, generator=rng)
    low, high = task.delay
    seen = trial.conditions["delay"].unique()
    assert_close(seen, torch.arange(low, high + 1, task.dt, dtype=F64))
    assert_close(trial.conditions["cue"], task.fixation + task.stimulus + trial.conditions["delay"])
    double = task.with_delay(2 * high)
    assert double.n_steps == task.n_steps + round(high / task.dt)
    assert double.sample(3, generator=rng).conditions["delay"].tolist() == [2 * high] * 3


@every_task
def test_nothing_is_shown_in_fixation_and_delay_but_the_context(task, rng):
    trial = task.with_delay(400.0).sample(20, generator=rng)
    inputs = trial.inputs[..., 2:] if isinstance(task, ContextDecision) else trial.inputs
    begin = round(task.fixation / task.dt)
    end = begin + round(task.stimulus / task.dt)
    assert not inputs[:, :begin].any()
    assert bool((inputs[:, begin:end].abs().sum(dim=-1) > 0).all())
    assert not inputs[:, end : end + 20].any()
    assert bool((inputs[:, end + 20 : end + 30].abs().sum(dim=-1) > 0).all())


@every_task
def test_only_the_part_of_the_report_that_counts_is_scored(task, rng):
    trial = task.sample(30, generator=rng)
    outputs = torch.where(trial.mask[..., None], trial.targets, -5.0 * torch.ones_like(trial.targets))
    outputs[:, : round(task.fixation / task.dt)] = 7.0
    assert task.score(outputs, trial) == pytest.approx(1.0)


def test_the_context_decides_which_evidence_counts(rng):
    task = ContextDecision(coherences=(0.05, 0.6))
    trial = task.sample(400, generator=rng)
    step = round(task.fixation / task.dt)
    context, shown = trial.inputs[:, 0, :2].argmax(dim=1), trial.inputs[:, step, 2:6].reshape(-1, 2, 2)
    assert_close(shown.sum(dim=-1), torch.ones(400, 2, dtype=F64))
    coherence = shown[..., 1] - shown[..., 0]
    assert_close(coherence, trial.conditions["coherence"])
    assert_close(trial.conditions["coherence"].abs().unique(), torch.tensor([0.05, 0.6], dtype=F64))
    relevant = coherence.gather(1, context[:, None])[:, 0]
    assert_close(relevant, trial.conditions["relevant"])
    assert torch.equal(task.choices(trial.targets, trial), (relevant > 0).long())
    assert torch.equal(trial.inputs[..., :2], trial.inputs[:, :1, :2].expand(-1, task.n_steps, -1))
    assert 0.4 < float((relevant > 0).double().mean()) < 0.6
    assert 0.35 < float((coherence.sign().prod(dim=1) > 0).double().mean()) < 0.65  # the streams are independent


@pytest.mark.parametrize("items", [2, 4])
def test_match_means_that_sample_and_test_are_equal(items, rng):
    task = DelayedMatchToSample(items=items)
    trial = task.sample(300, generator=rng)
    first = round(task.fixation / task.dt)
    sample = trial.inputs[:, first].argmax(dim=1)
    test = torch.stack([trial.inputs[k, cue_step(task, trial, k)] for k in range(300)]).argmax(dim=1)
    assert torch.equal(task.choices(trial.targets, trial) == 0, sample == test)
    assert 0.4 < float((sample == test).double().mean()) < 0.6
    assert len(test[sample == 0].unique()) == items


def test_go_asks_for_action_and_no_go_for_none(rng):
    task = GoNoGo()
    trial = task.sample(100, generator=rng)
    go = trial.inputs[:, round(task.fixation / task.dt), 0] == 1
    assert torch.equal(task.choices(trial.targets, trial) == 0, go) and torch.equal(trial.conditions["go"], go)
    assert 0 < int(go.sum()) < 100


@pytest.mark.parametrize("versions", [("pro",), ("anti",), ("pro", "anti")])
def test_a_number_is_recalled_with_the_sign_that_the_cue_asks_for(versions, rng):
    task = MemoryNumber(versions=versions)
    trial = task.sample(60, generator=rng)
    shown = trial.inputs[:, round(task.fixation / task.dt), :2]
    cue = torch.stack([trial.inputs[k, cue_step(task, trial, k), 2:] for k in range(60)])
    sign = cue[:, 0] - cue[:, 1]
    assert_close(task.wanted(trial)[:, 0], sign * (shown[:, 0] - shown[:, 1]))
    assert set(sign.tolist()) == {{"pro": 1.0, "anti": -1.0}[version] for version in versions}
    assert float(shown.min()) >= 0 and float(trial.conditions["value"].min()) < -0.8


def test_an_angle_is_recalled_as_a_point_on_the_circle_or_its_opposite(rng):
    task = MemoryAngle()
    trial = task.sample(60, generator=rng)
    shown = trial.inputs[:, round(task.fixation / task.dt), :4]
    assert float(shown.min()) == 0.0 and bool(((shown > 0).sum(dim=1) <= 2).all())
    point = torch.stack((shown[:, 0] - shown[:, 2], shown[:, 1] - shown[:, 3]), dim=-1)
    cue = torch.stack([trial.inputs[k, cue_step(task, trial, k), 4:] for k in range(60)])
    assert_close(task.wanted(trial), (cue[:, :1] - cue[:, 1:]) * point)
    assert_close(torch.atan2(point[:, 1], point[:, 0]) % (2 * math.pi), trial.conditions["angle"])


def test_r_squared_is_of_the_worst_output(rng):
    task = MemoryAngle()
    trial = task.sample(500, generator=rng)
    outputs = trial.targets.clone()
    outputs[..., 1] += 0.3 * torch.randn(500, 1, generator=rng, dtype=F64)
    expected = 1 - 0.09 / 0.5  # the variance of a sine is one half
    assert task.score(outputs, trial) == pytest.approx(expected, abs=0.03)
    assert task.r_squared(outputs, trial)[0] == 1.0


def test_a_new_task_takes_less_than_forty_lines_and_can_be_trained(rng):
    from course_lib.models import CTRNN
    from course_lib.training import fit_task, score_task

    assert len(inspect.getsource(template).splitlines()) < 40
    task = DelayedXor(delay=(40.0, 40.0), stimulus=100.0, fixation=20.0, report=100.0, grace=40.0)
    model = CTRNN(24, 3, 2, tau=40.0, dt=20.0, generator=rng, nonlinearity="relu", gain=0.9, input_scale=1.0)
    fit_task(model, task, generator=rng, n_steps=120, batch=32, lr=2e-2)
    assert score_task(model, task, 200, generator=torch.Generator().manual_seed(9)) > 0.95


@every_task
def test_equal_seeds_give_equal_trials(task):
    first, again, other = (task.sample(3, generator=torch.Generator().manual_seed(s)).inputs for s in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (lambda: GoNoGo(delay=(100.0, 810.0)), "delay: wanted a multiple of dt = 20 ms"),
        (lambda: GoNoGo(delay=(400.0, 100.0)), "delay: wanted .shortest, longest. in ms"),
        (lambda: GoNoGo(stimulus=0.0), "stimulus: wanted a multiple of dt"),
        (lambda: GoNoGo(grace=500.0), "grace: wanted less than the report's 500 ms"),
        (lambda: GoNoGo(dt=0.0), "dt: wanted"),
        (lambda: ContextDecision(coherences=(0.0, 0.5)), "coherences: wanted sizes above 0"),
        (lambda: DelayedMatchToSample(items=1), "items: wanted a whole number of at least 2"),
        (lambda: DelayedMatchToSample(grace=100.0), "grace: wanted at least the 200 ms of the test"),
        (lambda: MemoryNumber(versions=("contra",)), "versions: wanted some of pro, anti"),
    ],
)
def test_settings_that_make_no_task_are_refused(task, message):
    with pytest.raises(CourseError, match=message):
        task()


def test_another_step_gives_the_same_times(rng):
    coarse = MemoryNumber()
    fine = replace(coarse, dt=10.0)
    assert fine.n_steps == 2 * coarse.n_steps
    cue = fine.sample(10, generator=rng).conditions["cue"]
    assert bool((cue >= coarse.fixation + coarse.stimulus + coarse.delay[0]).all())
