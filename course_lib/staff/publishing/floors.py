"""The floors of `course_lib` and the one rule about them: imports point to a lower floor, or sideways in a package.

python -m course_lib.staff.publishing.floors PACKAGE_FOLDER     prints every import that breaks the rule, exit code 1
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FLOORS = {
    "shapes": 0,
    "validation": 0,
    "dynamics": 1,
    "integrate": 2,
    "systems": 3,
    "tasks": 3,
    "data": 4,  # files to load; above systems, because what makes them anew integrates a system
    "models": 4,
    "training": 5,
    "analysis": 6,
    "separatrix": 7,
    "studies": 8,
    "plotting": 9,
}
SIDEWAYS = {("tasks", "systems")}  # the one sideways import between packages
SIDES = {"student", "staff"}
ROOMS = (*FLOORS, "student", "staff")


def imported_modules(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name below `course_lib` of everything that a file imports, wherever in the file it stands."""
    here = ("course_lib", *path.relative_to(package).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "course_lib" else [module]
        else:
            continue
        for name in names:
            if name.startswith("course_lib."):
                yield node.lineno, name.removeprefix("course_lib.")


def allowed(importer: str, imported: str) -> bool:
    """Whether the room `importer` may see the room `imported` (first parts of their dotted names)."""
    if importer == imported or imported == "__version__":
        return True
    if importer == "staff":
        return True
    if importer == "student":
        return imported in {"shapes", "validation"}
    if imported in SIDES or importer == "__init__":
        return False
    if importer not in FLOORS or imported not in FLOORS:
        return False
    return FLOORS[imported] < FLOORS[importer] or (importer, imported) in SIDEWAYS


def imports(package: Path) -> dict[tuple[str, str], int]:
    """(importer, imported) -> how many files of the room `importer` import something of the room `imported`."""
    found: dict[tuple[str, str], set[Path]] = {}
    for path in sorted(package.rglob("*.py")):
        importer = path.relative_to(package).with_suffix("").parts[0]
        for _, name in imported_modules(path, package):
            imported = name.split(".")[0]
            if importer in ROOMS and imported in ROOMS and importer != imported:
                found.setdefault((importer, imported), set()).add(path)
    return {edge: len(paths) for edge, paths in found.items()}


def broken_imports(package: Path) -> list[str]:
    """Every import of the package that breaks the rule, as `file:line importer -> imported`."""
    found = []
    for path in sorted(package.rglob("*.py")):
        importer = path.relative_to(package).with_suffix("").parts[0]
        for line, name in imported_modules(path, package):
            imported = name.split(".")[0]
            if not allowed(importer, imported):
                found.append(f"{path.relative_to(package)}:{line} {importer} -> {imported}")
    return found


if __name__ == "__main__":
    problems = broken_imports(Path(sys.argv[1]))
    print("\n".join(problems))
    raise SystemExit(bool(problems))
