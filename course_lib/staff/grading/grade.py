"""`course grade`: from a folder of submissions to marks, feedback and a table."""

import contextlib
import json
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat

from course_lib.staff.grading import export, feedback, found, isolation, process, record, sets, triage, verdicts
from course_lib.staff.grading.collect import Collected, collect, read_release
from course_lib.staff.grading.deal import course_key
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.run import RunResult
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded
from course_lib.validation import CourseError

Progress = Callable[[int, int, str, float], None]


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
        process.sweep()
        collected = collect(places.root, problem_set, submissions)
        record.back_up(places)
        record.register(places, problem_set, release)
        graded, fresh, problems = _run_class(places, problem_set, collected, level.level, jobs, progress)
        students = {item.student: _entry(places, problem_set, item, graded.get(item.student)) for item in collected}
        notes = [f"{student}: {problem}" for student, problem in problems.items()]
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
        fresh=fresh,
        csv=table,
        feedback=pages,
        triage=page,
        account=places.account(assignment) / "account.txt",
        notes=tuple(notes),
    )
    if json_file is not None:
        write_safely(Path(json_file).resolve(), json.dumps(report.table(), indent=1).encode())
    return report


def _run_class(
    places: Places,
    problem_set: ProblemSet,
    collected: Sequence[Collected],
    level: str,
    jobs: int,
    progress: Progress | None,
) -> tuple[dict[str, Graded], int, dict[str, str]]:
    """Verdicts by student, how many were made now, and what went wrong by student."""
    graded, waiting = {}, []
    for item in (item for item in collected if item.status == "collected"):
        standing = _standing(places, problem_set, item)
        if standing is None:
            waiting.append(item)
        else:
            graded[item.student] = standing
    problems: dict[str, str] = {}
    if not waiting:
        return graded, 0, problems
    recorder, began = record.Recorder(places, problem_set.name), time.monotonic()
    with contextlib.closing(_results(places, problem_set, waiting, jobs)) as results:
        for number, (item, notebook, result) in enumerate(results, start=1):
            try:
                if isinstance(result, Exception):
                    raise result
                made = verdicts.judged(problem_set, notebook, result, student=item.student, isolation=level)
                recorder.write(made)
                graded[item.student] = replace(made, outputs={})
            except Exception as error:  # one submission that cannot be graded must not cost the others theirs
                problems[item.student] = f"not graded: {type(error).__name__}: {error}"
            if progress is not None:
                left = (time.monotonic() - began) / number * (len(waiting) - number)
                progress(number, len(waiting), item.student, left)
    return graded, len(waiting), problems


def _standing(places: Places, problem_set: ProblemSet, item: Collected) -> Graded | None:
    """The verdicts that still hold for exactly this submission under exactly these questions, if they are recorded."""
    before = verdicts.read(places, problem_set.name, item.student)
    if before is None or not before.complete:
        return None
    if before.fingerprint != verdicts.fingerprint(problem_set, item.digest, item.student):
        return None
    standing = record.grades(places, problem_set.name, item.student)
    return before if record.is_done(places, problem_set.name, item.student, standing) else None


def _results(
    places: Places, problem_set: ProblemSet, waiting: Sequence[Collected], jobs: int
) -> Generator[tuple[Collected, Any, RunResult | Exception], None, None]:
    """Run the notebooks, ``jobs`` at a time, and hand them out as they come; the caller judges and writes."""
    key = course_key(places.gradebook)

    def one(item: Collected) -> tuple[Any, RunResult]:
        notebook = nbformat.read(places.submitted(problem_set.name, item.student), as_version=4)
        return notebook, verdicts.run_only(problem_set, notebook, key=key, student=item.student)

    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        futures: dict[Future, Collected] = {pool.submit(one, item): item for item in waiting}
        for future in as_completed(futures):
            item = futures.pop(future)
            error = future.exception()
            if isinstance(error, Exception):
                yield item, None, error
            else:
                yield item, *future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # after an interrupt only what runs now is waited for


def _entry(places: Places, problem_set: ProblemSet, item: Collected, graded: Graded | None) -> dict[str, Any]:
    """One student's line of the report, from the gradebook."""
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
    cells = {cell.name.rsplit("-", 1)[0]: cell for cell in record.grades(places, problem_set.name, item.student)}
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
