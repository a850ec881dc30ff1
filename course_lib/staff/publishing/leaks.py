"""The leak check: nothing of a solution, nor of the way it is judged, may stand in what the public sees.

A *secret* is a statement or a line of a solution, of the questions, or of a hidden cell, without its white space and
with one kind of quotes, at least `SHORTEST` characters long, that is neither in a stub nor in `course_lib` (which is
public anyway). It is looked for in every string of a notebook, metadata and outputs included, and in every byte of
other files.
"""

import ast
import contextlib
import html
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHORTEST = 20
SENTENCE = 40  # of prose: shorter lines may well be said twice
EDGES = ",()[]{}\\"  # what a line loses when it is taken out of a longer statement
BEGIN, END = re.compile(r"BEGIN (SOLUTION|HIDDEN TESTS)"), re.compile(r"END (SOLUTION|HIDDEN TESTS)")
TAG = re.compile(r"<[^>]*>")  # pages colour code word by word
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
PLACE = re.compile(r"^([ \t]*)\{solution\} (\w+)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Leak:
    """One secret that stands where it must not: the public place, the text, and whose it is."""

    place: str
    text: str
    origin: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text[:100]!r} is of {self.origin}"


def normal(text: str) -> str:
    """Without white space, with one kind of quotes."""
    return re.sub(r"\s+", "", text).replace("'", '"')


def statements(source: str) -> set[str]:
    """Statements and lines of a text, normalised, at least `SHORTEST` long.

    Python is taken statement by statement as `ast` writes it, a compound one by its first line; and any text, Python
    too, line by line, without the brackets and commas at a line's ends.
    """
    found = {normal(line).strip(EDGES) for line in source.splitlines()}
    try:
        tree = ast.parse(textwrap.dedent(source))
    except SyntaxError:
        tree = ast.Module(body=[], type_ignores=[])
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            written = ast.unparse(node)
            compound = hasattr(node, "body")
            found.add(normal(written.split("\n")[0] if compound else written))
    return {text for text in found if len(text) >= SHORTEST}


def regions(source: str) -> tuple[str, str]:
    """The text outside and the text inside BEGIN/END SOLUTION and BEGIN/END HIDDEN TESTS, marker lines dropped."""
    outside: list[str] = []
    inside: list[str] = []
    hidden = False
    for line in source.splitlines():
        if BEGIN.search(line) or END.search(line):
            hidden = bool(BEGIN.search(line))
        else:
            (inside if hidden else outside).append(line)
    return "\n".join(outside), "\n".join(inside)


def secrets(root: Path, name: str, source: Mapping[str, Any] | None = None) -> dict[str, str]:
    """What of one set is secret, as normalised text -> where it is from.

    root: the private checkout; name: the set. What makes the given data (`make_data*.py`) calls the library as pages
    do, and is no answer. source: its nbgrader source notebook, for the hidden regions that the builder adds; without it
    the regions of notebook.md are taken, and reference.py stands for the solutions.
    """
    folder = root / "solutions" / name
    files = sorted(path for path in folder.glob("*.py") if not path.name.startswith("make_data"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    stubs = []
    if source is None:
        outside, texts["notebook.md, hidden"] = regions((folder / "notebook.md").read_text(encoding="utf-8"))
        stubs = [line for line in outside.splitlines() if line.startswith("def ")]
    else:
        for cell in source["cells"]:
            outside, inside = regions(cell["source"])
            if inside:
                texts[f"{cell['id']}, hidden"] = inside
                stubs.append(outside)
    rubric = folder / "rubric.md"
    if rubric.is_file():
        texts["rubric.md"] = rubric.read_text(encoding="utf-8")
    public = normal("\n".join(stubs)) + library(root)
    return {
        text: f"solutions/{name} ({origin})"
        for origin, content in texts.items()
        for text in statements(PLACE.sub("", content))
        if text not in public
    }


def library(root: Path) -> str:
    """Everything that `course_lib` says, normalised: it is public."""
    files = sorted((root / "course_lib").rglob("*.py"))
    return normal("\n".join(path.read_text(encoding="utf-8") for path in files))


def find(secret: Mapping[str, str], texts: Iterable[tuple[str, str]]) -> list[Leak]:
    """The secrets that stand in any of the (place, text) pairs; of one inside another only the longer."""
    leaks = []
    for place, text in texts:
        public = normal(text)
        hits = [entry for entry in secret if entry in public]
        whole = [entry for entry in hits if not any(entry != other and entry in other for other in hits)]
        leaks += [Leak(place, entry, secret[entry]) for entry in whole]
    return leaks


def notebook_texts(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Every string of a notebook with its place: sources, outputs, attachments, metadata with its keys, and the file.

    Code is given as it stands and as `ast` writes it, so that other quotes, brackets or line breaks hide nothing.
    """
    yield name, text
    notebook = json.loads(text)
    yield f"{name}, metadata", "\n".join(_strings(notebook.get("metadata", {})))
    for number, cell in enumerate(notebook.get("cells", [])):
        place = f"{name}, cell {cell.get('id', number)}"
        source = "".join(cell.get("source", ""))
        yield place, source
        if cell.get("cell_type") == "code":
            yield place, _rewritten(source)
        rest = {key: value for key, value in cell.items() if key != "source"}
        yield f"{place}, metadata or outputs", "\n".join(_strings(rest))


def leaks_in_notebook(root: Path, name: str, path: Path, source: Mapping[str, Any] | None = None) -> list[Leak]:
    """Secrets of the set ``name`` in a released notebook; see `secrets` for the arguments."""
    texts = notebook_texts(path.name, path.read_text(encoding="utf-8"))
    return list(dict.fromkeys(find(secrets(root, name, source), texts)))


def every_secret(root: Path) -> dict[str, str]:
    """All that is secret under ``root/solutions``: the sets', and whatever else only instructors may read.

    What the `course_lib` of ``root`` says is public, and what the students' notebooks say.
    """
    folders = sorted(path.parent for path in (root / "solutions").glob("*/questions.py"))
    every = _for_instructors(root, folders)
    for folder in folders:
        every |= secrets(root, folder.name)
    return every


def _for_instructors(root: Path, folders: Iterable[Path]) -> dict[str, str]:
    """Known right and wrong answers by their statements; notes, lessons and exams by their longer lines."""
    notebooks = "\n".join(regions((folder / "notebook.md").read_text(encoding="utf-8"))[0] for folder in folders)
    public = normal(notebooks) + library(root)
    found: dict[str, str] = {}
    for path in sorted((root / "solutions").glob("**/*")):
        text = path.read_text(encoding="utf-8") if path.suffix in (".py", ".md") else ""
        if path.parent.name in ("variants", "mutants") or path.parent.parent.name == "versions":
            lines = statements(text)
        elif path.suffix == ".md" and path.name not in ("notebook.md", "rubric.md"):
            plain = {normal(line).strip(EDGES) for line in text.splitlines() if not line.startswith("#")}
            lines = {line for line in plain if len(line) >= SENTENCE}
        else:
            continue
        found |= {line: str(path.relative_to(root)) for line in lines if line not in public}
    return found


def leaks_in_bytes(every: Mapping[str, str], name: str, content: bytes) -> list[Leak]:
    """Secrets in a file's content; ``name`` says by its ending how it is read."""
    text = content.decode("utf-8", errors="ignore")
    if name.endswith(".ipynb"):
        with contextlib.suppress(ValueError):  # in the past there may be files that are no notebooks
            return find(every, notebook_texts(name, text))
    if name.endswith(".html"):
        return find(every, [(name, text), (name, html.unescape(TAG.sub("", text)))])
    return find(every, [(name, text)])


def leaks_in_tree(every: Mapping[str, str], tree: Path) -> list[Leak]:
    """Secrets in any file below ``tree``, a folder that is to become public."""
    found = []
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        found += leaks_in_bytes(every, str(path.relative_to(tree)), path.read_bytes())
    return list(dict.fromkeys(found))


def _rewritten(source: str) -> str:
    """Each statement as `ast` writes it, magics left out; nothing for what is not Python."""
    try:
        return ast.unparse(ast.parse(MAGIC.sub(r"\1pass", source)))
    except SyntaxError:
        return ""


def _strings(value: Any) -> Iterator[str]:
    """All strings in a nest of dictionaries and lists, keys included, lists of lines joined."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
