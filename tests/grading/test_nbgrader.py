"""nbgrader's own commands on the same files: the same scores, or a refusal."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sample_class
import tiny
import tiny_class
from nbgrader.api import Comment, Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from traitlets.config import Config

from course_lib.staff.grading import export, gradebook, record, sets
from course_lib.staff.grading.collect import collect, read_release
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places, configure

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own, at a first submission


@pytest.fixture
def collected(course):
    """Three students, collected and registered but not graded; the first leaves a trace when its cells run."""
    folder = course / "in"
    trace = f"import os\nos.mkfifo({str(course / 'trace')!r})\n"
    tiny.hand_in(folder, "ada", tiny.answered(q1=trace + "def double(x):\n    return 2 * x"))
    tiny.hand_in(
        folder, "ben", tiny.answered(q1="def double(x):\n    return x[:1] * 2", q2="def shift(x, by): return x")
    )
    tiny.hand_in(folder, "cyd", tiny.answered({}))
    places, problem_set = Places(course), sets.load(course, "tiny")
    collect(course, problem_set, folder)
    record.register(places, problem_set, read_release(places, problem_set))
    shutil.copy(Path(__file__).parents[2] / "nbgrader_config.py", course)
    return course


def standing(course) -> dict[str, list]:
    return {
        who: [(g.name, g.auto, g.waits) for g in record.grades(Places(course), "tiny", who)]
        for who in ("ada", "ben", "cyd")
    }


SAMPLE = ("right", "half", "untouched", "colab", "helpers", "forged", "dies", "state")


def tiny_sample(root: Path) -> str:
    tiny.make_course(root)
    for student in SAMPLE:
        tiny.hand_in(root / "in", student, tiny_class.SUBMISSIONS[student][0])
    return "tiny"


def a1_sample(root: Path) -> str:
    for folder in ("solutions", "assignments"):
        shutil.copytree(sample_class.ROOT / folder, root / folder)
    sample_class.write_class(root / "in")
    return sample_class.NAME


def left(course: Path, assignment: str) -> dict:
    """Scores, comments, manifest and notebooks that a route leaves behind."""
    places = Places(course)
    with gradebook.opened(places.database_url) as book:
        scores = gradebook.grades_by(book, assignment)
        done = {student: row.fingerprint for student, row in gradebook.done_by(book, assignment).items()}
        comments = {(c.student.id, c.name): c.auto_comment for c in book.db.query(Comment)}
    notebooks = {student: places.autograded(assignment, student).read_text() for student in scores}
    return {"scores": scores, "comments": comments, "done": done, "notebooks": notebooks}


@pytest.mark.parametrize("sample", [tiny_sample, pytest.param(a1_sample, marks=pytest.mark.slow)])
def test_course_grade_nbgraders_command_and_formgraders_call_agree(tmp_path, sample):
    assignment = sample(tmp_path / "a")
    root = tmp_path / "a"
    shutil.copy(Path(__file__).parents[2] / "nbgrader_config.py", root)
    places, problem_set = Places(root), sets.load(root, assignment)
    collect(root, problem_set, root / "in")
    record.register(places, problem_set, read_release(places, problem_set))
    by_command = Path(shutil.copytree(root, tmp_path / "b"))
    by_call = Path(shutil.copytree(root, tmp_path / "c"))

    grade(root, assignment, root / "in", unsandboxed=True)
    wanted = left(root, assignment)
    assert len(wanted["scores"]) >= 8 and wanted["done"].keys() == wanted["scores"].keys()

    command = [sys.executable, "-m", "nbgrader", "autograde", assignment]
    environment = {**os.environ, "COURSE_UNSANDBOXED": "1"}
    done = subprocess.run(command, cwd=by_command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    api = NbGraderAPI(config=application(by_call))
    for student in wanted["scores"]:
        assert api.autograde(assignment, student, force=True)["success"]

    for route in (by_command, by_call):
        found = left(route, assignment)
        for part, value in wanted.items():
            for name in value:
                assert found[part].get(name) == value[name], f"{part} of {name}, {route}"
    assert grade(by_command, assignment, by_command / "in", unsandboxed=True).fresh == 0


def application(course, **settings):
    config = Config()
    configure(config, course)
    config.RunAndJudge.unsandboxed = True
    for name, value in settings.items():
        config.Autograde[name] = value
    return config


def test_it_refuses_without_walls_and_it_refuses_raw_files(collected, without_walls):
    config = application(collected)
    config.RunAndJudge.unsandboxed = False
    done = NbGraderAPI(config=config).autograde("tiny", "ada", force=True)
    assert not done["success"] and "COURSE_UNSANDBOXED=1" in done["log"]
    Places(collected).submitted("tiny", "ada").write_text(json.dumps(tiny.answered()))
    done = NbGraderAPI(config=application(collected)).autograde("tiny", "ada", force=True)
    assert not done["success"] and "Collect first: course grade tiny" in done["log"]
    assert not (collected / "trace").exists()


def test_another_students_collected_file_is_refused(collected):
    places = Places(collected)
    shutil.copy(places.submitted("tiny", "ada"), places.submitted("tiny", "cyd"))
    done = NbGraderAPI(config=application(collected)).autograde("tiny", "cyd", force=True)
    assert not done["success"] and "collected for cyd" in done["error"] + done["log"]


def test_formgraders_call_gives_the_same(collected):
    done = NbGraderAPI(config=application(collected)).autograde("tiny", "ben", force=True)
    assert done["success"], done
    assert [entry[1] for entry in standing(collected)["ben"]] == [0, 0, None]


def test_lateness_is_counted_in_feedback_and_tables_and_never_in_the_gradebook(collected):
    """Two days late by nbgrader's own reckoning, with its penalty on; one day by the system's times."""
    places = Places(collected)
    places.term.write_text('[late]\npercent = 10\n[assignments.tiny]\ndue = 2026-11-20T12:00:00\ntimes = "times.csv"\n')
    (places.gradebook / "times.csv").write_text("id,submitted\nada,2026-11-21 11:00\nben,2026-11-20 11:00\n")
    places.submitted("tiny", "ada").with_name("timestamp.txt").write_text("2026-11-22 12:00:00 UTC")
    with Gradebook(places.database_url, "rnn-dynamics") as book:
        book.update_or_create_assignment("tiny", duedate="2026-11-20 12:00:00 UTC")
    config = application(collected)
    config.LateSubmissionPlugin.penalty_method = "zero"
    assert NbGraderAPI(config=config).autograde("tiny", "ada", force=True)["success"]

    def kept() -> tuple:
        with Gradebook(places.database_url, "rnn-dynamics") as book:
            found = book.find_submission("tiny", "ada")
            return found.score, found.late_submission_penalty, found.total_seconds_late

    assert kept() == (8, 0, 2 * 86400)
    grade(collected, "tiny", collected / "in", unsandboxed=True)
    assert kept() == (8, 0, 2 * 86400)
    with open(places.csv("tiny"), newline="") as file:
        rows = {row["student"]: (row["score"], row["taken off"], row["final"]) for row in csv.DictReader(file)}
    assert rows["ada"] == ("8", "1", "7") and rows["ben"] == ("0", "0", "0")
    page = (places.feedback("tiny") / "ada.html").read_text()
    assert "Handed in 23 hours after the deadline, 1 begun day: 1 point is taken off." in page
    places.term.write_text(places.term.read_text().replace("percent = 10", "percent = 20"))
    export.export(collected, "tiny", so_far=True)
    with open(places.csv("tiny"), newline="") as file:
        assert {row["student"]: row["final"] for row in csv.DictReader(file)}["ada"] == "6"


def test_stock_execute_stops_at_the_kernels_name(collected):
    """Somebody without our configuration must not run student code unprotected."""
    stock = [kind.__name__ for kind in Autograde.autograde_preprocessors.default_args[0]]
    assert stock[0] == "Execute"
    config = application(collected, autograde_preprocessors=Autograde.autograde_preprocessors.default_args[0])
    done = NbGraderAPI(config=config).autograde("tiny", "ada", force=True)
    assert not done["success"]
    assert "course-sandbox" in done["log"]
    assert not (collected / "trace").exists()


def test_the_gradebook_is_nbgraders_own(collected):
    grade(collected, "tiny", collected / "in", unsandboxed=True)
    with Gradebook(Places(collected).database_url, "rnn-dynamics") as book:
        assert book.find_submission("tiny", "ada").score == 8
        assert {entry["id"]: entry["score"] for entry in book.submission_dicts("tiny")}
        assert book.find_comment("q3-written", "tiny", "tiny", "cyd").auto_comment == "No response."
