"""Networks trained on tasks: the flip-flop's recipe at one seed, and every shipped network as good as it says."""

import pytest
import torch
from benchmarks.rows_tasks import bits_and_trials, decoded, find_memories

from course_lib.studies import pretrained, recipes

SEED = 0


@pytest.fixture(scope="module")
def flip_flop():
    return recipes.flip_flop_ctrnn(3, generator=torch.Generator().manual_seed(SEED))


def test_three_bits_are_held_ten_times_as_long_as_in_training(flip_flop):
    assert bits_and_trials(flip_flop, 3, SEED, batch=64) == (1.0, 1.0)


def test_all_27_fixed_points_are_found_and_decode_to_their_cells(flip_flop):
    points = find_memories(flip_flop, 3, SEED)
    assert points.index_counts() == [8, 12, 6, 1] and points.signed_count() == 1
    assert bool(points.converged.all()) and float(points.q.max()) < 0.5e-20
    assert decoded(flip_flop, points) == 1.0


@pytest.mark.parametrize("name", pretrained.CATALOGUE)
def test_a_shipped_network_is_as_good_as_it_says(name):
    pretrained.verify(name)


@pytest.mark.parametrize("kind", ["ctrnn", "dale"])
def test_the_shipped_memories_have_all_their_fixed_points(kind):
    model = pretrained.load(f"flip_flop_3_{kind}").model
    points = find_memories(model, 3, SEED)
    assert points.index_counts() == [8, 12, 6, 1] and decoded(model, points) == 1.0
