"""What people do to an answer that is not theirs: it computes the same and looks different."""

import ast
import copy
import io
import tokenize
from collections.abc import Callable

ORDER = (ast.Assign, ast.AnnAssign)


def renamed(source: str) -> str:
    """Every name of the author's own is another, that of the function apart; libraries too are called otherwise."""
    tree = ast.parse(source)
    keep = {statement.name for statement in tree.body if isinstance(statement, ast.FunctionDef | ast.ClassDef)}
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    named |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    new = {name: f"zz_{number}" for number, name in enumerate(sorted(named - keep))}
    new["np"] = "num"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = new[node.arg]
    return "import numpy as num\n" + ast.unparse(tree)


def chatty(source: str) -> str:
    """A docstring, a print and a remark wherever one can stand."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.For | ast.While):
            node.body = [s for each in node.body for s in (each, *ast.parse("print('so far', 1)").body)]
            node.body = node.body[:-1] if isinstance(node.body[-2], ast.Return) else node.body
        if isinstance(node, ast.FunctionDef):
            node.body.insert(0, ast.Expr(ast.Constant("I wrote this one night.\n\nAll of it.")))
            node.returns = ast.Name("object", ast.Load())
    text = ast.unparse(ast.fix_missing_locations(tree))
    return "\n".join(
        f"{line}  # number {number}" if '"' not in line and not _in_text(line) else line
        for number, line in enumerate(text.splitlines())
    )


def _in_text(line: str) -> bool:
    return line.strip() in ("All of it.", "")


def reformatted(source: str) -> str:
    """A new line after each bracket and comma, brackets around what is returned, blank lines."""
    made = []
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(ast.unparse(ast.parse(source))).readline):
        depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        breaks = depth > 0 and token.type == tokenize.OP and token.string in ("(", "[", "{", ",")
        made.append((token.type, token.string))
        if breaks:
            made.append((tokenize.NL, "\n"))
        if token.type == tokenize.NEWLINE:
            made.append((tokenize.NL, "\n"))
    text = tokenize.untokenize(made)
    ast.parse(text)
    return text


def reordered(source: str) -> str:
    """Neighbouring statements change places where neither needs the other."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            place = 0
            while place + 1 < len(body):
                if _independent(body[place], body[place + 1]):
                    body[place], body[place + 1] = body[place + 1], body[place]
                    place += 1
                place += 1
    return ast.unparse(tree)


def _independent(first: ast.stmt, second: ast.stmt) -> bool:
    if not (isinstance(first, ORDER) and isinstance(second, ORDER)):
        return False
    set_first, set_second = _names(first, ast.Store), _names(second, ast.Store)
    return not set_first & (_names(second, ast.Load) | set_second) and not set_second & _names(first, ast.Load)


def _names(statement: ast.stmt, context: type) -> set[str]:
    found = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}
    if context is ast.Store:  # an element that is set is the whole array's
        for node in ast.walk(statement):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                found |= {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
    return found


def padded(source: str) -> str:
    """A line that does nothing after every third."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.For):
            body = []
            for number, statement in enumerate(node.body):
                body.append(statement)
                if number % 3 == 2 and not isinstance(statement, ast.Return):
                    body += ast.parse("spare = 0").body
            node.body = body
    return ast.unparse(ast.fix_missing_locations(tree))


def unrolled(source: str) -> str:
    """``a, b = c, d`` on two lines; ``x += y`` written out."""

    class Unroll(ast.NodeTransformer):
        def visit_AugAssign(self, node: ast.AugAssign) -> ast.Assign:
            seen = copy.deepcopy(node.target)
            seen.ctx = ast.Load()
            return ast.Assign([node.target], ast.BinOp(seen, node.op, node.value))

        def visit_Assign(self, node: ast.Assign) -> list[ast.Assign] | ast.Assign:
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                return [ast.Assign([a], b) for a, b in zip(target.elts, value.elts, strict=True)]
            return node

    return ast.unparse(ast.fix_missing_locations(Unroll().visit(ast.parse(source))))


def everything(source: str) -> str:
    """Names, order, remarks and layout at once."""
    return reformatted(chatty(reordered(renamed(source))))


DISGUISES: dict[str, Callable[[str], str]] = {
    each.__name__: each for each in (renamed, chatty, reformatted, reordered, everything)
}
HEAVIER: dict[str, Callable[[str], str]] = {each.__name__: each for each in (padded, unrolled)}
