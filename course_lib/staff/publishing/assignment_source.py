"""From `solutions/<name>/notebook.md` to nbgrader's source notebook.

The text names cells by their grade id alone; what a cell is follows from the end of that name: `-answer` (the
student's code), `-written` (the student's words), `-probe` (graded), `-explore` (the student's own); all others are
locked. Points come from questions.py, solutions from reference.py, so each stands in one place.
"""

import ast
import re
import textwrap
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode, v4

import course_lib
from course_lib.staff.grading.question import Question
from course_lib.staff.grading.sets import ProblemSet, load
from course_lib.staff.publishing.addresses import colab_address
from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.leaks import PLACE, normal
from course_lib.staff.publishing.notebooks import INSTALL
from course_lib.validation import CourseError

COURSE = "rnn-dynamics"
SANDBOX = {"display_name": "course-sandbox", "language": "python", "name": "course-sandbox"}
PROBE = """\
# Question {number} is graded here after you hand in. Leave this cell as it is.
### BEGIN HIDDEN TESTS
__import__("course_lib.student.probe", fromlist=["probe"]).probe("{name}", {function})
### END HIDDEN TESTS"""
BADGE = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({address})"


def source_notebook(root: Path, name: str) -> NotebookNode:
    """nbgrader's source of a set: solutions filled in, probes and points added, fixed cell ids.

    Raises CourseError for an unknown set, a cell without a grade id, or a question without its cells.
    """
    problems = load(root, name)
    notebook = jupytext.reads((problems.folder / "notebook.md").read_text(encoding="utf-8"), fmt="md:myst")
    names, tag = read_names(root), f"v{course_lib.__version__}"
    address = colab_address(names.url, tag, f"assignments/{name}/{name}.ipynb")
    whose = f"\n\n*{names.title}, {names.term}*" if names.term else ""
    cells = [_badge(BADGE.format(address=address) + whose)]
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if not grade_id:
            raise CourseError(
                f"Wanted a grade_id for every cell of {name}/notebook.md, got none at {cell.source[:60]!r}. Add it."
            )
        if grade_id == "setup":
            cell.source = f"{INSTALL.format(url=names.url, tag=tag)}\n\n{cell.source}"
        cells.append(_filled(cell, grade_id, problems))
    _require_cells(cells, problems)
    metadata = {
        "course": {"id": COURSE, "assignment": name, "version": problems.version, "tag": tag},
        "kernelspec": dict(SANDBOX),
        "language_info": {"name": "python"},
    }
    made = v4.new_notebook(cells=cells, metadata=metadata)
    made.nbformat_minor = 5
    return made


def reference_source(folder: Path, function: str) -> str:
    """Body of a function of reference.py, its docstring dropped, at the left margin.

    Raises CourseError when reference.py has no such function.
    """
    text = (folder / "reference.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = text.splitlines()[body[0].lineno - 1 : body[-1].end_lineno]
            return textwrap.dedent("\n".join(lines))
    raise CourseError(f"Wanted a function {function!r} in {folder / 'reference.py'}, got none. Write it there.")


def _badge(text: str) -> NotebookNode:
    cell = v4.new_markdown_cell(text, id="badge")
    cell.metadata["nbgrader"] = _grader_data("badge", "markdown")
    return cell


def _filled(cell: NotebookNode, grade_id: str, problems: ProblemSet) -> NotebookNode:
    """The cell as nbgrader wants it: id, metadata, solution, probe, points."""
    question, _, role = grade_id.rpartition("-")
    points = None
    if role == "probe":
        asked = _question(problems, question)
        cell.source = PROBE.format(number=question.lstrip("q"), name=question, function=asked.function)
        points = asked.points
    elif role == "written":
        points = problems.manual.get(question)
        if points is None:
            raise CourseError(f"Wanted points for {question} in WRITTEN of {problems.name}, got none. Add them there.")
    elif role == "answer":
        cell.source = _with_solution(cell.source, problems.folder, _question(problems, question))
    tags = list(cell.metadata.get("tags", []))
    data = _grader_data(grade_id, cell.cell_type, role=role, points=points)
    made = v4.new_markdown_cell if cell.cell_type == "markdown" else v4.new_code_cell
    return made(cell.source, id=grade_id, metadata={**({"tags": tags} if tags else {}), "nbgrader": data})


def _grader_data(grade_id: str, cell_type: str, role: str = "", points: float | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "cell_type": cell_type,
        "grade": role in ("probe", "written"),
        "solution": role in ("answer", "written"),
        "locked": role not in ("answer", "written", "explore"),
        "task": False,
    }
    if points is not None:
        data["points"] = points
    return data


def _question(problems: ProblemSet, name: str) -> Question:
    if name not in problems.questions:
        raise CourseError(
            f"Wanted a question of {problems.name}, got {name!r}. There are: {', '.join(problems.questions)}. "
            "Name one of these."
        )
    return problems.questions[name]


def _with_solution(source: str, folder: Path, question: Question) -> str:
    """The answer cell with the reference's body in its place; the heads of both functions have to agree."""
    place = PLACE.search(source)
    if place is None or place[2] != question.function:
        raise CourseError(f"Wanted the line {{solution}} {question.function} in {question.name}-answer, got none.")
    body = textwrap.indent(reference_source(folder, place[2]), place[1])
    filled = source[: place.start()] + body + source[place.end() :]
    if _head(filled, question.function) != _head((folder / "reference.py").read_text("utf-8"), question.function):
        raise CourseError(f"Wanted the same arguments of {question.function} in notebook.md and reference.py.")
    return filled


def _head(source: str, function: str) -> str:
    return next(
        normal(ast.unparse(node.args))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.name == function
    )


def _require_cells(cells: list[NotebookNode], problems: ProblemSet) -> None:
    """Every grade id once, every question with its cells, in the order of the set."""
    ids = [cell.id for cell in cells]
    wanted = [f"{q}-{role}" for q in problems.questions for role in ("text", "answer", "check", "probe")]
    wanted += [f"{q}-written" for q in problems.manual]
    missing = [grade_id for grade_id in wanted if ids.count(grade_id) != 1]
    if missing or len(set(ids)) != len(ids) or not all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", i) for i in ids):
        doubled = sorted({i for i in ids if ids.count(i) > 1})
        raise CourseError(
            f"Wanted the cells {', '.join(missing) or 'of this set'} once in {problems.name}/notebook.md, "
            f"got {', '.join(doubled) or 'none'} more than once or not at all. Mend its grade_ids."
        )
