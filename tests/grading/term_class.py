"""The class of the scenario (who is in a group, late, extended), its course, and the commands that are typed."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import generated_class
import sample_class
from generated_class import Pupil
from typer.testing import CliRunner

from course_lib.staff.cli import app
from course_lib.staff.grading import record
from course_lib.staff.grading.places import Places

NAME = sample_class.NAME
EXTENDED, LATE, VERY_LATE, HALF, WRONG = "s009", "s010", "s011", "s012", "s013"
GROUP = ("s000", "s004", "s090")  # the last one hands in nothing
ESSAY = 7.0
SETTINGS = f"""
timezone = "Europe/Berlin"
roster = "../roster.csv"
[late]
percent = 10
grace_minutes = 15
late_days = 1
[assignments.{NAME}]
due = 2026-11-20T23:59:00
times = "../times.csv"
gradebook = "../canvas.csv"
column = "Problem set 1"
groups = true
"""


@dataclass
class Term:
    """A course in a folder of its own, its class by the roster's ids, and what a command said last."""

    root: Path
    pupils: dict[str, Pupil]
    walls: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    students: dict[str, Any] = field(default_factory=dict)

    @property
    def places(self) -> Places:
        return Places(self.root)

    def run(self, *words: str) -> str:
        """A command of the instructor's; its errors are raised as they are."""
        graded = ["--json", str(self.root / "out.json"), *self.walls] if words[0] == "grade" else []
        done = CliRunner().invoke(app, [*words, *graded], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        if graded:
            self.students = json.loads((self.root / "out.json").read_text())["students"]
        return done.output

    def table(self) -> dict[str, dict[str, str]]:
        """The plain table by id, as it stands."""
        self.run("export", NAME, "--to", "plain", "--so-far")
        with open(self.places.csv(NAME), newline="", encoding="utf-8") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    def settings(self, more: str = "") -> None:
        self.places.term.write_text(SETTINGS + more)

    def by_hand(self, change: Callable[[Any], None]) -> None:
        """What a person does in formgrader."""
        with record.Gradebook(self.places.database_url, "rnn-dynamics") as book:
            change(book)
            book.db.commit()


def write_the_class_down(term: Term) -> None:
    """Roster with extension, late days and groups; the system's table; its times; its archive."""
    roster, canvas, times = (
        ["id,name,canvas,group,extension days,late days"],
        ["Student,ID,Section,Problem set 1 (77)"],
        [],
    )
    canvas.append("    Points Possible,,,100")
    for number, (student, pupil) in enumerate(term.pupils.items()):
        name = next(iter(pupil.members)).partition("_")[0]
        group, extension = "7" if student in GROUP else "", "2" if student == EXTENDED else ""
        roster.append(f"{student},{name},{1000 + number},{group},{extension},{0 if student == LATE else ''}")
        canvas.append(f"{name},{1000 + number},One,")
        late = {EXTENDED: "21 20:00", LATE: "21 20:00", VERY_LATE: "22 06:00", GROUP[1]: "20 21:00"}
        times.append(f"{1000 + number},2026-11-{late.get(student, '20 20:00')}")
    for student, number in (("s090", 1090), ("s091", 1091), ("s092", 1092)):
        roster.append(f"{student},Extra {student},{number},{'7' if student in GROUP else ''},,")
        canvas.append(f"Extra {student},{number},One,")
        times.append(f"{number},2026-11-20 20:00")
    for name, lines in (("roster", roster), ("canvas", canvas), ("times", ["id,submitted", *times])):
        (term.root / f"{name}.csv").write_text("\n".join(lines) + "\n")
    term.places.gradebook.mkdir()
    term.settings()
    generated_class.write_zip(term.root / "in.zip", list(term.pupils.values()))
