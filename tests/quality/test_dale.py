"""Dale networks at one seed, against the bounds that no seed may miss. Times are the bench's affair."""

import pytest
from benchmarks.rows_lorenz import SPECTRUM, bounded_for, driven_states, prediction_times, unseen
from benchmarks.rows_networks import dale_spectrum, fit_random_dale, train_dale, wrong_signs

SEED = 0
# network: (VPT of the worst seed [LT], relative error of the third exponent)
BOUNDS = {"ridge": (8.0, 0.048), "trained": (7.5, 0.024)}


@pytest.fixture(scope="module", params=BOUNDS)
def case(request):
    model, _ = fit_random_dale(SEED) if request.param == "ridge" else train_dale(SEED)
    return model, *BOUNDS[request.param]


def test_the_closed_loop_forecasts_and_every_weight_keeps_its_sign(case):
    model, least, _ = case
    assert prediction_times(model, unseen(60, SEED)).median >= least
    assert wrong_signs(model) == 0


def test_the_closed_loop_has_the_spectrum_of_lorenz(case):
    model, _, third = case
    record = dale_spectrum(model, SEED + 10, orbits=48)
    off = (record.exponents - record.exponents.new_tensor(SPECTRUM)).abs()
    error = record.standard_error
    assert float(error.max()) < 0.02
    assert float(off[0]) < 0.024 * SPECTRUM[0] + 2 * float(error[0])
    assert float(off[1]) < 0.012 + 2 * float(error[1])
    assert float(off[2]) < third * abs(SPECTRUM[2])


def test_the_closed_loop_stays_on_the_attractor(case):
    model = case[0]
    assert bounded_for(model, driven_states(model, 8, SEED + 20), 100.0) == 100.0
