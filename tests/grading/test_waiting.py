"""Names of statements, and which cells run later than they stand."""

import pytest

from course_lib.staff.grading.statements import bound, is_definition, names, new_lines, new_statements, parsed
from course_lib.staff.grading.waiting import MOST, Item, Wait, waits


@pytest.mark.parametrize(
    ("source", "binds", "now", "called"),
    [
        ("x = y + 1", {"x"}, {"y"}, set()),
        ("import a.b, c as d", {"a", "d"}, set(), set()),
        ("def f(a, b=g):\n    return a + h", {"f"}, {"g"}, {"h"}),
        ("@w\nclass A(B):\n    c = d\n    def m(self):\n        return e", {"A"}, {"w", "B", "d"}, {"e"}),
        ("f = lambda a: a + h", {"f"}, set(), {"h"}),
        ("z = [k * n for k in range(3)]", {"z"}, {"n"}, set()),
        ("def f():\n    global g\n    g = 1", {"f", "g"}, set(), set()),
        ("for i in q:\n    with open(p) as s:\n        t = i", {"i", "s", "t"}, {"q", "p"}, set()),
        ("v = await later(u)", {"v"}, {"later", "u"}, set()),
        ("x: int = y", {"x"}, {"y"}, set()),
    ],
)
def test_what_a_statement_binds_and_uses(source, binds, now, called):
    (found,) = names(source)
    assert (set(found.binds), set(found.now), set(found.called)) == (binds, now, called)


def test_a_cell_that_is_no_python_still_seems_to_set_names():
    assert bound("def f[T](x: T):\n    return x\ny = 3\nprint(z)\nif y == 2:\n  oops oops\ntype M = int") == {
        "f",
        "y",
        "M",
    }
    assert parsed("%%writefile a.py\ndef f(): pass") == [] and bound("%time x = f()\ny = 1") == {"y"}


def test_new_statements_are_those_that_were_added():
    old = "import numpy as np\n%pip install a\ncheck('q1', f)"
    new = "import numpy as np  # mine\n\n%pip install b\ncheck('q1', f)\nx = 3"
    assert len(new_statements(old, new)) == 1 and new_statements(old, "oops oops") is None
    assert new_lines(old, f"{old}\n  oops oops\n\n") == "  oops oops"


@pytest.mark.parametrize(
    ("source", "so"),
    [
        ("import a", True),
        ("A = (1, [2.0, 'x'])", True),
        ("A: float = -1e-6", True),
        ("f = lambda x: x", True),
        ("x = slow()", False),
        ("A += 1", False),
        ("print(1)", False),
    ],
)
def test_definitions_are_what_costs_nothing_to_run(source, so):
    assert is_definition(parsed(source)[0]) == so


def plan(*cells: str) -> dict[int, Wait]:
    """Which of the cells wait; "? f" stands for the probe of f."""
    return waits([Item(n, "" if c[0] == "?" else c, c[2:] if c[0] == "?" else "") for n, c in enumerate(cells)])


@pytest.mark.parametrize(
    "cells",
    [
        ("x = 1", "def f():\n    return x", "? f", "x = 2"),
        ("def f():\n    return g()", "def g():\n    return 1", "? f"),
        ("def f():\n    return 1", "? f", "f = 0.1"),
        ("def f():\n    return y", "? f"),
        ("print(nowhere)", "? f", "def g():\n    return nowhere"),
        ("x = x + 1 if False else 0", "x = 3"),
        ("def f():\n    return h", "? f", "f = 2\nh = 3"),
        ("a = b", "b = c", "c = a"),
    ],
)
def test_a_notebook_that_runs_from_top_to_bottom_is_left_as_it_is(cells):
    assert plan(*cells) == {}


@pytest.mark.parametrize(
    ("cells", "held"),
    [
        (("? f", "def f():\n    return 1"), {0: Wait(1, "f")}),
        (("def f():\n    return g()", "? f", "x = 1", "def g():\n    return 1", "z = 2"), {1: Wait(3, "g")}),
        (("def f():\n    return g()", "? f", "def g():\n    return h", "h = 3"), {1: Wait(3, "g")}),
        (("@d\ndef f():\n    return 1", "? f", "def d(f):\n    return f"), {0: Wait(2, "d"), 1: Wait(0, "f")}),
    ],
)
def test_a_cell_waits_for_a_name_that_only_stands_below_it(cells, held):
    assert plan(*cells) == held


def test_a_notebook_made_to_wait_is_not_looked_at_for_ever():
    """A thousand cells that all wait for the last one: a limit holds, and the rest run where they stand."""
    found = plan(*[f"a{k} = last" for k in range(1_000)], "last = 1")
    assert set(found) == set(range(MOST)) and found[0] == Wait(1_000, "last")
