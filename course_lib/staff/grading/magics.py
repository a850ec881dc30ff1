"""Shell and Colab lines of a notebook, made harmless before anything runs.

IPython's own token search decides what is a magic, so a ``%`` in a calculation or a text that looks like a command
stays as it is. A line that is not run stays readable as a comment behind ``pass``.
"""

import re

from IPython.core.inputtransformer2 import (
    EscapedCommand,
    MagicAssign,
    SystemAssign,
    TokenTransformBase,
    TransformerManager,
    find_end_of_continued_line,
    make_tokens_by_line,
)

LINE_MAGICS = {"time", "timeit", "precision", "reset_selective", "who", "whos"}
UNWRAPPED = {"time", "timeit", "capture", "prun"}
KEPT_CELLS = {"writefile", "file"}
NOT_RUN = "not run in grading: "
_FOLDER = re.compile(r"[!%]\s*mkdir\s+(?:-p\s+)?([\w./-]+)$")
_COMMAND = re.compile(r"(?m)^[ \t]*[!%]|=[ \t]*[!%]")
_STEPS = 500


def commands(source: str) -> int:
    """How many lines could be commands to IPython, at most: each takes a reading of the whole cell."""
    return len(_COMMAND.findall(source))


def neutralise(source: str) -> tuple[str, list[str]]:
    """The cell without commands to shell, package manager or Colab; and what was taken out, line by line.

    ``%%time`` and the like are unwrapped, ``%%writefile`` writes into the working folder, other cell magics (as
    ``%%bash``) make the whole cell a comment; ``files = !ls`` gives an empty list, ``!mkdir`` makes its folder.
    """
    lines = _cleaned(source)
    if not lines:
        return source, []
    taken: list[str] = []
    first = _first_magic(lines)
    if first is not None:
        name, _, rest = lines[first][2:].strip().partition(" ")
        if name in KEPT_CELLS:
            return "".join([f"%%{name} {_inside(rest)}\n", *lines[first + 1 :]]).rstrip("\n"), taken
        taken.append(lines[first].strip())
        if name not in UNWRAPPED:
            return "".join(f"# {NOT_RUN}{line}" for line in lines).rstrip("\n"), taken
        lines[first] = f"# {NOT_RUN}{lines[first]}"
    kept: dict[str, str] = {}
    changed = bool(taken)
    for _ in range(_STEPS):
        found = _first(lines)
        if found is None:
            break
        changed = _replace(lines, found, kept, taken) or changed
    text = "".join(lines)
    for marker, original in kept.items():
        text = text.replace(marker, original)
    return text.rstrip("\n") if changed else source, taken


def _cleaned(source: str) -> list[str]:
    """Lines with prompts and leading indent removed, as IPython would read them."""
    lines = (source.rstrip("\n") + "\n").splitlines(keepends=True)
    for transform in TransformerManager().cleanup_transforms:
        if getattr(transform, "__name__", "") != "cell_magic":
            lines = transform(lines)
    return lines


def _first_magic(lines: list[str]) -> int | None:
    """Line of the cell's magic; Colab lets comments (form titles) stand above it."""
    for number, line in enumerate(lines):
        if line.startswith("%%"):
            return number
        if line.strip() and not line.startswith("#"):
            break
    return None


def _inside(path: str) -> str:
    """A path in the working folder for one in Colab's: the two are the same place."""
    return re.sub(r"(^|\s)(?:/content/|\./)(?=\S)", r"\1", path).strip()


def _first(lines: list[str]) -> TokenTransformBase | None:
    tokens = make_tokens_by_line(lines)
    kinds: tuple[type[TokenTransformBase], ...] = (MagicAssign, EscapedCommand, SystemAssign)
    found = [hit for kind in kinds if (hit := kind.find(tokens)) is not None]
    return min(found, key=lambda hit: hit.sortby()) if found else None


def _replace(lines: list[str], found: TokenTransformBase, kept: dict[str, str], taken: list[str]) -> bool:
    """Put ``pass``, an empty list or (for a magic that only measures) a stand-in in the place of what was found.

    Returns whether something else runs now than what was written.
    """
    start, column = found.start_line, found.start_col
    end = min(find_end_of_continued_line(lines, start), len(lines) - 1)
    before = lines[start][:column]
    command = " ".join(
        line.strip().rstrip("\\").strip() for line in [lines[start][column:], *lines[start + 1 : end + 1]]
    )
    name = command.lstrip("%").split()[0] if command.startswith("%") and command.lstrip("%").split() else ""
    if name in LINE_MAGICS or command[:1] not in "%!":
        marker = f"__course_kept_{len(kept)}__"
        kept[marker] = command
        lines[start : end + 1] = [f"{before}{marker}\n"]
        return False
    folder = _FOLDER.match(command)
    if folder and isinstance(found, EscapedCommand):
        lines[start : end + 1] = [f"{before}__import__('os').makedirs({_inside(folder[1])!r}, exist_ok=True)\n"]
        return True
    taken.append(command)
    if name == "pylab":
        lines[start : end + 1] = [f"{before}from pylab import *  # {NOT_RUN}{command}\n"]
        return True
    stand_in = "pass" if isinstance(found, EscapedCommand) else "[]" if isinstance(found, SystemAssign) else "None"
    lines[start : end + 1] = [f"{before}{stand_in}  # {NOT_RUN}{command}\n"]
    return True
