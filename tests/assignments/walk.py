"""A released notebook worked through from top to bottom, with wrong ideas on the way: what the student reads.

`python tests/assignments/walk.py a1_lorenz` prints the walk; `solutions/<set>/walk.txt` keeps it, and a test compares.
Which wrong ideas (mutants) are tried for each question stands in matrix.toml under `walk`; the stub comes before
them, the right answer after them, so that the cells behind an answer run as well.
"""

import contextlib
import io
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).parent))

import answer_matrix as matrix

from course_lib.staff.grading.sets import ProblemSet, load
from course_lib.student.diagnosis import plain

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def walk(root: Path, problems: ProblemSet) -> str:
    """Everything that the notebook prints on the way, with headings that say what was tried."""
    import matplotlib

    matplotlib.use("Agg")
    notebook = nbformat.read(root / "assignments" / problems.name / f"{problems.name}.ipynb", as_version=4)
    ideas = tomllib.loads((problems.folder / "matrix.toml").read_text(encoding="utf-8"))["walk"]
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells = {cell.id: cell for cell in notebook.cells}
    said = []
    for cell in notebook.cells:
        question, _, role = cell.id.rpartition("-")
        if cell.cell_type != "code" or role == "doctor" or cell.id == "doctor":
            continue
        if role == "answer":
            for idea, function in _tries(problems, question, ideas[question]):
                if function is None:
                    _run(cell.source, namespace)
                else:
                    namespace[problems.questions[question].function] = function
                said.append(f"[{question}: {idea}]\n{_run(cells[f'{question}-check'].source, namespace)}")
        elif role != "check":
            printed = _run(cell.source.split("### BEGIN")[0], namespace)
            said.append(f"[{cell.id}]\n{printed}" if printed else "")
    return "\n".join(text for text in said if text)


def _tries(problems: ProblemSet, name: str, ideas: list[str]) -> Iterator[tuple[str, Any]]:
    question = problems.questions[name]
    yield "the untouched cell", None
    wrong = matrix.mutants(problems, question)
    for idea in ideas:
        yield " ".join(wrong[idea].__doc__.split("\n\n")[0].split()), wrong[idea]
    yield "a right answer", matrix.reference(problems, question)


def _run(source: str, namespace: dict[str, Any]) -> str:
    """What a cell prints; figures are closed unseen."""
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard):
        exec(compile(plain(source), "<cell>", "exec"), namespace)
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is not None:
        plt.close("all")
    return heard.getvalue()


def differences(kept: str, heard: str) -> list[str]:
    """Lines that differ in their words, or in a number by more than five per cent (rounding below 1e-6 is alike)."""
    kept_lines, heard_lines = kept.rstrip().splitlines(), heard.rstrip().splitlines()
    found = []
    if len(kept_lines) != len(heard_lines):
        found.append(f"{len(heard_lines)} lines instead of {len(kept_lines)}")
    for number, (old, new) in enumerate(zip(kept_lines, heard_lines, strict=False), start=1):
        words = [" ".join(NUMBER.sub("#", line).split()) for line in (old, new)]
        pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=False)
        if words[0] != words[1] or not all(_alike(float(a), float(b)) for a, b in pairs):
            found.append(f"line {number}: {new!r} instead of {old!r}")
    return found


def _alike(a: float, b: float) -> bool:
    return abs(a - b) <= 0.05 * max(abs(a), abs(b)) or max(abs(a), abs(b)) < 1e-6


if __name__ == "__main__":
    sys.stdout.write(walk(ROOT, load(ROOT, sys.argv[1])))
