"""MyST roles and links in prose into words that Colab can read.

What is labelled on another page is named with a link to that page. What is not known here is refused by name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from course_lib.validation import CourseError

ROLE_OR_CODE = re.compile(r"\{([a-z][a-z:]*)\}`([^`]+)`|`[^`]+`")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)([^)\s]+\.md)(#[\w-]*)?\)")
BOOK_ONLY = (  # what a reader in Colab has behind them, or has not got
    (re.compile(r"; what\s+the\s+computations\s+cost\s+stands\s+at\s+the\s+foot"), ""),
    (re.compile(r"Open\s+this\s+page\s+in\s+Colab\s+\(the\s+rocket\s+above\)\s+and\s+change"), "Change"),
    (re.compile(r"In\s+Colab\s+\(the\s+rocket\s+above\):\s+"), ""),
)
T = TypeVar("T")


class ConversionError(CourseError):
    """A page uses something that has no plain form yet; the message names page and directive."""


@dataclass
class Page:
    """What a page's text refers to, gathered before its cells are converted.

    name: docname, for instance book/flows/lorenz.  root: the repository.  figures: name -> title.  equations: label ->
    number.  exercises: label -> number.  citations: key -> (authors, year).  address: docname -> link for a reader in
    Colab.  file_address: ("repo" or "colab", path) -> link to a file of the public repository.  glued: names glued in
    the code cells above.  to_come: names glued anywhere on the page.  elsewhere: (kind, label) -> what that label
    stands for on another page, with that page's docname and title; None when there is none.
    """

    name: str
    root: Path
    figures: dict[str, str] = field(default_factory=dict)
    equations: dict[str, int] = field(default_factory=dict)
    exercises: dict[str, int] = field(default_factory=dict)
    citations: dict[str, tuple[str, str]] = field(default_factory=dict)
    address: Callable[[str], str] = str
    file_address: Callable[[str, str], str] = "{0}:{1}".format
    elsewhere: Callable[[str, str], tuple[str, str, str] | None] = lambda kind, label: None
    glued: list[re.Pattern] = field(default_factory=list)
    to_come: list[re.Pattern] = field(default_factory=list)

    def refuse(self, what: str, do: str) -> ConversionError:
        """The error for something that cannot be converted."""
        return ConversionError(f"{self.name}.md: wanted Markdown that Colab can show, got {what}. {do}")


def inline(line: str, page: Page) -> str:
    """Some lines of prose: roles into words, links between pages into addresses; code spans stay as they are."""
    kept: list[str] = []

    def word(match: re.Match) -> str:
        if match[1]:
            return role(match[1], match[2], page)
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    line = ROLE_OR_CODE.sub(word, line)
    for pattern, words in BOOK_ONLY:
        line = pattern.sub(words, line)
    line = LINK.sub(lambda m: f"[{m[1]}]({link_target(m[2], page)})", line)
    return re.sub(r"\0(\d+)\0", lambda m: kept[int(m[1])], line)


def link_target(path: str, page: Page) -> str:
    """Address of another page, named relative to this one."""
    here = page.root / f"{page.name}.md"
    target = (here.parent / path).resolve()
    if not target.is_file():
        raise page.refuse(f"a link to {path}", "There is no such page.")
    return page.address(target.relative_to(page.root.resolve()).with_suffix("").as_posix())


def role(name: str, content: str, page: Page) -> str:
    """One role in words."""
    content = " ".join(content.split())
    named = re.fullmatch(r"(.*?)\s*<([^>]+)>", content)
    text, target = (named[1], named[2]) if named else (content, content)
    if name in {"cite", "cite:p", "cite:t"}:
        return citation(name, content, page)
    if name == "numref":
        return refer("figures", target, "figure “{}”", page)
    if name == "eq":
        return refer("equations", target, "({})", page)
    if name == "glue:text":
        return glued(content, page)
    if name == "ref" and (not named or target in page.exercises):
        return text if named else refer("exercises", target, "exercise {}", page)
    if name == "doc" and named:
        return f"[{text}]({link_target(f'{target}.md', page)})"
    if name in {"ref", "term"}:
        return text
    if name in {"colab", "repo"}:
        if not (page.root / target).is_file():
            raise page.refuse(f"a link to {target}", "There is no such file.")
        return f"[{text}]({page.file_address(name, target)})"
    if name == "math":
        return f"${content}$"
    if name == "kbd":
        return f"`{content}`"
    raise page.refuse(f"the role {{{name}}}`{content}`", "Teach it to role() in plain_roles.py, with a test.")


def glued(name: str, page: Page) -> str:
    """Where a reader in Colab finds a glued number: printed by a cell above, or by one below."""
    if any(pattern.fullmatch(name) for pattern in page.glued):
        return f"`{name}`↑"
    if any(pattern.fullmatch(name) for pattern in page.to_come):
        return f"`{name}`↓"
    raise page.refuse(f"the number {name!r}", "No cell of the page glues it.")


def refer(kind: str, label: str, words: str, page: Page) -> str:
    """A labelled thing in words, with a link when it stands on another page.

    kind: "figures", "equations" or "exercises".  words: with {} for its title or number.
    """
    found = None if label in getattr(page, kind) else page.elsewhere(kind, label)
    if found is None:
        return words.format(look_up(getattr(page, kind), label, kind.removesuffix("s"), page))
    value, other, title = found
    return f"{words.format(value)} of [{title}]({page.address(other)})"


def look_up(table: dict[str, T], key: str, kind: str, page: Page) -> T:
    """table[key], or the error that names the missing label."""
    if key not in table:
        raise page.refuse(f"a reference to the {kind} {key!r}", f"There is no {kind} of that name.")
    return table[key]


def citation(name: str, content: str, page: Page) -> str:
    """Author and year: "Lorenz (1963)" in a sentence, "(Lorenz, 1963)" behind it."""
    works = [look_up(page.citations, key.strip(), "work in references.bib,", page) for key in content.split(",")]
    if name == "cite:t":
        return ", ".join(f"{authors} ({year})" for authors, year in works)
    return "(" + "; ".join(f"{authors}, {year}" for authors, year in works) + ")"
