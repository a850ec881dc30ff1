"""For the writers of questions: guarded draws, and reading answers that may be anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_lib.staff.grading.question import Case
from course_lib.validation import CourseError

CLEAR = 5.0
TRIES = 50

Draw = Callable[[np.random.Generator], list[Case]]
Miss = Callable[[Case, Any], float]


@dataclass
class Guarded:
    """A draw that repeats until every critical mutant misses clearly on at least ``on`` cases.

    miss(case, value): the error of an answer in tolerances of its case; a right answer stays below 1, a mutant that
    reaches `CLEAR` is seen with certainty. critical: wrong functions by name, called with the case's inputs.
    strata: the cases to look at; None: all. redraws: how often it had to draw again so far.

    Raises CourseError when `TRIES` draws in a row hide a mutant: then the strata are wrong.
    """

    draw: Draw
    miss: Miss
    critical: Mapping[str, Callable[..., Any]]
    strata: Sequence[str] | None = None
    on: int = 1
    redraws: int = field(default=0, init=False)

    def __call__(self, rng: np.random.Generator) -> list[Case]:
        """Cases that expose every critical mutant."""
        hidden: list[str] = []
        for _ in range(TRIES):
            cases = self.draw(rng)
            seen = [case for case in cases if self.strata is None or case.stratum in self.strata]
            hidden = [name for name, f in self.critical.items() if self._exposed(f, seen) < self.on]
            if not hidden:
                return cases
            self.redraws += 1
        raise CourseError(f"Wanted cases that expose {', '.join(hidden)}, got none in {TRIES} draws. Mend the strata.")

    def _exposed(self, function: Callable[..., Any], cases: Sequence[Case]) -> int:
        return sum(self.miss(case, function(*case.inputs)) >= CLEAR for case in cases)


def array(value: Any, shape: tuple[int, ...] | None = None) -> np.ndarray | None:
    """The value as a finite float64 array of the given shape, or None when it is anything else."""
    if value is None or isinstance(value, str | dict):
        return None
    try:
        found = np.asarray(value)
    except ValueError:
        return None
    if found.dtype.kind not in "fiub" or (shape is not None and found.shape != shape):
        return None
    found = found.astype(np.float64)
    return found if np.isfinite(found).all() else None


def shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape of an answer, or None when it has none (a ragged nest, a table, nothing)."""
    if value is None or isinstance(value, str | dict):
        return None
    try:
        shape: tuple[int, ...] = np.shape(value)
        return shape
    except ValueError:
        return None


def parts(value: Any, count: int) -> tuple[Any, ...] | None:
    """The value as a tuple of ``count`` parts, or None when it does not come in that many."""
    if isinstance(value, str | dict) or value is None or not hasattr(value, "__len__"):
        return None
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return None
    return tuple(value) if len(value) == count else None


def miss(found: np.ndarray | None, wanted: np.ndarray, tolerance: np.ndarray | float) -> float:
    """The largest error in tolerances; infinite when there is no comparable answer."""
    if found is None or found.shape != wanted.shape or not wanted.size:
        return float("inf")
    return float(np.max(np.abs(found - wanted) / tolerance))
