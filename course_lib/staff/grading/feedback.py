"""A page for each student: what held, what did not, in the subject's words.

From a fixed list of sentences with the student's own figures; never a case, a digit of the reference, a time, a path.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_lib.staff.grading import account, dropped, lateness, sanitise, standing
from course_lib.staff.grading.judge import Verdict
from course_lib.staff.grading.late import Lateness
from course_lib.staff.grading.pages import points, render
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.question import Question
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.term import read_term
from course_lib.staff.grading.verdicts import Graded

_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[\\/][\w.+~-]+){2,}[\\/]?")
_NUMBER = re.compile(r"[-+]?\d*\.\d+(?:[eE][-+]?\d+)?|\d{4,}")
WAITS = "A person reads this answer."
OURS = "This question is not graded yet: something went wrong on our side. You lose nothing by it."


def write(
    places: Places, problem_set: ProblemSet, graded: Mapping[str, Graded], students: Mapping[str, Mapping[str, Any]]
) -> Path:
    """Write ``gradebook/feedback/<assignment>/<student>.html`` for everybody; returns the folder."""
    folder = places.feedback(problem_set.name)
    kept = account.read(places, problem_set.name).students
    late = lateness.of_class(places, problem_set, kept, read_term(places))
    said = standing.comments(places, problem_set.name)
    works = {item.student: item.graded_as for item in kept}
    for student, entry in students.items():
        page = page_of(
            problem_set,
            student,
            entry,
            graded.get(student),
            late=late.get(student, Lateness()),
            comments=said.get(works.get(student, student), {}),
            grouped=works.get(student, student) != student,
        )
        write_safely(folder / f"{student}.html", page.encode("utf-8", "replace"))
    return folder


def page_of(
    problem_set: ProblemSet,
    student: str,
    entry: Mapping[str, Any],
    graded: Graded | None,
    *,
    late: Lateness | None = None,
    comments: Mapping[str, str] | None = None,
    grouped: bool = False,
) -> str:
    """One student's page as HTML; comments: a person's, by question; grouped: whether it is a group's notebook."""
    late, comments = late or Lateness(), comments or {}
    questions = []
    for name, question in problem_set.questions.items():
        verdict = None if graded is None else graded.verdicts.get(name)
        questions.append(_question(question, verdict, entry["questions"].get(name, {}).get("score")))
    for name, worth in problem_set.manual.items():
        score = entry["questions"].get(name, {}).get("score")
        shown = f"{points(worth)} points" if score is None else f"{points(score)} of {points(worth)}"
        said = WAITS if score is None else ""
        title = f"Question {name.lstrip('q')}. Written answer"
        questions.append({"title": title, "points": shown, "tone": "soft", "said": said, "properties": []})
    shown_by_name = dict(zip([*problem_set.questions, *problem_set.manual], questions, strict=True))
    for name, shown_question in shown_by_name.items():
        if entry["questions"].get(name, {}).get("outcome") == dropped.OUTCOME:  # what was wrong with it may be ours
            given, most = (points(entry["questions"][name][key]) for key in ("score", "max"))
            shown_question.update(points=f"{given} of {most}", tone="good", said=dropped.SENTENCE)
            shown_question.update(properties=[], slip="")
        shown_question["comment"] = sanitise.plain(comments.get(name, ""), length=5000)
    in_order = sorted(shown_by_name, key=lambda name: (len(name), name))  # written ones in their place
    waiting = [q["max"] for q in entry["questions"].values() if q["score"] is None]
    score = entry["score"] or 0.0
    return render(
        "feedback.html",
        title=problem_set.title,
        student=student,
        grouped=grouped,
        quarantined=sanitise.plain(entry.get("reason", "")) if entry["status"] == "quarantined" else "",
        score=score,
        late=late.sentence,
        taken_off=late.taken_off(score),
        max=entry["max"],
        open=sum(waiting),
        questions=[shown_by_name[name] for name in in_order],
    )


def _question(question: Question, verdict: Verdict | None, score: float | None) -> dict[str, Any]:
    title = f"Question {question.name.lstrip('q')}. {question.title}"
    if verdict is None or verdict.score is None:
        shown = (
            f"{points(question.points)} points" if score is None else f"{points(score)} of {points(question.points)}"
        )
        return {
            "title": title,
            "points": shown,
            "tone": "part",
            "said": OURS if score is None else "",
            "properties": [],
        }
    score = verdict.score if score is None else score
    tone = "good" if score >= question.points else "part" if score else "none"
    return {
        "title": title,
        "points": f"{points(score)} of {points(question.points)}",
        "tone": tone,
        "said": said(verdict.reason),
        "slip": said(verdict.slip, own_figures=True),
        "properties": [] if verdict.reason else [_property(result) for result in verdict.properties],
    }


def _property(result: Any) -> dict[str, Any]:
    held = result.earned >= result.points
    return {
        "name": result.code.replace("-", " "),
        "mark": "✓" if held else "✗",
        "tone": "good" if held else "none",
        "earned": result.earned,
        "points": result.points,
        "sentence": said(result.sentence, own_figures=True),
    }


def said(text: str, *, own_figures: bool = False) -> str:
    """Text for a student: no path, and in an exception's message no number that could be a case's."""
    text = sanitise.plain(_PATH.sub("…", text), length=600)
    return text if own_figures else _NUMBER.sub("…", text)
