"""Build the book: execute the pages that need it, then let Jupyter Book write the site from the cache."""

import fcntl
import hashlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from course_lib.staff.publishing.execute import NOTES, BookError, execute_pages
from course_lib.staff.publishing.kernels import environment

RENDERING = ("jupyter-book", "sphinx", "myst-nb", "sphinx-book-theme", "pydata-sphinx-theme", "sphinx-design")


def fingerprint(files: Iterable[Path], packages: Iterable[str]) -> str:
    """Hash of the files' names and bytes and of the packages' versions."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in packages:
        digest.update(f"{name}=={importlib.metadata.version(name)}\0".encode())
    return digest.hexdigest()


def clear_stale(root: Path, build: Path) -> None:
    """Remove the pages as they were read and written when what makes their look has changed."""
    here = Path(__file__).resolve().parent
    look = [*here.glob("*.py"), root / "_config.yml", *(root / "book" / "_static").glob("*")]
    state = fingerprint(look, RENDERING)
    note = build / ".fingerprint-rendered"
    if note.is_file() and note.read_text(encoding="ascii") == state:
        return
    for folder in (".doctrees", "html"):
        shutil.rmtree(build / folder, ignore_errors=True)
    note.write_text(state, encoding="ascii")


def everything(root: Path, build: Path) -> str:
    """Hash of all that the site is made from; of the pages' outputs, the notes of what they follow from."""
    library = Path(__file__).resolve().parents[2]
    texts = [path for path in (root / "book").rglob("*") if path.is_file() and path.suffix != ".ipynb"]
    texts += [root / "_config.yml", root / "_toc.yml", *(build / NOTES).rglob("*.json")]
    return fingerprint([*texts, *library.rglob("*.py")], RENDERING)


def explain_failure(log: str) -> str:
    """The warnings, or the last lines, of a build log."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log)
    warnings = [line for line in plain.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL): ", line)]
    return "\n".join(warnings[:20]) or "\n".join(plain.splitlines()[-15:])


def silence(line: str) -> None:
    """Say nothing of the progress."""


def build_book(root: Path, out: Path | None = None, say: Callable[[str], Any] = silence) -> Path:
    """Build the book under `root` with warnings as errors and return the folder of its HTML.

    root: folder that holds _config.yml and _toc.yml.
    out: folder that gets `_build/`; None: `root` itself. The log is kept in `_build/book.log`.
    say: gets a line for each page that has been executed.
    Where nothing has changed since the last build that succeeded, its site is left as it is.
    Raises BookError naming the page and the cell that raised, or the warnings.
    """
    root = Path(root).resolve()
    if not (root / "_config.yml").is_file():
        raise BookError(f"Wanted a book with _config.yml and _toc.yml, got {root}. Name the course's folder.")
    out = root if out is None else Path(out).resolve()
    build = out / "_build"
    build.mkdir(parents=True, exist_ok=True)
    # The package has no __main__. Nothing is freed while Sphinx reads its trees: collecting takes half of a rebuild.
    start = "import gc; gc.disable(); import course_lib.staff; from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(root), "--path-output", str(out)]
    command += ["-W", "--keep-going", "-n"]
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clear_stale(root, build)
        try:
            execute_pages(root, build, say)
        except BookError as error:
            (build / "book.log").write_text(f"{error}\n\n{error.__cause__}", encoding="utf-8")
            raise BookError(f"{error}\n(traceback: {build / 'book.log'})") from error
        state, note = everything(root, build), build / ".fingerprint-built"
        same = note.is_file() and note.read_text(encoding="ascii") == state
        if same and (build / "html" / "index.html").is_file():
            return build / "html"
        note.unlink(missing_ok=True)
        done = subprocess.run(
            command,
            cwd=root,
            env=environment(build),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        log = done.stdout + done.stderr
        (build / "book.log").write_text(log, encoding="utf-8")
        if done.returncode != 0:
            raise BookError(f"The book does not build (log: {build / 'book.log'}).\n{explain_failure(log)}")
        note.write_text(state, encoding="ascii")
    return build / "html"
