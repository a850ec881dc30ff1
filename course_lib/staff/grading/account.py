"""What collect did, for each student: a text to read and a file for machines, under ``gradebook/collected``."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.roster import Roster
from course_lib.staff.grading.sanitise import plain
from course_lib.staff.grading.sets import ProblemSet


@dataclass(frozen=True)
class Collected:
    """What became of one student's submission.

    status: "collected" or "quarantined"; reason: why it was put aside; changes and flags: see `rebuild.Account`.
    lms, person, login, number, head, file: what the system's names say, see `lms.Owner`; submitted: ISO time on the
    system's clock, "" when unknown; late: the system's own word, None when it says nothing; handed_in: all files;
    earlier: whether an earlier run collected it and the last one did not meet it; group: the id under which a group's
    notebook is graded, "" for one's own; handed_in_by: the member whose notebook that is; version: of the
    assignment, as the notebook says, 0 when it is not known.
    """

    student: str
    name: str
    status: str
    digest: str = ""
    reason: str = ""
    changes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    lms: str = "plain"
    person: str = ""
    login: str = ""
    number: str = ""
    head: str = ""
    file: str = ""
    submitted: str = ""
    late: bool | None = None
    handed_in: list[str] = field(default_factory=list)
    collected_at: str = ""
    earlier: bool = False
    group: str = ""
    handed_in_by: str = ""
    version: int = 0

    @property
    def graded_as(self) -> str:
        """The id under which this person's notebook is kept and graded."""
        return self.group or self.student


def works(collected: Iterable[Collected]) -> list[Collected]:
    """What there is to grade: each person's work, and that of a group once, under the group's id."""
    known: dict[str, Collected] = {}
    for item in collected:
        known.setdefault(item.graded_as, replace(item, student=item.graded_as))
    return list(known.values())


@dataclass(frozen=True)
class Account:
    """All that was collected for an assignment; source: where from, last time; missing: of the roster, ids."""

    students: list[Collected] = field(default_factory=list)
    source: str = ""
    missing: list[str] = field(default_factory=list)

    @property
    def lms(self) -> str:
        """The system whose names most of the submissions bear."""
        names = [item.lms for item in self.students]
        return max(set(names), key=names.count) if names else "plain"

    def graded_as(self, student: str) -> str:
        """The id under which a student's work is graded: a group's, or the student's own."""
        return next((item.graded_as for item in self.students if item.student == student), student)

    def version_of(self, work: str) -> int:
        """The version of what is graded under an id, 0 when it is not known."""
        return next((item.version for item in self.students if item.graded_as == work), 0)


def write(
    places: Places,
    problem_set: ProblemSet,
    collected: Sequence[Collected],
    *,
    source: Path,
    roster: Roster | None,
    fresh: bool,
) -> None:
    """Write both accounts; who was collected earlier and is not here now stays in them, marked, unless ``fresh``."""
    here, owners = {item.student for item in collected}, set(map(_owner, collected))
    units = {item.group for item in collected if item.group}  # who has left a group since has no part in its work
    before = [] if fresh else [item for item in read(places, problem_set.name).students if item.group not in units]
    kept = [
        replace(item, earlier=True) for item in before if item.student not in here and _owner(item) not in owners
    ]  # whom a roster has given another id since is the same student
    students = sorted([*collected, *kept], key=lambda item: item.student)
    known = {item.student for item in students}
    missing = [person.id for person in roster.people if person.id not in known] if roster is not None else []
    table = {
        "assignment": problem_set.name,
        "version": problem_set.version,
        "source": str(source.resolve()),
        "missing": missing,
        "students": [asdict(item) for item in students],
    }
    folder = places.account(problem_set.name)
    write_safely(folder / "account.json", json.dumps(table, indent=1).encode())
    write_safely(folder / "account.txt", (_text(students, missing) + "\n").encode("utf-8", "replace"))


def forget(places: Places, assignment: str, gone: Collection[str], scrub: Callable[[str], str]) -> None:
    """Write both accounts anew without some students; scrub: takes their names out of what is said of others."""
    path = places.account(assignment) / "account.json"
    table, kept = json.loads(path.read_text(encoding="utf-8")), read(places, assignment)
    students = [_scrubbed(item, scrub) for item in kept.students if item.student not in gone]
    missing = [student for student in kept.missing if student not in gone]
    lines = [asdict(item) for item in students]
    table.update(students=lines, missing=missing, source=scrub(kept.source))
    write_safely(path, json.dumps(table, indent=1).encode())
    write_safely(path.with_name("account.txt"), (_text(students, missing) + "\n").encode("utf-8", "replace"))


def _scrubbed(item: Collected, scrub: Callable[[str], str]) -> Collected:
    """Another's line; whose it is stays, for two may have one name."""
    lists = (list(map(scrub, each)) for each in (item.changes, item.flags, item.handed_in))
    changes, flags, handed_in = lists
    name, reason, by = map(scrub, (item.name, item.reason, item.handed_in_by))
    return replace(item, name=name, reason=reason, handed_in_by=by, changes=changes, flags=flags, handed_in=handed_in)


def read(places: Places, assignment: str) -> Account:
    """The account of an assignment; an empty one where there is none that can be read."""
    names = {known.name for known in fields(Collected)}
    try:
        table: dict[str, Any] = json.loads((places.account(assignment) / "account.json").read_text(encoding="utf-8"))
        students = [
            Collected(**{name: value for name, value in line.items() if name in names}) for line in table["students"]
        ]
        return Account(students, table["source"], table["missing"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Account()


def _owner(item: Collected) -> tuple[str, str]:
    """Whom a system's names mean, whatever id was made of it."""
    return item.lms, item.number or item.login or item.name


def _text(students: Sequence[Collected], missing: Sequence[str]) -> str:
    """The account in lines: `!` is for a person to look at, `-` was changed and costs nothing."""
    aside = sum(item.status == "quarantined" for item in students)
    flagged = sum(bool(item.flags) for item in students)
    lines = [f"{len(students)} submissions, {aside} put aside, {flagged} to look at, {len(missing)} missing.", ""]
    for item in students:
        when = f", handed in {item.submitted}" if item.submitted else ""
        late = ", late" if item.late else ""
        earlier = ", not met in the last run" if item.earlier else ""
        why = f", {item.reason}" if item.reason else ""
        lines.append(plain(f"{item.student}: {item.status} from {item.name}{when}{late}{earlier}{why}", length=1000))
        lines.extend(f"  ! {plain(flag, length=1000)}" for flag in item.flags)
        lines.extend(f"  - {plain(change, length=1000)}" for change in item.changes)
    lines.extend(f"{plain(student)}: nothing was handed in" for student in missing)
    return "\n".join(lines)
