"""A wrong answer whose numbers come out of a known wrong way is told so; any other is not."""

import numpy as np
import pytest

from course_lib.staff.grading import deal, feedback, sets
from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.judge import judge_record
from course_lib.staff.grading.judging import Judge
from course_lib.staff.grading.slips import named, slip, slips_of
from course_lib.student import wire
from course_lib.student.probe import answer_cases

SEED = bytes(range(32))
WRONG = '''
"""Known wrong ways."""

import numpy as np


def thrice(x):
    """Multiplied by `three` <b>instead</b> of two.

    A second paragraph is for instructors.
    """
    return 3 * x


def _helper(x):
    return x


def negative(x):
    """The sign is lost."""
    return -2 * x
'''


@pytest.fixture
def tiny(course):
    """The tiny set with two wrong ways written down for its first question."""
    folder = course / "solutions" / "tiny" / "mutants"
    folder.mkdir()
    (folder / "q1.py").write_text(WRONG)
    return sets.load(course, "tiny")


def told(problem_set, function):
    """The slip that is named for a function."""
    question = problem_set.questions["q1"]
    cases = deal.draw(question, SEED)
    record = wire.encode({"answers": answer_cases(function, [case.inputs for case in cases]), "again": ()})
    return named(judge_record(question, cases, record), cases, record, problem_set.folder, "q1")


def test_the_wrong_way_is_named_by_the_students_numbers(tiny):
    assert told(tiny, lambda x: 3 * x).slip == "Multiplied by `three` <b>instead</b> of two."
    assert told(tiny, lambda x: (3 * np.float32(x)).tolist()).slip.startswith("Multiplied")
    assert told(tiny, lambda x: -2 * x).slip == "The sign is lost."


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 2 * x,
        lambda x: 4 * x,
        lambda x: 3 * x * (1 + 1e-3),
        lambda x: (3 * x)[:1],
        lambda x: "3",
        lambda x: None,
        lambda x: {"a": 3 * x},
        lambda x: 1 / 0,
        lambda x: np.full_like(x, np.nan),
        lambda x: 3 * x if len(x) > 1 else 5 * x,
    ],
)
def test_other_answers_hear_nothing(tiny, function):
    verdict = told(tiny, function)
    assert verdict.slip == "" and not verdict.human


def test_points_never_depend_on_it(tiny):
    question = tiny.questions["q1"]
    cases = deal.draw(question, SEED)
    record = wire.encode({"answers": answer_cases(lambda x: 3 * x, [case.inputs for case in cases]), "again": ()})
    plain = judge_record(question, cases, record)
    assert plain.slip == "" and plain.score == named(plain, cases, record, tiny.folder, "q1").score


def test_a_fault_in_the_wrong_ways_costs_no_verdict(tiny):
    (tiny.folder / "mutants" / "q1.py").write_text("1 / 0\n")
    verdict = told(tiny, lambda x: 3 * x)
    assert (verdict.outcome, verdict.score, verdict.slip) == ("judged", 1.0 if verdict.score else 0.0, "")
    assert "ZeroDivisionError" in verdict.human


def test_a_set_without_wrong_ways_tells_nothing(course):
    problem_set = sets.load(course, "tiny")
    assert slips_of(problem_set.folder, "q1") == {}
    assert told(problem_set, lambda x: 3 * x).slip == ""


def test_an_open_ended_question_tells_nothing(tiny):
    (case, *_) = deal.draw(tiny.questions["q1"], SEED)
    open_ended = type(case)(case.stratum, case.inputs)
    answers = answers_of(lambda x: 3 * x, [open_ended])
    assert slip([open_ended], answers, slips_of(tiny.folder, "q1")) == ""


def test_it_comes_through_the_judges_process_onto_the_page(course, tiny):
    with Judge(tiny) as bench:
        inputs = wire.decode(bench.draw("q1", SEED))
        verdict = bench.judge("q1", SEED, wire.encode({"answers": answer_cases(lambda x: 3 * x, inputs), "again": ()}))
    assert verdict.slip.startswith("Multiplied")
    shown = feedback._question(tiny.questions["q1"], verdict, None)
    page = feedback.render(
        "feedback.html",
        title="Tiny",
        student="ada",
        grouped=False,
        quarantined="",
        score=0.0,
        late="",
        taken_off=0,
        max=4,
        open=0,
        questions=[{**shown, "comment": ""}],
    )
    assert "Your numbers are those of this way:" in page and "<code>three</code> &lt;b&gt;instead" in page
