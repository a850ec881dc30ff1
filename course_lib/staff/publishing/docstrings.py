"""Docstrings of this library as reStructuredText: they are written to be read in an editor, with no markup.

The form: a summary; `name: text` for parameters and fields, at the start of a line or after two blanks; `Returns ...`;
prose; indented blocks, and examples that begin with `>>>`. Everything that reStructuredText would take for markup
(|λ|, *args, x_) is escaped.
"""

import re
import textwrap
from collections.abc import Callable, Collection, Mapping

Link = Callable[[str], str | None]  # code or a page's title -> the role that leads there, or None

RETURNS = "return"  # the key of the returned type, as in `__annotations__`
CODE = re.compile(r"(``[^`]+``|`[^`]+`)")
PAGE = re.compile(r'\bpage "([^"]+)"')
SPECIAL = re.compile(r"(?<!\S)\*\w+\*(?!\w)|[\\*|]|(?<=\w)_(?!\w)")  # *emphasis* is let through
PROSE = ("Raises ", "Method: ", "Taught on ")  # words that end an entry


def to_rst(text: str, types: Mapping[str, str], link: Link, *, all_types: bool = False) -> list[str]:
    """A docstring as lines of reStructuredText, its parameters or fields as one definition list.

    text: the docstring, dedented.  types: reStructuredText of the type of each parameter or field, and of "return";
    a piece `name: ...` of another name stays prose.  link: the role of a name in backquotes, or of a page's title.
    all_types: also tell the types of those that have no entry.
    """
    told = set()
    before: list[str] = []
    terms: list[str] = []
    after: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        place = after if terms else before
        if block.startswith(">>>"):
            place += [*block.splitlines(), ""]
        elif block.startswith("    "):
            place += [".. code-block:: text", "", *textwrap.indent(textwrap.dedent(block), "    ").splitlines(), ""]
        else:
            prose, entries, rest = split_entries(block, types)
            place += [escape(prose, link), ""]
            for names, words in entries:
                told.update(names)
                terms += [term(names, types), f"    {escape(words, link)}"]
            after += [escape(rest, link), ""]
    others = [f"``{name}`` ({kind})" for name, kind in types.items() if name not in told | {RETURNS} and kind]
    if others and all_types:
        after[:0] = [f"{'Also' if terms else 'Types:'} {', '.join(others)}.", ""]
    if ":py:" in types.get(RETURNS, "") and RETURNS not in told:
        after += [f"Returns {types[RETURNS]}.", ""]
    return [*before, *terms, "", *after]


def term(names: list[str], types: Mapping[str, str]) -> str:
    """The head of an entry: its names in code, then the type of the first."""
    kind = types.get(names[0], "")
    words = "Returns" if names == [RETURNS] else ", ".join(f"``{name}``" for name in names)
    return f"{words} : {kind}" if kind else words


def split_entries(block: str, names: Collection[str]) -> tuple[str, list[tuple[list[str], str]], str]:
    """The prose of a paragraph, its entries (names, text), and the prose that follows them.

    Several names before one colon ("rtol, atol: tolerances") are one entry. A line that continues belongs to what
    stands before it, unless it begins a sentence at the margin after one that has ended.
    """
    prose: list[str] = []
    entries: list[tuple[list[str], list[str]]] = []
    rest: list[str] = []
    ended = False  # the line above closed a sentence
    for line in block.splitlines():
        anew = ended and line[:1].isupper()
        ended = line.rstrip().endswith(".")
        for piece in (piece.strip() for piece in pieces(line, names, inside=len(block) > len(line))):
            head, colon, words = piece.partition(":")
            heads = [name.strip().lstrip("*") for name in head.split(",")]
            if colon and words[:1] in ("", " ") and all(name in names for name in heads):
                entries.append((heads, [words.strip()]))
            elif piece.startswith("Returns ") and (entries or not prose):
                entries.append(([RETURNS], [piece.removeprefix("Returns ")]))
            elif anew or rest or piece.startswith(PROSE):
                (rest if entries else prose).append(piece)
            else:
                (entries[-1][1] if entries else prose).append(piece)
            anew = False
    return " ".join(prose), [(heads, " ".join(words)) for heads, words in entries], " ".join(rest)


def pieces(line: str, names: Collection[str], *, inside: bool) -> list[str]:
    """A line cut at two blanks, and where `inside`, at sentences that begin with an entry: "A run. spikes: (n,)"."""
    cut = r"(?<=  )(?=\S)"
    if inside and names:
        name = "|".join(map(re.escape, names))
        cut += rf"|(?<=\. )(?=(?:{name})(?:, (?:{name}))*: )"
    return re.split(cut, line.strip())


def escape(text: str, link: Link) -> str:
    """Prose in which code is code, with links where `link` knows them, and nothing else is markup."""
    parts = []
    for part in CODE.split(text):
        if CODE.fullmatch(part):
            code = part.strip("`")
            parts.append(f"\\ {link(code) or f'``{code}``'}\\ ")
        else:
            plain = SPECIAL.sub(lambda found: found[0] if len(found[0]) > 1 else "\\" + found[0], part)
            parts.append(PAGE.sub(lambda found: f"page {link(found[1]) or found[0]}", plain))
    return "".join(parts).removeprefix("\\ ").removesuffix("\\ ")


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`])", paragraph)[0]
