"""Names the slip behind a wrong answer, where the student's very numbers come out of a wrong way that is known.

The known wrong ways are a set's mutants (``solutions/<set>/mutants/<question>.py``): one function each, whose docstring
says in the student's words what was done. They never change a point, they only tell.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.judge import Verdict, as_answers, as_numbers
from course_lib.staff.grading.question import Answer, Case
from course_lib.student import wire

CLOSE = 1e-5
"""Of the largest number of an answer: single precision passes, two different ways do not."""
Slips = Mapping[str, Callable[..., Any]]


def named(verdict: Verdict, cases: Sequence[Case], record: bytes, folder: Path, question: str) -> Verdict:
    """The verdict with its slip, where points were lost and the first try's numbers are those of a known wrong way.

    record: what the probe sent. A fault in a set's own wrong ways costs no verdict: it is put before a person.
    """
    if verdict.score is None or verdict.score >= verdict.max or not any(found.of for found in verdict.properties):
        return verdict
    try:
        return replace(
            verdict, slip=slip(cases, as_answers(wire.decode(record)["answers"]), slips_of(folder, question))
        )
    except Exception as error:
        told = f"The known wrong ways of this question failed: {type(error).__name__}: {error}"
        return replace(verdict, human=verdict.human or told[:300])


def slips_of(folder: Path, question: str) -> dict[str, Callable[..., Any]]:
    """The wrong ways that are known for a question, by name; none when the set has no file of them."""
    path = Path(folder) / "mutants" / f"{question}.py"
    if not path.is_file():
        return {}
    name = f"_slips_{Path(folder).name}_{question}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        return {}
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return {
        key: value
        for key, value in vars(module).items()
        if callable(value) and not key.startswith("_") and getattr(value, "__module__", "") == name
    }


def slip(cases: Sequence[Case], answers: Sequence[Answer], known: Slips) -> str:
    """What was done, as the known wrong way's docstring tells it; empty when the numbers are none of theirs.

    A wrong way is named when it gives the student's numbers on every case whose readable answer differs from the right
    one. One case of each kind goes first, since two wrong ways may agree on one kind. Cases without a right answer of
    their own (open-ended questions) tell nothing.
    """
    first: dict[str, tuple[Case, np.ndarray]] = {}
    others = []
    for case, answer in zip(cases, answers, strict=True):
        if case.expected is None or answer.status != "ok":
            continue
        found, right = _flat(answer.value), _flat(case.expected)
        if found is None or right is None or _same(found, right):
            continue
        if case.stratum in first:
            others.append((case, found))
        else:
            first[case.stratum] = (case, found)
    wrong = [*first.values(), *others]
    for function in known.values() if wrong else ():
        if all(_gives(function, case, found) for case, found in wrong):
            return _first_paragraph(function)
    return ""


def _gives(function: Callable[..., Any], case: Case, found: np.ndarray) -> bool:
    (answer,) = answers_of(function, [case])
    numbers = _flat(answer.value) if answer.status == "ok" else None
    return numbers is not None and _same(found, numbers)


def _flat(value: Any) -> np.ndarray | None:
    """All numbers of an answer in one row; None when it holds anything else, or nothing."""
    try:
        pieces = list(_pieces(as_numbers(value)))
    except (TypeError, ValueError):
        return None
    return np.concatenate(pieces) if pieces else None


def _pieces(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, tuple):
        for part in value:
            yield from _pieces(part)
    elif isinstance(value, np.ndarray):
        yield value.reshape(-1)
    else:
        raise TypeError(f"no numbers in {type(value).__name__}")


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    if first.shape != second.shape:
        return False
    finite = np.isfinite(first)
    if not np.array_equal(finite, np.isfinite(second)):
        return False
    scale = np.max(np.abs(second[finite]), initial=0.0)
    return bool(np.all(np.abs(first[finite] - second[finite]) <= CLOSE * scale))


def _first_paragraph(function: Callable[..., Any]) -> str:
    return " ".join((function.__doc__ or "").strip().split("\n\n")[0].split())
