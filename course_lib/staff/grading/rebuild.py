"""A student's notebook rebuilt from the release: nothing honest is lost, nothing else gets through.

The release's cells stand in the release's order, the student's answers in their places, and every other cell of the
student's where it stood. Colab ignores locks and ids, so copied, split, edited and deleted cells are ordinary work.
"""

import ast
import copy
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.staff.grading import sanitise
from course_lib.staff.grading.cells import StudentCell
from course_lib.staff.grading.magics import commands, neutralise
from course_lib.staff.grading.matching import functions_of, matched, name_of, normal
from course_lib.staff.grading.roles import KERNELSPEC, digest, mark, question_of, role_of, runs
from course_lib.staff.grading.statements import (
    bound,
    is_course_call,
    is_definition,
    names,
    new_lines,
    new_statements,
    parsed,
)
from course_lib.staff.grading.syntax import is_newer_python
from course_lib.staff.grading.waiting import Item, waits

MOST_CODE = 3_000_000
MOST_COMMANDS = 400
Made = dict[str, Any]
Group = Sequence[tuple[StudentCell, bool]]


@dataclass
class Account:
    """What was changed in one notebook, in sentences; flags are for a person to look at."""

    changes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def rebuild(
    release: dict[str, Any], cells: Sequence[StudentCell], *, key: bytes, student: str
) -> tuple[dict[str, Any], Account]:
    """The notebook to be graded, with its mark, and the account of what was changed.

    Raises ValueError for more code or commands than anybody writes: each cell is read token by token, in this process.
    """
    code = [cell.source for cell in cells if cell.kind == "code"]
    if sum(map(len, code)) > MOST_CODE or sum(map(commands, code)) > MOST_COMMANDS:
        raise ValueError(f"Wanted at most {MOST_CODE} characters of code and {MOST_COMMANDS} commands, got more.")
    account = Account()
    released = release["cells"]
    groups = _grouped(released, cells, account)
    used = _used(released, groups)
    made = [_own(cell, account) for cell, _ in groups.pop(-1, ())]
    for place, cell in enumerate(released):
        group = groups.get(place, [])
        if role_of(cell) == "explore":
            made.extend(_explored(cell, [c for c, own in group if not own], group, used, account))
        else:
            made.extend(_rebuilt(cell, [c for c, own in group if not own], group, account))
    _drop_stubs(released, made, account)
    _hold_back(released, made, account)
    for number, cell in enumerate(made):
        cell.setdefault("id", f"own-{number}")
    course = dict(release["metadata"]["course"])
    course["digest"] = digest(made)
    course["mark"] = mark(key, course["assignment"], student, course["digest"])
    metadata = {"course": course, "kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made}, account


def _grouped(released: Sequence[Any], cells: Sequence[StudentCell], account: Account) -> dict[int, list[Any]]:
    """For each place of the release its cells, as (cell, whether it is the student's own); -1: own ones before all."""
    places, by_content = matched(released, cells)
    account.flags.extend(f"The cell {name} was found by its content." for name in by_content)
    groups: dict[int, list[Any]] = {}
    anchor = -1
    for cell, place in zip(cells, places, strict=True):
        if place is not None:
            anchor = place
            groups.setdefault(place, []).append((cell, False))
        elif cell.source.strip():
            groups.setdefault(anchor, []).append((cell, True))
    _tell(released, cells, places, account)
    return groups


def _tell(
    released: Sequence[Any], cells: Sequence[StudentCell], places: Sequence[int | None], account: Account
) -> None:
    """Say what became of the release's own cells: missing, several times there, of another type, in another order."""
    count = Counter(place for place in places if place is not None)
    missing = [name_of(cell) for place, cell in enumerate(released) if place not in count]
    if missing:
        account.changes.append(f"Cells that were missing come from the release: {', '.join(missing)}.")
    for place, wanted in enumerate(released):
        if count[place] > 1:
            use = (
                "all that was worked on in it counts" if role_of(wanted) in ("answer", "written") else "once is enough"
            )
            account.changes.append(f"The cell {name_of(wanted)} was there {count[place]} times; {use}.")
        kinds = {cell.kind for cell, at in zip(cells, places, strict=True) if at == place} - {wanted["cell_type"]}
        if kinds:
            kind = f"{' and '.join(sorted(kinds))}; it is {wanted['cell_type']} again"
            account.changes.append(f"The cell {name_of(wanted)} had become {kind}.")
    once = [place for place in places if place is not None and count[place] == 1]
    if once != sorted(once):
        account.changes.append("The cells stood in another order; they stand in the release's again.")


# --------------------------------------------------------------------------------------------------- what is made of it


def _rebuilt(wanted: Any, found: Sequence[StudentCell], group: Group, account: Account) -> list[Made]:
    """The cells that stand for one release cell and for the student's own ones behind it."""
    role = role_of(wanted)
    own = [cell for cell, is_own in group if is_own]
    if role == "answer":
        return _answer(wanted, found, group, account)
    cell = _from_release(wanted, role)
    if role == "written":
        texts = [c for c in found if normal(c.source) != normal(wanted["source"]) and c.source.strip()]
        if texts:
            pictures = {name: data for c in texts for name, data in c.attachments.items()}
            cell["source"], pictures = sanitise.note("\n\n".join(dict.fromkeys(c.source for c in texts)), pictures)
            if pictures and cell["cell_type"] == "markdown":
                cell["attachments"] = pictures
        return [cell, *_owned(own, account)]
    if role == "free":
        if found:
            cell["source"] = _neutral(found[-1].source, account)
        return [cell, *_owned(own, account)]
    if role == "text":
        notes = [c for c in found if normal(c.source) != normal(wanted["source"]) and c.source.strip()]
        return [cell, *[_note(c, account) for c in notes], *_owned(own, account)]
    added = _added(wanted, found, account)
    if role == "probe":  # what was added to it ran before the next cell, so it may run before the probe
        return [*added, cell, *_owned(own, account)]
    if role == "given":
        text, taken = neutralise(cell["source"])
        if taken:
            cell["metadata"]["course"]["run"] = text
    return [cell, *added, *_owned(own, account)]


def _answer(wanted: Any, found: Sequence[StudentCell], group: Group, account: Account) -> list[Made]:
    """The student's answer in its place; copies of it cost nothing, parts of it all run, the last bears the id."""
    stub = normal(wanted["source"])
    worked = [cell for cell in found if normal(cell.source) != stub and cell.source.strip()]
    if not worked:
        return [_from_release(wanted, "answer"), *_owned([cell for cell, is_own in group if is_own], account)]
    made = []
    for cell, is_own in group:
        if is_own:
            made.append(_own(cell, account))
        elif cell is worked[-1]:
            slot = _from_release(wanted, "answer")
            slot["source"] = _neutral(cell.source, account)
            made.append(slot)
        elif any(cell is part for part in worked) and normal(cell.source) != normal(worked[-1].source):
            made.append(_own(cell, account, code=True))
    return made


def _used(released: Sequence[Any], groups: Mapping[int, Group]) -> frozenset[str]:
    """The names that the student's cells use, those of explorations apart."""
    texts = [
        cell.source
        for place, group in groups.items()
        for cell, own in group
        if cell.kind == "code" and (own or role_of(released[place]) != "explore")
    ]
    return frozenset().union(*(statement.now | statement.called for text in texts for statement in names(text)))


def _explored(
    wanted: Any, found: Sequence[StudentCell], group: Group, used: Collection[str], account: Account
) -> list[Made]:
    """An exploration, shown as handed in. Of it run the student's own definitions, and of the release's those in use.

    A line such as `import matplotlib.pyplot as plt` stood above the answer for the student, so it does here.
    """
    cell = _from_release(wanted, "explore")
    if found:
        cell["source"] = _neutral(found[-1].source, account)
    new = new_statements(wanted["source"], cell["source"])
    text = [ast.unparse(statement) for statement in new or () if is_definition(statement)]
    used = {*used, *(name for line in text for s in names(line) for name in s.now | s.called)}
    stood = [ast.unparse(s) for s in parsed(wanted["source"]) or () if is_definition(s)]
    text = [*(line for line in stood if bound(line) & used), *text]
    if new is None and is_newer_python(cell["source"]):  # it fails in the worker, which says of which Python it is
        text = [new_lines(wanted["source"], cell["source"])]
    cell["metadata"]["course"]["run"] = "\n".join(text)
    return [cell, *_owned([c for c, is_own in group if is_own], account)]


def _added(wanted: Any, found: Sequence[StudentCell], account: Account) -> list[Made]:
    """What was added to a locked cell, as a cell of its own; the course's own calls are not repeated."""
    made = []
    for cell in found:
        if normal(cell.source) == normal(wanted["source"]):
            continue
        new = new_statements(wanted["source"], cell.source)
        if new is None:
            text = neutralise(new_lines(wanted["source"], cell.source))[0]
        else:
            text = "\n".join(ast.unparse(statement) for statement in new if not is_course_call(statement))
        if text:
            account.changes.append(f"Lines added to the locked cell {name_of(wanted)} run as a cell of their own.")
            made.append(_own_cell("code", text))
    return made


def _note(cell: StudentCell, account: Account) -> Made:
    """What a student made of a text of the release: a note, or code if that is what it became."""
    code = cell.kind == "code" and parsed(cell.source) is not None
    return _own(cell if code else StudentCell("markdown", cell.source, "", "", cell.attachments), account)


def _from_release(wanted: Any, role: str) -> Made:
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


def _owned(cells: Sequence[StudentCell], account: Account) -> list[Made]:
    return [_own(cell, account) for cell in cells]


def _own(cell: StudentCell, account: Account, *, code: bool = False) -> Made:
    if code or cell.kind == "code":
        return _own_cell("code", _neutral(cell.source, account))
    text, pictures = sanitise.note(cell.source, cell.attachments)
    made = _own_cell("markdown", text)
    if pictures:
        made["attachments"] = pictures
    return made


def _own_cell(kind: str, source: str) -> Made:
    cell: Made = {"cell_type": kind, "metadata": {"course": {"role": "own"}}, "source": source}
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _neutral(source: str, account: Account) -> str:
    text, taken = neutralise(source)
    account.changes.extend(f"Not run: {sanitise.plain(line, length=120)}" for line in taken)
    return text


# --------------------------------------------------------------------------------------------- what runs, and when


def _drop_stubs(released: Sequence[Any], made: Sequence[Made], account: Account) -> None:
    """An untouched stub does not run when its function is defined elsewhere: it would take the answer's place."""
    stubs = {name_of(cell): cell for cell in released if role_of(cell) == "answer"}
    bare = [cell for cell in made if _grade_id(cell) in stubs and cell["source"] == stubs[_grade_id(cell)]["source"]]
    elsewhere = set().union(*(bound(runs(cell)) for cell in made if not any(cell is stub for stub in bare)))
    for cell in bare:
        found = sorted(functions_of(stubs[_grade_id(cell)]) & elsewhere)
        if found:
            cell["metadata"]["course"]["run"] = ""
            account.changes.append(f"Stub not run, {_grade_id(cell)}: {', '.join(found)} is defined in another cell.")


def _hold_back(released: Sequence[Any], made: Sequence[Made], account: Account) -> None:
    """Write down which cells run later than they stand; `roles.plan` keeps to it."""
    asked = {question_of(cell): functions_of(cell) for cell in released if role_of(cell) == "answer"}
    items = []
    for place, cell in enumerate(made):
        if cell["metadata"]["course"]["role"] == "probe":
            items += [Item(place, "", function) for function in sorted(asked.get(question_of(cell), ()))[:1]]
        else:
            items.append(Item(place, runs(cell)))
    for place, wait in waits(items).items():
        made[place]["metadata"]["course"]["behind"] = wait.behind
        name = _grade_id(made[place]) or "A cell of the student's own"
        account.changes.append(f"{name} runs later: it needs {wait.name}, which is defined below it.")


def _grade_id(cell: Made) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
