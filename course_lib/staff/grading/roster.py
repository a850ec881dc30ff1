"""Who is in the class: the ids that stay, and the extensions that were granted.

A roster is a CSV file with a header: `id` and whatever else is known of `name`, `email`, `login`, `canvas`, `moodle`,
`blackboard`, `ilias` (the systems' numbers), `extension days` (or `extension days a1_lorenz`), `late days`. A system's
own export does as well: Canvas's gradebook, Moodle's grading worksheet, Blackboard's grade centre.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.staff.grading.lms import Owner
from course_lib.staff.grading.places import STUDENT_ID
from course_lib.staff.grading.tables import Table, folded, read_table
from course_lib.validation import CourseError

_ID = ("id", "username", "sis login id", "login", "student id", "studentid", "matriculation", "identifier")
_NAME = ("name", "full name", "student name", "student")
_LOGIN = ("login", "username", "sis login id", "user name")
_NUMBERS = ("canvas", "canvas id", "moodle", "moodle id", "blackboard", "ilias", "ilias id", "sis user id", "usr id")
_EXTENSION, _LATE_DAYS = "extension days", "late days"


@dataclass(frozen=True)
class Person:
    """One row: id as it will be used; keys: whatever a system may call this person, folded; days of grace granted.

    extension: days by assignment, "" for every one; late_days: days that this person may use up over the term.
    """

    id: str
    name: str = ""
    email: str = ""
    keys: frozenset[str] = frozenset()
    extension: dict[str, float] = field(default_factory=dict)
    late_days: float | None = None

    def extension_for(self, assignment: str) -> float:
        """Days by which the deadline of an assignment is later for this person."""
        return self.extension.get(assignment, self.extension.get("", 0.0))


@dataclass(frozen=True)
class Roster:
    """The class, looked up by the systems' numbers, by login, mail or id, and by name where that is unique."""

    people: tuple[Person, ...] = ()

    def __post_init__(self) -> None:
        keys = Counter(key for person in self.people for key in person.keys)
        names = Counter(name for person in self.people for name in _spellings(person.name))
        by_key = {key: person for person in self.people for key in person.keys if keys[key] == 1}
        by_name = {name: person for person in self.people for name in _spellings(person.name) if names[name] == 1}
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_by_name", by_name)

    def match(self, owner: Owner) -> Person | None:
        """The person that a system's owner is; None when nobody, or more than one, would do."""
        by_key: dict[str, Person] = self._by_key  # type: ignore[attr-defined]
        by_name: dict[str, Person] = self._by_name  # type: ignore[attr-defined]
        pieces = owner.head.strip("_/").split("_") if owner.lms == "blackboard" else []
        logins = ["_".join(pieces[start:]) for start in range(len(pieces))]  # a login may hold an underscore
        for key in (*logins, owner.number, owner.login, owner.key):
            if folded(key) in by_key:
                return by_key[folded(key)]
        without_group = owner.name.partition("-")[2] if owner.lms == "moodle" else ""  # "Group A-Jane Doe"
        for name in (owner.name, without_group):
            found = by_name.get(" ".join(sorted(_words(name))))
            if found is not None:
                return found
        return None


def read_roster(path: Path) -> Roster:
    """Read a roster.

    Raises CourseError when it has no column of ids, an id that cannot be one, or one twice.
    """
    table = read_table(path)
    if _is_gradebook_of_canvas(table):
        table = _without_canvas_rows(table)
    if table.column(*_ID) is None:
        raise CourseError(f"Wanted a column `id` in the roster {path}, got {', '.join(table.header[:8])}.")
    people = [person for row in table.rows if (person := person_of(table, row)) is not None]
    bad = [person.id for person in people if not STUDENT_ID.fullmatch(person.id)]
    if bad:
        raise CourseError(f"Wanted ids of letters, digits and ._@- in the roster {path}, got {bad[0]!r}.")
    twice = [name for name, count in Counter(person.id.casefold() for person in people).items() if count > 1]
    if twice:
        raise CourseError(f"Wanted each id once in the roster {path}, got {', '.join(twice[:5])} more than once.")
    return Roster(tuple(people))


def _is_gradebook_of_canvas(table: Table) -> bool:
    return (
        table.column("student") is not None and table.column("id") is not None and table.column("section") is not None
    )


def _without_canvas_rows(table: Table) -> Table:
    """Without the rows of Canvas's gradebook that are no people."""
    place, student = table.column("id") or 0, table.column("student") or 0
    rows = [
        row
        for row in table.rows
        if row[place].strip() and folded(row[student]) not in ("student, test", "test student")
    ]
    return Table(table.header, rows, table.delimiter, table.encoding)


def person_of(table: Table, row: Sequence[str]) -> Person | None:
    """One row of a table as a person; None for a row without an id."""

    def cell(*names: str) -> str:
        at = table.column(*names)
        return "" if at is None else row[at].strip()

    name = cell(*_NAME) or " ".join(part for part in (cell("first name"), cell("last name")) if part)
    from_canvas = _is_gradebook_of_canvas(table)
    identity = (cell("sis login id") if from_canvas else "") or cell(*_ID)
    if not identity:
        return None
    identity = identity.removeprefix("Participant ").strip()
    email = cell("email", "email address", "e-mail", "mail")
    numbers = [cell(column) for column in _NUMBERS]
    number = cell("id") if from_canvas else ""
    known = [identity, email, email.partition("@")[0], cell(*_LOGIN), cell("student id"), number, *numbers]
    extension = {}
    for at, title in enumerate(table.header):
        head, _, assignment = folded(title).partition(_EXTENSION)
        if not head and row[at].strip() and folded(title).startswith(_EXTENSION):
            extension[assignment.strip().replace(" ", "_")] = _days(row[at], title)
    late_days = cell(_LATE_DAYS)
    return Person(
        id=identity,
        name=name,
        email=email,
        keys=frozenset(folded(key) for key in known if key),
        extension=extension,
        late_days=_days(late_days, _LATE_DAYS) if late_days else None,
    )


def _days(said: str, column: str) -> float:
    try:
        days = float(said.replace(",", "."))
    except ValueError:
        days = -1.0
    if not 0 <= days <= 366:
        raise CourseError(f"Wanted days (0 to 366) in the roster's column {column!r}, got {said!r}.")
    return days


def _words(name: str) -> list[str]:
    """The words of a name without accents, capitals and punctuation."""
    text = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    text = "".join(letter if letter.isalnum() else " " for letter in text if not unicodedata.combining(letter))
    return text.split()


def _spellings(name: str) -> set[str]:
    """How systems may write a name: its words in any order, or run together from any word on, as Canvas does."""
    words = _words(name)
    if not words:
        return set()
    turned = {"".join(words[start:] + words[:start]) for start in range(len(words))}
    return {" ".join(sorted(words)), *turned}
