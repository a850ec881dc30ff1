"""Run every page's notebook and every solved problem set with the Python at hand: in Colab's own image, once a week.

    python3 tests/colab.py [NOTEBOOK ...]

The library is put beside the interpreter's packages, in a folder of its own, with what it requires and this Python does
not have (in Colab that is torchdiffeq); nothing that is there is changed. A requirement that is there and too old fails
the run: students would wait while pip replaced their torch. Needs nbclient, which Colab has; no pytest, no pins.
"""

import argparse
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOLVED = ROOT / "_build" / "nbgrader" / "source"
CELL_SECONDS = 600  # Colab's machines are shared
SHOWN = ("torch", "numpy", "scipy", "matplotlib", "scikit-learn", "ipywidgets", "ipython")


def version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def requirements() -> tuple[list[str], list[str]]:
    """What the bare library requires and this Python lacks; and, as sentences, what it has in too old a version."""
    missing, old = [], []
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]:
        package, least = re.fullmatch(r"([\w.-]+)>=([\d.]+)", line).groups()
        here = version(package)
        if here is None:
            missing.append(line)
        elif numbers(here) < numbers(least):
            old.append(f"{package} {here}, but {line} is required: pip would replace it in every student's runtime")
    return missing, old


def numbers(text: str) -> list[int]:
    """A version as numbers: "2.11.0+cpu" as [2, 11, 0]."""
    return [int(part) for part in re.findall(r"\d+", re.split(r"[+a-z]", text)[0])]


def install(folder: Path, missing: list[str]) -> None:
    """Put the library and what is missing into a folder, and nothing that those would pull in after them."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder), str(ROOT), *missing], check=True)


def notebooks() -> list[Path]:
    """All pages that have a notebook, and the solved sets that `course release` left."""
    pages = sorted(path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    sets = sorted(SOLVED.glob("*/*.ipynb"))
    wanted = {path.name for path in (ROOT / "assignments").iterdir() if path.is_dir()}
    if {path.parent.name for path in sets} != wanted:
        sys.exit(f"Wanted the solved sets {sorted(wanted)} in {SOLVED}, got others. Run `course release` before.")
    return [*pages, *sets]


def run(path: Path, folder: Path) -> str:
    """Run one notebook in an empty folder; "" or what went wrong. Its first cell's install line is left out."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = re.sub(r"^( *)%pip install .*$", r"\1pass", cell.source, flags=re.MULTILINE)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    try:
        nbclient.NotebookClient(
            notebook, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    except Exception as error:  # a failing cell, a dead kernel and a timeout are three classes of two packages
        return f"{type(error).__name__}: {str(error)[-2000:]}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all pages and solved sets when none is named")
    paths = parser.parse_args().notebooks or notebooks()
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in SHOWN), flush=True)
    missing, old = requirements()
    for line in old:
        print(f"TOO OLD  {line}")
    failed = len(old)
    with tempfile.TemporaryDirectory(prefix="colab-") as scratch:
        library, work = Path(scratch, "library"), Path(scratch, "content")
        install(library, missing)
        os.environ |= {
            "PYTHONPATH": str(library),
            "OMP_NUM_THREADS": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
        for number, path in enumerate(paths, 1):
            work.mkdir(exist_ok=True)
            began = time.monotonic()
            fault = run(path, work)
            failed += bool(fault)
            print(
                f"{number} of {len(paths)}  {'FAILED' if fault else 'ok':6}  {time.monotonic() - began:5.0f} s  {path}",
                flush=True,
            )
            if fault:
                print(fault, flush=True)
    print(f"{failed} of {len(paths)} failed" if failed else f"all {len(paths)} notebooks ran")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
