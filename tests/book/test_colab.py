"""The notebooks as a reader in Colab runs them: with the bare wheel's dependencies, what Colab has, and nothing else.

Colab's own versions cannot be installed here, so an import hook refuses every package that is neither of the two.
"""

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from course_lib.staff.publishing.notebooks import has_code, toc_pages

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [page for page in toc_pages(ROOT) if has_code(ROOT, page)]

RUNNER = """
import importlib.abc, json, sys
cells, allowed = json.load(sys.stdin)

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        known = top in allowed or top in sys.stdlib_module_names or top.startswith("_")
        if not known and any(finder.find_spec(name, path, target) for finder in sys.meta_path[1:]):
            raise ModuleNotFoundError(f"{name} is neither in Colab nor among the dependencies of the wheel")
        return None

sys.meta_path.insert(0, Refuse())
import matplotlib
matplotlib.use("Agg")
space = {"__name__": "__main__"}
for cell in cells:
    exec(compile(cell, "cell", "exec"), space)
print("ran", len(cells))
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


def run_in_colab(cells: list[str], folder: Path) -> subprocess.CompletedProcess:
    environment = {k: v for k, v in os.environ.items() if k not in {"COURSE_BOOK", "COURSE_CHANNEL", "MATPLOTLIBRC"}}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    payload = json.dumps([cells, sorted(wheel_dependencies() | colab_packages())])
    command = [sys.executable, "-c", RUNNER]
    return subprocess.run(command, input=payload, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_first_cell_and_imports_run_in_colab(page, tmp_path):
    cells = plain_code(page)
    done = run_in_colab([cells[0], imports_of(cells[1:])], tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_shortest_notebook_runs_in_full(tmp_path):
    cells = min((plain_code(page) for page in NOTEBOOKS), key=lambda code: sum(map(len, code)))
    done = run_in_colab(cells, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"ran {len(cells)}" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", NOTEBOOKS)
def test_every_notebook_runs_in_full(page, tmp_path):
    done = run_in_colab(plain_code(page), tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_hook_refuses_what_colab_does_not_have(tmp_path):
    for module in ("jupytext", "typer", "norse"):
        done = run_in_colab([f"import {module}"], tmp_path)
        assert done.returncode != 0 and "neither in Colab" in done.stderr, module
