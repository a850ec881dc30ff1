"""Runs a notebook's cells in a fresh process, as grading will, and says what became of them: `doctor` starts it.

Usage: python -m course_lib.student.rehearsal CELLS.json RESULT.json
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from course_lib.student.begin import checks_of
from course_lib.student.check import examine


def rehearse(assignment: str, cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Run the cells one after the other in one fresh namespace, then the visible check of every question.

    cells: number and source (plain Python) of each. A cell that stops does not stop the others.

    Returns "stopped": cell number -> error; "slow": cell number -> CPU seconds; "questions": name -> status, CPU
    seconds and the first property that fails.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    stopped, slow = {}, {}
    for cell in cells:
        start = time.process_time()
        try:
            exec(compile(cell["source"], f"<cell {cell['number']}>", "exec"), namespace)
        except (Exception, SystemExit) as error:
            stopped[cell["number"]] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        if time.process_time() - start > 5:
            slow[cell["number"]] = round(time.process_time() - start, 1)
    questions = {}
    for name, checked in checks_of(assignment).CHECKS.items():
        if checked.function not in namespace:
            questions[name] = {"status": "missing", "seconds": 0.0, "first": ""}
            continue
        start = time.process_time()
        found = examine(checked, namespace[checked.function])
        failed = next((row for row in found.rows if not row.holds), None)
        first = f"{failed.what}: {failed.yours}" if failed else ""
        questions[name] = {"status": found.status, "seconds": time.process_time() - start, "first": first}
    return {"stopped": stopped, "slow": slow, "questions": questions}


def main(cells: str, result: str) -> None:
    """Read the cells from one file, write the result into the other."""
    given = json.loads(Path(cells).read_text(encoding="utf-8"))
    found = rehearse(given["assignment"], given["cells"])
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
