"""The code that answers each question: a student's, with the helpers that it calls; the reference's; the library's."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from course_lib.staff.grading.magics import neutralise
from course_lib.staff.grading.matching import functions_of, normal
from course_lib.staff.grading.roles import question_of, role_of, runs
from course_lib.staff.grading.similarity_match import PIECE, pieces
from course_lib.staff.grading.similarity_tokens import words_of, words_of_each

MOST_WORDS = 2000
"""Of one answer: five times the longest right answer of the sets. A longer one is named and not compared."""
_FAULTS = (SyntaxError, ValueError, RecursionError, MemoryError)
_NOT_THE_LIBRARYS = {"staff", "widgets"}  # what no student is given, and no Python that a student would paste


@dataclass(frozen=True)
class Code:
    """Some code to be compared: whose it is, as it was written, its words and the line of each (counted from 1)."""

    name: str
    source: str
    words: tuple[str, ...]
    lines: tuple[int, ...]

    @cached_property
    def pieces(self) -> list[tuple[str, ...]]:
        """Every run of `PIECE` words."""
        return pieces(self.words)

    @cached_property
    def known(self) -> frozenset[tuple[str, ...]]:
        """The pieces without their places."""
        return frozenset(self.pieces)

    def passage(self, begin: int, length: int) -> str:
        """The lines on which the words of a passage stand, as they were written."""
        last = self.lines[begin : begin + length]
        return "\n".join(self.source.splitlines()[min(last) - 1 : max(last)])


@dataclass(frozen=True)
class _Block:
    """One statement of a cell: its source, what it sets, what it reads; asked: the question whose function it is."""

    source: str
    binds: frozenset[str]
    reads: frozenset[str]
    is_import: bool
    cell: str
    asked: str


def answers_of(
    notebook: Mapping[str, Any], release: Mapping[str, Any], student: str
) -> tuple[dict[str, Code], list[str]]:
    """The code of each question in a rebuilt notebook, and what could not be read, in sentences."""
    stubs = {question_of(cell): cell for cell in release["cells"] if role_of(cell) == "answer"}
    asked = {function: name for name, cell in stubs.items() for function in functions_of(cell)}
    blocks: list[_Block] = []
    notes = []
    for cell in notebook["cells"]:
        role = cell["metadata"]["course"]["role"]
        if role not in ("answer", "own", "explore", "free"):
            continue
        name = question_of(cell) if role == "answer" else ""
        source = runs(cell)
        if not source.strip() or (name and normal(source) == normal(stubs[name]["source"])):
            continue
        try:
            blocks += _blocks(_python(source), name, asked)
        except _FAULTS as error:
            notes.append(
                f"{f'{name}: its cell' if name else 'a cell of its own'} is not Python that can be read here"
                f" ({type(error).__name__}), and was not compared"
            )
    made = {}
    for question in stubs:
        chosen = _gathered(blocks, question)
        if chosen:
            try:
                made[question] = code_of(student, "\n".join(block.source for block in chosen))
            except _FAULTS as error:
                notes.append(f"{question}: too deeply nested to be compared ({type(error).__name__})")
                continue
            if len(made[question].words) > MOST_WORDS:
                notes.append(f"{question}: {len(made.pop(question).words)} words, more than {MOST_WORDS}; not compared")
    return made, notes


def reference_of(folder: Path, functions: Mapping[str, str]) -> dict[str, Code]:
    """The set's own solution; functions: question -> the function that it asks for. Empty where there is none."""
    path = folder / "reference.py"
    if not path.is_file():
        return {}
    blocks = list(_blocks(path.read_text(encoding="utf-8"), "", {each: name for name, each in functions.items()}))
    chosen = {question: _gathered(blocks, question) for question in functions}
    return {
        question: code_of("the reference solution", "\n".join(block.source for block in found))
        for question, found in chosen.items()
        if found
    }


def released_pieces(release: Mapping[str, Any]) -> frozenset[tuple[str, ...]]:
    """All that the released notebook says in Python, in pieces."""
    found: set[tuple[str, ...]] = set()
    for cell in release["cells"]:
        if cell["cell_type"] == "code":
            found.update(pieces(code_of("", _python(cell["source"])).words))
    return frozenset(found)


@cache
def library() -> list[Code]:
    """Every function and class of the library that students have, by its dotted name."""
    folder = Path(__file__).resolve().parents[2]
    made = []
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).with_suffix("")
        if _NOT_THE_LIBRARYS & set(inside.parts):
            continue
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text).body
        dotted = ".".join(("course_lib", *inside.parts))
        for statement, words in zip(tree, words_of_each(tree), strict=True):
            if isinstance(statement, ast.FunctionDef | ast.ClassDef) and len(words.words) >= PIECE:
                made.append(Code(f"{dotted}.{statement.name}", text, words.words, words.lines))
    return made


def _python(source: str) -> str:
    """The cell as Python, its magics taken out or as calls; nothing of one that only writes a file."""
    text = neutralise(source)[0]
    return "" if text.startswith("%%") else TransformerManager().transform_cell(text)


def _blocks(text: str, cell: str, asked: Mapping[str, str]) -> Iterator[_Block]:
    """The statements of a text, one by one. Raises what `ast.parse` raises."""
    lines = text.splitlines()
    last = 0
    for statement in ast.parse(text).body:
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
        if first <= last:  # a second statement on the same line came with the first
            first = last + 1
        last = max(last, statement.end_lineno or statement.lineno)
        binds, reads = _names(statement)
        yield _Block(
            source="\n".join(lines[first - 1 : last]),
            binds=binds,
            reads=reads,
            is_import=isinstance(statement, ast.Import | ast.ImportFrom),
            cell=cell,
            asked=next((asked[name] for name in sorted(binds) if name in asked), ""),
        )


def _names(statement: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """What a statement sets at the top, and every name that it reads."""
    reads = frozenset(node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return frozenset({statement.name}), reads
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return frozenset(alias.asname or alias.name.partition(".")[0] for alias in statement.names), reads
    stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return frozenset(node.id for node in stored), reads


def _gathered(blocks: Sequence[_Block], question: str) -> list[_Block]:
    """The statements of one question's cell or under its function's name, and all that they need, in order.

    Not what another question asks for: that is compared under its own name.
    """
    chosen = {
        number
        for number, block in enumerate(blocks)
        if block.asked == question or (block.cell == question and not block.asked)
    }
    if not any(not blocks[number].is_import for number in chosen):
        return []
    todo = list(chosen)
    while todo:
        reads = blocks[todo.pop()].reads
        for number, block in enumerate(blocks):
            if number not in chosen and not block.asked and block.binds & reads:
                chosen.add(number)
                todo.append(number)
    return [blocks[number] for number in sorted(chosen)]


def code_of(name: str, source: str) -> Code:
    """A text of Python in words. Raises SyntaxError, ValueError, RecursionError or MemoryError for what is none."""
    words = words_of(ast.parse(source).body)
    return Code(name, source, words.words, words.lines)
