"""Marks and feedback for spreadsheets and learning management systems; `course export`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.staff.grading import account, dropped, feedback, lateness, lms_tables, record, sets, standing
from course_lib.staff.grading.lms import PRESETS
from course_lib.staff.grading.marks import Mark, marks_of
from course_lib.staff.grading.parcel import write_parcel
from course_lib.staff.grading.places import Places, checked_id, write_safely
from course_lib.staff.grading.sanitise import few
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.tables import read_table, text, write_rows
from course_lib.staff.grading.term import read_term
from course_lib.validation import CourseError

__all__ = ["Exported", "after_grading", "export", "text", "write_csv"]


@dataclass(frozen=True)
class Exported:
    """What was written: the table, the archive of feedback (None for none), all that a person should know."""

    table: Path | None
    parcel: Path | None = None
    notes: tuple[str, ...] = ()


def export(
    root: Path, assignment: str, *, to: str = "", gradebook: Path | None = None, column: str = "", so_far: bool = False
) -> Exported:
    """Write the marks of an assignment as they stand in the gradebook, and the feedback with them.

    to: a system's name or "plain"; "": the one that the submissions came from. gradebook: the system's own table;
    column: its column; both else from the term's settings. so_far: also while written answers wait for a person.

    Raises CourseError, and writes nothing, while a question is not graded, a student is not in the system's table, or
    two of them are one.
    """
    places = Places(Path(root).resolve())
    problem_set = sets.load(places.root, assignment)
    term, kept = read_term(places), account.read(places, assignment)
    if not kept.students:
        raise CourseError(f"Wanted a graded class for {assignment}, got none. Run: course grade {assignment} ...")
    left_out = dropped.questions(problem_set, term)
    students, graded = standing.of_class(places, problem_set, kept.students, left_out)
    require_graded(students)
    waiting = sorted(name for name, entry in students.items() if entry["status"] == "needs-manual")
    if waiting and not so_far:
        raise CourseError(
            f"Wanted every answer graded, got {len(waiting)} student(s) with answers that wait for a person: "
            f"{few(waiting)}. Grade them in formgrader, or export the points so far with --so-far."
        )
    marks = marks_of(places, problem_set, students, kept, term)
    told = term.assignment(assignment)
    made = _made(
        problem_set,
        marks,
        to or term.lms or kept.lms,
        gradebook=gradebook or told.gradebook,
        column=column or told.column,
    )
    with record.locked(places):
        lateness.keep(places, problem_set, kept.students, term)
        feedback.write(places, problem_set, graded, students)
        return _written(
            places, problem_set, marks, kept, made, [*_doubts(marks, kept, waiting), *dropped.note(left_out)]
        )


def after_grading(places: Places, problem_set: ProblemSet, students: Mapping[str, Mapping[str, Any]]) -> Exported:
    """What `course grade` writes: the plain table, and the system's own files where it knows one.

    Never raises for what a student did: while something is not graded nothing is written and the note says so.
    """
    try:
        table = write_csv(places, problem_set, students)
    except CourseError as error:
        return Exported(None, notes=(str(error),))
    try:
        term, kept = read_term(places), account.read(places, problem_set.name)
        marks = marks_of(places, problem_set, students, kept, term)
        lms, told = term.lms or kept.lms, term.assignment(problem_set.name)
        waiting = [mark.student for mark in marks if mark.status == "needs-manual"]
        doubts = [*_doubts(marks, kept, waiting), *dropped.note(dropped.questions(problem_set, term))]
        if lms == "plain":
            return Exported(table, notes=tuple(doubts))
        made = _made(problem_set, marks, lms, gradebook=told.gradebook, column=told.column)
        return _written(places, problem_set, marks, kept, made, doubts)
    except CourseError as error:
        return Exported(table, notes=(f"The system's own table was not written: {error}",))


def write_csv(places: Places, problem_set: ProblemSet, students: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write ``gradebook/exports/<assignment>.csv``: one line a student, one column a question.

    Raises CourseError while a question of somebody is not graded: an empty field would be read as a zero.
    """
    try:
        require_graded(students)
    except CourseError:
        places.csv(problem_set.name).unlink(missing_ok=True)  # an older table would look like this run's
        raise
    marks = marks_of(places, problem_set, students, account.read(places, problem_set.name), read_term(places))
    write_safely(places.csv(problem_set.name), write_rows(_plain(problem_set, marks)).encode("utf-8"))
    return places.csv(problem_set.name)


def require_graded(students: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises CourseError that names who has a question that is not graded."""
    waiting = sorted(name for name, entry in students.items() if entry["status"] == "not-graded")
    if waiting:
        raise CourseError(
            f"Wanted every question graded before export, got {len(waiting)} student(s) with questions that are not: "
            f"{few(waiting)}. Look at the triage page, then grade again."
        )


def _plain(problem_set: ProblemSet, marks: Sequence[Mark]) -> lms_tables.Rows:
    names = [*problem_set.questions, *problem_set.manual]
    rows: list[list[object]] = [["student", "name", "score", "taken off", "final", "max", "status", *names]]
    for mark in marks:
        scores = [mark.questions.get(name) for name in names]
        student, person = text(checked_id(mark.student)), text(mark.item.person)
        taken = None if mark.score is None else mark.taken_off
        rows.append([student, person, mark.score, taken, mark.final, mark.max, mark.status, *scores])
    return rows


def _made(
    problem_set: ProblemSet, marks: Sequence[Mark], lms: str, *, gradebook: Path | None, column: str
) -> tuple[str, lms_tables.Made]:
    """The table for a system; whose file nobody could read has no number and no row in it."""
    if lms not in PRESETS:
        raise CourseError(f"Wanted one of {', '.join(PRESETS)} to export to, got {lms!r}.")
    if lms == "plain":
        return lms, lms_tables.Made(_plain(problem_set, marks))
    numbered = [mark for mark in marks if mark.final is not None]
    table = read_table(gradebook) if gradebook is not None else None
    return lms, lms_tables.TABLES[lms](lms_tables.Asked(numbered, problem_set, table, column))


def _written(
    places: Places,
    problem_set: ProblemSet,
    marks: Sequence[Mark],
    kept: account.Account,
    made: tuple[str, lms_tables.Made],
    doubts: Sequence[str],
) -> Exported:
    lms, table = made
    here = [mark for mark in marks if (places.feedback(problem_set.name) / f"{mark.student}.html").exists()]
    parcel, left = write_parcel(places, problem_set, here, lms)
    path = places.csv(problem_set.name) if lms == "plain" else places.exports / f"{problem_set.name}-{lms}.csv"
    write_safely(path, write_rows(table.rows, delimiter=table.delimiter).encode(table.encoding, "replace"))
    notes = [*table.notes, *doubts]
    if left:
        notes.append(f"The feedback of {len(left)} could not be addressed in {lms}: {few(left)}.")
    if kept.missing:
        notes.append(f"{len(kept.missing)} of the roster handed in nothing and have no row: {few(kept.missing)}.")
    return Exported(path, parcel, tuple(notes))


def _doubts(marks: Sequence[Mark], kept: account.Account, waiting: Sequence[str]) -> list[str]:
    """What an instructor must know before these marks go out."""
    aside = [mark.student for mark in marks if mark.score is None]
    late = [mark.student for mark in marks if mark.taken_off]
    unknown = [mark.student for mark in marks if mark.late.doubt]
    earlier = [item.student for item in kept.students if item.earlier]
    notes = []
    if waiting:
        notes.append(f"Points so far: written answers of {len(waiting)} wait for a person: {few(waiting)}.")
    if aside:
        notes.append(f"Without a mark, because no notebook could be read: {few(aside)}.")
    if late:
        notes.append(f"Points were taken off for lateness: {few(late)}.")
    if unknown:
        notes.append(f"Marked late by the system, and nothing was taken off: {few(unknown)}. See the triage page.")
    if earlier:
        notes.append(
            f"Collected in an earlier run, not in the last one, and still in the table: {few(earlier)}. "
            "To leave them out: course collect ... --fresh, then grade."
        )
    return notes
