"""Spike statistics on processes whose answers stand on paper: Poisson, clock, gamma, shared and thinned."""

import dataclasses
import math

import pytest
import torch
from problems import F64

from course_lib.analysis.spike_trains import (
    fano_factor,
    firing_rates,
    interval_statistics,
    raster,
    spike_correlations,
)
from course_lib.validation import CourseError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def poisson(time: int, cells: int, p: float | torch.Tensor, seed: int = 0) -> torch.Tensor:
    """A spike with probability p in every step of every cell; p may be (time, 1)."""
    return torch.rand(time, cells, generator=generator(seed), dtype=F64) < p


def clock(time: int, period: int, cells: int = 3) -> torch.Tensor:
    spikes = torch.zeros(time, cells, dtype=torch.bool)
    spikes[period - 1 :: period] = True
    return spikes


def gamma_process(time: int, cells: int, order: int, seed: int = 0) -> torch.Tensor:
    """Every `order`-th spike of a Poisson process: its intervals have CV 1/sqrt(order)."""
    parent = poisson(time, cells, 0.05, seed)
    return parent & (parent.cumsum(dim=0) % order == 0)


POISSON = poisson(40_000, 50, 0.01)


def test_rates_count_spikes_per_second():
    rates = firing_rates(clock(1000, 25), dt=2.0)  # every 50 ms for 2 s
    assert rates.rate.tolist() == [20.0] * 3
    assert (rates.mean, rates.silent, rates.duration) == (20.0, 0.0, 2000.0)
    assert math.isnan(rates.standard_error)


def test_trials_give_the_mean_its_error():
    trials = torch.stack((clock(1000, 25), clock(1000, 50)))
    rates = firing_rates(trials, dt=1.0)
    assert rates.rate.tolist() == [30.0] * 3
    assert rates.standard_error == pytest.approx(10.0)  # 40 and 20 Hz: std 14.1 over sqrt(2)


def test_silent_cells_are_counted():
    spikes = clock(100, 10, cells=4)
    spikes[:, 1:] = False
    assert firing_rates(spikes, dt=1.0).silent == 0.75


def test_a_poisson_process_has_cv_cv2_and_fano_one():
    found = interval_statistics(POISSON, dt=0.1)
    assert found.mean_cv == pytest.approx(math.sqrt(1 - 0.01), abs=0.01)  # geometric intervals
    assert found.mean_cv2 == pytest.approx(1.0, abs=0.01)
    assert found.n_cells == 50 and abs(int(found.n_intervals.sum()) - 20_000) < 600
    fano = fano_factor(POISSON, dt=0.1, window=50.0)
    assert fano.mean == pytest.approx(0.99, abs=0.03)
    assert (fano.n_cells, fano.n_windows, fano.window) == (50, 80, 50.0)


def test_a_clock_has_cv_cv2_and_fano_zero():
    found = interval_statistics(clock(1000, 25), dt=1.0)
    assert (found.mean_cv, found.mean_cv2) == (0.0, 0.0)
    assert found.n_intervals.tolist() == [39] * 3
    assert fano_factor(clock(1000, 25), dt=1.0, window=50.0).mean == 0.0


@pytest.mark.parametrize("order", [2, 4])
def test_a_gamma_process_has_the_cv_and_fano_of_its_order(order):
    spikes = gamma_process(60_000, 40, order)
    assert interval_statistics(spikes, dt=1.0).mean_cv == pytest.approx(1 / math.sqrt(order), rel=0.04)
    # thinned by counting, a Poisson process in steps of probability p has (1 - p)/order in long windows
    assert fano_factor(spikes, dt=1.0, window=2000.0).mean == pytest.approx(0.95 / order, rel=0.12)


def test_cv2_of_alternating_intervals_stands_on_paper():
    spikes = torch.zeros(4000, 1, dtype=torch.bool)
    spikes[torch.tensor([10, 30]).repeat(100).cumsum(0) - 1] = True  # intervals 30, 10, 30, 10 ...
    found = interval_statistics(spikes, dt=1.0)
    assert found.mean_cv2 == pytest.approx(2 * 20 / 40)
    assert found.mean_cv == pytest.approx(0.5, rel=0.01)  # std 10, mean 20


def test_a_slow_rate_moves_cv_and_leaves_cv2():
    t = torch.arange(60_000, dtype=F64)[:, None]
    found = interval_statistics(poisson(60_000, 40, 0.02 * (1 + 0.95 * torch.sin(2 * math.pi * t / 10_000))), dt=1.0)
    assert found.mean_cv > 1.3
    assert found.mean_cv2 == pytest.approx(1.0, abs=0.06)


def test_no_interval_joins_two_trials():
    trials = torch.stack([clock(500, 25)] * 2)
    trials[1] = trials[1].roll(11, 0)
    found = interval_statistics(trials, dt=1.0)
    assert found.n_intervals.tolist() == [19 + 19] * 3
    assert found.mean_cv == 0.0


def test_cells_with_too_few_intervals_hold_nan_and_leave_the_mean_alone():
    spikes = clock(1000, 25, cells=3)
    spikes[200:, 1] = False
    found = interval_statistics(spikes, dt=1.0)
    assert found.n_cells == 2 and found.cv.isnan().tolist() == [False, True, False]
    assert found.cv2.isnan().tolist() == [False, True, False] and found.mean_cv == 0.0


@pytest.mark.parametrize("kept", [0.1, 0.5])
def test_copies_thinned_from_one_process_have_the_correlation_on_paper(kept):
    q = 0.05
    mother = poisson(100_000, 1, q)
    spikes = mother & poisson(100_000, 12, kept, seed=1)
    found = spike_correlations(spikes, dt=1.0, window=20.0, generator=generator())
    assert found.mean == pytest.approx(kept * (1 - q) / (1 - q * kept), abs=0.02)
    assert found.excess > 20
    assert len(found.correlation) == 66 and found.n_windows == 5000


def test_a_pair_that_takes_turns_is_anticorrelated():
    one = poisson(20_000, 1, 0.2)
    found = spike_correlations(torch.cat((one, ~one), dim=1), dt=1.0, window=1.0, generator=generator())
    assert found.mean == pytest.approx(-1.0, abs=1e-12)


def test_independent_cells_agree_with_their_shuffle():
    found = spike_correlations(POISSON, dt=0.1, window=20.0, generator=generator(), n_shuffles=50)
    assert abs(found.excess) < 3 and abs(found.mean) < 0.003
    assert found.magnitude == pytest.approx(math.sqrt(2 / math.pi / 200), rel=0.1)  # of 200 windows: not zero


def test_the_shuffle_keeps_the_counts_and_takes_away_what_is_shared():
    mother = poisson(20_000, 1, 0.05)
    spikes = mother & poisson(20_000, 20, 0.5, seed=1)
    found = spike_correlations(spikes, dt=1.0, window=20.0, generator=generator())
    assert found.mean > 0.4 and float(found.shuffled.mean().abs()) < 0.01


def test_what_it_says_without_the_pairs_is_their_mean():
    found = spike_correlations(POISSON, dt=0.1, window=20.0, generator=generator(), n_shuffles=2)
    from course_lib.analysis.spike_trains import _counts, _mean_correlation

    counts = _counts(POISSON, 0.1, 20.0)
    z = (counts - counts.mean(0)) / ((counts - counts.mean(0)) ** 2).sum(0).sqrt()
    assert float(_mean_correlation(z)) == pytest.approx(found.mean, abs=1e-12)


def test_many_cells_are_drawn_by_the_generator():
    same = [spike_correlations(POISSON, dt=0.1, window=20.0, generator=generator(3), most_cells=8) for _ in range(2)]
    other = spike_correlations(POISSON, dt=0.1, window=20.0, generator=generator(4), most_cells=8)
    assert torch.equal(same[0].cells, same[1].cells) and len(same[0].cells) == 8
    assert torch.equal(same[0].shuffled, same[1].shuffled)
    assert not torch.equal(same[0].cells, other.cells)


def test_silent_cells_have_no_correlation_and_are_left_out():
    spikes = POISSON[:, :5].clone()
    spikes[:, 2] = False
    found = spike_correlations(spikes, dt=0.1, window=20.0, generator=generator())
    assert found.cells.tolist() == [0, 1, 3, 4] and bool(found.correlation.isfinite().all())


def test_a_raster_gives_times_and_rows():
    spikes = torch.zeros(10, 3, dtype=torch.bool)
    spikes[4, 2] = spikes[9, 0] = True
    found = raster(spikes, dt=2.0, cells=torch.tensor([2, 0]))
    assert sorted(zip(found.t.tolist(), found.row.tolist(), strict=True)) == [(10.0, 0), (20.0, 1)]
    assert (found.n_rows, found.duration) == (2, 20.0)


def test_numbers_0_and_1_are_spikes_too():
    assert torch.equal(firing_rates(POISSON.double(), dt=1.0).rate, firing_rates(POISSON, dt=1.0).rate)


def test_records_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        firing_rates(POISSON, dt=1.0).mean = 0.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: firing_rates(POISSON[0], dt=1.0), r"a tensor \(time, cells\)"),
        (lambda: firing_rates(POISSON * 0.5, dt=1.0), "Pass spikes, not voltages"),
        (lambda: firing_rates([1, 0], dt=1.0), "got list"),
        (lambda: firing_rates(POISSON, dt=0.0), "dt: wanted a finite number above 0"),
        (lambda: interval_statistics(torch.zeros(50, 3), dt=1.0), "at least 10 intervals, got at most 0"),
        (lambda: fano_factor(torch.zeros(50, 3), dt=1.0, window=2.0), "look at its drive and its units"),
        (lambda: fano_factor(POISSON, dt=1.0, window=2.5), "a multiple of dt = 1 ms"),
        (lambda: fano_factor(POISSON, dt=1.0, window=5000.0), "fits 10 times"),
        (lambda: spike_correlations(POISSON[:, :1], dt=1.0, window=20.0, generator=generator()), "at least 2 cells"),
        (lambda: spike_correlations(POISSON, dt=1.0, window=20.0, generator=1), "a torch.Generator"),
        (lambda: raster(POISSON, dt=1.0, trial=1), "one of 0 to 0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(CourseError, match=words):
        call()
