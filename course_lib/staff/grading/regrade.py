"""What grading again would change: who, which question, by how much; run, judged and shown, and nothing written."""

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from course_lib.staff.grading import account, batch, dropped, isolation, sets, standing, verdicts
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.batch import Progress
from course_lib.staff.grading.judging import Judges
from course_lib.staff.grading.pages import points
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.sanitise import plain
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded
from course_lib.validation import CourseError


@dataclass(frozen=True)
class Change:
    """One question of one student that would come out differently.

    before: points that stand; after: points that would stand, None when it would not be graded; by_hand: a person gave
    the points, so they stay; machine: what the machine would give now; why: the reason, or the property lost first.
    """

    student: str
    question: str
    before: float | None
    after: float | None
    machine: float | None
    by_hand: bool
    why: str = ""

    @property
    def difference(self) -> float:
        """Points gained or lost; 0 when one of the two is no number."""
        return 0.0 if self.before is None or self.after is None else round(self.after - self.before, 6)


@dataclass(frozen=True)
class Preview:
    """What came of it: all changes, how many were run, how many stood without a run, what went wrong by student.

    dropped: questions that do not count, whose changes reach nobody.
    """

    assignment: str
    changes: tuple[Change, ...] = ()
    run: int = 0
    stood: int = 0
    problems: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    def table(self) -> dict[str, Any]:
        """As plain data, for a file."""
        return {**asdict(self), "problems": dict(self.problems)}


def preview(
    root: Path,
    assignment: str,
    *,
    everything: bool = False,
    jobs: int = 1,
    unsandboxed: bool = False,
    accept_partial: bool = False,
    progress: Progress | None = None,
) -> Preview:
    """Grade the collected class again beside the gradebook.

    everything: also what would stand because nothing has changed since; otherwise those are counted and not run; jobs,
    unsandboxed, accept_partial, progress: as for `grade.grade`.

    Raises CourseError when nothing was graded yet, or the isolation was not accepted.
    """
    places = Places(Path(root).resolve())
    problem_set = sets.load(places.root, assignment)
    collected = account.works(each for each in account.read(places, assignment).students if each.status == "collected")
    if not collected:
        raise CourseError(f"Wanted a graded class for {assignment}, got none. Run: course grade {assignment} ...")
    left_out = tuple(sorted(dropped.of_set(places, problem_set)))
    level = isolation.measure()
    isolation.require(level, unsandboxed=unsandboxed, accept_partial=accept_partial)
    entries, graded = standing.of_class(places, problem_set, collected)
    hand = standing.given_by_hand(places, assignment)
    changes: list[Change] = []
    problems: dict[str, str] = {}
    with Judges(problem_set) as judges:
        rules = {item.version: judges.of(item.version).problem_set for item in collected}
        waiting = [
            item for item in collected if everything or not _stands(rules[item.version], item, graded.get(item.student))
        ]
        with contextlib.closing(batch.results(places, waiting, judges, jobs, level)) as results:
            for number, (item, ready, result) in enumerate(results, start=1):
                if ready is None or isinstance(result, Exception):
                    problems[item.student] = plain(f"{type(result).__name__}: {result}")
                else:
                    made = verdicts.judged(judges.of(item.version), ready.prepared, result, isolation=level.level)
                    name = item.student
                    questions = entries[name]["questions"]
                    changes.extend(changes_of(name, questions, hand.get(name, set()), graded.get(name), made))
                if progress is not None:
                    progress(number, len(waiting), item.student, 0.0)
    changes.sort(key=lambda change: (-abs(change.difference), change.student, change.question))
    return Preview(assignment, tuple(changes), len(waiting), len(collected) - len(waiting), problems, left_out)


def changes_of(
    student: str,
    questions: Mapping[str, Mapping[str, Any]],
    hand: Collection[str],
    before: Graded | None,
    now: Graded,
) -> list[Change]:
    """The questions of one student that differ.

    questions: as in the report's entry; hand: those that a person gave points for, which stay; before, now: by the
    machine.
    """
    found = []
    for name, verdict in now.verdicts.items():
        old = before.verdicts.get(name) if before is not None else None
        stands = questions.get(name, {}).get("score")
        by_hand = name in hand
        if old is not None and old.score == verdict.score:
            continue
        after = stands if by_hand else verdict.score
        lost = next(
            (result.code.replace("-", " ") for result in verdict.properties if result.earned < result.points), ""
        )
        why = plain(verdict.reason or lost, length=100)
        found.append(Change(student, name, stands, after, verdict.score, by_hand, why))
    return found


def lines(made: Preview) -> list[str]:
    """The preview in words: what changes most first."""
    counted = [change for change in made.changes if change.question not in made.dropped]
    students = {change.student for change in counted}
    up = sum(change.difference > 0 for change in counted)
    down = sum(change.difference < 0 for change in counted)
    said = [
        f"{made.assignment}: {made.run} graded again, {made.stood} stand as nothing has changed for them.",
        f"{len(students)} student(s) would change: {up} question(s) up, {down} down. Nothing was written.",
    ]
    for change in made.changes:
        move = f"{_shown(change.before)} -> {_shown(change.after)}"
        kept = f" (given by hand, stays; the machine says {_shown(change.machine)})" if change.by_hand else ""
        why = f"  {change.why}" if change.why else ""
        left_out = " (dropped: all its points whatever comes)" if change.question in made.dropped else ""
        said.append(f"  {plain(change.student)} {change.question}: {move}{kept}{left_out}{why}")
    said.extend(f"  {plain(student)}: not graded: {problem}" for student, problem in made.problems.items())
    if made.changes:
        said.append(f"To write these marks: course regrade {made.assignment}")
    return said


def _stands(problem_set: ProblemSet, item: Collected, before: Graded | None) -> bool:
    return (
        before is not None
        and before.complete
        and before.fingerprint == verdicts.fingerprint(problem_set, item.digest, item.student)
    )


def _shown(score: float | None) -> str:
    return "not graded" if score is None else points(score)
