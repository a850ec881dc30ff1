"""The worker: an IPython shell that runs one notebook, cell by cell, over one channel.

It is started by exec as a script of its own, with an empty environment and nothing but a view of the library on its
path (see view.py). Frames that it reads: ``X`` a cell's source; ``P`` a probe, with the question's name and its
function's. Frames that it writes: ``H`` hello; ``O`` text that a cell put out; ``D`` a cell is done,
with ``{"ok", "error", "rest"}``; and, through `course_lib.student.probe`, the question ``Q`` and the record ``R``.

What runs here belongs to the student: nothing in this file protects anything. It only keeps honest work alive.
"""

import os
import sys

if __name__ == "__main__":  # before any other import: the path is empty of packages until now
    sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "library"))
    sys.path.extend(os.environ.pop("COURSE_SITE").split(":"))

import ast
import builtins
import ctypes
import importlib.abc
import random
import resource
import signal
import types
from typing import Any

CHANNEL = 3
PR_SET_PDEATHSIG = 1
CELL_OUTPUT = 200_000
PIECE = 16_000
MEMORY = 6 * 1024**3
PROCESSES = 128
FILE_SIZE = 256 * 1024**2
CPU_SECONDS = 1800
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


class Closed(importlib.abc.MetaPathFinder):
    """Says why a part of the library is missing, instead of a bare "no module"."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.startswith("course_lib.") and name.count(".") == 1:
            raise ModuleNotFoundError(
                f"{name} is not available in this problem set: a question asks you to write what it does.", name=name
            )


class Nothing:
    """Answers every call and attribute with itself: google.colab outside Colab."""

    def __call__(self, *args: Any, **kwargs: Any) -> "Nothing":
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __iter__(self) -> Any:
        return iter(())


def colab() -> types.ModuleType:
    """A google.colab whose parts do nothing: mounting a drive costs no cell."""
    package = types.ModuleType("google.colab")
    package.__path__ = []
    for part in ("drive", "files", "output", "userdata", "widgets", "patches", "data_table", "auth"):
        module = types.ModuleType(f"google.colab.{part}")
        module.__getattr__ = lambda name: getattr(Nothing(), name)
        sys.modules[module.__name__] = module
        setattr(package, part, module)
    return package


class Colab(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes that package when it is imported, and not before: a notebook asks sys.modules whether it is in Colab."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name == "google" or name == "google.colab":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> Any:
        return colab() if spec.name == "google.colab" else None

    def exec_module(self, module: Any) -> None:
        """Made complete by create_module."""


def settle() -> None:
    """Descriptors, limits, folder and signals of this process; the channel becomes descriptor 3 and nothing follows."""
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
    signal.signal(signal.SIGINT, signal.default_int_handler)
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


def make_shell() -> Any:
    """An IPython shell without history, colours, terminal or shell commands."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.xmode = "Plain"
    config.InteractiveShell.autocall = 0
    shell = InteractiveShell.instance(config=config)
    shell.system = shell.system_raw = shell.system_piped = lambda *args, **kwargs: None
    shell.getoutput = lambda *args, **kwargs: []
    shell.enable_gui = shell.enable_matplotlib = lambda *args, **kwargs: (None, "agg")
    shell.enable_pylab = lambda *args, **kwargs: None
    for name in ("matplotlib", "pylab", "pip", "conda", "mamba", "uv", "cd", "gui", "tensorflow_version", "load_ext"):
        shell.register_magic_function(lambda *args, **kwargs: None, magic_name=name)
    for name in ("bash", "sh", "script", "html", "HTML", "javascript", "js", "svg", "latex", "shell", "perl", "ruby"):
        shell.register_magic_function(lambda *args, **kwargs: None, "cell", name)
    shell._showtraceback = lambda kind, value, lines: print(shell.InteractiveTB.stb2text(lines))
    builtins.input = lambda prompt="": ""
    return shell


def seed() -> None:
    """The same start for every cell: a regrade of the same bytes meets the same random numbers."""
    random.seed(0)
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(0)
    if torch is not None and hasattr(torch, "manual_seed"):
        torch.manual_seed(0)


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


def serve() -> None:
    """Read a frame, run it, say that it is done; until it is killed or the other side is gone."""
    from course_lib.student import wire

    channel = wire.channel()
    sys.meta_path.append(Closed())
    sys.meta_path.append(Colab())
    shell = make_shell()
    text = Text(channel)
    sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = text
    channel.send(b"H")
    while True:
        tag, payload = channel.recv()
        text.left = CELL_OUTPUT
        sys.stdout = sys.stderr = text
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
        channel.send(b"D", wire.encode(done))


if __name__ == "__main__":
    settle()
    try:
        serve()
    finally:
        os._exit(0)
