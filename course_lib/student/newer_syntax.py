"""What Colab's Python reads and an older one, that grades, does not."""

import ast
import re

FSTRING = re.compile(r"(?i:f|fr|rf)(\"{3}|'{3}|\"|')")
SPECIFICATION = re.compile(r":(?:.?[<>=^])?[-+ ]?z?$")  # what of a format may stand before its own "#": {x:#.3g}


def newer_syntax(source: str, tree: ast.Module, version: tuple[int, int]) -> str:
    """What of a cell that parses here a Python of that version could not read; empty when there is nothing."""
    try:
        ast.parse(source, feature_version=version)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno} of the cell)"
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and is_newer_fstring(ast.get_source_segment(source, node) or ""):
            return f"an f-string as Python 3.12 allows it: quotes or a backslash inside {{}} (line {node.lineno})"
    return ""


def is_newer_fstring(text: str) -> bool:
    """Whether a field of this f-string holds its own quotes, a backslash, a comment or a new line (Python 3.12)."""
    begin = FSTRING.match(text)
    if begin is None:
        return False
    quote, depth, place = begin[1], 0, begin.end()
    while place < len(text):
        if depth == 0 and text.startswith(("{{", "}}"), place):
            place += 2
            continue
        comment = text[place] == "#" and not SPECIFICATION.search(text, begin.end(), place)
        broken = text[place] == "\\" or (text[place] == "\n" and len(quote) == 1)
        if depth and (comment or broken or text.startswith(quote, place)):
            return True
        depth = max(0, depth + (text[place] == "{") - (text[place] == "}"))
        place += 1
    return False
