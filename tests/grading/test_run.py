"""The worker and its runner: limits, order, replay, and what a worker can see."""

import os
import time

import numpy as np
import pytest

from course_lib.staff.grading import process, run, view
from course_lib.staff.grading.question import Case, Property, Question, per_case
from course_lib.staff.grading.run import Step
from course_lib.validation import CourseError


def question(name: str, function: str, cpu: float = 1.0) -> Question:
    def draw(rng):
        return [Case("n", (float(n),), expected=2.0 * n) for n in range(3)]

    return Question(name, name, function, draw, (Property("p", 1, per_case(lambda c, v: v == c.expected)),), {}, cpu)


QUESTIONS = {"q1": question("q1", "double"), "q2": question("q2", "double")}


def ran(*sources: str, questions=None, open_modules=()):
    """Run cells; "q1" and "q2" stand for the probe of that question."""
    questions = QUESTIONS if questions is None else questions
    steps = [Step(n, "" if s in questions else s, s if s in questions else "") for n, s in enumerate(sources)]
    rng = np.random.default_rng(0)
    return run.run(steps, questions, lambda asked: asked.draw(rng), open_modules=open_modules)


def values(state) -> list:
    return [answer.value for answer in state.answers]


RIGHT = "def double(x):\n    return 2 * x"


def test_cells_run_in_one_shell_in_order_and_their_text_is_kept():
    result = ran(
        "x = 20\nprint('hello')", "x + 1", "import sys; _ = sys.stderr.write('err')", "await_ = 1\n%time y = x", "q1"
    )
    assert result.outputs[0] == "hello\n" and "21" in result.outputs[1] and result.outputs[2] == "err"
    assert "NameError" not in result.outputs[3]
    assert "no function called double" in result.questions["q1"].fault


def test_a_probe_that_is_not_there_is_the_students_fault():
    result = ran(RIGHT, "q1")
    assert values(result.questions["q1"]) == [0, 2, 4]
    assert "not reached" in result.questions["q2"].fault


def test_what_follows_a_failing_line_still_runs():
    result = ran(
        "import nothing_like_it\nfactor = 2\ndef double(x):\n    return factor * x\n1 / 0\ndouble_again = double", "q1"
    )
    assert values(result.questions["q1"]) == [0, 2, 4]
    assert "ModuleNotFoundError" in result.outputs[0] and "ZeroDivisionError" in result.outputs[0]


def test_random_numbers_start_alike_in_every_run():
    cells = ("import random, numpy as np\nprint(random.random(), np.random.rand())", "print(np.random.rand())")
    first, second = ran(*cells), ran(*cells)
    assert first.outputs == second.outputs
    assert first.outputs[0].split()[1] == first.outputs[1].strip()


def test_a_cell_that_cannot_be_interrupted_costs_its_question_and_is_replayed_once():
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    loop = deaf + "def double(x):\n    while True:\n        pass"
    result = ran("count = 1", loop, "q1", RIGHT, "q2")
    assert result.replays == 1
    assert "longer than the time" in result.questions["q1"].fault and result.questions["q1"].answers == []
    assert values(result.questions["q2"]) == [0, 2, 4]


def test_an_interrupted_probe_keeps_its_finished_cases():
    slow = "def double(x):\n    while x > 1:\n        pass\n    return 2 * x"
    result = ran(slow, "q1")
    assert [a.status for a in result.questions["q1"].answers] == ["ok", "ok", "timeout"] and result.replays == 0
    assert result.questions["q1"].cpu < 5, "stopped by its budget of processor time, long before the clock"


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_cell_that_ends_its_worker_is_left_out_of_the_replay(end):
    result = ran(RIGHT, end, "q1", "q2")
    assert result.replays == 1 and values(result.questions["q1"]) == values(result.questions["q2"]) == [0, 2, 4]


def test_a_notebook_that_ends_its_worker_in_every_cell_does_not_go_on_for_ever():
    result = ran(RIGHT, *["import os; os._exit(0)"] * 9, "q1")
    assert result.replays == 2 + run.SPARE_REPLAYS + 1 and result.flags
    assert result.questions["q1"].fault


def test_an_own_cell_without_end_is_stopped_quietly(monkeypatch):
    monkeypatch.setattr(run, "CELL_CPU", 0.5)
    result = ran(RIGHT, "while True: pass", "q1")
    assert result.replays == 0 and values(result.questions["q1"]) == [0, 2, 4]
    assert any("cell 2" in note for note in result.notes)


def test_sleeping_is_stopped_by_the_wall(monkeypatch):
    monkeypatch.setattr(run, "WALL_LEAST", 1.5)
    monkeypatch.setattr(run, "WALL_FACTOR", 1.0)
    result = ran("import time\ndef double(x):\n    time.sleep(3600)", "q1")
    assert {a.status for a in result.questions["q1"].answers} == {"timeout"}
    assert "Stopped by the clock" in result.questions["q1"].human


def test_loading_torch_is_not_charged_to_a_question():
    """A question whose function imports it would lose its time to the import."""
    inside = "def double(x):\n    import torch\n    return torch.tensor(2 * x, dtype=torch.float64)"
    result = ran(inside, "q1")
    assert [float(v) for v in values(result.questions["q1"])] == [0, 2, 4]
    assert result.questions["q1"].cpu < 1 and -1 in result.outputs


def test_children_count_and_die_with_their_worker(tmp_path):
    mark = f"course-test-{os.getpid()}"
    spawn = (
        "import subprocess, sys\n"
        f"p = subprocess.Popen([sys.executable, '-c', 'while True: pass', '{mark}'], start_new_session=True)\n"
        "def double(x):\n    import time\n    time.sleep(60)"
    )
    result = ran(spawn, "q1")
    assert "timeout" in {a.status for a in result.questions["q1"].answers} or result.questions["q1"].fault
    time.sleep(0.1)
    alive = [s.pid for s in process.processes() if mark in read(f"/proc/{s.pid}/cmdline") and not s.ended]
    assert alive == []


def read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def test_floods_are_capped_and_cost_nothing():
    result = ran("for i in range(300):\n    print('x' * 100_000)", RIGHT, "q1")
    assert len(result.outputs[0]) <= run.SHOWN and values(result.questions["q1"]) == [0, 2, 4]


@pytest.mark.parametrize(
    "frame",
    ["s.sendall(b'Z' * 9)", "s.sendall(b'O' + b'\\xff' * 8)", "s.close()", "s.sendall(b'D' + bytes(7) + b'\\x01?')"],
)
def test_what_is_no_frame_costs_the_cell_alone(frame):
    result = ran(f"import socket\ns = socket.socket(fileno=3)\n{frame}\nimport time; time.sleep(9)", RIGHT, "q1")
    assert values(result.questions["q1"]) == [0, 2, 4] and result.replays == 1


def test_a_case_is_dealt_once_and_only_to_its_probe():
    ask = """
from course_lib.student import wire
channel = wire.channel()
def asks(name):
    channel.send(b"Q", wire.encode(name))
    return channel.recv()[0]
print(asks("q2"))
def double(x):
    return 2 * x if asks("q1") == b"N" else 0
"""
    result = ran(ask, "q1")
    assert "b'N'" in result.outputs[0] and len(result.flags) == 2
    assert values(result.questions["q1"]) == [0, 2, 4]


def test_answers_that_nobody_asked_for_do_not_count():
    forged = 'from course_lib.student import wire\nwire.channel().send(b"R", wire.encode({"nonce": "", "answers": ()}))'
    result = ran(forged, "q1")
    assert result.questions["q1"].answers == [] and result.flags


def test_a_record_without_the_nonce_of_its_deal_does_not_count():
    """One record, right values, but not the answer to what was dealt: for instance one that was kept from before."""
    swap = """
def double(x):
    import sys
    wire, probing = sys.modules["course_lib.student.wire"], sys.modules["course_lib.student.probe"]
    probing._record = lambda nonce, *rest: wire.encode({"nonce": "kept", "answers": rest[0], "again": ()})
    return 2 * x
"""
    state = ran(swap, "q1").questions["q1"]
    assert state.answers == [] and state.fault and state.human


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ("def double[T](x: T) -> T:\n    return 2 * x", True),
        ('d = {"a": 2}\ndef double(x):\n    print(f"{d["a"]}")\n    return 2 * x', True),
        ("type Number = float\ndef double(x: Number):\n    return 2 * x", True),
        ("def double(x:\n    return 2 * x", False),
        ('def double(x):\n    print(f"{d["a"]}" +)\n    return 2 * x', False),
    ],
)
def test_a_newer_pythons_syntax_is_not_the_students_fault(source, ours):
    state = ran(source, "q1").questions["q1"]
    assert bool(state.trouble) == ours and bool(state.fault) != ours


def test_a_draw_that_fails_is_ours():
    def broken(rng):
        raise RuntimeError("no case fits")

    asked = {"q1": Question("q1", "t", "double", broken, (), {}), "q2": QUESTIONS["q2"]}
    result = ran(RIGHT, "q1", "q2", questions=asked)
    assert "no case fits" in result.questions["q1"].trouble and values(result.questions["q2"]) == [0, 2, 4]


def test_what_a_worker_sees():
    look = """
import os, sys
print(sorted(os.environ))
print(sorted(int(n) for n in os.listdir("/proc/self/fd")))
print([p for p in sys.path if os.path.isdir(os.path.join(p, "solutions"))])
print(os.getcwd() == os.environ["HOME"], set(os.listdir(".")) - {".ipython"})
print(os.getsid(0) == os.getpid(), input("?") == "")
import course_lib
print(sorted(n for n in os.listdir(os.path.dirname(course_lib.__file__)) if n != "__pycache__"))
for name in ("systems", "staff"):
    try:
        __import__("course_lib." + name)
    except ModuleNotFoundError as error:
        print(error)
"""
    lines = ran(look).outputs[0].splitlines()
    assert lines[0] == str(
        sorted(
            "COURSE_CHANNEL HOME IPYTHONDIR LANG MPLBACKEND MPLCONFIGDIR OMP_NUM_THREADS PYTHONHASHSEED TMPDIR".split()
        )
    )
    assert lines[1].startswith("[0, 1, 2, 3") and len(eval(lines[1])) <= 6
    assert lines[2:5] == ["[]", "True set()", "True True"]
    assert lines[5] == "['__init__.py', 'shapes.py', 'student', 'validation.py']"
    assert lines[6].startswith("course_lib.systems is not available") and "asks you to write" in lines[6]
    assert lines[7].startswith("course_lib.staff is not available")


def test_open_modules_are_there_and_staff_never():
    result = ran("import torch, course_lib.dynamics\nprint('in')", open_modules=("dynamics",))
    assert result.outputs[0] == "in\n"
    for name in ("staff", "nothing", "../tests"):
        with pytest.raises(CourseError, match="OPEN"):
            ran("1", open_modules=(name,))


def test_colab_and_shell_are_harmless_in_the_worker_too(tmp_path):
    cell = (
        "import sys\nprint('google.colab' in sys.modules)\nfrom google.colab import drive, files\n"
        "drive.mount('/content/drive')\nfiles.upload()\n"
        f"get_ipython().system('touch {tmp_path}/ran')\nx = get_ipython().getoutput('ls')\n"
        "%matplotlib widget\n%pip install a\n"
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\nprint(x)"
    )
    out = ran(cell).outputs[0]
    assert out.startswith("False\n") and out.endswith("[]\n")
    assert not (tmp_path / "ran").exists()


def test_a_worker_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(process.tempfile, "tempdir", None)
    ran("open('left.txt', 'w').write('x')", RIGHT, "q1")
    assert os.listdir(tmp_path) == []


def test_the_view_holds_nothing_that_was_not_named(tmp_path):
    script = view.build_view(tmp_path / "view", ("dynamics",))
    held = {path.name for path in (tmp_path / "view" / "library" / "course_lib").iterdir()}
    assert held == {"__init__.py", "shapes.py", "validation.py", "student", "dynamics.py"}
    assert script.read_bytes() == view.WORKER.read_bytes()
