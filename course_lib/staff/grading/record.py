"""The gradebook: nbgrader's own, one writer at a time, a dated copy before each run."""

import contextlib
import copy
import fcntl
import json
import logging
import os
import socket
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.api
from alembic.script import ScriptDirectory
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.nbgraderapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from course_lib.staff.grading import roles
from course_lib.staff.grading.places import COURSE_ID, Places, configure
from course_lib.staff.grading.preprocessors import RunAndJudge
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded
from course_lib.validation import CourseError

COPIES = 20


@dataclass(frozen=True)
class CellGrade:
    """One graded cell in the gradebook; score: the manual one if there is one, otherwise the machine's."""

    name: str
    auto: float | None
    manual: float | None
    max: float
    waits: bool

    @property
    def score(self) -> float | None:
        return self.auto if self.manual is None else self.manual


@contextlib.contextmanager
def locked(places: Places) -> Iterator[None]:
    """Hold the gradebook's lock; it falls with the process, however that ends.

    Raises CourseError while another run holds it.
    """
    places.gradebook.mkdir(parents=True, exist_ok=True)
    with open(places.gradebook / ".lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "another run"
            raise CourseError(f"Wanted the gradebook for this run, got it in use by {holder}. Wait for it.") from error
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        yield


def back_up(places: Places) -> None:
    """A dated copy of the database, made by SQLite itself; the newest copies are kept."""
    if not places.database.exists():
        return
    folder = places.gradebook / "backups"
    folder.mkdir(exist_ok=True)
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
    with (
        contextlib.closing(sqlite3.connect(places.database)) as source,
        contextlib.closing(sqlite3.connect(folder / f"gradebook-{stamp}.db")) as target,
    ):
        source.backup(target)
    for old in sorted(folder.glob("gradebook-*.db"))[:-COPIES]:
        old.unlink()


def register(places: Places, problem_set: ProblemSet, release: dict[str, Any]) -> None:
    """Enter the assignment with its cells, as released, and a kernel that no Jupyter has.

    The gradebook thus never holds a hidden test, and nbgrader's own Execute stops at the kernel's name.

    Raises CourseError when the points of release and questions differ, or graded work stands against other cells.
    """
    _compare_points(problem_set, release)
    name = problem_set.name
    notebook = nbformat.from_dict(copy.deepcopy(release))
    kernel = {"name": roles.KERNEL, "display_name": roles.KERNEL, "language": "python"}
    resources = {"nbgrader": {"notebook": name, "assignment": name, "db_url": places.database_url}}
    with _schema_version_at_hand(), Gradebook(places.database_url, COURSE_ID) as gradebook:
        gradebook.update_or_create_assignment(name)
    try:
        notebook, _ = ComputeChecksums().preprocess(notebook, resources)
        SaveCells().preprocess(notebook, resources)
    except RuntimeError as error:
        raise CourseError(
            f"Wanted the cells that earlier submissions of {name} were graded with, got others: {error}. "
            "Give the changed assignment a new name, or remove the old submissions with nbgrader."
        ) from error
    with Gradebook(places.database_url, COURSE_ID) as gradebook:
        gradebook.update_or_create_notebook(name, name, kernelspec=json.dumps(kernel))


@contextlib.contextmanager
def _schema_version_at_hand() -> Iterator[None]:
    """nbgrader starts the program `alembic` to learn its schema's version when it makes a database.

    That takes seconds, and fails when the environment of this Python is not activated; asking alembic here does not.
    """
    scripts = ScriptDirectory(str(Path(nbgrader.api.__file__).with_name("alembic")))
    before, nbgrader.api.get_alembic_version = nbgrader.api.get_alembic_version, scripts.get_current_head
    try:
        yield
    finally:
        nbgrader.api.get_alembic_version = before


def _compare_points(problem_set: ProblemSet, release: dict[str, Any]) -> None:
    points = {
        roles.question_of(cell): float(cell["metadata"]["nbgrader"]["points"])
        for cell in release["cells"]
        if roles.role_of(cell) in ("probe", "written")
    }
    wanted = {name: question.points for name, question in problem_set.questions.items()} | problem_set.manual
    if points != wanted:
        raise CourseError(
            f"Wanted the points of the questions ({wanted}) in the release, got {points}. "
            f"Run: course release {problem_set.name}"
        )


class Recorder:
    """Writes graded notebooks through nbgrader's own autograde."""

    def __init__(self, places: Places, assignment: str) -> None:
        self.places = places
        config = Config()
        configure(config, places.root)
        self.app = NbGrader(config=config)
        self.log = _Kept()
        self.app.log.handlers[:] = [self.log]
        self.app.log.propagate = False
        self.directory = CourseDirectory(parent=self.app, assignment_id=assignment)
        self.app.coursedir = self.directory

    def write(self, graded: Graded) -> None:
        """Enter one student's verdicts.

        Raises NotRecorded, with what nbgrader said last, when it could not do it; nothing then counts as done.
        """
        self.log.errors.clear()
        self.directory.student_id = graded.student
        converter = Autograde(coursedir=self.directory, parent=self.app)
        converter.force = True
        judge = RunAndJudge(prepared={graded.student: graded}, parent=converter)
        rest = [kind for kind in converter.autograde_preprocessors if kind is not RunAndJudge]
        converter.autograde_preprocessors = [judge, *rest]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's, at the first grade of a submission; harmless
            try:
                converter.start()
            except Exception as error:
                said = [line for text in self.log.errors for line in text.strip().splitlines()]
                cause = next((line for line in reversed(said) if "Error" in line), str(error))
                raise NotRecorded(f"nbgrader did not take it: {cause}") from error


class NotRecorded(RuntimeError):
    """nbgrader could not write a submission: ours, never the student's fault."""


class _Kept(logging.Handler):
    """Keeps nbgrader's errors for the message; its running commentary goes nowhere."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.errors.append(record.getMessage())


def grades(places: Places, assignment: str, student: str) -> list[CellGrade]:
    """What stands in the gradebook for one student, in the order of the notebook; empty when nothing does."""
    with Gradebook(places.database_url, COURSE_ID) as gradebook:
        try:
            submission = gradebook.find_submission_notebook(assignment, assignment, student)
        except MissingEntry:
            return []
        return [
            CellGrade(grade.name, grade.auto_score, grade.manual_score, grade.max_score, bool(grade.needs_manual_grade))
            for grade in submission.grades
        ]


def is_done(places: Places, assignment: str, student: str, standing: Sequence[CellGrade]) -> bool:
    """Whether the graded notebook and its scores are in the gradebook."""
    return bool(standing) and places.autograded(assignment, student).exists()
