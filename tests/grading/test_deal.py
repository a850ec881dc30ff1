"""Cases follow from key, student and submission; problem sets load without leaving a trace."""

import os
import stat
import sys
from dataclasses import replace

import numpy as np
import pytest
import tiny

from course_lib.staff.grading import deal, sets
from course_lib.validation import CourseError

WORDS = {"key": b"k" * 32, "assignment": "tiny", "version": 1, "student": "ada", "digest": "d1", "question": "q1"}


def first(**changes) -> bytes:
    return deal.seed(**{**WORDS, **changes})


def test_the_same_words_give_the_same_cases():
    assert first() == first()


@pytest.mark.parametrize(
    "change",
    [
        {"key": b"x" * 32},
        {"assignment": "other"},
        {"version": 2},
        {"student": "ben"},
        {"digest": "d2"},
        {"question": "q2"},
        {"student": "adad", "digest": "1"},
    ],
)
def test_every_word_counts(change):
    assert first(**change) != first()


def test_a_seed_draws_the_same_cases_again_and_another_seed_others(course):
    question = sets.load(course, "tiny").questions["q1"]
    one, same, other = (deal.draw(question, seed) for seed in (first(), first(), first(digest="d2")))
    assert [case.inputs[0].tolist() for case in one] == [case.inputs[0].tolist() for case in same]
    assert one[0].inputs[0].tolist() != other[0].inputs[0].tolist()


def test_no_case_at_all_is_refused(course):
    """Every property holds on no case."""
    question = replace(sets.load(course, "tiny").questions["q1"], draw=lambda rng: [])
    with pytest.raises(CourseError, match="at least one case of q1"):
        deal.draw(question, first())


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    key = deal.course_key(tmp_path / "gradebook")
    path = tmp_path / "gradebook" / "course.key"
    assert len(key) == 32 and deal.course_key(tmp_path / "gradebook") == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["course.key"]
    assert deal.course_key(tmp_path / "another") != key


def test_a_key_that_others_may_read_or_that_is_none_is_refused(tmp_path):
    deal.course_key(tmp_path)
    (tmp_path / "course.key").chmod(0o644)
    with pytest.raises(CourseError, match="chmod 600"):
        deal.course_key(tmp_path)
    (tmp_path / "course.key").chmod(0o600)
    (tmp_path / "course.key").write_text("abc")
    with pytest.raises(CourseError, match="Restore"):
        deal.course_key(tmp_path)


def test_a_set_loads_with_its_points_and_leaves_nothing_importable(course):
    before = list(sys.path)
    problem_set = sets.load(course, "tiny")
    assert (problem_set.title, problem_set.version, problem_set.open_modules) == ("Tiny", 1, ())
    assert (problem_set.auto_max, problem_set.max) == (8, 10)
    assert list(problem_set.questions) == ["q1", "q2"] and problem_set.manual == {"q3": 2.0}
    assert sys.path == before
    assert not [name for name in ("questions", "reference", "tiny.reference") if name in sys.modules]
    assert not list((course / "solutions").rglob("__pycache__"))


def test_a_changed_reference_is_loaded_afresh_and_has_another_fingerprint(course):
    rng = np.random.default_rng(0)
    first_set = sets.load(course, "tiny")
    reference = course / "solutions" / "tiny" / "reference.py"
    reference.write_text(reference.read_text().replace("2 * x", "5 * x"))
    second = sets.load(course, "tiny")
    case = second.questions["q1"].draw(rng)[0]
    np.testing.assert_allclose(case.expected, 5 * case.inputs[0])
    assert first_set.fingerprint != second.fingerprint


def test_unknown_and_incomplete_sets_are_named(course):
    with pytest.raises(CourseError, match=r"got 'a9'. There are: tiny"):
        sets.load(course, "a9")
    with pytest.raises(CourseError, match="There are: tiny"):
        sets.load(course, "../tiny")
    questions = course / "solutions" / "tiny" / "questions.py"
    questions.write_text(questions.read_text().replace("WRITTEN =", "OTHER ="))
    with pytest.raises(CourseError, match="WRITTEN"):
        sets.load(course, "tiny")


def test_tiny_release_has_the_questions_points():
    points = [c.metadata.nbgrader.get("points") for c in tiny.release().cells if "nbgrader" in c.metadata]
    assert [p for p in points if p] == [4, 4, 2]
