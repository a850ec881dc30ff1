"""The network and the ruler at one seed, against the bounds that no seed may miss. Times are the bench's affair."""

import pytest
import torch
from benchmarks.rows_lorenz import (
    SPECTRUM,
    bounded_for,
    driven_states,
    errors_in_standard_errors,
    measure_spectrum,
    prediction_times,
    sum_off,
    train_ctrnn,
    unseen,
)

from course_lib.analysis import lyapunov_spectrum, skill
from course_lib.models import CTRNN

SEED = 0


@pytest.fixture(scope="module")
def model() -> CTRNN:
    return train_ctrnn(SEED)[0]


def test_the_closed_loop_forecasts_seven_lyapunov_times(model):
    record = prediction_times(model, unseen(60, SEED))
    assert record.median >= 7.0
    assert record.times.min() > 2.0


def test_one_step_ahead_it_beats_persistence_on_every_coordinate(model):
    trial = unseen(20, SEED + 1)
    with torch.no_grad():
        prediction = model.readout(model.run(trial.inputs))
    scores = skill(prediction[:, 100:], trial.targets[:, 100:], trial.inputs[:, 100:])
    assert scores.skill.min() > 1 - 1e-6
    assert scores.rmse.max() < 5e-5


def test_the_closed_loop_is_as_chaotic_as_lorenz(model):
    starts = driven_states(model, 256, SEED + 10)
    record = lyapunov_spectrum(
        model.closed_loop_map(), starts, duration=40.0, dt=0.02, spin_up=8.0, k=2, orthonormalise_every=5
    )
    assert float(record.standard_error[0]) < 0.0045
    allowed = 0.012 * SPECTRUM[0] + 2 * float(record.standard_error[0])
    assert abs(float(record.exponents[0]) - SPECTRUM[0]) < allowed
    assert abs(float(record.exponents[1])) < 0.01


def test_the_closed_loop_stays_on_the_attractor_for_400_time_units(model):
    assert bounded_for(model, driven_states(model, 16, SEED + 20), 400.0) == 400.0


def test_the_spectrum_of_lorenz_within_its_standard_errors():
    figures = measure_spectrum(SEED, runs=1)
    assert errors_in_standard_errors([figures]) <= 3.0
    assert figures["lambda_1_error"] <= 0.0036
    assert sum_off([figures]) <= 1.2e-3
