"""The cells of a notebook as it was handed in: only what is looked at, whatever else stands there."""

from dataclasses import dataclass
from typing import Any

from course_lib.staff.grading import sanitise

CELL_LENGTH = 200_000


@dataclass(frozen=True)
class StudentCell:
    """One cell as it was handed in: only what is looked at."""

    kind: str
    source: str
    grade_id: str
    cell_id: str
    attachments: dict[str, Any]


def read_cells(notebook: dict[str, Any]) -> list[StudentCell]:
    """The cells of a parsed notebook of format 4; what has not the shape of a cell is left out."""
    cells = []
    for cell in notebook.get("cells", ()):
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if not isinstance(source, str):
            continue
        source = source.encode("utf-8", "replace").decode()  # half a pair of surrogates could not be written again
        data = _table(cell.get("metadata"))
        grader = _table(data.get("nbgrader"))
        cells.append(
            StudentCell(
                kind=cell["cell_type"],
                source=source[:CELL_LENGTH].replace("\r\n", "\n"),
                grade_id=str(grader.get("grade_id", "")),
                cell_id=str(cell.get("id") or data.get("id") or ""),
                attachments=sanitise.attachments(cell.get("attachments")),
            )
        )
    return cells


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
