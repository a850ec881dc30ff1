"""The instructor's pack as sheets to print: lessons with their numbers filled in from the pages, formulas set.

The sources in `solutions/teaching` name a page's number by its key, {glue:text}`key`, as the page itself does. Here the
key becomes the number that the page printed when the book was last built.
"""

import ast
import html
import re
from collections.abc import Mapping
from pathlib import Path

from jupyter_cache import get_cache
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from course_lib.staff.publishing.execute import read_pages
from course_lib.staff.publishing.frozen import MATHJAX, freeze
from course_lib.staff.publishing.looks import built_book, chromium
from course_lib.validation import CourseError

SOURCE = "solutions/teaching"
FOLDER = "teaching"  # in _build
GLUED = re.compile(r"\{glue:text\}`(\w+)`")
PAGE = re.compile(r"^Page: `(book/[\w/]+)`$", re.M)
COMMENT = re.compile(r"<!--.*?-->", re.S)
MIME = "application/papermill.record/text/plain"
STYLE = """
@page { size: A4; margin: 16mm 18mm; }
body { font: 11pt/1.45 "Source Sans 3", "Segoe UI", Helvetica, Arial, sans-serif;
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 20pt; } h2 { font-size: 14pt; } h3 { font-size: 12pt; margin-bottom: 0.2rem; }
h1, h2, h3 { break-after: avoid; } tr, li { break-inside: avoid; } code { font-size: 0.9em; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; } td, th { border: 0.5pt solid #999; padding: 2pt 5pt;
  text-align: left; vertical-align: top; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
"""


def glued_numbers(root: Path) -> dict[str, dict[str, str]]:
    """Page -> key -> number as the page prints it, from the outputs that the last build of the book kept.

    Pages whose text has changed since are left out. Raises CourseError when no build has kept anything.
    """
    folder = Path(root) / "_build" / ".jupyter_cache"
    if not folder.is_dir():
        raise CourseError(f"Wanted the outputs of a built book in {folder}, found none. Run: course book")
    cache = get_cache(folder)
    found: dict[str, dict[str, str]] = {}
    for run in read_pages(Path(root)):
        try:
            record = cache.match_cache_notebook(run.notebook)
        except KeyError:
            continue
        numbers = found.setdefault(run.name, {})
        for cell in cache.get_cache_bundle(record.pk).nb.cells:
            for output in cell.get("outputs", []):
                if "scrapbook" in output.get("metadata", {}):
                    numbers[output.metadata.scrapbook.name] = str(ast.literal_eval(output.data[MIME]))
    return found


def filled(text: str, numbers: Mapping[str, str], where: str) -> str:
    """A text with its keys replaced by numbers. Raises CourseError for a key that the page does not have."""

    def number(found: re.Match[str]) -> str:
        if found[1] not in numbers:
            raise CourseError(
                f"Wanted the number {found[1]!r} of {where}, found none. Build the book, or mend the key."
            )
        return numbers[found[1]]

    return GLUED.sub(number, text)


def as_html(text: str) -> str:
    """Markdown with formulas between dollars as a document, with formulas still to be set."""
    reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=formula)
    title = re.search(r"^# (.*)$", text, re.M)
    named = html.escape(title[1] if title else "")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{named}</title>'
        f'<style>{STYLE}</style>{MATHJAX}</head><body class="page">{reader.render(COMMENT.sub("", text))}</body></html>'
    )


def formula(content: str, options: Mapping[str, bool]) -> str:
    """TeX as MathJax of the book reads it."""
    left, right = ("\\[", "\\]") if options["display_mode"] else ("\\(", "\\)")
    return f'<span class="math">{left}{html.escape(content)}{right}</span>'


def make_handouts(root: Path, to: Path | None = None) -> list[Path]:
    """Every text of the pack as one HTML sheet in `_build/teaching`, lessons first. to: another folder.

    Raises CourseError when there is no built book or no Chromium, and for a number that a page does not have.
    """
    root = Path(root)
    site = built_book(root)
    folder = root / "_build" / FOLDER if to is None else Path(to)
    numbers, made = glued_numbers(root), []
    source = root / SOURCE
    with chromium() as browser:
        for path in [*sorted((source / "lessons").glob("*.md")), *sorted(source.glob("*.md"))]:
            text = path.read_text(encoding="utf-8")
            page = PAGE.search(text)
            text = filled(text, numbers.get(page[1], {}) if page else {}, page[1] if page else path.name)
            target = folder / path.relative_to(source).with_suffix(".html")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(freeze(browser, site, as_html(text)), encoding="utf-8")
            made.append(target)
    return made
