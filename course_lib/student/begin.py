"""`begin`: says which problem set this notebook is, and closes the imports that grading does not have either."""

import importlib
import importlib.abc
import pkgutil
import sys
from types import ModuleType
from typing import Any

from course_lib.student.say import say

ALWAYS_OPEN = ("student", "shapes", "validation", "staff")  # staff: for the course's own processes; no student has it
ABSENT = ("norse", "torchdiffeq")

_current: list[str] = []


def begin(assignment: str) -> None:
    """Declare the problem set, and switch off what its grading switches off.

    assignment: for instance "a1_lorenz". From here on an import of a closed part of course_lib raises ImportError and
    says which question asks you to write it, in Colab as in grading.

    Raises ValueError for a set that does not exist.
    """
    checks = checks_of(assignment)
    for finder in [finder for finder in sys.meta_path if isinstance(finder, Closed)]:
        sys.meta_path.remove(finder)
    closed = Closed(assignment, tuple(checks.OPEN), dict(checks.CLOSED))
    sys.meta_path.insert(0, closed)
    _forget(closed)
    _current[:] = [assignment]
    say(f"{checks.TITLE}, version {checks.VERSION}. The parts of course_lib that would answer it are switched off.")


def current() -> str:
    """The problem set that `begin` declared; raises RuntimeError before that."""
    if not _current:
        raise RuntimeError('No problem set is declared yet. Run the first code cell, the one with begin("...").')
    return _current[0]


def checks_of(assignment: str) -> ModuleType:
    """What the student's side knows of a set; raises ValueError for one that does not exist."""
    package = importlib.import_module("course_lib.student.checks")
    known = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    if assignment not in known:
        raise ValueError(f"Wanted a problem set out of {', '.join(known)}, got {assignment!r}. Name one of them.")
    return importlib.import_module(f"course_lib.student.checks.{assignment}")


class Closed(importlib.abc.MetaPathFinder):
    """Refuses the imports that a set's grading refuses."""

    def __init__(self, assignment: str, open_parts: tuple[str, ...], closed: dict[str, str]) -> None:
        self.assignment, self.open_parts, self.closed = assignment, open_parts, closed

    def refusal(self, name: str) -> str:
        """Why a module may not be imported; empty when it may."""
        top, _, rest = name.partition(".")
        if top in ABSENT:
            return f"{top} is not available in this problem set: grading has numpy, scipy, torch, sklearn, matplotlib."
        part = rest.partition(".")[0]
        if top != "course_lib" or not part or part in (*ALWAYS_OPEN, *self.open_parts):
            return ""
        reason = self.closed.get(part)
        why = f"{reason} asks you to write this" if reason else "grading does not have it"
        return f"course_lib.{part} is switched off in {self.assignment}: {why}."

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """The hook of the import system: raises ImportError for a closed module, otherwise leaves it to others."""
        refusal = self.refusal(name)
        if refusal:
            raise ImportError(refusal)


def _forget(closed: Closed) -> None:
    """Take closed modules that were imported before out of reach, as in grading."""
    for name in [name for name in sys.modules if closed.refusal(name)]:
        module = sys.modules.pop(name)
        parent, _, child = name.rpartition(".")
        if getattr(sys.modules.get(parent), child, None) is module:
            delattr(sys.modules[parent], child)
