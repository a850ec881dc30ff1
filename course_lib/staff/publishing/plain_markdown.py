"""MyST into Markdown that Colab can read: directives into prose, roles into words.

Colab renders CommonMark with mathematics and a little HTML; a MyST fence or role would stand there as litter. What is
not known here is refused, so that nothing reaches a reader half converted.
"""

import ast
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from course_lib.validation import CourseError

FENCE = re.compile(r"^( *)(`{3,}|:{3,}|~{3,})\{([\w:-]+)\} *(.*)$")
PLAIN_FENCE = re.compile(r"^( *)(`{3,}|~{3,})(?!\{).*$")
ROLE_OR_CODE = re.compile(r"\{([a-z][a-z:]*)\}`([^`]+)`|`[^`]+`")
LABELLED_MATH = re.compile(r"^\$\$ *\(([\w:-]+)\) *$")
TARGET = re.compile(r"^\([\w:-]+\)= *$")
ATTRIBUTES = re.compile(r"^\{[.#][^}]*\} *$")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)([^)\s]+\.md)(#[\w-]*)?\)")
NAMED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
T = TypeVar("T")


class ConversionError(CourseError):
    """A page uses something that has no plain form yet; the message names page and directive."""


@dataclass
class Page:
    """What a page's text refers to, gathered before its cells are converted.

    name: docname, for instance book/flows/lorenz.  root: the repository.  figures: name -> title.  equations: label ->
    number.  exercises: label -> number.  citations: key -> (authors, year).  address: docname -> link for a reader in
    Colab.  file_address: ("repo" or "colab", path) -> link to a file of the public repository.  glued: names glued in
    the code cells above.  to_come: names glued anywhere on the page.
    """

    name: str
    root: Path
    figures: dict[str, str] = field(default_factory=dict)
    equations: dict[str, int] = field(default_factory=dict)
    exercises: dict[str, int] = field(default_factory=dict)
    citations: dict[str, tuple[str, str]] = field(default_factory=dict)
    address: Callable[[str], str] = str
    file_address: Callable[[str, str], str] = "{0}:{1}".format
    glued: list[re.Pattern] = field(default_factory=list)
    to_come: list[re.Pattern] = field(default_factory=list)

    def refuse(self, what: str, do: str) -> ConversionError:
        """The error for something that cannot be converted."""
        return ConversionError(f"{self.name}.md: wanted Markdown that Colab can show, got {what}. {do}")


@dataclass(frozen=True)
class Directive:
    """One MyST directive: `{name} argument`, its options, and the lines of its body."""

    name: str
    argument: str
    options: dict[str, str]
    body: str


def split_options(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The `:key: value` lines at a directive's head, and the rest."""
    options: dict[str, str] = {}
    rest = list(lines)
    while rest and (found := re.match(r"^ *:([\w-]+): *(.*)$", rest[0])):
        options[found[1]] = found[2]
        rest.pop(0)
    return options, rest


def closing_line(lines: list[str], start: int, fence: str) -> int | None:
    """Index of the line that closes a fence opened before `start`, or None."""
    closing = re.compile(rf"^ *{re.escape(fence[0])}{{{len(fence)},}} *$")
    return next((k for k in range(start, len(lines)) if closing.match(lines[k])), None)


def convert(text: str, page: Page) -> str:
    """Plain Markdown of a piece of MyST. Raises ConversionError for a directive or role without a plain form."""
    lines, k = text.split("\n"), 0
    out: list[str] = []
    prose: list[str] = []

    def flush() -> None:
        if prose:
            out.append(inline("\n".join(prose), page))
            prose.clear()

    while k < len(lines):
        line = lines[k]
        opened, labelled = FENCE.match(line), LABELLED_MATH.match(line)
        fence = opened or PLAIN_FENCE.match(line)
        if fence:
            flush()
            end = closing_line(lines, k + 1, fence[2])
            if end is None:
                raise page.refuse(f"a fence that never closes: {line.strip()!r}", "Close it.")
            if opened is None:
                out += lines[k : end + 1]
            else:
                options, rest = split_options(textwrap.dedent("\n".join(lines[k + 1 : end])).split("\n"))
                out.append(render(Directive(opened[3], opened[4].strip(), options, "\n".join(rest).strip("\n")), page))
            k = end
        elif labelled:
            prose += [rf"\tag{{{page.equations[labelled[1]]}}}", "$$"]
        elif not TARGET.match(line) and not ATTRIBUTES.match(line) and not line.startswith("% "):
            prose.append(line)
        k += 1
    flush()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")


def render(directive: Directive, page: Page) -> str:
    """One directive as plain Markdown."""
    if directive.name not in DIRECTIVES:
        raise page.refuse(
            f"the directive {{{directive.name}}}",
            "Teach it to DIRECTIVES in plain_markdown.py, with a test, or say it in prose.",
        )
    return DIRECTIVES[directive.name](directive, page)


def inline(line: str, page: Page) -> str:
    """Some lines of prose: roles into words, links between pages into addresses; code spans stay as they are."""
    kept: list[str] = []

    def word(match: re.Match) -> str:
        if match[1]:
            return role(match[1], match[2], page)
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    line = ROLE_OR_CODE.sub(word, line)
    line = re.sub(r"\(\((`\w+`, printed \w+)\)\)", r"(\1)", line)
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
        return f"figure “{look_up(page.figures, target, 'figure', page)}”"
    if name == "eq":
        return f"({look_up(page.equations, target, 'equation', page)})"
    if name == "glue:text":
        return glued(content, page)
    if name == "ref" and target in page.exercises:
        return text if named else f"exercise {page.exercises[target]}"
    if name in {"ref", "term", "doc"} and (named or name == "term"):
        return text
    if name in {"colab", "repo"}:
        if not (page.root / target).is_file():
            raise page.refuse(f"a link to {target}", "There is no such file.")
        return f"[{text}]({page.file_address(name, target)})"
    if name == "math":
        return f"${content}$"
    if name == "kbd":
        return f"`{content}`"
    raise page.refuse(f"the role {{{name}}}`{content}`", "Teach it to role() in plain_markdown.py, with a test.")


def glued(name: str, page: Page) -> str:
    """Where a reader in Colab finds a glued number."""
    if any(pattern.fullmatch(name) for pattern in page.glued):
        return f"(`{name}`, printed above)"
    if any(pattern.fullmatch(name) for pattern in page.to_come):
        return f"(`{name}`, printed below)"
    raise page.refuse(f"the number {name!r}", "No cell of the page glues it.")


def look_up(table: dict[str, T], key: str, kind: str, page: Page) -> T:
    """table[key], or the error that names the missing label."""
    if key not in table:
        raise page.refuse(f"a reference to the {kind} {key!r}", f"There is no {kind} of that name on the page.")
    return table[key]


def citation(name: str, content: str, page: Page) -> str:
    """Author and year: "Lorenz (1963)" in a sentence, "(Lorenz, 1963)" behind it."""
    works = [look_up(page.citations, key.strip(), "work in references.bib,", page) for key in content.split(",")]
    if name == "cite:t":
        return ", ".join(f"{authors} ({year})" for authors, year in works)
    return "(" + "; ".join(f"{authors}, {year}" for authors, year in works) + ")"


def quote(title: str, body: str) -> str:
    """A block quote with a bold title."""
    lines = [f"**{title}**", "", *body.split("\n")]
    return "\n".join(["", *(f"> {line}".rstrip() for line in lines), ""])


def details(title: str, body: str) -> str:
    """A folded block; the empty lines let Markdown inside it be read as such."""
    return f"\n<details><summary>{title}</summary>\n\n{body}\n\n</details>\n"


def admonition(directive: Directive, page: Page) -> str:
    title = inline(directive.argument, page) or directive.name.capitalize()
    body = convert(directive.body, page)
    return details(title, body) if "dropdown" in directive.options.get("class", "") else quote(title, body)


def exercise(directive: Directive, page: Page) -> str:
    number = look_up(page.exercises, directive.options.get("label", ""), "exercise", page)
    title = f" ({inline(directive.argument, page)})" if directive.argument else ""
    return quote(f"Exercise {number}{title}", convert(directive.body, page))


def solution(directive: Directive, page: Page) -> str:
    number = look_up(page.exercises, directive.argument, "exercise", page)
    return details(f"Solution of exercise {number}", convert(directive.body, page))


def dropdown(directive: Directive, page: Page) -> str:
    return details(inline(directive.argument, page), convert(directive.body, page))


def mathematics(directive: Directive, page: Page) -> str:
    tag = rf"\tag{{{page.equations[directive.options['label']]}}}" if "label" in directive.options else ""
    return f"$$\n{directive.body}{tag}\n$$"


def literalinclude(directive: Directive, page: Page) -> str:
    """A fenced copy of one object of a source file, as it stands there today."""
    path = (page.root / f"{page.name}.md").parent / directive.argument
    wanted = directive.options.get("pyobject")
    if wanted is None or not path.is_file():
        raise page.refuse(f"literalinclude of {directive.argument}", "Name an existing file and a :pyobject:.")
    source = path.read_text(encoding="utf-8")
    where = path.resolve().relative_to(page.root.resolve()).as_posix()
    return f"From `{where}`:\n\n```python\n{python_object(source, wanted, page)}\n```"


def python_object(source: str, dotted: str, page: Page) -> str:
    """Source of the function, class or method `dotted`, without its surrounding indentation."""
    node: ast.AST = ast.parse(source)
    for name in dotted.split("."):
        found = (n for n in ast.iter_child_nodes(node) if isinstance(n, NAMED) and n.name == name)
        node = next(found, node)
        if getattr(node, "name", None) != name:
            raise page.refuse(f"pyobject {dotted}", "The file has no such object.")
    assert isinstance(node, NAMED)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return textwrap.dedent("\n".join(source.split("\n")[first - 1 : node.end_lineno]))


def card(directive: Directive, page: Page) -> str:
    title = inline(directive.argument, page)
    body = convert(directive.body.replace("\n+++\n", "\n\n"), page)
    return f"\n**{title}**\n\n{body}\n"


def division(directive: Directive, page: Page) -> str:
    return "" if "book-only" in directive.argument.split() else convert(directive.body, page)


def glossary(directive: Directive, page: Page) -> str:
    lines = []
    for line in directive.body.split("\n"):
        if line.strip():
            lines.append(f"  {inline(line.strip(), page)}" if line.startswith(" ") else f"- **{line.strip()}**:")
    return "\n".join(lines)


DIRECTIVES: dict[str, Callable[[Directive, Page], str]] = {
    **dict.fromkeys(("admonition", "note", "tip", "important", "warning", "seealso"), admonition),
    "card": card,
    "div": division,
    "dropdown": dropdown,
    "exercise": exercise,
    "glossary": glossary,
    "grid": lambda directive, page: convert(directive.body, page),
    "grid-item-card": card,
    "literalinclude": literalinclude,
    "math": mathematics,
    "solution": solution,
}
