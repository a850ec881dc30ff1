"""A separatrix at one seed, against the bounds that no seed may miss. Times are the bench's affair."""

import pytest
from benchmarks.table import ROWS

SEED = 0


@pytest.fixture(scope="module")
def duffing():
    return ROWS["separatrix_duffing"].measure(SEED)


def test_the_border_of_the_damped_oscillator_lies_where_its_manifold_does(duffing):
    assert duffing["error"] < 1.2 * 0.003
    assert duffing["error_max"] < 0.05


def test_the_sign_of_psi_tells_the_basins(duffing):
    assert duffing["accuracy"] > 1 - 2 * 0.003
    assert duffing["accuracy"] > duffing["nearest"]
