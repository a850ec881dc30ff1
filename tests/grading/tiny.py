"""A tiny course in a folder of its own: two questions and a written one, numpy only, quick to grade."""

import copy
import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

QUESTIONS = '''
"""Two questions about arithmetic."""

import numpy as np

from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import double, shift

TITLE = "Tiny"
VERSION = 1
OPEN = ()


def close(case, value):
    if np.shape(value) != np.shape(case.expected):
        return False
    ok = bool(np.all(abs(value - case.expected) < 1e-5 * case.facts["scale"]))
    return ok, {"yours": np.ravel(value)[0] if np.size(value) else 0.0}


def shaped(case, value):
    return np.shape(value) == np.shape(case.expected)


def draw_double(rng):
    xs = [rng.uniform(10, 100, n) for n in (1, 3, 5)]
    return [Case("positive", (x,), double(x), {"scale": 100.0}) for x in xs]


def draw_shift(rng):
    xs = [rng.uniform(10, 100, 4) for _ in range(3)]
    return [Case("shift", (x, float(n)), shift(x, float(n)), {"scale": 100.0}) for n, x in enumerate(xs, start=3)]


QUESTIONS = (
    Question(
        "q1",
        "Twice",
        "double",
        draw_double,
        (
            Property("right", 3, per_case(close)),
            Property("shape", 1, per_case(shaped), needs="right"),
        ),
        {"right": "For one of the inputs you give {yours}, which is not twice of it.", "shape": "Keep the shape."},
        cpu_seconds=1.0,
    ),
    Question(
        "q2",
        "Moved",
        "shift",
        draw_shift,
        (Property("moved", 4, per_case(close)),),
        {"moved": "The values are not moved by the second argument: `x + by`."},
        cpu_seconds=1.0,
    ),
)
WRITTEN = {"q3": 2}
'''

REFERENCE = '''
"""The reference."""


def double(x):
    return 2 * x


def shift(x, by):
    return x + by
'''

STUB = "def {name}:\n    raise NotImplementedError()"


def grader(name: str, **flags) -> dict:
    base = {"grade_id": name, "grade": False, "solution": False, "locked": True, "schema_version": 3, "task": False}
    return {"nbgrader": {**base, **flags}}


def release(version: int = 1) -> nbformat.NotebookNode:
    """The released notebook."""

    def text(name, source):
        return new_markdown_cell(source, id=name, metadata=grader(name))

    def code(name, source, **flags):
        metadata = grader(name, **{k: v for k, v in flags.items() if k != "tags"})
        if "tags" in flags:
            metadata = {"tags": flags["tags"]}
        return new_code_cell(source, id=name, metadata=metadata)

    def question(name, title, signature, points):
        function = signature.split("(")[0]
        return [
            text(f"{name}-text", f"## {title}"),
            code(f"{name}-answer", STUB.format(name=signature), solution=True, locked=False),
            code(f"{name}-check", f'check("{name}", {function})'),
            code(f"{name}-probe", f"# Question {name} is graded here.", grade=True, points=points),
        ]

    cells = [
        text("intro", "# Tiny"),
        code("setup", "import numpy as np"),
        *question("q1", "Twice", "double(x)", 4),
        code("play", "raise SystemError('an exploration is not run')", tags=["explore"]),
        *question("q2", "Moved", "shift(x, by)", 4),
        new_markdown_cell(
            "*Write here.*",
            id="q3-written",
            metadata=grader("q3-written", grade=True, solution=True, locked=False, points=2),
        ),
    ]
    course = {"id": "rnn-dynamics", "assignment": "tiny", "version": version, "tag": "v0.1.0"}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"course": course, "kernelspec": kernel})


def make_course(root: Path) -> Path:
    """Write the course; returns its root."""
    folder = root / "solutions" / "tiny"
    folder.mkdir(parents=True)
    (folder / "questions.py").write_text(QUESTIONS)
    (folder / "reference.py").write_text(REFERENCE)
    path = root / "assignments" / "tiny" / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(release(), path)
    return root


RIGHT = {"q1-answer": "def double(x):\n    return 2 * x", "q2-answer": "def shift(x, by):\n    return x + by"}


def released() -> dict:
    """The released notebook as plain data, sources as text."""
    notebook = json.loads(nbformat.writes(release()))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def answered(answers: dict[str, str] | None = None, **more: str) -> dict:
    """A notebook with these answers (all right ones by default), as plain data; ``q1="..."`` replaces one."""
    notebook = released()
    given = {**(RIGHT if answers is None else answers), **{f"{name}-answer": source for name, source in more.items()}}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in given:
            cell["source"] = given[name]
    return notebook


def place(notebook: dict, name: str) -> int:
    """Index of the cell of that grade id."""
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return ids.index(name)


def inserted(notebook: dict, after: str, source: str, kind: str = "code", **metadata) -> dict:
    """The notebook with one more cell behind another."""
    notebook = copy.deepcopy(notebook)
    cell = {"cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    notebook["cells"].insert(place(notebook, after) + 1, cell)
    return notebook


def hand_in(folder: Path, student: str, notebook: dict | bytes, name: str = "tiny.ipynb") -> Path:
    """Write a submission into its student's folder."""
    path = folder / student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    return path
