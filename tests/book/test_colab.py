"""The notebooks as a reader in Colab runs them: with the bare wheel's dependencies, what Colab has, and nothing else.

Colab's own versions cannot be installed here, so the import hooks are made blind to every package that is neither of
the two.
"""

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from course_lib.staff.publishing.notebooks import has_code, toc_pages
from course_lib.staff.publishing.used import Library

ROOT = Path(__file__).resolve().parents[2]
WARM = ("torch", "torchdiffeq", "scipy.signal", "scipy.stats", "sklearn.neighbors", "matplotlib.pyplot")
NOTEBOOKS = [page for page in toc_pages(ROOT) if has_code(ROOT, page)]

RUNNER = """
import importlib, json, os, sys, traceback
notebooks, allowed, warm, watch = json.load(sys.stdin)

class Hide:
    # a finder that does not see what is neither in Colab nor a dependency, as if it were not installed
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        known = top in allowed or top in sys.stdlib_module_names or top.startswith("_")
        return self.finder.find_spec(name, path, target) if known else None

    def __getattr__(self, name):
        return getattr(self.finder, name)

ran = set()

def see(frame, event, argument):
    # keeps the files of course_lib whose functions the cells call, not those that run while a module is imported
    name = frame.f_code.co_filename
    if event == "call" and name not in ran and "/course_lib/" in name:
        while frame is not None and frame.f_code.co_name != "<module>":
            frame = frame.f_back
        if frame is not None and frame.f_code.co_filename == "cell":
            ran.add(name)

sys.meta_path[:] = [Hide(finder) for finder in sys.meta_path]
for name in warm:
    importlib.import_module(name)
import matplotlib
matplotlib.use("Agg")
for number, cells in enumerate(notebooks):
    if os.fork():
        os.wait()
        continue
    space = {"__name__": "__main__"}
    sys.setprofile(see if watch else None)
    try:
        for cell in cells:
            exec(compile(cell, "cell", "exec"), space)
        words = f"ran {len(cells)}"
    except BaseException:
        words = traceback.format_exc()[-2000:]
    sys.setprofile(None)
    with open(f"{number}.txt", "w") as out:
        out.write(words)
    with open(f"{number}.json", "w") as out:
        json.dump(sorted(ran), out)
    os._exit(0)
"""


def wheel_dependencies() -> set[str]:
    """Import names of the bare wheel's requirements, and of theirs in turn, extras left out."""
    names, queue = set(), ["course-lib"]
    homes: dict[str, set[str]] = {}
    for module, packages in importlib.metadata.packages_distributions().items():
        for package in packages:
            homes.setdefault(re.sub(r"[-_.]+", "-", package).lower(), set()).add(module)
    while queue:
        package = re.sub(r"[-_.]+", "-", queue.pop()).lower()
        if package in names:
            continue
        names.add(package)
        try:
            wanted = importlib.metadata.requires(package) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # required on another platform only
        queue += [re.match(r"[\w.-]+", line)[0] for line in wanted if "extra ==" not in line]
    return {"course_lib"}.union(*(homes.get(name, set()) for name in names))


def colab_packages() -> set[str]:
    with (ROOT / "tests" / "book" / "colab_packages.toml").open("rb") as stream:
        return set(tomllib.load(stream)["packages"])


def plain_code(page: str) -> list[str]:
    """The notebook's code cells as Python, as IPython transforms them."""
    from IPython.core.inputtransformer2 import TransformerManager

    cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [TransformerManager().transform_cell(cell) for cell in code]


def imports_of(cells: list[str]) -> str:
    """Every import statement of the cells, in their order."""
    found = [node for cell in cells for node in ast.walk(ast.parse(cell))]
    return "\n".join(ast.unparse(node) for node in found if isinstance(node, ast.Import | ast.ImportFrom))


def run_in_colab(notebooks: list[list[str]], folder: Path, warm: Sequence[str] = (), watch: bool = False) -> list[str]:
    """What each notebook came to, `ran` and its number of cells, or its traceback; each in a process of its own.

    warm: modules of Colab that are imported once for all of them.
    watch: list the files of the library whose functions were called in `0.json`, `1.json`, ...; takes twice the time.
    """
    environment = {k: v for k, v in os.environ.items() if k not in {"COURSE_BOOK", "COURSE_CHANNEL", "MATPLOTLIBRC"}}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    payload = json.dumps([notebooks, sorted(wheel_dependencies() | colab_packages()), warm, watch])
    command = [sys.executable, "-c", RUNNER]
    subprocess.run(command, input=payload, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return [(folder / f"{number}.txt").read_text() for number in range(len(notebooks))]


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> dict[str, str]:
    """What the first cell and the imports of each notebook came to."""
    cells = [plain_code(page) for page in NOTEBOOKS]
    heads = [[first, imports_of(rest)] for first, *rest in cells]
    done = run_in_colab(heads, tmp_path_factory.mktemp("colab"), warm=WARM)
    return dict(zip(NOTEBOOKS, done, strict=True))


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_first_cell_and_imports_run_in_colab(begun, page):
    assert begun[page] == "ran 2"


def test_the_shortest_notebook_that_draws_runs_in_full(tmp_path):
    drawing = [code for code in map(plain_code, NOTEBOOKS) if "new_axes" in "".join(code)]
    cells = min(drawing, key=lambda code: sum(map(len, code)))
    assert run_in_colab([cells], tmp_path) == [f"ran {len(cells)}"]


@pytest.mark.slow
@pytest.mark.parametrize("page", NOTEBOOKS)
def test_every_notebook_runs_in_full_and_its_pages_key_holds_every_file_that_it_called(page, tmp_path):
    cells = plain_code(page)
    assert run_in_colab([cells], tmp_path, watch=True) == [f"ran {len(cells)}"]
    called = {Path(name) for name in json.loads((tmp_path / "0.json").read_text())}
    assert called and called <= Library(ROOT / "course_lib").uses("\n".join(cells))


def test_what_colab_does_not_have_is_not_found(tmp_path):
    modules = ("jupytext", "typer", "norse")
    done = run_in_colab([[f"import {module}"] for module in modules], tmp_path)
    assert all(f"No module named '{module}'" in words for module, words in zip(modules, done, strict=True))
