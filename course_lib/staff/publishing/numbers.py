"""Every measured number in prose has an owner: the page computes and glues it, or a named test compares it.

Digits do not count in mathematics, code, links, roles, citations, headings, and in exercises with their hints. What is
left is either a year or stands in book/numbers.toml with the test that owns it.
"""

import ast
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from course_lib.staff.publishing.notebooks import toc_pages
from course_lib.staff.publishing.plain_markdown import FENCE, PLAIN_FENCE, closing_line
from course_lib.validation import CourseError

MADE = {  # from code and records
    "course-house",
    "course-licences",
    "course-modules",
    "course-results",
    "course-status",
    "problem-set",
}
SILENT = {"code-cell", "exercise", "literalinclude", "math", "bibliography", *MADE}
NUMBER = re.compile(r"(?<![\w.,])[−-]?\d[\d ,]*(?:\.\d+)?(?![\w])|(?<![\w.,])[−-]?\d+(?:\.\d+)?")
YEAR = re.compile(r"^(1[89]|20)\d\d$")


@dataclass(frozen=True)
class Stated:
    """A number as prose prints it. page: docname.  text: its digits.  line: 1-based line in the page."""

    page: str
    text: str
    line: int


def prose(text: str) -> list[str]:
    """The lines of a page with everything blanked in which digits are no claim; line numbers stay."""
    lines = text.split("\n")
    if lines[0] == "---":
        end = lines.index("---", 1)
        lines[: end + 1] = [""] * (end + 1)
    k = 0
    while k < len(lines):
        opened = FENCE.match(lines[k])
        fence = opened or PLAIN_FENCE.match(lines[k])
        if fence and (opened is None or opened[3] in SILENT):
            closing = closing_line(lines, k + 1, fence[2])
            end = len(lines) - 1 if closing is None else closing
            lines[k : end + 1] = [""] * (end + 1 - k)
            k = end
        k += 1
    whole = "\n".join(lines)
    for pattern, flags in (
        (r"\$\$.*?\$\$", re.S),
        (r"(?<!\$)\$[^$\n]+\$", 0),
        (r"\{[a-z][a-z:]*\}`[^`]*`", 0),
        (r"`[^`\n]*`", 0),
        (r"\]\([^)]*\)", 0),
        (r"https?://\S+", 0),
        (r"^#+ .*$", re.M),
        (r"^ *:[\w-]+:.*$", re.M),  # options
        (r"^ *[:`]{3,}\{(?:grid|div|solution)\}.*$", re.M),
        (r"^ *(?:[:`]{3,}\{[\w-]+\} *)?(?:Hint )?\d+[.:] ", re.M),  # enumerators
        (r"(?<!\w)\(\d\)", 0),
    ):
        whole = re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), whole, flags=flags)
    return whole.split("\n")


def stated_numbers(root: Path, page: str) -> list[Stated]:
    """The numbers that a page's prose states by hand."""
    lines = prose((root / f"{page}.md").read_text(encoding="utf-8"))
    found = [(m[0].strip(" ,"), k) for k, line in enumerate(lines, 1) for m in NUMBER.finditer(line)]
    return [Stated(page, text, k) for text, k in found if not YEAR.match(text)]


def owners(root: Path) -> list[dict]:
    """The entries of book/numbers.toml: page, text, value, name, owner."""
    with (root / "book" / "numbers.toml").open("rb") as stream:
        return tomllib.load(stream).get("number", [])


def owned_value(root: Path, name: str) -> float:
    """The value that prose states under `name`; the owning test compares this very value with its own."""
    return next(float(entry["value"]) for entry in owners(root) if entry["name"] == name)


def compares(root: Path, owner: str, name: str) -> bool:
    """Whether the test `path::function` exists, reads `name` through owned_value and asserts something."""
    path, _, function = owner.partition("::")
    if not (root / path).is_file():
        return False
    for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            inside = list(ast.walk(node))
            calls = [n for n in inside if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "owned_value"]
            named = any(isinstance(arg, ast.Constant) and arg.value == name for call in calls for arg in call.args)
            return named and any(isinstance(n, ast.Assert) for n in inside)
    return False


def complaints(root: Path) -> list[str]:
    """What is wrong: a number without owner, an owner without number, an owner that does not compare it."""
    entries, found = owners(root), []
    stated = [number for page in toc_pages(root) for number in stated_numbers(root, page)]
    known = {(entry["page"], entry["text"]) for entry in entries}
    for number in stated:
        if (number.page, number.text) not in known:
            found.append(
                f"{number.page}.md:{number.line}: {number.text!r} has no owner. "
                "Compute it on the page and glue it, or list it in book/numbers.toml with the test that owns it."
            )
    said = {(number.page, number.text) for number in stated}
    for entry in entries:
        if (entry["page"], entry["text"]) not in said:
            found.append(f"numbers.toml: {entry['name']} ({entry['text']!r}) stands in no prose of {entry['page']}.")
        if float(entry["text"].replace("−", "-").replace(" ", "").replace(",", "")) != float(entry["value"]):
            found.append(f"numbers.toml: {entry['name']} prints {entry['text']!r} but its value is {entry['value']}.")
        if not compares(root, entry["owner"], entry["name"]):
            found.append(f"numbers.toml: {entry['owner']} does not compare owned_value(root, {entry['name']!r}).")
    return found


def check_numbers(root: Path) -> None:
    """Raises CourseError that lists every number in prose without a true owner."""
    found = complaints(Path(root))
    if found:
        raise CourseError("Wanted an owner for every number in prose:\n" + "\n".join(found))
