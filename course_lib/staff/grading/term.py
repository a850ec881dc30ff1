"""What an instructor says once a term, in ``gradebook/term.toml``; without the file everything has a default.

timezone = "Europe/Berlin"       # of the learning management system's times
lms = "moodle"                   # canvas, moodle, blackboard, ilias or plain; left out: known from the names
roster = "roster.csv"            # files are sought beside this one

[late]                           # left out: nothing is taken off
percent = 10                     # of all points, for each begun step; or points = 5
step_hours = 24
grace_minutes = 15
cap_percent = 50                 # or cap_points
late_days = 3                    # to be used over the term

[assignments.a1_lorenz]
due = 2026-11-20T23:59:00
versions = [1, 2]                # accepted; left out: all up to the present one
times = "worksheet.csv"          # ids and times of submission, from the system
gradebook = "export.csv"         # the system's own table, to check ids and columns against
column = "Problem set 1 (4711)"  # its column for this assignment, where the title does not say it
dropped = ["q3"]                 # everybody whose submission was graded has all the points of these
groups = true                    # one notebook for each group of the roster (column `group` or `group a1_lorenz`)
handed_in_by = { 7 = "ada" }     # of group 7 ada's counts, where different ones came and the system has no times

Lateness is counted by `course grade` and `course export`, in feedback, tables and the triage page. The gradebook holds
the points before it, whichever command graded: nbgrader's own late penalties are off, and so formgrader and `nbgrader
export` show points without lateness. A policy that changes needs no grading: `course export` writes everything anew.

A dropped question is counted in the same way and at the same places; nobody has fewer points than before. It needs
neither a verdict nor marks by hand; those that there are stay in the gradebook, and count again when the line is taken
out.

A group's notebook is graded once, under the id `group-7`, and marked once; each member has a page of feedback, a row in
the tables and a lateness of one's own. It is the one that was handed in last. Who has no group hands in alone.

A notebook of an earlier version is rebuilt from the present release and judged by the earlier rules where those are
kept: before `VERSION` is raised, the Python and data files of the set are copied to ``solutions/a1_lorenz/versions/1``.
Without that folder it is judged as the present version is; the triage page says which rules it was.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from course_lib.staff.grading.late import LatePolicy
from course_lib.staff.grading.lms import PRESETS
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.roster import Roster, read_roster
from course_lib.staff.grading.sets import available
from course_lib.validation import CourseError


@dataclass(frozen=True)
class Assignment:
    """What the term says of one assignment; see the module's text."""

    due: datetime | None = None
    versions: tuple[int, ...] | None = None
    times: Path | None = None
    gradebook: Path | None = None
    column: str = ""
    dropped: tuple[str, ...] = ()
    groups: bool = False
    handed_in_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Term:
    """The settings of a term; zone: the system's clock; late: None when nothing is taken off."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    lms: str = ""
    roster: Roster | None = None
    late: LatePolicy | None = None
    assignments: Mapping[str, Assignment] = field(default_factory=dict)

    def assignment(self, name: str) -> Assignment:
        """What it says of an assignment; defaults when it says nothing."""
        return self.assignments.get(name, Assignment())


def read_term(places: Places) -> Term:
    """The term's settings.

    Raises CourseError that names the key when the file says something that has no meaning here.
    """
    path = places.term
    if not path.is_file():
        return Term()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"Wanted TOML in {path}, got: {error}.") from error
    _only(table, ("timezone", "lms", "roster", "late", "assignments"), path)
    lms = _is(table, "lms", str, "", path)
    if lms and lms not in PRESETS:
        raise CourseError(f"Wanted lms as one of {', '.join(PRESETS)} in {path}, got {lms!r}.")
    sets = _is(table, "assignments", dict, {}, path)
    _only(sets, available(places.root), path, "assignments.")
    named = _is(table, "roster", str, "", path)
    return Term(
        zone=_zone(_is(table, "timezone", str, "UTC", path), path),
        lms=lms,
        roster=read_roster(path.parent / named) if named else None,
        late=_policy(_is(table, "late", dict, {}, path), path) if "late" in table else None,
        assignments={name: _assignment(said, name, path) for name, said in sets.items()},
    )


def _zone(name: str, path: Path) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CourseError(f'Wanted a timezone such as "Europe/Berlin" in {path}, got {name!r}.') from error


def _policy(table: Mapping[str, Any], path: Path) -> LatePolicy:
    names = [known.name for known in fields(LatePolicy)]
    _only(table, names, path, "late.")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise CourseError(f"Wanted late.{name} as a number of at least 0 in {path}, got {value!r}.")
    policy = LatePolicy(**{name: float(value) for name, value in table.items()})
    if policy.step_hours <= 0:
        raise CourseError(f"Wanted late.step_hours above 0 in {path}, got {policy.step_hours}.")
    return policy


def _assignment(table: Any, name: str, path: Path) -> Assignment:
    where = f"assignments.{name}."
    if not isinstance(table, dict):
        raise CourseError(f"Wanted a table [assignments.{name}] in {path}, got {table!r}.")
    _only(table, [known.name for known in fields(Assignment)], path, where)
    due = table.get("due")
    if due is not None and not isinstance(due, datetime):
        raise CourseError(f"Wanted {where}due as 2026-11-20T23:59:00 in {path}, got {due!r}.")
    versions = table.get("versions")
    if versions is not None and not (isinstance(versions, list) and all(type(number) is int for number in versions)):
        raise CourseError(f"Wanted {where}versions as a list of numbers in {path}, got {versions!r}.")
    dropped = table.get("dropped", [])
    if not (isinstance(dropped, list) and all(isinstance(question, str) for question in dropped)):
        raise CourseError(f'Wanted {where}dropped as a list such as ["q3"] in {path}, got {dropped!r}.')
    handed_in_by = _is(table, "handed_in_by", dict, {}, path, where)
    if not all(isinstance(student, str) for student in handed_in_by.values()):
        raise CourseError(f'Wanted {where}handed_in_by as {{ 7 = "ada" }} in {path}, got {handed_in_by!r}.')
    times = _is(table, "times", str, "", path, where)
    gradebook = _is(table, "gradebook", str, "", path, where)
    return Assignment(
        due=due,
        versions=None if versions is None else tuple(versions),
        times=path.parent / times if times else None,
        gradebook=path.parent / gradebook if gradebook else None,
        column=_is(table, "column", str, "", path, where),
        dropped=tuple(dropped),
        groups=_is(table, "groups", bool, False, path, where),
        handed_in_by=handed_in_by,
    )


def _only(table: Mapping[str, Any], names: Any, path: Path, where: str = "") -> None:
    unknown = sorted(set(table) - set(names))
    if unknown:
        raise CourseError(f"Wanted {', '.join(where + name for name in names)} in {path}, got {where}{unknown[0]}.")


def _is(table: Mapping[str, Any], name: str, kind: type, default: Any, path: Path, where: str = "") -> Any:
    value = table.get(name, default)
    if not isinstance(value, kind):
        raise CourseError(f"Wanted {where}{name} as {kind.__name__} in {path}, got {value!r}.")
    return value
