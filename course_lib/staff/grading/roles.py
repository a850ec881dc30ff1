"""What each cell of a released notebook is for, and what of a collected notebook is run, in which order."""

import ast
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from typing import Any

from course_lib.staff.grading.run import Step

VISIBLE = {"check", "doctor", "hello"}
# A kernel that no Jupyter has: stock Execute stops at its name instead of running a student's code unprotected.
KERNELSPEC = {"name": "course-sandbox", "display_name": "The course's own worker", "language": "python"}


def role_of(cell: Any) -> str:
    """One of text, written, probe, check, given, answer, explore or free, from a release cell's metadata.

    check: locked and nothing but visible checks, not run; given: other locked code; answer: the student's solution;
    explore: the student's own, not run; free: the student's, run.
    """
    data = cell["metadata"].get("nbgrader", {})
    grade, solution, locked = (bool(data.get(key)) for key in ("grade", "solution", "locked"))
    if grade and solution:
        return "written"
    if cell["cell_type"] != "code":
        return "text"
    if grade:
        return "probe"
    if solution:
        return "answer"
    if "explore" in cell["metadata"].get("tags", ()):
        return "explore"
    if locked:
        return "check" if _only_checks(cell["source"]) else "given"
    return "free"


def _only_checks(source: str) -> bool:
    """Whether a cell does nothing but call the visible checks: they say nothing to a grader and cost time."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return False
    calls = [s.value.func for s in statements if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
    names = [function.id for function in calls if isinstance(function, ast.Name)]
    return bool(names) and len(names) == len(statements) and set(names) <= VISIBLE


def question_of(cell: Any) -> str:
    """Name of the question that a graded cell belongs to: "q2" for "q2-probe" and "q2-written"."""
    return str(cell["metadata"]["nbgrader"]["grade_id"]).rsplit("-", 1)[0]


def plan(cells: Sequence[Any], questions: Iterable[str]) -> list[Step]:
    """What of a collected notebook runs, in order: checks and explorations do not, probes by name.

    A cell that needs what stands below it runs behind that (see `waiting`).
    """
    steps: list[Step] = []
    known = set(questions)
    behind: dict[int, list[int]] = {}
    for place, cell in enumerate(cells):
        if "behind" in cell["metadata"].get("course", {}):
            behind.setdefault(cell["metadata"]["course"]["behind"], []).append(place)
    waiting = {place for places in behind.values() for place in places}
    todo = [-1, *(place for place in range(len(cells)) if place not in waiting)]
    while todo:
        place = todo.pop(0)
        todo[:0] = behind.pop(place, [])
        if place >= 0:
            steps.extend(_steps(place, cells[place], known))
    return steps


def _steps(place: int, cell: Any, known: set[str]) -> list[Step]:
    """The step that a cell is, or none."""
    if cell["cell_type"] == "code" and cell["metadata"].get("course", {}).get("role") == "probe":
        return [Step(place, "", question_of(cell))] if question_of(cell) in known else []
    source = runs(cell)
    return [Step(place, source)] if source.strip() else []


def runs(cell: Any) -> str:
    """What of a collected cell is run as it stands; nothing of texts, checks and probes."""
    course = cell["metadata"].get("course", {})
    role = course.get("role", "text")
    if cell["cell_type"] != "code" or role in ("check", "probe"):
        return ""
    return str(course.get("run", "" if role == "explore" else cell["source"]))


def digest(cells: Iterable[Any]) -> str:
    """Hash of what a collected notebook says and runs: the same content meets the same cases."""
    content = [
        [cell["cell_type"], cell["source"], cell["metadata"].get("course", {}), _grade_id(cell)] for cell in cells
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def mark(key: bytes, assignment: str, student: str, content: str) -> str:
    """Proof that collect made this notebook for this student: run and `nbgrader autograde` refuse one without it."""
    words = json.dumps(["collected", assignment, student, content]).encode()
    return hmac.new(key, words, hashlib.sha256).hexdigest()


def is_collected(notebook: Any, key: bytes, assignment: str, student: str) -> bool:
    """Whether the notebook bears the mark that belongs to its content, assignment and student."""
    given = notebook["metadata"].get("course", {}).get("mark", "")
    wanted = mark(key, assignment, student, digest(notebook["cells"]))
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _grade_id(cell: Any) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
