"""a5_flipflop: the figures in its rubric, its notes for instructors and the model answer in words, recomputed."""

import inspect
import sys

import answer_matrix as matrix
import numpy as np
import pytest
from conftest import ROOT, SETS

from course_lib.staff.grading.own_numbers import figures_of, margin
from course_lib.student import data
from course_lib.student.checks.a5_flipflop import OWN, q8
from course_lib.student.own import constants
from course_lib.tasks import FlipFlop

SET = SETS["a5_flipflop"]


def verdict(name, function, seed=0):
    question = SET.questions[name]
    return matrix.verdict_of(question, function, question.draw(np.random.default_rng(seed)))


def wrong(name):
    return matrix.mutants(SET, SET.questions[name])


def own_reference(name):
    return matrix.reference(SET, SET.questions[name])


POINTS = {  # what the notes for instructors say that a wrong idea earns
    "q1": {"toggles": 0, "low_from_the_start": 8, "carried_over_the_trials": 8, "one_step_late": 9},
    "q2": {"trial_nearly_right": 9, "memory_once_right": 8, "never_asked_is_kept": 8, "memories_of_the_output": 8}
    | {"margin_ignored": 0, "margin_around_the_target": 0, "threshold_one_half": 0, "mask_ignored": 10},
    "q3": {"copied_the_names_only": 8, "kept_from_before_the_step": 8, "looked_before_the_step": 0}
    | {"latest_of_equals": 11, "nan_is_better": 11, "nan_at_first_for_good": 11, "looked_twice": 12}
    | {"start_compared_too": 12, "stopped_at_the_first_rise": 3},
    "q4": {"only_run": 12, "stable_only": 12, "slow_is_fixed": 16, "rounded_to_merge": 11, "not_merged": 15}
    | {"ends_not_looked_at": 3, "one_start": 5, "few_starts": 10, "not_patient": 12, "tanh_outside": 0},
    "q5": {"modulus_for_both": 4, "real_part_for_both": 4, "no_jumps": 4, "growth_of_one_iteration": 8}
    | {"symmetric_part": 4, "singular_values": 4, "grown_for_a_while": 8, "pair_once": 0, "wait_ignored": 0},
    "q6": {"always": 3, "slower_than_a_thousandth": 6, "stopped_early": 3, "stable_only": 6, "no_slow_mode": 6}
    | {"somewhere": 0},
    "q8": {"fading": 0, "barely_learnt": 0, "hebb": 3, "signs_of_hebb": 3, "one_after_the_other": 6}
    | {"pseudo_inverse": 9},
}


@pytest.mark.parametrize("name", POINTS)
def test_wrong_ideas_earn_what_instructors_are_told(name):
    for idea, points in POINTS[name].items():
        assert verdict(name, wrong(name)[idea]).score == points, idea


def test_q4_what_wrong_searches_list_and_what_single_precision_earns():
    cases = SET.questions["q4"].draw(np.random.default_rng(0))
    listed = {}
    for idea in ("only_run", "not_merged", "merged_too_wide", "slow_is_fixed"):
        answers = matrix.answers(wrong("q4")[idea], cases)
        listed[idea] = {case.stratum: len(answer.value) for case, answer in zip(cases, answers, strict=True)}
    assert listed["only_run"]["many"] == 8 and listed["not_merged"]["many"] == 243
    assert listed["merged_too_wide"] == {"nine": 9, "many": 27, "pair": 6, "ghost": 3, "trained": 27}
    assert listed["slow_is_fixed"]["ghost"] == 6

    def in_single_precision(W, b, starts):
        return np.float32(own_reference("q4")(W, b, starts))

    assert verdict("q4", in_single_precision).score == 11


def test_q6_whatever_the_limit_there_is_a_ghost_below_it():
    called = {"slower_than_a_hundredth": [], "slower_than_a_thousandth": [], "stable_only": [], "no_slow_mode": []}
    called["stopped_early"] = []
    for seed in range(2):
        cases = SET.questions["q6"].draw(np.random.default_rng(seed))
        rests = np.array([case.facts["rests"] for case in cases])
        assert rests.sum() == 10 and len(rests) == 20
        for idea, counts in called.items():
            said = np.array([bool(answer.value[1]) for answer in matrix.answers(wrong("q6")[idea], cases)])
            counts.append((said[~rests].sum(), 10 - said[rests].sum()))
    assert all(6 <= ghosts <= 9 and missed == 0 for ghosts, missed in called["slower_than_a_hundredth"])
    assert all(3 <= ghosts <= 5 and missed == 0 for ghosts, missed in called["slower_than_a_thousandth"])
    assert called["stopped_early"] == [(2, 0)] * 2
    assert called["stable_only"] == [(0, 7)] * 2 and called["no_slow_mode"] == [(0, 6)] * 2


def test_q6_right_verdicts_with_states_that_move():
    def in_single_precision(W, b, x, radius):
        state, rests = own_reference("q6")(W, b, x, radius)
        return np.float32(state), rests

    assert verdict("q6", in_single_precision).score == 9


def test_q6_half_of_the_given_memories_are_gone_later():
    text = (SET.folder / "notebook.md").read_text(encoding="utf-8")
    code = text.split("grade_id: q6-wrong}\n---\n")[1].split("```")[0]
    found = {"np": np}
    exec(code, found)
    x, words = found["_x"], found["_words"]
    assert found["_kept"].all() and 0.001 < found["_speed"].max() < 0.0015
    for _ in range(600):  # 160 time units in all
        x = x + 0.2 * found["_velocity"](x)
    kept = (np.sign(x) == words).all(axis=1)
    assert kept.tolist() == (words[:, 2] > 0).tolist()
    assert np.linalg.norm(found["_velocity"](x), axis=1).max() < 1e-9
    assert found["_b"][2] - (2 ** (2 / 3) - 1) ** 1.5 == pytest.approx(0.0008, abs=1e-5)


def single_precision_ends(W, b, x):
    """Newton's steps on the velocity in single precision; ends (n, N)."""
    W, b, x = np.float32(W), np.float32(b), np.float32(x)
    for _ in range(40):
        J = W * (1 - np.tanh(x[:, None]) ** 2) - np.eye(len(b), dtype=np.float32)
        x = np.clip(x - np.linalg.solve(J, (np.tanh(x) @ W.T + b - x)[..., None])[..., 0], -20, 20)
    return x.astype(float)


def test_q7_a_sound_network_in_which_a_search_finds_nothing(monkeypatch):
    """The model answer: eight stable points from the visited states, and in single precision none below 1e-9."""
    monkeypatch.setattr(sys.modules["course_lib.student.begin"], "_current", ["a5_flipflop"])
    net = data("net")
    W, b, states = net["W"], net["b"], net["states"]
    found = own_reference("q4")(W, b, states)
    modes = np.linalg.eigvals(W * (1 - np.tanh(found[:, None]) ** 2) - np.eye(16))
    assert len(found) == 8 and modes.real.max() < 0
    ends = single_precision_ends(W, b, states)
    speeds = np.linalg.norm(np.tanh(ends) @ W.T + b - ends, axis=1)
    assert 1e-8 < speeds.min() and 2e-7 < np.median(speeds) < 4e-7
    assert np.linalg.norm(found[:, None] - ends, axis=-1).min(axis=0).max() < 1e-5


def life(weight, past, dt):
    """Time units until a unit, stepped by Euler, changes sign; and its least speed."""
    x, bias = np.sqrt(weight**2 - 1), -((weight ** (2 / 3) - 1) ** 1.5) - past
    slowest, steps = np.inf, 0
    while x > 0:
        speed = weight * x / np.sqrt(1 + x * x) - x + bias
        x, slowest, steps = x + dt * speed, min(slowest, abs(speed)), steps + 1
    return steps * dt, slowest


def test_q7_the_ghost_of_the_model_answer_outlives_five_trials():
    lasted, slowest = life(2.0, 0.001, 0.05)
    assert round(lasted) == 114 and 0.00099 < slowest < 0.00101
    task = inspect.signature(FlipFlop).parameters
    trial = task["n_steps"].default / 5  # time units: tau is five steps (make_data.py)
    assert trial == 20 and 5 * trial < lasted


def test_q7_numbers_of_ones_own_may_be_stepped_or_worked_out_on_paper():
    found = figures_of(ROOT, "a5_flipflop")
    for weight in (OWN["weight"].low, OWN["weight"].high):
        for past in (OWN["past"].low, OWN["past"].high):
            right = found.right(weight, past)
            assert life(weight, past, 0.2)[0] == pytest.approx(right, rel=0.003)
            place = found.meeting(weight)[0]
            curvature = 1.5 * weight * place * (1 + place**2) ** -2.5
            assert 1 < np.pi / np.sqrt(curvature * past) / right < 1 + found.TOLERANCE
            slips = [slip / right for slip in found.wrong(weight, past).values()]
            assert slips[0] > 5 and 0.49 < slips[1] < 0.52 and 0.7 < slips[2] < 0.81
    assert min(margin(found, constants("a5_flipflop", f"{number}")) for number in range(10)) > 3


def shares(function, loads=q8.LOADS, sets=4):
    """Shares brought back at each load, over several sets of patterns."""
    found = []
    for load in loads:
        chance = np.random.default_rng(load)
        drawn = [chance.choice([-1.0, 1.0], (load, 50)) for _ in range(sets)]
        found.append(np.mean([q8.brought_back(function(patterns), patterns, chance) for patterns in drawn]))
    return found


def test_q8_the_table_of_what_gets_where():
    told = {"hebb": (1, 0.2, 0, 0), "one_after_the_other": (1, 0.94, 0.6, 0.33), "pseudo_inverse": (1, 1, 0.96, 0.73)}
    for idea, wanted in told.items():
        np.testing.assert_allclose(shares(wrong("q8")[idea]), wanted, atol=0.12, err_msg=idea)
    np.testing.assert_allclose(shares(own_reference("q8")), (1, 1, 0.98, 0.88), atol=0.05)
    for idea, wanted in {"fading": 0.6, "barely_learnt": 1 / 3}.items():
        assert shares(wrong("q8")[idea], loads=q8.LOADS[:1], sets=24)[0] == pytest.approx(wanted, abs=0.1), idea
    assert shares(own_reference("q8"), loads=(28,), sets=6)[0] == pytest.approx(0.6, abs=0.07)


def test_q8_the_pseudo_inverse_keeps_22_patterns_that_nobody_disturbs():
    for seed in range(4):
        patterns = np.random.default_rng(seed).choice([-1.0, 1.0], (22, 50))
        weights = q8.tuned(wrong("q8")["pseudo_inverse"](patterns), patterns)
        assert (np.sign(q8.run_from(weights, patterns)) == patterns).all()
