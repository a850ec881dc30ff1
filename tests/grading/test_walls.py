"""The walls: what is measured, what a worker cannot do, what it may use, and what is left when it is gone."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from test_run import RIGHT, ran, read, values

from course_lib.staff.grading import canaries, isolation, meter, process, run, sandbox, view
from course_lib.staff.grading.process import WorkerFailed
from course_lib.staff.grading.watch import TOO_LONG
from course_lib.student import wire

WAYS = ("forked", "cold")


@pytest.fixture(autouse=True)
def _bubblewrap(needs):
    needs("bwrap")


@pytest.fixture
def afresh(monkeypatch):
    """Views of this test's own, and nothing measured yet."""
    monkeypatch.setattr(sandbox, "_VIEWS", {})
    monkeypatch.setattr(isolation, "_MEASURED", [])
    yield monkeypatch
    sandbox.close_all()


def changed(monkeypatch, tmp_path, *edits: tuple[str, str], script: str = "walls.py") -> None:
    """The view's copy of a script with other text in it: as on a machine where a part of the wall does not hold."""
    text = (view.HERE / script).read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / script).write_text(text)
    beside = [tmp_path / script if path.name == script else path for path in view.BESIDE]
    monkeypatch.setattr(view, "BESIDE", tuple(beside))


def until(true, seconds: float = 30.0) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def said(source: str, **more) -> str:
    """What a cell puts out."""
    return ran(source, **more).outputs[0]


@pytest.mark.parametrize("way", WAYS)
def test_no_canary_comes_through(way):
    assert canaries.failing(way) == []


def test_the_level_is_full_where_everything_holds_and_it_is_measured_once():
    level = isolation.measure()
    assert (level.level, level.missing, level.walls) == ("full", (), "forked")
    assert isolation.measure() is level


def test_without_a_wall_every_listener_is_reached(monkeypatch, tmp_path):
    """The canaries would notice: a worker without walls gets through to all that stands outside."""
    monkeypatch.setattr(canaries, "TOPS", (str(tmp_path),))  # without walls it plants where it is told to, for good
    through = set(canaries.failing("none"))
    assert {"path socket", "abstract socket", "udp", "tcp", "processes", "kill", "planted file", "memory"} <= through


BROKEN = {
    "planted file": [("_read_only()\n    _mount", "_mount"), ("in ROOM.items()", "in ()")],
    "system calls": [("    install(program())", "    pass")],
    "number of processes": [("(resource.RLIMIT_NPROC, PROCESSES)", "(resource.RLIMIT_NPROC, 9999)")],
    "descriptors": [("os.closerange(CHANNEL + 1, 65_536)", "os.dup2(channel, 9)")],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_part_of_the_wall_that_does_not_hold_is_seen(name, afresh, tmp_path):
    changed(afresh, tmp_path, *BROKEN[name])
    assert name in canaries.failing("forked")


def test_where_the_kernel_refuses_the_second_wall_each_notebook_gets_a_view(afresh, tmp_path):
    """As under AppArmor's limit on user namespaces."""
    refusing = ('_call("unshare", _libc.unshare(NEW_NAMESPACES))', 'raise OSError(1, "unshare: not permitted")')
    changed(afresh, tmp_path, refusing)
    level = isolation.measure()
    assert (level.level, level.walls) == ("full", "cold")
    assert values(ran(RIGHT, "q1", walls=level.walls).questions["q1"]) == [0, 2, 4]


def test_a_part_that_keeps_students_in_but_not_their_memory_is_partial(afresh):
    afresh.setattr(canaries, "_is_stopped", lambda way: False)
    level = isolation.measure()
    assert level.level == "partial" and level.walls == "forked" and level.missing == (canaries.MEANING["memory"][0],)


def test_student_code_is_never_root_outside():
    with sandboxed() as worker:
        owner = os.stat(f"/proc/{worker.pid}").st_uid
        text = read(f"/proc/{worker.pid}/status")
    assert "CapEff:\t0000000000000000" in text and "Seccomp:\t2" in text
    uids = next(line for line in text.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in uids and (owner == 0 or os.getuid() != 0 or str(owner) in uids)


def sandboxed(**limits):
    return canaries._worker("forked", **limits)


def test_the_view_holds_what_notebooks_need_and_nothing_else():
    look = """
import importlib.util, os
names = "numpy scipy torch sklearn matplotlib IPython tqdm ipywidgets typing_extensions norse nbgrader torchdiffeq"
print([name for name in names.split() if importlib.util.find_spec(name)])
print(sorted(os.listdir("/")))
print([path for path in ("/bin/sh", "/usr/bin", "/run", "/var", "/root/.ssh", "/home/student/..", "/etc/shadow")
       if os.path.exists(path)])
print(os.listdir("/proc/self/task") and [n for n in os.listdir("/proc") if n.isdigit()], os.listdir("/dev/shm"))
"""
    lines = said(look).splitlines()
    assert lines[0] == str("numpy scipy torch sklearn matplotlib IPython tqdm ipywidgets typing_extensions".split())
    assert {"run", "var", "bin", "mnt", "srv", "opt", "sys"}.isdisjoint(eval(lines[1]))
    assert lines[2] == "['/home/student/..']" and lines[3] == "['1'] []"


def test_closed_parts_of_the_library_are_nowhere():
    seek = """
import gc, os, sys
names = ("course_lib.systems", "course_lib.analysis", "course_lib.staff", "solutions")
print([name for name in sys.modules if name.startswith(names)])
print([path for path, _, files in os.walk("/course") if path.rsplit("/", 1)[-1] in ("systems", "analysis", "staff")])
print(sum("lyapunov_spectrum" in getattr(f, "__name__", "") for f in gc.get_objects() if callable(f)))
"""
    assert said(seek).splitlines() == ["[]", "[]", "0"]


def test_honest_work_with_files_threads_processes_and_figures_goes_through():
    work = """
import multiprocessing, os, subprocess, sys, tempfile, threading
open("mine.py", "w").write("x = 3"); import mine
with tempfile.TemporaryFile() as file: file.write(b"1")
open("/content/a", "w"); open("/tmp/b", "w"); open("/dev/shm/c", "w"); open(os.path.expanduser("~/d"), "w")
told = []; thread = threading.Thread(target=told.append, args=(1,)); thread.start(); thread.join()
with multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(abs, [-1, -2]), told, mine.x)
print(subprocess.run([sys.executable, "-c", "print(5)"], capture_output=True).stdout)
import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig("figure.png"); print(os.path.getsize("figure.png") > 100)
"""
    assert said(work).splitlines() == ["[1, 2] [1] 3", "b'5\\n'", "True"]


def test_nothing_of_one_notebook_is_there_for_the_next():
    ran("import os\nfor p in ('/content', '/tmp', '/dev/shm', os.environ['HOME']):\n    open(p + '/left.py', 'w')")
    found = said("import os\nprint([p for p in ('/content', '/tmp', '/dev/shm', os.environ['HOME']) if os.listdir(p)])")
    assert found == "[]\n"


HOGS = {
    "one process": "held = []\nwhile True:\n    held.append(bytearray(b'x') * 30_000_000)",
    "its children": (
        "import os, time\nfor _ in range(12):\n    if not os.fork():\n        x = bytearray(b'x') * 60_000_000\n"
        "        time.sleep(30)\ntime.sleep(30)"
    ),
    "shared memory": (
        "import mmap, time\nm = mmap.mmap(-1, 600_000_000)\n"
        "for k in range(0, len(m), 4096):\n    m[k] = 1\ntime.sleep(30)"
    ),
    "files": (
        "import time\nfor place in ('/tmp', '/dev/shm'):\n    with open(place + '/f', 'wb') as file:\n"
        "        for _ in range(200):\n            file.write(bytes(10**6))\ntime.sleep(30)"
    ),
}


@pytest.mark.parametrize("name", HOGS)
def test_memory_is_limited_for_all_that_a_notebook_starts(name):
    limit = 300 * 1024**2
    with sandboxed(memory=limit) as worker:
        with pytest.raises(WorkerFailed):
            canaries._asks(worker, HOGS[name], "print")
        assert worker.stopped == meter.TOO_MUCH_MEMORY


def test_what_the_meter_stopped_is_told_and_the_rest_is_graded(monkeypatch):
    monkeypatch.setattr(run, "sandbox", Small)
    result = ran(HOGS["its children"], RIGHT, "q1")
    assert values(result.questions["q1"]) == [0, 2, 4] and result.replays == 1
    assert any(meter.TOO_MUCH_MEMORY in note for note in result.notes)


def test_processes_that_run_on_when_their_cell_is_stopped_cost_no_other_question(monkeypatch):
    monkeypatch.setattr(run, "sandbox", Small)
    child = "    while not os.path.exists('/content/go'):\n        time.sleep(0.05)\n    held = b'x' * 400_000_000"
    hog = f"import os, time\nif not os.fork():\n{child}\n    time.sleep(30)\nwhile True:\n    pass"
    later = "def double(x):\n    open('/content/go', 'w')\n    time.sleep(0.7)\n    return 2 * x"
    result = ran(hog, RIGHT, "q1", "import time\n" + later, "q2", cell_seconds=1.0)
    assert [values(result.questions[name]) for name in ("q1", "q2")] == [[0, 2, 4], [0, 2, 4]]
    assert result.replays == 1 and result.notes == [f"cell 1: {TOO_LONG}"]


class Small:
    """The sandbox with little memory."""

    Walled = sandbox.Walled

    @staticmethod
    def start(*words, **limits):
        return sandbox.start(*words, memory=300 * 1024**2, **limits)


def test_sockets_full_of_bytes_count_as_memory():
    fill = "import socket, time\nheld = [socket.socketpair() for _ in range(100)]\nprint(len(held))\ntime.sleep(2)"
    with sandboxed(memory=100 * 1024**2) as worker:
        with pytest.raises(WorkerFailed):
            canaries._asks(worker, fill, "print")
        assert worker.stopped == meter.TOO_MUCH_MEMORY


def test_a_server_that_dies_costs_no_mark(afresh):
    """The notebook kills it from outside through this test's hands, in its first run: the second goes through."""
    start, killed = sandbox.start, []

    class Killing(Small):
        @staticmethod
        def start(*words, **limits):
            made = start(*words, **limits)
            if not killed:
                killed.append(made.pid)
                os.kill(made.server.started.process.pid, signal.SIGKILL)
                kill_tree(made.server)
            return made

    afresh.setattr(run, "sandbox", Killing)
    result = ran(RIGHT, "q1", walls="forked")
    assert killed and values(result.questions["q1"]) == [0, 2, 4]
    assert result.replays == 0 and not result.questions["q1"].human


def kill_tree(server) -> None:
    """The view's processes, whose parent is gone."""
    mark = str(server.started.folder)
    for status in process.processes():
        if mark in read(f"/proc/{status.pid}/cmdline"):
            os.kill(status.pid, signal.SIGKILL)
    time.sleep(0.1)


def test_a_view_that_cannot_start_is_ours(afresh, tmp_path):
    changed(afresh, tmp_path, ("class Shell(", "raise RuntimeError('no shell')\nclass Shell("), script="worker.py")
    result = ran(RIGHT, "q1", walls="forked")
    assert "no shell" in result.questions["q1"].trouble and not result.questions["q1"].fault


def test_the_server_knows_one_request(afresh):
    made = sandbox.shared((), "")
    made.worker(output_limit=1000).close()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        socket.send_fds(made.control, [b"run /bin/sh"], [theirs.fileno()])
        theirs.close()
        ours.settimeout(5)
        assert ours.recv(100) == b"", "the descriptor was closed, and nobody spoke"
    made.worker(output_limit=1000).close()


def test_every_request_for_a_torch_notebook_comes_warm():
    with canaries._worker("forked") as plain:
        assert plain.server is sandbox.shared((), "import numpy")
    assert sandbox.HEAVY.search("from scipy import linalg") and not sandbox.HEAVY.search("torchlight = 1")


def test_the_meter_counts_processor_time_of_children():
    burn = "import os, time\nchild = os.fork()\nwhile not child or time.process_time() < 0.6:\n    pass"
    with sandboxed() as worker:
        before = worker.cpu()
        canaries._asks(worker, burn, "print")
        until(lambda: worker.cpu() - before > 0.9)
        assert len(worker.meter.processes()) == 2
        pid = worker.pid
    assert process.status_of(pid) is None or process.status_of(pid).ended


def test_no_secret_of_the_grader_is_in_a_worker(monkeypatch):
    """The server was started with an empty environment, so even its memory at the start holds nothing of ours."""
    monkeypatch.setenv("COURSE_SECRET", "canary-in-the-environment")
    text = said("print(open('/proc/1/environ').read(), open('/proc/1/cmdline').read())")
    assert "canary-in" not in text and not re.search(r"/tmp/course-worker|passwd", text)


def test_a_command_that_is_killed_leaves_no_process(tmp_path):
    code = (
        "from course_lib.staff.grading import sandbox\nimport sys, time\n"
        "w = sandbox.start('forked', (), '', output_limit=1000)\nprint(w.pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        pid = int(grader.stdout.readline())
        grader.kill()
    until(lambda: (status := process.status_of(pid)) is None or status.ended)


@pytest.mark.parametrize("first", ["import numpy as np", "import torch\nimport matplotlib.pyplot as plt"])
def test_the_first_cell_of_a_fork_loads_nothing(afresh, tmp_path, first):
    """What each notebook would load anew its server has loaded once: NumPy's random numbers were half of its cost."""
    changed(
        afresh,
        tmp_path,
        ('    channel.send(b"H")', '    sys.there = set(sys.modules); channel.send(b"H")'),
        script="worker.py",
    )
    text = said(f"{first}\nimport sys\nprint(len(sys.there), sorted(set(sys.modules) - sys.there))", walls="forked")
    assert re.fullmatch(r"\d{3,} \[\]\n", text), text


def test_wire_and_worker_speak_the_same_behind_either_wall():
    """Same worker, started by exec: the same answers."""
    cold = ran(RIGHT, "q1", walls="cold").questions["q1"]
    assert cold.record == ran(RIGHT, "q1", walls="forked").questions["q1"].record
    assert wire.decode(cold.record)["answers"][2]["value"] == 4
