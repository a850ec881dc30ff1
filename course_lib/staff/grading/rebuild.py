"""A student's notebook rebuilt from the release: nothing honest is lost, nothing else gets through.

The release's cells stand in the release's order, the student's answers in their places, and every other cell of the
student's where it stood. Colab ignores locks and ids, so copied, split, edited and deleted cells are ordinary work.
"""

import ast
import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.staff.grading import sanitise
from course_lib.staff.grading.cells import StudentCell
from course_lib.staff.grading.magics import neutralise
from course_lib.staff.grading.roles import KERNEL, digest, mark, role_of

COURSE_CALLS = {"begin", "check", "probe", "doctor", "hello"}
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Account:
    """What was changed in one notebook, in sentences; flags are for a person to look at."""

    changes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def rebuild(
    release: dict[str, Any], cells: Sequence[StudentCell], *, key: bytes, student: str
) -> tuple[dict[str, Any], Account]:
    """The notebook to be graded, with its mark, and the account of what was changed."""
    account = Account()
    groups = _grouped(release["cells"], cells, account)
    made = [_own(cell, account) for cell in groups.pop(-1, ())]
    for place, cell in enumerate(release["cells"]):
        group = groups.get(place, [])
        made.extend(_rebuilt(cell, [c for c, own in group if not own], group, account))
    for number, cell in enumerate(made):
        cell.setdefault("id", f"own-{number}")
    course = dict(release["metadata"]["course"])
    course["digest"] = digest(made)
    course["mark"] = mark(key, course["assignment"], student, course["digest"])
    metadata = {
        "course": course,
        "kernelspec": {"name": KERNEL, "display_name": "The course's own worker", "language": "python"},
        "language_info": {"name": "python"},
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made}, account


# ------------------------------------------------------------------------------------------- which cell is which


def _grouped(release: Sequence[Any], cells: Sequence[StudentCell], account: Account) -> dict[int, list[Any]]:
    """For each place of the release its cells, as (cell, whether it is the student's own); -1: own ones before all."""
    places = _matched(release, cells, account)
    groups: dict[int, list[Any]] = {}
    anchor = -1
    for cell, place in zip(cells, places, strict=True):
        if place is not None:
            anchor = place
            groups.setdefault(place, []).append((cell, False))
        elif cell.source.strip():
            groups.setdefault(anchor, []).append((cell, True))
    groups[-1] = [cell for cell, _ in groups.get(-1, ())]
    return groups


def _matched(release: Sequence[Any], cells: Sequence[StudentCell], account: Account) -> list[int | None]:
    """The place in the release of each cell: by grade id, by cell id, by its text, by the function it defines."""
    by_grade = {c["metadata"]["nbgrader"]["grade_id"]: i for i, c in enumerate(release) if "nbgrader" in c["metadata"]}
    by_id = {c["id"]: i for i, c in enumerate(release) if c.get("id")}
    by_text = {_normal(c["source"]): i for i, c in enumerate(release) if _normal(c["source"])}
    places: list[int | None] = []
    for cell in cells:
        place = by_grade.get(cell.grade_id)
        if place is None and not cell.grade_id:
            place = by_id.get(cell.cell_id)
        places.append(by_text.get(_normal(cell.source)) if place is None else place)
    _match_the_lost(release, cells, places, account)
    return places


def _match_the_lost(
    release: Sequence[Any], cells: Sequence[StudentCell], places: list[int | None], account: Account
) -> None:
    """Find answers whose metadata got lost: a function of the asked name, a text between the right neighbours."""
    for place, wanted in enumerate(release):
        role = role_of(wanted)
        if role not in ("answer", "written") or any(
            at == place and _normal(cell.source) != _normal(wanted["source"])
            for cell, at in zip(cells, places, strict=True)
        ):
            continue
        for number, cell in enumerate(cells):
            if places[number] is None and _could_be(wanted, role, cell, number, places, place):
                places[number] = place
                account.flags.append(f"The cell {wanted['metadata']['nbgrader']['grade_id']} was found by its content.")
                break


def _could_be(wanted: Any, role: str, cell: StudentCell, number: int, places: Sequence[int | None], place: int) -> bool:
    if role == "answer":
        names = set(re.findall(r"(?m)^def\s+(\w+)", wanted["source"]))
        present = any(at == place for at in places)
        # while the stub still stands, a function in a cell of the student's own stays where it is
        return not present and cell.kind == "code" and bool(names & set(re.findall(r"(?m)^def\s+(\w+)", cell.source)))
    before = [at for at in places[:number] if at is not None]
    after = [at for at in places[number + 1 :] if at is not None]
    return cell.kind == "markdown" and (not before or before[-1] <= place) and (not after or after[0] >= place)


# --------------------------------------------------------------------------------------------------- what is made of it


def _rebuilt(wanted: Any, found: Sequence[StudentCell], group: Sequence[Any], account: Account) -> list[dict[str, Any]]:
    """The cells that stand for one release cell and for the student's own ones behind it."""
    role = role_of(wanted)
    own = [cell for cell, is_own in group if is_own]
    if role == "answer":
        return _answer(wanted, found, group, account)
    cell = _from_release(wanted, role)
    if role == "written":
        texts = [c for c in found if _normal(c.source) != _normal(wanted["source"]) and c.source.strip()]
        if texts:
            cell["source"] = sanitise.markdown("\n\n".join(dict.fromkeys(c.source for c in texts)))
            pictures = {name: data for c in texts for name, data in c.attachments.items()}
            if pictures and cell["cell_type"] == "markdown":
                cell["attachments"] = pictures
        return [cell, *_owned(own, account)]
    if role in ("explore", "free"):
        return [_students(cell, role, wanted, found, account), *_owned(own, account)]
    if role == "text":
        notes = [c for c in found if _normal(c.source) != _normal(wanted["source"])]
        return [cell, *_owned([c for c in notes if c.kind == "markdown"], account), *_owned(own, account)]
    added = _added(wanted, found, account)
    if role == "probe":  # what was added to it ran before the next cell, so it may run before the probe
        return [*added, cell, *_owned(own, account)]
    if role == "given":
        text, taken = neutralise(cell["source"])
        if taken:
            cell["metadata"]["course"]["run"] = text
    return [cell, *added, *_owned(own, account)]


def _answer(wanted: Any, found: Sequence[StudentCell], group: Sequence[Any], account: Account) -> list[dict[str, Any]]:
    """The student's answer in its place; copies of it cost nothing, parts of it all run, the last bears the id."""
    name = wanted["metadata"]["nbgrader"]["grade_id"]
    stub = _normal(wanted["source"])
    worked = [cell for cell in found if _normal(cell.source) != stub and cell.source.strip()]
    if not worked:
        if not found:
            account.changes.append(f"The cell {name} was missing; the empty one of the release stands in its place.")
        own = [cell for cell, is_own in group if is_own]
        return [_from_release(wanted, "answer"), *_owned(own, account)]
    if len(found) > 1:
        account.changes.append(f"The cell {name} was there {len(found)} times; all that was worked on in it runs.")
    made = []
    for cell, is_own in group:
        if is_own:
            made.extend(_owned([cell], account))
        elif cell is worked[-1]:
            slot = _from_release(wanted, "answer")
            slot["source"] = _neutral(cell.source, account)
            made.append(slot)
        elif any(cell is part for part in worked) and _normal(cell.source) != _normal(worked[-1].source):
            made.extend(_owned([cell], account, code=True))
    return made


def _students(
    cell: dict[str, Any], role: str, wanted: Any, found: Sequence[StudentCell], account: Account
) -> dict[str, Any]:
    """A cell that belongs to the student: shown as handed in; of an exploration only new definitions run."""
    if found:
        cell["source"] = _neutral(found[-1].source, account)
    if role == "explore":
        new = _new_statements(wanted["source"], cell["source"]) or []
        cell["metadata"]["course"]["run"] = "\n".join(ast.unparse(s) for s in new if isinstance(s, DEFINITIONS))
    return cell


def _added(wanted: Any, found: Sequence[StudentCell], account: Account) -> list[dict[str, Any]]:
    """Statements that were added to a locked cell, as a cell of their own; the course's own calls are not repeated."""
    name = wanted["metadata"].get("nbgrader", {}).get("grade_id", "given")
    made = []
    for cell in found:
        if _normal(cell.source) == _normal(wanted["source"]):
            continue
        new = _new_statements(wanted["source"], cell.source)
        if new is None:
            account.flags.append(f"The locked cell {name} was changed and cannot be read as Python.")
            continue
        text = "\n".join(ast.unparse(statement) for statement in new if not _is_course_call(statement))
        if text:
            account.changes.append(f"Lines added to the locked cell {name} run as a cell of their own.")
            made.append(_own_cell("code", text))
    return made


def _new_statements(old: str, new: str) -> list[ast.stmt] | None:
    """Top-level statements of ``new`` that are not in ``old``; None when ``new`` is not Python."""
    try:
        known = {ast.dump(statement) for statement in ast.parse(neutralise(old)[0]).body}
        return [
            s for s in ast.parse(neutralise(new)[0]).body if ast.dump(s) not in known and not isinstance(s, ast.Pass)
        ]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_course_call(statement: ast.stmt) -> bool:
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    function = statement.value.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name in COURSE_CALLS


def _from_release(wanted: Any, role: str) -> dict[str, Any]:
    data = wanted["metadata"]
    metadata = {name: copy.deepcopy(data[name]) for name in ("tags", "deletable", "editable") if name in data}
    if any(data.get("nbgrader", {}).get(flag) for flag in ("grade", "solution", "locked")):
        metadata["nbgrader"] = copy.deepcopy(data["nbgrader"])  # nbgrader takes the id of a cell without any from it
    metadata["course"] = {"role": role}
    cell = {"cell_type": wanted["cell_type"], "metadata": metadata, "source": wanted["source"]}
    if wanted.get("id"):
        cell["id"] = wanted["id"]
    if cell["cell_type"] == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _owned(cells: Sequence[StudentCell], account: Account, *, code: bool = False) -> list[dict[str, Any]]:
    return [_own(cell, account, code=code) for cell in cells]


def _own(cell: StudentCell, account: Account, *, code: bool = False) -> dict[str, Any]:
    if code or cell.kind == "code":
        return _own_cell("code", _neutral(cell.source, account))
    made = _own_cell("markdown", sanitise.markdown(cell.source))
    if cell.attachments:
        made["attachments"] = cell.attachments
    return made


def _own_cell(kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {"course": {"role": "own"}}, "source": source}
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _neutral(source: str, account: Account) -> str:
    text, taken = neutralise(source)
    account.changes.extend(f"Not run: {sanitise.plain(line, length=120)}" for line in taken)
    return text


def _normal(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
