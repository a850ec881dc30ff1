"""What each module of the library is for, where its tests are, and which pages of the book use it; from the code alone.

A test or a page belongs to a module that it names itself. A module that none names is reached through those that import
it: theirs are shown, and said to be so.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

from course_lib.staff.publishing.docstrings import first_sentence
from course_lib.staff.publishing.execute import code
from course_lib.staff.publishing.floors import ROOMS
from course_lib.staff.publishing.notebooks import has_code, page_title, toc_pages
from course_lib.staff.publishing.used import Library, is_passing_on

INCLUDED = re.compile(r"^[`:]{3,}\{literalinclude\} \S*?(course_lib/\S+\.py)$", re.M)
QUOTED, WORD = re.compile(r"""["']([\w.]+)["']"""), re.compile(r"\w+")
SHOWN = 3  # tests and pages of one module
MOST = 60  # modules; who names more, such as a check of all public names, is about none of them


@dataclass(frozen=True)
class Found:
    """Where a module is met. names: the closest first.  through: what stands between, None where nothing does."""

    names: tuple[str, ...]
    through: str | None


@dataclass(frozen=True)
class Module:
    """One file of the library. name: dotted, without the package.  about: its first sentence."""

    name: str
    path: str
    about: str
    tests: Found
    pages: Found


def modules(root: Path) -> dict[str, list[Module]]:
    """Room -> its modules with their tests and pages, rooms from the lowest floor up, then the two sides.

    root: the repository. A copy without `tests` has modules without tests. Files that only pass names on are left out.
    """
    library = Library(root / "course_lib", without=())
    tests = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in test_files(root)}
    pages = {page: page_code(root, page) for page in toc_pages(root) if has_code(root, page)}
    in_tests, in_pages = namers(library, tests, most=MOST), namers(library, pages)
    titles = {page: page_title(root, page) for page in pages}
    for module, names in in_pages.items():
        words = library.modules[module].read_text("utf-8")
        teaching = [page for page in names if f'page "{titles[page]}"' in words]
        in_pages[module] = [*teaching, *(page for page in names if page not in teaching)]
    users: dict[str, set[str]] = {}
    for module, path in library.modules.items():
        needs = library.needs(module) - {module}
        for needed in (needs if len(needs) <= MOST else set()) | started(library, path.read_text("utf-8")):
            users.setdefault(needed, set()).add(module)
    rooms: dict[str, list[Module]] = {room: [] for room in ROOMS}
    for module, path in library.modules.items():
        parts = module.split(".")
        if len(parts) > 1 and not is_passing_on(library.tree(module)):
            document = ast.get_docstring(library.tree(module)) or ""
            rooms[parts[1]].append(
                Module(
                    ".".join(parts[1:]),
                    path.relative_to(root).as_posix(),
                    first_sentence(document),
                    met(module, in_tests, users),
                    met(module, in_pages, users),
                )
            )
    return rooms


def tree(text: str) -> ast.Module:
    """The parsed text; an empty one where a page shows what is no Python."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([], [])


def test_files(root: Path) -> list[Path]:
    """The files with tests, and what the tests of problem sets and of the bench are made of."""
    return sorted((root / "tests").rglob("*.py")) if (root / "tests").is_dir() else []


def page_code(root: Path, page: str) -> str:
    """A page's code, with an import for every file of the library that it shows."""
    path = root / f"{page}.md"
    shown = [found.removesuffix(".py").replace("/", ".") for found in INCLUDED.findall(path.read_text("utf-8"))]
    return "\n".join([code(jupytext.read(path)), *(f"import {name}" for name in shown)])


def started(library: Library, text: str) -> set[str]:
    """The modules that a text names in strings: by their file, or dotted, as a process is started with them."""
    quoted = set(QUOTED.findall(text))
    return {
        module
        for module, path in library.modules.items()
        if {path.name, module} & quoted and path.name != "__init__.py"
    }


def namers(library: Library, texts: dict[str, str], most: int | None = None) -> dict[str, list[str]]:
    """Module -> the texts that name it: those with its own name first, then those that name the fewest.

    A text that names more than `most` modules counts only for those that it spells.
    """
    named = {text: library.named(tree(source)) for text, source in texts.items()}
    found: dict[str, list[str]] = {}
    for text, source in texts.items():
        many = most is not None and len(named[text]) > most
        words = set(WORD.findall(source)) if many else set()
        spelt = {module for module in named[text] if not many or module.rpartition(".")[2] in words}
        called = {module for module in library.modules if f"test_{module.rpartition('.')[2]}" == Path(text).stem}
        for module in spelt | called | started(library, source):
            found.setdefault(module, []).append(text)
    for module, names in found.items():
        last = module.rpartition(".")[2]
        names.sort(key=lambda text: (not Path(text).stem.endswith(last), "/test_" not in text, len(named[text]), text))
    return found


def met(module: str, named: dict[str, list[str]], users: dict[str, set[str]]) -> Found:
    """Where a module is named, or else where the nearest of those are that import it."""
    seen, ring = {module}, [module]
    while ring:
        for near in sorted(ring, key=lambda name: (name not in named, name)):
            if near in named:
                through = None if near == module else near.split(".", 1)[1]
                return Found(tuple(named[near][:SHOWN]), through)
        ring = sorted({user for near in ring for user in users.get(near, ())} - seen)
        seen |= set(ring)
    return Found((), None)
