"""The row on scale: what one more submission takes of the machine that holds key, judge and gradebook, and of its disk.

Workers can be as many as one has machines; the caller is one. So its own CPU seconds say how far a cluster helps. The
judge's process belongs to the caller's machine, but may use another core; it is counted with the workers.
"""

import json
import sys
import tempfile
from pathlib import Path

from .rows import Criterion, Figures, Row, largest
from .rows_grading import cost
from .rows_sets import hand_in

NAME = "a1_lorenz"
CLASSES = (2, 10)
A_DAY = 86_400 / 100_000  # CPU seconds: a hundred thousand in a day, on one core
PROGRAM = """
import json, resource, sys
from pathlib import Path
from course_lib.staff.grading.grade import grade
grade(Path.cwd(), {name!r}, Path("in"), unsandboxed=True)
used = resource.getrusage(resource.RUSAGE_SELF)
Path("used.json").write_text(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1000]))
"""


def sizes(folder: Path) -> tuple[int, int]:
    """Bytes of the database, and of all files that were kept of a class, pages and tables included."""
    kept = sum(path.stat().st_size for path in (folder / "gradebook").rglob("*") if path.is_file())
    return (folder / "gradebook" / "gradebook.db").stat().st_size, kept


def graded(count: int) -> list[float]:
    """CPU seconds of all and of the caller alone, its most memory in MB, kB of the database and of everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hand_in(folder, NAME, count)
        everything, _ = cost([sys.executable, "-c", PROGRAM.format(name=NAME)], folder)
        caller, memory = json.loads((folder / "used.json").read_text())
        return [everything, caller, memory, *(size / 1000 for size in sizes(folder))]


def measure(seed: int) -> Figures:
    """What one more submission takes; `once_cpu` and `memory_mb`: what a run takes however few there are.

    The seed only repeats the run.
    """
    fewer, more = (graded(count) for count in CLASSES)
    each = [(large - small) / (CLASSES[1] - CLASSES[0]) for small, large in zip(fewer, more, strict=True)]
    return {
        "cpu": each[0],
        "caller_cpu": each[1],
        "database_kb": each[3],
        "kept_kb": each[4],
        "once_cpu": fewer[0] - CLASSES[0] * each[0],
        "memory_mb": more[2],
    }


GRADING_SCALE = Row(
    "grading_scale",
    "Grading: what one more submission takes of the machine that holds the gradebook",
    measure,
    ("staff/grading", "student"),
    (
        Criterion("caller_cpu", "CPU seconds of the caller a submission, largest", largest("caller_cpu"), A_DAY),
        Criterion("kept_kb", "kB kept of a submission, largest", largest("kept_kb"), 500.0),
    ),
    seeds=(0, 1, 2),
    notes="Solved notebooks of the first set, one job. The judge counts with the workers. A seed only repeats.",
)
SCALE_ROWS = (GRADING_SCALE,)
