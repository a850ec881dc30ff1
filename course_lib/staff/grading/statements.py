"""What a cell's statements bind and use: enough to know which cell must run before which."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

from course_lib.staff.grading.magics import neutralise

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COURSE_CALLS = {"begin", "check", "probe", "doctor", "hello"}
CELLS = 256  # of one notebook, each looked at several times
NOW = {"listcomp", "setcomp", "dictcomp", "genexpr"}
ALWAYS = frozenset({*dir(builtins), "get_ipython", "display", "In", "Out", "exit", "quit", "__name__", "__file__"})
_SEEMS_TO_SET = re.compile(r"(?m)^(?:async\s+)?(?:def|class|type)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)")
_FAULTS = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Names:
    """Names of one top-level statement.

    binds: what it sets; now: what it reads when it runs; called: what the functions in it read when they are called.
    """

    binds: frozenset[str]
    now: frozenset[str]
    called: frozenset[str]


@lru_cache(maxsize=CELLS)
def parsed(source: str) -> list[ast.stmt] | None:
    """The cell's top-level statements, its magics taken out or as calls; None when it is not Python.

    A cell that only writes a file has none.
    """
    text = neutralise(source)[0]
    if text.startswith("%%"):
        return []
    try:
        return ast.parse(TransformerManager().transform_cell(text)).body
    except _FAULTS:
        return None


@lru_cache(maxsize=CELLS)
def names(source: str) -> tuple[Names, ...]:
    """What each top-level statement binds and uses; nothing for what is not Python."""
    return tuple(_names(statement) for statement in parsed(source) or ())


def bound(source: str) -> set[str]:
    """All names that a cell sets at its top level; of what is not Python those that a line seems to set."""
    if parsed(source) is None:
        return {name for found in _SEEMS_TO_SET.findall(source) for name in found if name}
    return set().union(*(statement.binds for statement in names(source)))


def new_statements(old: str, new: str) -> list[ast.stmt] | None:
    """Top-level statements of ``new`` that are not in ``old``; None when ``new`` is not Python."""
    statements = parsed(new)
    if statements is None:
        return None
    known = {ast.dump(statement) for statement in parsed(old) or ()}
    return [s for s in statements if ast.dump(s) not in known and not isinstance(s, ast.Pass)]


def new_lines(old: str, new: str) -> str:
    """Lines of ``new`` that are not in ``old``: for a cell that is not Python here, and may be in a newer one."""
    known = {line.strip() for line in old.splitlines()}
    return "\n".join(line for line in new.splitlines() if line.strip() and line.strip() not in known)


def is_definition(statement: ast.stmt) -> bool:
    """An import, a function, a class, a short function, or a name for a value that is written out."""
    if isinstance(statement, DEFINITIONS):
        return True
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    return isinstance(statement.value, ast.Lambda) or _is_literal(statement.value)


def is_course_call(statement: ast.stmt) -> bool:
    """Whether a statement is nothing but one of the course's own calls."""
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    function = statement.value.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name in COURSE_CALLS


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except _FAULTS:
        return False
    return True


def _names(statement: ast.stmt) -> Names:
    try:
        top = symtable.symtable(ast.unparse(statement), "cell", "exec")
    except _FAULTS:  # an `await` outside a function, for one: it runs here, but has no table
        found = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        binds = frozenset(node.id for node in found if isinstance(node.ctx, ast.Store))
        return Names(binds, frozenset(node.id for node in found) - binds - ALWAYS, frozenset())
    sets = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    now = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    called: set[str] = set()
    for table, at_once in _tables(top):
        reads = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        (now if at_once else called).update(reads)
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                sets.add(symbol.get_name())
    own = frozenset(sets)
    return Names(own, frozenset(now) - own - ALWAYS, frozenset(called) - ALWAYS)


def _tables(table: symtable.SymbolTable, at_once: bool = True) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    """The tables below a table, and whether their code runs at once: classes and comprehensions do, functions wait."""
    for child in table.get_children():
        runs = at_once and (child.get_type() == "class" or child.get_name() in NOW)
        yield child, runs
        yield from _tables(child, runs)
