"""The row on the book: what building it takes, cold and after an edit, and how heavy and how well described it is.

A clone of the checked-out commit is built from nothing, then as it is, then with one sentence more on one page.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

from course_lib.staff.publishing.notebooks import has_code, toc_pages
from course_lib.staff.publishing.sphinx_ext import BOOK_BUDGET, PAGE_BUDGET

from .rows import Criterion, Figures, Row, largest, median
from .rows_grading import cost

ROOT = Path(__file__).resolve().parents[2]
FIRST_VISIT = 1_000_000  # bytes, compressed, of text assets
TEXT_ASSETS = {".html", ".css", ".js", ".svg"}
EDITED = "book/flows/lorenz.md"
BUILD = "from pathlib import Path; from course_lib.staff.publishing.build import build_book; build_book(Path.cwd())"


@cache
def soup(path: Path) -> BeautifulSoup:
    """The parsed page, kept for the next question."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def first_visit(site: Path, page: str) -> int:
    """Compressed bytes of the text that a browser fetches before the reader touches anything."""
    path = site / f"{page}.html"
    wanted = {path}
    for found in soup(path).select("script[src], link[rel=stylesheet], link[rel=preload]"):
        wanted.add((path.parent / (found.get("src") or found.get("href")).split("?")[0]).resolve())
    return sum(len(gzip.compress(f.read_bytes())) for f in wanted if f.suffix in TEXT_ASSETS)


def pictures(site: Path, page: str) -> list[str]:
    """What each picture of the page's article says to who does not see it; empty where it says nothing."""
    return [image.get("alt", "").strip() for image in soup(site / f"{page}.html").select("article img")]


def page_seconds(root: Path, page: str) -> float:
    """CPU seconds that an executed page took, as it says itself."""
    glued = json.loads((root / "_build" / "jupyter_execute" / f"{page}.glue.json").read_text(encoding="utf-8"))
    return float(glued["cpu_seconds"]["data"]["text/plain"].strip("'"))


def build(root: Path) -> tuple[float, float]:
    """CPU and wall seconds of a build, kernels included; the library is that of the clone."""
    os.environ["PYTHONPATH"] = str(root)
    return cost([sys.executable, "-c", BUILD], root)


def measure(seed: int) -> Figures:
    """Seconds of the three builds, of all pages and of the slowest, the heaviest first visit, pictures without words.

    The seed only repeats the run.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "course"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True)
        cold, waited = build(root)
        pages, site = toc_pages(root), root / "_build" / "html"
        used = [page_seconds(root, page) for page in pages if has_code(root, page)]
        said = [words for page in pages for words in pictures(site, page)]
        figures = {
            "cold_cpu": cold,
            "cold_wall": waited,
            "pages_cpu": sum(used),
            "page_cpu": max(used),
            "first_visit": max(first_visit(site, page) for page in pages) / 1e6,
            "pictures": float(len(said)),
            "wordless": float(sum(not words for words in said)),
        }
        figures["same_cpu"], figures["same_wall"] = build(root)
        (root / EDITED).write_text((root / EDITED).read_text(encoding="utf-8") + "\nOne sentence more.\n", "utf-8")
        figures["edited_cpu"], figures["edited_wall"] = build(root)
    return figures


BOOK = Row(
    "book",
    "The book: building it, and what a reader loads",
    measure,
    ("staff/publishing", "student"),
    (
        Criterion("cold", "from nothing, every page executed, median [CPU s]", median("cold_cpu"), BOOK_BUDGET),
        Criterion("page", "the slowest page, worst run [CPU s]", largest("page_cpu"), PAGE_BUDGET),
        Criterion("same", "rebuild when nothing has changed, median [CPU s]", median("same_cpu"), 10.0),
        Criterion("edited", "rebuild after one sentence more, median [CPU s]", median("edited_cpu"), 15.0),
        Criterion("first_visit", "text of the heaviest first visit, compressed [MB]", largest("first_visit"), 1.0),
        Criterion("wordless", "pictures without alternative text", largest("wordless"), 0),
    ),
    seeds=(0, 1, 2),
    notes="A clone, built from nothing, then as it is, then with one sentence more; CPU seconds of all processes. "
    "A seed only repeats.",
)
BOOK_ROWS = (BOOK,)
