"""The judge's own process: draws cases and judges records of one problem set, within limits of its own.

judging.py starts it as ``python -m course_lib.staff.grading.judge_server DESCRIPTOR FOLDER ASSIGNMENT``. Frames that it
reads: ``D`` draw, with ``{"question", "seed"}``; ``J`` judge, with the same, and behind it ``R`` with the record's
bytes. Frames that it writes: ``H`` hello, with the set's fingerprint; ``I`` the inputs of the cases; ``V`` a verdict as
JSON; ``E`` what went wrong, in words. The kernel ends it when a request takes too long, whoever waits for the answer.
"""

import json
import resource
import signal
import socket
import sys
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from course_lib.staff.grading.deal import draw
from course_lib.staff.grading.judge import judge_record, not_graded, to_table
from course_lib.staff.grading.question import Case, Question
from course_lib.staff.grading.sets import load_folder
from course_lib.staff.grading.slips import named
from course_lib.student import wire

CPU_SECONDS = 60.0
WALL_SECONDS = 600.0
IDLE_SECONDS = 1800.0
MEMORY = 4 * 1024**3
KEPT = 16


class Bench:
    """One problem set with the cases that were drawn last; folder: where its known slips lie."""

    def __init__(self, questions: Mapping[str, Question], folder: Path) -> None:
        self.questions, self.folder = questions, folder
        self.drawn: OrderedDict[tuple[str, bytes], list[Case]] = OrderedDict()

    def cases(self, name: str, seed: bytes) -> list[Case]:
        """The cases of a question that follow from a seed: those that are still here, or drawn again."""
        found = self.drawn.pop((name, seed), None)
        cases = draw(self.questions[name], seed) if found is None else found
        self.drawn[name, seed] = cases
        while len(self.drawn) > KEPT:
            self.drawn.popitem(last=False)
        return cases

    def inputs(self, name: str, seed: bytes) -> bytes:
        """What travels to the student's process."""
        return wire.encode([case.inputs for case in self.cases(name, seed)])

    def verdict(self, name: str, seed: bytes, record: bytes) -> bytes:
        """The verdict on a record, as JSON."""
        try:
            cases = self.cases(name, seed)
            found = named(judge_record(self.questions[name], cases, record), cases, record, self.folder, name)
        except Exception as error:
            found = not_graded(self.questions[name], f"The judge failed: {type(error).__name__}: {error}"[:500])
        return json.dumps(to_table(found), default=float).encode()


def limited(seconds: float, wall: float) -> None:
    """The kernel ends this process after so many seconds of processor or clock; 0 and 0 take the limits away."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wall)


def serve(channel: wire.Channel, bench: Bench) -> None:
    """Answer until the other side is gone or asks for nothing more."""
    while True:
        tag, payload = channel.recv(timeout=IDLE_SECONDS)
        asked = wire.decode(payload)
        name, seed = asked["question"], bytes.fromhex(asked["seed"])
        record = channel.recv(timeout=WALL_SECONDS)[1] if tag == b"J" else b""
        limited(CPU_SECONDS, WALL_SECONDS)
        try:
            answer = (b"V", bench.verdict(name, seed, record)) if tag == b"J" else (b"I", bench.inputs(name, seed))
        except Exception as error:
            answer = (b"E", f"{type(error).__name__}: {error}"[:500].encode())
        limited(0, 0)
        channel.send(*answer)


def main() -> None:
    """Load the set, say hello, serve."""
    descriptor, folder, assignment = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    for limit, value in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (value, value))
    channel = wire.Channel(socket.socket(fileno=descriptor))
    limited(CPU_SECONDS, WALL_SECONDS)
    problem_set = load_folder(folder, assignment)
    limited(0, 0)
    try:
        channel.send(b"H", problem_set.fingerprint.encode())
        serve(channel, Bench(problem_set.questions, problem_set.folder))
    except (wire.ChannelError, TimeoutError):
        return  # the grader has gone, or has nothing to ask any more


if __name__ == "__main__":
    main()
