"""What `make course` does after the packages are in place: from the sources to a built book and a graded class."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from course_lib.validation import CourseError

T = TypeVar("T")
ASSIGNMENT = "a1_lorenz"


class Steps:
    """Runs the steps one after the other, says what is happening, and remembers the seconds."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}

    def run(self, title: str, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        self.console.print(f"[bold]{title}[/bold] ...")
        start = time.monotonic()
        result = work(*args, **kwargs)
        self.seconds[title] = time.monotonic() - start
        return result


def sample_course(root: Path) -> Path:
    """A course folder of its own for the sample class, with the real sets: its gradebook never meets a real class.

    It has what the commands know a course by, so that a new instructor practises in it.
    """
    course = root / "_build" / "sample-class"
    course.mkdir(parents=True, exist_ok=True)
    for name in ("solutions", "assignments", "_toc.yml"):
        link = course / name
        if not link.is_symlink():
            link.symlink_to(Path("..") / ".." / name)
    shutil.copyfile(root / "nbgrader_config.py", course / "nbgrader_config.py")  # it asks where it lies
    return course


def make_sample_class(root: Path, course: Path) -> Path:
    """Twelve made-up students hand in `a1_lorenz`; the same files each time.

    Raises CourseError with the script's own words when it fails.
    """
    folder = course / "submissions"
    script = root / "tests" / "grading" / "sample_class.py"
    done = subprocess.run([sys.executable, str(script), str(folder)], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"The sample class could not be made: {done.stderr.strip()}")
    return folder


def first_run(root: Path) -> None:
    """Verify the students' notebooks, build the book, grade the sample class, and say where everything is.

    Our own sample files are graded at the strongest isolation found; where there is none, without walls, and the
    summary says so.
    """
    from course_lib.staff.grading.grade import grade
    from course_lib.staff.grading.report import show_progress
    from course_lib.staff.publishing.build import build_book
    from course_lib.staff.publishing.notebooks import write_notebooks
    from course_lib.staff.publishing.release import release

    console = Console(highlight=False)
    steps = Steps(console)
    steps.run("Problem sets: the releases are the sources' and hold no solution", release, root, None, check=True)
    steps.run("Colab notebooks: none has drifted from its page", write_notebooks, root, check=True)
    book = steps.run("The book: every page executed", build_book, root, say=console.print)
    course = sample_course(root)
    submissions = steps.run("A sample class of 12 hands in", make_sample_class, root, course)
    report = steps.run(
        "The sample class is graded",
        grade,
        course,
        ASSIGNMENT,
        submissions,
        unsandboxed=True,
        accept_partial=True,
        jobs=2,
        progress=show_progress,
    )
    summarise(console, root, Path(book), report, steps.seconds)


def summarise(console: Console, root: Path, book: Path, report: Any, seconds: dict[str, float]) -> None:
    """One screen: where the book is, the gradebook as a table, the isolation level, the seconds of each step."""
    from course_lib.staff.grading.report import show

    show(report, console=console)
    times = Table(title="Seconds of each step", title_justify="left", box=None, show_header=False)
    times.add_column(justify="left")
    times.add_column(justify="right")
    for title, value in seconds.items():
        times.add_row(title, f"{value:.0f}")
    console.print(times)
    console.print(f"\n[bold]The book:[/bold] file://{book / 'index.html' if book.is_dir() else book}")
    released = ", ".join(sorted(str(path.relative_to(root)) for path in (root / "assignments").glob("*/*.ipynb")))
    console.print(f"[bold]Released to students:[/bold] {released}")
    console.print("[bold]Next:[/bold] make serve · make test · course grade a1_lorenz --submissions FOLDER · README.md")
