"""The matrix of a problem set: every wrong and every right answer against every property.

Rows that are written down lie in `solutions/<set>/mutants` and `variants`, one function each; further rows are the
same for every question. `solutions/<set>/matrix.toml` says which properties each mutant must lose.
"""

import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.judge import Verdict, as_answers, judge
from course_lib.staff.grading.question import Answer, Case, Question
from course_lib.staff.grading.sets import ProblemSet
from course_lib.student import wire
from course_lib.student.probe import answer_cases

Function = Callable[..., Any]
PREFIX = "_matrix_"  # of the modules that files of solutions become
SMALL_CHANGE = 0.15  # most that an answer without work may earn
FEWEST_MUTANTS, FEWEST_VARIANTS = 8, 3


@cache
def functions(path: Path) -> dict[str, Function]:
    """The public functions of one file of solutions, by name; the same objects whenever they are asked for."""
    module = load_module(path)
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    }


def load_module(path: Path) -> ModuleType:
    """A file of solutions as a module of its own, never on the import path."""
    name = f"{PREFIX}{path.parent.name}_{path.stem}_{abs(hash(path))}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def reference(problems: ProblemSet, question: Question) -> Function:
    """The reference function of a question, of the set's own folder."""
    return functions(problems.folder / "reference.py")[question.function]


def mutants(problems: ProblemSet, question: Question) -> dict[str, Function]:
    """Wrong answers that are written down."""
    return functions(problems.folder / "mutants" / f"{question.name}.py")


def variants(problems: ProblemSet, question: Question) -> dict[str, Function]:
    """Right answers that are written down, the reference among them."""
    written = functions(problems.folder / "variants" / f"{question.name}.py")
    return {"reference": reference(problems, question), **written}


def small(problems: ProblemSet) -> list[str]:
    """Codes of the properties that are worth little alone: shapes, units, anchors."""
    return tomllib.loads((problems.folder / "matrix.toml").read_text(encoding="utf-8"))["small"]


def pattern(problems: ProblemSet, question: Question) -> dict[str, dict[str, list[str]]]:
    """mutant -> {"lost": codes lost on every draw, "sometimes": codes lost on some draws}."""
    return tomllib.loads((problems.folder / "matrix.toml").read_text(encoding="utf-8"))[question.name]


def lost(verdict: Verdict) -> list[str]:
    """Codes of the properties that earned less than they are worth, in the question's order."""
    return [found.code for found in verdict.properties if found.earned < found.points]


def answers(function: Function, cases: list[Case]) -> list[Answer]:
    """A function's answers, through the probe's wire; those of a file of solutions, which are pure, are remembered."""
    if not function.__module__.startswith(PREFIX):
        return answers_of(function, cases)
    return [as_answers(wire.decode(_remembered(function, wire.encode([case.inputs]))))[0] for case in cases]


@lru_cache(maxsize=20_000)
def _remembered(function: Function, inputs: bytes) -> bytes:
    return wire.encode(answer_cases(function, wire.decode(inputs)))


def verdict_of(question: Question, function: Function, cases: list[Case]) -> Verdict:
    """What a function gets for given cases."""
    return judge(question, cases, answers(function, cases))


def right_faults(problems: ProblemSet, question: Question, seed: int) -> list[str]:
    """Right answers that do not get every point on one draw; an empty list is what is wanted."""
    cases = question.draw(np.random.default_rng(seed))
    faults = []
    for name, function in variants(problems, question).items():
        verdict = verdict_of(question, function, cases)
        if verdict.outcome != "judged" or verdict.score != question.points:
            said = [(found.code, found.sentence) for found in verdict.properties if found.earned < found.points]
            faults.append(f"{name}: {verdict.outcome}, {verdict.score} points, {said} {verdict.reason}")
    return faults


def wrong_faults(problems: ProblemSet, question: Question, seed: int) -> list[str]:
    """Mutants that keep full marks, or that lose other properties than is written down."""
    cases = question.draw(np.random.default_rng(seed))
    faults = []
    for name, expected in pattern(problems, question).items():
        verdict = verdict_of(question, mutants(problems, question)[name], cases)
        gone, must, may = set(lost(verdict)), set(expected["lost"]), set(expected.get("sometimes", ()))
        if verdict.outcome == "not_graded" or not gone:
            faults.append(f"{name}: {verdict.outcome}, {verdict.score} points, survived")
        elif not must <= gone <= must | may:
            faults.append(f"{name}: lost {sorted(gone)}, expected {sorted(must)} and perhaps {sorted(may)}")
        kept = sum(found.points for found in verdict.properties if found.code not in gone)
        if verdict.score != kept:
            faults.append(f"{name}: {verdict.score} points for properties that are worth {kept}")
    return faults


def right_answers(problems: ProblemSet, question: Question, cases: list[Case]) -> list[Any]:
    """The reference's answers: those that came with the cases, or worked out where drawing leaves them out."""
    if all(case.expected is not None for case in cases):
        return [case.expected for case in cases]
    return [answer.value for answer in answers_of(reference(problems, question), cases)]


def automatic(problems: ProblemSet, question: Question, cases: list[Case]) -> Iterator[tuple[str, Function]]:
    """Answers without work: one constant, zeros, ones, the input, the answer to the previous case, to another draw."""
    right = right_answers(problems, question, cases)
    other = right_answers(problems, question, question.draw(np.random.default_rng(987654321)))
    yield "constant", lambda *inputs: right[0]
    yield "zeros", _in_turn([_filled(value, 0.0) for value in right])
    yield "ones", _in_turn([_filled(value, 1.0) for value in right])
    yield "nothing", lambda *inputs: None
    yield "no number", _in_turn([_filled(value, np.nan) for value in right])
    yield "input", lambda *inputs: next((value for value in inputs if isinstance(value, np.ndarray)), inputs[0])
    yield "inputs, as a pair", lambda *inputs: [value for value in inputs if isinstance(value, np.ndarray)][-2:]
    yield "previous value", _in_turn([right[-1], *right[:-1]])
    yield "another seed", _in_turn(other)
    yield "text", lambda *inputs: "0.906"
    yield "table", lambda *inputs: {"answer": 1.0}


def _in_turn(answers: list[Any]) -> Function:
    """A function that does not look at its arguments: it gives the answers one after the other."""
    left = iter(answers)
    return lambda *inputs: next(left)


def _filled(value: Any, number: float) -> Any:
    if isinstance(value, tuple):
        return tuple(_filled(part, number) for part in value)
    return np.full(np.shape(value), number)
