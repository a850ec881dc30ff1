"""The worker and its runner: limits, order, replay, and what a worker can see."""

import os
import pickle
import time

import pytest

from course_lib.staff.grading import process, run, view, watch
from course_lib.staff.grading.isolation import measure
from course_lib.staff.grading.run import Asked, Step, Work
from course_lib.student import wire
from course_lib.validation import CourseError


def asked(name: str, function: str = "double", cpu: float = 1.0, wall: float = 60.0, **more) -> Asked:
    """A question with three cases: 0, 1 and 2."""
    return Asked(name, function, cpu, wall, **{"inputs": wire.encode([(0.0,), (1.0,), (2.0,)]), **more})


QUESTIONS = {name: asked(name) for name in ("q1", "q2")}


def ran(*sources: str, questions=None, open_modules=(), patience=1.0, walls=None, **more):
    """Run cells behind the strongest walls there are; "q1" and "q2" stand for the probe of that question."""
    questions = QUESTIONS if questions is None else questions
    walls = walls or measure().walls
    steps = tuple(Step(n, "" if s in questions else s, s if s in questions else "") for n, s in enumerate(sources))
    return run.run(Work(steps, questions, open_modules, walls=walls, **more), patience=patience)


def answers(state) -> list:
    """What came back, by case."""
    return list(wire.decode(state.record)["answers"]) if state.record else []


def values(state) -> list:
    return [answer["value"] for answer in answers(state)]


def statuses(state) -> list:
    return [answer["status"] for answer in answers(state)]


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
    assert "longer than the time" in result.questions["q1"].fault and result.questions["q1"].record == b""
    assert values(result.questions["q2"]) == [0, 2, 4]


def test_an_interrupted_probe_keeps_its_finished_cases():
    slow = "def double(x):\n    while x > 1:\n        pass\n    return 2 * x"
    result = ran(slow, "q1")
    assert statuses(result.questions["q1"]) == ["ok", "ok", "timeout"] and result.replays == 0
    assert result.questions["q1"].cpu < 5, "stopped by its budget of processor time, long before the clock"


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)"])
def test_a_cell_that_ends_its_worker_is_left_out_of_the_replay(end):
    result = ran(RIGHT, end, "q1", "q2")
    assert result.replays == 1 and values(result.questions["q1"]) == values(result.questions["q2"]) == [0, 2, 4]


def test_a_question_whose_cells_end_their_worker_again_and_again_costs_two_replays_and_nobody_else():
    result = ran(RIGHT, *["import os; os._exit(0)"] * 9, "q1", *["import os; os._exit(0)"] * 9, "q2")
    assert result.replays == 4
    assert values(result.questions["q1"]) == values(result.questions["q2"]) == [0, 2, 4]


def test_a_cell_that_makes_the_next_ones_deadly_costs_its_own_question_alone():
    """The cell that dies is not the one that kills, and dies even when it is replaced: then all cells are left out."""
    deadly = "import os\nget_ipython().run_cell = lambda *a, **k: os._exit(0)"
    result = ran(RIGHT, deadly, "1", "q1", RIGHT, "q2")
    assert result.replays == run.DEATHS and "no function called" in result.questions["q1"].fault
    assert values(result.questions["q2"]) == [0, 2, 4]


def test_an_own_cell_without_end_is_stopped_quietly(monkeypatch):
    monkeypatch.setattr(watch, "GRACE", 60.0)  # on a busy machine the interrupt is heard late
    result = ran(RIGHT, "while True: pass", "q1", cell_seconds=0.5, patience=20.0)
    assert result.replays == 0 and values(result.questions["q1"]) == [0, 2, 4]
    assert any("cell 2" in note for note in result.notes) and not result.clock


def test_own_cells_share_what_they_have(monkeypatch):
    """Two cells that loop: the first takes all that there is for both, the second has the least."""
    budgets = []

    class Seen(run.Watch):
        def __init__(self, *args, cpu, **more):
            budgets.append(cpu)
            super().__init__(*args, cpu=cpu, **more)

    monkeypatch.setattr(run, "Watch", Seen)
    monkeypatch.setattr(run, "OWN_CELLS", 1.0)
    result = ran("while True: pass", "while True: pass", RIGHT, "q1", cell_seconds=1.2)
    assert budgets == [1.2, run.LEAST, run.LEAST, QUESTIONS["q1"].cpu_seconds]
    assert len(result.notes) == 2 and values(result.questions["q1"]) == [0, 2, 4]


SLEEPS = "import time\ndef double(x):\n    time.sleep(3600)"


def test_sleeping_is_stopped_by_the_clock_and_to_be_run_again_alone():
    result = ran(SLEEPS, "q1", questions={"q1": asked("q1", wall=1.0)})
    assert set(statuses(result.questions["q1"])) == {"timeout"} and result.replays == 0
    assert result.clock and result.questions["q1"].clock and not result.questions["q1"].human


def test_what_the_processor_stopped_is_not_run_again():
    result = ran("def double(x):\n    while True:\n        pass", "q1", questions={"q1": asked("q1", cpu=0.3)})
    assert set(statuses(result.questions["q1"])) == {"timeout"} and not result.clock


def test_patience_moves_the_clock_and_not_the_budget():
    naps = "import time\ndef double(x):\n    time.sleep(0.5)\n    return 2 * x"
    short = {"q1": asked("q1", wall=1.0)}
    assert "timeout" in statuses(ran(naps, "q1", questions=short).questions["q1"])
    patient = ran(naps, "q1", questions=short, patience=8.0)
    assert values(patient.questions["q1"]) == [0, 2, 4] and not patient.clock


def test_an_own_cell_asleep_is_run_again_only_when_a_question_went_unanswered():
    asleep = "import time\ntime.sleep(60)"
    assert not ran(RIGHT, asleep, "q1", "q2", cell_seconds=0.4).clock
    assert ran(asleep + f"\n{RIGHT}", "q1", "q2", cell_seconds=0.4).clock


def test_loading_torch_is_not_charged_to_a_question():
    """A question whose function imports it would lose its time to the import."""
    inside = "def double(x):\n    import torch\n    return torch.tensor(2 * x, dtype=torch.float64)"
    result = ran(inside, "q1")
    assert [float(v) for v in values(result.questions["q1"])] == [0, 2, 4]
    assert result.questions["q1"].cpu < 1 and -1 in result.outputs


def test_loading_the_derivatives_of_torch_is_not_charged_to_a_question():
    """The first call loads two seconds' worth of modules."""
    slope = "torch.func.jacrev(lambda v: v * v)(torch.tensor([x]))[0, 0]"
    inside = f"def double(x):\n    import sklearn.linear_model, torch\n    return {slope}"
    result = ran(inside, "q1")
    assert [float(v) for v in values(result.questions["q1"])] == [0, 2, 4]
    assert result.questions["q1"].cpu < 1


def test_children_count_and_die_with_their_worker(tmp_path):
    mark = f"course-test-{os.getpid()}"
    spawn = (
        "import subprocess, sys\n"
        f"p = subprocess.Popen([sys.executable, '-c', 'while True: pass', '{mark}'], start_new_session=True)\n"
        "def double(x):\n    import time\n    time.sleep(60)"
    )
    result = ran(spawn, "q1")
    assert "timeout" in set(statuses(result.questions["q1"])) or result.questions["q1"].fault
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
    forged = 'from course_lib.student import wire\nwire.channel().send(b"R", b" " * 32 + wire.encode({"answers": ()}))'
    result = ran(forged, "q1")
    assert result.questions["q1"].record == b"" and result.flags


FORGE = """
def double(x):
    import sys
    wire = sys.modules["course_lib.student.wire"]
    if not hasattr(wire, "sent"):
        wire.sent, send = [], wire.Channel.send
        def forging(self, tag, payload=b"", **more):
            for changed in ({change}) if tag == b"R" else (payload,):
                send(self, tag, changed, **more)
        wire.Channel.send = forging
    return 2 * x
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("b'0' * 32 + payload[32:],", "no answer to the cases"),
        ("b'', payload", "no answer to the cases"),
        ("payload, payload[:40]", "More than one record"),
        ("payload[:32] + wire.encode({'answers': ()}), payload", "More than one record"),
    ],
)
def test_exactly_one_record_with_the_nonce_of_its_deal_counts(change, said):
    """Right values all of them: sent with another nonce, beside a forged one, or twice."""
    state = ran(FORGE.replace("{change}", change), "q1").questions["q1"]
    assert state.record == b"" and said in state.fault and said in state.human


def test_a_late_record_of_a_closed_question_changes_nothing():
    """A thread of q1 sends its old nonce again while q2 is asked: q2 keeps its marks, and a person is told."""
    late = """
import threading, time
def double(x):
    import sys
    wire = sys.modules["course_lib.student.wire"]
    if not hasattr(wire, "old"):
        wire.old, send = b"", wire.Channel.send
        def keeping(self, tag, payload=b"", **more):
            if tag == b"R" and wire.old:
                send(self, tag, wire.old)
            wire.old = payload if tag == b"R" else wire.old
            send(self, tag, payload, **more)
        wire.Channel.send = keeping
    return 2 * x
"""
    result = ran(late, "q1", "q2")
    assert values(result.questions["q1"]) == values(result.questions["q2"]) == [0, 2, 4]
    assert any("out of turn" in flag for flag in result.flags)


def test_silence_after_a_deal_is_for_a_person():
    silent = "def double(x):\n    import sys\n    sys.modules['course_lib.student.probe']._record = None\n    return x"
    state = ran(silent, "q1").questions["q1"]
    assert state.fault and state.human
    missing = ran("1", "q1").questions["q1"]
    assert missing.fault and not missing.human, "a missing function is no riddle"


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


def test_a_draw_that_failed_is_ours():
    questions = {"q1": asked("q1", inputs=b"", trouble="no case fits"), "q2": QUESTIONS["q2"]}
    result = ran(RIGHT, "q1", "q2", questions=questions)
    assert result.questions["q1"].trouble == "no case fits" and values(result.questions["q2"]) == [0, 2, 4]


def test_work_and_result_can_be_sent_to_another_process():
    work = Work((Step(0, RIGHT), Step(1, "", "q1")), QUESTIONS)
    result = run.run(pickle.loads(pickle.dumps(work)))
    assert values(pickle.loads(pickle.dumps(result)).questions["q1"]) == [0, 2, 4]


def test_what_a_worker_sees(needs):
    look = """
import os, sys
print(sorted(os.environ))
print(sorted(int(n) for n in os.listdir("/proc/self/fd")))
print([p for p in sys.path if os.path.isdir(os.path.join(p, "solutions"))])
print(os.getcwd(), os.listdir("."), os.environ["HOME"])
print(os.getsid(0) == os.getpid(), input("?") == "")
import course_lib
print(sorted(n for n in os.listdir(os.path.dirname(course_lib.__file__)) if n != "__pycache__"))
for name in ("systems", "staff"):
    try:
        __import__("course_lib." + name)
    except ModuleNotFoundError as error:
        print(error)
"""
    needs("bwrap")
    lines = ran(look).outputs[0].splitlines()
    words = (
        "COURSE_CHANNEL COURSE_FOLDER HOME IPYTHONDIR LANG MPLBACKEND MPLCONFIGDIR OMP_NUM_THREADS PWD PYTHONHASHSEED"
    )
    assert lines[0] == str([*words.split(), "TMPDIR", "USER"])
    assert lines[1] == "[0, 1, 2, 3, 4]", "4 is the list itself"
    assert lines[2:5] == ["[]", "/content [] /home/student", "True True"]
    assert lines[5] == "['__init__.py', 'shapes.py', 'student', 'validation.py']"
    assert lines[6].startswith("course_lib.systems is not available") and "asks you to write" in lines[6]
    assert lines[7].startswith("course_lib.staff is not available")


def test_open_modules_are_there_and_staff_never():
    result = ran("import course_lib.dynamics\nprint('in')", open_modules=("dynamics",))
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


DONE = """
from course_lib.student import wire
wire.channel().send(b"D", wire.encode({"ok": True, "error": "", "rest": 0}))
"""


def test_one_done_too_many_puts_the_grader_no_cell_ahead():
    """Nor do answers that the notebook asked for itself stand for cells."""
    asks = "from course_lib.student import wire\nfor _ in range(3): wire.channel().send(b'Q', wire.encode('q2'))"
    result = ran(DONE * 3 + RIGHT, "q1", asks, "del double", RIGHT, "q2")
    assert values(result.questions["q1"]) == values(result.questions["q2"]) == [0, 2, 4]
    assert any("was not running" in flag for flag in result.flags)


LEFT_BEHIND = {
    "a thread that ends the process": "import os, threading\nthreading.Timer(0.2, lambda: os._exit(0)).start()\n",
    "a shell taken apart": "get_ipython().run_cell = lambda *a, **k: None\n",
}


@pytest.mark.parametrize("left", LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_what_a_cell_leaves_behind_costs_its_own_question_alone(left):
    helper = "def twice(x):\n    return 2 * x"
    answer = "import time\ntime.sleep(0.4)\ndef double(x):\n    return twice(x)"
    result = ran(f"{left}{helper}", "1", "q1", answer, "q2")
    assert values(result.questions["q2"]) == [0, 2, 4], "the helper of the first question's cell is still there"


def test_what_a_limit_stopped_is_not_asked_again():
    result = ran("def double(x):\n    while True:\n        pass", "q1", RIGHT, "q2")
    assert statuses(result.questions["q1"]) == ["timeout"] * 3 and result.seconds < 60
    assert values(result.questions["q2"]) == [0, 2, 4]
