"""Spiking rows of the comparison: they are their networks, they count spikes, and they say what they have not."""

import pytest
import torch
from problems import F64

from course_lib.dynamics import Map
from course_lib.studies import DrivenSpikes, NotApplicable, Persistence, SlowSynapse, compare, lorenz_problem
from course_lib.studies.spiking import between_samples
from course_lib.tasks import LorenzForecast

pytest.importorskip("norse")

FLOW = LorenzForecast().standardised_flow()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def small():
    sizes = {"n_train": 4, "n_train_steps": 80, "n_test": 3, "warm_up": 10, "n_states": 40}
    return lorenz_problem(0, test_lyapunov_times=0.5, **sizes)


@pytest.fixture(scope="module")
def driven(small):
    return DrivenSpikes(n_e=40, n_i=20, K=10, hold=5).fit(small.train, generator=generator())


@pytest.fixture(scope="module")
def slow(small):
    candidate = SlowSynapse(FLOW, 0.02, time_unit=200.0, n_e=40, n_i=20, K=10, orbits=4, duration=700.0, own=2)
    return candidate.fit(small.train, generator=generator())


def test_the_driven_readout_begins_its_loop_with_its_prediction(small, driven):
    said = driven.forecast(small.starts, 4)
    assert said.shape == (3, 4, 3)
    torch.testing.assert_close(said[:, 0], driven.predict(small.starts)[:, -1])
    fed = torch.cat((small.starts, said[:, :3]), dim=1)
    torch.testing.assert_close(said, driven.predict(fed)[:, -4:])


def test_the_slow_synapse_is_given_every_sample_and_runs_to_the_next(small, slow):
    said = slow.predict(small.starts)
    torch.testing.assert_close(said[:, :4], slow.predict(small.starts[:, :4]))
    later = small.starts.clone()
    later[:, 5:] += 1.0
    assert torch.equal(slow.predict(later)[:, :5], said[:, :5])
    assert not torch.equal(slow.predict(later)[:, 5:], said[:, 5:])


def test_spikes_are_counted_for_a_second_and_a_sample(driven, slow):
    for fitted, sample in ((driven, 0.005), (slow, 0.004)):
        assert fitted.spikes.per_second > 60 * 2  # two a second and cell
        assert fitted.spikes.per_sample == pytest.approx(fitted.spikes.per_second * sample)
    assert driven.n_fitted == 3 * (3 * 60 + 1) and slow.n_fitted == 3 * (2 * 60 + 1)


def test_samples_are_joined_by_straight_lines():
    inputs = torch.tensor([[[0.0], [4.0], [2.0]]], dtype=F64)
    assert between_samples(inputs, 4)[0, :, 0].tolist() == [0, 1, 2, 3, 4, 3.5, 3, 2.5, 2]


def test_a_table_with_spikes_says_who_has_none_and_who_has_no_exponents(small):
    candidate = DrivenSpikes(n_e=40, n_i=20, K=10, hold=5)
    table = compare([candidate, Persistence()], lambda seed: small, seeds=(0,))
    assert table.row(candidate.name).spread("λ₁") == NotApplicable("its state jumps at every spike")
    assert table.row(candidate.name).spread("spikes per sample").median > 0
    assert table.row("persistence").spread("spikes per s") == NotApplicable("it does not spike")
    assert isinstance(Persistence().fit(small.train, generator=generator()).loop(small.starts)[0], Map)
