"""a5_flipflop, questions 1 to 4: the derivations in the questions' first lines, recomputed, and its given data."""

import sys

import answer_matrix as matrix
import numpy as np
import torch
from conftest import SETS
from derivations import drawn, misses, module

from course_lib.analysis import fixed_points
from course_lib.dynamics import FunctionFlow
from course_lib.staff.grading.inprocess import answers_of
from course_lib.student import data

begins = sys.modules["course_lib.student.begin"]
SET = SETS["a5_flipflop"]


def wrong(name):
    return matrix.mutants(SET, SET.questions[name])


def right(name):
    return matrix.variants(SET, SET.questions[name])


def test_q1_holds_are_long_and_a_bit_of_several_is_silent():
    for case in drawn(SET.questions["q1"], range(10), "several"):
        silent = ~case.inputs[0].any(axis=(0, 1))
        assert silent.sum() == 1 and 2 <= len(silent) <= 5
    assert min(case.facts["wait"].max() for case in drawn(SET.questions["q1"], range(10), "one")[::2]) > 80
    heights = np.abs(
        np.concatenate([case.inputs[0][case.inputs[0] != 0] for case in drawn(SET.questions["q1"], range(3))])
    )
    assert 0.3 <= heights.min() < 0.4 and 1.9 < heights.max() <= 2


def test_q1_every_wrong_step_is_a_whole_number_and_wrong_ways_have_many():
    q1, cases = module(SET, "q1_latch"), drawn(SET.questions["q1"], range(2))
    for name, function in right("q1").items():
        assert misses(q1.held_miss, function, cases).max() == 0, name
    for name in ("toggles", "clipped_sum", "sign_of_the_sum", "never_reset", "first_pulse_for_good", "height_held"):
        assert np.median(misses(q1.held_miss, wrong("q1")[name], cases)) >= 50, name


def test_q2_the_first_table_has_98_per_cent_of_the_bits_and_hardly_a_memory():
    """What the text says may be true: not one whole trial, and five of eight memories lost."""
    for case in drawn(SET.questions["q2"], range(20), "all")[::3]:
        bits, trials, corners = case.expected
        assert 0.97 < bits < 0.99 and trials == 0 and 1 <= corners <= 3
        assert len(np.unique(case.inputs[1].reshape(-1, 3), axis=0)) == 8


def test_q2_one_bit_is_many_tolerances_and_float32_is_far_below_one():
    q2, cases = module(SET, "q2_scores"), drawn(SET.questions["q2"], range(10))
    assert max(case.inputs[0].size for case in cases) * q2.EXACT < 0.1
    assert misses(q2.guard_miss, right("q2")["in_torch"], cases).max() < 1e-7 / q2.EXACT * 2
    for case in cases:
        assert np.abs(q2._shares(*case.inputs) - 0.95).min() > q2.NEAR


def test_q2_the_sign_alone_gives_other_bits_in_every_table_and_other_trials_where_some_are_right():
    """Why the library's scores, which look at the sign, answer neither part."""
    for case in drawn(SET.questions["q2"], range(10), "all"):
        bits, trials, _ = wrong("q2")["margin_ignored"](*case.inputs)
        assert bits > case.expected[0] + 1e-3
        assert trials > case.expected[1] or case.expected[1] == 0


def test_q2_numbers_of_memories_differ_between_the_tables():
    for seed in range(10):
        assert len({case.expected[2] for case in drawn(SET.questions["q2"], [seed], "all")}) > 1


def test_q3_epochs_and_losses_lie_apart():
    """Any two epochs differ, single precision does not; losses are equal only in a tie."""
    q3, cases = module(SET, "q3_keep_best"), drawn(SET.questions["q3"], range(5))
    for case in cases:
        weights, losses = case.facts["weights"], case.facts["losses"]
        moved = np.abs(weights[:, None] - weights).max(axis=-1)[~np.eye(len(weights), dtype=bool)]
        size = max(1.0, np.abs(weights).max())
        assert moved.min() > 1e-2 * size
        assert np.abs(np.float32(weights) - weights).max() < q3.EXACT / 10
        gaps = np.diff(np.sort(losses[np.isfinite(losses)]))
        assert (gaps == 0).sum() == (case.stratum == "tie") and gaps[gaps > 0].min() > 2 * q3.EXACT
        assert np.nanargmin(losses[1:]) + 1 == case.expected[1]


def test_q3_the_best_is_early_late_first_last_and_never_where_nan_is():
    places = {"valley": set(), "rise": set(), "ends": set(), "tie": set(), "nan": set()}
    for case in drawn(SET.questions["q3"], range(10)):
        n, best = case.inputs[1], case.expected[1]
        places[case.stratum].add(1 if best == 1 else -1 if best == n else 0)
        assert np.isnan(case.facts["losses"]).sum() == 2 * (case.stratum == "nan")
        assert 8 <= n <= 25 and 2 <= len(case.inputs[0]["start"]) <= 4
    assert places == {"valley": {0}, "rise": {0}, "ends": {1, -1}, "tie": {0}, "nan": {0}}


def test_q3_what_is_not_copied_is_the_last_epochs():
    """The published mistake: epoch and loss are right, the weights are those of the end."""
    for case in drawn(SET.questions["q3"], range(3), "valley", "rise"):
        (answer,) = answers_of(wrong("q3")["copied_the_names_only"], [case])
        weights = np.concatenate([np.reshape(part, -1) for part in answer.value[0]])
        np.testing.assert_allclose(weights, case.facts["weights"][-1])
        assert answer.value[1:3] == case.expected[1:3]


def test_q4_networks_are_what_they_are_called():
    """Numbers of rest points by unstable directions, distances and ghosts, as the head comment and the text say."""
    counts = {"nine": [4, 4, 1], "many": [8, 12, 6, 1], "pair": [4, 4, 1], "ghost": [2, 1], "trained": [8, 12, 6, 1]}
    for case in drawn(SET.questions["q4"], range(6)):
        W, b, starts = case.inputs
        x = case.expected
        modes = np.linalg.eigvals(W * (1 - np.tanh(x[:, None]) ** 2) - np.eye(len(b)))
        assert np.bincount((modes.real > 0).sum(axis=1)).tolist() == counts[case.stratum]
        assert len(starts) >= 6 * len(x)
        gap = module(SET, "q4_resting").smallest_gap(x)
        assert 0.05 < gap < 0.13 if case.stratum == "pair" else gap > 0.3
        if case.stratum == "ghost":
            slow = wrong("q4")["slow_is_fixed"](*case.inputs)
            speed = np.linalg.norm(np.tanh(slow) @ W.T + b - slow, axis=1)
            assert len(slow) > 3 and 1e-4 < speed.max() < 1e-2


def test_q4_float64_has_room_and_single_precision_has_not():
    q4, cases = module(SET, "q4_resting"), drawn(SET.questions["q4"], range(5), "nine", "many", "pair", "trained")
    for case in cases:
        W, b, _ = case.inputs
        x = np.float32(case.expected)
        for _ in range(3):
            J = np.float32(W) * (1 - np.tanh(x[:, None]) ** 2) - np.eye(len(b), dtype=np.float32)
            x = x - np.linalg.solve(J, (np.tanh(x) @ np.float32(W).T + np.float32(b) - x)[..., None])[..., 0]
        assert q4._speed(case, case.expected).max() < q4.STILL / 1e3
        assert q4._speed(case, x.astype(float)).max() > 10 * q4.STILL


def test_q4_sound_searches_find_every_point_with_room():
    """Right answers lie within a hundredth of the distance at which a point counts as found."""
    for case in drawn(SET.questions["q4"], range(2)):
        for name in ("scipy_root", "in_the_other_network"):
            x = np.asarray(right("q4")[name](*case.inputs))
            off = np.linalg.norm(case.expected[:, None] - x, axis=-1).min(axis=1)
            assert len(x) == len(case.expected) and off.max() < case.facts["within"] / 100, name


def test_q4_the_librarys_search_in_this_very_field_finds_them():
    """Why analysis and dynamics are closed; its own networks have other rest points (library_a5)."""
    (case,) = drawn(SET.questions["q4"], [0], "nine")
    W, b, starts = (torch.as_tensor(part) for part in case.inputs)
    flow = FunctionFlow(lambda x: torch.tanh(x) @ W.T + b - x, len(b))
    found = fixed_points(flow, starts[:10])
    off = np.linalg.norm(found.x[found.converged].numpy()[:, None] - case.expected, axis=-1).min(axis=1)
    assert len(off) > 5 and off.max() < 1e-6


def test_the_given_network_holds_three_bits(monkeypatch):
    """It visits states of all eight words; left alone, each word stays and comes to rest."""
    monkeypatch.setattr(begins, "_current", ["a5_flipflop"])
    net = data("net")
    shapes = {"W": (16, 16), "b": (16,), "C": (3, 16), "d": (3,), "states": (240, 16)}
    assert {name: net[name].shape for name in net} == shapes
    x = net["states"]
    said = np.sign(np.tanh(x) @ net["C"].T + net["d"])
    assert len(np.unique(said, axis=0)) == 8
    for _ in range(3000):
        x = x + 0.2 * (np.tanh(x) @ net["W"].T + net["b"] - x)
    later = np.tanh(x) @ net["C"].T + net["d"]
    assert (np.sign(later) == said).mean() > 0.99 and np.abs(later).min() > 0.8
    assert len(np.unique(np.round(x, 6), axis=0)) == 8
