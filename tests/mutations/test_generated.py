"""Small changes that nobody chose: most of them have to be noticed by the tests of the module that was changed."""

import ast
from pathlib import Path

import pytest
from mutations.generated import Mutant, change, draw, mutants
from mutations.test_patches import ROOT, exit_codes, make_copy

from course_lib.staff.publishing.modules import MOST, namers
from course_lib.staff.publishing.used import Library

COUNT, KILLED = 200, 0.8
TESTS = 6  # files of tests that a mutant is shown to
SEED = 1
SECONDS = 240  # of CPU: a mutant that has not come to an end by then is noticed, too
JUDGE = ROOT / "course_lib" / "staff" / "grading" / "judge.py"
TOLD = ROOT / "_build" / "mutants.txt"  # every mutant and what became of it


def changed(source: str) -> list[str]:
    """What can be changed in a text, in words."""
    return [made[0] for node in ast.walk(ast.parse(source)) if (made := change(node))]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("a < b", "a < b -> a <= b"),
        ("a == b", "a == b -> a != b"),
        ("a * b", "a * b -> a / b"),
        ("a and b", "a and b -> a or b"),
        ("not a", "not a -> a"),
        ("True", "True -> False"),
        ("3", "3 -> 4"),
        ("0.5", "0.5 -> 1.0"),
    ],
)
def test_each_kind_of_change(source, what):
    assert what in changed(source)


def test_tolerances_and_words_are_left_alone():
    assert changed("1e-9") == changed("'words'") == changed("a.b(c)") == []


def test_a_mutant_is_one_change_and_messages_have_none(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        'def f(x, n=2):\n    """Twice 3."""\n    if x > 1:\n        raise ValueError(f"{x - 1}")\n'
        "    return x * n\n\n\nONE = 1\n"
    )
    found = mutants(path)
    assert [mutant.what for mutant in found] == ["2 -> 3", "x > 1 -> x >= 1", "1 -> 2", "x * n -> x / n"]
    for mutant in found:
        assert mutant.text != ast.unparse(ast.parse(path.read_text()))
        assert "x - 1" in mutant.text and "ONE = 1" in mutant.text
    assert draw([path], 2, 0) == draw([path], 2, 0)


def known_tests(root: Path) -> dict[str, list[str]]:
    """File of a module -> the tests of the library and the grader that know it, the closest first."""
    library = Library(root / "course_lib", without=())
    paths = [*(root / "tests").glob("test_*.py"), *(root / "tests" / "grading").glob("test_*.py")]
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    named = namers(library, texts, most=MOST)
    found = {}
    for module, path in library.modules.items():
        users = [other for other in library.modules if other != module and module in library.needs(other)]
        own = named.get(module) or [test for user in users for test in named.get(user, ())[:1]]
        found[str(path)] = list(dict.fromkeys(own))[:TESTS]
    return found


def fates(drawn: list[Mutant], folder: Path) -> list[str]:
    """What became of each mutant: "killed", "stopped" or "alive"."""
    known = known_tests(ROOT)
    base = make_copy(folder / "copy", ["tests/grading/"])
    jobs = [
        {
            "folder": str(base),
            "tests": ["-m", "not slow", *known[str(mutant.path)]],
            "output": str(folder / "output.txt"),
            "file": str(base / mutant.path.relative_to(ROOT)),
            "text": mutant.text,
            "seconds": SECONDS,
        }
        for mutant in drawn
    ]
    return ["alive" if code == 0 else "stopped" if code < 0 else "killed" for code in exit_codes(jobs)]


@pytest.mark.slow
def test_most_generated_mutants_are_noticed(tmp_path):
    paths = [path for path in (ROOT / "course_lib" / "analysis").glob("*.py")] + [JUDGE]
    drawn = draw(paths, COUNT, SEED)
    found = fates(drawn, tmp_path)
    lines = [f"{fate:<8} {m.path.relative_to(ROOT)}:{m.line}  {m.what}" for m, fate in zip(drawn, found, strict=True)]
    TOLD.parent.mkdir(exist_ok=True)
    TOLD.write_text("\n".join(lines) + "\n")
    alive = [line for line in lines if line.startswith("alive")]
    assert 1 - len(alive) / COUNT >= KILLED, "\n".join(alive)
