"""Spiking networks at one seed, smaller than in the bench, against bounds that no seed may miss."""

import pytest

pytest.importorskip("norse")
from benchmarks.rows_spiking_loop import prediction_times, train_loop
from benchmarks.rows_spiking_trained import N_CHOICE, N_TEST, N_TRAIN, frozen_network, same_readout, trained, trials

from course_lib.models import sign_violations

SEED = 0


def test_a_short_training_already_leaves_the_frozen_network_behind():
    data, test = trials(N_TRAIN + N_CHOICE, 1000 + SEED), trials(N_TEST, 900_000 + SEED)
    network = frozen_network(SEED)
    model, history = trained(network, (data[0][:N_TRAIN], data[1][:N_TRAIN]), SEED, n_steps=200)
    own, rate = same_readout(model, data, test)
    frozen, _ = same_readout(network, data, test)
    assert float((own / frozen).max()) < 0.75, (own, frozen)
    assert sign_violations(model.W_rec.detach(), 102) == 0.0
    assert 5 < rate < 100 and float(history.gradient_norm.max()) < 1e4


def test_half_a_network_in_closed_loop_still_forecasts_lorenz():
    loop, _, rate = train_loop(SEED, n_e=400, n_i=100, orbits=64)
    assert prediction_times(loop, 24, SEED).median > 1.0
    assert 10 < rate < 100
