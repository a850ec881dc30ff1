"""a4_spiking, questions 1 to 4: the derivations in the questions' first lines, recomputed, and its given data."""

import sys

import answer_matrix as matrix
import numpy as np
import pytest
from conftest import SETS
from derivations import drawn, misses, module

from course_lib.staff.grading.inprocess import answers_of
from course_lib.student import data

begins = sys.modules["course_lib.student.begin"]
SET = SETS["a4_spiking"]


def wrong(name):
    return matrix.mutants(SET, SET.questions[name])


def right(name):
    return matrix.variants(SET, SET.questions[name])


def test_q1_right_trains_stay_within_their_samples_of_the_times_on_paper():
    """Grid, rounding of t_ref, the sample of the mark, Euler's error: each below what the derivation adds up."""
    q1, cases = module(SET, "q1_lif"), drawn(SET.questions["q1"], range(3))
    for function in [*right("q1").values(), q1.on_paper]:
        assert misses(q1.interval_miss, function, cases).max() <= 0.95
        assert misses(q1.latency_miss, function, cases).max() <= 0.95
    for case in cases:
        _, dt, tau, *_, t_ref = case.inputs
        charging = (case.facts["interval"] - t_ref[: len(case.facts["interval"])]) / tau[: len(case.facts["interval"])]
        assert charging.max() < 1.8 and (tau / dt).min() >= 49.9


def test_q1_wrong_clocks_and_resets_are_five_tolerances_off():
    q1 = module(SET, "q1_lif")
    held, bare = (drawn(SET.questions["q1"], range(5), stratum) for stratum in ("held", "bare"))
    for name in ("refractory_ignored", "charges_while_refractory", "no_reset", "stays_up"):
        assert misses(q1.interval_miss, wrong("q1")[name], held).min() >= 5, name
    for name in ("reset_to_rest", "held_at_rest", "no_reset"):
        assert misses(q1.interval_miss, wrong("q1")[name], bare).min() >= 5, name


def test_q1_with_a_refractory_period_the_reset_cannot_be_seen():
    """Why the reset has cases of its own."""
    for case in drawn(SET.questions["q1"], range(3), "held"):
        np.testing.assert_array_equal(wrong("q1")["reset_to_rest"](*case.inputs), case.expected)


def test_q1_the_strong_drive_charges_within_the_refractory_period():
    for case in drawn(SET.questions["q1"], range(20), "held"):
        charging = case.facts["interval"][0] - case.facts["t_ref"][0]
        assert charging < 0.6 * case.facts["t_ref"][0]


def test_q2_rounding_and_nearest_mutants():
    q2 = module(SET, "q2_fi_curve")
    cases = drawn(SET.questions["q2"], range(30))
    assert misses(q2.value_miss, right("q2")["single_precision"], cases).max() < 0.2
    for case in cases:
        near = np.abs(case.inputs[0] / (case.inputs[4] - case.inputs[2]) - 1)
        assert np.all((near == 0) | (near >= 0.0199))
    for name, function in wrong("q2").items():
        if name not in ("nan_below", "one_over_zero"):
            offset = [case for case in cases if case.stratum == "from reset"]
            assert misses(q2.value_miss, function, offset).min() > 100, name


def test_q2_exactly_on_threshold_is_exact_in_single_precision():
    for case in drawn(SET.questions["q2"], range(30)):
        i, _, rest, reset, th, _ = case.inputs
        assert all(np.float32(value) == value for value in (rest, reset, th))
        if len(i) > 1:
            assert (i == th - rest).sum() == 1 and (np.float32(i) + np.float32(rest) == np.float32(th)).any()


def test_q3_right_answers_agree_and_the_record_may_be_counted_either_way():
    q3 = module(SET, "q3_regular")
    cases = drawn(SET.questions["q3"], range(15))
    for name, function in right("q3").items():
        for case, answer in zip(cases, answers_of(function, cases), strict=True):
            assert q3.cv_misses(case, answer.value, 1e-4).max() < 1, name
            assert q3.rate_misses(case, answer.value).max() < 0.6, name


def test_q3_a_forgotten_dead_time_and_a_counted_silence_are_far_off():
    q3 = module(SET, "q3_regular")
    for case in drawn(SET.questions["q3"], range(10), "long"):
        assert q3.least_miss(case, wrong("q3")["dead_time_ignored"](*case.inputs)) >= 5
        for name in ("one_pot", "trains_end_to_end", "population_train", "variance_over_mean", "spread_of_rates"):
            assert q3.cv_misses(case, wrong("q3")[name](*case.inputs)).max() >= 5, name
        assert case.facts["spikes"].min() > 80
    for case in drawn(SET.questions["q3"], range(10), "late"):
        assert q3.cv_misses(case, wrong("q3")["silence_counted"](*case.inputs), 0.1).max() > 1


def test_q3_no_cell_fires_while_it_is_dead():
    for case in drawn(SET.questions["q3"], range(5)):
        s, dt, t_ref = case.inputs
        gaps = np.concatenate([np.diff(np.flatnonzero(train)) for train in s.T])
        assert gaps.min() * dt > t_ref
        assert case.facts["nan"] == (4 if case.stratum == "few" else 0)


def test_q4_rounding_exponentials_and_other_orders_of_the_step():
    q4, cases = module(SET, "q4_to_si"), drawn(SET.questions["q4"], range(40))
    answers = answers_of(right("q4")["single_precision"], cases)
    for case, answer in zip(cases, answers, strict=True):
        assert max(q4.share_miss(case, answer.value, which) for which in (0, 1)) < 0.01
        assert q4.settled_miss(case, answer.value) < 0.01
    for case in cases:
        exponential = wrong("q4")["exponential_shares"](*case.inputs)
        assert min(q4.share_miss(case, exponential, which) for which in (0, 1)) > 90
        lost = q4.shares(case)
        assert 0.0199 <= lost[0] < 0.5 and 0.0799 <= lost[1] < 0.6
        for name in ("decay_after_the_look", "decay_twice", "target_fed", "feed_by_the_membrane"):
            assert q4.settled_miss(case, wrong("q4")[name](*case.inputs)) > 5, name


def test_q4_the_judges_cell_is_the_code_that_students_are_given():
    """The scheme of the notebook gives the interval that the judge waits for."""
    text = (SET.folder / "notebook.md").read_text(encoding="utf-8")
    names = {"np": np}
    exec(text[text.index("def their_code") : text.index("\n\n\n_tau_mem")], names)
    for case in drawn(SET.questions["q4"], range(3)):
        times = names["their_code"](*case.expected, 4000)[2]
        assert np.mean(np.diff(times[:8])) == pytest.approx(case.facts["interval"], rel=1e-9)


def test_q4_both_given_runs_are_wrong_and_look_like_results():
    """A silent cell and a rate that a cell could have: neither is what the right numbers give."""
    text = (SET.folder / "notebook.md").read_text(encoding="utf-8")
    names = {"np": np}
    exec(text[text.index("def their_code") : text.index("for _name, _run in")], names)
    counts = [len(names[run][2]) / 0.1 for run in ("_first", "_second")]
    sound = len(names["their_code"](*right("q4")["reference"](20.0, 2.0, 0.8, 15.0), 2500)[2]) / 2
    assert counts[0] == 0 and 20 < sound < 60 and 1.5 * sound < counts[1] < 120


@pytest.fixture
def begun(monkeypatch):
    monkeypatch.setattr(begins, "_current", ["a4_spiking"])


def test_the_given_record_has_cells_of_four_kinds(begun):
    """Clocks, half-way, no memory, and no memory at a swinging rate; the file does not say which is which."""
    make = matrix.load_module(SET.folder / "make_data.py")
    stored = data("trains")
    s, kinds = make.record(np.random.default_rng(4))
    np.testing.assert_array_equal(stored["s"], s)
    assert set(stored) == {"s", "dt", "t_ref"}
    _, cv = right("q3")["reference"](s, float(stored["dt"]), float(stored["t_ref"]))
    mean = [cv[kinds == kind].mean() for kind in range(4)]
    assert mean[0] < 0.2 < 0.45 < mean[1] < 0.6 < 0.9 < mean[2] < 1.1 < mean[3]
