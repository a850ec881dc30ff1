"""What makes a worker look like Colab, each in a process of its own: it changes the process it is put into."""

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from course_lib.staff.grading import stand_ins

FOLDER = Path(stand_ins.__file__).parent


@pytest.fixture
def told(tmp_path):
    """What a script prints behind `install`, in an empty working folder."""
    home = tmp_path / "home"
    home.mkdir()

    def run(script: str) -> str:
        start = f"import sys; sys.path.insert(0, {str(FOLDER)!r}); import stand_ins; stand_ins.install()\n"
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "MPLCONFIGDIR": str(home), "MPLBACKEND": "agg"}
        done = subprocess.run(
            [sys.executable, "-c", start + script], cwd=home, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.home = home
    return run


def test_every_part_of_colab_does_nothing(told):
    script = """
print("google.colab" in sys.modules)
from google.colab import drive, files, userdata
from google.colab.output import eval_js
import google.colab.data_table.deep
drive.mount("/content/drive"); eval_js("1")
print(list(files.upload()), drive.mount("/content/drive"), repr(userdata.get))
"""
    assert told(script) == f"False\n[]{' nothing: this is not Colab' * 2}\n"


def test_figures_go_nowhere_whatever_backend_is_asked_for(told):
    script = """
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
plt.switch_backend("QtAgg")
matplotlib.rcParams["backend"] = "WebAgg"
plt.figure(); plt.plot([1]); plt.show(block=True)
print(type(plt.gcf().canvas).__name__)
"""
    assert told(script) == "FigureCanvasAgg\n"


def test_paths_of_colab_are_in_the_working_folder(told):
    name = f"course-{uuid.uuid4().hex}"
    script = f"""
import os, pathlib
import numpy as np
os.makedirs("/content/{name}/My Drive", exist_ok=True)
np.save("/content/{name}/My Drive/a.npy", np.eye(2))
pathlib.Path("/tmp/{name}.txt").write_text("x")
os.chdir("/content")
print(np.load("/content/{name}/My Drive/a.npy").sum(), os.path.exists("/tmp/{name}.txt"))
print(sorted(os.listdir("/content")), os.path.isdir(os.path.dirname(os.__file__)))
"""
    content, note = Path("/content"), Path(f"/tmp/{name}.txt")
    made = not content.exists()
    try:
        assert told(script).splitlines() == ["2.0 True", f"['{name}', '{name}.txt'] True"]
        assert not note.exists() and not (content / name).exists()
    finally:  # where the stand-in is broken, as a planted fault makes it, nothing is left on the machine
        note.unlink(missing_ok=True)
        shutil.rmtree(content if made else content / name, ignore_errors=True)


def test_a_module_written_by_a_cell_can_be_imported(told):
    assert told("open('mine.py', 'w').write('x = 3')\nimport mine\nprint(mine.x)") == "3\n"


def test_nobody_is_at_the_keyboard(told):
    assert told("import getpass\nprint(repr(input('?')), repr(getpass.getpass()))") == "'' ''\n"


def test_names_of_later_libraries_are_there(told):
    script = """
import copy, dataclasses, itertools, math, typing, warnings
@dataclasses.dataclass
class P:
    x: int = 1
print(list(itertools.batched("abcde", 2)), math.sumprod([1, 2], [3, 4]), math.sumprod([0.1] * 10, [1] * 10))
print(copy.replace(P(), x=2), typing.override(len) is len, warnings.deprecated("old")(P) is P)
"""
    assert told(script).splitlines() == ["[('a', 'b'), ('c', 'd'), ('e',)] 11 1.0", "P(x=2) True True"]


def test_closed_parts_of_the_library_say_why(told):
    script = f"""
sys.path.append({str(FOLDER.parents[2])!r})
try:
    import course_lib.nowhere
except ModuleNotFoundError as error:
    print(error)
"""
    assert "asks you to write" in told(script)
