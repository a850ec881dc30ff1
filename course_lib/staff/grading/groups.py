"""One notebook for a group: who belongs together, whose notebook counts, and a line of the account for each member.

What is graded bears the group's id ("group-7"), in the gradebook and for the person who marks; what is handed out bears
the members'. The notebook that was handed in last counts, by the system's times. Where there are none and the notebooks
differ, nothing is guessed: all are put aside until a person says in ``term.toml`` whose it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.found import Found, student_id
from course_lib.staff.grading.late import instant
from course_lib.staff.grading.roster import Person
from course_lib.staff.grading.term import Term
from course_lib.validation import CourseError


@dataclass(frozen=True)
class Team:
    """A group for one assignment.

    id: under which its notebook is kept and graded; name: as the roster has it; counts: the member whose notebook
    counts, "" when nobody has said so.
    """

    id: str
    name: str
    members: tuple[Person, ...]
    counts: str = ""


@dataclass(frozen=True)
class Candidate:
    """A notebook that could be the group's.

    line: of the account, under the group's id; worked_on: whether something was answered in it; data: the rebuilt
    notebook, None when an earlier run has written it.
    """

    member: str
    line: Collected
    worked_on: bool = True
    data: bytes | None = field(default=None, repr=False)


def teams(term: Term, assignment: str) -> dict[str, Team]:
    """The groups of an assignment by member; empty where everybody hands in alone.

    Raises CourseError when groups are wanted and the roster has none, two names of groups would be one id, an id is a
    student's, or `handed_in_by` names a group that the roster does not have, or somebody who is not in the group.
    """
    told = term.assignment(assignment)
    if not told.groups:
        return {}
    people = term.roster.people if term.roster is not None else ()
    named: dict[str, list[Person]] = {}
    for person in people:
        if person.group_for(assignment):
            named.setdefault(person.group_for(assignment), []).append(person)
    if not named:
        raise CourseError(f"Wanted a column `group` in the roster for the groups of {assignment}, got none filled in.")
    taken = {person.id.casefold(): f"the student {person.id}" for person in people}
    made: dict[str, Team] = {}
    for name, members in named.items():
        unit = student_id(f"group-{name}")
        if unit.casefold() in taken:
            raise CourseError(
                f"Wanted names of groups that differ in letters or digits, got {name!r} beside "
                f"{taken[unit.casefold()]}. Change one in the roster."
            )
        taken[unit.casefold()] = f"{name!r}"
        counts = told.handed_in_by.get(name, "")
        if counts and counts not in {person.id for person in members}:
            raise CourseError(f"Wanted a member of group {name!r} in handed_in_by, got {counts!r}.")
        made.update({person.id: Team(unit, name, tuple(members), counts) for person in members})
    unknown = sorted(set(told.handed_in_by) - set(named))
    if unknown:
        raise CourseError(f"Wanted groups of the roster in handed_in_by, got {unknown[0]!r}.")
    return made


def together(
    found: Mapping[str, Sequence[Found]], known: Mapping[str, Team]
) -> Iterator[tuple[Team | None, dict[str, Sequence[Found]]]]:
    """What was handed in, by who is graded: each group once with its members' files, and None with each one alone."""
    done: set[str] = set()
    for student in sorted(found):
        team = known.get(student)
        if team is None:
            yield None, {student: found[student]}
        elif team.id not in done:
            done.add(team.id)
            yield team, {person.id: found[person.id] for person in team.members if person.id in found}


def standing(team: Team, before: Sequence[Collected], now: Sequence[Candidate]) -> list[Candidate]:
    """The group's notebook of an earlier run, unless the same member has handed in another since; one or none."""
    line = next((item for item in before if item.group == team.id and item.digest), None)
    if line is None or line.handed_in_by in {each.member for each in now}:
        return []
    return [Candidate(line.handed_in_by, replace(line, student=team.id, status="collected", reason=""))]


def choose(candidates: Sequence[Candidate], team: Team, zone: ZoneInfo) -> tuple[Candidate | None, str]:
    """The notebook that counts; or None and why a person must say so, "" when there is nothing to choose from.

    Of several equal notebooks the one that was handed in first counts: from then on the group's work was there.
    """
    worked = [each for each in candidates if each.worked_on] or list(candidates)
    told = [each for each in candidates if each.member == team.counts]
    if told or not worked:
        return (told[0], "") if told else (None, "")
    if len({each.line.digest for each in worked}) == 1:
        return min(worked, key=lambda each: _order(each, zone)), ""
    times = [when for each in worked if (when := _when(each, zone)) is not None]
    last = {each.line.digest for each in worked if times and _when(each, zone) == max(times)}
    who = ", ".join(sorted(each.member for each in worked))
    if len(times) < len(worked):
        return None, f"group {team.name} handed in different notebooks ({who}), and the system does not say when"
    if len(last) > 1:
        return None, f"group {team.name} handed in different notebooks at the same time ({who})"
    same = [each for each in worked if each.line.digest in last]
    return min(same, key=lambda each: _order(each, zone)), ""


def lines(
    team: Team,
    best: Candidate,
    candidates: Sequence[Candidate],
    own: Mapping[str, Collected],
    unread: Mapping[str, str],
) -> list[Collected]:
    """The account's lines of all members, those who handed in nothing themselves too.

    own: what the system's names say of a member; unread: why a member's file could not be read.
    """
    chosen = best.line
    flags = [flag for flag in chosen.flags if not flag.startswith(_OURS)]
    others = sorted({each.member for each in candidates if each.line.digest != chosen.digest})
    if others:
        flags.append(
            f"{_OURS}{best.member} handed in counts for group {team.name}; others differ ({', '.join(others)})."
        )
    flags.extend(f"{_OURS}{best.member} counts: the file of {who} was not read ({why})." for who, why in unread.items())
    said = f"Graded for group {team.name} ({', '.join(person.id for person in team.members)}): from {best.member}."
    changes = [change for change in chosen.changes if not change.startswith("Graded for group ")]
    made = []
    for person in team.members:
        base = own.get(person.id) or _silent(person, chosen.lms)
        made.append(
            replace(
                base,
                student=person.id,
                status="collected",
                reason="",
                name=chosen.name,
                digest=chosen.digest,
                changes=[said, *changes],
                flags=flags,
                submitted=chosen.submitted,
                late=chosen.late,
                collected_at=chosen.collected_at,
                version=chosen.version,
                group=team.id,
                handed_in_by=best.member,
                earlier=False,
            )
        )
    return made


_OURS = "The notebook that "


def asked(team: Team, reason: str, before: Sequence[Candidate], own: Mapping[str, Collected]) -> list[Collected]:
    """The lines of a group about which a person is asked; what an earlier run has written of it stays known."""
    kept: dict[str, Any] = {"group": team.id, "status": "quarantined", "reason": reason}
    if before:
        line = before[0].line
        kept.update(digest=line.digest, name=line.name, submitted=line.submitted)
        kept.update(late=line.late, handed_in_by=before[0].member)
    bases = [own.get(person.id) or _silent(person, "plain") for person in team.members]
    return [
        replace(base, student=person.id, changes=[], flags=[], **kept)
        for base, person in zip(bases, team.members, strict=True)
    ]


def _silent(person: Person, lms: str) -> Collected:
    """A member of whom the system's names say nothing."""
    return Collected(person.id, "", "collected", lms=lms, person=person.name, number=person.numbers.get(lms, ""))


def _order(each: Candidate, zone: ZoneInfo) -> tuple[bool, datetime, str]:
    """Who was first; what has no time comes last."""
    when = _when(each, zone)
    return when is None, when or datetime.max.replace(tzinfo=UTC), each.member


def _when(each: Candidate, zone: ZoneInfo) -> datetime | None:
    return instant(datetime.fromisoformat(each.line.submitted), zone) if each.line.submitted else None
