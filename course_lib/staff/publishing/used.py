"""What a page uses of the library: the files behind the names that its cells mention, and behind theirs in turn.

A package whose `__init__` only passes names on is looked through: a page that asks `analysis` for one estimator does
not use the others, although Python imports them all. What the text does not tell, such as a star or a name that no
import binds, counts as a use of the whole package.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

Mention = tuple[str, str | None]  # a module, and the name that is wanted of it; None: all of it


def is_passing_on(tree: ast.Module) -> bool:
    """Whether a module holds nothing but a docstring, imports and `__all__`."""
    return all(
        isinstance(node, ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__")
        for node in tree.body
    )


def without_words(tree: ast.Module) -> str:
    """The tree as Python without docstrings and comments, which changes with the statements alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return ast.unparse(tree)


class Library:
    """The modules of one package, by name, and what each of them mentions.

    package: the package's folder; its name is the package's name.  without: folders that do not count.
    """

    def __init__(self, package: Path, without: tuple[str, ...] = ("staff",)) -> None:
        self.package = package
        self.without = without
        self._trees: dict[str, ast.Module] = {}
        self._needs: dict[str, set[str]] = {}
        self._digests: dict[Path, str] = {}

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Dotted name -> file, of every module that counts."""
        found = {}
        for path in sorted(self.package.rglob("*.py")):
            parts = path.relative_to(self.package.parent).with_suffix("").parts
            if not set(self.without) & set(parts):
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    def tree(self, module: str) -> ast.Module:
        """The parsed module."""
        if module not in self._trees:
            self._trees[module] = ast.parse(self.modules[module].read_text(encoding="utf-8"))
        return self._trees[module]

    def mentions(self, tree: ast.Module, home: str = "") -> Iterator[Mention]:
        """What a text names of the library. home: the package that its relative imports start from."""
        doors: dict[str, str] = {}  # a name of the text -> the module that it stands for
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = home.split(".")[: len(home.split(".")) - node.level + 1] if node.level else []
                module = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    if f"{module}.{alias.name}" in self.modules:
                        doors[alias.asname or alias.name] = f"{module}.{alias.name}"
                    else:
                        yield module, None if alias.name == "*" else alias.name
        through = {id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        entered = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in doors]
        yield from ((doors[node.id], through.get(id(node))) for node in entered)
        yield from ((doors[name], None) for name in doors.keys() - {node.id for node in entered})

    def behind(self, module: str, name: str | None) -> set[str]:
        """The modules in which a name of `module` is made; all of a package's when the text does not tell."""
        if module not in self.modules:
            return set()
        if name is not None and f"{module}.{name}" in self.modules:
            return self.behind(f"{module}.{name}", None)
        if name is not None and is_passing_on(self.tree(module)):
            for node in self.tree(module).body:
                if isinstance(node, ast.ImportFrom) and node.module:
                    for alias in node.names:
                        if (alias.asname or alias.name) == name:
                            return self.behind(node.module, alias.name)
        parts = module.split(".")
        above = {".".join(parts[:count]) for count in range(1, len(parts))}
        whole = {found for found in self.modules if found == module or found.startswith(f"{module}.")}
        return whole | {found for found in above if not is_passing_on(self.tree(found))}

    def needs(self, module: str) -> set[str]:
        """The modules that one module names."""
        if module not in self._needs:
            home = module if self.modules[module].name == "__init__.py" else module.rpartition(".")[0]
            self._needs[module] = self.named(self.tree(module), home)
        return self._needs[module]

    def named(self, tree: ast.Module, home: str = "") -> set[str]:
        """The modules that a text names."""
        return {found for mention in set(self.mentions(tree, home)) for found in self.behind(*mention)}

    def uses(self, source: str, loaded: set[str] | None = None) -> set[Path]:
        """The files of the library that a page's Python uses, directly or through other files.

        loaded: modules that its kernel loaded; others are not followed. None: all.
        """
        among = self.modules.keys() if loaded is None else self.modules.keys() & loaded
        waiting, done = self.named(ast.parse(source)) & among, set()
        while waiting:
            module = waiting.pop()
            done.add(module)
            waiting |= (self.needs(module) & among) - done
        return {self.modules[module] for module in done}

    def digest(self, path: Path) -> str:
        """Hash of what a file of the package does: of a module its statements without docstrings, else its bytes."""
        if path not in self._digests:
            content = path.read_bytes() if path.is_file() else b"gone"
            if path.suffix == ".py":
                content = without_words(ast.parse(content)).encode()
            self._digests[path] = hashlib.sha256(content).hexdigest()
        return self._digests[path]

    def digest_all(self) -> None:
        """Take the digest of every module as it is now; later calls of `digest` return it."""
        for path in self.modules.values():
            self.digest(path)
