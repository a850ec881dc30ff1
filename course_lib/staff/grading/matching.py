"""Which cell of a student's notebook is which cell of the release: by its names, its text, or what it holds."""

from collections.abc import Sequence
from typing import Any

from course_lib.staff.grading.cells import StudentCell
from course_lib.staff.grading.roles import role_of
from course_lib.staff.grading.statements import bound, parsed


def name_of(released: Any) -> str:
    """What a cell of the release is called in the account: its grade id, otherwise its id."""
    return str(
        released["metadata"].get("nbgrader", {}).get("grade_id") or released.get("id") or "a cell without a name"
    )


def normal(source: str) -> str:
    """A source without blanks at the ends of its lines and around it."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def matched(release: Sequence[Any], cells: Sequence[StudentCell]) -> tuple[list[int | None], list[str]]:
    """The place in the release of each cell, None for the student's own; and the names of those found by content.

    By grade id, by cell id where there is no grade id, by an unchanged text; then answers that are still missing by the
    function that they define, and written ones by where they stand.
    """
    by_grade = {c["metadata"]["nbgrader"]["grade_id"]: i for i, c in enumerate(release) if "nbgrader" in c["metadata"]}
    by_id = {c["id"]: i for i, c in enumerate(release) if c.get("id")}
    by_text = {normal(c["source"]): i for i, c in enumerate(release) if normal(c["source"])}
    places: list[int | None] = []
    for cell in cells:
        place = by_grade.get(cell.grade_id)
        if place is None and not cell.grade_id:
            place = by_id.get(cell.cell_id)
        places.append(by_text.get(normal(cell.source)) if place is None else place)
    return places, _match_the_lost(release, cells, places)


def functions_of(released: Any) -> set[str]:
    """The functions that an answer cell of the release asks for."""
    return bound(released["source"])


def _match_the_lost(release: Sequence[Any], cells: Sequence[StudentCell], places: list[int | None]) -> list[str]:
    found = []
    for place, wanted in enumerate(release):
        role = role_of(wanted)
        if role not in ("answer", "written") or _is_worked_on(wanted, place, cells, places):
            continue
        number = _best(wanted, role, place, cells, places)
        if number is not None:
            places[number] = place
            found.append(name_of(wanted))
    return found


def _is_worked_on(wanted: Any, place: int, cells: Sequence[StudentCell], places: Sequence[int | None]) -> bool:
    untouched = normal(wanted["source"])
    return any(at == place and normal(cell.source) != untouched for cell, at in zip(cells, places, strict=True))


def _best(wanted: Any, role: str, place: int, cells: Sequence[StudentCell], places: Sequence[int | None]) -> int | None:
    """The unnamed cell that could be the wanted one; one with a definition before one that uses the name again."""
    free = [number for number, at in enumerate(places) if at is None]
    if role == "written":
        return next((number for number in free if _stands_there(cells[number], number, places, place)), None)
    if place in places:  # the stub still stands: a function in a cell of the student's own stays where it is
        return None
    asked = functions_of(wanted)
    able = [number for number in free if cells[number].kind == "code" and asked & bound(cells[number].source)]
    return next((number for number in able if _defines(cells[number].source, asked)), able[0] if able else None)


def _defines(source: str, asked: set[str]) -> bool:
    return any(getattr(statement, "name", None) in asked for statement in parsed(source) or ())


def _stands_there(cell: StudentCell, number: int, places: Sequence[int | None], place: int) -> bool:
    """Whether a text stands between the neighbours of a written answer."""
    before = [at for at in places[:number] if at is not None]
    after = [at for at in places[number + 1 :] if at is not None]
    text = cell.kind == "markdown" and bool(cell.source.strip())
    return text and (not before or before[-1] <= place) and (not after or after[0] >= place)
