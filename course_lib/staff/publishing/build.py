"""Build the book, with a cache that a change in the library clears."""

import fcntl
import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from course_lib.validation import CourseError

COMPUTING = ("numpy", "scipy", "torch", "torchdiffeq", "scikit-learn", "matplotlib", "ipykernel")
RENDERING = ("jupyter-book", "sphinx", "myst-nb", "sphinx-book-theme", "pydata-sphinx-theme", "sphinx-design")


class BookError(CourseError):
    """The book does not build; the message names page and cell where one raised."""


def fingerprint(files: Iterable[Path], packages: Iterable[str]) -> str:
    """Hash of the files' names and bytes and of the packages' versions."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in packages:
        digest.update(f"{name}=={importlib.metadata.version(name)}\0".encode())
    return digest.hexdigest()


def library_files() -> list[Path]:
    """What a page's kernel can import from the library: all of it but the staff's side."""
    package = Path(__file__).resolve().parents[2]
    found = (path for path in package.rglob("*") if path.suffix in {".py", ".js", ".npz", ".toml", ".json"})
    return [
        path for path in found if "staff" not in path.relative_to(package).parts and "__pycache__" not in path.parts
    ]


def clear_stale(root: Path, build: Path) -> None:
    """Remove executed pages when the library or a computing package changed, read pages when the look changed.

    jupyter-cache knows the cells of a page only; a changed `course_lib` would leave its old outputs standing.
    """
    here = Path(__file__).resolve().parent
    look = [here / "sphinx_ext.py", root / "_config.yml", *(root / "book" / "_static").glob("*")]
    states = {
        "executed": (
            fingerprint([*library_files(), here / "sphinx_ext.py"], COMPUTING),
            (".jupyter_cache", "jupyter_execute", ".doctrees"),
        ),
        "rendered": (fingerprint(look, RENDERING), (".doctrees", "html")),
    }
    for name, (state, folders) in states.items():
        note = build / f".fingerprint-{name}"
        if note.is_file() and note.read_text(encoding="ascii") == state:
            continue
        for folder in folders:
            shutil.rmtree(build / folder, ignore_errors=True)
        note.write_text(state, encoding="ascii")


def explain_failure(log: str) -> str:
    """The page and the cell that raised, or the warnings, out of a build log."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log)
    failed = re.search(r"(\S+\.md):(?:\d+:)? (?:WARNING|ERROR): Executing notebook failed: (\w+)", plain)
    if failed:
        page = failed[1]
        cell = re.search(r"-{18,}\n(.*?)\n-{18,}", plain, re.S)
        errors = re.findall(r"^((?:\w+\.)*\w*(?:Error|Exception|Interrupt): .*)$", plain, re.M)
        lines = [f"The page {page} raised while it was executed."]
        if cell:
            lines.append("Its cell:\n" + cell[1].strip())
        lines += [error for error in errors if "CellExecutionError" not in error][:1]
        return "\n".join(lines)
    warnings = [line for line in plain.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL): ", line)]
    return "\n".join(warnings[:20]) or "\n".join(plain.splitlines()[-15:])


def build_book(root: Path, out: Path | None = None) -> Path:
    """Build the book under `root` with warnings as errors and return the folder of its HTML.

    root: folder that holds _config.yml and _toc.yml.
    out: folder that gets `_build/`; None: `root` itself. The log is kept in `_build/book.log`.
    Raises BookError naming the page and the cell that raised, or the warnings.
    """
    root = Path(root).resolve()
    if not (root / "_config.yml").is_file():
        raise BookError(f"Wanted a book with _config.yml and _toc.yml, got {root}. Name the course's folder.")
    out = root if out is None else Path(out).resolve()
    build = out / "_build"
    build.mkdir(parents=True, exist_ok=True)
    start = "from jupyter_book.cli.main import main; main()"  # the package has no __main__
    command = [sys.executable, "-c", start, "build", str(root), "--path-output", str(out)]
    command += ["-W", "--keep-going", "-n"]
    environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONWARNINGS="default", JUPYTER_PLATFORM_DIRS="1")
    for name in ("MPLBACKEND", "COURSE_CHECK_SHAPES"):  # the kernel's inline backend draws; no test hooks in a page
        environment.pop(name, None)
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clear_stale(root, build)
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, errors="replace", check=False
        )
        log = done.stdout + done.stderr
        (build / "book.log").write_text(log, encoding="utf-8")
    if done.returncode != 0:
        raise BookError(f"The book does not build (log: {build / 'book.log'}).\n{explain_failure(log)}")
    return build / "html"
