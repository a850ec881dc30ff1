"""Questions that do not count: everybody whose submission was graded has all their points, and nobody loses any.

Like lateness this is put on what stands in the gradebook, in feedback, tables and the triage page; the gradebook itself
keeps what was judged and what a person gave, and so all comes back when the line is taken out of ``term.toml``.
"""

from collections.abc import Collection, Mapping
from typing import Any

from course_lib.staff.grading.places import Places
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.term import Term, read_term
from course_lib.validation import CourseError

OUTCOME = "dropped"
SENTENCE = "This question was dropped: everybody has all its points, whatever was answered."


def questions(problem_set: ProblemSet, term: Term) -> frozenset[str]:
    """Names of the dropped questions of a set.

    Raises CourseError for one that the set does not have.
    """
    named, there = term.assignment(problem_set.name).dropped, (*problem_set.questions, *problem_set.manual)
    unknown = [name for name in named if name not in there]
    if unknown:
        raise CourseError(
            f"Wanted questions of {problem_set.name} as dropped in term.toml, got {unknown[0]!r}. "
            f"There are: {', '.join(there)}."
        )
    return frozenset(named)


def of_set(places: Places, problem_set: ProblemSet) -> frozenset[str]:
    """Names of the dropped questions of a set, after reading the term's settings; raises as `questions`."""
    return questions(problem_set, read_term(places))


def counted(lines: Mapping[str, Mapping[str, Any]], dropped: Collection[str]) -> dict[str, dict[str, Any]]:
    """The questions of one graded submission with the dropped ones at full points; more (extra credit) stays more."""
    return {
        name: {**line, "score": max(line["score"] or 0.0, line["max"]), "outcome": OUTCOME}
        if name in dropped
        else dict(line)
        for name, line in lines.items()
    }


def note(dropped: Collection[str]) -> list[str]:
    """A sentence for the instructor; nothing where nothing is dropped."""
    return [f"Dropped, so that everybody graded has all the points: {', '.join(sorted(dropped))}."] if dropped else []
