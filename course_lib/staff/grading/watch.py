"""Listens to a worker while one cell runs, within the cell's budget, and deals the cases of the question it probes.

CPU seconds of the worker's process tree are the budget; the clock is the backstop behind it. A cell stopped by the
clock with its processor time unused says so: it was asleep, or this machine was too busy, and it is tried again alone.
"""

import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from course_lib.student import wire

GRACE = 2.0  # seconds for a cell to heed its interrupt
POLL = 0.1  # seconds between two looks at what it has used
SHOWN = 20_000  # bytes of its text that are kept
NONCE = 16  # bytes
MARK = 16  # bytes before each cell; the worker gives them back when it is done
TOO_LONG = "It took longer than the time of this question and was stopped."
ENDED = "The code ended its own process, or sent what could not be read."


@dataclass(frozen=True)
class Asked:
    """What the worker's side knows of one question: nothing of its reference and its judge.

    inputs: the arguments of its cases as the wire has them; trouble: why they could not be drawn, or empty.
    """

    name: str
    function: str
    cpu_seconds: float
    wall_seconds: float
    inputs: bytes = b""
    trouble: str = ""


@dataclass
class QuestionRun:
    """What one question brought: a record, as bytes that nobody has looked into, or the reason why there is none.

    fault: the student's; trouble: ours. human: why a person should look. clock: stopped by the clock with processor
    time to spare; killed: its process was ended by a signal that may have come from outside. stopped: by any limit.
    closed: not dealt again. newer: of a cell before it that only a later Python reads.
    """

    record: bytes = b""
    fault: str = ""
    trouble: str = ""
    human: str = ""
    cpu: float = 0.0
    clock: bool = False
    killed: bool = False
    stopped: bool = False
    closed: bool = False
    newer: str = ""

    @property
    def silent(self) -> bool:
        """Whether no answers came, for a reason that may be another question's cell."""
        return not (self.record or self.trouble or self.stopped)


class Watch:
    """One cell of one worker.

    asked: the question that this cell probes, or None; cpu, wall: its budget in seconds; spent: nonces of questions
    that are closed.
    """

    def __init__(
        self, worker: Any, asked: Asked | None, *, cpu: float, wall: float, spent: Collection[bytes] = ()
    ) -> None:
        self.worker = worker
        self.asked = asked
        self.cpu = cpu
        self.wall = wall
        self.spent = spent
        self.state = QuestionRun()
        self.text = bytearray()
        self.reason = ""
        self.odd = ""
        self.error = ""
        self.forged = ""
        self.nonce = b""
        self.mark = secrets.token_hex(MARK // 2).encode()

    def run(self, tag: bytes, payload: bytes) -> bool:
        """Send the cell and listen until it is done; False when it ended its worker or had to be killed."""
        channel = self.worker.channel
        start, before = time.monotonic(), self.worker.cpu_before()
        killing = None
        look = start
        try:
            channel.send(tag, self.mark + payload, timeout=self.wall)
            while True:
                try:
                    if self._heard(*channel.recv(timeout=POLL)):
                        return True
                except TimeoutError:
                    pass  # nothing came: only look at the time
                now = time.monotonic()
                if now - look < POLL:
                    continue
                look = now
                self.state.cpu = self.worker.cpu() - before
                if killing is not None:
                    if now > killing:
                        return False
                elif self.state.cpu > self.cpu or now - start > self.wall:
                    self.reason = TOO_LONG
                    self.state.clock = self.state.cpu <= self.cpu
                    killing = now + GRACE
                    self.worker.interrupt()
        except (wire.ChannelError, wire.WireError):
            self.reason = self.reason or self.worker.stopped or ENDED
            return False

    def _heard(self, tag: bytes, data: bytes) -> bool:
        """Handle one frame; True for "done"."""
        if tag == b"O":
            self.text += data[: max(0, SHOWN - len(self.text))]
        elif tag == b"Q":
            self._deal(data)
        elif tag == b"R":
            self._take(data)
        elif tag == b"D":
            return self._done(wire.decode(data, limit=10_000))
        else:
            raise wire.ChannelError(f"Wanted a known tag, got {tag!r}.")
        return False

    def _done(self, said: Any) -> bool:
        """Whether the cell that is running is done: one "done" too many must not put the grader a cell ahead."""
        if not isinstance(said, dict) or said.get("mark") != self.mark.decode():
            self.odd = "The notebook said that a cell was done which was not running."
            return False
        self.error = str(said.get("error", ""))[:80]
        return True

    def _deal(self, data: bytes) -> None:
        """Deal, if the question is the one that is running and has not been dealt; otherwise an empty answer."""
        name = wire.decode(data, limit=10_000)
        if self.asked is None or name != self.asked.name or self.nonce:
            self.odd = "The notebook asked for cases out of turn; it got none."
            self.worker.channel.send(b"N", timeout=GRACE)
            return
        self.nonce = secrets.token_hex(NONCE).encode()
        if self.asked.trouble:
            self.state.trouble = self.asked.trouble
            self.worker.channel.send(b"N", timeout=GRACE)
            return
        self.worker.channel.send(b"C", self.nonce + self.asked.inputs, timeout=self.wall)

    def _take(self, data: bytes) -> None:
        """Keep the record, if it is the first one and answers what was dealt just now."""
        nonce, record = data[: 2 * NONCE], data[2 * NONCE :]
        if self.asked is None or nonce in self.spent:
            self.odd = "The notebook sent answers out of turn; they do not count."
        elif not self.nonce or nonce != self.nonce:
            self.forged = "A record came that was no answer to the cases of this question."
        elif self.state.record:
            self.forged = "More than one record came for this question."
        else:
            self.state.record = record
