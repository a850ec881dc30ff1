"""The row on wall time: what one more solved notebook of each set takes here, and in nbgrader as it comes.

nbgrader gets the same notebook without the cells that grading here does not run (visible checks, play, the doctor); its
hidden tests call each function on one student's cases, read from a file, and compare with the answers beside them. Of
open-ended questions it only runs the function: it has no judge. What a run costs once is taken out by the difference
of a larger and a smaller class.
"""

import pickle
import sys
import tempfile
from pathlib import Path

import nbformat
import numpy as np

from course_lib.staff.grading.sets import available, load
from course_lib.staff.publishing.assignment_source import source_notebook

from .rows import Criterion, Figures, Row, median
from .rows_grading import cost
from .rows_sets import hand_in

ROOT = Path(__file__).resolve().parents[2]
STOCK, OURS = (1, 7), (2, 22)  # submissions of the smaller and the larger class; fewer drown in what a start takes
SET_UP = "import pickle\nfrom pathlib import Path\n\nfrom course_lib.student.probe import answer_cases\n"
TEST = """
_cases = pickle.loads(Path("{name}.pickle").read_bytes())
_answers = answer_cases({function}, [inputs for inputs, _ in _cases])
for (_, _right), _answer in zip(_cases, _answers):
    assert _answer["status"] == "ok"
    if _right is not None and not isinstance(_right, tuple):
        np.testing.assert_allclose(_answer["value"], _right, rtol=1e-3, atol=1e-6)
"""


def here(name: str, count: int) -> float:
    """Wall seconds of `course grade` on so many solved notebooks, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        return cost([*hand_in(Path(folder), name, count), "--jobs", "1"], Path(folder))[1]


def for_nbgrader(name: str, folder: Path) -> nbformat.NotebookNode:
    """The solved notebook with hidden tests as others write them; the cases lie in the folder, a file a question."""
    notebook, problems = source_notebook(ROOT, name), load(ROOT, name)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    kept = []
    for cell in notebook.cells:
        question, _, role = cell.id.rpartition("-")
        if role in ("check", "explore") or cell.id == "doctor":
            continue
        if cell.id == "setup":
            cell.source += f"\n{SET_UP}"
        if role == "probe":
            asked = problems.questions[question]
            cases = [(case.inputs, case.expected) for case in asked.draw(np.random.default_rng(0))]
            (folder / f"{question}.pickle").write_bytes(pickle.dumps(cases))
            cell.source = TEST.format(name=question, function=asked.function)
        kept.append(cell)
    notebook.cells = kept
    return notebook


def in_nbgrader(name: str, count: int) -> float:
    """Wall seconds of `nbgrader autograde` on so many.

    Raises RuntimeError when one was not graded in full.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for place in (f"source/{name}", *(f"submitted/student{number}/{name}" for number in range(count))):
            (root / place).mkdir(parents=True)
            nbformat.write(for_nbgrader(name, root / place), root / place / f"{name}.ipynb")
        (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
        program = [sys.executable, "-m", "nbgrader"]
        cost([*program, "generate_assignment", name, "--create"], root)
        _, wall = cost([*program, "autograde", name], root)
        done = list((root / "autograded").glob(f"*/{name}/{name}.ipynb"))
        failed = [path for path in done if '"output_type": "error"' in path.read_text(encoding="utf-8")]
        if len(done) != count or failed:
            raise RuntimeError(f"Wanted {count} submissions of {name} graded without an error, got {len(done)}.")
        return wall


def measure(seed: int) -> Figures:
    """For every set the wall seconds of one more submission, here and there, and their ratio; seeds only repeat."""
    figures = {}
    for name in available(ROOT):
        short = name.partition("_")[0]
        ours, stock = (
            (grader(name, more) - grader(name, fewer)) / (more - fewer)
            for grader, (fewer, more) in ((here, OURS), (in_nbgrader, STOCK))
        )
        figures |= {f"{short}_wall": ours, f"{short}_stock_wall": stock, f"{short}_times": stock / ours}
    return figures


SET_WALLS = Row(
    "set_walls",
    "Problem sets: wall time of one more submission beside nbgrader as it comes",
    measure,
    ("../solutions", "staff/grading", "student"),
    tuple(
        Criterion(f"{name[:2]}", f"times less wall time for {name}, median", median(f"{name[:2]}_times"), 1.0, True)
        for name in available(ROOT)
    ),
    seeds=(0, 1, 2),
    notes="One job at a time in both; here with its walls, judge and feedback. A seed only repeats.",
)
WALL_ROWS = (SET_WALLS,)
