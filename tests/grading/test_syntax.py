"""A newer Python is told from a slip, by the newer grammar itself."""

import subprocess
import sys

import pytest

from course_lib.staff.grading import syntax
from course_lib.staff.grading.syntax import is_newer_python

NEWER = {  # the version that reads it, and the cell
    'd = {"a": 1}\nprint(f"{d["a"]}")': (3, 12),
    'print(f"{"\\n".join(a)} {\n  b  # why\n}")': (3, 12),
    "type Matrix[T] = list[T]": (3, 12),
    "def f[T: (int, str)](x: T) -> T:\n    return x": (3, 12),
    "class A[T = int, *Ts = *tuple[int]]:\n    x: T": (3, 13),
    "try:\n    f()\nexcept ValueError, TypeError:\n    pass": (3, 14),
    'x = t"{y}"': (3, 14),
    'await g()\nprint(f"{d["a"]}")': (3, 12),
    '%matplotlib inline\n!ls\nprint(f"{d["a"]}")': (3, 12),
    '%%time\nprint(f"{d["a"]}")': (3, 12),
}
SLIPS = [
    "def f(:\n    pass",
    'print "a"',
    "x = 1 +",
    "for i in range(3)\n    f()",
    '"an open end',
    "def f():\n\tx = 1\n        y = 2",
    "f'{a b}'",
    "def f(a, a):\n    pass",
    "return 3",
    "break",
    "def f():\n    x = 1\n    global x",
    "nonlocal x",
    "f() = 3",
    "from __future__ import braces",
    "def f():\n    from math import *",
]
RIGHT = ["x = 1", "await g()", "%time x = 1", "%%writefile a.py\ndef f[T](x): pass", "", "files = !ls\nx = 1 %\\\n2"]


@pytest.mark.parametrize(("source", "since"), NEWER.items())
def test_what_a_later_version_reads_is_newer_until_then(source, since):
    assert is_newer_python(source) == (sys.version_info < since)


@pytest.mark.parametrize("source", SLIPS)
def test_what_no_version_reads_is_a_slip(source):
    assert not is_newer_python(source)


@pytest.mark.parametrize("source", RIGHT)
def test_what_this_version_reads_is_not_newer(source):
    assert not is_newer_python(source)


def test_without_a_reader_a_person_decides(monkeypatch):
    def missing(*args, **kwargs):
        raise FileNotFoundError("ruff")

    monkeypatch.setattr(subprocess, "run", missing)
    assert is_newer_python("def f(:") and not is_newer_python("x = 1")
    assert syntax.NEWEST >= f"py3{sys.version_info.minor}"
