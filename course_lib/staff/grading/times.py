"""Times of submission out of a table that the learning management system wrote."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from course_lib.staff.grading.lms import Owner
from course_lib.staff.grading.roster import Person, Roster, person_of
from course_lib.staff.grading.tables import moment, read_table
from course_lib.validation import CourseError

_TIME = (
    *("submitted", "submitted at", "submission time", "submission date", "date submitted", "time submitted"),
    *("last modified (submission)", "zuletzt geändert (abgabe)", "abgabedatum"),
)
_LATE = re.compile(r"\blate\b|verspätet|zu spät", re.IGNORECASE)


@dataclass(frozen=True)
class Times:
    """Who handed in when; a person is looked up as in a roster."""

    people: Roster = field(default_factory=Roster)
    known: dict[str, tuple[datetime | None, bool | None]] = field(default_factory=dict)

    def of(self, owner: Owner, person: Person | None) -> tuple[datetime | None, bool | None]:
        """Time on the system's clock and the system's word on lateness; None where the table does not say."""
        found = self.people.match(owner)
        if found is None and person is not None:
            found = self.people.match(Owner("roster", person.id, person.name, login=person.email))
        return self.known.get(found.id, (None, None)) if found is not None else (None, None)


def read_times(path: Path) -> Times:
    """Read a table of times: Moodle's grading worksheet, or any with ids and a column `submitted`.

    Raises CourseError when it has neither a time that can be read nor a status that says "late".
    """
    table = read_table(path)
    when, status = table.column(*_TIME), table.column("status")
    people, known = [], {}
    for row in table.rows:
        person = person_of(table, row)
        if person is None:
            continue
        said = None if when is None else moment(row[when])
        marked = None if status is None else _LATE.search(row[status]) is not None
        people.append(person)
        known[person.id] = (said, marked)
    if not any(said is not None or marked for said, marked in known.values()):
        raise CourseError(
            f"Wanted ids and times of submission (2026-11-20 23:59) in {path}, got the columns "
            f"{', '.join(table.header[:12])}, without a time that can be read. Name the column `submitted`."
        )
    return Times(Roster(tuple(people)), known)
