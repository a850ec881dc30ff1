"""Says how one verdict came about, and reproduces it: the same cases, the notebook run and judged again."""

import json
from pathlib import Path
from typing import Any

import nbformat

from course_lib.staff.grading import account, dropped, isolation, roles, sets, verdicts
from course_lib.staff.grading.deal import course_key, draw, seeds
from course_lib.staff.grading.judge import Verdict
from course_lib.staff.grading.judging import Judge
from course_lib.staff.grading.pages import points
from course_lib.staff.grading.places import Places, checked_id
from course_lib.staff.grading.sanitise import plain
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded
from course_lib.validation import CourseError

CHANGED = "The questions, the library or its versions have changed since: grading again may come out differently."


def explain(
    root: Path,
    assignment: str,
    student: str,
    question: str,
    *,
    unsandboxed: bool = False,
    accept_partial: bool = False,
) -> str:
    """The verdict of one question in words, for the instructor, and what comes of the same bytes now.

    The notebook is run again where the isolation suffices or was waived; nothing is written.

    Raises CourseError when there is no such assignment, student or question.
    """
    places = Places(Path(root).resolve())
    problem_set = sets.load(places.root, assignment)
    kept = account.read(places, assignment)
    work = kept.graded_as(checked_id(student))
    graded, problem_set = verdicts.read(places, assignment, work), sets.of_version(problem_set, kept.version_of(work))
    if graded is None:
        raise CourseError(f"Wanted a graded submission of {student} for {assignment}, got none. Grade it first.")
    if question not in problem_set.questions:
        raise CourseError(
            f"Wanted a question that the machine grades, got {question!r}. "
            f"There are: {', '.join(problem_set.questions)}."
        )
    lines = [f"{assignment}, {student}, {question}: {problem_set.questions[question].title}"]
    lines.extend(_told(graded.verdicts[question]))
    if question in dropped.of_set(places, problem_set):
        lines.append("Dropped in term.toml: everybody graded has all its points; this verdict stays in the gradebook.")
    lines.append(
        f"Graded {graded.graded_at}, isolation {graded.isolation}, {graded.seconds:.1f} s, {graded.replays} replays."
    )
    lines.extend(f"Note: {plain(note)}" for note in graded.notes)
    lines.extend(_again(places, problem_set, graded, question, unsandboxed, accept_partial))
    return "\n".join(line.rstrip() for line in lines)


def _told(verdict: Verdict) -> list[str]:
    got = "no number" if verdict.score is None else f"{points(verdict.score)} of {points(verdict.max)} points"
    lines = [
        f"Outcome: {verdict.outcome}, {got}.",
        *([f"Reason: {plain(verdict.reason)}"] if verdict.reason else []),
        *([f"Slip: {plain(verdict.slip)}"] if verdict.slip else []),
        *([f"For a person: {plain(verdict.human)}"] if verdict.human else []),
    ]
    for result in verdict.properties:
        held = f"held on {result.held} of {result.of}" if result.of else "not judged"
        lines.append(
            f"  {result.code}: {points(result.earned)} of {points(result.points)}, {held}. {plain(result.sentence)}"
        )
    return lines


def _again(
    places: Places, problem_set: ProblemSet, graded: Graded, question: str, unsandboxed: bool, accept_partial: bool
) -> list[str]:
    """The cases drawn again, and whether the same verdict comes of them."""
    lines = []
    if verdicts.fingerprint(problem_set, graded.digest, graded.student) != graded.fingerprint:
        lines.append(CHANGED)
    key = course_key(places.gradebook)
    notebook = _collected(places, graded)
    if notebook is None:
        return [*lines, "The notebook that was graded is not there any more; collected was another one since."]
    drawn = seeds(
        [question],
        key=key,
        assignment=graded.assignment,
        version=problem_set.version,
        student=graded.student,
        digest=graded.digest,
    )
    cases = draw(problem_set.questions[question], drawn[question])
    strata = [case.stratum for case in cases]
    counted = ", ".join(f"{strata.count(name)} {name}" for name in dict.fromkeys(strata))
    lines.append(f"Cases (the same again from key, student and submission {graded.digest[:12]}): {counted}.")
    level = isolation.measure()
    try:
        isolation.require(level, unsandboxed=unsandboxed, accept_partial=accept_partial)
    except CourseError as error:
        return [*lines, f"Not run again: {error}"]
    with Judge(problem_set) as judge:
        now = verdicts.run_and_judge(
            problem_set, notebook, judge, key=key, student=graded.student, isolation=level
        ).verdicts[question]
    if now == graded.verdicts[question]:
        return [*lines, "Run again now: the same verdict."]
    return [*lines, "Run again now: ANOTHER verdict.", *_told(now)]


def _collected(places: Places, graded: Graded) -> Any:
    """The collected notebook, if it is still the one that was graded."""
    try:
        text = places.submitted(graded.assignment, graded.student).read_text(encoding="utf-8")
    except OSError:
        return None
    notebook = nbformat.from_dict(json.loads(text))
    return notebook if roles.digest(notebook["cells"]) == graded.digest else None
