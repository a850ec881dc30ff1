"""Loads a problem set's questions for the judge, and for nobody else."""

import hashlib
import importlib.util
import sys
import types
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path

from course_lib.staff.grading.question import Question
from course_lib.validation import CourseError


@dataclass(frozen=True)
class ProblemSet:
    """What ``solutions/<name>/questions.py`` says.

    open_modules: parts of course_lib that the set leaves open, for instance "integrate". questions: by name, in
    order. manual: points of the written questions, by name. folder: ``solutions/<name>``, of an earlier version
    ``solutions/<name>/versions/<version>``. fingerprint: hash of all its Python files.
    cell_seconds: CPU seconds that one cell of the student's own may take (CELL_SECONDS in questions.py).
    """

    name: str
    title: str
    version: int
    open_modules: tuple[str, ...]
    questions: dict[str, Question]
    manual: dict[str, float]
    folder: Path
    fingerprint: str
    cell_seconds: float = 20.0

    @property
    def auto_max(self) -> float:
        """What the machine can give."""
        return sum(question.points for question in self.questions.values())

    @property
    def max(self) -> float:
        """All points, written questions included."""
        return self.auto_max + sum(self.manual.values())


def available(root: Path) -> list[str]:
    """Names of the sets that have questions under ``root/solutions``."""
    return sorted(path.parent.name for path in (Path(root) / "solutions").glob("*/questions.py"))


def load(root: Path, name: str) -> ProblemSet:
    """The problem set ``name`` of the course at ``root``.

    Its files import each other relatively (``from .reference import field``): they are a package under a private
    name, never on ``sys.path``, so nothing else finds them by name.

    Raises CourseError for an unknown set or one whose questions.py lacks a part.
    """
    folder = Path(root).resolve() / "solutions" / name
    if name not in available(root):
        raise CourseError(
            f"Wanted an assignment of this course, got {name!r}. There are: {', '.join(available(root)) or 'none yet'}."
        )
    return load_folder(folder, name)


def load_folder(folder: Path, name: str) -> ProblemSet:
    """The problem set whose files lie in a folder; raises as `load`."""
    module = _execute(folder)
    missing = [word for word in ("TITLE", "VERSION", "OPEN", "QUESTIONS", "WRITTEN") if not hasattr(module, word)]
    if missing:
        raise CourseError(f"Wanted {', '.join(missing)} in {folder / 'questions.py'}, got none. Define them there.")
    questions = {question.name: question for question in module.QUESTIONS}
    if len(questions) != len(module.QUESTIONS):
        raise CourseError(f"Wanted each question of {name} under its own name, got one twice. Rename it.")
    return ProblemSet(
        name=name,
        title=module.TITLE,
        version=int(module.VERSION),
        open_modules=tuple(module.OPEN),
        questions=questions,
        manual={key: float(points) for key, points in module.WRITTEN.items()},
        folder=folder,
        fingerprint=fingerprint(folder),
        cell_seconds=float(getattr(module, "CELL_SECONDS", ProblemSet.cell_seconds)),
    )


def judged_as(problem_set: ProblemSet, version: int) -> int:
    """The version by whose rules a notebook of some version is judged.

    Its own where the files of it are kept in ``solutions/<name>/versions/<version>``, otherwise the present one.
    """
    kept = problem_set.folder / "versions" / str(version) / "questions.py"
    return version if version != problem_set.version and kept.is_file() else problem_set.version


def of_version(problem_set: ProblemSet, version: int) -> ProblemSet:
    """The set by whose rules a notebook of some version is judged, see `judged_as`; version: 0 when it is not known.

    Raises CourseError when that folder holds another version, or other questions or points: the gradebook knows one
    list of them.
    """
    if judged_as(problem_set, version) == problem_set.version:
        return problem_set
    folder = problem_set.folder / "versions" / str(version)
    earlier = load_folder(folder, problem_set.name)
    if earlier.version != version:
        raise CourseError(f"Wanted VERSION = {version} in {folder / 'questions.py'}, got {earlier.version}.")
    if _points(earlier) != _points(problem_set):
        raise CourseError(
            f"Wanted the questions and points of version {problem_set.version} ({_points(problem_set)}) in {folder}, "
            f"got {_points(earlier)}. A set with other questions is another assignment: give it a name of its own."
        )
    return earlier


def _points(problem_set: ProblemSet) -> dict[str, float]:
    return {name: question.points for name, question in problem_set.questions.items()} | problem_set.manual


def fingerprint(folder: Path) -> str:
    """Hash of the Python files of a set (its mutants and variants apart): a verdict says by which rules it came."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _execute(folder: Path) -> types.ModuleType:
    """Run questions.py afresh, as a module of a private package made of its folder."""
    package = f"_course_set_{folder.name}_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        del sys.modules[name]
    parent = types.ModuleType(package)
    parent.__path__ = [str(folder)]
    parent.__spec__ = ModuleSpec(package, None, is_package=True)
    sys.modules[package] = parent
    spec = importlib.util.spec_from_file_location(f"{package}.questions", folder / "questions.py")
    if spec is None or spec.loader is None:
        raise CourseError(f"Wanted a Python file {folder / 'questions.py'}, got one that cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    # compiled copies are compared by whole seconds: an edit within the second would be missed
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module
