"""Where the grader keeps its files, and nbgrader's configuration for them."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.validation import CourseError

COURSE_ID = "rnn-dynamics"
STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,79}")


@dataclass(frozen=True)
class Places:
    """All paths of one course; nothing is made by asking."""

    root: Path

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook"

    @property
    def database(self) -> Path:
        return self.gradebook / "gradebook.db"

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL of the gradebook: COURSE_GRADEBOOK of the environment, otherwise an SQLite file here."""
        return os.environ.get("COURSE_GRADEBOOK") or f"sqlite:///{self.database}"

    def release(self, assignment: str) -> Path:
        return self.root / "assignments" / assignment / f"{assignment}.ipynb"

    def submitted(self, assignment: str, student: str) -> Path:
        return self.gradebook / "submitted" / student / assignment / f"{assignment}.ipynb"

    def autograded(self, assignment: str, student: str) -> Path:
        return self.gradebook / "autograded" / student / assignment / f"{assignment}.ipynb"

    def verdict(self, assignment: str, student: str) -> Path:
        return self.gradebook / "verdicts" / assignment / f"{student}.json"

    def feedback(self, assignment: str) -> Path:
        return self.gradebook / "feedback" / assignment

    def quarantine(self, assignment: str, student: str) -> Path:
        return self.gradebook / "quarantine" / assignment / student

    def account(self, assignment: str) -> Path:
        return self.gradebook / "collected" / assignment

    @property
    def term(self) -> Path:
        """What the instructor says of the term, see `term`."""
        return self.gradebook / "term.toml"

    def late(self, assignment: str) -> Path:
        """Late days used on one assignment, by student."""
        return self.gradebook / "late" / f"{assignment}.json"

    def triage(self, assignment: str) -> Path:
        return self.gradebook / "triage" / f"{assignment}.html"

    def similar(self, assignment: str) -> Path:
        return self.gradebook / "similar" / f"{assignment}.html"

    def csv(self, assignment: str) -> Path:
        return self.exports / f"{assignment}.csv"

    @property
    def exports(self) -> Path:
        return self.gradebook / "exports"


def configure(config: Any, root: Path) -> None:
    """Set nbgrader up for the course at ``root``: `nbgrader_config.py` calls this, and so does `course grade`."""
    from nbgrader.preprocessors import CheckCellMetadata, IgnorePattern, LimitOutput

    from course_lib.staff.grading.preprocessors import RunAndJudge, SaveGrades

    places = Places(Path(root).resolve())
    directory = config.CourseDirectory
    directory.root = str(places.root)
    directory.course_id = COURSE_ID
    directory.source_directory = str(Path("_build") / "nbgrader" / "source")
    directory.release_directory = "assignments"
    directory.submitted_directory = str(Path("gradebook") / "submitted")
    directory.autograded_directory = str(Path("gradebook") / "autograded")
    directory.feedback_directory = str(Path("gradebook") / "nbgrader-feedback")
    directory.solution_directory = str(Path("_build") / "nbgrader" / "solution")
    directory.db_url = places.database_url
    # without nbgrader's AssignLatePenalties: lateness is counted in feedback and tables, from the system's times alone
    config.Autograde.autograde_preprocessors = [RunAndJudge, IgnorePattern, LimitOutput, SaveGrades, CheckCellMetadata]
    config.RunAndJudge.root = str(places.root)
    config.RunAndJudge.unsandboxed = os.environ.get("COURSE_UNSANDBOXED") == "1"


def write_safely(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all: temporary file, fsync, rename, fsync of the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def checked_id(student: str) -> str:
    """The id if it has the form that ids have here.

    Raises CourseError otherwise; ids become folder names, so nothing else may reach a path.
    """
    if not STUDENT_ID.fullmatch(student):
        raise CourseError(f"Wanted a student id of letters, digits and ._@- , got {student!r}.")
    return student
