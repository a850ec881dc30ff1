"""Python as a row of words in which names, layout and remarks play no part: what is compared of two answers.

The row follows the syntax tree from left to right, so brackets, line breaks and quotes leave no trace. Names that the
author chose become one word, whatever they are called; what they cannot rename stays: keywords, functions of Python
and of libraries by their own names however they were imported, methods, numbers. Left out are docstrings, comments,
imports, annotations, signatures, prints and `pass`.
"""

import ast
import builtins
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

OWN = "name"
_BUILTINS = frozenset(dir(builtins))
_USUAL = {"np": "", "torch": "", "math": "", "scipy": "", "plt": ""}  # imported by the release's own cells
_SILENT = (ast.expr_context, ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
_SAID = {"print", "display"}
_CONSTANTS = (bool, type(None), type(...))


@dataclass(frozen=True)
class Words:
    """A row of words and the line on which each stands, counted from 1."""

    words: tuple[str, ...]
    lines: tuple[int, ...]


def words_of(statements: Sequence[ast.stmt]) -> Words:
    """The words of some statements that stand together.

    Raises RecursionError for code that is nested deeper than anybody writes.
    """
    each = words_of_each(statements)
    return Words(tuple(w for one in each for w in one.words), tuple(n for one in each for n in one.lines))


def words_of_each(statements: Sequence[ast.stmt]) -> list[Words]:
    """The words of each statement, read with the imports and definitions of all. Raises as `words_of`."""
    writer = _Writer(statements)
    made = []
    for statement in statements:
        writer.words, writer.lines = [], []
        writer.visit(statement)
        made.append(Words(tuple(writer.words), tuple(writer.lines)))
    return made


class _Writer(ast.NodeVisitor):
    """Writes the words down in the order of the source."""

    def __init__(self, around: Sequence[ast.stmt]) -> None:
        self.words: list[str] = []
        self.lines: list[int] = []
        self._line = 1
        self._imported = dict(_USUAL)
        self._chosen: set[str] = set()
        for node in (each for statement in around for each in ast.walk(statement)):
            self._know(node)

    def _know(self, node: ast.AST) -> None:
        """Note what a name was imported as, and which names are the author's own."""
        if isinstance(node, ast.Import):
            self._imported.update((alias.asname or alias.name.partition(".")[0], "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            library = (node.module or "").partition(".")[0] == "course_lib" or node.level
            self._imported.update((a.asname or a.name, OWN if library else f".{a.name}") for a in node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self._chosen.add(node.id)
        elif isinstance(node, ast.arg):
            self._chosen.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._chosen.add(node.name)

    def _put(self, word: str) -> None:
        self.words.append(word)
        self.lines.append(self._line)

    def visit(self, node: ast.AST) -> None:
        self._line = getattr(node, "lineno", self._line)
        super().visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Any node without a rule of its own: its kind, then what it holds; nothing of an import."""
        if not isinstance(node, _SILENT):
            self._put(type(node).__name__)
            super().generic_visit(node)

    def _in_order(self, *parts: ast.AST | Sequence[ast.AST] | None) -> None:
        for part in parts:
            for node in part if isinstance(part, Sequence) else [part]:
                if node is not None:
                    self.visit(node)

    # ----------------------------------------------------------------------------------------------- statements

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._put("def")
        self._in_order(node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._put("class")
        self._in_order(node.bases, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._put("lambda")
        self._in_order(node.body)

    def visit_Expr(self, node: ast.Expr) -> None:
        value = node.value
        said = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _SAID
        if not said and not isinstance(value, ast.Constant):
            self.visit(value)

    def visit_Assign(self, node: ast.Assign) -> None:
        """``a, b = c, d`` is read as two lines."""
        target, value = node.targets[0], node.value
        if len(node.targets) == 1 and isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in itertools.zip_longest(target.elts, value.elts):
                self._in_order(one)
                self._put("=")
                self._in_order(other)
        else:
            self._in_order(node.targets)
            self._put("=")
            self.visit(value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.target)
            self._put("=")
            self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """``x += y`` is read as ``x = x + y``."""
        self.visit(node.target)
        self._put("=")
        self._in_order(node.target, node.op, node.value)

    # ---------------------------------------------------------------------------------------------- expressions

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._in_order(node.left, node.op, node.right)

    def visit_Compare(self, node: ast.Compare) -> None:
        self.visit(node.left)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            self._in_order(operator, right)

    def visit_Call(self, node: ast.Call) -> None:
        """A method keeps its name, the object's own apart."""
        function = node.func
        if isinstance(function, ast.Attribute) and not (
            isinstance(function.value, ast.Name) and function.value.id == "self"
        ):
            if not self._is_module(function.value):
                self.visit(function.value)
            self._put(f".{function.attr}")
        else:
            self.visit(function)
        self._put("(")
        self._in_order(node.args, node.keywords)

    def visit_keyword(self, node: ast.keyword) -> None:
        self._put(f"{node.arg or '**'}=")
        self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        own = node.id in self._chosen or (node.id not in self._imported and node.id not in _BUILTINS)
        word = OWN if own else self._imported.get(node.id, f".{node.id}")
        if word:
            self._put(word)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Of ``numpy.linalg.norm`` the last name alone, as where it was imported by that; a field is anybody's name."""
        if self._is_module(node.value):
            self._put(f".{node.attr}")
        else:
            self.visit(node.value)
            self._put(f".{OWN}")

    def _is_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self._chosen and self._imported.get(node.id) == ""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        self._put("[")
        self.visit(node.slice)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str | bytes):
            self._put("text")
        elif isinstance(value, _CONSTANTS):
            self._put(repr(value))
        else:
            self._put(f"{value:g}" if isinstance(value, int | float) and abs(value) < 1e15 else "number")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._put("text")
