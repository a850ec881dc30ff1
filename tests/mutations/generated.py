"""Mutants nobody chose: one small change each, drawn from all places where some modules compare or compute.

What a message says is left alone, and so are docstrings, annotations and the names of things.
"""

import ast
import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
OPERATIONS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
LEAST = 1e-3  # a smaller number is a tolerance, and twice a tolerance is no fault
SPEAKING = {"complaint", "CourseError", "ValueError", "TypeError"}


@dataclass(frozen=True)
class Mutant:
    """One change. path: of the file.  line: where.  what: the change in words.  text: the whole file with it."""

    path: Path
    line: int
    what: str
    text: str


def computing(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of functions' bodies that compute something, without what only speaks."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKING:
            continue
        yield node
        if isinstance(node, ast.FunctionDef):
            for part in (*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body):
                yield from computing(ast.Module([part], []) if isinstance(part, ast.stmt) else ast.Expression(part))
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                yield from computing(ast.Expression(node.value))
        else:
            yield from computing(node)


def change(node: ast.AST) -> tuple[str, ast.AST] | None:
    """What can be changed at a node, in words, and the changed node; None where nothing can."""
    new = copy.deepcopy(node)
    if isinstance(new, ast.Compare) and type(new.ops[0]) in COMPARISONS:
        new.ops[0] = COMPARISONS[type(new.ops[0])]()
    elif isinstance(new, ast.BinOp) and type(new.op) in OPERATIONS and not isinstance(new.left, ast.Constant | ast.Set):
        new.op = OPERATIONS[type(new.op)]()
    elif isinstance(new, ast.BoolOp):
        new.op = ast.Or() if isinstance(new.op, ast.And) else ast.And()
    elif isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.USub | ast.Not):
        new = new.operand
    elif isinstance(new, ast.Constant) and isinstance(new.value, bool):
        new.value = not new.value
    elif isinstance(new, ast.Constant) and isinstance(new.value, int):
        new.value += 1
    elif isinstance(new, ast.Constant) and isinstance(new.value, float) and abs(new.value) >= LEAST:
        new.value *= 2
    else:
        return None
    return f"{ast.unparse(node)} -> {ast.unparse(new)}", new


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file, in the order of its text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found, seen = [], set()
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in (inner for function in functions for inner in computing(ast.Module([function], []))):
        made = change(node) if id(node) not in seen else None
        seen.add(id(node))
        if made is not None:
            what, new = made
            found.append(Mutant(path, node.lineno, what, ast.unparse(_Put(node, new).visit(copy.deepcopy(tree)))))
    return found


class _Put(ast.NodeTransformer):
    """Puts a node in the place of the one that stands where `old` stands and is of its kind."""

    def __init__(self, old: ast.AST, new: ast.AST):
        self.place, self.new = self._where(old), new

    @staticmethod
    def _where(node: ast.AST) -> tuple:
        place = ("lineno", "col_offset", "end_lineno", "end_col_offset")
        return type(node), *(getattr(node, name, None) for name in place)

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if self._where(node) == self.place else self.generic_visit(node)


def draw(paths: list[Path], count: int, seed: int) -> list[Mutant]:
    """So many mutants of all those of the files, every one as likely; the same for the same code and seed."""
    return sorted(
        random.Random(seed).sample([mutant for path in sorted(paths) for mutant in mutants(path)], count),
        key=lambda mutant: (mutant.path, mutant.line),
    )
