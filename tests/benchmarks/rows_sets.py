"""One row a problem set: right answers that lose points, wrong ones that keep them, and what grading one costs.

Right answers are the reference and every variant of `solutions/<set>`, a thousand draws of each question in all seeds
together (a hundred where the student trains a network); wrong ones are the mutants, on every tenth draw. The costs
are those of `course grade` behind its walls on the solved notebook: what a larger class takes beyond a smaller one.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np

from course_lib.staff.grading.sets import available, load
from course_lib.staff.publishing.assignment_source import source_notebook

from .rows import Criterion, Figures, Row, largest
from .rows_grading import cost

ROOT = Path(__file__).resolve().parents[2]
DRAWS, OPEN_DRAWS = 200, 20  # a seed
CLASSES = (2, 10)
SECONDS = {"a1": 3.0, "a2": 3.0, "a3": 3.0, "a4": 3.0, "a5": 6.0, "a6": 6.0}


def faults(name: str, seed: int) -> Figures:
    """How many right answers lost points, and how many wrong ones lost none, on this seed's draws."""
    sys.path.insert(0, str(ROOT / "tests" / "assignments"))
    import answer_matrix as matrix

    problems = load(ROOT, name)
    found = {"right": 0.0, "right_lost": 0.0, "wrong": 0.0, "wrong_kept": 0.0}
    for question in problems.questions.values():
        trains = any(case.expected is None for case in question.draw(np.random.default_rng(0)))
        draws = OPEN_DRAWS if trains else DRAWS
        right, wrong = matrix.variants(problems, question), matrix.mutants(problems, question)
        for draw in range(seed * draws, (seed + 1) * draws):
            cases = question.draw(np.random.default_rng(10_000 + draw))
            for function in right.values():
                found["right"] += 1
                found["right_lost"] += matrix.verdict_of(question, function, cases).score != question.points
            for function in wrong.values() if draw % 10 == 0 else ():
                found["wrong"] += 1
                found["wrong_kept"] += matrix.verdict_of(question, function, cases).score == question.points
    return found


def hand_in(root: Path, name: str, count: int) -> list[str]:
    """Make a course in an empty folder with so many solved notebooks of a set; the command that grades them."""
    for part in ("solutions", "assignments", "course_lib", "_config.yml"):
        (root / part).symlink_to(ROOT / part)
    (root / "_toc.yml").write_text("root: intro\n")
    notebook = source_notebook(ROOT, name)
    for number in range(count):
        notebook.cells[-1].source = f"# {number}"  # no two alike
        path = root / "in" / f"student{number}" / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return [sys.executable, "-m", "course_lib.staff.cli", "grade", name, "--submissions", "in"]


def end_to_end(name: str) -> float:
    """CPU seconds that one more solved notebook costs, all processes together."""
    used = []
    for count in CLASSES:
        with tempfile.TemporaryDirectory() as folder:
            used.append(cost(hand_in(Path(folder), name, count), Path(folder))[0])
    return (used[1] - used[0]) / (CLASSES[1] - CLASSES[0])


def measuring(name: str) -> Callable[[int], Figures]:
    """The measurement of one set."""

    def measure(seed: int) -> Figures:
        return {**faults(name, seed), "cpu": end_to_end(name)}

    return measure


def row(name: str) -> Row:
    """The row of one set."""
    return Row(
        f"set_{name[:2]}",
        f"Problem set {name}: right and wrong answers, and what grading costs",
        measuring(name),
        (f"../solutions/{name}", "staff/grading/judge.py", "staff/grading/question.py", "student/cases.py"),
        (
            Criterion("right", "right answers that lose points, of all draws", largest("right_lost"), 0),
            Criterion("wrong", "wrong answers that keep full marks, of all draws", largest("wrong_kept"), 0),
            Criterion(
                "cpu", "CPU s a submission, end to end, largest", largest("cpu"), SECONDS[name.partition("_")[0]]
            ),
        ),
        notes=f"{DRAWS} draws a seed of every right variant ({OPEN_DRAWS} where it trains a network).",
    )


SET_ROWS = tuple(row(name) for name in available(ROOT))
