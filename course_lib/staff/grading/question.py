"""What a question is: how its cases are drawn, how its answers are judged, what is said.

A problem set's ``questions.py`` builds one `Question` for each graded function. The drawn `Case` splits in two: its
``inputs`` travel to the student's process as plain arrays, numbers and strings; everything else stays with the judge.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One drawn case.

    inputs: positional arguments of the student's function; arrays, numbers, strings, or a table
        ``{"kind": name, ...arrays}`` that `course_lib.student.cases` turns into a callable in the student's process; a
        first one that becomes a `Through` is no argument but says how the function is called.
    stratum: which kind of case this is; properties choose their cases by it.
    expected: the reference's answer on the same inputs; never leaves the judge. None where any answer of quality will
        do and drawing would have to work one out.
    facts: whatever else the properties need to know (scales, spectra, windows); never leaves the judge.
    """

    stratum: str
    inputs: tuple[Any, ...]
    expected: Any = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back for one case.

    status: "ok", "raised", "timeout" or "unreadable" (a value that the wire does not carry).
    value: plain numpy arrays, numbers, strings, tuples and dictionaries of them; None unless status is "ok".
    error: exception type and first line, in the student's own words; empty when ok.
    """

    status: str
    value: Any = None
    error: str = ""


@dataclass(frozen=True)
class Finding:
    """Whether a property holds, on how many of its cases, and the student's own figures for its sentence."""

    ok: bool
    held: int
    of: int
    figures: Mapping[str, Any] = field(default_factory=dict)


Evidence = Sequence[tuple[Case, Answer]]


@dataclass(frozen=True)
class Property:
    """One thing that a right answer does, worth its own points.

    code: key of the sentence in the set's messages; tests compare codes, students read sentences.
    test: sees all cases with their answers and returns a `Finding`; see `per_case` for the usual form.
    needs: code of the property that must hold on at least one case for this one to count (a trivial answer must not
        earn the small change).
    """

    code: str
    points: float
    test: Callable[[Evidence], Finding]
    needs: str | None = None


@dataclass(frozen=True)
class Question:
    """One graded function of a problem set.

    function: the name the student's function bears; draw: cases from a generator; cpu_seconds: budget of all cases
    together; sentences: code -> sentence, which may hold ``{figure}`` places that a finding's figures fill.
    wall_seconds: the clock's backstop behind the budget; None: 20 times the budget, and at least a minute.
    """

    name: str
    title: str
    function: str
    draw: Callable[[np.random.Generator], list[Case]]
    properties: tuple[Property, ...]
    sentences: Mapping[str, str]
    cpu_seconds: float = 4.0
    wall_seconds: float | None = None

    @property
    def points(self) -> float:
        return sum(p.points for p in self.properties)

    @property
    def wall(self) -> float:
        """Seconds by the clock after which a probe is stopped, whatever it used of the processor."""
        return max(60.0, 20.0 * self.cpu_seconds) if self.wall_seconds is None else self.wall_seconds


def per_case(
    holds: Callable[[Case, Any], bool | tuple[bool, Mapping[str, Any]]],
    *,
    strata: Sequence[str] | None = None,
    share: float = 1.0,
) -> Callable[[Evidence], Finding]:
    """Turn a test of one answered case into the test of a property over all cases of the given strata.

    holds(case, value): True or False, or that with the figures for the sentence. A case without a readable answer
    does not hold. The property holds when at least ``share`` of its cases do; the figures are those of the first
    case that failed.
    """

    def test(evidence: Evidence) -> Finding:
        mine = [(case, answer) for case, answer in evidence if strata is None or case.stratum in strata]
        held = 0
        figures: Mapping[str, Any] | None = None
        for case, answer in mine:
            ok: bool = False
            said: Mapping[str, Any] = {}
            if answer.status == "ok":
                outcome = holds(case, answer.value)
                ok, said = outcome if isinstance(outcome, tuple) else (outcome, {})
            held += bool(ok)
            if not ok and figures is None:
                figures = said
        enough = bool(mine) and held >= share * len(mine) - 1e-9
        return Finding(ok=enough, held=held, of=len(mine), figures=figures or {})

    return test


def ladder(
    measure: Callable[[Evidence], tuple[float, Mapping[str, Any]]], rungs: Sequence[tuple[str, float, float]]
) -> tuple[Property, ...]:
    """Properties of an open-ended question: points grow with one measured quality.

    measure(evidence): the quality, larger is better (NaN when there is none), and the figures for the sentences; it
    runs once for all rungs. rungs: (code, points, quality from which on it holds), rising.
    """
    last: list[tuple[Evidence, float, Mapping[str, Any]]] = []

    def rung(threshold: float) -> Callable[[Evidence], Finding]:
        def test(evidence: Evidence) -> Finding:
            if not last or last[0][0] is not evidence:
                last[:] = [(evidence, *measure(evidence))]
            _, quality, figures = last[0]
            ok = bool(quality >= threshold)
            return Finding(ok, int(ok), 1, figures)

        return test

    return tuple(Property(code, points, rung(threshold)) for code, points, threshold in rungs)
