"""Every patch in the folders beside this file plants one fault, and the test that it names must fail.

A patch begins with what is wrong and with `Test: path::name`; below stands a unified diff. To see what the test says:
python tests/mutations/test_estimator_mutants.py estimator/fault
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PATCHES = sorted(patch for patch in HERE.glob("*/*.patch") if patch.parent.name != "science")  # it has its own harness
FAILED = 1  # pytest's exit code when tests ran and some failed; 0, 2, 4 and 5 are none of that


def run_with_fault(patch: Path, folder: Path) -> subprocess.CompletedProcess:
    """Run the patch's test on a copy of the library that has the fault."""
    (test,) = [line[6:] for line in patch.read_text().splitlines() if line.startswith("Test: ")]
    ignore = shutil.ignore_patterns("__pycache__", "mutations", "grading", "assignments", "book", "results")
    for name in ("course_lib", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    outside = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    applied = subprocess.run(["git", "apply", str(patch)], cwd=folder, env=outside, capture_output=True, text=True)
    assert applied.returncode == 0, f"{patch.name} does not fit the code any more: {applied.stderr}"
    paths = os.pathsep.join((str(folder), str(folder / "tests")))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", test]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("patch", PATCHES, ids=[f"{p.parent.name}/{p.stem}" for p in PATCHES])
def test_the_named_test_fails_on_the_fault(patch, tmp_path):
    done = run_with_fault(patch, tmp_path)
    assert done.returncode == FAILED, done.stdout + done.stderr
    assert "error" not in done.stdout.splitlines()[-1], done.stdout


def test_every_estimator_has_at_least_three_faults():
    counts = Counter(patch.parent.name for patch in PATCHES)
    assert counts and min(counts.values()) >= 3, counts


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print(run_with_fault(HERE / f"{sys.argv[1]}.patch", Path(name)).stdout)
