"""Scores into nbgrader's gradebook, in one transaction with the row that says so.

Beside nbgrader's own tables stands `MANIFEST`: what it says of a student is done, whatever files there are, and what it
does not say is not. Any database that SQLAlchemy knows will do. Only automatic columns are written: a person's scores
and comments stay.
"""

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbgrader.api
import sqlalchemy as sql
from alembic.script import ScriptDirectory
from nbgrader import utils
from nbgrader.api import Assignment, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from course_lib.staff.grading import roles
from course_lib.staff.grading.places import COURSE_ID
from course_lib.staff.grading.verdicts import Graded

WAIT_MILLISECONDS = 30_000
_TABLES = sql.MetaData()
MANIFEST = sql.Table(
    "course_manifest",
    _TABLES,
    sql.Column("assignment", sql.String(128), primary_key=True),
    sql.Column("student", sql.String(128), primary_key=True),
    sql.Column("fingerprint", sql.String(64), nullable=False),
    sql.Column("digest", sql.String(64), nullable=False),
    sql.Column("verdicts", sql.String(64), nullable=False),
    sql.Column("notebook", sql.String(64), nullable=False),
)


@dataclass(frozen=True)
class Done:
    """What the manifest says of one student.

    fingerprint: of submission, questions, reference and versions; digest: of the submission alone; verdicts, notebook:
    SHA-256 of the two files that were written before.
    """

    fingerprint: str
    digest: str
    verdicts: str
    notebook: str


@dataclass(frozen=True)
class CellGrade:
    """One graded cell in the gradebook; score: the manual one if there is one, otherwise the machine's, and extra."""

    name: str
    auto: float | None
    manual: float | None
    max: float
    waits: bool
    extra: float = 0.0

    @property
    def score(self) -> float | None:
        given = self.auto if self.manual is None else self.manual
        return None if given is None else given + self.extra


class _Held(Session):
    """A session in which nbgrader's many commits wait for `settle`."""

    def commit(self) -> None:
        self.flush()

    def settle(self) -> None:
        super().commit()


@contextlib.contextmanager
def opened(url: str) -> Iterator[Gradebook]:
    """The gradebook at a SQLAlchemy URL, made when it is not there, with the manifest's table."""
    with _schema_version_at_hand(), Gradebook(url, COURSE_ID) as book:
        if book.engine.dialect.name == "sqlite":  # formgrader may be writing a manual score
            wait = f"PRAGMA busy_timeout={WAIT_MILLISECONDS}"
            sql.event.listen(book.engine, "connect", lambda made, _: made.execute(wait))
            book.db.remove()
            book.engine.dispose()
        _TABLES.create_all(book.engine)
        yield book


@contextlib.contextmanager
def transaction(book: Gradebook) -> Iterator[Gradebook]:
    """All that is written inside, or nothing of it, although nbgrader commits at every step."""
    before, book.db = book.db, scoped_session(sessionmaker(class_=_Held, autoflush=True, bind=book.engine))
    try:
        yield book
        book.db().settle()
    except BaseException:
        book.db.rollback()
        raise
    finally:
        book.db.remove()
        book.db = before


def enter(book: Gradebook, graded: Graded, cells: list[Any], done: Done, *, timestamp: str | None = None) -> None:
    """Write one student's scores and the manifest's row; call it inside a `transaction`.

    cells: of the graded notebook, with nbgrader's checksums of the released ones; timestamp: when it was handed in.

    A question without a number stays open, a written one waits for a person; a cell that is missing has 0.
    """
    name, student = graded.assignment, graded.student
    before = book.db.execute(sql.select(MANIFEST.c.digest).filter_by(assignment=name, student=student)).scalar()
    unchanged = before == graded.digest
    book.update_or_create_student(student)
    with book.db.no_autoflush:  # nbgrader builds a first submission piece by piece
        book.update_or_create_submission(name, student, **({"timestamp": timestamp} if timestamp else {}))
    submitted = book.find_submission_notebook(name, name, student)
    there = {cell.metadata.nbgrader["grade_id"]: cell for cell in cells if "nbgrader" in cell.metadata}
    for grade in submitted.grades:
        _score(grade, there.get(grade.name), graded, unchanged)
    for comment in submitted.comments:
        cell = there.get(comment.name)
        empty = cell is None or cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
        comment.auto_comment = "No response." if empty else None
    key = {"assignment": name, "student": student}
    book.db.execute(sql.delete(MANIFEST).filter_by(**key))
    book.db.execute(sql.insert(MANIFEST).values(**key, **vars(done)))
    book.db.flush()


def _score(grade: Any, cell: Any, graded: Graded, unchanged: bool) -> None:
    waited = grade.needs_manual_grade
    if cell is None:
        grade.auto_score, grade.needs_manual_grade = 0.0, False
    else:
        verdict = None if utils.is_solution(cell) else graded.verdicts.get(roles.question_of(cell))
        score = None if verdict is None or verdict.score is None else min(verdict.score, grade.cell.max_score)
        grade.auto_score = score
        grade.needs_manual_grade = score is None or grade.manual_score is not None
    if grade.manual_score is not None and unchanged:
        grade.needs_manual_grade = waited  # a person has seen exactly this work


def done_by(book: Gradebook, assignment: str) -> dict[str, Done]:
    """What the manifest says, by student; who was removed from the gradebook is not done."""
    there = set(
        book.db.execute(
            sql.select(SubmittedAssignment.student_id).join(Assignment).where(Assignment.name == assignment)
        ).scalars()
    )
    rows = book.db.execute(sql.select(MANIFEST).filter_by(assignment=assignment)).mappings()
    return {
        row["student"]: Done(row["fingerprint"], row["digest"], row["verdicts"], row["notebook"])
        for row in rows
        if row["student"] in there
    }


def grades_by(book: Gradebook, assignment: str, student: str | None = None) -> dict[str, list[CellGrade]]:
    """What stands in the gradebook by student, in the order of the names; nothing for who has no submission."""
    found = {}
    for submitted in _submissions(book, assignment, student):
        lines = map(_line, submitted.grades)
        found[submitted.student.id] = sorted(lines, key=lambda line: _natural(line.name))
    return found


def _line(grade: Any) -> CellGrade:
    scores = (grade.auto_score, grade.manual_score, grade.cell.max_score)
    return CellGrade(grade.name, *scores, bool(grade.needs_manual_grade), grade.extra_credit or 0.0)


def _submissions(book: Gradebook, assignment: str, student: str | None) -> list[SubmittedNotebook]:
    try:
        if student is not None:
            return [book.find_submission_notebook(assignment, assignment, student)]
        notebook = book.find_notebook(assignment, assignment)
    except MissingEntry:
        return []
    found: list[Any] = book.db.query(SubmittedNotebook).filter(SubmittedNotebook.notebook_id == notebook.id).all()
    return found


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """q2 before q10."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def hash_of(path: Path) -> str:
    """SHA-256 of a file; empty when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


@contextlib.contextmanager
def _schema_version_at_hand() -> Iterator[None]:
    """nbgrader starts the program `alembic` to learn its schema's version when it makes a database.

    That takes seconds, and fails when the environment of this Python is not activated; asking alembic here does not.
    """
    scripts = ScriptDirectory(str(Path(nbgrader.api.__file__).with_name("alembic")))
    before: Callable[[], str] = nbgrader.api.get_alembic_version
    nbgrader.api.get_alembic_version = scripts.get_current_head
    try:
        yield
    finally:
        nbgrader.api.get_alembic_version = before
