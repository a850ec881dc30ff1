"""`check`: looks at properties that an answer must have, and says which of them it has."""

import textwrap
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.student import wire
from course_lib.student.begin import checks_of, current
from course_lib.student.checks import Check, Row
from course_lib.student.probe import first_line
from course_lib.student.say import say

LONGEST = 110  # characters of an error
WIDTHS = (34, 30, 34)
HEADS = ("property", "yours", "wanted", "verdict")
VERDICTS = {True: "holds ✓", False: "fails ✗"}


@dataclass(frozen=True)
class Examined:
    """What the visible check of a question found: "not started", "passed" or "failed", and the rows of its table."""

    status: str
    rows: tuple[Row, ...] = ()


def check(question: str, function: Callable[..., Any]) -> None:
    """Print how the function stands to the public properties of a question; it never raises for a wrong answer.

    question: for instance "q2"; function: yours.

    Raises ValueError for a question that the set does not have, RuntimeError before `begin`.
    """
    if wire.channel() is not None:
        return
    found = checks_of(current()).CHECKS
    if question not in found:
        raise ValueError(f"Wanted a question out of {', '.join(found)}, got {question!r}. Name one of them.")
    say(*report(question, found[question], examine(found[question], function)))


def examine(checked: Check, function: Callable[..., Any]) -> Examined:
    """Try the groups of a check one after the other; an error of the function's is a row that fails."""
    if not callable(function):
        row = Row("is a function", type(function).__name__, f"the function {checked.function}", False)
        return Examined("failed", (row,))
    rows: list[Row] = []
    for place, group in enumerate(checked.groups):
        try:
            with np.errstate(all="ignore"):
                for row in group(function):
                    rows.append(row)
                    if not row.holds:
                        break
        except NotImplementedError:
            return Examined("not started")
        except Exception as error:  # whatever the student's function does wrong is a row of the table
            rows.append(Row("gives an answer", _told(error), "no error", False))
            break
        if place == 0 and not rows[-1].holds:
            break
    return Examined("passed" if all(row.holds for row in rows) else "failed", tuple(rows))


def report(question: str, checked: Check, found: Examined) -> list[str]:
    """The lines that `check` prints."""
    name = f"Question {question.lstrip('q')}"
    if found.status == "not started":
        return [f"{name}: not started yet."]
    lines = [f"{name}: {checked.title}", *table(found.rows), ""]
    if found.status == "passed":
        return [*lines, *textwrap.wrap(f"Public checks passed. The hidden cases differ in: {checked.differ}", 110)]
    failed = sum(not row.holds for row in found.rows)
    told = "One property does" if failed == 1 else f"{failed} properties do"
    return [*lines, f"{told} not hold yet. Begin with the first."]


def table(rows: tuple[Row, ...]) -> list[str]:
    """The rows as lines of text, long entries wrapped inside their column."""
    lines = []
    for entries in (HEADS, *((row.what, row.yours, row.wanted, VERDICTS[row.holds]) for row in rows)):
        columns = [textwrap.wrap(text, width) or [""] for text, width in zip(entries, WIDTHS, strict=False)]
        for k in range(max(len(column) for column in columns)):
            cells = [(column[k] if k < len(column) else "").ljust(w) for column, w in zip(columns, WIDTHS, strict=True)]
            lines.append("  ".join([*cells, entries[3] if k == 0 else ""]).rstrip())
    return [lines[0], "-" * (sum(WIDTHS) + 13), *lines[1:]]


def _told(error: Exception) -> str:
    """An error as type, first line, and the line of the student's cell that it left from."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "course_lib" not in frame.filename]
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    where = f" (line {own[-1].lineno} of your cell)" if own else ""
    return f"{textwrap.shorten(first_line(error), LONGEST, placeholder='...')}{where}"
