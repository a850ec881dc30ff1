"""The kernels that execute the pages: their environment, their start, and how one is ended.

A kernel that does not start says nothing about the page, and on a busy machine it happens (a port taken between the
search and the binding, a first start that writes its files). So kernels start one after the other, without the
reader's own IPython settings, and one that does not answer is started again, with a line that says so.
"""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import nbformat
from nbclient import NotebookClient

from course_lib.validation import CourseError

PIXELS_PER_INCH = 200  # figures are drawn at twice the size they are shown in
STARTS = 3
SECONDS_TO_START = 60
ONE_BY_ONE = threading.Lock()


class KernelError(CourseError):
    """A kernel did not start, or was stopped; the message says what to do."""


class PageKernel:
    """One page's kernel, from its start to its end."""

    def __init__(self, notebook: nbformat.NotebookNode, folder: Path, timeout: int):
        """notebook: executed in place.  folder: where its code runs.  timeout: seconds a cell may take."""
        self.stopped = False
        self.client = NotebookClient(
            notebook,
            timeout=timeout,
            startup_timeout=SECONDS_TO_START,
            iopub_timeout=SECONDS_TO_START,
            raise_on_iopub_timeout=True,  # an output that comes late is waited for, one that is lost is an error
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,  # times would stand in the cells' metadata, by which the cache knows them
        )

    def start(self, environment: dict[str, str], log: IO[bytes], say: Callable[[str], Any]) -> None:
        """Start the kernel and wait for its answer. Raises KernelError when it gave none, `STARTS` times.

        environment: of its process.  log: file for what the kernel itself says.  say: gets a line for each new try.
        """
        for left in reversed(range(STARTS)):
            with ONE_BY_ONE:
                if self.stopped:
                    raise KernelError("Stopped before its kernel had started.")
                self.client.create_kernel_manager()
                try:
                    self.client.start_new_kernel(env=environment, stderr=log)
                    self.client.start_new_kernel_client()
                    return
                except RuntimeError as error:
                    if not left:
                        raise KernelError(
                            f"Its kernel did not start in {STARTS} tries ({error}). See {log.name}."
                        ) from error
                    say(f"a kernel did not start ({error}); once more")

    def run(self) -> None:
        """Execute the notebook in the started kernel, and end it. Raises nbclient's errors."""
        self.client.execute()

    def stop(self) -> None:
        """End the kernel at once, or keep it from starting."""
        self.stopped = True
        manager = self.client.km
        number = getattr(manager.provisioner, "pid", None) if manager is not None else None
        if number:
            os.kill(number, signal.SIGKILL)


def environment(build: Path) -> dict[str, str]:
    """What a page's kernel finds in its environment: one thread, fine figures, and that it is the book's."""
    found = dict(os.environ, OMP_NUM_THREADS="1", PYTHONWARNINGS="default", JUPYTER_PLATFORM_DIRS="1")
    for name in ("MPLBACKEND", "COURSE_CHECK_SHAPES"):  # the kernel's inline backend draws; no test hooks in a page
        found.pop(name, None)
    own = {"MATPLOTLIBRC": str(build / "matplotlibrc"), "IPYTHONDIR": str(build / "ipython")}
    return found | own | {"COURSE_BOOK": "1"}  # COURSE_BOOK: glue keeps numbers


def prepare(build: Path) -> None:
    """Write the settings that `environment` names."""
    (build / "ipython").mkdir(exist_ok=True)
    (build / "matplotlibrc").write_text(f"figure.dpi: {PIXELS_PER_INCH}\n", encoding="ascii")
