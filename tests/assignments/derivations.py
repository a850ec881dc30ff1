"""What the tests of the tolerances share: a question's own file, its cases, and errors in units of its tolerance."""

import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import numpy as np

from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.question import Case, Question
from course_lib.staff.grading.sets import ProblemSet


def module(problems: ProblemSet, name: str) -> ModuleType:
    """A file of the set as its questions use it."""
    for key, found in sys.modules.items():
        if key.startswith(f"_course_set_{problems.name}_") and key.endswith(f".{name}"):
            if found.__file__ == str(problems.folder / f"{name}.py"):
                return found
    raise LookupError(name)


def drawn(question: Question, seeds: Iterable[int], *strata: str) -> list[Case]:
    """Cases of several draws, of the given strata or of all."""
    cases = [case for seed in seeds for case in question.draw(np.random.default_rng(seed))]
    return [case for case in cases if not strata or case.stratum in strata]


def misses(miss: Callable[..., float], function: Callable[..., Any], cases: list[Case]) -> np.ndarray:
    """Errors in tolerances, one a case, through the wire."""
    return np.array([miss(case, a.value) for case, a in zip(cases, answers_of(function, cases), strict=True)])
