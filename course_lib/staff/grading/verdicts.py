"""Runs and judges one collected notebook, and keeps what came of it as a file."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import course_lib
from course_lib.staff.grading import roles, sanitise
from course_lib.staff.grading.deal import draw_cases
from course_lib.staff.grading.judge import PropertyResult, Verdict, better, fault, judge, not_graded
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.question import Case, Question
from course_lib.staff.grading.run import QuestionRun, RunResult, run
from course_lib.staff.grading.sets import ProblemSet

PACKAGES = ("ipython", "matplotlib", "numpy", "scikit-learn", "scipy", "torch")


@dataclass(frozen=True)
class Graded:
    """All verdicts of one student's notebook, and how they came about.

    fingerprint: of submission, questions, reference and versions; verdicts: by question; notes: what happened; flags:
    what a person should look at; outputs: text by cell place, kept only until the notebook is written.
    """

    assignment: str
    student: str
    digest: str
    fingerprint: str
    isolation: str
    verdicts: dict[str, Verdict]
    seconds: float
    replays: int = 0
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    graded_at: str = ""
    outputs: Mapping[int, str] = field(default_factory=dict, repr=False)

    @property
    def complete(self) -> bool:
        """Whether every question ended in a number."""
        return all(verdict.score is not None for verdict in self.verdicts.values())


def run_and_judge(problem_set: ProblemSet, notebook: Any, *, key: bytes, student: str, isolation: str) -> Graded:
    """Run a collected notebook in a worker and judge what came back."""
    result = run_only(problem_set, notebook, key=key, student=student)
    return judged(problem_set, notebook, result, student=student, isolation=isolation)


def run_only(problem_set: ProblemSet, notebook: Any, *, key: bytes, student: str) -> RunResult:
    """The part that waits for the worker; safe in a thread."""
    content = roles.digest(notebook["cells"])

    def deal(question: Question) -> list[Case]:
        return draw_cases(
            question,
            key=key,
            assignment=problem_set.name,
            version=problem_set.version,
            student=student,
            digest=content,
        )

    steps = roles.plan(notebook["cells"], problem_set.questions)
    return run(steps, problem_set.questions, deal, open_modules=problem_set.open_modules)


def judged(problem_set: ProblemSet, notebook: Any, result: RunResult, *, student: str, isolation: str) -> Graded:
    """The verdicts on what a run brought."""
    content = roles.digest(notebook["cells"])
    return Graded(
        assignment=problem_set.name,
        student=student,
        digest=content,
        fingerprint=fingerprint(problem_set, content, student),
        isolation=isolation,
        verdicts={
            name: verdict_of(question, result.questions[name]) for name, question in problem_set.questions.items()
        },
        seconds=round(result.seconds, 3),
        replays=result.replays,
        notes=tuple(sanitise.plain(note) for note in result.notes),
        flags=tuple(sanitise.plain(flag) for flag in result.flags),
        graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        outputs=result.outputs,
    )


def verdict_of(question: Question, state: QuestionRun) -> Verdict:
    """One question's verdict: of two tries (the second after a reset) the better counts."""
    if state.trouble:
        return not_graded(question, state.trouble)
    if not state.answers:
        verdict = fault(question, state.fault or "No answers came for this question.")
    else:
        verdict = judge(question, state.cases, state.answers)
        if state.again:
            verdict = better(verdict, judge(question, state.cases, state.again))
    human = verdict.human or state.human
    return Verdict(verdict.outcome, verdict.score, verdict.max, verdict.properties, verdict.reason, human)


def fingerprint(problem_set: ProblemSet, content: str, student: str) -> str:
    """What a verdict rests on: same fingerprint, same verdict; so such a submission is not run again."""
    parts = [problem_set.name, str(problem_set.version), student, content, problem_set.fingerprint, *_machinery()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _machinery() -> tuple[str, ...]:
    """Versions of what runs and judges, and a hash of the grader's and the notebook's side of this library."""
    folder = Path(course_lib.__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*(folder / "student").rglob("*.py"), *(folder / "staff" / "grading").rglob("*.py")]):
        digest.update(path.read_bytes())
    return platform.python_version(), *(f"{name} {version(name)}" for name in PACKAGES), digest.hexdigest()


def save(places: Places, graded: Graded) -> Path:
    """Write the verdicts; the file's presence with its fingerprint says that this submission is done."""
    table = asdict(graded)
    del table["outputs"]
    path = places.verdict(graded.assignment, graded.student)
    write_safely(path, json.dumps(table, indent=1).encode())
    return path


def read(places: Places, assignment: str, student: str) -> Graded | None:
    """The verdicts that stand, or None when there are none that can be read."""
    try:
        table = json.loads(places.verdict(assignment, student).read_text(encoding="utf-8"))
        verdicts = {}
        for name, entry in table["verdicts"].items():
            properties = tuple(PropertyResult(**prop) for prop in entry.pop("properties"))
            verdicts[name] = Verdict(**entry, properties=properties)
        return Graded(**{**table, "verdicts": verdicts, "notes": tuple(table["notes"]), "flags": tuple(table["flags"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
