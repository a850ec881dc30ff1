"""From answers to a verdict, outside the student's process.

A question ends in one of three ways: "judged", "student" (nothing to judge, by the student's own fault, with the
reason) or "not_graded" (ours: the judge itself failed). Only the first two become numbers.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from course_lib.staff.grading.question import Answer, Case, Evidence, Finding, Property, Question
from course_lib.student import wire

NOT_STARTED = "The answer cell still raises NotImplementedError: this question was not started."
NEEDS = "This counts once the main part of the question is right for at least one case."
LONGEST_FIGURE = 300
"""Characters: a figure may be a sentence of the question's, and a student's own text may be anything."""


@dataclass(frozen=True)
class PropertyResult:
    """One property of one answer: its points, what was earned, on how many cases it held, and what to say."""

    code: str
    points: float
    earned: float
    held: int
    of: int
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """How one question ended.

    outcome: "judged", "student" or "not_graded"; score is None when not graded. reason: why, in one sentence, unless
    judged. human: why a person should look, or empty. slip: what was done instead, where the student's numbers are
    those of a known wrong way, or empty.
    """

    outcome: str
    score: float | None
    max: float
    properties: tuple[PropertyResult, ...] = ()
    reason: str = ""
    human: str = ""
    slip: str = ""


def judge(question: Question, cases: Sequence[Case], answers: Sequence[Answer]) -> Verdict:
    """Judge the answers of one question.

    cases, answers: of equal number and in the same order; numeric answers are compared as float64 (complex128)
    arrays, whatever precision or container they came in.

    Never raises: an exception in a property's own test makes the verdict "not_graded" and is named in its reason.
    """
    if len(answers) != len(cases):
        reason = f"The record held {len(answers)} answers to {len(cases)} cases."
        return replace(fault(question, reason), human=reason)
    try:
        evidence = [
            (case, replace(answer, value=as_numbers(answer.value))) for case, answer in zip(cases, answers, strict=True)
        ]
        findings = {prop.code: prop.test(evidence) for prop in question.properties}
        results = tuple(_result(question, prop, findings) for prop in question.properties)
    except Exception as error:
        return not_graded(question, f"The judge failed: {type(error).__name__}: {error}")
    score = round(math.fsum(result.earned for result in results), 6)
    reason = "" if score else _why_nothing(evidence)
    return Verdict("student" if reason else "judged", score, question.points, results, reason)


def judge_record(question: Question, cases: Sequence[Case], record: bytes) -> Verdict:
    """Judge what one probe sent: of two tries (the second after a reset) the better counts.

    Never raises; a record that cannot be read earns nothing and is looked at.
    """
    try:
        table = wire.decode(record)
    except wire.WireError as error:
        table = str(error)
    first, second = (table.get(name) for name in ("answers", "again")) if isinstance(table, dict) else (None, None)
    if not isinstance(first, tuple) or not isinstance(second, tuple):
        reason = "What came back for this question could not be read."
        return replace(fault(question, reason), human=reason)
    verdict = judge(question, cases, as_answers(first))
    return better(verdict, judge(question, cases, as_answers(second))) if second else verdict


def as_answers(tables: Sequence[Any]) -> list[Answer]:
    """Tables from the wire as answers; a table that is none counts as unreadable."""
    answers = []
    for table in tables:
        status = table.get("status") if isinstance(table, dict) else None
        if status == "ok":
            answers.append(Answer("ok", table.get("value")))
        elif status in ("raised", "timeout", "unreadable"):
            answers.append(Answer(status, None, str(table.get("error", ""))[:300]))
        else:
            answers.append(Answer("unreadable", None, "not an answer"))
    return answers


def to_table(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    return asdict(verdict)


def from_table(table: Mapping[str, Any]) -> Verdict:
    """The verdict that `to_table` made plain.

    Raises KeyError or TypeError for a table that is none.
    """
    return Verdict(**{**table, "properties": tuple(PropertyResult(**entry) for entry in table["properties"])})


def fault(question: Question, reason: str) -> Verdict:
    """No points, by the student's own fault, with the reason."""
    results = tuple(PropertyResult(prop.code, prop.points, 0.0, 0, 0, "") for prop in question.properties)
    return Verdict("student", 0.0, question.points, results, reason)


def not_graded(question: Question, reason: str) -> Verdict:
    """No number at all: the fault is ours."""
    return Verdict("not_graded", None, question.points, (), reason, human=reason)


def better(first: Verdict, second: Verdict) -> Verdict:
    """The verdict with more points, the first when they are equal; an ungraded one gives way."""
    if first.score is None or second.score is None:
        return second if first.score is None and second.score is not None else first
    return second if second.score > first.score else first


def as_numbers(value: Any) -> Any:
    """Numbers, flags, arrays and regular nests of them as one float64 or complex128 array; the rest piece by piece.

    A pair of equally shaped arrays becomes one array with a leading axis of 2, which unpacks the same way.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: as_numbers(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        items = [as_numbers(item) for item in value]
        shapes = {item.shape if isinstance(item, np.ndarray) else None for item in items}
        if items and len(shapes) == 1 and None not in shapes:
            return np.stack(items)
        return tuple(items) if items else np.zeros(0)
    array = np.asarray(value)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _result(question: Question, prop: Property, findings: Mapping[str, Finding]) -> PropertyResult:
    finding = findings[prop.code]
    ok = bool(finding.ok)
    sentence = "" if ok else fill(question.sentences.get(prop.code, ""), finding.figures)
    if ok and prop.needs is not None and findings[prop.needs].held < 1:
        ok, sentence = False, NEEDS
    return PropertyResult(
        prop.code, prop.points, prop.points if ok else 0.0, int(finding.held), int(finding.of), sentence
    )


def _why_nothing(evidence: Evidence) -> str:
    """The reason when no case has a readable answer, otherwise empty."""
    answers = [answer for _, answer in evidence]
    if not answers or any(answer.status == "ok" for answer in answers):
        return ""
    status, error = Counter((answer.status, answer.error) for answer in answers).most_common(1)[0][0]
    if status == "raised" and error.startswith("NotImplementedError"):
        return NOT_STARTED
    if status == "timeout":
        return "Your function did not answer within the time of this question."
    if status == "unreadable":
        return f"What your function returned could not be read. {error}"
    return f"Your function stopped with {error}"


class _Places(string.Formatter):
    """Fills ``{figure}`` places: plain numbers short, what is missing as three dots."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(key, "…") if isinstance(key, str) else "…"

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
            value = value.item()
        if isinstance(value, np.ndarray):
            return " × ".join(str(length) for length in value.shape)
        if isinstance(value, float) and not format_spec:
            format_spec = ".3g"
        try:
            text = format(value, format_spec)
        except (TypeError, ValueError):
            text = str(value)
        text = re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)
        return text if len(text) <= LONGEST_FIGURE else f"{text[: LONGEST_FIGURE - 1]}…"


def fill(sentence: str, figures: Mapping[str, Any]) -> str:
    """The sentence with the student's own figures in its places; a figure that is missing shows as "…"."""
    return _Places().vformat(sentence, (), dict(figures))
