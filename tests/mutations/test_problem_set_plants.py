"""Faults planted in a copy of a problem set: the suite's own checks must fail on them."""

import json
import os
import shutil
import subprocess
import sys

import pytest

NAME = "a1_lorenz"
WRONG = {
    "rk4": ("k2 = f(t[k] + h / 2, here + h / 2 * k1)", "k2 = f(t[k], here + h / 2 * k1)"),
    "lorenz": ("first * (rho - third) + delta * second", "first * (rho - third) - second"),
}


@pytest.fixture
def copy(root, tmp_path):
    """A copy of the checkout as far as the tests of problem sets go."""
    for folder in ("solutions", "assignments", "course_lib"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root / "tests" / "assignments", tmp_path / "tests" / "assignments")
    for file in ("pyproject.toml", "_config.yml", "_toc.yml", "tests/conftest.py"):
        shutil.copy(root / file, tmp_path / file)
    return tmp_path


def suite(copy, *arguments):
    """Run a part of the copied suite on the copied checkout."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("function", list(WRONG))
def test_a_mutant_in_the_place_of_a_reference_function_fails_the_suite(copy, function):
    edit(copy / "solutions" / NAME / "reference.py", *WRONG[function])
    question = {"lorenz": "q1", "rk4": "q2"}[function]
    done = suite(copy, "tests/assignments/test_matrix.py", "-k", f"right_answers and {question}-0")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_right_answers_get_every_point" in done.stdout and "1 failed" in done.stdout


def test_a_line_of_the_solution_in_a_released_notebook_fails_the_suite(copy):
    path = copy / "assignments" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][2]["source"].append("\n# k2 = f(t[k] + h / 2, here + h / 2 * k1)")
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = suite(copy, "tests/assignments/test_release.py", "-k", "real_release_holds_no_secret")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "k2=f(t[k]+h/2,here+h/2*k1" in done.stdout


def test_a_released_notebook_that_was_edited_fails_the_command(copy):
    path = copy / "assignments" / NAME / f"{NAME}.ipynb"
    edit(path, "Six questions and a written one", "Six questions and an oral one")
    (copy / "_toc.yml").touch()
    command = [sys.executable, "-m", "course_lib.staff.cli", "release", "--check"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Run `course release {NAME}` and commit the result" in done.stderr and "Traceback" not in done.stderr
