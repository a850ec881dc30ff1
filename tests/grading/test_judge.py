"""Verdicts: three outcomes, conditional properties, the student's own figures."""

import numpy as np
import pytest
import torch

from course_lib.staff.grading import inprocess
from course_lib.staff.grading.judge import NEEDS, NOT_STARTED, as_numbers, better, fault, fill, judge, not_graded
from course_lib.staff.grading.question import Answer, Case, Finding, Property, Question, per_case

CASES = [Case("plain", (np.arange(3.0) + n,), expected=2 * (np.arange(3.0) + n)) for n in range(1, 5)]


def close(case, value):
    ok = np.shape(value) == (3,) and np.allclose(value, case.expected, rtol=1e-5, atol=0)
    return ok, {"yours": np.ravel(value)[0] if np.size(value) else "nothing"}


def shape(case, value):
    return np.shape(value) == (3,)


QUESTION = Question(
    "q1",
    "Twice",
    "double",
    lambda rng: CASES,
    (Property("right", 3, per_case(close)), Property("shape", 1, per_case(shape), needs="right")),
    {"right": "You give {yours}, {missing} is not twice.", "shape": "Keep the shape."},
)


def ask(function):
    return inprocess.ask(QUESTION, function, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 2 * x,
        lambda x: (2 * x).tolist(),
        lambda x: [torch.tensor(2 * v) for v in x],
        lambda x: torch.tensor(2 * x, dtype=torch.float32, requires_grad=True),
        lambda x: tuple(np.float32(2 * v) for v in x),
        lambda x: np.array(2 * x, dtype=object),
        lambda x: (2 * x).astype(int),
    ],
)
def test_precision_and_container_do_not_matter(function):
    verdict = ask(function)
    assert (verdict.outcome, verdict.score, verdict.max) == ("judged", 4, 4)
    assert all(not result.sentence for result in verdict.properties)


def test_a_trivial_property_does_not_count_alone():
    verdict = ask(lambda x: np.zeros(3))
    assert verdict.score == 0 and verdict.outcome == "judged"
    right, shaped = verdict.properties
    assert (right.held, right.of, right.sentence) == (0, 4, "You give 0, … is not twice.")
    assert (shaped.held, shaped.earned, shaped.sentence) == (4, 0, NEEDS)


def test_it_counts_when_the_main_part_holds_once():
    verdict = ask(lambda x: 2 * x if x[0] == 1 else np.zeros(3))
    assert [result.earned for result in verdict.properties] == [0, 1]


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: (_ for _ in ()).throw(NotImplementedError()), NOT_STARTED),
        (lambda x: 1 / 0, "Your function stopped with ZeroDivisionError: division by zero"),
        (lambda x: object(), "could not be read"),
    ],
)
def test_nothing_to_judge_is_the_students_with_the_reason(function, reason):
    verdict = ask(function)
    assert (verdict.outcome, verdict.score) == ("student", 0)
    assert reason in verdict.reason


def test_a_crash_in_one_case_loses_that_case():
    verdict = ask(lambda x: 2 * x if x[0] > 1 else 1 / 0)
    assert verdict.outcome == "judged" and verdict.properties[0].held == 3


def test_an_exception_in_judging_is_ours():
    def broken(evidence):
        raise KeyError("facts")

    question = Question("q1", "t", "f", lambda rng: CASES, (Property("x", 1, broken),), {})
    verdict = judge(question, CASES, [Answer("ok", 1.0)] * 4)
    assert (verdict.outcome, verdict.score) == ("not_graded", None)
    assert "KeyError" in verdict.reason and verdict.human


def test_a_record_of_another_length_earns_nothing_and_is_looked_at():
    verdict = judge(QUESTION, CASES, [Answer("ok", CASES[0].expected)] * 3)
    assert verdict.score == 0 and verdict.human


def test_the_better_of_two_tries_counts():
    full, none, open_ = ask(lambda x: 2 * x), ask(lambda x: x), not_graded(QUESTION, "ours")
    assert better(none, full) is full and better(full, none) is full
    assert better(open_, none) is none and better(none, open_) is none
    assert better(fault(QUESTION, "a"), none).reason == "a"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (3, np.array(3.0)),
        (True, np.array(1.0)),
        ((1, 2.5), np.array([1, 2.5])),
        ((np.ones(2), np.zeros(2)), np.array([[1, 1], [0, 0.0]])),
        (((1, 2), (3, 4)), np.array([[1, 2], [3, 4.0]])),
        ((), np.zeros(0)),
        (np.array([1 + 1j]), np.array([1 + 1j])),
        (np.array([1], dtype="f4"), np.array([1.0])),
    ],
)
def test_numbers_become_arrays_of_one_kind(value, wanted):
    got = as_numbers(value)
    assert got.dtype in (np.float64, np.complex128)
    np.testing.assert_array_equal(got, wanted)


def test_what_is_ragged_or_no_number_stays_in_pieces():
    pair = as_numbers((np.ones((2, 3)), 1.5))
    assert isinstance(pair, tuple) and pair[0].shape == (2, 3) and pair[1] == 1.5
    assert as_numbers(("a", 1))[0] == "a" and as_numbers(None) is None
    assert as_numbers({"w": (1, 2)})["w"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("sentence", "figures", "text"),
    [
        ("{a}", {"a": 1 / 3}, "0.333"),
        ("{a:.1f} {b:d}", {"a": np.float64(2.25), "b": np.int64(3)}, "2.2 3"),
        ("{a:.1f}", {"a": "<b>\n\x1b[1m"}, "<b>  [1m"),
        ("{a}", {"a": np.zeros((2, 3))}, "2 × 3"),
        ("{0} {b}", {}, "… …"),
        ("{a}", {"a": (2, 3)}, "(2, 3)"),
        ("{a} {b}", {"a": "Two words. " * 20, "b": "x" * 9999}, f"{'Two words. ' * 20} {'x' * 299}…"),
    ],
)
def test_figures_fill_their_places_and_never_fail(sentence, figures, text):
    assert fill(sentence, figures) == text


def test_finding_with_failing_figures_is_still_a_sentence():
    question = Question(
        "q", "t", "f", lambda rng: CASES, (Property("x", 1, lambda e: Finding(False, 0, 1)),), {"x": "{y}"}
    )
    assert judge(question, CASES, [Answer("ok", 1.0)] * 4).properties[0].sentence == "…"
