"""The table of promises: every row names a page of the book and a test that is there."""

import re

import pytest

from course_lib.staff.publishing.notebooks import toc_pages

ROW = re.compile(r"^\| (?P<words>[^|]+) \| \[[^]]+\]\((?P<page>[^)]+)\) \| `(?P<file>[^`]+)`: (?P<test>.+) \|$")
LEAST = 45  # rows; a table that lost its rows has nothing to check


def rows(root) -> list[str]:
    lines = (root / "book" / "maintainers" / "promises.md").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("|") and not line.startswith(("| promise |", "|---"))]


def fault(line: str, root) -> str | None:
    """What is wrong with a row, or None."""
    found = ROW.match(line)
    if found is None:
        return f"not promise, page, test: {line}"
    page = "book/" + found["page"].removeprefix("../").removesuffix(".md")
    if page not in toc_pages(root):
        return f"no page {page}: {line}"
    path, name = root / "tests" / found["file"], "def test_" + found["test"].replace(" ", "_") + "("
    if not path.is_file() or name not in path.read_text(encoding="utf-8"):
        return f"no {name} in {found['file']}: {line}"
    return None


def test_every_promise_has_a_page_and_a_test(root):
    faults = [found for line in rows(root) if (found := fault(line, root))]
    assert faults == [] and len(rows(root)) >= LEAST


@pytest.mark.parametrize(
    "change", [("../flows/lorenz", "../flows/lost"), ("are independent", "are dependent"), ("test_data", "test_dat")]
)
def test_a_row_whose_page_or_test_is_gone_is_found(root, change):
    line = next(line for line in rows(root) if "orbits are independent" in line)
    assert fault(line, root) is None and fault(line.replace(*change), root) is not None
