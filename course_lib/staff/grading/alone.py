"""A question by itself: its own cells as they are, of all others only imports, definitions and the course's calls."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from course_lib.staff.grading.statements import is_course_call, is_definition, parsed


@dataclass(frozen=True)
class Step:
    """One cell to run.

    place: its index in the notebook; source: what runs; question: name of the question that this cell probes, or "".
    """

    place: int
    source: str
    question: str = ""


def segment(steps: Sequence[Step], number: int) -> str:
    """The question in which a step stands: the next one that is probed."""
    return next((step.question for step in steps[number:] if step.question), "")


def alone(steps: Sequence[Step], question: str, keep: Callable[[Step], bool]) -> list[Step]:
    """The steps that ask one question and no other; keep: whether another question's step runs as it is."""
    made: list[Step] = []
    for number, step in enumerate(steps):
        if step.question == question:
            return [*made, step]
        if not step.question:
            whole = keep(step) or segment(steps, number) == question
            made.append(step if whole else replace(step, source=definitions(step.source)))
    return made


def definitions(source: str) -> str:
    """What of a cell only defines, as text: no part of something else is changed by it."""
    statements = [s for s in parsed(source) or () if is_course_call(s) or (is_definition(s) and _binds_names(s))]
    return "\n".join(ast.unparse(statement) for statement in statements)


def _binds_names(statement: ast.stmt) -> bool:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return all(target is None or isinstance(target, ast.Name) for target in targets)
