"""Two versions of one set: each is judged by its own rules where they are kept, and the page says which it was."""

import json
import shutil
from pathlib import Path

import handed
import pytest
import tiny

from course_lib.staff.grading import regrade, sets
from course_lib.staff.grading.explain import CHANGED, explain
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places
from course_lib.validation import CourseError

BACK = tiny.answered(q2="def shift(x, by):\n    return x - by")


def of_version(notebook: dict, version: int) -> dict:
    made = json.loads(json.dumps(notebook))
    made["metadata"]["course"]["version"] = version
    return made


def second_version(course: Path, *, keep: bool) -> Path:
    """Version 2 asks for a shift the other way; what version 1 asked for is kept, or is not."""
    folder = course / "solutions" / "tiny"
    kept = folder / "versions" / "1"
    if keep:
        kept.mkdir(parents=True)
        for path in folder.glob("*.py"):
            shutil.copy(path, kept)
    for name, old, new in (
        ("questions.py", "VERSION = 1", "VERSION = 2"),
        ("reference.py", "return x + by", "return x - by"),
    ):
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))
    (release,) = (course / "assignments" / "tiny").glob("*.ipynb")
    release.write_text(json.dumps(of_version(json.loads(release.read_text()), 2)))
    return kept


@pytest.fixture
def handed_in(course) -> Path:
    """Two who answer as version 1 asked, one with each version; one who answers as version 2 asks."""
    members = {"ada": of_version(tiny.answered(), 1), "ben": of_version(tiny.answered(), 2), "cyd": of_version(BACK, 2)}
    handed.write_folder(course / "in", {f"{who}/tiny.ipynb": what for who, what in members.items()})
    return course / "in"


def q2(course: Path, submissions: Path | None) -> dict[str, float]:
    report = grade(course, "tiny", submissions, unsandboxed=True)
    return {who: entry["questions"]["q2"]["score"] for who, entry in report.students.items()}


def test_an_earlier_version_is_judged_by_its_own_rules(course, handed_in):
    second_version(course, keep=True)
    assert q2(course, handed_in) == {"ada": 4.0, "ben": 0.0, "cyd": 4.0}
    page = Places(course).triage("tiny").read_text()
    assert "It is version 1 of the assignment; it was graded as version 1." in page
    assert regrade.preview(course, "tiny", unsandboxed=True).stood == 3, "each stands under its own rules"
    assert regrade.preview(course, "tiny", everything=True, unsandboxed=True).changes == ()
    said = explain(course, "tiny", "ada", "q2", unsandboxed=True)
    assert "the same verdict" in said and CHANGED not in said


def test_without_the_earlier_rules_the_present_ones_hold_and_it_is_said(course, handed_in):
    second_version(course, keep=False)
    assert q2(course, handed_in) == {"ada": 0.0, "ben": 0.0, "cyd": 4.0}
    assert "version 1 of the assignment; it was graded as version 2." in Places(course).triage("tiny").read_text()


def test_earlier_rules_that_are_kept_later_count_when_the_class_is_graded_again(course, handed_in):
    kept = second_version(course, keep=True)
    aside = course / "aside"
    kept.parent.rename(aside)
    assert q2(course, handed_in)["ada"] == 0.0
    aside.rename(kept.parent)
    assert q2(course, handed_in) == {"ada": 4.0, "ben": 0.0, "cyd": 4.0}


@pytest.mark.parametrize(
    "old, new, said",
    [("VERSION = 1", "VERSION = 3", "Wanted VERSION = 1"), ('"moved", 4', '"moved", 5', "a name of its own")],
)
def test_rules_that_do_not_fit_are_refused_before_anything_is_run(course, handed_in, old, new, said):
    path = second_version(course, keep=True) / "questions.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(CourseError, match=said):
        grade(course, "tiny", handed_in, unsandboxed=True)


def test_a_number_that_nobody_released_is_judged_as_the_present_version(course):
    problem_set = sets.load(course, "tiny")
    for version in (0, 7, -1):
        assert sets.judged_as(problem_set, version) == 1 and sets.of_version(problem_set, version) is problem_set
