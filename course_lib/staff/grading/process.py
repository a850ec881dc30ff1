"""One worker without walls as a process: start it, see what it uses, stop it and all that it started.

Only processes that were started here are ever signalled: the worker's own session and its descendants.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from course_lib.staff.grading.view import build_view, command, environment
from course_lib.student.channel import Channel, ChannelError

HELLO_SECONDS = 120.0
PREFIX = "course-worker-"
FRAME_LIMIT = 72 * 1024 * 1024
ENDING_SECONDS = 0.5
FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP}
TICKS = os.sysconf("SC_CLK_TCK")


class WorkerFailed(RuntimeError):
    """A worker that did not come up, or that something of ours ended: never the student's fault."""


@dataclass(frozen=True)
class Status:
    """One line of /proc: parent, session and CPU seconds (its own and those of its ended children).

    ended: it runs no more, and its parent has not asked after it yet.
    """

    pid: int
    parent: int
    session: int
    cpu: float
    ended: bool


def processes() -> Iterator[Status]:
    """Every process that can be seen."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        status = status_of(int(name))
        if status is not None:
            yield status


def status_of(pid: int) -> Status | None:
    """One process, or None when there is none (any more)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()
    cpu = sum(int(field) for field in fields[11:15]) / TICKS
    return Status(pid, int(fields[1]), int(fields[3]), cpu, fields[0] in "ZX")


def sweep() -> None:
    """Remove the folders of workers and canaries whose grader was killed; the workers themselves died with it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        grader = folder.name.removeprefix(PREFIX).split("-")[0]
        if grader.isdigit() and not Path(f"/proc/{grader}").exists() and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


def _environment_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # another user's, or just ended
        return b""


class Worker:
    """A worker with its channel and its temporary folder; nothing but its limits keeps it from anything.

    output_limit: bytes that it may send in all.
    """

    stopped = ""

    def __init__(self, open_modules: Iterable[str] = (), *, output_limit: int) -> None:
        self.others = 0.0
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        try:
            script = build_view(self.folder, open_modules)
            (self.folder / "home").mkdir()
            ours, theirs = socket.socketpair()
            with theirs:
                self.process = self._start(script, theirs.fileno())
            self.channel = Channel(ours, frame_limit=FRAME_LIMIT, total_limit=output_limit)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        try:
            tag, data = self.channel.recv(timeout=HELLO_SECONDS)
            if tag == b"H":
                self.channel.send(b"G", timeout=HELLO_SECONDS)
        except (ChannelError, TimeoutError) as error:
            said = self._last_words()
            self.close()
            raise WorkerFailed(f"The worker did not start: {error} {said}") from error
        if tag != b"H":
            self.close()
            raise WorkerFailed(f"The worker did not say hello: {data[:400].decode('utf-8', 'replace')}")

    def lost(self) -> bool:
        """Whether it ended because something of ours did: nothing of ours stands between."""
        return False

    @property
    def pid(self) -> int:
        return self.process.pid

    def tree(self) -> list[Status]:
        """The worker, its session and all descendants that can still be traced to it."""
        seen = list(processes())
        mine = {self.pid}
        while True:
            more = {s.pid for s in seen if s.pid not in mine and (s.parent in mine or s.session == self.pid)}
            if not more:
                return [s for s in seen if s.pid in mine]
            mine |= more

    def orphans(self) -> list[Status]:
        """Descendants whose parents have gone: known by this worker's folder in their environment."""
        mark = os.fsencode(self.folder)
        return [status for status in processes() if mark in _environment_of(status.pid)]

    def cpu(self) -> float:
        """CPU seconds of the tree so far."""
        tree = self.tree()
        self.others = sum(status.cpu for status in tree if status.pid != self.pid)
        return sum(status.cpu for status in tree)

    def cpu_before(self) -> float:
        """As `cpu`, before a cell: one file is read; what its descendants used is taken from the last look."""
        own = status_of(self.pid)
        return self.others + (own.cpu if own else 0.0)

    def killed(self) -> bool:
        """Whether it was ended by a signal that a person or a machine without memory sends, and the code itself may."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(ENDING_SECONDS) in FROM_OUTSIDE
        return False

    def others_run(self) -> bool:
        """Whether something that it started still runs."""
        return any(s.pid != self.pid and not s.ended for s in [*self.tree(), *self.orphans()])

    def interrupt(self) -> None:
        """What the interrupt button of a notebook does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """Stop the worker with all that it started, and remove its folder."""
        for _ in range(50):  # a process may be starting another while the list is read
            alive = [status for status in [*self.tree(), *self.orphans()] if not status.ended]
            if not alive:
                break
            for status in alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(status.pid, signal.SIGKILL)
            time.sleep(0.01)
        self.process.wait()
        self.channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, script: Path, descriptor: int) -> subprocess.Popen[bytes]:
        with open(self.folder / "start.log", "wb") as log:
            return subprocess.Popen(
                command(script),
                cwd=self.folder / "home",
                env=environment(self.folder, descriptor),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(descriptor,),
                start_new_session=True,
            )

    def _last_words(self) -> str:
        try:
            return (self.folder / "start.log").read_text(errors="replace").strip()[-400:]
        except OSError:
            return ""
