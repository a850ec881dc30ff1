"""An honest and a hostile submission of each real problem set, made from its release and its reference."""

import ast
import json
from pathlib import Path
from typing import Any

from course_lib.staff.grading.sets import ProblemSet

# The functions are looked for wherever they might lie; what is left when none is found answers with zeros.
TAKEN = """
import importlib
def {name}(*args, **more):
    return np.zeros(3)
for module in ("solutions.{set}.reference", "course_lib.systems", "course_lib.integrate", "course_lib.analysis",
               "course_lib.models", "course_lib.training", "course_lib.staff.grading.sets"):
    try:
        {name} = getattr(importlib.import_module(module), "{name}")
    except (ImportError, AttributeError):
        pass
try:
    exec(open("@ROOT@/solutions/{set}/reference.py").read())
except OSError:
    pass
"""


def names(root: Path) -> list[str]:
    """All sets that are released."""
    return sorted(path.parent.name for path in (root / "assignments").glob("*/*.ipynb"))


def honest(root: Path, problem_set: ProblemSet) -> dict[str, Any]:
    """The release with the reference's own functions in its answer cells."""
    text = (root / "solutions" / problem_set.name / "reference.py").read_text(encoding="utf-8")
    found = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    sources = {q.name: ast.get_source_segment(text, found[q.function]) for q in problem_set.questions.values()}
    return _filled(root, problem_set, sources)


def hostile(root: Path, problem_set: ProblemSet) -> dict[str, Any]:
    """Every answer is looked for in the library, the solutions and the disk, and written by nobody."""
    questions = problem_set.questions.values()
    sources = {q.name: TAKEN.format(name=q.function, set=problem_set.name) for q in questions}
    return _filled(root, problem_set, {name: text.replace("@ROOT@", str(root)) for name, text in sources.items()})


def _filled(root: Path, problem_set: ProblemSet, sources: dict[str, str | None]) -> dict[str, Any]:
    path = root / "assignments" / problem_set.name / f"{problem_set.name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
        if name in sources:
            cell["source"] = sources[name]
    return notebook
