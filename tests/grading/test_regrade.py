"""The preview of grading again: the change that comes, said before it comes, and nothing written."""

import hashlib

import pytest
import tiny

from course_lib.staff.grading import record, regrade
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.judge import PropertyResult, Verdict
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.regrade import changes_of, preview
from course_lib.staff.grading.verdicts import Graded
from course_lib.validation import CourseError


def state(course) -> dict[str, str]:
    """All files of the gradebook by their content; the database by what it holds."""
    places = Places(course)
    files = {
        str(path.relative_to(course)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(places.gradebook.rglob("*"))
        if path.is_file() and not path.name.startswith((".lock", "gradebook.db"))
    }
    for student in ("ada", "ben", "cyd"):
        files[student] = str(record.grades(places, "tiny", student))
    return files


@pytest.fixture
def changed(course):
    """Three students graded; a person raised one of them; then the second question's answer was mended."""
    folder = course / "in"
    tiny.hand_in(folder, "ada", tiny.answered())
    tiny.hand_in(folder, "ben", tiny.answered(q2="def shift(x, by):\n    return x - by"))
    tiny.hand_in(folder, "cyd", tiny.answered(q2="def shift(x, by):\n    return x - by"))
    grade(course, "tiny", folder, unsandboxed=True)
    with record.Gradebook(Places(course).database_url, "rnn-dynamics") as book:
        mended = book.find_grade("q2-probe", "tiny", "tiny", "cyd")
        mended.manual_score, mended.needs_manual_grade = 3.0, False
        book.db.commit()
    reference = course / "solutions" / "tiny" / "reference.py"
    reference.write_text(reference.read_text().replace("return x + by", "return x - by"))
    return course


def test_it_says_who_changes_by_how_much_and_writes_nothing(changed):
    before = state(changed)
    made = preview(changed, "tiny", unsandboxed=True)
    assert state(changed) == before
    assert (made.run, made.stood, made.problems) == (3, 0, {})
    found = {(change.student, change.question): change for change in made.changes}
    assert set(found) == {("ada", "q2"), ("ben", "q2"), ("cyd", "q2")}
    assert (found["ada", "q2"].before, found["ada", "q2"].after, found["ada", "q2"].difference) == (4, 0, -4)
    assert (found["ben", "q2"].before, found["ben", "q2"].after, found["ben", "q2"].difference) == (0, 4, 4)
    kept = found["cyd", "q2"]
    assert kept.by_hand and (kept.before, kept.after, kept.machine, kept.difference) == (3, 3, 4, 0)
    text = "\n".join(regrade.lines(made))
    assert "ada q2: 4 -> 0  moved" in text and "cyd q2: 3 -> 3 (given by hand, stays; the machine says 4)" in text
    assert "1 question(s) up, 1 down" in text and "course regrade tiny" in text


def test_what_it_said_is_what_comes(changed):
    made = preview(changed, "tiny", unsandboxed=True)
    report = grade(changed, "tiny", None, unsandboxed=True)
    for change in made.changes:
        assert report.students[change.student]["questions"][change.question]["score"] == change.after
    again = preview(changed, "tiny", unsandboxed=True)
    assert again.run == 0 and again.stood == 3 and not again.changes
    assert preview(changed, "tiny", unsandboxed=True, everything=True).run == 3


def test_a_question_that_would_not_be_graded_is_said(changed):
    questions = changed / "solutions" / "tiny" / "questions.py"
    questions.write_text(
        questions.read_text().replace("def shaped(case, value):", "def shaped(case, value):\n    1 / 0")
    )
    text = "\n".join(regrade.lines(preview(changed, "tiny", unsandboxed=True)))
    assert "ada q1: 4 -> not graded" in text


def verdict(score, *properties):
    return Verdict("judged", score, 4.0, properties)


def graded(**verdicts):
    return Graded("tiny", "ada", "d", "f", "none", verdicts, 1.0)


def test_changes_question_by_question():
    stands = {"q1": {"score": 4.0}, "q2": {"score": 1.0}}
    lost = PropertyResult("right-value", 3, 0, 0, 3, "no")
    now = graded(q1=verdict(1.0, lost), q2=verdict(1.0))
    (change,) = changes_of("ada", stands, set(), graded(q1=verdict(4.0), q2=verdict(1.0)), now)
    assert (change.question, change.difference, change.by_hand, change.why) == ("q1", -3.0, False, "right value")
    (kept,) = changes_of("ada", stands, {"q1"}, graded(q1=verdict(2.0), q2=verdict(1.0)), now)
    assert kept.by_hand and kept.after == 4.0 and kept.difference == 0
    assert len(changes_of("ada", {}, set(), None, now)) == 2


def test_without_a_class_it_says_what_to_run(course):
    with pytest.raises(CourseError, match="course grade tiny"):
        preview(course, "tiny", unsandboxed=True)
    with pytest.raises(CourseError, match="course grade tiny"):
        grade(course, "tiny", None, unsandboxed=True)
