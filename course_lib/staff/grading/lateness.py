"""How late a class was: the term's policy put on what was collected."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.late import Lateness, assess
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.term import Term


def of_class(
    places: Places, problem_set: ProblemSet, collected: Sequence[Collected], term: Term
) -> dict[str, Lateness]:
    """How late each student was, by id, and what that costs; needs nothing but the account and the term."""
    people = {person.id: person for person in term.roster.people} if term.roster is not None else {}
    spent = _spent(places, problem_set.name)
    told = term.assignment(problem_set.name)
    return {
        item.student: assess(
            term.late,
            due=told.due,
            submitted=_moment(item.submitted),
            marked_late=item.late,
            zone=term.zone,
            all_points=problem_set.max,
            person=people.get(item.student),
            assignment=problem_set.name,
            days_spent=spent.get(item.student, 0.0),
        )
        for item in collected
    }


def keep(places: Places, problem_set: ProblemSet, collected: Sequence[Collected], term: Term) -> None:
    """Write down the late days that were used: other assignments' budgets are what these leave."""
    path = places.late(problem_set.name)
    used = {who: late.days_used for who, late in of_class(places, problem_set, collected, term).items()}
    kept = {**used_days(path), **used}
    days = {who: count for who, count in sorted(kept.items()) if count}
    if days or path.exists():
        write_safely(path, json.dumps(days, indent=1).encode())


def _spent(places: Places, but: str) -> dict[str, float]:
    """Late days used on all assignments but one."""
    spent: dict[str, float] = {}
    for path in sorted(places.late(but).parent.glob("*.json")):
        if path != places.late(but):
            for who, days in used_days(path).items():
                spent[who] = spent.get(who, 0.0) + days
    return spent


def forget(places: Places, assignment: str, students: Collection[str]) -> None:
    """Take persons out of the late days of an assignment."""
    path = places.late(assignment)
    days = {who: count for who, count in used_days(path).items() if who not in students}
    write_safely(path, json.dumps(days, indent=1).encode())


def used_days(path: Path) -> dict[str, float]:
    """Late days by student as a file of them says; nothing where it cannot be read."""
    try:
        return {str(who): float(days) for who, days in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _moment(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
