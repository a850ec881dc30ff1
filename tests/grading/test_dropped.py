"""A dropped question: nobody loses, everybody graded has its points, and the gradebook keeps what there was."""

import csv
import shutil
from pathlib import Path

import handed
import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

from course_lib.staff.grading import dropped, record, regrade
from course_lib.staff.grading.explain import explain
from course_lib.staff.grading.export import export
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places
from course_lib.validation import CourseError

WRONG = tiny.answered(q2="def shift(x, by):\n    return x - by")


@pytest.fixture(scope="module")
def class_of_four(tmp_path_factory) -> Path:
    """Right, wrong in q2, untouched, and a file that nobody can read; marks by hand for two."""
    root = tiny.make_course(tmp_path_factory.mktemp("dropped") / "course")
    members = {"ada": tiny.answered(), "ben": WRONG, "cyd": tiny.answered({}), "dan": b"{ broken"}
    handed.write_folder(root / "in", {f"{who}/tiny.ipynb": what for who, what in members.items()})
    grade(root, "tiny", root / "in", unsandboxed=True)
    with record.Gradebook(Places(root).database_url, "rnn-dynamics") as book:
        written = book.find_grade("q3-written", "tiny", "tiny", "ada")
        written.manual_score, written.needs_manual_grade = 1.5, False
        probe = book.find_grade("q2-probe", "tiny", "tiny", "ben")
        probe.manual_score, probe.extra_credit, probe.needs_manual_grade = 3.0, 2.0, False
        book.db.commit()
    grade(root, "tiny", None, unsandboxed=True)
    return root


@pytest.fixture
def course(class_of_four, tmp_path) -> Path:
    return Path(shutil.copytree(class_of_four, tmp_path / "course"))


def drop(course: Path, *names: str, more: str = "") -> None:
    Places(course).term.write_text(f"{more}\n[assignments.tiny]\ndue = 2026-11-20T23:59:00\ndropped = {list(names)}\n")


def table(course: Path) -> dict[str, dict[str, str]]:
    with open(Places(course).csv("tiny"), newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def feedback(course: Path, student: str) -> str:
    return (Places(course).feedback("tiny") / f"{student}.html").read_text()


def test_everybody_graded_has_all_its_points_and_nobody_else(course):
    before = table(course)
    assert {who: row["score"] for who, row in before.items()} == {"ada": "9.5", "ben": "9", "cyd": "0", "dan": ""}
    drop(course, "q2")
    report = grade(course, "tiny", None, unsandboxed=True)
    assert report.fresh == 0
    assert {who: row["score"] for who, row in table(course).items()} == {
        "ada": "9.5",
        "ben": "9",  # extra credit made it more than all its points
        "cyd": "4",
        "dan": "",
    }
    assert report.students["cyd"]["questions"]["q2"] == {"score": 4.0, "max": 4.0, "outcome": "dropped"}
    assert any("Dropped" in note and "q2" in note for note in report.notes)


def test_feedback_says_so_and_no_more_of_that_question(course):
    assert "not moved by the second argument" in feedback(course, "ben")
    drop(course, "q2")
    export(course, "tiny", so_far=True)
    for who in ("ada", "ben", "cyd"):
        assert feedback(course, who).count(dropped.SENTENCE) == 1
    assert "not moved by the second argument" not in feedback(course, "ben")
    assert "4 of 10" in feedback(course, "cyd") and dropped.SENTENCE not in feedback(course, "dan")


def test_a_dropped_written_question_waits_for_nobody(course):
    with pytest.raises(CourseError, match="wait for a person"):
        export(course, "tiny", to="plain")
    drop(course, "q3")
    export(course, "tiny", to="plain")
    assert {who: row["score"] for who, row in table(course).items()} == {
        "ada": "10",
        "ben": "11",
        "cyd": "2",
        "dan": "",
    }
    assert {row["status"] for who, row in table(course).items() if who != "dan"} == {"graded"}
    grade(course, "tiny", None, unsandboxed=True)
    page = Places(course).triage("tiny").read_text()
    assert "wait for hand grading" not in page and "Dropped in" in page


def test_marks_come_back_when_the_line_is_taken_out(course):
    before = record.grades(Places(course), "tiny", "ada"), table(course)
    drop(course, "q2", "q3")
    grade(course, "tiny", None, unsandboxed=True)
    assert record.grades(Places(course), "tiny", "ada") == before[0] and table(course)["ada"]["score"] == "10"
    Places(course).term.unlink()
    export(course, "tiny", to="plain", so_far=True)
    assert table(course) == before[1]


def test_a_question_that_cannot_be_judged_blocks_nothing_once_it_is_dropped(course):
    questions = course / "solutions" / "tiny" / "questions.py"
    questions.write_text(
        questions.read_text().replace("def shaped(case, value):", "def shaped(case, value):\n    1 / 0")
    )
    report = grade(course, "tiny", None, unsandboxed=True)
    assert report.csv is None and report.students["ada"]["status"] == "not-graded"
    drop(course, "q1")
    report = grade(course, "tiny", None, unsandboxed=True)
    assert report.csv is not None and table(course)["cyd"]["q1"] == "4"
    assert ">Not graded</h2>" not in Places(course).triage("tiny").read_text()


def test_lateness_is_taken_off_what_counts(course):
    (course / "times.csv").write_text("id,submitted\ncyd,2026-11-21 10:00:00\n")
    drop(course, "q2", more="[late]\npercent = 10")
    with open(Places(course).term, "a") as file:
        file.write('times = "../times.csv"\n')
    grade(course, "tiny", course / "in", unsandboxed=True)
    assert (table(course)["cyd"]["score"], table(course)["cyd"]["final"]) == ("4", "3")


def test_the_preview_and_the_explanation_say_that_it_reaches_nobody(course):
    drop(course, "q2")
    reference = course / "solutions" / "tiny" / "reference.py"
    reference.write_text(reference.read_text().replace("return x + by", "return x - by"))
    said = "\n".join(regrade.lines(regrade.preview(course, "tiny", unsandboxed=True)))
    assert "0 student(s) would change" in said and "ada q2: 4 -> 0 (dropped" in said
    assert "Dropped in term.toml" in explain(course, "tiny", "ada", "q2", unsandboxed=True)


@pytest.mark.parametrize(
    ("said", "words"), [('["q9"]', "There are: q1, q2, q3"), ('"q2"', "a list"), ("[2]", "a list")]
)
def test_a_name_that_is_no_question_is_refused_before_anything_is_done(course, said, words):
    Places(course).term.write_text(f"[assignments.tiny]\ndropped = {said}\n")
    kept = Places(course).csv("tiny").read_bytes()
    for act in (lambda: grade(course, "tiny", None, unsandboxed=True), lambda: export(course, "tiny", so_far=True)):
        with pytest.raises(CourseError, match=words):
            act()
    assert Places(course).csv("tiny").read_bytes() == kept


LINES = st.dictionaries(
    st.sampled_from(["q1", "q2", "q3"]),
    st.builds(
        lambda score, most: {"score": score, "max": most, "outcome": "judged"},
        st.none() | st.floats(0, 9),
        st.floats(1, 9),
    ),
)


@given(LINES, st.sets(st.sampled_from(["q1", "q2", "q3"])))
def test_nobody_loses(lines, names):
    now = dropped.counted(lines, names)
    assert all((now[name]["score"] or 0) >= (line["score"] or 0) for name, line in lines.items())
    assert all(now[name] == line for name, line in lines.items() if name not in names)
    assert all(now[name]["score"] >= lines[name]["max"] for name in names & lines.keys())
