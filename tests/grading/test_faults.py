"""What goes wrong on our side costs no student a point: killed runs, full disks, judges that raise, hang or die."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny

from course_lib.staff.grading import batch, gradebook, isolation, verdicts
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.record import Recorder
from course_lib.staff.grading.watch import Watch
from course_lib.student.channel import ChannelError
from course_lib.validation import CourseError

FUSED = Path(__file__).with_name("fused.py")
CLASS = {
    "ada": tiny.answered(),
    "ben": tiny.answered(q1="def double(x):\n    return x"),
    "cyd": tiny.answered(q2="import os\ndef shift(x, by):\n    os._exit(1)"),
}
TWICE = "def twice(x):\n    return 2 * x"
SCORES = {"ada": 8, "ben": 4, "cyd": 4}


def fused(root: Path, end: int) -> subprocess.Popen:
    command = [sys.executable, str(FUSED), str(root), str(end)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "begins\n", run.stderr.read()
    return run


def state(root: Path) -> dict:
    """All that a run leaves behind, times apart."""
    places = Places(root)
    with gradebook.opened(places.database_url) as book:
        scores = gradebook.grades_by(book, "tiny")
        said = {student: (done.fingerprint, done.notebook) for student, done in gradebook.done_by(book, "tiny").items()}
    kept = {}
    for student in CLASS:
        table = json.loads(places.verdict("tiny", student).read_text())
        kept[student] = {key: value for key, value in table.items() if key not in ("graded_at", "seconds")}
    notebooks = {student: places.autograded("tiny", student).read_text() for student in CLASS}
    return {
        "scores": scores,
        "done": said,
        "verdicts": kept,
        "notebooks": notebooks,
        "csv": places.csv("tiny").read_text(),
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The course before its run, what an undisturbed run leaves, how many steps it took and how many seconds."""
    base = tmp_path_factory.mktemp("faults")
    before = tiny.make_course(base / "before")
    for student, notebook in CLASS.items():
        tiny.hand_in(before / "in", student, notebook)
    from course_lib.staff.grading.deal import course_key

    course_key(before / "gradebook")  # the same cases in every copy
    after = shutil.copytree(before, base / "after")
    out, errors = fused(after, 0).communicate()
    assert out, errors
    steps, seconds = out.split()
    return before, state(after), int(steps), float(seconds)


def killed_and_resumed(undisturbed, root: Path, number: int) -> None:
    before, wanted, steps, seconds = undisturbed
    chance = random.Random(number)
    shutil.copytree(before, root)
    if number % 2:
        run = fused(root, 0)
        time.sleep(chance.uniform(0, seconds))
        run.kill()
    else:
        run = fused(root, chance.randint(1, steps))
    run.communicate()
    report = grade(root, "tiny", root / "in", unsandboxed=True)
    assert {student: entry["score"] for student, entry in report.students.items()} == SCORES
    found = state(root)
    for part, value in wanted.items():
        assert found[part] == value, f"{part}, killed with number {number}"


@pytest.mark.parametrize("number", range(3))
def test_a_run_killed_at_a_random_moment_is_resumed_as_if_nothing_had_been(undisturbed, tmp_path, number):
    killed_and_resumed(undisturbed, tmp_path / "course", number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(3, 53))
def test_fifty_kills(undisturbed, tmp_path, number):
    killed_and_resumed(undisturbed, tmp_path / "course", number)


@pytest.mark.parametrize("room", [1_000, 40_000])
def test_a_full_disk_stops_the_run_and_loses_nothing(undisturbed, tmp_path, monkeypatch, room):
    """No file may grow beyond ``room`` bytes while the second student is written: first the files, then the base."""
    before, wanted, _, _ = undisturbed
    root = Path(shutil.copytree(before, tmp_path / "course"))
    write, soft = Recorder.write, resource.getrlimit(resource.RLIMIT_FSIZE)

    def cramped(self, made, notebook):
        if made.student == "ben":
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, soft[1]))
        try:
            write(self, made, notebook)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, soft)

    with monkeypatch.context() as patch:
        patch.setattr(Recorder, "write", cramped)
        with pytest.raises(CourseError, match=r"full disk.*goes on from here"):
            grade(root, "tiny", root / "in", unsandboxed=True)
    with gradebook.opened(Places(root).database_url) as book:
        assert set(gradebook.done_by(book, "tiny")) == {"ada"}
        assert "ben" not in gradebook.grades_by(book, "tiny"), "no score at all, and never 0"
    assert not Places(root).csv("tiny").exists()
    assert grade(root, "tiny", root / "in", unsandboxed=True).fresh == 2
    assert state(root) == wanted


FAILING = {
    "dies": "import os\n    os._exit(1)",
    "answers with nothing": "return None",
}


@pytest.mark.parametrize("how", FAILING)
def test_a_judge_that_fails_costs_its_question_alone_and_stops_the_export(undisturbed, tmp_path, how):
    root = Path(shutil.copytree(undisturbed[0], tmp_path / "course"))
    questions = root / "solutions" / "tiny" / "questions.py"
    good = questions.read_text()
    line = "def draw_double(rng):" if how == "answers with nothing" else "def shaped(case, value):"
    questions.write_text(good.replace(line, f"{line}\n    {FAILING[how]}"))
    report = grade(root, "tiny", root / "in", unsandboxed=True)
    for student, q2 in (("ada", 4), ("ben", 4), ("cyd", 0)):
        entry = report.students[student]
        assert entry["status"] == "not-graded" and entry["questions"]["q1"]["score"] is None, entry
        assert entry["questions"]["q2"]["score"] == q2
    assert report.csv is None
    questions.write_text(good)
    report = grade(root, "tiny", root / "in", unsandboxed=True)
    assert {student: entry["score"] for student, entry in report.students.items()} == SCORES


def test_what_the_clock_stopped_runs_again_alone_before_a_person_is_asked(course, monkeypatch):
    """Two sleepers: one needs more patience than the first run has, one never answers."""
    questions = course / "solutions" / "tiny" / "questions.py"
    questions.write_text(questions.read_text().replace("cpu_seconds=1.0", "cpu_seconds=1.0, wall_seconds=4.0"))
    nap = "import time\ndef double(x):\n    time.sleep({seconds})\n    return 2 * x"
    tiny.hand_in(course / "in", "busy", tiny.answered(q1=nap.format(seconds=1.6)))
    tiny.hand_in(course / "in", "asleep", tiny.answered(q1=nap.format(seconds=600)))
    tiny.hand_in(course / "in", "quick", tiny.answered())
    running, beside = [], []
    first, alone = batch.run, verdicts.run_alone

    def watched(work):
        running.append(1)
        try:
            return first(work)
        finally:
            running.pop()

    def watched_alone(work, result):
        beside.append(len(running))
        return alone(work, result)

    monkeypatch.setattr(batch, "run", watched)
    monkeypatch.setattr(verdicts, "run_alone", watched_alone)
    report = grade(course, "tiny", course / "in", unsandboxed=True, jobs=2)
    assert beside == [0, 0], "two were run again, with nothing beside them"
    scores = {student: entry["questions"]["q1"]["score"] for student, entry in report.students.items()}
    assert scores == {"busy": 4, "asleep": 0, "quick": 4}
    read = {student: verdicts.read(Places(course), "tiny", student) for student in scores}
    assert "Stopped by the clock twice" in read["asleep"].verdicts["q1"].human
    assert not read["busy"].verdicts["q1"].human and any("alone" in note for note in read["busy"].notes)
    assert read["quick"].notes == ()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("when", ["answering", "before"])
def test_a_worker_killed_from_outside_costs_nothing(course, monkeypatch, how, when):
    """As the system does when memory runs out, or an instructor who ends the wrong process."""
    if how == signal.SIGTERM:  # behind walls the first process of a namespace does not hear it
        monkeypatch.setattr(isolation, "measure", lambda: isolation.Isolation("none"))
    heard, shots, cells = Watch._heard, [], []

    def shot(self, tag, data):
        cells.extend([self.asked] if tag == b"D" else [])
        at = self.asked is not None if when == "answering" else len(cells) == 2  # where `twice` is defined
        if tag == b"D" and not shots and at:
            shots.append(self.worker.pid)
            os.kill(self.worker.pid, how)
            self.state.record = b""
            raise ChannelError("gone")
        return heard(self, tag, data)

    monkeypatch.setattr(Watch, "_heard", shot)
    tiny.hand_in(course / "in", "ada", tiny.inserted(tiny.answered(q1="double = twice"), "setup", TWICE))
    report = grade(course, "tiny", course / "in", unsandboxed=True)
    assert len(shots) == 1 and report.students["ada"]["score"] == 8
    made = verdicts.read(Places(course), "tiny", "ada")
    assert "signal" in made.notes[0] and not any(verdict.human for verdict in made.verdicts.values())


def test_code_that_kills_its_own_process_each_time_loses_its_question_and_a_person_is_asked(course, monkeypatch):
    """Without walls; behind them no process can kill itself so: it is the first of its namespace."""
    monkeypatch.setattr(isolation, "measure", lambda: isolation.Isolation("none"))
    again = "import os\ndef shift(x, by):\n    os.kill(os.getpid(), 9)"
    tiny.hand_in(course / "in", "ada", tiny.answered(q2=again))
    restart = tiny.inserted(tiny.answered(), "setup", "import os\nos.kill(os.getpid(), 9)")
    tiny.hand_in(course / "in", "ben", restart)  # how a notebook in Colab restarts its runtime
    report = grade(course, "tiny", course / "in", unsandboxed=True)
    assert {student: entry["score"] for student, entry in report.students.items()} == {"ada": 4, "ben": 8}
    made = verdicts.read(Places(course), "tiny", "ada").verdicts
    assert made["q2"].human == made["q2"].reason == verdicts.KILLED and not made["q1"].human
