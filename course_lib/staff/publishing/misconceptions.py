"""The table of misconceptions, made from the known wrong answers of all problem sets.

What is wrong stands in a mutant's docstring, what the visible check says to it in `matrix.toml`. What to say in class
and which goal a question serves cannot be derived: they stand in `solutions/teaching/goals.toml`, once a question.
"""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

from course_lib.staff.grading import sets
from course_lib.staff.publishing.set_pages import HEADING
from course_lib.validation import CourseError

SOURCE = "solutions/teaching/goals.toml"
TARGET = "solutions/teaching/misconceptions.md"
OPEN_ENDED = re.compile(r",\s*open-ended$")
FIRST_LINES = """# Misconceptions, and the question that reveals each

Made by `course misconceptions` from the known wrong answers of the sets (`solutions/*/mutants`, `matrix.toml`) and from
`goals.toml`; edit those, not this table. Grouped by goal, each question under the first goal that it serves. *The
visible check* is what students see before they hand in: the first row that fails. A wrong answer that only the hidden
cases find has its reason in brackets. The same sentence about what was done stands in the feedback, where the numbers
fit.
"""


def headings(root: Path, name: str) -> dict[str, tuple[str, int, int]]:
    """Question -> (title, points, minutes) of a set, from the headings of its text, written questions included."""
    text = (Path(root) / "solutions" / name / "notebook.md").read_text(encoding="utf-8")
    return {f"q{n}": (OPEN_ENDED.sub("", title), int(p), int(m)) for n, title, p, m in HEADING.findall(text)}


def wrong_ways(folder: Path, question: str) -> dict[str, str]:
    """Wrong answer -> the misconception behind it, in the file's order, without running the file.

    Raises CourseError for a wrong answer that says nothing.
    """
    path = folder / "mutants" / f"{question}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            said = ast.get_docstring(node)
            if not said:
                raise CourseError(f"Wanted a docstring that says the misconception of {node.name} in {path}, got none.")
            found[node.name] = " ".join(said.split())
    return found


def seen(entry: dict[str, Any]) -> str:
    """What the visible check does with a wrong answer, from its entry in matrix.toml."""
    if entry.get("reads"):
        return f"fails at “{entry['reads']}”"
    return f"passes ({entry['unseen']})" if entry.get("unseen") else "passes"


def cell(text: str) -> str:
    """Words that do not end a cell of a table."""
    return text.replace("|", "\\|")


def table(root: Path) -> str:
    """The whole text. Raises CourseError when a question has no goal or nothing to say in class."""
    root = Path(root)
    told = tomllib.loads((root / SOURCE).read_text(encoding="utf-8"))
    known = {name: headings(root, name) for name in sets.available(root)}
    lines, shown = [FIRST_LINES], set()
    for goal in told["goal"]:
        rows, also = [], []
        for full in goal["questions"]:
            name, question = full.split(".")
            if name not in known or not (root / "solutions" / name / "mutants" / f"{question}.py").is_file():
                continue
            if full in shown:
                also.append(f"`{full}`")
                continue
            shown.add(full)
            rows.append(part(root, full, known[name][question], told["say"].get(full, "")))
        if rows or also:
            lines += [
                f"## {goal['name']}",
                *([f"Also: {', '.join(also)}, under an earlier goal."] if also else []),
                *rows,
            ]
    wanted = {
        f"{path.parents[1].name}.{path.stem}"
        for name in known
        for path in (root / "solutions" / name).glob("mutants/q*.py")
    }
    if wanted - shown:
        raise CourseError(
            f"Wanted a goal for every question, got none for {', '.join(sorted(wanted - shown))}. See {SOURCE}."
        )
    return "\n\n".join(line.strip("\n") for line in lines) + "\n"


def part(root: Path, full: str, heading: tuple[str, int, int], say: str) -> str:
    """One question: its heading, what to say in class, its known wrong answers."""
    if not say:
        raise CourseError(f"Wanted something to say in class for {full}, got nothing. Add a line to [say] in {SOURCE}.")
    name, question = full.split(".")
    folder = root / "solutions" / name
    pattern = tomllib.loads((folder / "matrix.toml").read_text(encoding="utf-8"))[question]
    title, points, minutes = heading
    rows = [
        f"| {cell(what)} | {cell(seen(pattern.get(mutant, {})))} |"
        for mutant, what in wrong_ways(folder, question).items()
    ]
    top = f"### `{full}` {title} ({points} points, {minutes} minutes)\n\nSay in class: {say}\n\n"
    return top + "\n".join(["| misconception | the visible check |", "|---|---|", *rows])


def write_table(root: Path, check: bool = False) -> Path:
    """Write `misconceptions.md`, or with `check` only compare it. Raises CourseError when it is out of date."""
    path, text = Path(root) / TARGET, table(root)
    if check:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise CourseError(
                f"Wanted {TARGET} as the wrong answers make it, got another text. Run: course misconceptions"
            )
    else:
        path.write_text(text, encoding="utf-8")
    return path
