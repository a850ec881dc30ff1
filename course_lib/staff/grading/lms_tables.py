"""Marks as the tables that learning management systems take in.

Each is written from the system's own table where one is given (then every student must be in it, once, and only its
rows and columns go back), otherwise from what the names of the submissions say.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from course_lib.staff.grading.lms import Owner
from course_lib.staff.grading.marks import Mark
from course_lib.staff.grading.pages import points
from course_lib.staff.grading.roster import Person, Roster, person_of
from course_lib.staff.grading.sanitise import few, plain
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.tables import Table, folded, text
from course_lib.validation import CourseError

_IDENTITY = re.compile(r"[\w][\w.@ /()'-]{0,150}")
_TRAILING_ID = re.compile(r" \((\d+)\)$")
_BLACKBOARD_COLUMN = re.compile(r"(?P<title>.*?) \[[^\]]*?(?P<max>[\d.,]+)[^\]]*\](?: \|\d+)?")
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Made:
    """A table to write: rows with the header first, its delimiter and encoding, notes for the instructor."""

    rows: Rows
    delimiter: str = ","
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What is to be written: marks with a number, the set, the system's own table, its column for this set or ""."""

    marks: Sequence[Mark]
    problem_set: ProblemSet
    table: Table | None = None
    column: str = ""


def canvas(asked: Asked) -> Made:
    """Canvas's gradebook import: matched on the column ID."""
    title = asked.problem_set.title
    if asked.table is None:
        _need(asked.marks, "canvas", lambda mark: mark.item.lms == "canvas" and mark.item.number.isdecimal())
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", text(title)]
        rows: list[list[object]] = [[_name(mark), mark.item.number, "", "", "", mark.final] for mark in asked.marks]
        possible: list[object] = ["    Points Possible", "", "", "", "", asked.problem_set.max]
        note = "Canvas asks which assignment the column is: give its gradebook (--gradebook) to have it named right."
        return Made([header, possible, *rows], notes=(note,))
    table = asked.table
    at = _column(asked, lambda name: _TRAILING_ID.sub("", name))
    kept = [
        place
        for name in ("student", "id", "sis user id", "sis login id", "section")
        if (place := table.column(name)) is not None
    ]
    if table.column("id") is None:
        raise CourseError(f"Wanted Canvas's gradebook with a column ID, got {', '.join(table.header[:8])}.")
    chosen = _rows_of(asked.marks, table, asked)
    first = [row for row in table.rows if folded(row[0]) == "points possible"]
    notes = tuple(_of_another_size(row[at], asked.problem_set.max, "Canvas") for row in first[:1])
    rows = [[_identity(row[place], table.header[place]) for place in kept] + [mark.final] for mark, row in chosen]
    head: list[list[object]] = [[text(table.header[place]) for place in [*kept, at]]]
    head.extend([row[place] for place in [*kept, at]] for row in first[:1])
    return Made([*head, *rows], notes=tuple(note for note in notes if note))


def moodle(asked: Asked) -> Made:
    """Moodle's grading worksheet: Identifier, Grade and "Last modified (grade)" must be there."""
    if asked.table is None:
        _need(asked.marks, "moodle", lambda mark: mark.item.lms == "moodle" and mark.item.number.isdecimal())
        header = ["Identifier", "Full name", "Grade", "Last modified (grade)"]
        rows: list[list[object]] = [
            [f"Participant {mark.item.number}", _name(mark), mark.final, "-"] for mark in asked.marks
        ]
        note = "The columns are in English: where Moodle speaks another language, give its grading worksheet."
        return Made([header, *rows], encoding="utf-8-sig", notes=(note,))
    table = asked.table
    identity, grade = table.column("identifier", "id"), table.column("grade", "bewertung")
    if identity is None or grade is None:
        raise CourseError(f"Wanted Moodle's grading worksheet (Identifier, Grade), got {', '.join(table.header[:10])}.")
    largest = table.column("maximum grade", "bestwertung")
    chosen = _rows_of(asked.marks, table, asked)
    said = chosen[0][1][largest] if chosen and largest is not None else ""
    rows = []
    for mark, row in chosen:
        made: list[object] = [_text_or_dash(cell) for cell in row]
        made[identity] = _identity(row[identity], "Identifier")
        final = points(mark.final or 0.0)
        made[grade] = final.replace(".", ",") if "," in said else final
        rows.append(made)
    note = _of_another_size(said, asked.problem_set.max, "Moodle")
    return Made([[*map(text, table.header)], *rows], encoding="utf-8-sig", notes=(note,) if note else ())


def blackboard(asked: Asked) -> Made:
    """Blackboard's "Upload Grades": matched on Username, the column by its name with points and id."""
    size = points(asked.problem_set.max)
    if asked.table is None:
        _need(asked.marks, "blackboard", lambda mark: mark.item.lms == "blackboard" and bool(mark.item.login))
        header = ["Username", f"{text(asked.problem_set.title)} [Total Pts: {size} Score]"]
        rows: list[list[object]] = [[_identity(mark.item.login, "Username"), mark.final] for mark in asked.marks]
        note = "Blackboard asks for the column: give its grade centre (--gradebook) to have it named right."
        return Made([header, *rows], encoding="utf-8-sig", notes=(note,))
    table = asked.table
    if table.column("username") is None:
        raise CourseError(f"Wanted Blackboard's grade centre with Username, got {', '.join(table.header[:8])}.")
    at = _column(asked, lambda name: match["title"] if (match := _BLACKBOARD_COLUMN.fullmatch(name)) else name)
    names = ("last name", "first name", "username", "student id")
    kept = [place for name in names if (place := table.column(name)) is not None]
    rows = [
        [_identity(row[place], table.header[place]) for place in kept] + [mark.final]
        for mark, row in _rows_of(asked.marks, table, asked)
    ]
    match = _BLACKBOARD_COLUMN.fullmatch(table.header[at])
    note = _of_another_size(match["max"], asked.problem_set.max, "Blackboard") if match else ""
    header = [text(table.header[place]) for place in [*kept, at]]
    return Made([header, *rows], table.delimiter, table.encoding, (note,) if note else ())


ILIAS_COLUMNS = (
    *("update", "usr_id", "login", "lastname", "firstname", "status"),
    *("mark", "notice", "comment", "plagiarism", "plag_comment"),
)


def ilias(asked: Asked) -> Made:
    """ILIAS's status file of a multi-feedback; passed or failed stays as it was, for a person to say."""
    note = "ILIAS keeps passed or failed apart from the mark: the status is as it was, or `notgraded`."
    if asked.table is None:
        _need(asked.marks, "ilias", lambda mark: mark.item.lms == "ilias" and mark.item.number.isdecimal())
        rows: list[list[object]] = []
        for mark in asked.marks:
            first, _, last = mark.item.person.rpartition(" ")
            login = _identity(mark.item.login, "login")
            rows.append([1, mark.item.number, login, text(last), text(first), "notgraded", mark.final, "", "", "", ""])
        return Made([list(ILIAS_COLUMNS), *rows], notes=(note,))
    table = asked.table
    places = [table.column(name) for name in ILIAS_COLUMNS]
    if any(place is None for place in places):
        raise CourseError(f"Wanted ILIAS's status file ({', '.join(ILIAS_COLUMNS)}), got {', '.join(table.header)}.")
    rows = []
    for mark, row in _rows_of(asked.marks, table, asked):
        made: list[object] = [_text_or_dash(row[place]) for place in places if place is not None]
        made[0], made[1], made[6] = 1, _identity(str(made[1]), "usr_id"), mark.final
        rows.append(made)
    return Made([list(ILIAS_COLUMNS), *rows], notes=(note,))


TABLES: dict[str, Callable[[Asked], Made]] = {
    "canvas": canvas,
    "moodle": moodle,
    "blackboard": blackboard,
    "ilias": ilias,
}


def _rows_of(marks: Sequence[Mark], table: Table, asked: Asked) -> list[tuple[Mark, list[str]]]:
    """Each mark with its row of the system's table.

    Raises CourseError that names who is in no row, or shares one: a mark in the wrong row is worse than none.
    """
    known: dict[str, list[str]] = {}
    people = []
    for number, row in enumerate(table.rows):
        person = person_of(table, row)
        if person is not None:
            people.append(Person(str(number), person.name, person.email, person.keys, person.numbers))
            known[str(number)] = row
    roster = Roster(tuple(people))
    chosen, lost = [], []
    taken: dict[str, str] = {}
    for mark in marks:
        item = mark.item
        by_system = Owner(
            item.lms, item.number or item.login or mark.student, item.person, item.login, item.number, item.head
        )
        person = roster.match(by_system) or roster.match(Owner("roster", mark.student, item.person))
        if person is None:
            lost.append(mark.student)
        elif person.id in taken:
            raise CourseError(f"Wanted a row for each student, got one for both {taken[person.id]} and {mark.student}.")
        else:
            taken[person.id] = mark.student
            chosen.append((mark, known[person.id]))
    if lost:
        raise CourseError(
            f"Wanted everybody in the system's table, got {len(lost)} who are not: {few(lost)}. "
            "Export the table again, or name them in the roster as the system does."
        )
    return chosen


def _need(marks: Sequence[Mark], lms: str, known: Callable[[Mark], bool]) -> None:
    """Raises CourseError for marks whose submissions do not bear the system's ids."""
    lost = [mark.student for mark in marks if not known(mark)]
    if lost:
        raise CourseError(
            f"Wanted {lms}'s ids in the names of the submissions, got {len(lost)} without: {few(lost)}. "
            f"Give {lms}'s own table: course export ... --to {lms} --gradebook FILE.csv"
        )


def _column(asked: Asked, bare: Callable[[str], str]) -> int:
    """The system's column for this set: the named one, or the one that bears the set's title."""
    table = asked.table or Table([], [])
    if asked.column:
        found = [
            place
            for place, name in enumerate(table.header)
            if folded(asked.column) in (folded(name), folded(bare(name)))
        ]
    else:
        titles = {folded(asked.problem_set.title), folded(asked.problem_set.name)}
        found = [place for place, name in enumerate(table.header) if folded(bare(name)) in titles]
    if len(found) != 1:
        wanted = asked.column or asked.problem_set.title
        others = [name for name in table.header if bare(name) != name]
        raise CourseError(
            f"Wanted one column for {plain(wanted)!r} in the system's table, got {len(found)}. "
            f"Name it with --column; there are: {few(others)}."
        )
    return found[0]


def _identity(value: str, column: str) -> str:
    """A cell that the system matches on, as it is.

    Raises CourseError when a spreadsheet could take it for a formula: an apostrophe would break the match.
    """
    if value and not _IDENTITY.fullmatch(value.replace(",", "").rstrip(" ")):
        if folded(column) in ("student", "section", "last name", "first name"):
            return text(value)
        raise CourseError(f"Wanted ids of letters and digits in the column {column}, got {plain(value)!r}.")
    return value


def _text_or_dash(cell: str) -> str:
    return cell if cell == "-" else text(cell)


def _name(mark: Mark) -> str:
    return text(mark.item.person or mark.student)


def _of_another_size(said: str, wanted: float, system: str) -> str:
    """A note when the system's maximum is another than the set's."""
    try:
        size = float(said.strip().replace(",", "."))
    except ValueError:
        return ""
    same = abs(size - wanted) < 1e-9
    return "" if same else f"{system} counts to {points(size)} points, the set to {points(wanted)}: nothing was scaled."
