"""One page for the instructor: who needs a person and why, how the questions went, what the run was worth."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_lib.staff.grading import sanitise
from course_lib.staff.grading.collect import Collected
from course_lib.staff.grading.isolation import Isolation
from course_lib.staff.grading.pages import render
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded


def write(
    places: Places,
    problem_set: ProblemSet,
    collected: Sequence[Collected],
    graded: Mapping[str, Graded],
    students: Mapping[str, Mapping[str, Any]],
    level: Isolation,
    seconds: float,
) -> Path:
    """Write ``gradebook/triage/<assignment>.html``."""
    people = [{"student": item.student, "why": reasons(item, graded.get(item.student))} for item in collected]
    rows = [_row(name, question.title, question.points, students) for name, question in problem_set.questions.items()]
    slowest = sorted(graded.values(), key=lambda made: -made.seconds)[:5]
    page = render(
        "triage.html",
        title=problem_set.title,
        count=len(collected),
        seconds=seconds,
        level=level,
        people=[person for person in people if person["why"]],
        written=list(problem_set.manual),
        waiting=sum(entry["status"] == "needs-manual" for entry in students.values()),
        rows=rows,
        slowest=slowest,
    )
    path = places.triage(problem_set.name)
    write_safely(path, page.encode("utf-8", "replace"))
    return path


def reasons(item: Collected, graded: Graded | None) -> list[str]:
    """Why a person should look at one submission; empty when nobody needs to."""
    if item.status == "quarantined":
        return [f"Put aside: {item.reason}. A mail is ready beside the file."]
    why = list(item.flags)
    if graded is None:
        return [*why, "Not graded: see the messages of this run, then grade again."]
    why.extend(graded.flags)
    for name, verdict in graded.verdicts.items():
        if verdict.human:
            why.append(f"{name}: {sanitise.plain(verdict.human)}")
    return why


def _row(name: str, title: str, worth: float, students: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    scores = [entry["questions"][name]["score"] for entry in students.values() if name in entry["questions"]]
    known = [score for score in scores if score is not None]
    return {
        "title": f"{name}. {title}",
        "full": sum(score >= worth for score in known),
        "some": sum(0 < score < worth for score in known),
        "none": sum(score <= 0 for score in known),
        "open": len(scores) - len(known),
        "mean": sum(known) / (worth * len(known)) if known else None,
    }
