"""What grading costs, for the page on scale: out of the records into a file that is published with the library.

    python -m tests.benchmarks.grading_costs          (the bench does it at the end of each run)

The published tree has no tests and no records; tests/book/test_guides.py holds the file to them.
"""

import json
import statistics
from pathlib import Path

from . import records

FILE = records.LIBRARY / "data" / "grading_costs.json"
SCALE, OVERHEAD = "grading_scale", "grading_overhead"


def costs() -> dict[str, object]:
    """Medians over the runs: CPU seconds of a solved notebook of each set that was measured, and what it is made of."""
    found = {path.stem: path for path in sorted(records.RESULTS.glob("set_a*.json"))}
    sets = {name.removeprefix("set_"): _median(name, "cpu") for name in found}
    scale = {key: _median(SCALE, key) for key in ("cpu", "caller_cpu", "database_kb", "kept_kb", "once_cpu")}
    first = records.load(SCALE)["seeds"]["0"]
    return {
        "sets": sets,
        "first_set": scale,
        "beyond_its_cells": {key: _median(OVERHEAD, key) for key in ("cpu", "stock_cpu")},
        "machine": first["machine"],
        "date": first["date"],
    }


def _median(row: str, figure: str) -> float:
    """To three digits: the spread of the runs is larger."""
    runs = records.load(row)["seeds"].values()
    return float(f"{statistics.median(run['figures'][figure] for run in runs):.3g}")


def text() -> str:
    """The file as it has to be."""
    return json.dumps(costs(), indent=1) + "\n"


if __name__ == "__main__":
    Path(FILE).write_text(text(), encoding="utf-8")
