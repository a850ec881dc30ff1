"""The grader's side of the judge: one process for a class, started again when it dies, so that speed is kept.

What a student's process sent is looked into there and nowhere else. A judge that dies or takes too long costs that
question its verdict ("not graded"), and nobody a point.
"""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

import course_lib
from course_lib.staff.grading.judge import Verdict, from_table, not_graded
from course_lib.staff.grading.judge_server import WALL_SECONDS
from course_lib.staff.grading.sets import ProblemSet, judged_as, of_version
from course_lib.student import wire
from course_lib.validation import CourseError

START_SECONDS = 120.0
ANSWER_LIMIT = 80 * 1024 * 1024
TRIES = 2
WHY = {
    -signal.SIGPROF: "it took too much processor time",
    -signal.SIGALRM: "it took too long",
    -signal.SIGKILL: "it was killed",
    -signal.SIGSEGV: "it crashed",
}


class JudgeFailed(RuntimeError):
    """The judge's process gave no answer: ours, never the student's fault."""


class Judge:
    """Draws and judges for one problem set, in a process of its own.

    Use it from one thread, and close it, or use it in a ``with``.
    """

    def __init__(self, problem_set: ProblemSet) -> None:
        self.problem_set = problem_set
        self.process: subprocess.Popen[bytes] | None = None
        self.channel: wire.Channel | None = None
        self._said = tempfile.TemporaryFile()

    def __enter__(self) -> "Judge":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def draw(self, question: str, seed: bytes) -> bytes:
        """The inputs of a question's cases, as the wire has them.

        Raises JudgeFailed, with what went wrong in words.
        """
        tag, data = self._ask((b"D", _request(question, seed)))
        if tag != b"I":
            raise JudgeFailed(data.decode("utf-8", "replace"))
        return data

    def judge(self, question: str, seed: bytes, record: bytes) -> Verdict:
        """The verdict on a record; "not_graded" when the judge fails."""
        try:
            tag, data = self._ask((b"J", _request(question, seed)), (b"R", record))
            if tag == b"V":
                return from_table(json.loads(data))
            said = data.decode("utf-8", "replace")
        except JudgeFailed as error:
            said = str(error)
        return not_graded(self.problem_set.questions[question], f"The judge failed: {said}")

    def close(self) -> None:
        """End the process."""
        self._stop()
        self._said.close()

    def _ask(self, *frames: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        """The answer to a request; a judge that died of something else is given one more try."""
        reason = ""
        for _ in range(TRIES):
            channel = self._running()
            try:
                for frame in frames:
                    channel.send(*frame, timeout=WALL_SECONDS)
                return channel.recv(timeout=WALL_SECONDS + START_SECONDS)
            except (wire.ChannelError, TimeoutError):
                code = self._stop(gone=True)
                reason = WHY.get(code, f"it ended with {code}")
                if code in (-signal.SIGPROF, -signal.SIGALRM):
                    break
        raise JudgeFailed(reason)

    def _running(self) -> wire.Channel:
        if self.channel is not None and self.process is not None and self.process.poll() is None:
            return self.channel
        self._stop()
        return self._start()

    def _start(self) -> wire.Channel:
        ours, theirs = socket.socketpair()
        self._said.seek(0)
        self._said.truncate()
        with theirs:
            self.process = subprocess.Popen(
                _command(theirs.fileno(), self.problem_set),
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                pass_fds=(theirs.fileno(),),
            )
        self.channel = wire.Channel(ours, frame_limit=ANSWER_LIMIT)
        try:
            fingerprint = self.channel.recv(timeout=START_SECONDS)[1].decode()
        except (wire.ChannelError, TimeoutError) as error:
            self._stop(gone=True)
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace").strip()[-400:]
            raise JudgeFailed(f"it did not start: {said or error}") from error
        if fingerprint != self.problem_set.fingerprint:
            self._stop()
            raise CourseError(
                f"Wanted the questions of {self.problem_set.name} as they were when this run began, got others. "
                "Do not edit them while it grades; run it again."
            )
        return self.channel

    def _stop(self, *, gone: bool = False) -> int:
        """End the process; its return code. gone: it is ending by itself, and its code says why."""
        code = 0
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                if gone:
                    self.process.wait(2.0)
            self.process.kill()
            code = self.process.wait()
        if self.channel is not None:
            self.channel.close()
        self.process = self.channel = None
        return code


class Judges:
    """A judge for each version of a set that somebody handed in; use it in a ``with``."""

    def __init__(self, problem_set: ProblemSet) -> None:
        self.problem_set = problem_set
        self._known: dict[int, Judge] = {}

    def __enter__(self) -> "Judges":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for judge in self._known.values():
            judge.close()

    def of(self, version: int) -> Judge:
        """The judge for notebooks of a version; its set is the one by whose rules they are judged."""
        rules = judged_as(self.problem_set, version)
        if rules not in self._known:
            self._known[rules] = Judge(of_version(self.problem_set, rules))
        return self._known[rules]


_SHARED: dict[Path, Judge] = {}


def shared(problem_set: ProblemSet) -> Judge:
    """A judge that is kept for the next notebook: nbgrader makes its preprocessors anew for each."""
    found = _SHARED.get(problem_set.folder)
    if found is None or found.problem_set.fingerprint != problem_set.fingerprint:
        if found is None:
            atexit.register(lambda: _SHARED.pop(problem_set.folder).close())
        else:
            found.close()
        found = _SHARED[problem_set.folder] = Judge(problem_set)
    return found


def _request(question: str, seed: bytes) -> bytes:
    return wire.encode({"question": question, "seed": seed.hex()})


def _command(descriptor: int, problem_set: ProblemSet) -> list[str]:
    module, where = "course_lib.staff.grading.judge_server", (str(problem_set.folder), problem_set.name)
    return [sys.executable, "-P", "-s", "-B", "-X", "utf8", "-m", module, str(descriptor), *where]


def _environment() -> dict[str, str]:
    """All that the judge's environment holds; no secret of the grader's."""
    library = str(Path(course_lib.__file__).resolve().parent.parent)
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONPATH": library, **kept}
