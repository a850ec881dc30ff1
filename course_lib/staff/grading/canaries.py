"""Measures what the walls hold, at each start: small pieces of code try what student code must not be able to do.

Each canary is a name, what is missing when it fails, and a proof: it runs behind the walls, in workers started as a
notebook's are, and what it says is compared with what this side has seen.
"""

import ast
import contextlib
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.staff.grading import sandbox, walls, watch
from course_lib.staff.grading.process import PREFIX, Worker, WorkerFailed
from course_lib.student.channel import ChannelError

SECONDS = 30.0
OUTPUT = 1_000_000
KNOWN = {"HOME", "IPYTHONDIR", "LANG", "MPLBACKEND", "MPLCONFIGDIR", "OMP_NUM_THREADS", "PWD", "PYTHONHASHSEED"}
KNOWN |= {"TMPDIR", "USER", "COURSE_CHANNEL", "COURSE_FOLDER"}
SMALL = 200 * 1024**2
# By name: what a report says when it fails, and whether student code could then reach beyond its own worker.
MEANING = {
    "file": ("student code can read files of this machine", True),
    "path socket": ("it can reach sockets of this machine's file system", True),
    "abstract socket": ("it can reach abstract sockets of this machine", True),
    "udp": ("it can send to the network (UDP)", True),
    "tcp": ("it can reach the network (TCP)", True),
    "other sockets": ("it can open sockets that leave a network namespace", True),
    "processes": ("it can see other processes of this machine", True),
    "kill": ("it can signal other processes of this machine", True),
    "planted file": ("one student's code can leave files for the next", True),
    "descriptors": ("it holds descriptors that are not its own", True),
    "environment": ("it sees the grader's environment", True),
    "memory": ("memory is not limited for all that a notebook starts", False),
    "number of processes": ("the number of processes is not limited", False),
    "system calls": ("system calls that no notebook needs are open to it", False),
}


@dataclass
class Outside:
    """What stands outside for the canaries to reach for."""

    file: Path
    path_socket: socket.socket
    abstract: socket.socket
    udp: socket.socket
    tcp: socket.socket
    word: str = field(default_factory=lambda: f"canary-{secrets.token_hex(8)}")

    def reached(self) -> set[str]:
        """Names of the listeners that somebody has reached."""
        found = set()
        for name, listener in (
            ("path socket", self.path_socket),
            ("abstract socket", self.abstract),
            ("tcp", self.tcp),
        ):
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                found.add(name)
        with contextlib.suppress(BlockingIOError):
            self.udp.recvfrom(100)
            found.add("udp")
        return found

    def addresses(self) -> dict[str, object]:
        """Where they are, for the code inside."""
        return {
            "file": str(self.file),
            "path socket": self.path_socket.getsockname(),
            "abstract socket": self.abstract.getsockname().decode(),
            "udp": self.udp.getsockname(),
            "tcp": self.tcp.getsockname(),
            "word": self.word,
        }


@contextlib.contextmanager
def outside() -> Iterator[Outside]:
    """A file, and listeners on this machine's loopback, in its file system and in its abstract names."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-")))
        folder.chmod(0o755)
        (folder / "file").write_text("readable by anybody")
        made = []
        for family, kind, address in (
            (socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")),
            (socket.AF_UNIX, socket.SOCK_STREAM, f"\0course-canary-{secrets.token_hex(8)}"),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        ):
            listener = stack.enter_context(socket.socket(family, kind))
            listener.bind(address)
            if kind == socket.SOCK_STREAM:
                listener.listen()
            listener.setblocking(False)
            made.append(listener)
        (folder / "socket").chmod(0o777)
        yield Outside(folder / "file", made[0], made[1], made[2], made[3])


REACH = """
def reach(a):
    import os, socket
    said = {}
    try:
        said["file"] = open(a["file"]).read()
    except OSError:
        pass
    for name, family, kind in (("path socket", 1, 1), ("abstract socket", 1, 1), ("tcp", 2, 1), ("udp", 2, 2)):
        try:
            with socket.socket(family, kind) as s:
                s.settimeout(2)
                s.connect(a[name])
                s.send(a["word"].encode())
                said[name] = "sent" if name != "udp" else ""
        except OSError:
            pass
    for family in (17, 38, 40):
        try:
            socket.socket(family, 3 if family == 17 else 5 if family == 38 else 1).close()
            said["other sockets"] = str(family)
        except OSError:
            pass
    said["pids"] = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    said["descriptors"] = sorted(int(name) for name in os.listdir("/proc/self/fd"))
    said["environment"] = sorted(os.environ)
    return said
"""
SIGNAL = """
def send_signal(pid):
    import os
    try:
        os.kill(pid, 0)
        return "reached"
    except OSError:
        return ""
"""
PLANT = """
def plant(word, tops):
    import os, sys
    done = []
    places = {*sys.path, sys.prefix} if "/" in tops else set()
    for top in tops:
        for folder, inner, _ in os.walk(top):
            places.add(folder)
            if folder.count("/") > 2 or folder.startswith(("/proc", "/sys")):
                inner.clear()
    for folder in places:
        try:
            with open(os.path.join(folder, word), "w") as file:
                file.write(word)
            done.append(folder)
        except OSError:
            pass
    return done
def seek(word, places):
    import os
    return [folder for folder in places if os.path.exists(os.path.join(folder, word))]
"""
CALLS = """
def call():
    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    numbers = NUMBERS
    open_ones = []
    for name, number in numbers.items():
        ctypes.set_errno(0)
        if libc.syscall(number, -1, -1, -1, -1, -1) != -1 or ctypes.get_errno() != 1:
            open_ones.append(name)
    return open_ones
"""
THREADS = """
def begin(limit):
    import _thread
    door = _thread.allocate_lock()
    door.acquire()
    made = 0
    try:
        while made < limit:
            _thread.start_new_thread(door.acquire, ())
            made += 1
    except RuntimeError:
        pass
    return made
"""
FILL = """
def fill(size):
    import time
    held = []
    while sum(map(len, held)) < size:
        held.append(bytearray(8_000_000))
        held[-1][::4096] = bytes(len(held[-1][::4096]))
        time.sleep(0.005)
    time.sleep(1)
    return "unhurt"
"""
TOPS = ("/", "/course", "/site", "/content", "/tmp", "/dev", "/home", "/etc", "/usr", "/var", "/run")
PROBED = ("memfd_create", "ptrace", "io_uring_setup", "unshare", "mount", "bpf", "keyctl", "userfaultfd", "shmget")


def failing(way: str) -> list[str]:
    """Names of the canaries that came through the walls; way: how workers are started, see `sandbox.WALLS`.

    Raises WorkerFailed when no worker comes up.
    """
    through: set[str] = set()
    with outside() as out:
        with _worker(way) as first, _worker(way) as second:
            told = _asks(first, REACH, "reach", out.addresses())
            through |= out.reached() | {name for name in ("file", "tcp", "other sockets") if told.get(name)}
            through |= _seen(told)
            if _asks(first, SIGNAL, "send_signal", second.pid):
                through.add("kill")
            planted = _asks(first, PLANT, "plant", out.word, TOPS)
            calls = CALLS.replace("NUMBERS", repr({name: walls.DENIED[name] for name in PROBED}))
            if not planted or _asks(second, PLANT, "seek", out.word, planted):
                through.add("planted file")
            if _asks(second, calls, "call"):
                through.add("system calls")
        with _worker(way) as third:
            if _asks(third, PLANT, "seek", out.word, planted):
                through.add("planted file")
            if _asks(third, THREADS, "begin", walls.PROCESSES + 8) > walls.PROCESSES:
                through.add("number of processes")
    if not _is_stopped(way):
        through.add("memory")
    return [name for name in MEANING if name in through]


def _seen(told: dict[str, Any]) -> set[str]:
    """What a worker sees of processes, descriptors and environment beyond its own."""
    found = set()
    if told["pids"] != [1]:
        found.add("processes")
    if set(told["descriptors"]) - {0, 1, 2, walls.CHANNEL, walls.CHANNEL + 1}:  # the last one reads this very list
        found.add("descriptors")
    if set(told["environment"]) - KNOWN:
        found.add("environment")
    return found


def _is_stopped(way: str) -> bool:
    """Whether a worker that takes three times the memory it may have is stopped, by the meter."""
    with _worker(way, memory=SMALL) as worker:
        try:
            _asks(worker, FILL, "fill", 3 * SMALL)
        except WorkerFailed:
            return bool(worker.stopped)
    return False


@contextlib.contextmanager
def _worker(way: str, **limits: int) -> Iterator[sandbox.Walled | Worker]:
    made = sandbox.start(way, (), "", output_limit=OUTPUT, **limits)
    try:
        yield made
    finally:
        made.close()


def _asks(worker: sandbox.Walled | Worker, source: str, function: str, *arguments: Any) -> Any:
    """What a function of the source returns, called in the worker."""
    call = f"print(repr({function}(*{arguments!r})))"
    try:
        worker.channel.send(b"X", b"=" * watch.MARK + f"{source}\n{call}".encode(), timeout=SECONDS)
        text, tag = b"", b""
        while tag != b"D":
            tag, data = worker.channel.recv(timeout=SECONDS)
            text += data if tag == b"O" else b""
        return ast.literal_eval(text.decode("utf-8", "replace"))
    except (ChannelError, TimeoutError, ValueError, SyntaxError) as error:
        raise WorkerFailed(f"A canary did not come back: {error}") from error
