"""Forgetting a person: no byte under gradebook/ holds the id or the name, and the others keep all that is theirs."""

import csv
import json
import shutil
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import handed
import pytest
import sqlalchemy as sql
import tiny
from test_commands import run  # noqa: F401 (a fixture)

from course_lib.staff.grading import account, forget, record, sets
from course_lib.staff.grading.collect import collect
from course_lib.staff.grading.export import export
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places, write_safely
from course_lib.validation import CourseError

ID, NAME, LOGIN = "zuse4711", "Konrad Zuse-Müller", "zusemullerkonrad"
ROSTER = f"id,name,email,canvas\n{ID},{NAME},konrad@example.org,102\njdoe,Jane Doe,jane@example.org,101\n"
MEMBERS = {
    "doejane_101_9001_tiny.ipynb": "right",
    f"{LOGIN}_LATE_102_9002_tiny.ipynb": tiny.inserted(tiny.answered(), "setup", f"# {NAME}"),
    "roe_103_9003_tiny.ipynb": "half",
}
WORDS = (ID, LOGIN, "Konrad", "Zuse", "konrad@example.org")
TERM = """
roster = "../roster.csv"
[late]
percent = 10
late_days = 3
[assignments.tiny]
due = 2026-11-20T23:59:00
times = "../times.csv"
"""


@pytest.fixture(scope="module")
def term(tmp_path_factory) -> Path:
    """A class graded twice, with marks by hand, late days, tables, an archive of feedback and a page of likeness."""
    root = tiny.make_course(tmp_path_factory.mktemp("forget") / "course")
    places = Places(root)
    places.gradebook.mkdir()
    (root / "roster.csv").write_text(ROSTER)
    (root / "times.csv").write_text("id,submitted\n102,2026-11-21 01:00:00\n101,2026-11-20 20:00:00\n")
    places.term.write_text(TERM)
    handed.write_zip(root / "in.zip", MEMBERS)
    grade(root, "tiny", root / "in.zip", unsandboxed=True)
    with record.Gradebook(places.database_url, "rnn-dynamics") as book:
        for student in (ID, "jdoe"):
            written = book.find_grade("q3-written", "tiny", "tiny", student)
            written.manual_score, written.needs_manual_grade = 2.0, False
            said = book.find_comment("q3-written", "tiny", "tiny", student)
            said.manual_comment = f"Well said, {student}. " + "x" * 20_000  # more than a page of the file
        book.db.commit()
    grade(root, "tiny", root / "in.zip", unsandboxed=True)
    export(root, "tiny", so_far=True)
    for path in (places.similar("tiny"), places.similar("tiny").with_suffix(".json")):
        write_safely(path, f"{ID} and jdoe are alike".encode())
    return root


@pytest.fixture
def course(term, tmp_path) -> Path:
    return Path(shutil.copytree(term, tmp_path / "course"))


def holding(folder: Path, words=WORDS) -> list[str]:
    """Files with one of the words in a byte, in the path, or in UTF-16 or JSON."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = (str(path.relative_to(folder)).encode() + path.read_bytes()).lower()
        if any(form in data for word in words for form in (word.lower().encode(), word.lower().encode("utf-16-le"))):
            found.append(path.relative_to(folder).as_posix())
    return found


def test_there_was_much_to_forget(term):
    kept = holding(Places(term).gradebook)
    parts = {name.split("/")[0] for name in kept}
    wanted = {"submitted", "autograded", "verdicts", "feedback", "collected", "late", "triage", "similar", "exports"}
    assert parts >= wanted | {"gradebook.db", "backups"}


@pytest.fixture
def careless():
    """SQLite as most systems build it: what is deleted stays on the pages until they are used again."""

    def connected(made, _):
        made.execute("pragma secure_delete=off")

    sql.event.listen(sql.engine.Engine, "connect", connected)
    yield
    sql.event.remove(sql.engine.Engine, "connect", connected)


def test_no_byte_is_left_and_the_others_keep_theirs(course, careless):
    places = Places(course)
    before = {who: record.grades(places, "tiny", who) for who in ("jdoe", "roe-103")}
    said = forget.forget(course, [ID], agreed=lambda lines: True)
    assert holding(places.gradebook) == []
    assert {who: record.grades(places, "tiny", who) for who in before} == before
    assert {item.student for item in account.read(places, "tiny").students} == {"jdoe", "roe-103"}
    text = "\n".join(said)
    assert f"submitted/{ID}" in text and "dated copies" in text and "roster" in text and "learning management" in text
    assert "course regrade tiny" in text and "Still with the id" not in text


def test_dated_copies_stay_and_hold_the_others(course):
    places = Places(course)
    copies = sorted((places.gradebook / "backups").glob("*.db"))
    forget.forget(course, [ID], agreed=lambda lines: True)
    assert sorted((places.gradebook / "backups").glob("*.db")) == copies != []
    with closing(connect(copies[-1])) as book:
        assert {row[0] for row in book.execute("select id from student")} == {"jdoe", "roe-103"}
        assert book.execute("pragma integrity_check").fetchone() == ("ok",)


def test_who_stands_in_dated_copies_alone_is_forgotten_too(course):
    """As after nbgrader's own command for removing a student, or when an old copy was put back."""
    places = Places(course)
    copies = sorted((places.gradebook / "backups").glob("*.db"))
    kept = [path.read_bytes() for path in copies]
    forget.forget(course, [ID], agreed=lambda lines: True)
    for path, data in zip(copies, kept, strict=True):
        path.write_bytes(data)
    forget.forget(course, [ID], agreed=lambda lines: True)
    assert holding(places.gradebook) == []


def test_a_copy_that_cannot_be_read_is_removed_and_it_says_so(course):
    places = Places(course)
    (places.gradebook / "backups" / "gradebook-2026-01-01-000000-000000.db").write_bytes(ID.encode() * 1000)
    said = "\n".join(forget.forget(course, [ID], agreed=lambda lines: True))
    assert "gradebook-2026-01-01-000000-000000.db" in said and holding(places.gradebook) == []


def test_what_was_removed_of_the_class_is_made_again_without_a_run(course):
    places = Places(course)
    forget.forget(course, [ID], agreed=lambda lines: True)
    assert not places.triage("tiny").exists() and not list(places.exports.iterdir())
    (course / "roster.csv").write_text("id,name,canvas\njdoe,Jane Doe,101\n")
    assert grade(course, "tiny", None, unsandboxed=True).fresh == 0
    with open(places.csv("tiny"), newline="") as file:
        assert {row["student"]: row["score"] for row in csv.DictReader(file)} == {"jdoe": "10", "roe-103": "4"}
    assert holding(places.gradebook) == []


def test_it_asks_first(course):
    places = Places(course)
    kept, shown = holding(places.gradebook), []
    assert forget.forget(course, [ID], agreed=shown.extend) == ["Nothing was removed."]
    assert holding(places.gradebook) == kept and any("late days" in line for line in shown)
    assert any("exports/tiny-canvas.csv" in line for line in shown)


def test_the_command_asks_and_takes_yes_for_scripts(course, run):  # noqa: F811
    assert "Nothing was removed" not in run("forget", ID, "--yes")
    with pytest.raises(CourseError, match="of whom something is kept"):
        run("forget", ID, "--yes")
    with pytest.raises(CourseError, match="letters, digits"):
        run("forget", "../x", "--yes")


def test_files_of_the_instructors_own_are_named_and_left(course):
    places = Places(course)
    (places.gradebook / "notes.txt").write_text(f"{NAME.upper()} asked for a week more")
    (places.gradebook / "list.csv").write_bytes("Zuse-M\u00fcller, Konrad\tpassed".encode())
    (places.gradebook / "table.xls").write_bytes(f"Username\t{ID}\n".encode("utf-16"))
    (places.gradebook / "zuse4711b.txt").write_text("zuse4711b is somebody else")
    said = "\n".join(forget.forget(course, [ID], agreed=lambda lines: True))
    assert (
        "notes.txt" in said
        and "list.csv" in said
        and "table.xls" in said
        and "zuse4711b.txt" not in said
        and (places.gradebook / "notes.txt").exists()
    )


def test_who_handed_in_nothing_readable_is_forgotten_too(course):
    places = Places(course)
    handed.write_zip(course / "broken.zip", {f"{LOGIN}_102_9009_tiny.ipynb": b"{ broken"})
    collect(course, sets.load(course, "tiny"), course / "broken.zip", lms="canvas")
    assert f"quarantine/tiny/{ID}/mail.txt" in holding(places.gradebook)
    forget.forget(course, [ID], agreed=lambda lines: True)
    assert holding(places.gradebook) == []


def test_a_name_in_what_is_said_of_others_goes_and_their_own_stays(course):
    places = Places(course)
    path = places.account("tiny") / "account.json"
    table = json.loads(path.read_text())
    other = next(line for line in table["students"] if line["student"] == "jdoe")
    other["flags"], other["person"] = [f"The same file as {ID}'s ({NAME})."], "Konrad"
    path.write_text(json.dumps(table))
    forget.forget(course, [ID], agreed=lambda lines: True)
    (line,) = (item for item in account.read(places, "tiny").students if item.student == "jdoe")
    assert line.flags == ["The same file as [removed]'s ([removed])."] and line.person == "Konrad"


def test_formgrader_in_the_gradebook_is_said(course, monkeypatch):
    from course_lib.staff.grading import gradebook

    monkeypatch.setattr(gradebook, "WAIT_MILLISECONDS", 10)
    with closing(connect(Places(course).database)) as other:
        other.execute("begin immediate")
        with pytest.raises(CourseError, match="Close formgrader"):
            forget.forget(course, [ID], agreed=lambda lines: True)
    forget.forget(course, [ID], agreed=lambda lines: True)
    assert holding(Places(course).gradebook) == []
