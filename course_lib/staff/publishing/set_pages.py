"""The directive `{problem-set}`: what the questions of a set are worth, read from the released notebook."""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.parsers.rst import Directive

from course_lib.staff.publishing.tables import table

HEADING = re.compile(r"^## Question (\d+)\. (.+) \((\d+) points, about (\d+) minutes\)$", re.MULTILINE)
HEAD = ("question", "points", "minutes")


def questions(notebook: Path) -> list[tuple[str, str, int, int]]:
    """(number, title, points, minutes) of each question of a released notebook.

    Raises ValueError for a notebook without such headings.
    """
    cells = nbformat.read(notebook, as_version=4).cells
    found = [match for cell in cells if cell.cell_type == "markdown" for match in HEADING.findall(cell.source)]
    if not found:
        raise ValueError(f"Wanted a released problem set, got {notebook} without a heading of a question.")
    return [(number, title, int(points), int(minutes)) for number, title, points, minutes in found]


class ProblemSet(Directive):
    """`{problem-set} a1_lorenz`: a table of the questions with points and minutes, and their sums."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        env, name = self.state.document.settings.env, self.arguments[0]
        path = Path(env.app.srcdir, "assignments", name, f"{name}.ipynb")
        if not path.is_file():
            raise self.error(f"There is no released problem set {name}. Run `course release` first.")
        env.note_dependency(str(path))
        found = questions(path)
        points, minutes = sum(row[2] for row in found), sum(row[3] for row in found)
        rows = [(f"{number}. {title}", str(worth), str(takes)) for number, title, worth, takes in found]
        return [table(HEAD, [*rows, ("All of it", str(points), str(minutes))], 1)]
