"""The workflows of the host, as far as they can be tried here: their form, and every command that they run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from course_lib.staff.publishing.public_front import workflow

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
STYLE = "{extends: default, rules: {document-start: disable, truthy: {check-keys: false}, line-length: {max: 120}}}"
TITLE = "Weekly run under Colab's versions failed"


def lint(*paths: Path) -> list[subprocess.CompletedProcess]:
    """yamllint, and the schema of the host's workflows."""
    yamllint = ("yamllint", "--strict", "-d", STYLE)
    schema = ("check_jsonschema", "--builtin-schema", "vendor.github-workflows")
    commands = [[sys.executable, "-m", *tool, *map(str, paths)] for tool in (yamllint, schema)]
    return [subprocess.run(command, capture_output=True, text=True) for command in commands]


def test_every_workflow_has_the_form_that_the_host_wants(tmp_path):
    public = tmp_path / "pages.yml"
    public.write_text(workflow(ROOT))
    assert [done.stdout + done.stderr for done in lint(*WORKFLOWS, public) if done.returncode] == []


def test_the_lint_notices_a_wrong_key_and_a_double_one(tmp_path):
    text = WORKFLOWS[0].read_text()
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(text.replace("runs-on:", "run-on:") + "name: again\n")
    assert all(done.returncode for done in lint(wrong))


def test_every_command_is_a_make_target_of_here():
    makefile = (ROOT / "Makefile").read_text()
    targets = {line.split(":")[0] for line in makefile.splitlines() if line[:1].isalpha()}
    jobs = [job for path in WORKFLOWS for job in yaml.safe_load(path.read_text())["jobs"].values()]
    commands = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert len(commands) >= 8
    for command in commands:
        program, *words = command.split()
        assert program == "make", command
        for word in words:
            variable, sign, _ = word.partition("=")
            assert f"$({variable})" in makefile if sign else word in targets, command


@pytest.mark.parametrize("number", ["", "17"])
def test_a_failed_week_opens_one_issue_and_then_adds_to_it(tmp_path, number):
    stub = tmp_path / "gh"
    stub.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {tmp_path}/said\n[ "$2" = list ] && echo "{number}" || true\n')
    stub.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RUN_ADDRESS": "https://example.org/run/1"}
    subprocess.run(["make", "report-failure"], cwd=ROOT, env=environment, check=True, capture_output=True)
    said = (tmp_path / "said").read_text()
    assert f'select(.title == "{TITLE}")' in said
    assert (f"issue|comment|{number}|" if number else f"issue|create|--title|{TITLE}|") in said
    assert "https://example.org/run/1" in said


def write(path: Path, *cells: str) -> Path:
    """A notebook of these cells."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
    return path


def test_the_weekly_run_names_the_notebook_that_fails_and_runs_the_others(tmp_path):
    good = write(
        tmp_path / "good.ipynb",
        'import sys\nif True:\n    %pip install -q "course-lib @ git+https://example.org/gone"',
        "import course_lib\nassert course_lib.__file__.startswith('/') and 'colab-' in course_lib.__file__",
    )
    bad = write(tmp_path / "bad.ipynb", "1 / 0")
    done = subprocess.run([sys.executable, "tests/colab.py", bad, good], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert re.search(rf"1 of 2  FAILED .*{bad}", done.stdout) and "ZeroDivisionError" in done.stdout
    assert re.search(rf"2 of 2  ok .*{good}", done.stdout), done.stdout
    assert done.stdout.endswith("1 of 2 failed\n")


def test_what_colab_would_have_to_replace_is_told(monkeypatch):
    sys.path.insert(0, str(ROOT / "tests"))
    import colab

    assert colab.requirements() == ([], [])
    monkeypatch.setattr(colab, "version", {"torch": "2.1.2+cpu"}.get)
    missing, old = colab.requirements()
    assert len(old) == 1 and old[0].startswith("torch 2.1.2+cpu, but torch>=2.2 is required")
    assert "torchdiffeq>=0.2.3" in missing and not any(line.startswith("torch>") for line in missing)
    assert colab.numbers("2.11.0+cpu") > colab.numbers("2.2")
