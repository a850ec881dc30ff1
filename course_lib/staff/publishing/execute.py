"""Execute the pages whose results may have changed, two at a time, into the cache that the build reads.

jupyter-cache knows a page by its cells alone, so that a changed `course_lib` would leave old outputs standing. Here a
page's key also holds what its cells really use: the files behind the names that it mentions, as far as its kernel
loaded them, the data files that the kernel opened, the pins, and the size of its figures.
"""

import hashlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.readers import get_reader
from nbclient.exceptions import CellControlSignal, DeadKernelError

import course_lib
from course_lib.staff.publishing.kernels import PIXELS_PER_INCH, KernelError, PageKernel, environment, prepare
from course_lib.staff.publishing.notebooks import has_code, toc_pages
from course_lib.staff.publishing.used import Library
from course_lib.validation import CourseError

AT_A_TIME = 2
COMPUTING = (
    *("numpy", "scipy", "torch", "torchdiffeq", "norse", "scikit-learn", "matplotlib", "plotly"),
    *("ipykernel", "ipython", "matplotlib-inline", "myst-nb"),
)
NOTES = "page-notes"  # folder beside the cache: one note a page, what its last run used
WATCH = """
import sys as _sys
_opened = set()
def _see(event, arguments, _opened=_opened):
    if event == "open" and isinstance(arguments[0], str):
        _opened.add(arguments[0])
_sys.addaudithook(_see)
"""
TELL = """
import json as _json
print(_json.dumps({"loaded": sorted(_sys.modules), "opened": sorted(_opened)}))
"""


class BookError(CourseError):
    """The book does not build; the message names page and cell where one raised."""


@dataclass
class Run:
    """One page on its way through a kernel."""

    name: str
    source: Path
    notebook: nbformat.NotebookNode
    seconds: float = 0.0
    note: dict[str, list[str]] = field(default_factory=dict)
    kernel: PageKernel | None = None


@cache
def pins() -> str:
    """The versions that a page's results may depend on."""
    found = [("python", platform.python_version()), *((name, importlib.metadata.version(name)) for name in COMPUTING)]
    return "\n".join(f"{name}=={version}" for name, version in found)


def code(notebook: nbformat.NotebookNode) -> str:
    """All code of a page as one Python text."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def key(library: Library, notebook: nbformat.NotebookNode, note: dict[str, list[str]], root: Path) -> str:
    """Hash of all that the page's outputs follow from, given what its last run loaded and opened."""
    loaded = set(note["loaded"])
    try:
        used = library.uses(code(notebook), loaded)
    except SyntaxError:  # the page shows a cell that is no Python: all that it loaded counts
        used = {path for name, path in library.modules.items() if name in loaded}
    digest = hashlib.sha256(f"{code(notebook)}\0{pins()}\0{PIXELS_PER_INCH}\0".encode())
    for path in sorted(used):
        digest.update(f"{path.relative_to(library.package)} {library.digest(path)}\n".encode())
    for name in note["opened"]:
        base, rest = name.split(":", 1)
        path = (library.package if base == "library" else root) / rest
        digest.update(f"{name} {library.digest(path)}\n".encode())
    return digest.hexdigest()


def own_files(told: dict[str, list[str]], library: Library, root: Path) -> dict[str, list[str]]:
    """Of the files that a kernel loaded and opened, those of the library and of the book."""
    opened = set()
    for name in told["opened"]:
        path = Path(name)
        if not path.is_absolute() or path.suffix in {".py", ".pyc"} or not path.is_file():
            continue
        if path.is_relative_to(library.package):
            opened.add(f"library:{path.relative_to(library.package).as_posix()}")
        elif path.is_relative_to(root / "book"):
            opened.add(f"book:{path.relative_to(root).as_posix()}")
    loaded = sorted(library.modules.keys() & set(told["loaded"]))
    return {"loaded": loaded, "opened": sorted(opened)}


def read_pages(root: Path) -> list[Run]:
    """Every page with code, as the build will read it."""
    read = get_reader({"type": "plugin", "name": "myst_nb_md"})
    paths = [(page, root / f"{page}.md") for page in toc_pages(root) if has_code(root, page)]
    return [Run(page, path, read(str(path))) for page, path in paths]


def stale_pages(root: Path, build: Path, library: Library) -> list[Run]:
    """The pages that have no outputs in the cache, or outputs that another state of things gave."""
    kept_outputs, found = get_cache(build / ".jupyter_cache"), []
    for run in read_pages(root):
        note = build / NOTES / f"{run.name}.json"
        try:
            kept_outputs.match_cache_notebook(run.notebook)
        except KeyError:
            found.append(run)
            continue
        kept = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else None
        if kept is None or kept["key"] != key(library, run.notebook, kept, root):
            found.append(run)
    return found


def execute(run: Run, timeout: int, build: Path, say: Callable[[str], Any]) -> Run:
    """Run one page in a kernel of its own, in the page's folder. Raises BookError naming the page and the cell.

    What the kernel itself says goes to `kernels.log`.
    """
    watched = nbformat.from_dict(run.notebook)
    watched.cells = [nbformat.v4.new_code_cell(WATCH), *run.notebook.cells, nbformat.v4.new_code_cell(TELL)]
    run.kernel = PageKernel(watched, run.source.parent, timeout)
    start = time.monotonic()
    with (build / "kernels.log").open("ab") as log:
        try:
            run.kernel.start(environment(build), log, say)
            run.kernel.run()
        except (CellControlSignal, DeadKernelError, KernelError) as error:
            raise BookError(explain(run, error)) from error
    run.seconds = time.monotonic() - start
    told = [output.text for output in watched.cells[-1].outputs if output.get("name") == "stdout"]
    run.note = json.loads("".join(told))
    return run


def explain(run: Run, error: Exception) -> str:
    """The page, the cell and the error, for somebody who wrote the page."""
    begun = [cell for cell in run.notebook.cells if cell.cell_type == "code" and cell.get("execution_count")]
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", error)
    cell = begun[-1].source if begun else "none: its kernel did not start"
    return f"The page {run.name}.md raised while it was executed.\nIts cell:\n{cell}\n{name}: {value}"


def keep(run: Run, root: Path, build: Path, library: Library) -> None:
    """Put a page's outputs into the cache, note what they follow from, and have the build read the page again."""
    bundle = CacheBundleIn(run.notebook, str(run.source), data={"execution_seconds": run.seconds})
    get_cache(build / ".jupyter_cache").cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    note = own_files(run.note, library, root)
    path = build / NOTES / f"{run.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {"key": key(library, run.notebook, note, root), **note}
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (build / ".doctrees" / f"{run.name}.doctree").unlink(missing_ok=True)


def execute_pages(root: Path, build: Path, say: Callable[[str], Any], library: Library | None = None) -> list[str]:
    """Execute every page whose outputs are missing or out of date, and return their names.

    root: folder of _config.yml and _toc.yml.  build: folder that holds the cache; each page is kept there as soon as it
    is done, so that an interrupted build goes on where it was.  say: gets a line of progress for each page.
    library: what pages may use; None: course_lib.
    Raises BookError when a page raises; pages not yet begun are not begun then, a page at work is finished and kept.
    """
    library = library or Library(Path(course_lib.__file__).resolve().parent)
    waiting = stale_pages(root, build, library)
    if waiting:
        library.digest_all()  # now: a file that is edited while pages run must not pass for the one that they used
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8")).get("execute", {})
    prepare(build)
    failures: list[BookError] = []
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        futures = [pool.submit(execute, run, settings.get("timeout", 30), build, say) for run in waiting]
        try:
            for count, future in enumerate(as_completed(futures), 1):
                if future.cancelled():
                    continue
                if isinstance(failure := future.exception(), BookError):
                    failures.append(failure)
                    for other in futures:
                        other.cancel()
                    continue
                run = future.result()
                keep(run, root, build, library)
                say(f"{count} of {len(waiting)} pages executed: {run.name}, {run.seconds:.0f} s")
        except BaseException:
            for future, run in zip(futures, waiting, strict=True):
                if not future.cancel() and run.kernel is not None:
                    run.kernel.stop()
            raise
    if failures:
        raise failures[0]
    return [run.name for run in waiting]
