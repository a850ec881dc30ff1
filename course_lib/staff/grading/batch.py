"""Runs, judges and records a class: submissions are taken up one at a time, and nothing of them is kept but verdicts.

Notebooks run beside each other in workers; cases are drawn, records judged and scores written here, one after the
other. What the clock stopped is run again when all others are done, alone.
"""

import contextlib
import json
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import nbformat

from course_lib.staff.grading import record, roles, verdicts
from course_lib.staff.grading.collect import Collected
from course_lib.staff.grading.deal import course_key
from course_lib.staff.grading.isolation import Isolation
from course_lib.staff.grading.judging import Judge, Judges
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.record import CellGrade, Recorder
from course_lib.staff.grading.run import RunResult, run
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded, Prepared
from course_lib.validation import CourseError

Progress = Callable[[int, int, str, float], None]
Ran = tuple[Collected, "Ready | None", RunResult | Exception]


@dataclass
class Outcome:
    """What came of a class.

    graded: verdicts by student; fresh: how many were made now; problems: what went wrong, by student; grades: what
    stands in the gradebook at the end.
    """

    graded: dict[str, Graded] = field(default_factory=dict)
    fresh: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    grades: dict[str, list[CellGrade]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ready:
    """A collected notebook with its plan."""

    notebook: Any
    prepared: Prepared


def run_class(
    places: Places,
    problem_set: ProblemSet,
    release: dict[str, Any],
    collected: Sequence[Collected],
    *,
    isolation: Isolation,
    jobs: int,
    progress: Progress | None,
    scheduler: str = "",
) -> Outcome:
    """Grade what is not done yet; scheduler: of a Dask cluster whose workers run the notebooks, empty for this machine.

    Raises CourseError when the disk is full or the questions change meanwhile: what is done stays done, and the same
    command goes on from there.
    """
    outcome = Outcome()
    with Judges(problem_set) as judges, Recorder(places, problem_set, release) as recorder:
        waiting = _waiting(places, judges, collected, recorder, outcome)
        outcome.fresh, began = len(waiting), time.monotonic()
        with contextlib.closing(results(places, waiting, judges, jobs, isolation, scheduler)) as ran:
            for number, (item, ready, result) in enumerate(ran, start=1):
                try:
                    if isinstance(result, Exception):
                        raise result
                    if ready is None:
                        raise RuntimeError("it was not prepared")
                    made = verdicts.judged(judges.of(item.version), ready.prepared, result, isolation=isolation.level)
                    recorder.write(made, ready.notebook)
                    outcome.graded[item.student] = replace(made, outputs={})
                except CourseError:
                    raise
                except Exception as error:  # one submission that cannot be graded must not cost the others theirs
                    if record.is_full(error):
                        raise CourseError(
                            f"Wanted room for the grades of {item.student}, got a full disk ({error}). "
                            "Make room and run the same command again: it goes on from here."
                        ) from error
                    outcome.problems[item.student] = f"not graded: {type(error).__name__}: {error}"
                if progress is not None:
                    left = (time.monotonic() - began) / number * (len(waiting) - number)
                    progress(number, len(waiting), item.student, left)
        outcome.grades = recorder.grades()
    return outcome


def _waiting(
    places: Places, judges: Judges, collected: Iterable[Collected], recorder: Recorder, outcome: Outcome
) -> list[Collected]:
    """Who is to be run; verdicts that hold for exactly this submission under exactly these questions stand."""
    waiting, done = [], recorder.done()
    for item in (item for item in collected if item.status == "collected"):
        rules = judges.of(item.version).problem_set
        before = verdicts.read(places, rules.name, item.student)
        wanted = verdicts.fingerprint(rules, item.digest, item.student)
        if before is not None and recorder.is_done(before, wanted, done.get(item.student)):
            outcome.graded[item.student] = before
        else:
            waiting.append(item)
    return waiting


def results(
    places: Places,
    waiting: Sequence[Collected],
    judges: Judges,
    jobs: int,
    isolation: Isolation,
    scheduler: str = "",
) -> Generator[Ran, None, None]:
    """Run the notebooks, ``jobs`` at a time, and hand them out as they come; at last those to run alone."""
    pool, jobs = _workers(jobs, isolation, scheduler)
    walls = isolation.walls
    flying: dict[Future[RunResult], tuple[Collected, Ready]] = {}
    alone: list[tuple[Collected, RunResult]] = []
    left = iter(waiting)
    try:
        while True:
            for item in islice(left, jobs + 1 - len(flying)):
                ready = _ready(places, item, judges.of(item.version), walls)
                if isinstance(ready, Exception):
                    yield item, None, ready
                else:
                    flying[pool.submit(run, ready.prepared.work)] = (item, ready)
            if not flying:
                break
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                item, ready = flying.pop(future)
                error = future.exception()
                if isinstance(error, Exception):
                    yield item, None, error
                elif future.result().clock:
                    alone.append((item, replace(future.result(), questions={}, outputs={})))
                else:
                    yield item, ready, future.result()
        for item, first in alone:
            ready = _ready(places, item, judges.of(item.version), walls)
            if isinstance(ready, Exception):
                yield item, None, ready
            else:
                future = pool.submit(verdicts.run_alone, ready.prepared.work, first)
                error = future.exception()
                yield item, ready, error if isinstance(error, Exception) else future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # after an interrupt only what runs now is waited for


def _workers(jobs: int, isolation: Isolation, scheduler: str) -> tuple[Executor, int]:
    """Who runs the notebooks, and how many at a time: a cluster as many as it has threads."""
    if not scheduler:
        return ThreadPoolExecutor(max_workers=jobs), jobs
    from course_lib.staff.grading.cluster import Cluster

    cluster = Cluster(scheduler, isolation)
    return cluster, cluster.jobs


def _ready(places: Places, item: Collected, judge: Judge, walls: str) -> Ready | Exception:
    """Read a collected notebook and draw its cases; what goes wrong is handed on, and costs nobody else."""
    key, problem_set = course_key(places.gradebook), judge.problem_set
    try:
        text = places.submitted(problem_set.name, item.student).read_text(encoding="utf-8")
        notebook = nbformat.from_dict(json.loads(text))
        if not roles.is_collected(notebook, key, problem_set.name, item.student):
            raise RuntimeError("its collected notebook has been changed; run the same command again")
        prepared = verdicts.prepare(problem_set, notebook, judge, key=key, student=item.student, walls=walls)
        return Ready(notebook, prepared)
    except CourseError:
        raise
    except Exception as error:
        return error
