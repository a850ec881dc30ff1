"""What surrounds the walls and needs none: the filter's program, the view's binds, levels, the meter's sums."""

import importlib.util
import itertools
import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from test_run import QUESTIONS, RIGHT

from course_lib.staff.grading import bubble, canaries, isolation, meter, process, run, walls
from course_lib.staff.grading.alone import Step
from course_lib.staff.grading.process import WorkerFailed
from course_lib.staff.grading.run import Work

MB = 1024**2


def test_the_filter_is_what_the_kernel_would_read():
    """Every refused call by its number, run by hand through the program."""
    program = walls.program()
    assert set(canaries.PROBED) <= set(walls.DENIED)
    assert all(verdict(program, number) == walls.REFUSE | walls.EPERM for number in walls.DENIED.values())
    assert verdict(program, 0) == verdict(program, walls.SOCKET, 1) == verdict(program, walls.CLONE, 17) == walls.ALLOW
    assert verdict(program, walls.SOCKET, 40) == verdict(program, walls.CLONE, 0x10000000) == walls.REFUSE | walls.EPERM
    assert verdict(program, walls.CLONE3) == walls.REFUSE | walls.ENOSYS
    assert verdict(program, walls.X32 | 39) == walls.REFUSE | walls.EPERM
    assert verdict(program, 0, arch=0x40000003) == walls.KILL


def verdict(program: bytes, number: int, argument: int = 0, arch: int = walls.AUDIT_ARCH_X86_64) -> int:
    """What a classic BPF program says of a system call."""
    data = {0: number, 4: arch, 16: argument}
    at = loaded = 0
    while True:
        code, yes, no, value = struct.unpack_from("HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            loaded = data[value]
        elif code == 0x06:
            return value
        else:
            holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[code]
            at += yes if holds else no


def test_processor_numbers_of_another_machine_are_refused(monkeypatch):
    monkeypatch.setattr(walls.platform, "machine", lambda: "aarch64")
    with pytest.raises(OSError, match="aarch64"):
        walls.program()


def test_the_view_shows_no_folder_that_holds_other_packages(tmp_path, monkeypatch):
    """A bind of the environment's own library would bring all of them along."""
    monkeypatch.setattr(bubble.shutil, "which", lambda name: f"/usr/bin/{name}")
    words, staged = bubble.command(tmp_path, ["server.py"]), {}
    if os.geteuid() == 0:
        _, pairs, words = json.loads(words[-1])
        staged = {place: source for source, place in pairs}
    shown = {staged.get(source, source) for word, source in itertools.pairwise(words) if word == "--ro-bind"}
    assert "/etc/fonts" in shown and not shown & {"/", "/usr", "/usr/bin", "/bin", "/etc", "/home", "/root", "/var"}
    hidden = {target for word, target in itertools.pairwise(words) if word == "--tmpfs"}
    for name in ("nbgrader", "norse", "torchdiffeq", "sphinx", "pip"):
        above = set(map(str, Path(importlib.util.find_spec(name).origin).resolve().parents))
        assert not above & shown or above & hidden, name


def test_root_without_another_user_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(bubble.os, "geteuid", lambda: 0)
    monkeypatch.setattr(bubble.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bubble, "USERS", ())
    with pytest.raises(bubble.NoWall, match="root"):
        bubble.command(tmp_path, ["server.py"])


@pytest.fixture
def measured(monkeypatch):
    """The level that follows from what comes through each way of starting workers; an error is raised."""

    def level(**ways) -> isolation.Isolation:
        def failing(way: str) -> list[str]:
            if isinstance(ways[way], Exception):
                raise ways[way]
            return ways[way]

        monkeypatch.setattr(isolation, "_MEASURED", [])
        monkeypatch.setattr(canaries, "failing", failing)
        return isolation.measure()

    return level


def test_the_weakest_canary_names_the_level(measured):
    assert measured(forked=[]) == isolation.Isolation("full")
    partial = measured(forked=["memory"])
    assert partial.level == "partial" and partial.missing == (canaries.MEANING["memory"][0],)
    for name, (words, reaches) in canaries.MEANING.items():
        found = measured(forked=[name], cold=[name])
        assert found.level == ("none" if reaches else "partial") and words in found.missing
        assert found.walls == ("none" if reaches else "forked")


def test_a_view_for_each_notebook_is_the_second_choice(measured):
    found = measured(forked=WorkerFailed("unshare: not permitted"), cold=[])
    assert (found.level, found.walls) == ("full", "cold")
    assert measured(forked=["tcp"], cold=[]).walls == "cold"
    none = measured(forked=bubble.NoWall("no bubblewrap"), cold=bubble.NoWall("no bubblewrap"))
    assert (none.level, none.walls) == ("none", "none") and none.missing[0] == "no bubblewrap"


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(isolation, "_MEASURED", [])
    monkeypatch.setattr(isolation.sandbox, "_VIEWS", {})
    monkeypatch.setattr(bubble.shutil, "which", lambda name: None)
    level = isolation.measure()
    assert (level.level, level.walls) == ("none", "none")
    assert any("apt-get install bubblewrap" in line for line in level.missing)


class Sums(meter.Meter):
    """A meter over processes that are told to it: resident and fairly shared bytes, by number."""

    def __init__(self, *, memory: int, resident: dict[str, int], fair: dict[str, int], sockets: int = 0) -> None:
        self.memory, self.peak, self.rooms = memory, 0, []
        self.resident, self.fair, self.sockets = resident, fair, sockets

    def processes(self) -> list[str]:
        return list(self.resident)

    def _resident(self, process: str) -> int:
        return self.resident[process]

    def _shared_fairly(self, process: str) -> int:
        return self.fair[process]

    def _threads_of(self, process: str) -> int:
        return 100

    def _sockets(self) -> int:
        return self.sockets


def judged(**told) -> str:
    return Sums(**{"memory": 300 * MB, "fair": told["resident"], **told})._judged()


def test_the_meter_adds_up_what_a_notebook_holds():
    assert judged(resident={"1": 299 * MB}) == ""
    assert judged(resident={"1": 140 * MB, "2": 170 * MB}) == meter.TOO_MUCH_MEMORY
    assert judged(resident={"1": 290 * MB, "2": 290 * MB}, fair={"1": 145 * MB, "2": 145 * MB}) == ""
    assert judged(resident={"1": MB}, sockets=1000) == meter.TOO_MUCH_MEMORY
    assert judged(resident={"1": MB, "2": MB, "3": MB}) == meter.TOO_MANY_PROCESSES


def test_a_worker_that_something_of_ours_ended_is_begun_again(monkeypatch):
    """The first two are lost under the notebook: no question pays for it, and none is closed by it."""
    begun = []

    class Ours:
        @staticmethod
        def start(way, open_modules, text, *, output_limit):
            made = process.Worker(open_modules, output_limit=output_limit)
            begun.append(made)
            if len(begun) < 3:
                os.kill(made.pid, 9)
                made.lost = lambda: True
            return made

    monkeypatch.setattr(run, "sandbox", Ours)
    result = run.run(Work((Step(0, RIGHT), Step(1, "", "q1")), {"q1": QUESTIONS["q1"]}))
    assert len(begun) == 3 and result.replays == 0
    assert result.questions["q1"].record and not result.questions["q1"].fault


KILLED = """
import os
from course_lib.staff.grading import canaries
with canaries.outside() as place:
    print(place.file.parent, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_measurement_leaves_is_swept_away_by_the_next_run(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True).stdout.strip()
    (left,) = tmp_path.iterdir()
    assert str(left) == told and (left / "file").exists()
    process.sweep()
    assert not left.exists()
