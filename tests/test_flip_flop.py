"""The flip-flop: the target is the sign of the last pulse, and every trial says where that counts."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.tasks import FlipFlop, Trial
from course_lib.validation import CourseError


def by_hand(inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Targets and mask of (time,) inputs of one bit, step by step: 0 and False before the first pulse."""
    targets, mask, memory = [], [], 0.0
    for u in inputs.tolist():
        memory = math.copysign(1.0, u) if u else memory
        targets.append(memory)
        mask.append(bool(memory) and not u)
    return torch.tensor(targets, dtype=F64), torch.tensor(mask)


@pytest.mark.parametrize("bits", [1, 2, 5])
@pytest.mark.parametrize("initial_pulse", [True, False])
def test_the_target_is_the_sign_of_the_last_pulse(bits, initial_pulse, rng):
    trial = FlipFlop(bits, 60, initial_pulse=initial_pulse).sample(7, generator=rng)
    assert trial.inputs.shape == trial.targets.shape == trial.mask.shape == (7, 60, bits)
    for inputs, targets, mask in zip(*(x.transpose(1, 2).flatten(0, 1) for x in _parts(trial)), strict=True):
        wanted, counts = by_hand(inputs)
        assert torch.equal(targets, wanted) and torch.equal(mask, counts)
    assert torch.equal(trial.conditions["final"], trial.targets[:, -1])
    assert bool((trial.inputs[:, 0] != 0).all()) == initial_pulse


def _parts(trial: Trial) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return trial.inputs, trial.targets, trial.mask


def gaps_and_widths(task: FlipFlop, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Lengths of silence between pulses, and of pulses, of single bits with pulses of one sign told apart by gaps."""
    u = task.sample(200, generator=generator).inputs[..., 0]
    gaps, widths = [], []
    for row in u:
        values, lengths = torch.unique_consecutive(row != 0, return_counts=True)
        gaps += lengths[1:-1][~values[1:-1]].tolist()
        widths += lengths[:-1][values[:-1]].tolist()
    return torch.tensor(gaps, dtype=F64), torch.tensor(widths)


@pytest.mark.parametrize(("options", "mean"), [({"probability": 0.1}, 9.0), ({"mean_gap": 9.491}, 9.0)])
def test_gaps_have_the_mean_and_the_spread_of_their_law(options, mean, rng):
    """Gaps of probability p are geometric: mean (1 - p) / p, and given that there is one, 1 / p steps."""
    gaps, widths = gaps_and_widths(FlipFlop(1, 1000, width=4, **options), rng)
    error = float(gaps.std()) / math.sqrt(len(gaps))
    assert abs(float(gaps.mean()) - (mean + 1)) < 4 * error
    assert float(gaps.std()) == pytest.approx(math.sqrt(0.9) / 0.1, rel=0.05)
    assert bool((widths % 4 == 0).all())  # two pulses without a gap are one of double length


def test_a_pulse_has_its_height_and_the_coding_changes_targets_only():
    signed, binary = (
        FlipFlop(2, 80, amplitude=0.7, coding=coding, initial_pulse=False).sample(
            5, generator=torch.Generator().manual_seed(3)
        )
        for coding in ("signed", "binary")
    )
    assert set(signed.inputs.unique().tolist()) == {-0.7, 0.0, 0.7}
    assert_close(binary.inputs, signed.inputs, rtol=0, atol=0)
    assert_close(binary.targets, (signed.targets + 1) / 2, rtol=0, atol=0)
    assert set(binary.targets.unique().tolist()) == {0.0, 0.5, 1.0}


def test_long_holds_write_every_memory_once_and_keep_it():
    task = FlipFlop(3, width=5)
    trial = task.hold_trials(40, repeats=2)
    assert trial.inputs.shape == (16, 45, 3)
    assert torch.equal(trial.inputs[:, :5], trial.targets[:, :5])
    assert not trial.inputs[:, 5:].any() and trial.mask[:, 5:].all() and not trial.mask[:, :5].any()
    assert len(trial.targets[:8, -1].unique(dim=0)) == 8
    assert torch.equal(trial.targets[:8, -1], task.memories())


def test_a_sweep_pushes_one_bit_of_every_memory_against_its_sign():
    trial = FlipFlop(2, width=3).pulse_sweep([0.25, 1.5], [1, 4], bit=1, settle=10)
    assert trial.inputs.shape == (2 * 2 * 4, 3 + 10 + 4 + 10, 2)
    height, width, memory = (trial.conditions[name] for name in ("amplitude", "width", "memory"))
    for k in range(len(height)):
        probe = trial.inputs[k, 13:]
        wanted = torch.zeros(14, 2, dtype=F64)
        wanted[: int(width[k]), 1] = -height[k] * memory[k, 1]
        assert_close(probe, wanted, rtol=0, atol=0)
        assert torch.equal(trial.inputs[k, :3], memory[k].expand(3, 2))
        assert torch.equal(trial.targets[k, -1], memory[k] * torch.tensor([1.0, -1.0]))
        assert torch.equal(trial.mask[k, :, 0].nonzero().flatten(), torch.arange(13 + int(width[k]), 27))
    assert len({(float(a), int(w), *m.tolist()) for a, w, m in zip(height, width, memory, strict=True)}) == 16


def test_scores_count_bits_and_whole_trials(rng):
    task = FlipFlop(3, 60)
    trial = task.sample(4, generator=rng)
    assert task.score(trial.targets, trial) == 1.0 and task.correct(trial.targets, trial).all()
    assert task.score(-trial.targets, trial) == 0.0
    outputs = 0.1 * trial.targets
    outputs[~trial.mask] = 0.0  # what does not count does not matter
    step, bit = trial.mask[2].nonzero()[0].tolist()
    outputs[2, step, bit] *= -1
    assert task.score(outputs, trial) == pytest.approx(1 - 1 / int(trial.mask.sum()))
    assert task.correct(outputs, trial).tolist() == [True, True, False, True]


def test_binary_bits_are_told_apart_at_one_half(rng):
    task = FlipFlop(2, 60, coding="binary")
    trial = task.sample(4, generator=rng)
    assert task.score(0.5 + 0.2 * (trial.targets - 0.5), trial) == 1.0
    assert task.score(trial.targets - 1.0, trial) < 0.8


def test_equal_seeds_give_equal_trials_and_the_global_state_is_left_alone():
    before = torch.get_rng_state()
    first, again, other = (FlipFlop().sample(3, generator=torch.Generator().manual_seed(s)).inputs for s in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "options",
    [
        {"bits": 0},
        {"width": 0},
        {"n_steps": 0},
        {"amplitude": 0.0},
        {"probability": 0.0},
        {"probability": 1.0},
        {"mean_gap": -1.0},
        {"coding": "gray"},
    ],
)
def test_settings_that_make_no_task_are_refused(options):
    with pytest.raises(CourseError, match="wanted"):
        FlipFlop(**options)


def test_a_bit_that_is_not_there_and_outputs_of_another_shape_are_refused(rng):
    task = FlipFlop(2)
    with pytest.raises(CourseError, match="bit: wanted 0 to 1, got 2"):
        task.pulse_sweep([1.0], [5], bit=2)
    with pytest.raises(CourseError, match=r"outputs: wanted shape \(3, 100, 2\)"):
        task.score(torch.zeros(3, 99, 2), task.sample(3, generator=rng))
