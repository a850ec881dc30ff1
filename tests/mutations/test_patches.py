"""Wrong versions of the library: each patch in the folders beside this file must make the test that it names fail.

A patch file begins with what is wrong and with `Test: path::name`; below stands a unified diff against the repository.
A line `Slow: yes` leaves it to `make test-all`: its test takes more than a second. The package and its tests are
copied, so that nothing in the repository changes.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PATCHES = {f"{path.parent.name}/{path.stem}": path for path in sorted(HERE.glob("*/*.patch"))}


def parameters() -> list[object]:
    """One for each patch, marked where its test takes long."""
    slow = [name for name, path in PATCHES.items() if "Slow: yes" in path.read_text().splitlines()]
    return [pytest.param(name, marks=pytest.mark.slow) if name in slow else name for name in PATCHES]


@dataclass(frozen=True)
class Run:
    """What pytest answered in one copy; applied is what `git apply` said when the patch did not fit."""

    code: int
    output: str
    applied: str


def named_test(patch: Path) -> str:
    lines = [line for line in patch.read_text().splitlines() if line.startswith("Test: ")]
    assert len(lines) == 1, f"{patch.name}: wanted one line `Test: path::name`, got {len(lines)}"
    return lines[0].removeprefix("Test: ")


def make_copy(folder: Path, tests: list[str]) -> Path:
    """The library's science and its tests, without what they do not need; the grader only for tests of it."""
    grading = any(test.startswith("tests/grading/") for test in tests)
    leave = shutil.ignore_patterns("__pycache__", *(() if grading else ("staff", "student")))
    shutil.copytree(ROOT / "course_lib", folder / "course_lib", ignore=leave)
    if not grading:  # of the staff's side only what conftest.py imports
        (folder / "course_lib" / "staff").mkdir()
        shutil.copy(ROOT / "course_lib" / "staff" / "__init__.py", folder / "course_lib" / "staff")
    for part in ("conformance", "grading") if grading else ("conformance",):
        shutil.copytree(ROOT / "tests" / part, folder / "tests" / part, ignore=leave)
    for source in [*(ROOT / "tests").glob("*.py"), ROOT / "pyproject.toml"]:
        shutil.copy(source, folder / source.relative_to(ROOT))
    return folder


def apply_patch(folder: Path, patch: Path) -> str:
    """An empty string when the patch fitted, otherwise what git said."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(["git", "apply", str(patch)], cwd=folder, env=environment, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr or "git apply failed"


def exit_codes(jobs: list[dict]) -> list[int]:
    """What pytest ended with on each job; forked.py says what a job is."""
    settings = {"OMP_NUM_THREADS": "1", "COURSE_CHECK_SHAPES": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, HERE / "forked.py"],
        input=json.dumps(jobs),
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def runs(request, tmp_path_factory) -> dict[str, Run]:
    """The run of every patch that this session asks about, and under "as it is" their tests on the unchanged copy."""
    base = tmp_path_factory.mktemp("patches")
    asked = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    patches = {name: patch for name, patch in PATCHES.items() if name in asked} or PATCHES
    tests = {"as it is": sorted({named_test(patch) for patch in patches.values()})}
    tests |= {name: [named_test(patch)] for name, patch in patches.items()}
    folders = {name: make_copy(base / name.replace(" ", "-"), tests[name]) for name in tests}
    applied = {name: apply_patch(folders[name], patch) for name, patch in patches.items()}
    jobs = [
        {"folder": str(folders[name]), "tests": tests[name], "output": str(folders[name] / "output.txt")}
        for name in tests
    ]
    return {
        name: Run(code, (folders[name] / "output.txt").read_text(), applied.get(name, ""))
        for name, code in zip(tests, exit_codes(jobs), strict=True)
    }


def test_the_named_tests_pass_on_the_copy_as_it_is(runs):
    assert runs["as it is"].code == 0, runs["as it is"].output[-2000:]


@pytest.mark.parametrize("name", parameters())
def test_the_wrong_version_fails_the_test_that_it_names(name, runs):
    run = runs[name]
    assert run.applied == "", f"{name} does not fit the code any more; write it anew. {run.applied}"
    # 1: tests ran and failed; an import error or a missing test would be 2 or 4
    assert run.code == 1, f"{name} survives its test:\n{run.output[-2000:]}"
    assert f"FAILED {named_test(PATCHES[name])}" in run.output, run.output[-2000:]


def test_every_folder_has_at_least_three_faults():
    counts = Counter(path.parent.name for path in PATCHES.values())
    assert counts and min(counts.values()) >= 3, counts
