"""Measures of performance on answers that are known: psychometric curves, memory against time, components."""

import math

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import (
    Retention,
    principal_components,
    psychometric_curve,
    retention_of_bits,
    retention_over_delays,
)
from course_lib.plotting import (
    new_axes,
    plot_answers,
    plot_channels,
    plot_explained_variance,
    plot_psychometric,
    plot_retention,
)
from course_lib.tasks import ContextDecision, FlipFlop, MemoryNumber
from course_lib.validation import CourseError


def test_a_memory_lasts_until_the_first_score_that_is_too_low():
    record = Retention(hold=torch.tensor([1.0, 2.0, 4.0, 8.0]), score=torch.tensor([1.0, 0.9, 0.6, 0.95]), n_trials=1)
    assert [record.lasts(least) for least in (0.5, 0.7, 0.92, 1.1)] == [8.0, 2.0, 1.0, 0.0]


@pytest.fixture
def ax():
    figure, axes = new_axes()
    yield axes
    plt.close(figure)


def test_shares_and_intervals_are_wilsons():
    evidence = torch.tensor([0.5, -0.5, 0.5, 0.5, 0.1 + 0.2, 0.3], dtype=F64)
    record = psychometric_curve(evidence, torch.tensor([True, False, True, False, True, True]))
    assert_close(record.evidence, torch.tensor([-0.5, 0.3, 0.5], dtype=F64))
    assert_close(record.share, torch.tensor([0.0, 1.0, 2 / 3], dtype=F64))
    assert record.n_trials.tolist() == [1, 2, 3]
    # Wilson's interval: the two p at which the observed share is 1.96 standard errors away
    for p in (float(record.lower[2]), float(record.upper[2])):
        assert abs(2 / 3 - p) == pytest.approx(1.96 * math.sqrt(p * (1 - p) / 3), rel=1e-6)
    assert float(record.lower[0]) == pytest.approx(0.0, abs=1e-12) and float(record.upper[0]) > 0.5


def test_an_observer_with_noise_gives_its_own_curve(rng):
    task = ContextDecision(coherences=(0.05, 0.1, 0.2, 0.4))
    trial = task.sample(4000, generator=rng)
    evidence = trial.conditions["relevant"]
    felt = evidence + 0.15 * torch.randn(4000, generator=rng, dtype=F64)
    outputs = torch.stack((-felt, felt), dim=-1)[:, None].expand(-1, task.n_steps, -1)
    record = psychometric_curve(evidence, task.choices(outputs, trial) == 1)
    truth = torch.special.ndtr(record.evidence / 0.15)
    assert bool(((record.lower <= truth) & (truth <= record.upper)).sum() >= 7)
    assert_close(record.share, truth, rtol=0, atol=0.06)


def leaking(rate: float, trial) -> torch.Tensor:
    """Outputs whose bits fall from 1 by `rate` a step, the faster the later the trial in the batch."""
    t = torch.arange(trial.targets.shape[1], dtype=F64)
    speed = rate * (1 + torch.arange(len(trial.targets), dtype=F64))
    return trial.targets * (1 - speed[:, None] * t)[..., None]


def test_memories_that_leak_are_lost_one_after_the_other():
    task = FlipFlop(2, width=4)
    trial = task.hold_trials(100)
    record = retention_of_bits(task, leaking(1 / 99.5, trial), trial)
    assert record.n_trials == 4 and len(record.hold) == 100
    # trial k changes sign at step 99.5 / (k + 1), counted from the start of a pulse of 4 steps; hold 1 is step 4
    lost = [math.ceil(99.5 / (k + 1)) - 3 for k in range(4)]
    for step in range(100):
        assert float(record.score[step]) == sum(record.hold[step] < gone for gone in lost) / 4
    assert record.lasts(0.75) == lost[2] - 1 and record.lasts(1.0) == lost[3] - 1


def test_retention_asks_for_trials_that_hold():
    task = FlipFlop(1, 60)
    trial = task.sample(5, generator=torch.Generator().manual_seed(1))
    with pytest.raises(CourseError, match="trial: wanted one pulse and then a hold"):
        retention_of_bits(task, trial.targets, trial)


def test_a_leaky_number_has_the_r_squared_of_its_leak(rng):
    """Answers v exp(-delay / T) have R² = 1 - (1 - exp(-delay / T))² about a mean of zero."""
    task = MemoryNumber()

    def respond(trial):
        return trial.targets * torch.exp(-trial.conditions["delay"] / 1000.0)[:, None, None]

    record = retention_over_delays(respond, task, (200.0, 1000.0, 4000.0), generator=rng, batch=2000)
    assert_close(record.hold, torch.tensor([200.0, 1000.0, 4000.0], dtype=F64))
    assert_close(record.score, 1 - (1 - torch.exp(-record.hold / 1000.0)) ** 2, rtol=0, atol=0.01)
    assert record.lasts(0.5) == 1000.0 and record.lasts(0.99) == 0.0


def test_components_are_the_axes_of_an_ellipsoid(rng):
    basis = torch.linalg.qr(torch.randn(6, 6, generator=rng, dtype=F64)).Q
    scale = torch.tensor([5.0, 2.0, 1.0, 0.0, 0.0, 0.0], dtype=F64)
    x = torch.randn(40, 500, 6, generator=rng, dtype=F64) * scale @ basis.T + 3.0
    record = principal_components(x)
    assert_close(record.explained, torch.tensor([25.0, 4.0, 1.0], dtype=F64) / 30, rtol=0, atol=0.01)
    assert_close((record.axes @ basis[:, :3]).abs(), torch.eye(3, dtype=F64), rtol=0, atol=0.02)
    assert bool((record.axes.gather(1, record.axes.abs().argmax(1, keepdim=True)) > 0).all())
    flat = record.project(x)
    assert_close(flat @ record.axes + record.mean, x, rtol=0, atol=1e-9)  # three components hold everything


def test_what_cannot_be_measured_is_refused(rng):
    with pytest.raises(CourseError, match=r"chosen: wanted a bool tensor of shape \(2,\)"):
        psychometric_curve(torch.zeros(2, dtype=F64), torch.zeros(2))
    with pytest.raises(CourseError, match="delays: wanted at least one"):
        retention_over_delays(lambda trial: trial.targets, MemoryNumber(), (), generator=rng)
    with pytest.raises(CourseError, match="k: wanted at most 2, got 3"):
        principal_components(torch.randn(9, 2, generator=rng, dtype=F64))
    with pytest.raises(CourseError, match="x: wanted states that vary"):
        principal_components(torch.ones(9, 4, dtype=F64))


def test_a_trial_is_drawn_channel_by_channel(ax, rng):
    trial = ContextDecision().sample(3, generator=rng)
    assert plot_channels(ax, trial, k=1, dt=20.0) is ax
    lines = [line for line in ax.lines if len(line.get_xdata()) == trial.inputs.shape[1]]
    assert len(lines) == 7
    for channel, line in enumerate(lines):
        y = line.get_ydata()
        assert np.allclose(y - y[-1], (trial.inputs[1, :, channel] - trial.inputs[1, -1, channel]).numpy())
    tops = [line.get_ydata().max() for line in lines]
    assert tops == sorted(tops, reverse=True)


def test_answers_are_drawn_over_the_targets_that_count(ax, rng):
    trial = FlipFlop(2, 50).sample(2, generator=rng)
    plot_answers(ax, trial, 0.9 * trial.targets, k=1, dt=0.5)
    for bit in range(2):
        answer, target = ax.lines[2 * bit].get_xydata(), ax.lines[2 * bit + 1].get_ydata()
        assert np.allclose(answer[:, 1], 0.9 * trial.targets[1, :, bit].numpy())
        assert answer[2, 0] == pytest.approx(1.0)
        assert np.array_equal(np.isfinite(target), trial.mask[1, :, bit].numpy())
    with pytest.raises(CourseError, match="names: wanted 2, one a channel, got 1"):
        plot_answers(ax, trial, trial.targets, names=("left",))


def test_curves_of_performance_are_drawn_as_they_are(ax, rng):
    record = psychometric_curve(torch.tensor([-1.0, 1.0, 1.0], dtype=F64), torch.tensor([False, True, False]))
    plot_psychometric(ax, record)
    assert np.allclose(ax.containers[0].lines[0].get_xydata(), [[-1.0, 0.0], [1.0, 0.5]])
    ends = np.asarray(ax.containers[0].lines[2][0].get_segments()[1])
    assert np.allclose(ends[:, 1], [float(record.lower[1]), float(record.upper[1])])


def test_memory_against_time_is_drawn_with_its_training_range(ax):
    task = FlipFlop(1)
    trial = task.hold_trials(40)
    plot_retention(ax, retention_of_bits(task, trial.targets, trial), trained_up_to=25.0, chance=0.5)
    assert np.array_equal(ax.lines[0].get_ydata(), np.ones(40))
    assert list(ax.lines[1].get_xdata()) == [25.0, 25.0] and list(ax.lines[2].get_ydata()) == [0.5, 0.5]


def test_explained_variance_is_drawn_with_its_sum(ax, rng):
    record = principal_components(torch.randn(50, 5, generator=rng, dtype=F64), 4)
    plot_explained_variance(ax, record)
    assert np.allclose([bar.get_height() for bar in ax.patches], record.explained.numpy())
    assert float(ax.lines[0].get_ydata()[-1]) == pytest.approx(float(record.explained.sum()))
