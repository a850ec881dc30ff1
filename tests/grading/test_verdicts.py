"""What a verdict rests on."""

import ast
from pathlib import Path

from course_lib.staff import grading
from course_lib.staff.grading.verdicts import AFTER_THE_VERDICT

FOLDER = Path(grading.__file__).parent
PACKAGE = "course_lib.staff.grading"


def imports(module: str) -> set[str]:
    """Modules of the grader that this one imports."""
    found = set()
    for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            inside = (node.module or "").removeprefix(PACKAGE).lstrip(".")
            found |= {inside} if inside else {alias.name for alias in node.names}
    return {name for name in found if (FOLDER / f"{name}.py").exists()}


def reached(*modules: str) -> set[str]:
    seen, queue = set(), list(modules)
    while queue:
        module = queue.pop()
        if module not in seen:
            seen.add(module)
            queue += imports(module)
    return seen


def test_what_runs_and_judges_needs_no_module_that_the_fingerprint_leaves_out():
    machinery = reached("batch", "worker", "guard", "stand_ins", "judge_server", "preprocessors")
    assert {"run", "judge", "rebuild", "deal"} <= machinery  # the walk went somewhere
    assert not machinery & AFTER_THE_VERDICT


def test_every_module_left_out_exists():
    assert all((FOLDER / f"{name}.py").exists() for name in AFTER_THE_VERDICT)
