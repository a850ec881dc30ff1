"""Records graded notebooks: one writer, one lock, a dated copy before each run, nbgrader's own gradebook.

Files come first, each whole or not at all; then one transaction with the scores and the manifest's row (gradebook.py).
A run that is killed between the two leaves a submission that is not done.
"""

import contextlib
import copy
import errno
import fcntl
import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4
import sqlalchemy as sql
from nbgrader.api import Base, Gradebook
from nbgrader.preprocessors import ComputeChecksums, LimitOutput, SaveCells

from course_lib.staff.grading import gradebook, roles, verdicts
from course_lib.staff.grading.gradebook import CellGrade, Done
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded
from course_lib.validation import CourseError

__all__ = ["CellGrade", "Gradebook", "Recorder", "back_up", "grades", "locked", "register"]

COPIES = 20
ROOM = 64 * 1024**2
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def locked(places: Places) -> Iterator[None]:
    """Hold the gradebook's lock; it falls with the process, however that ends.

    Raises CourseError while another run holds it.
    """
    places.gradebook.mkdir(mode=0o700, parents=True, exist_ok=True)
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


def require_room(places: Places) -> None:
    """Raises CourseError when the disk of the gradebook is as good as full: better now than in the middle."""
    free = shutil.disk_usage(places.gradebook).free
    if free < ROOM:
        wanted, got = (size // 1024**2 for size in (ROOM, free))
        raise CourseError(f"Wanted {wanted} MB of free disk for {places.gradebook}, got {got} MB. Make room first.")


def is_full(error: BaseException) -> bool:
    """Whether an error, or what it came of, says that the disk is full."""
    text = str(error)
    return (isinstance(error, OSError) and error.errno in FULL) or "disk is full" in text or "disk I/O error" in text


def back_up(places: Places) -> Path | None:
    """A dated copy of the database as an SQLite file, whatever database it is; the newest copies are kept."""
    folder = places.gradebook / "backups"
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
    target = folder / f"gradebook-{stamp}.db"
    made = folder / f".{target.name}"
    url = sql.make_url(places.database_url)
    if url.drivername.startswith("sqlite") and not Path(str(url.database)).exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if url.drivername.startswith("sqlite"):
            with (
                contextlib.closing(sqlite3.connect(str(url.database))) as source,
                contextlib.closing(sqlite3.connect(made)) as copied,
            ):
                source.backup(copied)
        elif not _copy_tables(places.database_url, f"sqlite:///{made}"):
            return None
        os.replace(made, target)
    finally:
        made.unlink(missing_ok=True)
    for old in sorted(folder.glob("gradebook-*.db"))[:-COPIES]:
        old.unlink()
    return target


def _copy_tables(source: str, target: str) -> bool:
    """Every row of nbgrader's tables and of the manifest, in an order that keys allow; False when there are none."""
    read = sql.create_engine(source)
    present = set(sql.inspect(read).get_table_names())
    if "assignment" not in present:
        read.dispose()
        return False
    write = sql.create_engine(target)
    with read.connect() as rows, write.begin() as copied:
        for table in [*Base.metadata.sorted_tables, gradebook.MANIFEST]:
            table.create(copied)
            found = rows.execute(sql.select(table)).mappings().all() if table.name in present else []
            if found:
                copied.execute(sql.insert(table), [dict(row) for row in found])
    read.dispose()
    write.dispose()
    return True


def register(places: Places, problem_set: ProblemSet, release: dict[str, Any]) -> None:
    """Enter the assignment with its cells, as released, and a kernel that no Jupyter has.

    The gradebook thus never holds a hidden test, and nbgrader's own Execute stops at the kernel's name.

    Raises CourseError when the points of release and questions differ, or graded work stands against other cells.
    """
    _compare_points(problem_set, release)
    places.gradebook.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = problem_set.name
    notebook = nbformat.from_dict(copy.deepcopy(release))
    resources = {"nbgrader": {"notebook": name, "assignment": name, "db_url": places.database_url}}
    with gradebook.opened(places.database_url) as book:
        book.update_or_create_assignment(name)
    try:
        notebook, _ = ComputeChecksums().preprocess(notebook, resources)
        SaveCells().preprocess(notebook, resources)
    except RuntimeError as error:
        raise CourseError(
            f"Wanted the cells that earlier submissions of {name} were graded with, got others: {error}. "
            "Give the changed assignment a new name, or remove the old submissions with nbgrader."
        ) from error
    with gradebook.opened(places.database_url) as book:
        book.update_or_create_notebook(name, name, kernelspec=json.dumps(roles.KERNELSPEC))


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
    """Writes graded notebooks, one at a time, over one connection; use it in a ``with``."""

    def __init__(self, places: Places, problem_set: ProblemSet, release: dict[str, Any]) -> None:
        self.places = places
        self.assignment = problem_set.name
        notebook, _ = ComputeChecksums().preprocess(nbformat.from_dict(copy.deepcopy(release)), {})
        self.checksums = {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.checksum
            for cell in notebook.cells
            if "checksum" in cell.metadata.get("nbgrader", {})
        }
        self.limit = LimitOutput()
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "Recorder":
        self.book = self._open.enter_context(gradebook.opened(self.places.database_url))
        return self

    def __exit__(self, *raised: Any) -> None:
        self._open.close()

    def write(self, graded: Graded, notebook: Any) -> None:
        """Enter one student's verdicts.

        notebook: the collected one, as an nbformat node; it is changed.

        Raises OSError or SQLAlchemy's errors when it cannot; nothing then counts as done.
        """
        for cell in notebook.cells:
            data = cell.metadata.get("nbgrader", {})
            if data.get("grade_id") in self.checksums:
                data["checksum"] = self.checksums[data["grade_id"]]
        fill_in(notebook, graded)
        notebook, _ = self.limit.preprocess(notebook, {})
        stamp = self.places.submitted(self.assignment, graded.student).with_name("timestamp.txt")
        done = write_files(self.places, graded, notebook)
        timestamp = stamp.read_text(encoding="utf-8").strip() if stamp.exists() else None
        if timestamp:
            write_safely(done_path(self.places, graded).with_name("timestamp.txt"), stamp.read_bytes())
        with gradebook.transaction(self.book):
            gradebook.enter(self.book, graded, notebook.cells, done, timestamp=timestamp)

    def done(self) -> dict[str, Done]:
        """What the manifest says, by student."""
        return gradebook.done_by(self.book, self.assignment)

    def is_done(self, graded: Graded | None, fingerprint: str, said: Done | None) -> bool:
        """Whether these verdicts hold under this fingerprint, are whole, and have their scores in the gradebook."""
        if graded is None or said is None or not graded.complete:
            return False
        path = self.places.verdict(self.assignment, graded.student)
        return (
            graded.fingerprint == fingerprint == said.fingerprint
            and gradebook.hash_of(path) == said.verdicts
            and gradebook.hash_of(done_path(self.places, graded)) == said.notebook
        )

    def grades(self) -> dict[str, list[CellGrade]]:
        """What stands in the gradebook, by student."""
        return gradebook.grades_by(self.book, self.assignment)


def fill_in(nb: Any, graded: verdicts.Graded) -> None:
    """Put outputs and points into the cells: exactly one number in each probe cell, which nbgrader reads."""
    for place, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if cell.metadata.get("course", {}).get("role", "") != "probe":
            text = graded.outputs.get(place, "")
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []
            continue
        verdict = graded.verdicts.get(roles.question_of(cell))
        if verdict is None or verdict.score is None:
            reason = "no such question" if verdict is None else verdict.reason
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"Not graded: {reason}")]
            continue
        points = min(verdict.score, float(cell.metadata.nbgrader.points))
        data = {"text/plain": repr(points)}
        cell.outputs = [nbformat.v4.new_output("execute_result", data=data, execution_count=None)]


def done_path(places: Places, graded: Graded) -> Path:
    """Where the graded notebook stands."""
    return places.autograded(graded.assignment, graded.student)


def write_files(places: Places, graded: Graded, notebook: Any) -> Done:
    """Write the graded notebook and the verdicts, each whole or not at all; what the manifest is to say of them."""
    text = nbformat.v4.writes(notebook)
    path = done_path(places, graded)
    write_safely(path, (text if text.endswith("\n") else text + "\n").encode("utf-8", "replace"))
    saved = verdicts.save(places, graded)
    return Done(graded.fingerprint, graded.digest, gradebook.hash_of(saved), gradebook.hash_of(path))


def grades(places: Places, assignment: str, student: str) -> list[CellGrade]:
    """What stands in the gradebook for one student, in the order of the notebook; empty when nothing does."""
    with gradebook.opened(places.database_url) as book:
        return gradebook.grades_by(book, assignment, student).get(student, [])
