"""The row on grading: what a submission costs beyond its own cells, beside nbgrader as it comes, in one paired run.

Both graders get the same notebooks: a first cell and two functions. What a run costs once (starting, loading, the view)
is taken out by the difference of a larger and a smaller class, each the smallest of three runs; what the cells compute,
by running them alone a second time in one process. All other CPU seconds count, those of kernels, judge and view too.

The first cell of a problem set imports numpy, torch and matplotlib and takes a step of Adam, and loading these anew for
each submission is the greater part of what nbgrader takes: it counts as overhead, as in the reference figure of 4.3 s.
So that nobody mistakes the ratio for one of loading alone, it is also measured with a cell that loads numpy only.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from .rows import Criterion, Figures, Row, largest, median, smallest

GRADING = Path(__file__).resolve().parent.parent / "grading"
LIGHT = "import numpy as np"
HEAVY = """import matplotlib.pyplot as plt
import numpy as np
import torch
weight = torch.ones(3, requires_grad=True)
optimizer = torch.optim.Adam([weight])
(weight**2).sum().backward()
optimizer.step()"""
Grader = Callable[[Path, str, int], tuple[float, float]]
STOCK, OURS = (1, 5), (4, 64)  # submissions of the smaller and the larger class
REPEATS = 3  # of each run; the smallest counts, for what else a machine does makes a run dearer, never cheaper


def cost(command: list[str], folder: Path) -> tuple[float, float]:
    """CPU and wall seconds of a command with all that it started.

    Raises RuntimeError with its last words when it fails.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # nbgrader starts alembic by its name
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "COURSE_UNSANDBOXED": "", "PATH": path}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:5])}: {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return used, time.monotonic() - began


def of_the_cells(setup: str) -> tuple[float, float]:
    """CPU and wall seconds of the first cell alone, run a second time in one process."""
    clock = "time.process_time(), time.monotonic()"
    program = f"import sys, time\nexec(sys.argv[1])\nstart = {clock}\nexec(sys.argv[1])\nend = {clock}\n"
    program += "print(end[0] - start[0], end[1] - start[1])"
    settings = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", program, setup]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
    cpu, wall = map(float, done.stdout.split())
    return cpu, wall


def by_course(root: Path, setup: str, count: int) -> tuple[float, float]:
    """`course grade` on so many submissions, behind its walls."""
    sys.path.insert(0, str(GRADING))
    import tiny

    tiny.make_course(root)
    (root / "_toc.yml").write_text("root: intro\n")
    for number in range(count):
        made = tiny.inserted(tiny.answered(), "setup", f"{setup}\n# {number}")
        tiny.hand_in(root / "in", f"student{number}", made)
    command = [sys.executable, "-m", "course_lib.staff.cli", "grade", "tiny", "--submissions", "in"]
    found = cost(command, root)
    done = len(list((root / "gradebook" / "verdicts" / "tiny").glob("*.json")))
    if done != count:
        raise RuntimeError(f"Wanted {count} submissions graded, got {done}.")
    return found


def by_nbgrader(root: Path, setup: str, count: int) -> tuple[float, float]:
    """`nbgrader autograde`, as it comes, on so many submissions with the same cells and plain asserts as tests."""
    base = {"schema_version": 3, "task": False}

    def tested(name: str, function: str, check: str) -> list[nbformat.NotebookNode]:
        answer = {**base, "grade_id": name, "grade": False, "solution": True, "locked": False}
        test = {**base, "grade_id": f"{name}-test", "grade": True, "solution": False, "locked": True, "points": 4}
        return [
            new_code_cell(function, metadata={"nbgrader": answer}),
            new_code_cell(check, metadata={"nbgrader": test}),
        ]

    cells = [
        new_code_cell(setup),
        *tested("q1", "def double(x):\n    return 2 * x", "assert double(np.ones(3))[1] == 2"),
        *tested("q2", "def shift(x, by):\n    return x + by", "assert shift(np.ones(3), 2.0)[1] == 3"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    for folder in ("source/tiny", *(f"submitted/student{number}/tiny" for number in range(count))):
        (root / folder).mkdir(parents=True)
        nbformat.write(notebook, root / folder / "tiny.ipynb")
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    program = [sys.executable, "-m", "nbgrader"]
    cost([*program, "generate_assignment", "tiny", "--create"], root)
    found = cost([*program, "autograde", "tiny"], root)
    done = len(list((root / "autograded").glob("*/tiny/tiny.ipynb")))
    if done != count:
        raise RuntimeError(f"Wanted {count} submissions graded, got {done}.")
    return found


def overhead(grader: Grader, setup: str, sizes: tuple[int, int]) -> list[float]:
    """CPU and wall seconds that one more submission costs a grader beyond its first cell."""
    costs = []
    for size in sizes:
        runs = []
        for _ in range(REPEATS):
            with tempfile.TemporaryDirectory() as folder:
                runs.append(grader(Path(folder), setup, size))
        costs.append([min(taken) for taken in zip(*runs, strict=True)])
    grown = [(more - less) / (sizes[1] - sizes[0]) for less, more in zip(*costs, strict=True)]
    return [whole - own for whole, own in zip(grown, of_the_cells(setup), strict=True)]


def measure_overhead(seed: int) -> Figures:
    """CPU and wall seconds a submission beyond its cells, and how many times more nbgrader takes.

    The seed only repeats the run.
    """
    figures = {}
    for name, setup in (("", HEAVY), ("light_", LIGHT)):
        ours, stock = overhead(by_course, setup, OURS), overhead(by_nbgrader, setup, STOCK)
        figures |= {f"{name}{unit}": value for unit, value in zip(("cpu", "wall"), ours, strict=True)}
        figures |= {f"{name}stock_{unit}": value for unit, value in zip(("cpu", "wall"), stock, strict=True)}
        figures |= {f"{name}{unit}_times": b / a for unit, a, b in zip(("cpu", "wall"), ours, stock, strict=True)}
    return figures


GRADING_OVERHEAD = Row(
    "grading_overhead",
    "Grading: what a submission costs beside nbgrader as it comes",
    measure_overhead,
    ("staff/grading", "student"),
    (
        Criterion("cpu_largest", "CPU seconds a submission, largest of the runs", largest("cpu"), 0.35),
        Criterion("cpu_times", "times fewer CPU seconds, smallest", smallest("cpu_times"), 12.0, at_least=True),
        Criterion("light", "the same with light cells, smallest", smallest("light_cpu_times"), 12.0, at_least=True),
        Criterion("wall_times", "times less wall time, median", median("wall_times"), 12.0, at_least=True),
    ),
    seeds=(0, 1, 2),
    notes="The same notebooks one after the other on one machine; walls up, two questions dealt, judged, recorded. "
    "Loading numpy, torch and matplotlib counts as overhead; `light`: a cell that loads numpy only. "
    "Three runs; a seed only repeats.",
)
GRADING_ROWS = (GRADING_OVERHEAD,)
