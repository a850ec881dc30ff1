"""Feedback as one archive, each page under the name by which the system gives it to its student."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from course_lib.staff.grading.marks import Mark
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import ProblemSet
from course_lib.validation import CourseError

_STAMP = (2020, 1, 1, 0, 0, 0)


def write_parcel(places: Places, problem_set: ProblemSet, marks: Sequence[Mark], lms: str) -> tuple[Path, list[str]]:
    """Write ``gradebook/exports/<assignment>-<lms>-feedback.zip``; also the ids of whom it could not address.

    Canvas takes it as "Upload Submissions", Moodle as "Upload multiple feedback files in a zip", ILIAS as
    multi-feedback; for the others each page bears the student's id. Raises CourseError when two pages would go to one.
    """
    named: dict[str, str] = {}
    left = []
    for mark in marks:
        name = _name(problem_set, mark, lms)
        if name is None:
            left.append(mark.student)
            continue
        if name.casefold() in {known.casefold() for known in named}:
            raise CourseError(
                f"Wanted a name for each page of feedback, got {name} for {named[name]} and {mark.student}."
            )
        named[name] = mark.student
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, student in sorted(named.items()):
            page = places.feedback(problem_set.name) / f"{student}.html"
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, page.read_bytes())
    path = places.exports / f"{problem_set.name}-{lms}-feedback.zip"
    write_safely(path, out.getvalue())
    return path, left


def _name(problem_set: ProblemSet, mark: Mark, lms: str) -> str | None:
    """The page's name in the archive; None where the system has given no name to answer to."""
    item = mark.item
    if lms == "plain":
        return f"{mark.student}.html"
    if lms == "blackboard":
        return f"{item.login or mark.student}.html"
    if item.lms != lms or not item.head:
        return None
    if lms == "canvas":  # the two numbers in front say whose it is and to which file it belongs
        return f"{item.head}{PurePosixPath(item.file).stem}.html"
    if lms == "ilias":  # the folder's first word is what ILIAS looks for
        return f"multi_feedback_{problem_set.name}/{item.head}feedback_{problem_set.name}.html"
    return f"{item.head}feedback_{problem_set.name}.html"
