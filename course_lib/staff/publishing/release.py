"""From solutions to the notebook that students open: nbgrader's own conversion, then our checks.

    solutions/<name>/notebook.md  ->  _build/nbgrader/source/<name>/<name>.ipynb  ->  assignments/<name>/<name>.ipynb

Nothing is written before all of it is verified: no secret in any byte, the untouched stub earns nothing and does not
crash, the solution earns every point, and nbgrader's gradebook knows the same points.
"""

import ast
import importlib
import logging
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from course_lib.staff.grading.inprocess import ask
from course_lib.staff.grading.places import write_safely
from course_lib.staff.grading.sets import ProblemSet, available, load
from course_lib.staff.publishing.assignment_source import COURSE, source_notebook
from course_lib.staff.publishing.leaks import leaks_in_notebook
from course_lib.validation import CourseError

STUB = "raise NotImplementedError()"
WRITTEN_STUB = "*Write your answer here, 120 to 200 words.*"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Released:
    """One released set: where it stands, how many questions and points it has, and whether the file was rewritten."""

    path: Path
    title: str
    n_questions: int
    points: float
    changed: bool

    def __str__(self) -> str:
        state = "written anew" if self.changed else "up to date"
        return f"{self.path}: {self.title}, {self.n_questions} questions, {self.points:g} points, verified, {state}"


def release(root: Path, names: Sequence[str] | None = None, check: bool = False) -> list[Released]:
    """Make the students' notebooks of the named sets (None: of all) and verify them.

    root: the checkout; check: write nothing, fail when a release differs from what its source gives.

    Raises CourseError for an unknown set, drift, a leak, a stub that earns or crashes, a solution that loses points.
    """
    root = Path(root).resolve()
    known = available(root)
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        raise CourseError(
            f"Wanted an assignment of this course, got {', '.join(unknown)}. "
            f"There are: {', '.join(known) or 'none yet'}. Name one of these, or none for all."
        )
    return [_release_one(root, name, check) for name in names or known]


def write_source(root: Path, name: str) -> Path:
    """Write nbgrader's source notebook of a set to `_build/nbgrader/source` and return its path."""
    path = Path(root) / "_build" / "nbgrader" / "source" / name / f"{name}.ipynb"
    write_safely(path, _text(source_notebook(root, name)).encode())
    return path


def _release_one(root: Path, name: str, check: bool) -> Released:
    problems = load(root, name)
    source = source_notebook(root, name)
    with tempfile.TemporaryDirectory(prefix="release-") as scratch:
        made, points = _converted(Path(scratch), name, source)
        released = _finished(made, source)
        path = Path(scratch) / f"{name}.ipynb"
        path.write_text(_text(released), encoding="utf-8")
        verify(root, name, problems, path, source, points)
    target = root / "assignments" / name / f"{name}.ipynb"
    text = _text(released)
    changed = not target.is_file() or target.read_text(encoding="utf-8") != text
    if check and changed:
        raise CourseError(
            f"Wanted {target.relative_to(root)} as solutions/{name} makes it, got another text. "
            f"Run `course release {name}` and commit the result; a release is never edited."
        )
    if not check:
        write_safely(root / "_build" / "nbgrader" / "source" / name / f"{name}.ipynb", _text(source).encode())
        if changed:
            write_safely(target, text.encode())
    n_questions = len(problems.questions) + len(problems.manual)
    return Released(target.relative_to(root), problems.title, n_questions, problems.max, changed and not check)


def _converted(scratch: Path, name: str, source: NotebookNode) -> tuple[NotebookNode, dict[str, float]]:
    """nbgrader's generate_assignment, in a folder and with a gradebook of its own: the release, and the points."""
    from nbgrader.api import Gradebook
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    write_safely(scratch / "source" / name / f"{name}.ipynb", _text(source).encode())
    config = Config()
    config.CourseDirectory.update(root=str(scratch), course_id=COURSE, assignment_id=name)
    config.CourseDirectory.db_url = f"sqlite:///{scratch / 'gradebook.db'}"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ClearSolutions.text_stub = WRITTEN_STUB
    config.ClearSolutions.enforce_metadata = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.log = logging.getLogger("course.release")
    converter.log.setLevel(logging.CRITICAL)
    # nbgrader stamps an empty gradebook by starting a program of its environment: 2 s, and it has to be on the path
    with closing(sqlite3.connect(scratch / "gradebook.db")) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        raise CourseError(
            f"nbgrader could not convert {name}; run `nbgrader generate_assignment` to see why."
        ) from error
    with Gradebook(config.CourseDirectory.db_url, COURSE) as gradebook:
        cells = gradebook.find_notebook(name, name).grade_cells
        points = {cell.name: float(cell.max_score) for cell in cells}
    made = nbformat.read(scratch / "release" / name / f"{name}.ipynb", as_version=4)
    return made, points


def _finished(made: NotebookNode, source: NotebookNode) -> NotebookNode:
    """The release as it is published: the kernel every student has, our metadata and no other."""
    made.metadata = nbformat.from_dict(
        {"course": source.metadata["course"], "kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    made.nbformat_minor = 5
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return made


def verify(
    root: Path, name: str, problems: ProblemSet, path: Path, source: NotebookNode, points: Mapping[str, float]
) -> None:
    """All that a release promises, on the file at ``path``; see the module's first lines.

    Raises CourseError with what was broken.
    """
    leaks = leaks_in_notebook(root, name, path, source)
    if leaks:
        raise CourseError("Nothing was released, these lines belong to the solution:\n" + "\n".join(map(str, leaks)))
    wanted = {f"{q}-probe": question.points for q, question in problems.questions.items()}
    wanted |= {f"{q}-written": worth for q, worth in problems.manual.items()}
    if dict(points) != wanted:
        raise CourseError(f"Wanted the points {wanted} in nbgrader's gradebook, got {dict(points)}.")
    released = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    solved = {cell.id: cell for cell in source.cells}
    for question in problems.questions.values():
        stub, solution = (cells[f"{question.name}-answer"].source for cells in (released, solved))
        _require_stub(stub, question.function)
        verdict = ask(question, _function(stub, question.function), rng=np.random.default_rng(0))
        if verdict.outcome != "student" or verdict.score != 0 or "not started" not in verdict.reason:
            raise CourseError(f"Wanted 0 points and 'not started' for the stub of {question.name}, got {verdict}.")
        verdict = ask(question, _function(solution, question.function), rng=np.random.default_rng(0))
        if verdict.outcome != "judged" or verdict.score != question.points:
            lost = [(found.code, found.sentence) for found in verdict.properties if found.earned < found.points]
            raise CourseError(
                f"Wanted {question.points:g} points for the solution of {question.name}, got {verdict.score} "
                f"({verdict.outcome}{', ' + verdict.reason if verdict.reason else ''}): {lost}."
            )


def _require_stub(source: str, function: str) -> None:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if [ast.unparse(statement) for statement in body] == [STUB]:
                return
    raise CourseError(f"Wanted `{STUB}` as the whole body of {function} in the release, got {source!r}.")


def _function(source: str, name: str) -> Any:
    """The function that an answer cell defines, in a namespace that holds numpy, and torch where the cell names it."""
    namespace: dict[str, Any] = {"np": np, "__name__": "answer"}
    if "torch." in source:
        namespace["torch"] = importlib.import_module("torch")
    exec(compile(source, f"<{name}>", "exec"), namespace)
    return namespace[name]


def _text(notebook: NotebookNode) -> str:
    nbformat.validate(notebook)
    return nbformat.writes(notebook, indent=1).rstrip("\n") + "\n"
