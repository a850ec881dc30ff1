"""One page for the instructor: who needs a person and why, worst first; how the questions went; what the run was worth.

Students stand there by id alone. What blocks the export comes first, then what costs somebody marks, then doubts about
who it was and when, then what was odd and cost nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from course_lib.staff.grading import account, feedback, lateness, sanitise
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.isolation import Isolation
from course_lib.staff.grading.late import Lateness
from course_lib.staff.grading.pages import render
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.question import Question
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.term import read_term
from course_lib.staff.grading.verdicts import Graded

BLOCKS, ASIDE, DECIDE, WHO, WHEN, ODD = range(6)
KINDS = (
    ("Not graded", "Ours, not theirs: the export waits for these. Grade again; what stands is not run twice."),
    ("Put aside", "No notebook could be read, and no mark is given until you decide. A mail is ready for each."),
    ("Marks to decide", "The machine gave what it could and asks for a person. Look at the notebook in formgrader."),
    ("Whose it is", "Say in the roster who is who, then grade again."),
    ("How late", "Nothing was taken off. Give the system's times in gradebook/term.toml, or leave it so."),
    ("Odd, and nothing to do", "It cost nobody marks. Look at these only where a student asks."),
)
_WHO = ("on the roster", "of the roster")
BINS = 10
MANY = 4


@dataclass(frozen=True)
class Reason:
    """Why a person should look at a submission: kind is a place in `KINDS`; question: its name, or ""."""

    kind: int
    text: str
    question: str = ""


def write(
    places: Places,
    problem_set: ProblemSet,
    collected: Sequence[Collected],
    graded: Mapping[str, Graded],
    students: Mapping[str, Mapping[str, Any]],
    level: Isolation,
    seconds: float,
    *,
    problems: Mapping[str, str] | None = None,
) -> Path:
    """Write ``gradebook/triage/<assignment>.html``; problems: what went wrong while grading, by student."""
    missing = account.read(places, problem_set.name).missing
    late = lateness.of_class(places, problem_set, collected, read_term(places))
    why = {
        item.student: reasons(
            item, graded.get(item.student), late.get(item.student), (problems or {}).get(item.student)
        )
        for item in collected
    }
    page = render(
        "triage.html",
        title=problem_set.title,
        name=problem_set.name,
        counts=_counts(collected, students, missing),
        missing=missing,
        seconds=seconds,
        level=level,
        groups=[group for kind in range(len(KINDS)) if (group := _group(places, problem_set, kind, why))["people"]],
        written=list(problem_set.manual),
        waiting=sum(entry["status"] == "needs-manual" for entry in students.values()),
        late=[(who, each) for who, each in sorted(late.items()) if each.sentence],
        totals=_totals(problem_set, students),
        rows=[_row(question, students, graded) for question in problem_set.questions.values()],
        times=_times(list(graded.values())),
    )
    path = places.triage(problem_set.name)
    write_safely(path, page.encode("utf-8", "replace"))
    return path


def reasons(
    item: Collected, graded: Graded | None, late: Lateness | None = None, problem: str | None = None
) -> list[Reason]:
    """Why a person should look at one submission, in no order; empty when nobody needs to."""
    plain = sanitise.plain
    why = [Reason(WHO if any(word in flag for word in _WHO) else ODD, plain(flag)) for flag in item.flags]
    if late is not None and late.doubt:
        why.append(Reason(WHEN, late.doubt))
    if item.status == "quarantined":
        return [Reason(ASIDE, plain(f"{item.reason[:1].upper()}{item.reason[1:]}.")), *why]
    if graded is None:
        return [Reason(BLOCKS, plain(problem or "It was not run to its end: see the messages of this run.")), *why]
    why.extend(Reason(ODD, plain(flag)) for flag in graded.flags)
    for name, verdict in graded.verdicts.items():
        if verdict.score is None:
            why.append(Reason(BLOCKS, plain(verdict.reason or verdict.human), name))
        elif verdict.human:
            why.append(Reason(DECIDE, plain(verdict.human), name))
    return why


def _group(places: Places, problem_set: ProblemSet, kind: int, why: Mapping[str, Sequence[Reason]]) -> dict[str, Any]:
    """All students with a reason of one kind; the same words are said once for all of them where they are many."""
    title, do = KINDS[kind]
    alike: dict[tuple[Any, ...], list[str]] = {}
    for student, given in sorted(why.items()):
        own = tuple(reason for reason in given if reason.kind == kind)
        if own:
            apart = student if kind in (ASIDE, DECIDE) else ""
            alike.setdefault((own, apart), []).append(student)
    people = []
    for (own, apart), students in alike.items():
        for some in [students] if len(students) >= MANY else [[student] for student in students]:
            mail = _mail(places, problem_set, apart) if kind == ASIDE else ""
            people.append({"students": some, "why": own, "mail": mail})
    count = sum(len(person["students"]) for person in people)
    return {"title": title, "do": do, "kind": kind, "people": people, "count": count}


def _mail(places: Places, problem_set: ProblemSet, student: str) -> str:
    path = places.quarantine(problem_set.name, student) / "mail.txt"
    return path.relative_to(places.root).as_posix()


def _counts(
    collected: Sequence[Collected], students: Mapping[str, Mapping[str, Any]], missing: Sequence[str]
) -> list[tuple[str, int, str]]:
    """Headline, number and tone of each box at the top."""
    status = Counter(entry["status"] for entry in students.values())
    return [
        ("handed in", len(collected), ""),
        ("graded", status["graded"], "good"),
        ("wait for you", status["needs-manual"], "part" if status["needs-manual"] else ""),
        ("not graded", status["not-graded"], "none" if status["not-graded"] else ""),
        ("put aside", status["quarantined"], "none" if status["quarantined"] else ""),
        *([("handed in nothing", len(missing), "part")] if missing else []),
    ]


def _totals(problem_set: ProblemSet, students: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """How the automatic points are spread, in ten bins of equal width."""
    names, most = list(problem_set.questions), problem_set.auto_max
    sums = []
    for entry in students.values():
        scores = [entry["questions"].get(name, {}).get("score") for name in names]
        if scores and all(score is not None for score in scores):
            sums.append(sum(score for score in scores if score is not None))
    bins = [0] * BINS
    for total in sums:
        bins[min(int(BINS * total / most), BINS - 1) if most else 0] += 1
    edges = [most * place / BINS for place in range(BINS + 1)]
    bars = [
        {"count": count, "low": low, "high": high, "height": 60 * count / max(bins) if sums else 0.0}
        for count, low, high in zip(bins, edges, edges[1:], strict=False)
    ]
    return {"bars": bars, "count": len(sums), "max": most, "median": median(sums) if sums else None}


def _row(question: Question, students: Mapping[str, Mapping[str, Any]], graded: Mapping[str, Graded]) -> dict[str, Any]:
    """How one question went; lost: the property that most of those who lost marks did not meet."""
    name, worth = question.name, question.points
    scores = [entry["questions"][name]["score"] for entry in students.values() if name in entry["questions"]]
    known = [score for score in scores if score is not None]
    lost: Counter[str] = Counter()
    for made in graded.values():
        verdict = made.verdicts.get(name)
        if verdict is None or verdict.score is None or verdict.score >= verdict.max:
            continue
        failed = next((result.code for result in verdict.properties if result.earned < result.points), "")
        lost[sanitise.plain(feedback.said(verdict.reason), length=90).rstrip(".") or f"`{failed}`"] += 1
    parts = {
        "full": sum(score >= worth for score in known),
        "some": sum(0 < score < worth for score in known),
        "none": sum(score <= 0 for score in known),
        "open": len(scores) - len(known),
    }
    return {
        "name": name,
        "title": question.title,
        "parts": parts,
        "bar": _bar(parts),
        "mean": sum(known) / (worth * len(known)) if known else None,
        "lost": [(text, count) for text, count in lost.most_common(2) if text != "``"],
    }


def _bar(parts: Mapping[str, int]) -> list[tuple[str, float, float]]:
    """Tone, start and width of the pieces of a bar of width 100."""
    whole, start, pieces = sum(parts.values()) or 1, 0.0, []
    for tone, count in parts.items():
        width = 100 * count / whole
        if count:
            pieces.append((tone, start, width))
        start += width
    return pieces


def _times(made: Sequence[Graded]) -> dict[str, Any]:
    seconds = [each.seconds for each in made]
    return {
        "median": median(seconds) if seconds else 0.0,
        "sum": sum(seconds),
        "slowest": sorted(made, key=lambda each: -each.seconds)[:5],
        "replayed": sum(bool(each.replays) for each in made),
    }
