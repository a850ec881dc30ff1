"""Honest, clumsy and hostile submissions to the tiny course, with what each must get."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tiny

CANARY = "canary-7741"

LOOP = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
def double(x):
    while True:
        pass
"""
FORGED = """
def double(x):
    from course_lib.student import wire
    wire.channel().send(b"R", wire.encode({"nonce": "guess", "answers": (), "again": ()}))
    return 2 * x
"""
TWICE = """
def double(x):
    import sys
    wire = sys.modules["course_lib.student.wire"]
    if not hasattr(wire, "kept"):
        wire.kept, send = True, wire.Channel.send
        def both(self, tag, payload=b"", **more):
            send(self, tag, payload, **more)
            if tag == b"R":
                send(self, tag, payload, **more)
        wire.Channel.send = both
    return 2 * x
"""
EARLY = """
from course_lib.student import wire
channel = wire.channel()
channel.send(b"Q", wire.encode("q2"))
stolen = channel.recv()
def double(x):
    return 2 * x if stolen[0] == b"N" else stolen
"""
KEEPS = """
kept = []
def double(x):
    kept.append(x.copy())
    return 2 * x
"""
LIBRARY = """
def double(x):
    import course_lib.staff.grading.judge
    return 2 * x
"""
SOLUTIONS = """
import glob, sys
found = [m for m in sys.modules if "solutions" in m or "staff" in m or "questions" in m]
path = [p for p in sys.path if glob.glob(p + "/solutions") or glob.glob(p + "/course_lib/staff")]
def double(x):
    return 2 * x if not found and not path else None
"""
ENVIRONMENT = """
import os
def double(x):
    secret = [v for v in os.environ.values() if "canary" in v]
    fds = sorted(int(n) for n in os.listdir("/proc/self/fd"))
    return 2 * x if not secret and [n for n in fds if n > 2][:1] == [3] and len(fds) <= 6 else None
"""
NOISY = """
import sys, warnings
warnings.warn("loud")
print("x" * 3_000_000)
sys.stderr.write("50%|#####     |\\r")
def double(x):
    print(x)
    warnings.warn("loud again")
    return [2 * float(v) for v in x]
12345
"""
STATE = """
import os, warnings
os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
warnings.simplefilter("error")
np.seterr(all="raise")
def double(x):
    assert os.getcwd()
    warnings.warn("now an error?")
    return 2 * x
"""
HALF = """
import matplotlib.pyplot as plt
raise RuntimeError("the middle of the cell")
FACTOR = 2
def double(x):
    return FACTOR * x
"""
SCRIPT = "<script>document.title='taken'</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) why"


@dataclass(frozen=True)
class Graded:
    root: Path
    folder: Path
    report: Any
    progress: list


def without_metadata() -> dict:
    """All that names a cell got lost; only texts and functions are left."""
    notebook = tiny.answered()
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    notebook["metadata"] = {}
    return notebook


def colab() -> dict:
    notebook = tiny.answered()
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell.pop("id")
        if cell["cell_type"] == "code":
            cell["metadata"]["executionInfo"] = {"user": {"displayName": CANARY}}
            cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": ["100%"]}]
    notebook["metadata"]["colab"] = {"name": CANARY}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    drive = "!pip install x\nfrom google.colab import drive\ndrive.mount('/content/drive')\n%matplotlib widget"
    notebook["cells"].insert(0, {"cell_type": "code", "metadata": {}, "source": drive, "outputs": []})
    notebook.update(nbformat_minor=0)
    return notebook


def duplicated() -> dict:
    notebook = tiny.answered()
    for name in ("q1-answer", "q1-probe", "q2-check"):
        at = tiny.place(notebook, name)
        notebook["cells"].insert(at + 1, copy.deepcopy(notebook["cells"][at]))
    stub = tiny.released()["cells"][3]
    notebook["cells"].insert(tiny.place(notebook, "q2-answer") + 1, copy.deepcopy(stub))
    return notebook


def helpers() -> dict:
    """A helper above, an import in the locked cell, an answer in two cells, a definition in an exploration."""
    notebook = tiny.answered(q1="def double(x):\n    return two() * x", q2="extra = 0")
    notebook = tiny.inserted(notebook, "q2-answer", "def shift(x, by):\n    return nump.add(x, by) + extra + zero()")
    notebook["cells"][tiny.place(notebook, "setup")]["source"] += "\nimport numpy as nump"
    for cell in notebook["cells"]:
        if "explore" in cell["metadata"].get("tags", ()):
            cell["source"] += "\ndef zero():\n    return 0"
    return tiny.inserted(notebook, "q1-text", "def two():\n    return 2")


def written(text: str) -> dict:
    notebook = tiny.answered()
    notebook["cells"][tiny.place(notebook, "q3-written")]["source"] = text
    return notebook


def impostor() -> dict:
    notebook = tiny.answered(q1="def double(x):\n    return x")
    notebook["metadata"]["course"]["student"] = "right"
    notebook["metadata"]["student"] = "right"
    return notebook


def printing() -> dict:
    """Keeps its cases and prints them in a later cell."""
    return tiny.inserted(tiny.answered(q1=KEEPS), "q2-answer", "print(kept)\nkept")


SUBMISSIONS: dict[str, tuple[Any, tuple[float, float] | None]] = {
    "right": (tiny.answered(), (4, 4)),
    "half": (tiny.answered(q1="def double(x):\n    return 3 * x"), (0, 4)),
    "untouched": (tiny.answered({}), (0, 0)),
    "colab": (colab(), (4, 4)),
    "duplicated": (duplicated(), (4, 4)),
    "helpers": (helpers(), (4, 4)),
    "lost": (without_metadata(), (4, 4)),
    "noisy": (tiny.answered(q1=NOISY), (4, 4)),
    "state": (tiny.answered(q1=STATE), (4, 4)),
    "middle": (tiny.answered(q1=HALF), (4, 4)),
    "in-place": (tiny.answered(q1="def double(x):\n    x *= 2\n    return x"), (4, 4)),
    "stops": (tiny.answered(q1="def double(x):\n    raise SystemExit"), (0, 4)),
    "loop": (tiny.answered(q1=LOOP), (0, 4)),
    "dies": (tiny.answered(q2="import os\ndef shift(x, by):\n    os.kill(os.getpid(), 9)"), (4, 0)),
    "dies-early": (tiny.inserted(tiny.answered(), "setup", "import os\nos._exit(0)"), (4, 4)),
    "forged": (tiny.answered(q1=FORGED), (0, 4)),
    "twice": (tiny.answered(q1=TWICE), (0, 4)),  # q2 loses its record too, and is asked again without q1's cell
    "early": (tiny.answered(q1=EARLY), (4, 4)),
    "prints": (printing(), (4, 4)),
    "library": (tiny.answered(q1=LIBRARY), (0, 4)),
    "solutions": (tiny.answered(q1=SOLUTIONS), (4, 4)),
    "environment": (tiny.answered(q1=ENVIRONMENT), (4, 4)),
    "impostor": (impostor(), (0, 4)),
    "script": (written(SCRIPT), (4, 4)),
    "not-json": (b"{ this is no notebook", None),
    "other": (json.dumps({"cells": [], "metadata": {}}).encode(), None),
}


def write_class(folder: Path) -> None:
    """Write all submissions, one under another name and one in nbgrader's layout."""
    for student, (notebook, _) in SUBMISSIONS.items():
        name = {"right": "Copy of tiny (3).ipynb", "half": "tiny/tiny.ipynb"}.get(student, "tiny.ipynb")
        tiny.hand_in(folder, student, notebook, name)
