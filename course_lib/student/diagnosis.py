"""What the doctor reads off a notebook without running it: cells, heads, imports, names, written answers."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from course_lib.student.begin import Closed
from course_lib.student.checks import PYTHON, Check
from course_lib.student.newer_syntax import newer_syntax

FINE, OPEN, LOOK, COSTS = "fine ✓", "open ○", "look !", "costs points ✗"
STUB = "raise NotImplementedError()"
OUTPUT_LIMIT = 5_000_000
OUTSIDE = {"open", "urlopen", "urlretrieve", "wget", "read_csv", "loadtxt", "genfromtxt", "load"}
MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
SHELL = re.compile(r"=\s*[!%][^=\n].*$", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table: what was looked at, what was found, and one of the four verdicts."""

    what: str
    found: str
    verdict: str


@dataclass(frozen=True)
class Cell:
    """A code or text cell as the doctor sees it; role: the end of its grade id, or empty for a cell of one's own."""

    number: int
    kind: str
    source: str
    grade_id: str
    explore: bool

    @property
    def role(self) -> str:
        return self.grade_id.rpartition("-")[2]


def cells_of(notebook: Mapping[str, Any]) -> list[Cell]:
    """The cells of a notebook file, however it writes its sources."""
    cells = []
    for number, cell in enumerate(notebook.get("cells", []), start=1):
        data = cell.get("metadata", {})
        grade_id = str(data.get("nbgrader", {}).get("grade_id", ""))
        explore = "explore" in data.get("tags", [])
        cells.append(Cell(number, str(cell.get("cell_type")), "".join(cell.get("source", "")), grade_id, explore))
    return cells


def plain(source: str) -> str:
    """The cell as plain Python: magics and shell lines become `pass` or an empty list, as in grading."""
    return SHELL.sub("= []", MAGIC.sub(r"\1pass", source))


def examine_notebook(notebook: Mapping[str, Any], assignment: str, checks: ModuleType) -> list[Finding]:
    """Everything that can be said without running: see the module's first line."""
    cells = cells_of(notebook)
    findings = list(_edition(notebook, assignment, checks))
    closed = Closed(assignment, tuple(checks.OPEN), dict(checks.CLOSED))
    for name, checked in checks.CHECKS.items():
        findings += _answer(name, checked, cells, checks.CHECKS, closed)
    for name, (fewest, most) in checks.WRITTEN.items():
        findings.append(_written(name, fewest, most, cells))
    size = sum(len(str(cell.get("outputs", ""))) for cell in notebook.get("cells", []))
    if size > OUTPUT_LIMIT:
        findings.append(Finding("outputs", f"{size / 1e6:.0f} MB: clear them before you upload", LOOK))
    return findings


def _edition(notebook: Mapping[str, Any], assignment: str, checks: ModuleType) -> Iterator[Finding]:
    course = notebook.get("metadata", {}).get("course", {})
    if course.get("assignment") not in (None, assignment):
        yield Finding("this notebook", f"belongs to {course['assignment']}, not to {assignment}", COSTS)
    elif not course:
        yield Finding("this notebook", "has lost its label; grading knows it by its cells", LOOK)
    elif course.get("version") != checks.VERSION:
        text = f"is version {course.get('version')}, current is {checks.VERSION}: still gradable"
        yield Finding("this notebook", text, LOOK)


def answer_cell(name: str, checked: Check, cells: Sequence[Cell]) -> tuple[Cell | None, list[Finding]]:
    """The code cell that holds the answer to a question, and what is odd about where it stands."""
    title = f"Question {name.lstrip('q')}"
    marked = [cell for cell in cells if cell.grade_id == f"{name}-answer"]
    code = [cell for cell in marked if cell.kind == "code"]
    defining = [cell for cell in cells if cell.kind == "code" and _defines(cell.source, checked.function)]
    if len(code) > 1:
        found = f"the answer cell stands there {len(code)} times; the last one counts, delete the others"
        return code[-1], [Finding(title, found, LOOK)]
    if code and (_defines(code[0].source, checked.function) or not defining):
        return code[0], []
    if defining:
        cell = defining[-1]
        found = f"{checked.function} is defined in cell {cell.number}, outside the answer cell: grading runs it there"
        return cell, [Finding(title, found, LOOK)]
    retyped = "was turned into text" if marked else "is missing"
    found = f"the answer cell {retyped}: open a fresh copy of the set and paste your code into its answer cell"
    return None, [Finding(title, found, COSTS)]


def _answer(
    name: str, checked: Check, cells: Sequence[Cell], every: Mapping[str, Check], closed: Closed
) -> list[Finding]:
    """All findings about one answer; none when there is nothing to say."""
    title = f"Question {name.lstrip('q')}"
    cell, findings = answer_cell(name, checked, cells)
    if cell is None:
        return findings
    source = plain(cell.source)
    if source != cell.source:
        findings.append(Finding(title, "lines with % or ! in the answer: grading drops them", LOOK))
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [*findings, Finding(title, f"does not parse: {error.msg}, line {error.lineno} of the cell", COSTS)]
    newer = newer_syntax(source, tree, PYTHON)
    if newer:
        findings.append(Finding(title, f"{newer}: grading may only know Python {PYTHON[0]}.{PYTHON[1]}", COSTS))
    definition = _definition(source, checked.function)
    if definition is None:
        wanted = f"{checked.function}({', '.join(checked.arguments)})"
        return [
            *findings,
            Finding(title, f"the function {wanted} is not defined any more: give it its name back", COSTS),
        ]
    if _is_stub(definition):
        return [*findings, Finding(title, "not started", OPEN)]
    findings += [Finding(title, text, verdict) for text, verdict in _head(definition, checked)]
    findings += [Finding(title, text, verdict) for text, verdict in _uses(tree, closed)]
    findings += [Finding(title, text, verdict) for text, verdict in _names(source, cell, cells, name, every)]
    return findings


def _definition(source: str, function: str) -> ast.FunctionDef | None:
    try:
        body = ast.parse(plain(source)).body
    except SyntaxError:
        return None
    return next((n for n in reversed(body) if isinstance(n, ast.FunctionDef) and n.name == function), None)


def _defines(source: str, function: str) -> bool:
    """Whether a cell is the place of a function; a broken one still is, its head tells."""
    return bool(re.search(rf"^def {function}\b", source, re.MULTILINE)) or bool(_definition(source, function))


def _is_stub(definition: ast.FunctionDef) -> bool:
    body = definition.body[1:] if ast.get_docstring(definition) is not None else definition.body
    return [ast.unparse(statement) for statement in body] in ([STUB], ["raise NotImplementedError"])


def _head(definition: ast.FunctionDef, checked: Check) -> Iterator[tuple[str, str]]:
    """Whether the function can still be called as the text says."""
    given = [argument.arg for argument in (*definition.args.posonlyargs, *definition.args.args)]
    needed = len(given) - len(definition.args.defaults)
    count = len(checked.arguments)
    wanted = f"{checked.function}({', '.join(checked.arguments)})"
    if definition.args.vararg is None and not needed <= count <= len(given):
        yield f"called as {wanted}, but yours takes ({', '.join(given)})", COSTS
    elif any(default is None for default in definition.args.kw_defaults):
        yield f"called as {wanted}, but yours asks for keywords besides", COSTS
    elif definition.args.vararg is None and given[:count] != list(checked.arguments):
        yield f"arguments were renamed; fine as long as their order is ({', '.join(checked.arguments)})", LOOK


def _uses(tree: ast.Module, closed: Closed) -> Iterator[tuple[str, str]]:
    """Imports that are off, files, the network, questions to a person."""
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        refusals = [refusal for refusal in map(closed.refusal, modules) if refusal]
        if refusals:
            yield refusals[0].rstrip("."), COSTS
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "input" or called.endswith("drive.mount"):
                yield f"{called}() gets no answer when grading: take it out", COSTS
            elif called.rpartition(".")[2] in OUTSIDE and called.partition(".")[0] not in ("json",):
                yield f"{called}() reads a file or the network: neither is there when grading", LOOK


def _names(
    source: str, cell: Cell, cells: Sequence[Cell], question: str, every: Mapping[str, Check]
) -> Iterator[tuple[str, str]]:
    """Names that the answer takes from elsewhere."""
    used, own = _symbols(source)
    outside = used - own - set(dir(builtins)) - {"get_ipython", "display"}
    others = {checked.function: name for name, checked in every.items() if name != question}
    runs: set[str] = set()
    drawn: set[str] = set()
    for other in cells:
        if other.kind == "code" and other.number != cell.number:
            defined = _symbols(plain(other.source))[1]
            (drawn if other.explore else runs).update(defined)
            if other.explore:
                runs.update(*(_symbols(ast.unparse(statement))[1] for statement in definitions(other.source)))
    for name in sorted(outside):
        if name in others:
            text = f"calls {name} of question {others[name].lstrip('q')}: a mistake there would count here too"
            yield text, LOOK
        elif name in drawn and name not in runs:
            yield f"uses {name}, which an explore cell computes: grading does not run that", COSTS
        elif name not in runs:
            yield f"uses {name}, which no cell defines: was its cell deleted?", COSTS


def _symbols(source: str) -> tuple[set[str], set[str]]:
    """Global names that a cell uses anywhere, and those that it sets; nothing for what does not parse."""
    try:
        top = symtable.symtable(source, "cell", "exec")
    except SyntaxError:
        return set(), set()
    own = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used, tables = (
        {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()},
        list(top.get_children()),
    )
    while tables:
        table = tables.pop()
        tables += table.get_children()
        used |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        own |= {
            symbol.get_name() for symbol in table.get_symbols() if symbol.is_declared_global() and symbol.is_assigned()
        }
    return used, own


def definitions(source: str) -> list[ast.stmt]:
    """What of an explore cell grading runs: imports, functions, classes, and names for values that are written out."""
    try:
        body = ast.parse(plain(source)).body
    except SyntaxError:
        return []
    return [statement for statement in body if _is_definition(statement)]


def _is_definition(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        return isinstance(statement, kinds)
    if statement.value is None or isinstance(statement.value, ast.Lambda):
        return statement.value is not None
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return False
    return True


def _written(name: str, fewest: int, most: int, cells: Sequence[Cell]) -> Finding:
    """Whether the written answer is there, and about as long as asked for."""
    title = f"Question {name.lstrip('q')} (written)"
    cell = next((cell for cell in reversed(cells) if cell.grade_id == f"{name}-written"), None)
    if cell is None:
        return Finding(title, "its cell is missing: paste your answer into a fresh copy of the set", COSTS)
    words = len(re.findall(r"\w+", cell.source))
    if not words or ("Write your answer here" in cell.source and words < 20):
        return Finding(title, "empty", OPEN)
    if not fewest <= words <= most:
        return Finding(title, f"{words} words; {fewest} to {most} are read gladly", LOOK)
    return Finding(title, f"{words} words", FINE)
