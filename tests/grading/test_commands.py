"""The instructor's commands: collect, export, regrade, doctor."""

import json

import handed
import pytest
import tiny
from typer.testing import CliRunner

from course_lib.staff.cli import app
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.report import consultation
from course_lib.validation import CourseError


@pytest.fixture
def run(course, monkeypatch):
    """Runs a command in the tiny course and gives what it printed; an error is raised as it is."""
    (course / "_toc.yml").write_text("")
    monkeypatch.chdir(course)
    monkeypatch.setenv("COLUMNS", "200")

    def called(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return called


def test_collect_says_who_is_put_aside_and_runs_nothing(course, run):
    trace = f"open({str(course / 'trace')!r}, 'w').close()"
    members = {**handed.CANVAS, "[bold]x[/no]_1_2_e.ipynb": tiny.inserted(tiny.answered(), "setup", trace)}
    handed.write_zip(course / "in.zip", members)
    said = run("collect", "tiny", "--submissions", "in.zip")
    assert "8 submissions, named as canvas names them" not in said and "named as canvas names them" in said
    assert "put aside: poe-104" in said and "2 marked late" in said and "account.txt" in said
    assert not (course / "trace").exists() and not Places(course).database.exists()
    assert Places(course).submitted("tiny", "doejane-101").exists()


def test_collect_takes_a_preset_and_forgets_when_told(course, run):
    handed.write_zip(course / "one.zip", handed.ILIAS)
    handed.write_zip(course / "two.zip", {"Doe_Jane_jdoe_301/tiny.ipynb": "right"})
    assert "named as ilias" in run("collect", "tiny", "--submissions", "one.zip")
    assert "named by student" in run("collect", "tiny", "--submissions", "two.zip", "--lms", "plain", "--fresh")
    with pytest.raises(CourseError, match="lms: wanted one of"):
        run("collect", "tiny", "--submissions", "two.zip", "--lms", "schoology")


def test_grade_regrade_and_export_from_the_command_line(course, run, tmp_path):
    handed.write_zip(course / "in.zip", {"PS_jdoe_attempt_2026-11-20-22-10-00_tiny.ipynb": "half"})
    run("grade", "tiny", "--submissions", "in.zip", "--unsandboxed")
    with pytest.raises(CourseError, match="--so-far"):
        run("export", "tiny")
    assert "tiny-blackboard.csv" in run("export", "tiny", "--so-far")
    assert "tiny.csv" in run("export", "tiny", "--so-far", "--to", "plain")
    reference = course / "solutions" / "tiny" / "reference.py"
    reference.write_text(reference.read_text().replace("return 2 * x", "return 3 * x"))
    said = run("regrade", "tiny", "--preview", "--unsandboxed", "--json", str(tmp_path / "p.json"))
    assert "jdoe q1: 0 -> 4" in said and "Nothing was written" in said
    (change,) = json.loads((tmp_path / "p.json").read_text())["changes"]
    assert (change["student"], change["question"], change["before"], change["after"]) == ("jdoe", "q1", 0, 4)
    assert "jdoe,4" in (Places(course).exports / "tiny-blackboard.csv").read_text("utf-8-sig")
    run("regrade", "tiny", "--unsandboxed")
    assert "jdoe,8" in (Places(course).exports / "tiny-blackboard.csv").read_text("utf-8-sig")


def test_doctor_reads_a_students_notebook_and_does_not_run_it(root, tmp_path):
    released = json.loads((root / "assignments" / "a1_lorenz" / "a1_lorenz.ipynb").read_text())
    place = next(n for n, cell in enumerate(released["cells"]) if cell["cell_type"] == "code")
    trace = f"open({str(tmp_path / 'trace')!r}, 'w').close()\n\x1b[31m"
    released["cells"].insert(place, {**released["cells"][place], "source": trace})
    (tmp_path / "x.ipynb").write_text(json.dumps(released))
    said = "\n".join(consultation(tmp_path / "x.ipynb", run=False))
    assert "read, not run" in said and "verdict" in said and "\x1b" not in said
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "which is none"),
        (b"{ broken", "not JSON"),
        (json.dumps({"cells": [], "metadata": {}}).encode(), "names none"),
        (json.dumps(tiny.answered()).encode(), "tiny"),
    ],
)
def test_doctor_says_what_is_wrong_with_a_file(tmp_path, data, words):
    if data is not None:
        (tmp_path / "x.ipynb").write_bytes(data)
    with pytest.raises(CourseError, match=words):
        consultation(tmp_path / "x.ipynb", run=False)
