"""The similarity report as a page to read and as JSON to keep: both say what the figures do not show."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_lib.staff.grading import similarity
from course_lib.staff.grading.pages import render
from course_lib.staff.grading.places import write_safely
from course_lib.staff.grading.sanitise import plain, printable
from course_lib.staff.grading.similarity import Finding, Report, Side

MOST_SHOWN = 200
"""Pairs on the page; a ring of n students makes n (n - 1) / 2 of them. The JSON file holds all."""
MOST_LINES = 60
_KINDS = {
    "student": "Students with one another",
    "earlier": "With an earlier term",
    "reference": "With the reference solution",
    "library": "With the library's source",
}


def write(report: Report, page: Path, json_file: Path | None = None) -> None:
    """Write the page, and the JSON if it is asked for."""
    write_safely(page.resolve(), text_of(report).encode("utf-8", "replace"))
    if json_file is not None:
        write_safely(json_file.resolve(), json.dumps(table(report), indent=1).encode())


def text_of(report: Report) -> str:
    """The page; everything of a student's is escaped."""
    shown = report.findings[:MOST_SHOWN]
    groups = [(title, [_shown(each) for each in shown if each.second.kind == kind]) for kind, title in _KINDS.items()]
    return render(
        "similarity.html",
        title=report.title,
        name=report.name,
        students=report.students,
        earlier=report.earlier,
        count=len(report.findings),
        more=len(report.findings) - len(shown),
        groups=[(title, found) for title, found in groups if found],
        questions=[(name, report.compared[name], report.short[name]) for name in report.compared],
        usual=[(name, each, _lines(each.text)) for name, each in report.usual.items()],
        unread=[(plain(student), plain(why)) for student, why in report.unread],
        least=similarity.LEAST,
        share=similarity.SHARE,
        run=similarity.LIBRARY_RUN,
        usual_share=similarity.USUAL_SHARE,
        usual_least=similarity.USUAL_LEAST,
    )


def table(report: Report) -> dict[str, Any]:
    """The same for a program."""
    return {
        "assignment": report.name,
        "students": report.students,
        "note": "Alike is not copied. This changes no points; read the passages before you ask anybody.",
        "findings": [
            {**asdict(each), "share": round(each.share, 3), "reason": each.reason} for each in report.findings
        ],
        "usual": {name: asdict(each) for name, each in report.usual.items()},
        "compared": dict(report.compared),
        "not compared": dict(report.short),
        "unread": [{"student": student, "why": why} for student, why in report.unread],
    }


def lines(report: Report, page: Path) -> list[str]:
    """What the terminal says."""
    aside = [f"not read: {plain(student, length=80)}: {plain(why)}" for student, why in report.unread]
    short = sum(report.short.values())
    return [
        f"{plain(report.title)}: {report.students} students, {len(report.findings)} to look at; "
        f"{short} answers too short to compare",
        *aside,
        f"report: {page}",
        "It changes no points, and nothing left this computer.",
    ]


def _shown(found: Finding) -> Mapping[str, Any]:
    return {
        "question": found.question,
        "first": _called(found.first),
        "second": _called(found.second),
        "share": found.share,
        "reason": found.reason,
        "beside": [(_lines(first), _lines(second)) for first, second in found.beside],
    }


def _called(side: Side) -> str:
    name = plain(side.name, length=100)
    return f"{name} (earlier term)" if side.kind == "earlier" else name


def _lines(text: str) -> str:
    """A passage as it was written, its control characters taken out; a very long one is cut."""
    every = [printable(line) for line in text.expandtabs(4).splitlines()]
    cut = [f"… {len(every) - MOST_LINES} lines more"] if len(every) > MOST_LINES else []
    return "\n".join([*every[:MOST_LINES], *cut])
