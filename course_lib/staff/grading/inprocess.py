"""Ask and judge one function in this process: for mutants, variants and questions under construction.

The same calling code, wire and judge as in grading, without a worker. Never for students' code.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.staff.grading.judge import Verdict, as_answers, judge
from course_lib.staff.grading.question import Answer, Case, Question
from course_lib.student import wire
from course_lib.student.probe import answer_cases


def ask(question: Question, function: Callable[..., Any], *, rng: np.random.Generator) -> Verdict:
    """Draw cases, let ``function`` answer them through the wire, judge the answers."""
    cases = question.draw(rng)
    return judge(question, cases, answers_of(function, cases))


def answers_of(function: Callable[..., Any], cases: Sequence[Case]) -> list[Answer]:
    """The answers of ``function``; inputs and answers have crossed the wire both ways."""
    inputs = wire.decode(wire.encode([case.inputs for case in cases]))
    return as_answers(wire.decode(wire.encode(answer_cases(function, inputs))))
