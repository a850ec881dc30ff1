"""What each student gets in the end: points, what lateness costs, and the name by which the system knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from course_lib.staff.grading import lateness
from course_lib.staff.grading.account import Account, Collected
from course_lib.staff.grading.late import Lateness
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.term import Term


@dataclass(frozen=True)
class Mark:
    """One student's result.

    score: points as graded, None while a person must decide on the file; late: what lateness costs; status: as in the
    report; item: what the system's names say.
    """

    student: str
    score: float | None
    max: float
    status: str
    item: Collected
    late: Lateness = field(default_factory=Lateness)
    questions: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def taken_off(self) -> float:
        """Points that lateness costs, never more than there are."""
        return 0.0 if self.score is None else self.late.taken_off(self.score)

    @property
    def final(self) -> float | None:
        """Points to hand on."""
        return None if self.score is None else round(self.score - self.taken_off, 6)


def marks_of(
    places: Places, problem_set: ProblemSet, students: Mapping[str, Mapping[str, Any]], account: Account, term: Term
) -> list[Mark]:
    """A mark for each entry of the report, in the order of the ids."""
    items = {item.student: item for item in account.students}
    late = lateness.of_class(places, problem_set, list(items.values()), term)
    return [
        Mark(
            student=student,
            score=entry["score"],
            max=entry["max"],
            status=entry["status"],
            item=items.get(student, Collected(student, "", entry["status"])),
            late=late.get(student, Lateness()),
            questions={name: question["score"] for name, question in entry["questions"].items()},
        )
        for student, entry in sorted(students.items())
    ]
