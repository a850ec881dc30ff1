"""Runs one collected notebook in a worker and brings home its answers; judges nothing, and knows no right answer.

A question's cases are dealt only to the probe that is running now, once. Exactly one record with the nonce of that
deal counts, between the cell's start and its "done". A cell that kills its worker, or that must be killed, or whose
processes run on when it is stopped, costs the question it stands in: the notebook is replayed in a fresh worker with
that cell replaced, and what has been answered stays answered. At last each question without answers is asked alone:
what another question's cell has left behind (a thread that ends the process, a shell taken apart) is gone.
"""

import platform
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from course_lib.staff.grading import sandbox
from course_lib.staff.grading.alone import Step, alone, segment
from course_lib.staff.grading.process import Worker, WorkerFailed
from course_lib.staff.grading.syntax import is_newer_python
from course_lib.staff.grading.watch import ENDED, SHOWN, Asked, QuestionRun, Watch
from course_lib.student import wire

__all__ = ["SHOWN", "Asked", "QuestionRun", "RunResult", "Step", "Work", "run"]

POISONED = 'raise RuntimeError("This cell was stopped when it ran before.")'
BEFORE_ALL = -1
CELL_SECONDS = 20.0
OWN_CELLS = 4.0
LEAST = 1.0  # CPU seconds that each cell has, whatever those before it have used
CELL_WALL = 6.0
DEATHS = 3  # workers that the cells of a question may end: then its probe alone is run
LOSSES = 2  # workers that something of ours may end
OUTPUT_LIMIT = 256 * 1024 * 1024  # bytes
IMPORTED_LATE = re.compile(r"(?m)^[ \t]+(?:import|from)[ \t]+((?:matplotlib|scipy|sklearn|torch)[\w.]*)")
LOADED_LATE = (  # parts that torch loads when they are first called, each in about two seconds
    (
        r"\b(?:vmap|jacrev|jacfwd|hessian|jacobian|vjp|jvp)\b",
        "torch.func.vmap(torch.func.jacrev(torch.sin))(torch.ones(1, 1))",
    ),
    (r"\boptim\b", "torch.optim.Adam([torch.zeros(1, requires_grad=True)])"),
)


@dataclass(frozen=True)
class Work:
    """One notebook to run: plain values, which can be sent to another process.

    cell_seconds: CPU seconds of one cell that probes nothing; all of them together have `OWN_CELLS` times as much, and
    the clock stops one after `CELL_WALL` times as much. walls: how its workers are started, one of
    `sandbox.WALLS`; there is no other way for it, so nothing can weaken them.
    """

    steps: tuple[Step, ...]
    asked: Mapping[str, Asked]
    open_modules: tuple[str, ...] = ()
    cell_seconds: float = CELL_SECONDS
    walls: str = "none"


class _Lost(WorkerFailed):
    """What was ours ended under a running notebook."""


@dataclass
class RunResult:
    """Questions by name, text that the cells put out by place, what happened, and what a person should look at.

    clock: an unanswered question may owe it to the clock alone, or a worker to a signal from outside, so it is to be
    run again with nothing beside it.
    """

    questions: dict[str, QuestionRun]
    outputs: dict[int, str]
    notes: list[str]
    flags: list[str] = field(default_factory=list)
    seconds: float = 0.0
    replays: int = 0
    clock: bool = False


def run(work: Work, *, patience: float = 1.0) -> RunResult:
    """Run the steps in order.

    patience: factor on the limits by the clock, for a second run with nothing beside it.

    Never raises for anything that the notebook does; a worker that does not start makes the open questions "trouble".
    """
    started = time.monotonic()
    result = RunResult({name: QuestionRun() for name in work.asked}, {}, [])
    session = _Session(work, result, patience)
    try:
        while not session.attempt_or_again():
            result.replays += 1
            if result.replays > DEATHS * (len(work.asked) + 1):
                result.flags.append("The notebook ended its worker again and again; what was open then has no points.")
                break
        for name in [step.question for step in work.steps if step.question and result.questions[step.question].silent]:
            session.ask_alone(name)
    except (WorkerFailed, OSError) as error:
        for state in result.questions.values():
            if not state.closed:
                state.trouble = f"The worker failed: {error}"
    for state in result.questions.values():
        if not (state.closed or state.trouble):
            state.fault = state.fault or "The cell that grades this question was not reached."
    unanswered = any(not state.record for state in result.questions.values())
    result.clock = (
        session.killed or (session.clock and unanswered) or any(state.clock for state in result.questions.values())
    )
    result.seconds = time.monotonic() - started
    return result


def _warmed(steps: Sequence[Step]) -> list[Step]:
    """The steps, behind one that loads what their functions would load: a question's time is not for that."""
    text = "\n".join(step.source for step in steps)
    lines = [f"__import__({name!r}) and None" for name in dict.fromkeys(IMPORTED_LATE.findall(text))]
    if re.search(r"\btorch\b", text):
        calls = [call for pattern, call in LOADED_LATE if re.search(pattern, text)]
        lines.append(f"(lambda torch: [{', '.join(calls)}] and None)(__import__('torch'))")
    return [*([Step(BEFORE_ALL, "\n".join(lines))] if lines else []), *steps]


class _Session:
    """One notebook through one or more workers."""

    def __init__(self, work: Work, result: RunResult, patience: float) -> None:
        self.work = work
        self.steps = _warmed(work.steps)
        self.result = result
        self.patience = patience
        self.poisoned: set[int] = set()
        self.deaths: Counter[str] = Counter()
        self.spent: set[bytes] = set()
        self.dealt = False
        self.newer: list[int] = []
        self.clock = False
        self.killed = False
        self.left = 0.0
        self.text = "\n".join(step.source for step in work.steps)

    def attempt_or_again(self) -> bool:
        """`attempt`; when something of ours ended the worker, which is no fault of the notebook's, once more."""
        for _ in range(LOSSES):
            try:
                return self.attempt()
            except _Lost:
                continue
        return self.attempt()

    def attempt(self) -> bool:
        """Run the notebook in a fresh worker; False when a cell ended or spoilt it and a replay is due."""
        worker = sandbox.start(self.work.walls, self.work.open_modules, self.text, output_limit=OUTPUT_LIMIT)
        self.left = OWN_CELLS * self.work.cell_seconds
        try:
            for number, step in enumerate(self.steps):
                if step.question and self.result.questions[step.question].closed:
                    continue
                if self.deaths[self._segment(number)] >= DEATHS and not step.question:
                    continue
                if not self._step(worker, step):
                    self._died(number, step)
                    self._ask_how(worker, step)
                    return all(state.closed for state in self.result.questions.values())
            return True
        finally:
            worker.close()

    def ask_alone(self, name: str) -> None:
        """Ask one question in a fresh worker, among the definitions of the others; its answers count if they come."""
        before, self.dealt = self.result.questions[name], True
        self.result.questions[name], self.poisoned = QuestionRun(), set()
        worker = sandbox.start(self.work.walls, self.work.open_modules, self.text, output_limit=OUTPUT_LIMIT)
        self.left = OWN_CELLS * self.work.cell_seconds
        try:
            all(self._step(worker, step) for step in alone(self.steps, name, lambda step: step.place == BEFORE_ALL))
        finally:
            worker.close()
        after = self.result.questions[name]
        if after.record:
            after.human = before.human
        else:
            self.result.questions[name] = before

    def _segment(self, number: int) -> str:
        return segment(self.steps, number)

    def _died(self, number: int, step: Step) -> None:
        """Leave out what ended the worker: that cell, then also those behind it, at last all cells of its question."""
        segment = self._segment(number)
        self.deaths[segment] += 1
        if step.question:
            return
        self.poisoned.add(step.place)
        if self.deaths[segment] > 1:
            for other in range(number, len(self.steps)):
                if self._segment(other) == segment:
                    self.poisoned.add(self.steps[other].place)

    def _ask_how(self, worker: Worker | sandbox.Walled, step: Step) -> None:
        """Note a death by a signal: what sent it is not to be known, and behind walls not even that it was one."""
        if worker.killed():
            self.killed = True
            if step.question:
                self.result.questions[step.question].killed = True

    def _step(self, worker: Worker | sandbox.Walled, step: Step) -> bool:
        """Run one cell; False when a fresh worker is needed: this one ended, or something in it runs on."""
        if step.question:
            return self._probe(worker, step)
        seconds = max(LEAST, min(self.work.cell_seconds, self.left))
        wall = CELL_WALL * self.work.cell_seconds * self.patience
        watch = Watch(worker, None, cpu=seconds, wall=wall)
        poisoned = step.place in self.poisoned
        alive = _run(watch, b"X", (POISONED if poisoned else step.source).encode("utf-8", "replace"))
        self.left -= watch.state.cpu
        self.clock = self.clock or watch.state.clock
        # once cases have been dealt a cell could print them: its text is not kept
        if not self.dealt and not poisoned:
            self.result.outputs[step.place] = watch.text.decode("utf-8", "replace")
        if watch.error == "SyntaxError" and is_newer_python(step.source):
            self.newer.append(step.place + 1)
        self._tell(step, watch)
        return alive and not _runs_on(watch)

    def _probe(self, worker: Worker | sandbox.Walled, step: Step) -> bool:
        """Probe one question and settle it: whatever happens, it is not dealt again."""
        asked = self.work.asked[step.question]
        wall = asked.wall_seconds * self.patience
        watch = Watch(worker, asked, cpu=asked.cpu_seconds, wall=wall, spent=frozenset(self.spent))
        alive = _run(watch, b"P", wire.encode({"question": asked.name, "function": asked.function}))
        self.dealt = self.dealt or bool(watch.nonce)
        if watch.nonce:
            self.spent.add(watch.nonce)
        state = watch.state
        state.closed, state.stopped = True, watch.reason not in ("", ENDED)
        if self.newer:
            state.newer = f"Cell {self.newer[-1]} is written for a newer Python than {platform.python_version()}."
        if not alive:
            state.fault, state.record = watch.reason, b""
        elif watch.forged:
            state.fault = state.human = watch.forged
            state.record = b""
        elif not state.record and not state.trouble:
            if watch.error == "NameError" and state.newer:
                state.trouble = state.newer
            else:
                self._explain_silence(asked, watch)
        self.result.questions[step.question] = state
        self._tell(step, watch)
        return alive and not _runs_on(watch)

    def _explain_silence(self, asked: Asked, watch: Watch) -> None:
        """Why no record came; silence after a deal is for a person: an honest notebook cannot bring it about."""
        name, state = asked.function, watch.state
        if watch.error == "NameError" and not watch.nonce:
            state.fault = (
                f"There is no function called {name}: the cell that should define it is missing or has an error."
            )
        elif watch.error == "TypeError" and not watch.nonce:
            state.fault = f"{name} is not a function any more: the name was given to something else."
        else:
            state.fault = f"No answers came for this question ({watch.error or 'no record'})."
            state.human = state.fault

    def _tell(self, step: Step, watch: Watch) -> None:
        if watch.reason:
            self.result.notes.append(f"cell {step.place + 1}: {watch.reason}")
        if watch.odd:
            self.result.flags.append(f"cell {step.place + 1}: {watch.odd}")


def _runs_on(watch: Watch) -> bool:
    """Whether processes of a cell that was stopped do not heed it: they would use up what is the next question's."""
    return bool(watch.reason) and watch.worker.others_run()


def _run(watch: Watch, tag: bytes, payload: bytes) -> bool:
    """`Watch.run`; raises _Lost where a worker that ended did not end by itself."""
    alive = watch.run(tag, payload)
    if not alive and watch.worker.lost():
        raise _Lost("the server of this class ended")
    return alive
