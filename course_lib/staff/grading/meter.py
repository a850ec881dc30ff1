"""What one notebook's processes use, seen from outside, and their end when it is too much.

Everything that a notebook starts stays in its process namespace, whatever it does; the namespace's own /proc lists it.
Memory is the sum over all processes: first as an upper bound that is cheap to read, and above half of the limit with
shared pages counted once. Files in memory and sockets' buffers count too. (A memfd would not: walls.py forbids it.)
"""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Iterator
from functools import cache

from course_lib.staff.grading import walls

PERIOD = 0.05
MEMORY = 2560 * 1024**2
PROCESSES = walls.PROCESSES
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
TOO_MUCH_MEMORY = "It used more memory than a notebook may have and was stopped."
TOO_MANY_PROCESSES = "It started more processes than a notebook may have and was stopped."


class Meter:
    """Watches the namespace whose first process is ``pid`` (as seen here) in a thread of its own.

    memory: bytes for all processes together. stopped: why the meter ended it, or empty. peak: most bytes seen.
    """

    def __init__(self, pid: int, *, memory: int = MEMORY) -> None:
        self.memory = memory
        self.stopped = ""
        self.peak = 0
        self.pidfd = os.pidfd_open(pid)
        self._opened = contextlib.ExitStack()
        self._opened.callback(os.close, self.pidfd)
        try:
            root = f"/proc/{pid}/root"
            self.proc = self._open(f"{root}/proc")
            self.rooms = [self._open(root + place) for place in walls.ROOM]
        except BaseException:
            self._opened.close()
            raise
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def cpu(self) -> float:
        """CPU seconds of all processes so far, with those of ended children that somebody waited for."""
        return sum(map(self._cpu_of, self.processes()))

    def first_cpu(self) -> float:
        """CPU seconds of the first process and its ended children: one file is read."""
        return self._cpu_of("1")

    def processes(self) -> list[str]:
        """Numbers of the processes, as they are called inside."""
        try:
            return list(filter(str.isdigit, os.listdir(self.proc)))
        except OSError:  # the namespace has ended
            return []

    def others(self) -> bool:
        """Whether a process beside the first one still runs."""
        return any(self._state_of(process) not in "ZX" for process in self.processes() if process != "1")

    def signal(self, number: int) -> None:
        """Send a signal to the first process; one that has ended gets none."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, number)

    def alive(self, within: float = 0.0) -> bool:
        """Whether the first process, and so the namespace, has not ended yet and does not so within these seconds."""
        return not select.select([self.pidfd], [], [], within)[0]

    def end(self) -> None:
        """Kill everything and wait until it is gone."""
        self._ended.set()
        self.signal(signal.SIGKILL)
        self._thread.join()
        select.select([self.pidfd], [], [])
        self._opened.close()

    def _open(self, path: str) -> int:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._opened.callback(os.close, descriptor)
        return descriptor

    def _watch(self) -> None:
        while not self._ended.wait(PERIOD) and self.alive():
            self.stopped = self._judged()
            if self.stopped:
                self.signal(signal.SIGKILL)
                return

    def _judged(self) -> str:
        processes = self.processes()
        threads = sum(map(self._threads_of, processes)) if len(processes) > 1 else 1
        if threads > 2 * PROCESSES:
            return TOO_MANY_PROCESSES
        files = sum(self._files()) + _of_a_socket() * self._sockets()
        used = sum(map(self._resident, processes)) + files
        if used > self.memory / 2:
            used = sum(map(self._shared_fairly, processes)) + files
        self.peak = max(self.peak, used)
        return TOO_MUCH_MEMORY if used > self.memory else ""

    def _read(self, name: str) -> str:
        """A file of the namespace's /proc; empty when its process has ended, or does not let itself be read."""
        try:
            with open(os.open(name, os.O_RDONLY, dir_fd=self.proc), "rb") as file:
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def _cpu_of(self, process: str) -> float:
        fields = self._read(f"{process}/stat").rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:15]) / TICKS

    def _state_of(self, process: str) -> str:
        """Its letter in /proc; of one that has ended and gone, X."""
        fields = self._read(f"{process}/stat").rpartition(")")[2].split()
        return fields[0] if fields else "X"

    def _threads_of(self, process: str) -> int:
        fields = self._read(f"{process}/stat").rpartition(")")[2].split()
        return int(fields[17]) if len(fields) > 17 else 0

    def _resident(self, process: str) -> int:
        """What it holds, with the kernel's tables for it: they grow with every page that was only looked at."""
        return sum(self._bytes(f"{process}/status", "VmRSS:", "VmPTE:"))

    def _shared_fairly(self, process: str) -> int:
        fairly = self._bytes(f"{process}/smaps_rollup", "Pss:")
        return sum(fairly + self._bytes(f"{process}/status", "VmPTE:")) if fairly else self._resident(process)

    def _bytes(self, name: str, *wanted: str) -> list[int]:
        """The lines that begin so, which count kilobytes."""
        lines = self._read(name).splitlines()
        return [int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted)]

    def _files(self) -> Iterator[int]:
        for room in self.rooms:
            found = os.fstatvfs(room)
            yield (found.f_blocks - found.f_bfree) * found.f_frsize

    def _sockets(self) -> int:
        fields = self._read("1/net/sockstat").split()
        return int(fields[2]) if len(fields) > 2 else 0


@cache
def _of_a_socket() -> int:
    """Bytes that the buffer of one socket may hold, at what its owner may ask for: the kernel doubles it."""
    with open("/proc/sys/net/core/wmem_max", encoding="ascii") as file:
        return 2 * int(file.read())
