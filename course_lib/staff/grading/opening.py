"""A notebook file opened: whatever bytes came, either plain data of format 4 or the reason why not."""

import json
from collections.abc import Collection
from typing import Any

from course_lib.staff.grading import sanitise
from course_lib.staff.grading.cells import read_cells

BRACKETS = 1_000_000


def opened(data: bytes) -> tuple[dict[str, Any], str]:
    """The notebook, or what is wrong with it; reads UTF-8 and UTF-16 with and without a mark, and Windows' encoding."""
    if data.count(b"{") + data.count(b"[") > BRACKETS:  # each becomes an object: a small file could fill the memory
        return {}, "it is not a notebook that can be read (far too many parts)"
    if not data.strip():
        return {}, "the file is empty"
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        return {}, _why_not_json(text)
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list) and notebook["worksheets"]:
        notebook["cells"] = [cell for sheet in notebook["worksheets"] for cell in _cells_of_3(sheet)]
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return {}, "it is not a notebook (it has no cells)"
    if not isinstance(notebook.get("metadata"), dict):
        notebook["metadata"] = {}
    return notebook, ""


def _why_not_json(text: str) -> str:
    start = text.lstrip()[:1000].lower()
    if start.startswith(("<!doctype html", "<html")):
        return "it is a web page (HTML), not the notebook that it shows"
    if start.startswith("{") and '"cells"' in start:
        return "it is not a whole notebook file (not JSON to its end)"
    return "it is not a notebook file (not JSON)"


def version_of(notebook: dict[str, Any]) -> Any:
    """The version that a notebook says it is of; None when it says nothing."""
    course = notebook["metadata"].get("course")
    return course.get("version") if isinstance(course, dict) else None


def not_this(notebook: dict[str, Any], release: dict[str, Any], versions: Collection[int] | None = None) -> str:
    """Why the notebook is not of this assignment; empty when it is.

    versions: the accepted ones; None: all up to the release's. A notebook that has lost the course's metadata is known
    by its cells.
    """
    wanted = release["metadata"]["course"]
    accepted = range(1, wanted["version"] + 1) if versions is None else versions
    course = notebook["metadata"].get("course")
    if isinstance(course, dict) and course.get("assignment"):
        name, version = sanitise.plain(course["assignment"], length=40), course.get("version")
        if course["assignment"] != wanted["assignment"]:
            return f"it is the notebook of another assignment ({name})"
        if type(version) is not int or version not in accepted:
            said = ", ".join(map(str, sorted(accepted)))
            return f"it is version {sanitise.plain(str(version), length=10)} of the assignment; accepted: {said}"
        return ""
    ids = {cell["metadata"]["nbgrader"]["grade_id"] for cell in release["cells"] if "nbgrader" in cell["metadata"]}
    texts = {cell["source"].strip() for cell in release["cells"]}
    cells = read_cells(notebook)
    known = sum(cell.grade_id in ids or cell.source.strip() in texts for cell in cells)
    return "" if 2 * known >= len(ids) else "it is not the notebook of this assignment"


def _cells_of_3(sheet: Any) -> list[dict[str, Any]]:
    """Cells of the old format 3, where code stood under "input"."""
    cells = sheet.get("cells", []) if isinstance(sheet, dict) else []
    if not isinstance(cells, list):
        return []
    return [{**cell, "source": cell.get("source", cell.get("input", ""))} for cell in cells if isinstance(cell, dict)]
