"""nbgrader's own commands on the same files: the same scores, or a refusal."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from traitlets.config import Config

from course_lib.staff.grading import record, sets
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


def test_nbgrader_autograde_gives_the_scores_of_course_grade(collected):
    command = [sys.executable, "-m", "nbgrader", "autograde", "tiny"]
    environment = {**os.environ, "COURSE_UNSANDBOXED": "1"}
    done = subprocess.run(command, cwd=collected, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    by_nbgrader = standing(collected)
    assert by_nbgrader["ada"] == [("q1-probe", 4, False), ("q2-probe", 4, False), ("q3-written", None, True)]
    assert (collected / "trace").exists()
    shutil.rmtree(Places(collected).gradebook / "verdicts")
    report = grade(collected, "tiny", collected / "in", unsandboxed=True)
    assert report.fresh == 3
    assert standing(collected) == by_nbgrader


def application(course, **settings):
    config = Config()
    configure(config, course)
    config.RunAndJudge.unsandboxed = True
    for name, value in settings.items():
        config.Autograde[name] = value
    return config


def test_it_refuses_without_walls_and_it_refuses_raw_files(collected):
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
