"""`course grade`: from a folder of submissions to marks, feedback and a table."""

import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.staff.grading import (
    account,
    dropped,
    export,
    feedback,
    found,
    isolation,
    process,
    record,
    sets,
    standing,
    triage,
)
from course_lib.staff.grading.batch import Outcome, Progress, run_class
from course_lib.staff.grading.collect import collect, read_release
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.verdicts import Graded
from course_lib.validation import CourseError


@dataclass(frozen=True)
class Report:
    """What one run came to.

    students: by id, as in the JSON file; fresh: how many were run now, the others stood from before; csv: None while
    a question is not graded; parcel: feedback as the system takes it in, where there is one; notes: for a person, one
    line each; works: how many notebooks, fewer than students where groups hand in.
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
    parcel: Path | None = None
    works: int = 0

    def table(self) -> dict[str, Any]:
        """The report as plain data, as `--json` writes it."""
        return {"isolation": self.isolation.level, "students": self.students}


def grade(
    root: Path,
    assignment: str,
    submissions: Path | None,
    *,
    jobs: int = 1,
    json_file: Path | None = None,
    unsandboxed: bool = False,
    accept_partial: bool = False,
    scheduler: str = "",
    progress: Progress | None = None,
) -> Report:
    """Grade a class.

    submissions: folder of student folders, folder of notebooks, or zip; None: all that was collected before. jobs:
    workers at once; scheduler: address of a Dask cluster that runs the notebooks instead; progress: called with (done,
    all, student, estimated seconds left). A submission whose verdict stands (same content, questions and versions) is
    not run again. Students whom only an earlier run collected stay in triage and tables; the report is of this run.

    Raises CourseError for a missing assignment, folder or release, isolation that was not accepted, nothing collected
    before where that is asked for, or a gradebook in use.
    """
    started = time.monotonic()
    if jobs < 1:
        raise CourseError(f"Wanted at least one job, got {jobs}.")
    places = Places(Path(root).resolve())
    problem_set = sets.load(places.root, assignment)
    release = read_release(places, problem_set)
    left_out = dropped.of_set(places, problem_set)
    if submissions is not None:
        found.require(Path(submissions))
    level = isolation.measure()
    isolation.require(level, unsandboxed=unsandboxed, accept_partial=accept_partial)
    with record.locked(places):
        record.require_room(places)
        process.sweep()
        collected = _known(places, assignment) if submissions is None else collect(root, problem_set, submissions)
        record.back_up(places)
        record.register(places, problem_set, release)
        outcome = run_class(
            places,
            problem_set,
            release,
            account.works(collected),
            isolation=level,
            jobs=jobs,
            progress=progress,
            scheduler=scheduler,
        )
        of_people = standing.for_people(outcome, collected)
        graded = of_people.graded
        students = {item.student: standing.entry_of(problem_set, item, of_people, left_out) for item in collected}
        pages = feedback.write(places, problem_set, graded, students)
        earlier, before, verdicts = _not_met(places, problem_set, students, left_out)
        everybody = {**before, **students}
        page = triage.write(
            places,
            problem_set,
            [*earlier, *collected],
            {**verdicts, **graded},
            everybody,
            level,
            time.monotonic() - started,
            problems=of_people.problems,
        )
        exported = export.after_grading(places, problem_set, everybody)
    report = Report(
        assignment=assignment,
        title=problem_set.title,
        isolation=level,
        students=students,
        seconds=time.monotonic() - started,
        fresh=outcome.fresh,
        works=len(account.works(collected)),
        csv=exported.table,
        parcel=exported.parcel,
        feedback=pages,
        triage=page,
        account=places.account(assignment) / "account.txt",
        notes=(*_notes(outcome, {item.graded_as for item in [*earlier, *collected]}), *exported.notes),
    )
    if json_file is not None:
        write_safely(Path(json_file).resolve(), json.dumps(report.table(), indent=1).encode())
    return report


def _notes(outcome: Outcome, known: Collection[str]) -> Iterator[str]:
    """What went wrong in the run, and who stands in the gradebook without being anybody of this class."""
    yield from (f"{student}: {problem}" for student, problem in outcome.problems.items())
    strange = sorted(outcome.grades.keys() - known)
    if strange:
        yield (
            f"In the gradebook stand {len(strange)} that are nobody in this class, and in no table: "
            f"{', '.join(strange[:8])}. If a roster has renamed or grouped them, points by hand do not come along; "
            "nbgrader db student remove ID --force takes one out."
        )


def _not_met(
    places: Places, problem_set: sets.ProblemSet, students: Collection[str], left_out: Collection[str]
) -> tuple[list[account.Collected], dict[str, dict[str, Any]], dict[str, Graded]]:
    """Students of earlier runs who are not in this one, as they stand: an archive of late work holds no others."""
    earlier = [item for item in account.read(places, problem_set.name).students if item.student not in students]
    return earlier, *standing.of_class(places, problem_set, earlier, left_out)


def _known(places: Places, assignment: str) -> list[account.Collected]:
    """All that was collected before.

    Raises CourseError when nothing was.
    """
    students = account.read(places, assignment).students
    if not students:
        raise CourseError(
            f"Wanted the collected submissions of {assignment}, got none. "
            f"Run: course grade {assignment} --submissions PATH"
        )
    return students
