"""`course grade`: from a folder of submissions to marks, feedback and a table."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.staff.grading import export, feedback, found, isolation, process, record, sets, triage
from course_lib.staff.grading.batch import Outcome, Progress, run_class
from course_lib.staff.grading.collect import Collected, collect, read_release
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import ProblemSet
from course_lib.validation import CourseError


@dataclass(frozen=True)
class Report:
    """What one run came to.

    students: by id, as in the JSON file; fresh: how many were run now, the others stood from before; csv: None while
    a question is not graded; notes: for a person, one line each.
    """

    assignment: str
    title: str
    isolation: isolation.Isolation
    students: dict[str, dict[str, Any]]
    seconds: float
    fresh: int
    csv: Path | None
    feedback: Path
    triage: Path
    account: Path
    notes: tuple[str, ...] = field(default=())

    def table(self) -> dict[str, Any]:
        """The report as plain data, as `--json` writes it."""
        return {"isolation": self.isolation.level, "students": self.students}


def grade(
    root: Path,
    assignment: str,
    submissions: Path,
    *,
    jobs: int = 1,
    json_file: Path | None = None,
    unsandboxed: bool = False,
    accept_partial: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Grade a class.

    submissions: folder of student folders, folder of notebooks, or zip; jobs: workers at the same time; progress: is
    called with (done, all, student, estimated seconds left). A submission whose verdict still stands (same content,
    questions and versions) is not run again.

    Raises CourseError for an unknown assignment, a missing folder, a missing release, isolation that was not accepted,
    or a gradebook in use.
    """
    started = time.monotonic()
    if jobs < 1:
        raise CourseError(f"Wanted at least one job, got {jobs}.")
    places = Places(Path(root).resolve())
    problem_set = sets.load(places.root, assignment)
    release = read_release(places, problem_set)
    found.require(Path(submissions))
    level = isolation.measure()
    isolation.require(level, unsandboxed=unsandboxed, accept_partial=accept_partial)
    with record.locked(places):
        record.require_room(places)
        process.sweep()
        collected = collect(places.root, problem_set, submissions)
        record.back_up(places)
        record.register(places, problem_set, release)
        outcome = run_class(
            places, problem_set, release, collected, isolation=level.level, jobs=jobs, progress=progress
        )
        graded = outcome.graded
        students = {item.student: _entry(problem_set, item, outcome) for item in collected}
        notes = [f"{student}: {problem}" for student, problem in outcome.problems.items()]
        pages = feedback.write(places, problem_set, graded, students)
        page = triage.write(places, problem_set, collected, graded, students, level, time.monotonic() - started)
        try:
            table = export.write_csv(places, problem_set, students)
        except CourseError as error:
            table, notes = None, [*notes, str(error)]
    report = Report(
        assignment=assignment,
        title=problem_set.title,
        isolation=level,
        students=students,
        seconds=time.monotonic() - started,
        fresh=outcome.fresh,
        csv=table,
        feedback=pages,
        triage=page,
        account=places.account(assignment) / "account.txt",
        notes=tuple(notes),
    )
    if json_file is not None:
        write_safely(Path(json_file).resolve(), json.dumps(report.table(), indent=1).encode())
    return report


def _entry(problem_set: ProblemSet, item: Collected, outcome: Outcome) -> dict[str, Any]:
    """One student's line of the report, from the gradebook."""
    graded = outcome.graded.get(item.student)
    questions: dict[str, dict[str, Any]] = {}
    entry: dict[str, Any] = {
        "score": None,
        "max": problem_set.max,
        "auto_max": problem_set.auto_max,
        "needs_manual": True,
        "status": "quarantined",
        "questions": questions,
    }
    if item.status == "quarantined":
        return {**entry, "reason": item.reason}
    entry["status"] = "not-graded"
    if graded is None:
        return entry
    cells = {cell.name.rsplit("-", 1)[0]: cell for cell in outcome.grades.get(item.student, ())}
    for name, points in [*((q.name, q.points) for q in problem_set.questions.values()), *problem_set.manual.items()]:
        cell, verdict = cells.get(name), graded.verdicts.get(name)
        outcome = "manual" if verdict is None else verdict.outcome
        score = None if cell is None else cell.score
        questions[name] = {"score": score, "max": points, "outcome": outcome}
    scores = [question["score"] for question in questions.values()]
    entry["score"] = round(sum(score for score in scores if score is not None), 6)
    flagged = any(verdict.human for verdict in graded.verdicts.values())
    entry["needs_manual"] = flagged or any(cell.waits for cell in cells.values())
    waits = any(cell.waits for cell in cells.values())
    entry["status"] = "not-graded" if not graded.complete else "needs-manual" if waits else "graded"
    return entry
