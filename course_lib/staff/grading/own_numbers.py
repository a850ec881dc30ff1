"""What a person who marks the written question needs where students use numbers of their own.

`solutions/<set>/own.py` holds the figure that is asked for (FIGURE), ``right(**constants)``, ``wrong(**constants)``
with the figures of other ways by what they do, and TOLERANCE, a share of the figure that honest ways differ by.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from course_lib.staff.grading.sets import available
from course_lib.staff.grading.tables import text, write_rows
from course_lib.student.own import constants
from course_lib.validation import CourseError


def figures_of(root: Path, assignment: str) -> ModuleType:
    """The file that works out a set's figures.

    Raises CourseError for a set that does not exist or has no such file.
    """
    path = root / "solutions" / assignment / "own.py"
    if not path.is_file():
        known = [name for name in available(root) if (root / "solutions" / name / "own.py").is_file()]
        raise CourseError(f"Wanted a problem set with numbers of one's own ({', '.join(known)}), got {assignment!r}.")
    spec = importlib.util.spec_from_file_location(f"_own_{assignment}", path)
    if spec is None or spec.loader is None:
        raise CourseError(f"Wanted a Python file {path}, got one that cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(root: Path, assignment: str, students: Sequence[str]) -> str:
    """A CSV table: id, constants, the right figure, and those of other ways; three digits."""
    found = figures_of(root, assignment)
    rows: list[list[object]] = []
    for student in students:
        own = constants(assignment, student)
        figures = {found.FIGURE: found.right(**own), **found.wrong(**own)}
        if not rows:
            rows.append(["id", *own, *figures])
        rows.append([text(student), *(f"{value:g}" for value in own.values()), *(f"{v:.3g}" for v in figures.values())])
    return write_rows(rows)


def margin(found: ModuleType, own: dict[str, float]) -> float:
    """How far the nearest wrong way's figure lies from the right one, in tolerances, both as ratios."""
    right = found.right(**own)
    ratios = [value / right for value in found.wrong(**own).values() if value / right > 0]
    return float(min(abs(np.log(ratios))) / np.log1p(found.TOLERANCE))
