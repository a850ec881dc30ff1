"""What lies outside of the walls: baits, listeners, a bystander; and what became of them.

Everything stands on this machine alone, in a folder that any user may enter and change: what protects it must be the
walls, not the rights of a file.
"""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "COURSE_TEST_PASSWORD"


class Outside:
    """A folder with a bait, places to leave marks in, listeners on loopback, and a process that wants to live.

    heard: what reached the listeners; words: what an entry writes as ``@NAME@``.
    """

    def __init__(self, folder: Path, *, memory: int) -> None:
        self.folder = folder
        self.heard: list[bytes] = []
        self._sockets: list[socket.socket] = []
        self.secret = secrets.token_hex(8)
        self.left = f"left-{secrets.token_hex(8)}"
        for path in (folder, folder / "marks", folder / "course"):
            path.mkdir(exist_ok=True)
            path.chmod(0o777)
        (folder / "bait").write_text(self.secret)
        (folder / "bait").chmod(0o666)
        tcp = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        udp = self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.secret}")
        self.bystander = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(3600)"])
        self.words = {
            "TCP": str(tcp),
            "UDP": str(udp),
            "PATH": str(folder / "socket"),
            "ABSTRACT": self.secret,
            "ROOT": str(folder / "course"),
            "MARKS": str(folder / "marks"),
            "BAIT": str(folder / "bait"),
            "GRADER": str(os.getpid()),
            "BYSTANDER": str(self.bystander.pid),
            "SECRET": self.secret,
            "LEFT": self.left,
            "MEMORY": str(memory),
        }

    def _listen(self, family: int, kind: int, address: object) -> int:
        """Listen there until the end; the port."""
        made = socket.socket(family, kind)
        made.bind(address)
        if kind == socket.SOCK_STREAM:
            made.listen(16)
        self._sockets.append(made)
        threading.Thread(target=self._hear, args=(made, kind), daemon=True).start()
        name = made.getsockname()
        return name[1] if family == socket.AF_INET else 0

    def _hear(self, made: socket.socket, kind: int) -> None:
        with contextlib.suppress(OSError):
            while True:
                if kind == socket.SOCK_DGRAM:
                    data, whose = made.recvfrom(1000)
                    if whose is None:  # shut down
                        return
                    made.sendto(b"heard", whose)
                    self.heard.append(data)
                else:
                    other, _ = made.accept()
                    self.heard.append(b"somebody connected")
                    other.close()

    def touched(self) -> list[str]:
        """What should not have happened, in words; empty when nothing has."""
        found = [f"heard {data!r}" for data in self.heard]
        found += [f"made {path}" for path in (self.folder / "marks").rglob("*")]
        if (self.folder / "bait").read_text() != self.secret:
            found.append("changed the bait")
        if self.bystander.poll() is not None:
            found.append("ended the bystander")
        return found + [f"left process {pid}" for pid in self.left_behind()]

    def left_behind(self) -> list[int]:
        """Processes that bear the mark of those that were to live on."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if self.left.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(int(pid))
        return found

    def close(self) -> None:
        """End the listeners, the bystander and whatever was left."""
        for pid in self.left_behind():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.bystander.kill()
        self.bystander.wait()
        for made in self._sockets:
            with contextlib.suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)
            made.close()


@contextlib.contextmanager
def outside(*, memory: int) -> Iterator[Outside]:
    """Set everything out, with a password in this process's environment, and clear it away at the end.

    memory: bytes that no notebook may have.
    """
    with tempfile.TemporaryDirectory(prefix="course-outside-", ignore_cleanup_errors=True) as folder:
        made = Outside(Path(folder), memory=memory)
        os.environ[VARIABLE] = made.secret
        try:
            yield made
        finally:
            del os.environ[VARIABLE]
            made.close()
