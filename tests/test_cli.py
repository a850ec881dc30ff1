"""The command line: quick to answer, and one clear line for a user's mistake."""

import subprocess
import sys

import pytest

COURSE = [sys.executable, "-m", "course_lib.staff.cli"]


def course(*words, cwd):
    return subprocess.run([*COURSE, *words], cwd=cwd, capture_output=True, text=True)


def test_help_names_every_command_and_loads_nothing_heavy(root):
    code = (
        "import sys; sys.argv = ['course', '--help']\n"
        "from course_lib.staff.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'scipy', 'nbgrader', 'sphinx', 'matplotlib'} & set(sys.modules)\n"
        "raise SystemExit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for command in ("release", "notebooks", "book", "looks", "publish", "grade", "explain", "first-run"):
        assert command in done.stdout
    for command in ("collect", "export", "regrade", "doctor"):
        assert command in done.stdout


def test_outside_a_course_it_says_where_to_go(tmp_path):
    done = course("release", cwd=tmp_path)
    assert done.returncode != 0
    assert "course folder" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grade", "a9_nothing", "--submissions", "."), "a1_lorenz"),
        (("grade", "a1_lorenz", "--submissions", "not-there"), "not-there"),
        (("release", "a9_nothing"), "a1_lorenz"),
    ],
)
def test_a_mistake_of_the_user_is_one_clear_line(root, words, said):
    done = course(*words, cwd=root)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("version", ["3.10", "2.7"])
def test_an_old_python_is_told_so(root, tmp_path, version):
    old = tmp_path / "old-python"
    old.write_text(f"#!/bin/sh\necho {version}\n")
    old.chmod(0o755)
    done = subprocess.run(["make", "python-is-new-enough", f"PYTHON={old}"], cwd=root, capture_output=True, text=True)
    assert done.returncode != 0
    assert "3.11" in done.stderr and version in done.stderr


def test_a_missing_python_is_told_so(root):
    done = subprocess.run(
        ["make", "python-is-new-enough", "PYTHON=python-of-nowhere"], cwd=root, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "python-of-nowhere" in done.stderr
