"""The class as it stands in the gradebook, without running anything."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from nbgrader.api import Assignment, BaseCell, Comment, SubmittedAssignment, SubmittedNotebook

from course_lib.staff.grading import gradebook, verdicts
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.batch import Outcome
from course_lib.staff.grading.dropped import counted
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded


def of_class(
    places: Places, problem_set: ProblemSet, collected: Sequence[Collected], dropped: Collection[str] = ()
) -> tuple[dict[str, dict[str, Any]], dict[str, Graded]]:
    """The report's entry of each student, hand-given points included, and the verdicts that stand.

    dropped: questions of which everybody graded has all the points.
    """
    graded = {}
    for item in collected:
        before = verdicts.read(places, problem_set.name, item.graded_as)
        if before is not None and before.digest == item.digest:
            graded[item.student] = before
    with gradebook.opened(places.database_url) as book:
        outcome = Outcome(graded=graded, grades=gradebook.grades_by(book, problem_set.name))
    return {item.student: entry_of(problem_set, item, outcome, dropped) for item in collected}, graded


def for_people(outcome: Outcome, collected: Sequence[Collected]) -> Outcome:
    """What came of a class by student, where it stands by student or group."""
    verdicts_of, wrong = outcome.graded, outcome.problems
    return replace(
        outcome,
        graded={item.student: verdicts_of[item.graded_as] for item in collected if item.graded_as in verdicts_of},
        problems={item.student: wrong[item.graded_as] for item in collected if item.graded_as in wrong},
    )


def comments(places: Places, assignment: str) -> dict[str, dict[str, str]]:
    """What persons wrote in formgrader, by student and question."""
    with gradebook.opened(places.database_url) as book:
        lines = (
            book.db.query(SubmittedAssignment.student_id, BaseCell.name, Comment.manual_comment)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Comment, Comment.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Comment.cell_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == assignment, Comment.manual_comment.isnot(None))
        )
        said: dict[str, dict[str, str]] = {}
        for student, cell, text in lines:
            if text.strip():
                said.setdefault(student, {})[cell.rsplit("-", 1)[0]] = text
    return said


def given_by_hand(places: Places, assignment: str) -> dict[str, set[str]]:
    """The questions that a person gave points for, by student."""
    with gradebook.opened(places.database_url) as book:
        known = gradebook.grades_by(book, assignment)
    return {
        student: {cell.name.rsplit("-", 1)[0] for cell in cells if cell.manual is not None}
        for student, cells in known.items()
    }


def entry_of(
    problem_set: ProblemSet, item: Collected, outcome: Outcome, dropped: Collection[str] = ()
) -> dict[str, Any]:
    """One student's line of the report, from what stands in the gradebook; dropped: see `of_class`."""
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
    cells = {cell.name.rsplit("-", 1)[0]: cell for cell in outcome.grades.get(item.graded_as, ())}
    for name, points in [*((q.name, q.points) for q in problem_set.questions.values()), *problem_set.manual.items()]:
        cell, verdict = cells.get(name), graded.verdicts.get(name)
        how = "manual" if verdict is None else verdict.outcome
        score = None if cell is None else cell.score
        questions[name] = {"score": score, "max": points, "outcome": how}
    entry["questions"] = questions = counted(questions, dropped)
    scores = [question["score"] for question in questions.values()]
    entry["score"] = round(sum(score for score in scores if score is not None), 6)
    judged = [verdict for name, verdict in graded.verdicts.items() if name not in dropped]
    complete = all(verdict.score is not None for verdict in judged)
    waits = any(cell.waits for name, cell in cells.items() if name not in dropped)
    entry["needs_manual"] = waits or any(verdict.human for verdict in judged)
    entry["status"] = "not-graded" if not complete else "needs-manual" if waits else "graded"
    return entry
