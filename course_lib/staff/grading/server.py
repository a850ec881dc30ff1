"""The fork server: has everything that notebooks import in memory, and forks one worker for each notebook.

It is started by exec inside the view (bubble.py), as ``python server.py DESCRIPTOR KIND`` with an empty environment,
and reached over that inherited socket alone. It knows one request: "fork", whose only payload is the descriptor of the
new worker's channel. It never imports more, and it never runs a second thread.
"""

import os
import sys

if __name__ == "__main__":  # before any other import: the path is empty of packages until now
    sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "library"))
    sys.path.extend(os.environ.pop("COURSE_SITE").split(":"))

import array
import contextlib
import gc
import signal
import socket

import walls
import worker

from course_lib.student import channel
from course_lib.student.channel import Channel
from course_lib.student.probe import seed

FORK, READY = b"fork", b"ready"
PLAIN = "import numpy as np\nimport matplotlib.pyplot as plt\nplt.figure()"
# What costs seconds when it is first called, and no time of a question's.
TORCH = """
import torch
import scipy.integrate, scipy.linalg, scipy.optimize, scipy.signal, scipy.spatial
import sklearn.linear_model
torch.set_num_threads(1)
torch.func.vmap(torch.func.jacrev(torch.sin))(torch.ones(1, 1))
cell = torch.nn.RNN(2, 3)
optimizer = torch.optim.Adam(cell.parameters())
cell(torch.ones(4, 1, 2))[0].sum().backward()
optimizer.step()
"""


def prepare(kind: str) -> worker.Shell:
    """A shell in a process that has loaded what notebooks of this kind use; kind: "plain" or "torch"."""
    shell = worker.prepare()
    with open(os.devnull, "w", encoding="utf-8") as null, contextlib.redirect_stdout(null):
        worker.run_cell(shell, "1 / 0")  # the first traceback costs more than all others
    exec(PLAIN + (TORCH if kind == "torch" else ""), {"__name__": "warm"})
    seed()  # NumPy loads its random numbers when they are first asked for
    sys.modules["matplotlib.pyplot"].close("all")
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        sys.__dict__.pop(name, None)
    gc.collect()
    gc.freeze()
    return shell


def serve(control: socket.socket, shell: worker.Shell) -> None:
    """Fork a worker for each request, until the grader is gone."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"Wanted one thread before the first fork, got {threads}.")
    control.send(READY)
    while True:
        request, descriptors = received(control)
        if not request:
            return
        if request == FORK and len(descriptors) == 1:
            pid = os.fork()
            if pid == 0:
                control.close()
                become_worker(descriptors[0], shell)
            os.waitpid(pid, 0)
        for descriptor in descriptors:
            os.close(descriptor)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def become_worker(descriptor: int, shell: worker.Shell) -> None:
    """Go behind the wall and run one notebook; never returns."""
    try:
        walls.only_these(descriptor)
        walls.build()
        os.chdir(worker.FOLDER)
        worker.serve(shell)
    except BaseException as error:  # before the hello this is what the grader is told; later nobody listens
        with contextlib.suppress(BaseException):
            words = f"{type(error).__name__}: {error}".encode()[:400]
            Channel(socket.socket(fileno=walls.CHANNEL)).send(b"E", words)
    finally:
        os._exit(0)


def received(control: socket.socket) -> tuple[bytes, list[int]]:
    """One message of the grader's with the descriptors that came with it; empty when the grader is gone."""
    numbers = array.array("i")
    data, ancillary, _, _ = control.recvmsg(64, socket.CMSG_LEN(4 * numbers.itemsize))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            numbers.frombytes(content[: len(content) - len(content) % numbers.itemsize])
    return data, list(numbers)


def main() -> None:
    """Prepare, say that it is ready, serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ[channel.CHANNEL_VARIABLE] = str(walls.CHANNEL)
    walls.become_reaper()
    serve(control, prepare(sys.argv[2]))


if __name__ == "__main__":
    main()
