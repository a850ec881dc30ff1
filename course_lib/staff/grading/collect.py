"""From what was handed in to notebooks that can be graded: one for each student, rebuilt from the release.

Never raises for a bad file: what cannot be read is put aside with a mail to its student, and stands in the report.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from course_lib.staff.grading import sanitise
from course_lib.staff.grading.cells import read_cells
from course_lib.staff.grading.deal import course_key
from course_lib.staff.grading.found import Found, find
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.rebuild import rebuild
from course_lib.staff.grading.sets import ProblemSet
from course_lib.validation import CourseError

MAIL = """Subject: Your notebook for {title} could not be read

Hello,

the file that you handed in for {title} ({name}) could not be graded: {reason}.
Nothing is lost: please open your notebook in Colab, choose File > Download > Download .ipynb, and hand that file in
again. If you have already done so, answer this mail and attach the file.
"""


@dataclass(frozen=True)
class Collected:
    """What became of one student's submission.

    status: "collected" or "quarantined"; reason: why it was put aside; changes and flags: see `rebuild.Account`.
    """

    student: str
    name: str
    status: str
    digest: str = ""
    reason: str = ""
    changes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def collect(root: Path, problem_set: ProblemSet, submissions: Path) -> list[Collected]:
    """Collect all submissions of one assignment into ``gradebook/submitted``; writes two accounts of it.

    Raises CourseError when there is no release or no submission at all.
    """
    places = Places(Path(root).resolve())
    release = read_release(places, problem_set)
    key = course_key(places.gradebook)
    found: dict[str, list[Found]] = {}
    for item in find(submissions):
        found.setdefault(item.student, []).append(item)
    collected = [_collect_one(places, problem_set, release, key, found[student]) for student in sorted(found)]
    _write_accounts(places, problem_set, collected)
    return collected


def read_release(places: Places, problem_set: ProblemSet) -> dict[str, Any]:
    """The released notebook.

    Raises CourseError when there is none or it is another version than the questions.
    """
    path = places.release(problem_set.name)
    if not path.exists():
        raise CourseError(f"Wanted the released notebook {path}, got none. Run: course release {problem_set.name}")
    release = json.loads(path.read_text(encoding="utf-8"))
    for cell in release["cells"]:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    course = release["metadata"].get("course", {})
    if (course.get("assignment"), course.get("version")) != (problem_set.name, problem_set.version):
        raise CourseError(
            f"Wanted version {problem_set.version} of {problem_set.name} in {path}, got {course}. "
            f"Run: course release {problem_set.name}"
        )
    return release


def _collect_one(
    places: Places, problem_set: ProblemSet, release: dict[str, Any], key: bytes, found: Sequence[Found]
) -> Collected:
    """Choose this student's notebook, rebuild it, write it; or put it aside."""
    student = found[0].student
    problems, readable = [], []
    for item in found:
        notebook, problem = _parsed(item)
        problem = problem or _not_this(notebook, release, problem_set)
        if problem:
            problems.append((item, problem))
        else:
            readable.append((item, notebook))
    if not readable:
        return _quarantine(places, problem_set, *problems[0])
    item, notebook = max(readable, key=lambda pair: (pair[0].stamp, pair[0].name))
    try:
        made, account = rebuild(release, read_cells(notebook), key=key, student=student)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        return _quarantine(places, problem_set, item, f"it could not be rebuilt ({type(error).__name__})")
    if len(found) > 1:
        account.flags.append(f"{len(found)} notebooks were handed in; the newest that could be read was graded.")
    if not isinstance(notebook.get("metadata", {}).get("course"), dict):
        account.flags.append("The notebook has lost the course's metadata; it was known by its cells.")
    data = json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    path = places.submitted(problem_set.name, student)
    if not path.exists() or path.read_bytes() != data:
        write_safely(path, data)
    name = sanitise.plain(item.name)
    digest = made["metadata"]["course"]["digest"]
    return Collected(student, name, "collected", digest, "", account.changes, account.flags)


def _parsed(item: Found) -> tuple[dict[str, Any], str]:
    """The notebook as plain data of format 4, or what is wrong with it."""
    if item.data is None:
        return {}, item.problem
    try:
        text = item.data.decode("utf-16" if item.data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = item.data.decode("cp1252", "replace")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "it is not a notebook file (not JSON)"
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list) and notebook["worksheets"]:
        notebook["cells"] = [cell for sheet in notebook["worksheets"] for cell in _cells_of_3(sheet)]
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return {}, "it is not a notebook (it has no cells)"
    if not isinstance(notebook.get("metadata"), dict):
        notebook["metadata"] = {}
    return notebook, ""


def _cells_of_3(sheet: Any) -> list[dict[str, Any]]:
    """Cells of the old format 3, where code stood under "input"."""
    cells = sheet.get("cells", []) if isinstance(sheet, dict) else []
    return [{**cell, "source": cell.get("source", cell.get("input", ""))} for cell in cells if isinstance(cell, dict)]


def _not_this(notebook: dict[str, Any], release: dict[str, Any], problem_set: ProblemSet) -> str:
    """Why the notebook is not this version of this assignment; empty when it is."""
    course = notebook["metadata"].get("course")
    if isinstance(course, dict) and course.get("assignment"):
        name, version = sanitise.plain(course["assignment"], length=40), course.get("version")
        if name != problem_set.name:
            return f"it is the notebook of another assignment ({name})"
        if version != problem_set.version:
            return (
                f"it is version {sanitise.plain(str(version), length=10)} of the assignment, not {problem_set.version}"
            )
        return ""
    ids = {cell["metadata"]["nbgrader"]["grade_id"] for cell in release["cells"] if "nbgrader" in cell["metadata"]}
    texts = {cell["source"].strip() for cell in release["cells"]}
    cells = read_cells(notebook)
    known = sum(cell.grade_id in ids or cell.source.strip() in texts for cell in cells)
    return "" if 2 * known >= len(ids) else "it is not the notebook of this assignment"


def _quarantine(places: Places, problem_set: ProblemSet, item: Found, reason: str) -> Collected:
    """Put a file aside, with a mail to its student."""
    folder = places.quarantine(problem_set.name, item.student)
    name = sanitise.plain(item.name)
    if item.data is not None:
        write_safely(folder / "original.ipynb", item.data)
    mail = MAIL.format(title=problem_set.title, name=name, reason=reason)
    write_safely(folder / "mail.txt", mail.encode())
    places.submitted(problem_set.name, item.student).unlink(missing_ok=True)
    return Collected(item.student, name, "quarantined", reason=reason)


def _write_accounts(places: Places, problem_set: ProblemSet, collected: Sequence[Collected]) -> None:
    folder = places.account(problem_set.name)
    write_safely(folder / "account.json", json.dumps([asdict(item) for item in collected], indent=1).encode())
    lines = []
    for item in collected:
        lines.append(f"{item.student}: {item.status} from {item.name}" + (f", {item.reason}" if item.reason else ""))
        lines.extend(f"  ! {flag}" for flag in item.flags)
        lines.extend(f"  - {change}" for change in item.changes)
    write_safely(folder / "account.txt", ("\n".join(lines) + "\n").encode("utf-8", "replace"))
