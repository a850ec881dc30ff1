"""Docstrings of public names: units and shapes first, the page that teaches the name last; and that page uses it."""

import importlib
import inspect
import re

import jupytext
import pytest

from course_lib.staff.publishing.api_pages import MODULES, public_names
from course_lib.staff.publishing.execute import code
from course_lib.staff.publishing.modules import tree
from course_lib.staff.publishing.notebooks import has_code, toc_pages
from course_lib.staff.publishing.used import Library

TAUGHT = re.compile(r'page\s+"([^"]+)"')
CHAPTERS = ("book/flows/", "book/networks/", "book/computation/")
SHOWN = re.compile(r"^:pyobject: (\w+)$", re.M)


@pytest.fixture(scope="module")
def pages(root) -> dict[str, set[str]]:
    """Title of a chapter's page -> the library's names that its code uses, or that it shows."""
    library = Library(root / "course_lib")
    found = {}
    for page in toc_pages(root):
        if page.startswith(CHAPTERS) and has_code(root, page):
            text = (root / f"{page}.md").read_text(encoding="utf-8")
            mentioned = library.mentions(tree(code(jupytext.read(root / f"{page}.md"))))
            title = re.search(r"^# (.+)$", text, re.M)[1]
            found[title] = {name for _, name in mentioned if name} | set(SHOWN.findall(text))
    return found


def documented() -> list[tuple[str, str]]:
    """(name, docstring) of every public function and class that is not the notebooks' own side."""
    found = []
    for module in MODULES:
        for name in public_names(module) if module != "course_lib.student" else ():
            value = getattr(importlib.import_module(module), name)
            if inspect.isclass(value) or inspect.isfunction(value):
                found.append((name, inspect.cleandoc(value.__doc__ or "")))
    return found


def fault(name: str, words: str, pages: dict[str, set[str]]) -> str | None:
    """What is wrong with a docstring's page, or None."""
    used = [title for title, names in pages.items() if name in names]
    told = TAUGHT.findall(words)
    if used and not told:
        return f"{name}: no page, used on {used}"
    wrong = [title for title in told if title not in pages or (name not in pages[title] and used)]
    return f"{name}: {wrong} do not use it" if wrong else None


def test_every_name_that_a_chapter_uses_tells_the_page_and_the_page_uses_it(pages):
    found = [problem for name, words in documented() if (problem := fault(name, words, pages))]
    assert found == [] and len(pages) == 15


def test_the_page_stands_after_the_rest_and_before_the_example():
    late = []
    for name, words in documented():
        place = words.find("Taught on the page")
        after = words[place:].split("\n", 1)[1].strip() if place >= 0 and "\n" in words[place:] else ""
        if after and not after.startswith(">>>"):
            late.append(name)
    assert late == []


def test_a_docstring_without_its_page_or_with_a_wrong_one_is_found(pages):
    name, words = next(pair for pair in documented() if pair[0] == "poincare_section")
    assert fault(name, words, pages) is None
    assert "no page" in fault(name, TAUGHT.sub("", words), pages)
    assert "do not use it" in fault(name, TAUGHT.sub('page "Balance"', words), pages)


def test_every_public_name_has_a_summary_that_is_a_sentence():
    summaries = {name: words.split("\n\n")[0] for name, words in documented()}
    assert [name for name, words in summaries.items() if not words or not re.search(r"[.?:]", words)] == []
