"""Workers behind walls, from the grader's side: a view for a class, kept as long as this process, a fork a notebook.

A view is known by what its set leaves open and by the kind of notebook it is prepared for. A worker says hello over its
channel; the kernel says with that message which process it is; and only when that process is watched it is told to go.
"""

import atexit
import contextlib
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

from course_lib.staff.grading import bubble, meter, view
from course_lib.staff.grading.process import ENDING_SECONDS, FRAME_LIMIT, HELLO_SECONDS, PREFIX, Worker, WorkerFailed
from course_lib.student.channel import HEADER, Channel, ChannelError

WALLS = ("forked", "cold", "none")
START_SECONDS = 180.0
MOMENT = 0.1
CREDENTIALS = struct.Struct("iII")
HEAVY = re.compile(r"\b(?:torch|scipy|sklearn)\b")


class View:
    """One bubblewrap view with its fork server.

    kind: "plain", or "torch" for notebooks that use what takes seconds to load.
    Raises `bubble.NoWall` where there is none to be had.
    """

    def __init__(self, open_modules: Iterable[str] = (), kind: str = "plain") -> None:
        self._turn = threading.Lock()
        self._ready = False
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.started = Started(open_modules, [view.SERVER.name, str(theirs.fileno()), kind], theirs)

    def worker(self, *, output_limit: int, memory: int = meter.MEMORY) -> "Walled":
        """A fresh worker, see `Walled`; raises WorkerFailed when there is none: ours, never the student's fault."""
        ours, theirs = channel_pair()
        try:
            with self._turn, theirs:
                self._wait_until_ready()
                socket.send_fds(self.control, [b"fork"], [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise WorkerFailed(f"The view of this class has ended: {error} {self.started.last_words()}") from error
        return Walled(ours, output_limit=output_limit, memory=memory, server=self)

    def alive(self) -> bool:
        """Whether its server still runs."""
        return self.started.process.poll() is None and not (self._ready and self.ends(0.0))

    def ends(self, within: float = MOMENT) -> bool:
        """Whether its server has ended, or does so now: its workers may end a moment before it."""
        return bool(select.select([self.control], [], [], within)[0])

    def close(self) -> None:
        """End the server, and with it every worker that still runs."""
        self.control.close()
        self.started.close()

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        self.control.settimeout(START_SECONDS)
        with contextlib.suppress(OSError):
            self._ready = self.control.recv(64) == b"ready"
        if not self._ready:
            raise WorkerFailed(f"The view of this class did not start: {self.started.last_words()}")
        self.control.settimeout(None)


class Walled:
    """One notebook's worker behind walls: its channel, and the meter that watches its processes.

    output_limit: bytes that it may send in all; memory: bytes that its processes may hold together; server: the view
    that it was forked in; own: the view that it alone is in.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        output_limit: int,
        memory: int,
        server: View | None = None,
        own: "Started | None" = None,
    ) -> None:
        self.server = server
        self.own = own
        self.others = 0.0
        self.channel = Channel(sock, frame_limit=FRAME_LIMIT, total_limit=output_limit)
        try:
            self.pid = sender(sock)
            tag, data = self.channel.recv(timeout=HELLO_SECONDS)
            if tag != b"H":
                raise WorkerFailed(f"The worker did not say hello: {data[:400].decode('utf-8', 'replace')}")
            self.meter = meter.Meter(self.pid, memory=memory)
            try:
                self.channel.send(b"G", timeout=HELLO_SECONDS)
            except ChannelError:
                self.meter.end()
                raise
        except (OSError, TimeoutError, ChannelError) as error:
            words = f"The worker did not start: {error} {own.last_words() if own else ''}"
            self._give_up()
            raise WorkerFailed(words) from error
        except BaseException:
            self._give_up()
            raise

    @property
    def stopped(self) -> str:
        """Why the meter ended it; empty when it did not."""
        return self.meter.stopped

    def lost(self) -> bool:
        """Whether it ended because something of ours did."""
        return self.server is not None and not self.stopped and self.server.ends()

    def killed(self) -> bool:
        """Whether it has ended, and not by the meter: by what is not to be known from here."""
        return not self.stopped and not self.meter.alive(ENDING_SECONDS)

    def cpu(self) -> float:
        """CPU seconds of all its processes so far."""
        total, own = self.meter.cpu(), self.meter.first_cpu()
        self.others = max(0.0, total - own)
        return total

    def cpu_before(self) -> float:
        """As `cpu`, before a cell: one file is read; what its other processes used is taken from the last look."""
        return self.meter.first_cpu() + self.others

    def others_run(self) -> bool:
        """Whether something that it started still runs."""
        return self.meter.others()

    def interrupt(self) -> None:
        """What the interrupt button of a notebook does."""
        self.meter.signal(signal.SIGINT)

    def close(self) -> None:
        """End it with all that it started."""
        self.meter.end()
        self._give_up()

    def _give_up(self) -> None:
        self.channel.close()
        if self.own is not None:
            self.own.close()


class Own:
    """A view for one notebook, without a server: the same worker, started by exec."""

    def __init__(self, open_modules: Iterable[str] = ()) -> None:
        self.open_modules = tuple(open_modules)

    def worker(self, *, output_limit: int, memory: int = meter.MEMORY) -> Walled:
        """A fresh worker; as `View.worker`."""
        ours, theirs = channel_pair()
        with theirs:
            program = [f"library/{view.WORKER.name}", "view", str(theirs.fileno())]
            made = Started(self.open_modules, program, theirs, own=True)
        return Walled(ours, output_limit=output_limit, memory=memory, own=made)


# ------------------------------------------------------------------------------------------------------ starting a view


class Started:
    """A process in a view of its own: empty environment, one descriptor, nothing of the terminal.

    Raises `bubble.NoWall` where there is none to be had.
    """

    def __init__(
        self, open_modules: Iterable[str], program: list[str], inherited: socket.socket, *, own: bool = False
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        try:
            shown = self.folder / "course"
            view.build_view(shown, open_modules)
            for path in [shown, *shown.rglob("*")]:  # whoever runs the view must be able to read it
                path.chmod(0o755 if path.is_dir() else 0o644)
            with open(self.folder / "log", "wb") as log:
                self.process = subprocess.Popen(
                    bubble.command(shown, program, own=own),
                    cwd="/",
                    env={},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(inherited.fileno(),),
                    start_new_session=True,
                )
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def last_words(self) -> str:
        """What it said on its standard error: ours, since notebooks have none."""
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(errors="replace").strip()[-400:]
        return ""

    def close(self) -> None:
        """Wait for its end, which is near, or bring it about; and remove its folder."""
        try:
            self.process.wait(5.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def channel_pair() -> tuple[socket.socket, socket.socket]:
    """Ours, which will be told who sends, and the worker's."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


def sender(sock: socket.socket) -> int:
    """The process that sent what is to be read next, by the kernel's word; nothing is read.

    Raises OSError when nothing came, or from a process that cannot be seen from here.
    """
    sock.settimeout(HELLO_SECONDS)
    _, ancillary, _, _ = sock.recvmsg(HEADER.size, socket.CMSG_SPACE(CREDENTIALS.size), socket.MSG_PEEK)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid: int = CREDENTIALS.unpack(content)[0]
            if pid:
                return pid
    raise OSError("it ended before it said hello")


# ------------------------------------------------------------------------------------------------------------- keeping

_VIEWS: dict[tuple[tuple[str, ...], str], View] = {}
_KEEPING = threading.Lock()


def start(
    walls: str, open_modules: Iterable[str], source: str, *, output_limit: int, memory: int = meter.MEMORY
) -> Worker | Walled:
    """A worker for a notebook.

    walls: "forked" from the server of its class, "cold" in a view of its own, or "none"; source: the notebook's text.
    Raises WorkerFailed when there is none: ours, never the student's fault.
    """
    if walls == "none":
        return Worker(open_modules, output_limit=output_limit)
    try:
        if walls == "cold":
            return Own(open_modules).worker(output_limit=output_limit, memory=memory)
        return shared(open_modules, source).worker(output_limit=output_limit, memory=memory)
    except bubble.NoWall as error:
        raise WorkerFailed(str(error)) from error


def shared(open_modules: Iterable[str], source: str) -> View:
    """The view for notebooks with these open modules and this text; it is kept for the next one."""
    key = (tuple(open_modules), "torch" if HEAVY.search(source) else "plain")
    with _KEEPING:
        found = _VIEWS.get(key)
        if found is not None and not found.alive():
            _VIEWS.pop(key).close()
            found = None
        if found is None:
            found = _VIEWS[key] = View(*key)
        return found


def stands() -> bool:
    """Whether the plain view, in which the walls are measured, was not given up since."""
    with _KEEPING:
        found = _VIEWS.get(((), "plain"))
        return found is None or found.alive()


@atexit.register
def close_all() -> None:
    """End every view that was kept."""
    with _KEEPING:
        while _VIEWS:
            _VIEWS.popitem()[1].close()
