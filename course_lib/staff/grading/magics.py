"""Shell and Colab lines of a notebook, made harmless before anything runs.

IPython's own token search decides what is a magic, so a ``%`` in a calculation or a text that looks like a command
stays as it is. A line that is not run stays readable as a comment behind ``pass``.
"""

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
NOT_RUN = "not run in grading: "
_STEPS = 500


def neutralise(source: str) -> tuple[str, list[str]]:
    """The cell without commands to shell, package manager or Colab; and what was taken out, line by line.

    ``%%time`` and the like are unwrapped, other cell magics (``%%bash``, ``%%html``) make the whole cell a comment;
    ``files = !ls`` gives an empty list.
    """
    lines = _cleaned(source)
    if not lines:
        return source, []
    taken: list[str] = []
    if lines[0].startswith("%%"):
        name = lines[0][2:].split()[0] if lines[0][2:].split() else ""
        taken.append(lines[0].strip())
        if name not in UNWRAPPED:
            return "".join(f"# {NOT_RUN}{line}" for line in lines).rstrip("\n"), taken
        lines[0] = f"# {NOT_RUN}{lines[0]}"
    kept: dict[str, str] = {}
    for _ in range(_STEPS):
        found = _first(lines)
        if found is None:
            break
        _replace(lines, found, kept, taken)
    text = "".join(lines)
    for marker, original in kept.items():
        text = text.replace(marker, original)
    return text.rstrip("\n") if taken else source, taken


def _cleaned(source: str) -> list[str]:
    """Lines with prompts and leading indent removed, as IPython would read them."""
    lines = (source.rstrip("\n") + "\n").splitlines(keepends=True)
    for transform in TransformerManager().cleanup_transforms:
        if getattr(transform, "__name__", "") != "cell_magic":
            lines = transform(lines)
    return lines


def _first(lines: list[str]) -> TokenTransformBase | None:
    tokens = make_tokens_by_line(lines)
    found = [hit for kind in (MagicAssign, EscapedCommand, SystemAssign) if (hit := kind.find(tokens)) is not None]
    return min(found, key=lambda hit: hit.sortby()) if found else None


def _replace(lines: list[str], found: TokenTransformBase, kept: dict[str, str], taken: list[str]) -> None:
    """Put ``pass``, an empty list or (for a magic that only measures) a stand-in in the place of what was found."""
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
        return
    taken.append(command)
    stand_in = "pass" if isinstance(found, EscapedCommand) else "[]" if isinstance(found, SystemAssign) else "None"
    lines[start : end + 1] = [f"{before}{stand_in}  # {NOT_RUN}{command}\n"]
