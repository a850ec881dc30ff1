"""A class of any size, handed in through Canvas: who they are, what they wrote, how they spoilt it, what is due.

    python tests/grading/generated_class.py a1_lorenz 300 class.zip

writes the zip. Everything is drawn from one generator, so that the same number makes the same class.
"""

import copy
import json
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import sample_class
from a0_corpus import course as a0
from a0_corpus.colab import MOUNT, saved_by_colab

from course_lib.staff.grading import sets
from course_lib.staff.grading.found import student_id

FIRST = "Ada Ben Chloé Dan Eva Finn Gül Hans Ilse Jörg Kai Lena Mia Nils Olga Pia Quentin Rosa Sven Tom Uma".split()
LAST = "Abel Bauer Curie Dürr Ernst Fuchs Graf Hahn Ito Jung Kern Lang Meyer Núñez Otto Popov Quandt Roth".split()
FATES = (
    *("right", "right", "right", "right", "mixed", "mixed", "mixed", "mixed", "mixed", "late", "late"),
    *("again", "half", "wrong", "stub", "pasted", "right", "mixed", "report", "broken"),
)
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16")

Notebook = dict[str, Any]
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Work:
    """One answer: its source, and the fewest and the most points that it may get."""

    source: str
    points: Bounds


@dataclass(frozen=True)
class Flavour:
    """An assignment to make a class for.

    right, wrong: answers by question; filled: a notebook with the given sources; written: ids of the written cells.
    """

    name: str
    right: dict[str, list[Work]]
    wrong: dict[str, list[Work]]
    filled: Callable[..., Notebook]
    stubs: Callable[[], Notebook]


@dataclass(frozen=True)
class Pupil:
    """One student: the id that collect will make, the fate, Canvas's members, and the bounds of each question.

    bounds: None when the work cannot be read.
    """

    student: str
    fate: str
    members: dict[str, bytes]
    bounds: dict[str, Bounds] | None


def a0_flavour() -> Flavour:
    """The corpus's own assignment."""
    right = {
        name: [Work(source, (points, points))]
        for (name, source), points in zip(a0.RIGHT.items(), a0.POINTS.values(), strict=True)
    }
    right["q1"].append(Work("step = lambda x, rate, dt: x * (1 - dt * rate)", (3, 3)))
    right["q2"].append(Work("def drive(W, x):\n    return [list(np.tanh(W @ row)) for row in x]", (3, 3)))
    wrong = {
        "q1": [Work("def step(x, rate, dt):\n    return x + dt * rate * x", (0, 0))],
        "q2": [Work("def drive(W, x):\n    return x @ W.T", (0, 0)), Work("def drive(W, x):\n    return oops", (0, 0))],
        "q3": [Work("def orbit(W, x0, n):\n    return np.tile(x0, (n + 1, 1))", (0, 0))],
    }
    return Flavour(a0.NAME, right, wrong, a0.answered, a0.stubs)


def a1_flavour() -> Flavour:
    """The real first set: its reference and variants are right, its mutants lose what the matrix says."""
    import tomllib

    problems = sets.load(sample_class.ROOT, sample_class.NAME)
    matrix = tomllib.loads((problems.folder / "matrix.toml").read_text(encoding="utf-8"))
    right: dict[str, list[Work]] = {}
    wrong: dict[str, list[Work]] = {}
    for name, source in sample_class.reference().items():
        question = problems.questions[name]
        text = (problems.folder / "variants" / f"{name}.py").read_text(encoding="utf-8")
        forms = [f"{text}\n\n{question.function} = {form}" for form in _functions(text)]
        right[name] = [Work(form, (question.points, question.points)) for form in (source, *forms)]
        text = (problems.folder / "mutants" / f"{name}.py").read_text(encoding="utf-8")
        worth = {prop.code: prop.points for prop in question.properties}
        wrong[name] = [
            Work(f"{text}\n\n{question.function} = {form}", (0, question.points - sum(worth[c] for c in lost["lost"])))
            for form, lost in matrix[name].items()
        ]
    return Flavour(sample_class.NAME, right, wrong, sample_class.filled, sample_class.release)


def _functions(text: str) -> list[str]:
    import ast

    found = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [name for name in found if not name.startswith("_")]


FLAVOURS = {a0.NAME: a0_flavour, sample_class.NAME: a1_flavour}


def make_course(root: Path, name: str) -> None:
    """A course of its own around one of the assignments."""
    if name == a0.NAME:
        a0.make_course(root)
        return
    for folder in ("solutions", "assignments"):
        shutil.copytree(sample_class.ROOT / folder, root / folder)
    (root / "_toc.yml").touch()


# ------------------------------------------------------------------------------------------- what Colab and hands do


def as_it_is(notebook: Notebook) -> Notebook:
    """Nothing."""
    return notebook


def mounted(notebook: Notebook) -> Notebook:
    """Colab's usual first cell, and Colab's format."""
    notebook["cells"].insert(0, a0.own(MOUNT))
    return saved_by_colab(notebook)


def doubled(notebook: Notebook) -> Notebook:
    """An answer and a cell that grades are there twice."""
    for name in ("q1-answer", "q2-probe"):
        cell = a0.cell_of(notebook, name)
        notebook["cells"].insert(a0.place(notebook, name), copy.deepcopy(cell))
    return notebook


def thinned(notebook: Notebook) -> Notebook:
    """Checks and a cell that grades were deleted."""
    return a0.without(notebook, "q1-check", "q2-check", "q1-probe")


def noisy(notebook: Notebook) -> Notebook:
    """Warnings, a bar and a figure in a cell of one's own."""
    lines = "import warnings\nfrom tqdm import tqdm\nwarnings.warn('loud')\nfor _ in tqdm(range(3)):\n    pass\n!ls"
    return a0.insert(notebook, "setup", lines)


HANDS: tuple[Callable[[Notebook], Notebook], ...] = (as_it_is, saved_by_colab, mounted, doubled, thinned, noisy)


# ---------------------------------------------------------------------------------------------------------- the class


def make(flavour: Flavour, count: int, rng: np.random.Generator) -> list[Pupil]:
    """A class of ``count`` students."""
    names = [f"{last}{first}".lower() for last in LAST for first in FIRST]
    order = rng.permutation(len(names))
    return [_pupil(flavour, names[order[k % len(names)]], 1000 + k, FATES[k % len(FATES)], rng) for k in range(count)]


def _pupil(flavour: Flavour, name: str, number: int, fate: str, rng: np.random.Generator) -> Pupil:
    student = student_id(f"{name}-{number}")
    head = f"{name}_LATE_{number}" if fate == "late" else f"{name}_{number}"
    file = f"{head}_{50_000 + 10 * number}_{flavour.name}.ipynb"
    if fate == "report":
        return Pupil(student, fate, {file.replace(".ipynb", ".pdf"): b"%PDF-1.7"}, None)
    notebook, bounds = _written(flavour, fate, rng)
    data = json.dumps(notebook, ensure_ascii=False).encode(str(rng.choice(ENCODINGS)))
    if fate == "broken":
        return Pupil(student, fate, {file: data[: len(data) // 3]}, None)
    members = {file: data}
    if fate == "again":  # an earlier attempt lies beside it: Canvas numbers files in the order in which they came
        members = {f"{head}_{50_000 + 10 * number - 5}_{flavour.name}.ipynb": json.dumps(flavour.stubs()).encode()}
        members[f"{head}_{50_000 + 10 * number}_{flavour.name}-1.ipynb"] = data
    return Pupil(student, fate, members, bounds)


def _written(flavour: Flavour, fate: str, rng: np.random.Generator) -> tuple[Notebook, dict[str, Bounds]]:
    """A notebook and what it may get."""
    questions = list(flavour.right)
    wrong = {"wrong": set(questions), "half": set(questions[::2])}.get(fate, set())
    if fate == "mixed":
        wrong = {name for name in questions if rng.random() < 0.4}
    if fate == "stub":
        return flavour.stubs(), {name: (0.0, 0.0) for name in questions}
    works = {name: _one((flavour.wrong if name in wrong else flavour.right)[name], rng) for name in questions}
    notebook = flavour.filled(**{name: work.source for name, work in works.items()})
    hand = HANDS[int(rng.integers(len(HANDS)))]
    notebook = a0.nameless(notebook) if fate == "pasted" else hand(notebook)
    return notebook, {name: work.points for name, work in works.items()}


def _one(works: Sequence[Work], rng: np.random.Generator) -> Work:
    return works[int(rng.integers(len(works)))]


def write_zip(path: Path, pupils: Sequence[Pupil]) -> Path:
    """Canvas's "Download Submissions": one flat archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for pupil in pupils:
            for name, data in pupil.members.items():
                archive.writestr(name, data)
    return path


if __name__ == "__main__":
    asked = FLAVOURS[sys.argv[1]]()
    write_zip(Path(sys.argv[3]), make(asked, int(sys.argv[2]), np.random.default_rng(0)))
