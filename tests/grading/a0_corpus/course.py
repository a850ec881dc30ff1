"""The assignment a0_corpus as a course of its own, and the notebooks that its students would begin with."""

import copy
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import tiny
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "a0_corpus"
VERSION = 2
HERE = Path(__file__).resolve().parent
FUNCTIONS = {"q1": "step(x, rate, dt)", "q2": "drive(W, x)", "q3": "orbit(W, x0, n)"}
TITLES = {"q1": "A step", "q2": "A layer", "q3": "An orbit"}
POINTS = {"q1": 3, "q2": 3, "q3": 4}
SETUP = """# In Colab this installs the course's library; elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q course-lib

import numpy as np

from course_lib.student import check, doctor"""
RIGHT = {
    "q1": "def step(x, rate, dt):\n    return x - dt * rate * x",
    "q2": "def drive(W, x):\n    return np.tanh(x @ W.T)",
    "q3": """def orbit(W, x0, n):
    states = [x0]
    for k in range(n):
        states.append(np.tanh(W @ states[-1]))
    return np.array(states)""",
}
WORDS = "An orbit of a contraction forgets where it began."

Notebook = dict[str, Any]


def make_course(root: Path) -> Path:
    """Write questions, reference and release under ``root``; returns it."""
    folder = root / "solutions" / NAME
    folder.mkdir(parents=True)
    for name in ("questions.py", "reference.py"):
        shutil.copy(HERE / name, folder / name)
    path = root / "assignments" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(release(), path)
    (root / "_toc.yml").write_text("root: intro\n")
    return root


def release() -> nbformat.NotebookNode:
    """The released notebook."""
    cells = [_text("intro", "# The corpus"), _code("setup", SETUP)]
    for name, signature in FUNCTIONS.items():
        function = signature.partition("(")[0]
        stub = f"# your answer to question {name[1:]}\ndef {signature}:\n    raise NotImplementedError()"
        cells += [
            _text(f"{name}-text", f"## {TITLES[name]}"),
            _code(f"{name}-answer", stub, solution=True, locked=False),
            _code(f"{name}-check", f'check("{name}", {function})'),
        ]
        if name == "q2":
            play = "# yours to play with: not graded, not run when grading\nimport matplotlib.pyplot as plt"
            cells.append(new_code_cell(play, id="q2-explore", metadata={"tags": ["explore"]}))
        words = f"# Question {name[1:]} is graded here."
        cells.append(_code(f"{name}-probe", words, grade=True, points=POINTS[name]))
    written = tiny.grader("q4-written", grade=True, solution=True, locked=False, points=2)
    cells.append(new_markdown_cell("*Write your answer here.*", id="q4-written", metadata=written))
    cells.append(_code("doctor", "doctor()"))
    course = {"id": "rnn-dynamics", "assignment": NAME, "version": VERSION, "tag": "v0.1.0"}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"course": course, "kernelspec": kernel})


def _text(name: str, source: str) -> nbformat.NotebookNode:
    return new_markdown_cell(source, id=name, metadata=tiny.grader(name))


def _code(name: str, source: str, **flags: Any) -> nbformat.NotebookNode:
    return new_code_cell(source, id=name, metadata=tiny.grader(name, **flags))


# ---------------------------------------------------------------------------------------- for the entries to start from


@cache
def _written() -> str:
    return nbformat.writes(release())


def stubs() -> Notebook:
    """The release as plain data, sources as text: what a student opens."""
    notebook = json.loads(_written())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def answered(**sources: str) -> Notebook:
    """A notebook with every right answer; ``q1="..."`` puts another source into that answer cell."""
    notebook = stubs()
    for name, source in {**RIGHT, **sources}.items():
        cell_of(notebook, f"{name}-answer")["source"] = source
    cell_of(notebook, "q4-written")["source"] = WORDS
    return notebook


def above(question: str, lines: str) -> Notebook:
    """Every right answer, with these lines above the function in one of the answer cells."""
    return answered(**{question: f"{lines}\n\n{RIGHT[question]}"})


def place(notebook: Notebook, name: str) -> int:
    """Index of the first cell of that name: its grade id, or its id for the cell to play with."""
    for number, cell in enumerate(notebook["cells"]):
        if name in (cell["metadata"].get("nbgrader", {}).get("grade_id"), cell.get("id")):
            return number
    raise KeyError(name)


def cell_of(notebook: Notebook, name: str) -> dict[str, Any]:
    """The cell of that name."""
    return notebook["cells"][place(notebook, name)]


def own(source: str, kind: str = "code", **metadata: Any) -> dict[str, Any]:
    """A cell of the student's own."""
    cell = {"cell_type": kind, "metadata": metadata, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def insert(notebook: Notebook, name: str, *sources: str, behind: bool = True) -> Notebook:
    """The notebook with code cells of the student's own behind (or before) the cell of that name."""
    notebook = copy.deepcopy(notebook)
    at = place(notebook, name) + behind
    notebook["cells"][at:at] = [own(source) for source in sources]
    return notebook


def without(notebook: Notebook, *names: str) -> Notebook:
    """The notebook with the cells of these names deleted."""
    gone = {place(notebook, name) for name in names}
    return {**notebook, "cells": [cell for number, cell in enumerate(notebook["cells"]) if number not in gone]}


def nameless(notebook: Notebook) -> Notebook:
    """All that names a cell or the assignment got lost, as when the text is pasted into a new notebook."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    return {**notebook, "metadata": {}}
