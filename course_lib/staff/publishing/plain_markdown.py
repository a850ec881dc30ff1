"""MyST into Markdown that Colab can read: directives into prose, roles into words.

Colab renders CommonMark with mathematics and a little HTML; a MyST fence or role would stand there as litter. What is
not known here is refused, so that nothing reaches a reader half converted.
"""

import ast
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from course_lib.staff.publishing.plain_roles import Page, inline, look_up

FENCE = re.compile(r"^( *)(`{3,}|:{3,}|~{3,})\{([\w:-]+)\} *(.*)$")
PLAIN_FENCE = re.compile(r"^( *)(`{3,}|~{3,})(?!\{).*$")
LABELLED_MATH = re.compile(r"^\$\$ *\(([\w:-]+)\) *$")
TARGET = re.compile(r"^\([\w:-]+\)= *$")
ATTRIBUTES = re.compile(r"^\{[.#][^}]*\} *$")
NAMED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


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
