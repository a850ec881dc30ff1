"""The directives `{course-house}`, a picture of which room imports which, and `{course-modules}`, all modules.

Both are made from the code while the book is built, so neither can be out of date.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_lib.staff.publishing.floors import FLOORS, ROOMS, allowed, imports
from course_lib.staff.publishing.modules import Found, Module, modules

CELL, LEFT, TOP = 24, 96, 84  # pixels of the drawing
INSTEAD = {  # pages on what no page's code uses
    "staff.grading": "[Grade a class](../instructors/grade.md)",
    "staff.publishing": "[Adopt the course](../instructors/adopt.md)",
    "staff": "[The house](house.md)",
    "student": "[Handing in](../problem_sets/handing_in.md)",
}


def picture(package: Path) -> str:
    """SVG: a row for each room that imports, a column for each that is imported, a number of files where they meet.

    Tinted squares are what the rule of the floors allows. Colours follow the page's.
    """
    found = imports(package)
    side = CELL * len(ROOMS)
    drawn = [
        f'<svg viewBox="0 0 {LEFT + side + 16} {TOP + side + 2}" role="img" class="course-house" '
        f'aria-label="{description(found)}" fill="currentColor" font-size="12">'
    ]
    for row, importer in enumerate(ROOMS):
        y = TOP + CELL * row
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{importer}</text>')
        turned = f"rotate(-60 {LEFT + CELL * row + 14} {TOP - 8})"
        drawn.append(f'<text x="{LEFT + CELL * row + 14}" y="{TOP - 8}" transform="{turned}">{importer}</text>')
        for column, imported in enumerate(ROOMS):
            x, count = LEFT + CELL * column, found.get((importer, imported), 0)
            tint = 0.16 if importer == imported else 0.08 if allowed(importer, imported) else 0
            drawn.append(
                f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill-opacity="{tint}" '
                'stroke="currentColor" stroke-opacity="0.25"/>'
            )
            if count:
                drawn.append(f'<text x="{x + CELL / 2:g}" y="{y + 16}" text-anchor="middle">{count}</text>')
    return "\n".join([*drawn, "</svg>"])


def description(found: dict[tuple[str, str], int]) -> str:
    """What the picture says, in words."""
    said = []
    for importer in ROOMS:
        seen = [room for room in ROOMS if (importer, room) in found]
        said.append(f"{importer} imports {', '.join(seen) if seen else 'nothing of the library'}")
    return "Which room of the library imports which, lowest floor first. " + "; ".join(said) + "."


def listing(root: Path) -> str:
    """Every module as MyST: its room's heading, what the room may import, then what each file is for, test and page."""
    lines: list[str] = []
    for room, members in modules(root).items():
        floor = f", floor {FLOORS[room]}" if room in FLOORS else ""
        below = [other for other in ROOMS if other != room and allowed(room, other)]
        lines += [f"## {room}{floor}", "", f"May import: {', '.join(below) if below else 'nothing of the library'}."]
        if (root / "book" / "reference" / f"api_{room}.md").is_file():
            lines += [f"Reference: {{doc}}`/book/reference/api_{room}`."]
        lines += [""]
        for module in members:
            lines += [f"`{module.path.removeprefix('course_lib/')}`", f": {module.about}", f"  {where(module)}", ""]
    return "\n".join(lines)


def where(module: Module) -> str:
    """The tests and pages of a module, in a line."""
    tests = in_a_row(module.tests, [f"`{name.removeprefix('tests/')}`" for name in module.tests.names])
    pages = in_a_row(module.pages, [f"{{doc}}`/{name}`" for name in module.pages.names])
    home = next((page for room, page in INSTEAD.items() if f"{module.name}.".startswith(f"{room}.")), None)
    if module.name.startswith("student.checks.a"):
        pages = f"{{doc}}`/book/problem_sets/{module.name.split('.')[2]}`"
    elif home and (not module.pages.names or module.name.startswith("staff")):
        pages = home
    return f"*Test:* {tests or 'in no test of this checkout'}. *Page:* {pages or 'the reference'}."


def in_a_row(found: Found, names: list[str]) -> str:
    """Names in a row, and through what they meet the module when not by its own name."""
    return ", ".join(names) + (f" (by way of `{found.through}`)" if found.through else "")


class CourseHouse(SphinxDirective):
    """`{course-house}`: the picture of the rooms."""

    def run(self) -> list[nodes.Node]:
        package = Path(self.env.srcdir, "course_lib")
        for path in package.rglob("*.py"):
            self.env.note_dependency(str(path))
        return [nodes.raw("", picture(package), format="html")]


class CourseModules(SphinxDirective):
    """`{course-modules}`: the list of all modules."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        for path in [*(root / "course_lib").rglob("*.py"), *(root / "tests").rglob("*.py")]:
            self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(listing(root), allow_section_headings=True)
