"""The derivations of a2_ctrnn's questions 5 to 8: how right answers scatter, how wrong ones miss, what is told."""

import sys

import answer_matrix as matrix
import numpy as np
import pytest
from checkout import ROOT
from derivations import misses, module

from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.sets import load
from course_lib.student import data
from course_lib.student.checks.a2_ctrnn.q8 import let_go


@pytest.fixture(scope="module")
def a2():
    """The second problem set."""
    return load(ROOT, "a2_ctrnn")


@pytest.fixture
def begun(monkeypatch):
    """The set is declared, without closing any import of this process."""
    monkeypatch.setattr(sys.modules["course_lib.student.begin"], "_current", ["a2_ctrnn"])


def answers_to(problems, name, seed, *strata):
    """Cases of some strata of one question."""
    drawn = problems.questions[name].draw(np.random.default_rng(seed))
    return [case for case in drawn if case.stratum in strata]


def test_q5_right_answers_stay_below_a_tenth_and_wrong_ones_beyond_five(a2):
    q5, question = module(a2, "q5_scores"), a2.questions["q5"]
    right, wrong = matrix.variants(a2, question), matrix.mutants(a2, question)
    for seed in range(10):
        cases = answers_to(a2, "q5", seed, "plain", "shifted")
        for name, function in right.items():
            assert misses(q5.guard_miss, function, cases).max() < 0.1, name
        for name, function in wrong.items():
            which = q5.guard_miss if name != "clipped_at_zero" else q5.score_miss(1)
            assert np.sort(misses(which, function, cases))[-3:].min() > 5, name


def test_q5_every_table_has_a_coordinate_that_is_worse_than_standing_still(a2):
    for seed in range(10):
        for case in answers_to(a2, "q5", seed, "plain"):
            assert case.expected[1].min() < -0.5 < 0.5 < case.expected[0].max()


def test_q5_the_given_table_prints_what_the_text_says(begun, a2):
    given = data("scores")
    assert sorted(given) == ["pred", "previous", "target"]
    for name in ("pred", "previous"):
        pooled = 1 - np.nanmean((given[name] - given["target"]) ** 2) / np.nanvar(given["target"])
        assert round(float(pooled), 2) == 0.99
    series = (given["pred"], given["target"], given["previous"])
    r2, skill = matrix.reference(a2, a2.questions["q5"])(*series)
    assert round(r2[1], 2) == 0.93 and round(skill[1], 1) == -2.2 and min(skill[0], skill[2]) > 0.9


def test_q6_rounding_moves_no_crossing_and_other_norms_move_it_by_five_steps(a2):
    q6, question = module(a2, "q6_valid_time"), a2.questions["q6"]
    right, wrong = matrix.variants(a2, question), matrix.mutants(a2, question)

    def rounded(pred, truth, *others):
        return right["reference"](np.float32(pred).astype(float), np.float32(truth).astype(float), *others)

    for seed in range(10):
        cases = answers_to(a2, "q6", seed, "plain")
        assert misses(q6.crossing_miss, rounded, cases).max() < 1.0 / q6.STEPS + 1e-6
        for name in ("root_mean_square", "sum_of_coordinates", "one_spread_for_all", "squared_error"):
            assert misses(q6.crossing_miss, wrong[name], cases).min() >= 5 / q6.STEPS, name


def test_q6_every_forecast_of_the_plain_tables_is_lost_inside_the_record(a2):
    for seed in range(20):
        for case in answers_to(a2, "q6", seed, "plain", "clock"):
            steps = case.expected / case.facts["step"]
            assert 5 < steps.min() and steps.max() < case.inputs[0].shape[1] - 5


def test_q6_unusual_ends_are_what_they_are_called(a2):
    for seed in range(20):
        (case,) = answers_to(a2, "q6", seed, "return")
        pred, truth, std, dt, _, threshold = case.inputs
        time = pred.shape[1]
        inside = (np.abs(pred - truth[:, -time:]) <= threshold * std).all(axis=-1)
        steps = np.rint(case.expected / dt).astype(int)
        assert inside[:3].all() and list(steps[:3]) == [time] * 3
        for start in (3, 4, 5):
            assert inside[start, steps[start] :].sum() >= 30, "it comes back"
        assert all(np.isnan(pred[start, steps[start] :]).all() and steps[start] < time for start in (6, 7))


def test_q8_the_reference_has_a_wide_margin_and_weak_networks_stay_in_their_bands(a2):
    q8, question = module(a2, "q8_forecaster"), a2.questions["q8"]
    wrong = matrix.mutants(a2, question)
    cases = question.draw(np.random.default_rng(3))
    bands = {
        "small_ridge": (4.3, 5.8),
        "moderate_ridge": (2.4, 3.8),
        "heavy_ridge": (0.6, 1.6),
        "persistence": (0, 0.1),
    }
    reached = {name: quality(q8, wrong[name], cases) for name in bands}
    assert all(low <= reached[name] <= high for name, (low, high) in bands.items()), reached
    assert quality(q8, matrix.reference(a2, question), cases) > 7.5


def quality(q8, function, cases):
    """The quality that the judge measures."""
    return q8.quality(list(zip(cases, answers_of(function, cases), strict=True)))[0]


def test_q8_a_network_that_is_nan_or_too_large_or_missing_earns_nothing(a2):
    q8, question = module(a2, "q8_forecaster"), a2.questions["q8"]
    cases = question.draw(np.random.default_rng(0))
    huge = [np.full((5, 5), 1e200), np.full((5, 3), 1e200), np.zeros(5), np.full((3, 5), 1e200), np.zeros(3)]
    assert quality(q8, lambda x, rng: tuple(huge), cases) == 0
    assert quality(q8, lambda x, rng: (*huge[:4], np.full(3, np.nan)), cases) == 0
    assert quality(q8, lambda x, rng: 1 / 0, cases) == 0


def test_q8_judge_and_visible_check_measure_the_same(begun, a2):
    """The judge folds the loop into the weights, the check feeds forecasts back: one and the same network."""
    q8, mutants = module(a2, "q8_forecaster"), matrix.mutants(a2, a2.questions["q8"])
    x, rng = data("flow")["x"].astype(float), np.random.default_rng(0)
    network = mutants["sixty_units"](x, rng)
    pred, truth, lyap = let_go(*network)
    off = np.abs(pred - truth[:, -pred.shape[1] :]).max(axis=-1) > q8.OFF
    first = np.where(off.any(axis=1), off.argmax(axis=1), pred.shape[1])
    times, ratio = q8.horizons(network, truth, lyap)
    assert np.abs(times / lyap - first).max() <= 1 and ratio < 0.05


def test_q8_the_numbers_of_the_written_answer(begun, a2):
    """Without bias: small errors while driven, and a short horizon all the same."""
    q8, mutants = module(a2, "q8_forecaster"), matrix.mutants(a2, a2.questions["q8"])
    x = data("flow")["x"].astype(float)
    truth, lyap = data("flow")["held_out"].astype(float), float(data("flow")["lyap"])
    times, ratio = q8.horizons(mutants["no_bias"](x, np.random.default_rng(0)), truth, lyap)
    assert round(ratio, 4) == 0.0015 and round(float(np.median(times)), 1) == 1.6
    times, _ = q8.horizons(matrix.reference(a2, a2.questions["q8"])(x, np.random.default_rng(0)), truth, lyap)
    assert np.median(times) > 7.9


def test_q8_given_data_are_small_and_standard(begun):
    folder = sys.modules["course_lib.student.data"].FOLDER / "a2_ctrnn"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 300_000
    given = data("flow")
    assert sorted(given) == ["held_out", "lyap", "x"] and given["x"].shape == (24, 400, 3)
    assert np.abs(given["x"].mean(axis=(0, 1))).max() < 1e-3 and np.abs(given["x"].std(axis=(0, 1)) - 1).max() < 1e-3


@pytest.mark.slow
def test_q8_stored_exponents_are_those_of_their_members(a2):
    """Three members again, from other starts: the standard error is below one percent."""
    make = matrix.load_module(a2.folder / "make_data.py")
    with np.load(a2.folder / "members.npz") as bank:
        for k in (0, 9, 19):
            found = make.largest_exponent(np.random.default_rng(k), tuple(bank["parameters"][k]))
            assert abs(found / bank["exponent"][k] - 1) < 0.02
