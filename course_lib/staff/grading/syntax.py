"""Tells a slip from a newer Python: what the grader's own version cannot read is not the student's fault."""

import ast
import os
import shutil
import subprocess
import sysconfig

from IPython.core.inputtransformer2 import TransformerManager

from course_lib.staff.grading.magics import neutralise

NEWEST = "py314"
SECONDS = 30.0
# what no Python accepts although its grammar does: `return` outside a function, a name that is local and global
RULES = "F406,F407,F621,F622,F701,F702,F706,F707,PLE0115,PLE0117,PLE0118"


def is_newer_python(source: str) -> bool:
    """Whether a cell that does not compile here would in a later Python.

    The reader of later Pythons is ruff's: it knows the grammar of each version and runs nothing. Where it is missing
    the answer is yes: what cannot be told is for a person to look at.
    """
    text = neutralise(source)[0]
    if text.startswith("%%"):
        return False
    text = TransformerManager().transform_cell(text)
    if _compiles(text):
        return False
    reader = shutil.which("ruff", path=os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", ""))))
    command = [reader or "ruff", "check", "--isolated", "--no-cache", "--quiet", "--target-version", NEWEST]
    rules = ["--select", RULES, "--stdin-filename", "cell.py", "-"]
    try:
        done = subprocess.run(
            [*command, *rules], input=text.encode("utf-8", "replace"), capture_output=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return True
    return done.returncode == 0


def _compiles(source: str) -> bool:
    try:
        compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
