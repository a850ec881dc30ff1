"""Marks as a plain table that a spreadsheet and a learning management system can read."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_lib.staff.grading.places import Places, checked_id, write_safely
from course_lib.staff.grading.sets import ProblemSet
from course_lib.validation import CourseError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(places: Places, problem_set: ProblemSet, students: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write ``gradebook/exports/<assignment>.csv``: one line a student, one column a question.

    Raises CourseError while a question of somebody is not graded: an empty field would be read as a zero.
    """
    waiting = sorted(name for name, entry in students.items() if entry["status"] == "not-graded")
    if waiting:
        places.csv(problem_set.name).unlink(missing_ok=True)  # an older table would look like this run's
        raise CourseError(
            f"Wanted every question graded before export, got {len(waiting)} student(s) with questions that are not: "
            f"{', '.join(waiting[:5])}. Look at the triage page, then grade again."
        )
    names = [*problem_set.questions, *problem_set.manual]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["student", "score", "max", "status", *names])
    for student in sorted(students):
        entry = students[student]
        scores = [entry["questions"].get(name, {}).get("score") for name in names]
        row = [text(checked_id(student)), entry["score"], entry["max"], entry["status"], *scores]
        writer.writerow(["" if value is None else value for value in row])
    write_safely(places.csv(problem_set.name), out.getvalue().encode("utf-8"))
    return places.csv(problem_set.name)


def text(value: str) -> str:
    """A text field that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
