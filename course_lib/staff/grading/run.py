"""Runs one collected notebook in a worker and brings home its answers; judges nothing.

A question's cases are dealt only to the probe that is running now, once. Exactly one record with the nonce of that
deal counts, between the cell's start and its "done". A cell that kills its worker, or that must be killed, costs the
question it stands in: the notebook is replayed in a fresh worker with that cell replaced, and what has been answered
stays answered.
"""

import platform
import re
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from course_lib.staff.grading.inprocess import as_answers
from course_lib.staff.grading.process import Worker, WorkerFailed
from course_lib.staff.grading.question import Answer, Case, Question
from course_lib.staff.grading.syntax import is_newer_python
from course_lib.student import wire

POISONED = 'raise RuntimeError("This cell was stopped when it ran before.")'
BEFORE_ALL = -1
CELL_CPU = 20.0
CELL_WALL = 120.0
SPARE_REPLAYS = 3
WALL_FACTOR = 20.0
WALL_LEAST = 60.0
GRACE = 2.0
POLL = 0.1
OUTPUT_LIMIT = 256 * 1024 * 1024
SHOWN = 20_000

Deal = Callable[[Question], Sequence[Case]]


@dataclass(frozen=True)
class Step:
    """One cell to run.

    place: its index in the notebook; source: what runs; question: name of the question that this cell probes, or "".
    """

    place: int
    source: str
    question: str = ""


@dataclass
class QuestionRun:
    """What one question brought: answers (a second list after a reset), or the reason why there are none.

    fault: the student's; trouble: ours. human: why a person should look.
    """

    cases: Sequence[Case] = ()
    answers: list[Answer] = field(default_factory=list)
    again: list[Answer] = field(default_factory=list)
    fault: str = ""
    trouble: str = ""
    human: str = ""
    cpu: float = 0.0
    closed: bool = False


@dataclass
class RunResult:
    """Questions by name, text that the cells put out by place, what happened, and what a person should look at."""

    questions: dict[str, QuestionRun]
    outputs: dict[int, str]
    notes: list[str]
    flags: list[str] = field(default_factory=list)
    seconds: float = 0.0
    replays: int = 0


def run(steps: Sequence[Step], questions: dict[str, Question], deal: Deal, *, open_modules: Iterable[str]) -> RunResult:
    """Run the steps in order.

    deal: draws the cases of a question, in this process. Never raises for anything that the notebook does; a worker
    that does not start makes the open questions "trouble".
    """
    started = time.monotonic()
    result = RunResult({name: QuestionRun() for name in questions}, {}, [])
    session = _Session(_warmed(steps), questions, deal, tuple(open_modules), result)
    try:
        while not session.attempt():
            result.replays += 1
            if result.replays > len(questions) + SPARE_REPLAYS:
                result.flags.append("The notebook ended its worker again and again; what was open then has no points.")
                break
    except (WorkerFailed, OSError) as error:
        for state in result.questions.values():
            if not state.closed:
                state.trouble = f"The worker failed: {error}"
    for state in result.questions.values():
        if not (state.closed or state.trouble):
            state.fault = state.fault or "The cell that grades this question was not reached."
    result.seconds = time.monotonic() - started
    return result


def _warmed(steps: Sequence[Step]) -> list[Step]:
    """The steps, behind one that imports torch if a cell names it: a question's time is not for loading it."""
    named = any(re.search(r"\btorch\b", step.source) for step in steps)
    return [*([Step(BEFORE_ALL, '__import__("torch") and None')] if named else []), *steps]


class _Session:
    """One notebook through one or more workers."""

    def __init__(
        self,
        steps: Sequence[Step],
        questions: dict[str, Question],
        deal: Deal,
        open_modules: tuple[str, ...],
        result: RunResult,
    ) -> None:
        self.steps = steps
        self.questions = questions
        self.deal = deal
        self.open_modules = open_modules
        self.result = result
        self.poisoned: set[int] = set()
        self.dealt = False
        self.newer: list[int] = []

    def attempt(self) -> bool:
        """Run the notebook in a fresh worker; False when a cell ended it and a replay is due."""
        worker = Worker(self.open_modules, output_limit=OUTPUT_LIMIT)
        try:
            for step in self.steps:
                if step.question and self.result.questions[step.question].closed:
                    continue
                if not self._step(worker, step):
                    self.poisoned.add(step.place)
                    return not any(not state.closed for state in self.result.questions.values())
            return True
        finally:
            worker.close()

    def _step(self, worker: Worker, step: Step) -> bool:
        """Run one cell; False when the worker did not live to say that it is done."""
        watch = _Watch(worker, step, self._question(step), self.deal)
        if step.question:
            request = {"question": step.question, "function": self.questions[step.question].function}
            alive = watch.run(b"P", wire.encode(request))
            self.dealt = self.dealt or watch.state.cases != ()
            self._close(step.question, watch, alive)
        else:
            source = POISONED if step.place in self.poisoned else step.source
            alive = watch.run(b"X", source.encode("utf-8", "replace"))
            # once cases have been dealt a cell could print them: its text is not kept
            if not self.dealt and step.place not in self.poisoned:
                self.result.outputs[step.place] = watch.text.decode("utf-8", "replace")
        if watch.error == "SyntaxError" and is_newer_python(step.source):
            self.newer.append(step.place + 1)
        if watch.reason:
            self.result.notes.append(f"cell {step.place + 1}: {watch.reason}")
        if watch.odd:
            self.result.flags.append(f"cell {step.place + 1}: {watch.odd}")
        if not alive and not step.question and step.place in self.poisoned:
            raise WorkerFailed("a worker ended in a cell that does nothing")
        return alive

    def _question(self, step: Step) -> Question | None:
        return self.questions[step.question] if step.question else None

    def _close(self, name: str, watch: "_Watch", alive: bool) -> None:
        """Settle a question after its probe: whatever happened, it is not dealt again."""
        state = watch.state
        state.closed = True
        if not alive:
            state.fault = watch.reason
            state.answers, state.again = [], []
        elif watch.records > 1:
            state.fault = "More than one record came for this question."
            state.human = state.fault
            state.answers, state.again = [], []
        elif not state.answers and not state.fault and not state.trouble:
            if watch.error == "NameError" and self.newer:
                state.trouble = f"Cell {self.newer[-1]} is written for a newer Python than {platform.python_version()}."
            else:
                state.fault = self._why_no_record(name, watch)
        self.result.questions[name] = state

    def _why_no_record(self, name: str, watch: "_Watch") -> str:
        function = self.questions[name].function
        if watch.error == "NameError":
            return f"There is no function called {function}: the cell that should define it is missing or has an error."
        if watch.error == "TypeError":
            return f"{function} is not a function any more: the name was given to something else."
        return f"No answers came for this question ({watch.error or 'no record'})."


class _Watch:
    """Listens to a worker while one cell runs, within the cell's budget."""

    def __init__(self, worker: Worker, step: Step, question: Question | None, deal: Deal) -> None:
        self.worker = worker
        self.step = step
        self.question = question
        self.deal = deal
        self.state = QuestionRun()
        self.text = bytearray()
        self.reason = ""
        self.odd = ""
        self.error = ""
        self.records = 0
        self.nonce = ""
        self.budget = question.cpu_seconds if question else CELL_CPU

    def run(self, tag: bytes, payload: bytes) -> bool:
        """Send the cell and listen until it is done; False when it ended its worker or had to be killed."""
        channel = self.worker.channel
        wall = self._wall()
        start, cpu = time.monotonic(), self.worker.cpu()
        killing = None
        look = start
        try:
            channel.send(tag, payload, timeout=wall)
            while True:
                try:
                    got, data = channel.recv(timeout=POLL)
                    if self._heard(got, data):
                        return True
                except TimeoutError:
                    got = b""
                now = time.monotonic()
                if now - look < POLL:
                    continue
                look = now
                self.state.cpu = self.worker.cpu() - cpu
                if killing is not None:
                    if now > killing:
                        return False
                elif self.state.cpu > self.budget or now - start > wall:
                    self.reason = "It took longer than the time of this question and was stopped."
                    if self.state.cpu <= self.budget:  # asleep, or this machine was too busy: not for us to decide
                        self.state.human = "Stopped by the clock while it used little of the processor."
                    killing = now + GRACE
                    self.worker.interrupt()
        except (wire.ChannelError, wire.WireError):
            self.reason = self.reason or "The code ended its own process, or sent what could not be read."
            return False

    def _wall(self) -> float:
        """Seconds of the clock after which a cell is stopped, however little of the processor it used."""
        if self.question is None:
            return CELL_WALL
        return self.question.wall_seconds or max(WALL_LEAST, WALL_FACTOR * self.budget)

    def _heard(self, tag: bytes, data: bytes) -> bool:
        """Handle one frame; True for "done"."""
        if tag == b"O":
            self.text += data[: max(0, SHOWN - len(self.text))]
        elif tag == b"Q":
            self._asked(data)
        elif tag == b"R":
            self._answered(data)
        elif tag == b"D":
            done = wire.decode(data, limit=10_000)
            self.error = str(done.get("error", ""))[:80] if isinstance(done, dict) else ""
            return True
        else:
            raise wire.ChannelError(f"Wanted a known tag, got {tag!r}.")
        return False

    def _asked(self, data: bytes) -> None:
        """Deal, if the question is the one that is running and has not been dealt; otherwise an empty answer."""
        name = wire.decode(data, limit=10_000)
        if self.question is None or name != self.question.name or self.nonce:
            self.odd = "The notebook asked for cases out of turn; it got none."
            self.worker.channel.send(b"N", timeout=GRACE)
            return
        self.nonce = secrets.token_hex(16)
        try:
            self.state.cases = tuple(self.deal(self.question))
            inputs = wire.encode({"nonce": self.nonce, "cases": [case.inputs for case in self.state.cases]})
        except Exception as error:  # a draw that fails is ours, and costs nobody else's question
            self.state.trouble = f"Drawing the cases failed: {type(error).__name__}: {error}"
            self.worker.channel.send(b"N", timeout=GRACE)
            return
        self.worker.channel.send(b"C", inputs, timeout=max(WALL_LEAST, self.budget))

    def _answered(self, data: bytes) -> None:
        self.records += 1
        if self.question is None:
            self.odd = "The notebook sent answers out of turn; they do not count."
            return
        record = wire.decode(data)
        if self.records > 1 or not isinstance(record, dict) or not self.nonce or record.get("nonce") != self.nonce:
            self.records = 2
            return
        answers, again = record.get("answers"), record.get("again")
        if isinstance(answers, tuple) and isinstance(again, tuple):
            self.state.answers, self.state.again = as_answers(answers), as_answers(again)
