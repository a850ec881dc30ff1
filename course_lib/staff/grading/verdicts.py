"""Runs and judges one collected notebook, and keeps what came of it as a file."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import course_lib
from course_lib.staff.grading import roles, sanitise
from course_lib.staff.grading.deal import seeds
from course_lib.staff.grading.isolation import Isolation
from course_lib.staff.grading.judge import Verdict, fault, from_table, not_graded
from course_lib.staff.grading.judging import Judge, JudgeFailed
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.question import Question
from course_lib.staff.grading.run import Asked, QuestionRun, RunResult, Work, run
from course_lib.staff.grading.sets import ProblemSet

PACKAGES = ("ipython", "matplotlib", "numpy", "scikit-learn", "scipy", "torch")
# Modules that only show, count or hand on what was judged: a change in them makes no verdict stale.
AFTER_THE_VERDICT = frozenset(
    (
        *("dropped", "explain", "export", "feedback", "forget", "lms_tables", "marks", "parcel", "regrade"),
        *("report", "standing", "summary", "triage"),
    )
)
PATIENCE = 2.0
KILLED = "Its process ended twice while it answered: by the code itself, or for the memory that it took."


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


@dataclass(frozen=True)
class Prepared:
    """One collected notebook, ready to run: the work itself is plain and may travel, all else stays here.

    seeds: of each question's cases, by name; digest: of what the notebook says and runs.
    """

    student: str
    digest: str
    seeds: Mapping[str, bytes] = field(repr=False)
    work: Work = field(repr=False)


def prepare(problem_set: ProblemSet, notebook: Any, judge: Judge, *, key: bytes, student: str, walls: str) -> Prepared:
    """Draw a student's cases and plan the run; a draw that fails costs that question its verdict, and nothing else.

    walls: how its workers are to be started, see `sandbox.WALLS`.
    """
    content = roles.digest(notebook["cells"])
    drawn = seeds(
        problem_set.questions,
        key=key,
        assignment=problem_set.name,
        version=problem_set.version,
        student=student,
        digest=content,
    )
    asked = {}
    for name, question in problem_set.questions.items():
        inputs, trouble = b"", ""
        try:
            inputs = judge.draw(name, drawn[name])
        except JudgeFailed as error:
            trouble = f"Drawing the cases failed: {error}"
        asked[name] = Asked(name, question.function, question.cpu_seconds, question.wall, inputs, trouble)
    steps = tuple(roles.plan(notebook["cells"], problem_set.questions))
    work = Work(steps, asked, problem_set.open_modules, problem_set.cell_seconds, walls)
    return Prepared(student, content, drawn, work)


def run_and_judge(
    problem_set: ProblemSet, notebook: Any, judge: Judge, *, key: bytes, student: str, isolation: Isolation
) -> Graded:
    """Run a collected notebook in a worker, with nothing beside it, and judge what came back."""
    prepared = prepare(problem_set, notebook, judge, key=key, student=student, walls=isolation.walls)
    result = run(prepared.work)
    if result.clock:
        result = run_alone(prepared.work, result)
    return judged(judge, prepared, result, isolation=isolation.level)


def run_alone(work: Work, first: RunResult) -> RunResult:
    """Run again what the clock or a signal stopped, with nothing beside it and more patience.

    A machine without memory kills what it finds, and so does a person by mistake: once is nobody's fault. Who kills the
    process in every run loses that question, and a person is asked.

    The caller sees to it that nothing else runs. first: what came of the first run; its flags are kept.
    """
    second = run(work, patience=PATIENCE)
    for state in second.questions.values():
        if state.clock:
            state.human = "Stopped by the clock twice while it used little of the processor."
        if state.killed:
            state.fault = state.human = KILLED
    second.notes.insert(0, "The clock or a signal stopped it when other work ran beside it; this is the run alone.")
    second.flags[:0] = [flag for flag in first.flags if flag not in second.flags]
    second.seconds += first.seconds
    return second


def judged(judge: Judge, prepared: Prepared, result: RunResult, *, isolation: str) -> Graded:
    """The verdicts on what a run brought, by the judge's own set."""
    problem_set = judge.problem_set
    return Graded(
        assignment=problem_set.name,
        student=prepared.student,
        digest=prepared.digest,
        fingerprint=fingerprint(problem_set, prepared.digest, prepared.student),
        isolation=isolation,
        verdicts={
            name: verdict_of(question, result.questions[name], judge, prepared.seeds[name])
            for name, question in problem_set.questions.items()
        },
        seconds=round(result.seconds, 3),
        replays=result.replays,
        notes=tuple(sanitise.plain(note) for note in result.notes),
        flags=tuple(sanitise.plain(flag) for flag in result.flags),
        graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        outputs=result.outputs,
    )


def verdict_of(question: Question, state: QuestionRun, judge: Judge, seed: bytes) -> Verdict:
    """One question's verdict: ours when we failed, the student's when nothing came, otherwise the judge's."""
    if state.trouble:
        return not_graded(question, state.trouble)
    if state.record:
        verdict = judge.judge(question.name, seed, state.record)
        if state.newer and "NameError" in verdict.reason:  # what it calls stands in a cell that cannot be read here
            return not_graded(question, state.newer)
    else:
        verdict = fault(question, state.fault or "No answers came for this question.")
    return replace(verdict, human=verdict.human or state.human)


def fingerprint(problem_set: ProblemSet, content: str, student: str) -> str:
    """What a verdict rests on: same fingerprint, same verdict; so such a submission is not run again."""
    parts = [problem_set.name, str(problem_set.version), student, content, problem_set.fingerprint, *machinery()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def machinery() -> tuple[str, ...]:
    """Versions of what runs and judges, and a hash of the grader's and the notebook's side of this library."""
    folder = Path(course_lib.__file__).parent
    grader = (p for p in (folder / "staff" / "grading").rglob("*.py") if p.stem not in AFTER_THE_VERDICT)
    digest = hashlib.sha256()
    for path in sorted([*(folder / "student").rglob("*.py"), *grader]):
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
        verdicts = {name: from_table(entry) for name, entry in table["verdicts"].items()}
        return Graded(**{**table, "verdicts": verdicts, "notes": tuple(table["notes"]), "flags": tuple(table["flags"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
