"""Trials of the forecasting task: the target is the flow of the input, one sampling step later."""

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.integrate import integrate
from course_lib.systems import Lorenz63
from course_lib.tasks import LorenzForecast
from course_lib.validation import CourseError


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


TASK = LorenzForecast(dt=0.02, n_steps=50, transient=5.0)


def test_a_trial_has_the_shapes_it_says(rng):
    trial = TASK.sample(4, generator=rng)
    assert trial.inputs.shape == trial.targets.shape == (4, 50, 3)
    assert trial.mask.shape == (4, 50) and trial.mask.all()
    assert trial.conditions["start"].shape == (4, 3)
    assert trial.inputs.dtype == F64


def test_targets_are_the_inputs_one_step_later(rng):
    trial = TASK.sample(4, generator=rng)
    assert_close(trial.targets[:, :-1], trial.inputs[:, 1:], rtol=0, atol=0)


def test_targets_are_the_flow_of_the_inputs(rng):
    trial = TASK.sample(2, generator=rng)
    states = TASK.restore(trial.inputs).reshape(-1, 3)
    later = integrate(Lorenz63(), states, torch.tensor([0.0, 0.02], dtype=F64), max_step=0.001).x[:, -1]
    assert_close(TASK.standardise(later).reshape(2, 50, 3), trial.targets, rtol=0, atol=1e-6)


def test_the_first_input_is_the_start_standardised(rng):
    trial = TASK.sample(3, generator=rng)
    assert_close(TASK.restore(trial.inputs[:, 0]), trial.conditions["start"])


def test_inputs_are_standardised_by_the_long_run_moments():
    trial = LorenzForecast(n_steps=500).sample(200, generator=generator(5))
    assert_close(trial.inputs.std(dim=(0, 1)), torch.ones(3, dtype=F64), rtol=0, atol=0.02)
    assert trial.inputs.mean(dim=(0, 1)).abs().max() < 0.06


LARGEST_GAP = 18.0  # |x - y| stays below 16 on the attractor; x and y drawn one by one part further


def test_starts_lie_on_the_attractor_once_the_transient_is_dropped():
    starts = LorenzForecast().draw_starts(300, generator=generator(1))
    assert starts[:, 2].min() > 0 and starts[:, 2].max() < 50
    assert (starts[:, 0] - starts[:, 1]).abs().max() < LARGEST_GAP
    raw = LorenzForecast(transient=0.0).draw_starts(300, generator=generator(1))
    assert (raw[:, 0] - raw[:, 1]).abs().max() > LARGEST_GAP


def test_independent_generators_give_independent_trials_and_equal_seeds_equal_ones():
    first, again, other = (TASK.sample(2, generator=generator(s)).inputs for s in (1, 1, 2))
    assert_close(first, again, rtol=0, atol=0)
    assert (first - other).abs().max() > 0.1


def test_the_truth_goes_on_where_the_trial_started(rng):
    trial = TASK.sample(2, generator=rng)
    orbit = TASK.truth(trial.conditions["start"], 1.0)
    assert_close(orbit.x[:, :50], trial.inputs, rtol=0, atol=1e-9)
    assert orbit.x.shape == (2, 51, 3)
    assert float(orbit.t[-1]) == pytest.approx(1.0)


@pytest.mark.parametrize("options", [{"dt": 0.0}, {"n_steps": 0}, {"transient": -1.0}, {"solver_step": 0.0}])
def test_a_task_refuses_settings_that_make_no_sense(options):
    with pytest.raises(CourseError, match="wanted"):
        LorenzForecast(**options)


def test_a_seed_is_no_generator_and_no_trial_is_no_batch(rng):
    with pytest.raises(CourseError, match=r"generator: wanted a torch\.Generator, got 3"):
        TASK.sample(2, generator=3)
    with pytest.raises(CourseError, match="batch: wanted"):
        TASK.sample(0, generator=rng)
