"""One page for the instructor: who needs a person and why, worst first; how the questions went; what the run was worth.

What blocks the export comes first, then what costs somebody marks, then doubts about who it was and when, then what was
odd and cost nothing. Beside an id stand the name that the roster or the system gives, and links to what that student
was told and to what was handed in: files beside this one, so the page belongs where it was written.
"""

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from course_lib.staff.grading import account, dropped, lateness, sanitise, summary
from course_lib.staff.grading.account import Account, Collected
from course_lib.staff.grading.found import student_id
from course_lib.staff.grading.isolation import Isolation
from course_lib.staff.grading.late import Lateness
from course_lib.staff.grading.pages import render
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.term import read_term
from course_lib.staff.grading.verdicts import Graded

BLOCKS, ASIDE, DECIDE, WHO, WHEN, ODD = range(6)
KINDS = (
    (
        "Not graded",
        "Ours, not theirs: the export waits for these. Run the same command again; what stands is not run twice.",
    ),
    (
        "Put aside",
        "No notebook could be read, and no mark is given until you decide. Send each the mail that is ready; when a "
        "notebook comes, grade it with the others or alone. Until then its file is kept as it came.",
    ),
    ("Marks to decide", "The machine gave what it could and asks for a person. Look at the notebook in formgrader."),
    ("Whose it is", "Say in the roster who is who, then run the same command again."),
    (
        "How late",
        "Nothing was taken off. To take points off, say the policy, the deadline and the system's times in "
        "`gradebook/term.toml` and run the same command again; otherwise there is nothing to do.",
    ),
    ("Odd, and nothing to do", "It cost nobody marks. Look at these only where a student asks."),
)
_WHO = ("on the roster", "of the roster")
MANY = 4


@dataclass(frozen=True)
class Who:
    """A student on the page: id, name where it says more than the id, addresses of pages and files, relative to it.

    feedback, notebook (as it was graded), original: "" where there is none; handed_in: the original's name, for where
    it lies in an archive; group: ids of all whose work it is.
    """

    id: str
    name: str = ""
    feedback: str = ""
    notebook: str = ""
    original: str = ""
    handed_in: str = ""
    group: tuple[str, ...] = ()


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
    kept = account.read(places, problem_set.name)
    who = {item.student: who_is(places, problem_set.name, kept, item) for item in collected}
    term = read_term(places)
    named = {person.id: person.name for person in term.roster.people} if term.roster is not None else {}
    late = lateness.of_class(places, problem_set, collected, term)
    left_out = dropped.questions(problem_set, term)
    why = {
        item.student: reasons(
            item, graded.get(item.student), late.get(item.student), (problems or {}).get(item.student), left_out
        )
        for item in collected
    }
    _once(collected, why)
    page = render(
        "triage.html",
        title=problem_set.title,
        name=problem_set.name,
        counts=_counts(collected, students, kept.missing),
        missing=[Who(student, sanitise.plain(named.get(student, ""))) for student in kept.missing],
        seconds=seconds,
        level=level,
        groups=[
            group for kind in range(len(KINDS)) if (group := _group(places, problem_set, kind, why, who))["people"]
        ],
        written=[name for name in problem_set.manual if name not in left_out],
        dropped=sorted(left_out),
        waiting=len({item.graded_as for item in collected if students[item.student]["status"] == "needs-manual"}),
        late=[(who[name], each) for name, each in sorted(late.items()) if each.sentence],
        totals=summary.totals(problem_set, students),
        rows=[summary.row(question, students, graded) for question in problem_set.questions.values()],
        times=summary.times(list({each.student: each for each in graded.values()}.values())),
        everybody=[(who[name], entry) for name, entry in sorted(students.items())],
    )
    path = places.triage(problem_set.name)
    write_safely(path, page.encode("utf-8", "replace"))
    return path


def who_is(places: Places, assignment: str, kept: Account, item: Collected) -> Who:
    """A student with a name and links; a file that is not there has none."""
    student = item.student
    aside = places.quarantine(assignment, student) / "original.ipynb"
    return Who(
        id=student,
        name="" if student_id(item.person).casefold() in student.casefold() else item.person,
        feedback=_link(places, places.feedback(assignment) / f"{student}.html"),
        notebook=_link(places, places.submitted(assignment, item.graded_as)),
        original=_link(places, aside) or _link(places, Path(kept.source) / item.name),
        handed_in=item.name,
        group=tuple(each.student for each in kept.students if item.group and each.group == item.group),
    )


def _once(collected: Sequence[Collected], why: Mapping[str, list[Reason]]) -> None:
    """What is said of a group's notebook is said at its first member; the others keep what is theirs alone."""
    first: dict[str, str] = {}
    for item in collected:
        leader = first.setdefault(item.graded_as, item.student)
        if leader != item.student:
            why[item.student][:] = [reason for reason in why[item.student] if reason not in why[leader]]


def _link(places: Places, path: Path) -> str:
    """The address of a file as seen from the page; "" where there is no such file."""
    if not os.path.isfile(path):  # of a name that no file can have, too
        return ""
    if path.is_relative_to(places.gradebook):
        return quote(f"../{path.relative_to(places.gradebook).as_posix()}")
    return path.resolve().as_uri()


def reasons(
    item: Collected,
    graded: Graded | None,
    late: Lateness | None = None,
    problem: str | None = None,
    left_out: Collection[str] = (),
) -> list[Reason]:
    """Why a person should look at one submission, in no order; empty when nobody needs to.

    left_out: questions that were dropped, about which there is nothing to do.
    """
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
        if name in left_out:
            continue
        if verdict.score is None:
            why.append(Reason(BLOCKS, plain(verdict.reason or verdict.human), name))
        elif verdict.human:
            why.append(Reason(DECIDE, plain(verdict.human), name))
    return why


def _group(
    places: Places, problem_set: ProblemSet, kind: int, why: Mapping[str, Sequence[Reason]], who: Mapping[str, Who]
) -> dict[str, Any]:
    """All students with a reason of one kind, alike ones together; said once for all of them where they are many."""
    title, do = KINDS[kind]
    alike: dict[tuple[Any, ...], list[str]] = {}
    for student, given in sorted(why.items()):
        own = tuple(reason for reason in given if reason.kind == kind)
        if own:
            apart = student if kind in (ASIDE, DECIDE) else ""
            alike.setdefault((own, apart), []).append(student)
    people = []
    for (own, apart), students in sorted(alike.items(), key=lambda each: each[0][0][0].text):
        for some in [students] if len(students) >= MANY else [[student] for student in students]:
            mail = _link(places, places.quarantine(problem_set.name, apart) / "mail.txt") if kind == ASIDE else ""
            people.append({"students": [who[student] for student in some], "why": own, "mail": mail})
    count = sum(len(person["students"]) for person in people)
    return {"title": title, "do": do, "kind": kind, "people": people, "count": count}


def _counts(
    collected: Sequence[Collected], students: Mapping[str, Mapping[str, Any]], missing: Sequence[str]
) -> list[tuple[str, int, str]]:
    """Headline, number and tone of each box at the top."""
    status = Counter(entry["status"] for entry in students.values())
    return [
        ("handed in", len(collected), ""),
        ("graded", status["graded"], "good"),
        ("wait for points by hand", status["needs-manual"], "part" if status["needs-manual"] else ""),
        ("not graded", status["not-graded"], "none" if status["not-graded"] else ""),
        ("put aside", status["quarantined"], "none" if status["quarantined"] else ""),
        *([("handed in nothing", len(missing), "part")] if missing else []),
    ]
