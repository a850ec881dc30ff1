"""Who is in the class: the ids that stay, and the extensions that were granted.

A roster is a CSV file with a header: `id` and whatever else is known of `name`, `email`, `login`, `canvas`, `moodle`,
`blackboard`, `ilias` (the systems' numbers), `extension days` (or `extension days a1_lorenz`), `late days`, `group` (or
`group a1_lorenz`). A system's own export does as well: Canvas's gradebook, Moodle's grading worksheet, Blackboard's
grade centre.
"""

import re
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
_NUMBERED = ("canvas", "moodle", "blackboard", "ilias")
_PARTICIPANT = re.compile(r"(?:Participant|Teilnehmer\S*?)\s*(\d+)")
_EXTENSION, _LATE_DAYS, _GROUP = "extension days", "late days", "group"


@dataclass(frozen=True)
class Person:
    """One row: id as it will be used; keys: whatever a system may call this person, folded; numbers: by system.

    extension: days by assignment, "" for every one; late_days: days that this person may use up over the term; group:
    its name by assignment, "" for every one.
    """

    id: str
    name: str = ""
    email: str = ""
    keys: frozenset[str] = frozenset()
    numbers: dict[str, str] = field(default_factory=dict)
    extension: dict[str, float] = field(default_factory=dict)
    late_days: float | None = None
    group: dict[str, str] = field(default_factory=dict)

    def extension_for(self, assignment: str) -> float:
        """Days by which the deadline of an assignment is later for this person."""
        return self.extension.get(assignment, self.extension.get("", 0.0))

    def group_for(self, assignment: str) -> str:
        """Name of this person's group for an assignment, "" for none; an empty cell of its own column is none too."""
        return self.group.get(assignment, self.group.get("", ""))


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
        numbers = Counter(pair for person in self.people for pair in person.numbers.items())
        by_number = {pair: person for person in self.people for pair in person.numbers.items() if numbers[pair] == 1}
        object.__setattr__(self, "_by_number", by_number)

    def match(self, owner: Owner) -> Person | None:
        """The person that a system's owner is; None when nobody, or more than one, would do.

        A system's number is looked up among that system's numbers where the roster has any, and then nobody whose
        number is another one is taken for the owner: matriculation 101 and Canvas's 101 may be two people.
        """
        by_number: dict[tuple[str, str], Person] = self._by_number  # type: ignore[attr-defined]
        by_name: dict[str, Person] = self._by_name  # type: ignore[attr-defined]
        known = owner.number != "" and any(lms == owner.lms for lms, _ in by_number)
        if known and (owner.lms, owner.number) in by_number:
            return by_number[owner.lms, owner.number]
        without_group = owner.name.partition("-")[2] if owner.lms == "moodle" else ""  # "Group A-Jane Doe"
        named = [by_name.get(" ".join(sorted(_words(name)))) for name in (owner.name, without_group)]
        for person in (*(self._by_login(key) for key in _logins(owner, without_number=known)), *named):
            if person is not None and not (known and person.numbers.get(owner.lms)):
                return person
        return None

    def _by_login(self, key: str) -> Person | None:
        by_key: dict[str, Person] = self._by_key  # type: ignore[attr-defined]
        return by_key.get(folded(key))


def _logins(owner: Owner, *, without_number: bool) -> list[str]:
    """What may stand in a roster for an owner, surest first."""
    pieces = owner.head.strip("_/").split("_") if owner.lms == "blackboard" else []
    logins = ["_".join(pieces[start:]) for start in range(len(pieces))]  # a login may hold an underscore
    keys = [*logins, owner.number, owner.login, owner.key]
    return [key for key in keys if key and not (without_number and key == owner.number)]


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
    participant = _PARTICIPANT.fullmatch(identity)
    identity = participant[1] if participant else identity
    email = cell("email", "email address", "e-mail", "mail")
    numbers = {lms: cell(lms, f"{lms} id") for lms in _NUMBERED}
    numbers["canvas"] = cell("id") if from_canvas else numbers["canvas"]
    numbers["moodle"] = identity if participant else numbers["moodle"]
    numbers["ilias"] = cell("usr id") or numbers["ilias"]
    others = (cell(*_LOGIN), cell("student id"), cell("sis user id"))
    known = [identity, email, email.partition("@")[0], *others, *numbers.values()]
    extension, group = {}, {}
    for at, title in enumerate(table.header):
        if folded(title).split()[:1] == [_GROUP]:
            group["_".join(folded(title).split()[1:])] = " ".join(row[at].split())
        head, _, assignment = folded(title).partition(_EXTENSION)
        if not head and row[at].strip() and folded(title).startswith(_EXTENSION):
            extension[assignment.strip().replace(" ", "_")] = _days(row[at], title)
    late_days = cell(_LATE_DAYS)
    return Person(
        id=identity,
        name=name,
        email=email,
        keys=frozenset(folded(key) for key in known if key),
        numbers={lms: number for lms, number in numbers.items() if number},
        extension=extension,
        group=group,
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
