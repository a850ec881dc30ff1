"""The worker: an IPython shell that runs one notebook, cell by cell, over one channel.

It is forked from a server that has everything in memory (server.py), or started by exec as a script of its own; either
way with an empty environment and nothing but a view of the library on its path (see view.py). Frames that it reads:
``G`` go; ``X`` a cell's source; ``P`` a probe, with the question's name and its function's; these two begin with a
mark. Frames that it writes: ``H`` hello; ``O`` text that a cell put out; ``D`` a cell is done, with ``{"ok", "error",
"rest", "mark"}``; and, through `course_lib.student.probe`, the question ``Q`` and the record ``R``.

What runs here belongs to the student: nothing in this file protects anything (walls.py does). It only keeps honest
work alive.
"""

import os
import sys

if __name__ == "__main__":  # before any other import: the path is empty of packages until now
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    sys.path.extend(os.environ.pop("COURSE_SITE").split(":"))

import ast
import contextlib
import ctypes
import resource
import shutil
import signal
import socket
from typing import Any

import stand_ins
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from course_lib.student.channel import Channel

HERE = os.path.dirname(os.path.abspath(__file__))
CHANNEL = 3
FOLDER = "/content"
PR_SET_PDEATHSIG = 1
MARK = 16  # first bytes of a cell's frame, given back when it is done
CELL_OUTPUT = 200_000
PIECE = 16_000
MEMORY = 6 * 1024**3
PROCESSES = 128
FILE_SIZE = 256 * 1024**2
CPU_SECONDS = 1800
SILENT = {
    "line": "matplotlib pylab pip conda mamba uv cd gui tensorflow_version load_ext",
    "cell": "bash sh script html HTML javascript js svg latex shell perl ruby",
}
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Text:
    """Stands for stdout and stderr: sends what is written, up to a cap for each cell."""

    encoding = "utf-8"
    errors = "replace"
    name = "<output>"

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.left = CELL_OUTPUT
        self.owner = os.getpid()

    def write(self, text: str) -> int:
        data = str(text).encode("utf-8", "replace")
        if os.getpid() == self.owner:  # a child process must not write between the frames of its parent
            kept, self.left = data[: self.left], max(0, self.left - len(data))
            for start in range(0, len(kept), PIECE):
                self.channel.send(b"O", kept[start : start + PIECE])
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Everything has gone out already."""

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    @property
    def closed(self) -> bool:
        return False

    def close(self) -> None:
        """A notebook's output cannot be closed."""


def settle() -> None:
    """What can be done without walls: the channel becomes descriptor 3, nothing follows; limits, folder, signals."""
    number = int(os.environ["COURSE_CHANNEL"])
    if number != CHANNEL:
        os.dup2(number, CHANNEL)
    os.closerange(CHANNEL + 1, 4096)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    os.environ["COURSE_CHANNEL"] = str(CHANNEL)
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_NPROC, PROCESSES + threads_of_this_user()),
    ):
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
    os.chdir(os.environ["HOME"])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no notebook runs on without its grader


def threads_of_this_user() -> int:
    """Threads that run under this user id now: the kernel's limit counts them too."""
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:  # it has just ended
            continue
    return count


class Shell(InteractiveShell):
    """An IPython shell without terminal, shell commands and screens."""

    def system(self, *args: Any, **kwargs: Any) -> None:
        """Commands are not run."""

    system_raw = system_piped = system

    def getoutput(self, *args: Any, **kwargs: Any) -> list[str]:
        """Commands are not run and say nothing."""
        return []

    def enable_gui(self, *args: Any, **kwargs: Any) -> None:
        """Figures go nowhere: the backend stays Agg."""

    def enable_matplotlib(self, *args: Any, **kwargs: Any) -> tuple[None, str]:
        """Figures go nowhere: the backend stays Agg."""
        return None, "agg"

    def enable_pylab(self, *args: Any, **kwargs: Any) -> None:
        """Figures go nowhere, and no name is imported in bulk."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        print(self.InteractiveTB.stb2text(stb))


def make_shell() -> Shell:
    """The shell, without history and colours; magics that reach outside do nothing."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.xmode = "Plain"
    config.InteractiveShell.autocall = 0
    shell = Shell.instance(config=config)
    for kind, names in SILENT.items():
        for name in names.split():
            shell.magics_manager.register_function(lambda *args, **kwargs: None, magic_kind=kind, magic_name=name)
    return shell


def run_cell(shell: Any, source: str) -> dict[str, Any]:
    """Run one cell; when it fails, run what is left of it too, imports and definitions first.

    A figure that cannot be shown must not cost the function defined below it.
    """
    result = shell.run_cell(source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    rest = 0
    if result.error_in_exec is not None and not isinstance(error, KeyboardInterrupt):
        rest = run_rest(shell, source, error)
    return {"ok": error is None, "error": "" if error is None else type(error).__name__, "rest": rest}


def run_rest(shell: Any, source: str, error: BaseException) -> int:
    """Run the top-level statements that follow the failed one; how many of them ran."""
    try:
        statements = ast.parse(shell.transform_cell(source)).body
    except SyntaxError:
        return 0
    failed = failing_line(error, shell)
    left = [node for node in statements if node.lineno > failed]
    left.sort(key=lambda node: not isinstance(node, DEFINITIONS))
    done = 0
    for node in left:
        try:
            exec(compile(ast.Module([node], []), "<rest of the cell>", "exec"), shell.user_ns)
            done += 1
        except Exception as problem:
            print(f"{type(problem).__name__}: {problem}")
    return done


def failing_line(error: BaseException, shell: Any) -> int:
    """Line of the cell's own code at which the exception passed; 0 when it has none."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "<module>" and trace.tb_frame.f_globals is shell.user_ns:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def run_probe(shell: Any, request: dict[str, str]) -> dict[str, Any]:
    """Call probe on the function that bears the question's name now, whatever the notebook calls `probe`."""
    from course_lib.student.probe import probe

    function = shell.user_ns.get(request["function"])
    if not callable(function):
        return {"ok": False, "error": "NameError" if function is None else "TypeError", "rest": 0}
    probe(request["question"], function)
    return {"ok": True, "error": "", "rest": 0}


def prepare() -> Shell:
    """All that comes before the first cell, and takes its time."""
    fonts, wanted = os.path.join(HERE, "fonts"), os.environ["MPLCONFIGDIR"]
    if os.path.isdir(fonts):
        shutil.copytree(fonts, wanted, dirs_exist_ok=True)
    stand_ins.install()
    return make_shell()


def serve(shell: Shell) -> None:
    """Say hello, wait for go; then read a frame, run it, say that it is done, until the other side is gone."""
    from course_lib.student import wire
    from course_lib.student.probe import seed

    channel = wire.channel()
    if channel is None:
        raise RuntimeError("Wanted a channel to the grader, got none. This script is started by the grader alone.")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    text = Text(channel)
    for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
        setattr(sys, name, text)
    channel.send(b"H")
    channel.recv()  # go: whoever watches this process has it in view
    while True:
        tag, payload = channel.recv()
        if tag not in (b"X", b"P"):  # an answer to what the notebook asked for itself
            continue
        mark, payload = payload[:MARK], payload[MARK:]
        text.left = CELL_OUTPUT
        sys.__dict__.update(stdout=text, stderr=text)  # a cell may have put others there
        try:
            seed()
            if tag == b"P":
                done = run_probe(shell, wire.decode(payload))
            else:
                done = run_cell(shell, payload.decode())
            if "matplotlib.pyplot" in sys.modules:
                sys.modules["matplotlib.pyplot"].close("all")
        except BaseException as error:  # an interrupt that came late, an exit that was not caught
            done = {"ok": False, "error": type(error).__name__, "rest": 0}
        channel.send(b"D", wire.encode({**done, "mark": mark.decode()}))


def settle_in_view(descriptor: int) -> None:
    """In a view of its own this process needs the second half of the wall only."""
    import walls

    walls.only_these(descriptor)
    os.environ["COURSE_CHANNEL"] = str(CHANNEL)
    walls.finish()


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["view"]:
            settle_in_view(int(sys.argv[2]))
        else:
            settle()
        serve(prepare())
    except Exception as error:  # before the hello this is what the grader is told; later nobody listens
        with contextlib.suppress(OSError):
            Channel(socket.socket(fileno=CHANNEL)).send(b"E", f"{type(error).__name__}: {error}".encode()[:400])
    finally:
        os._exit(0)
