"""A class of a thousand, killed in the middle and resumed: nothing lost, nothing graded twice, memory flat."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import generated_class
import numpy as np
import pytest
import sample_class
from a0_corpus import course as a0

from course_lib.staff.grading import gradebook, isolation
from course_lib.staff.grading.places import Places

COUNT = 1000
HEAD_MEMORY = 500_000  # kB
SHARE = (0.2, 0.8)  # of the class that is done when the run is killed


def peak_memory(pid: int) -> int:
    """Most resident memory of a process so far, in kB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def marks(places: Places, name: str) -> dict[str, str]:
    """The fingerprints that stand in the gradebook, by student."""
    if not places.database.exists():
        return {}
    with gradebook.opened(places.database_url) as book:
        return {student: done.fingerprint for student, done in gradebook.done_by(book, name).items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", [a0.NAME, sample_class.NAME])
def test_a_class_of_a_thousand_is_killed_and_resumed_without_loss_or_double_grading(tmp_path, name):
    generated_class.make_course(tmp_path, name)
    places = Places(tmp_path)
    pupils = generated_class.make(generated_class.FLAVOURS[name](), COUNT, np.random.default_rng(1))
    generated_class.write_zip(tmp_path / "submissions.zip", pupils)
    readable = [pupil for pupil in pupils if pupil.bounds is not None]
    walls = [] if isolation.measure().level == "full" else ["--unsandboxed"]
    command = [sys.executable, "-m", "course_lib.staff.cli", "grade", name, "--submissions", "submissions.zip"]
    command += ["--jobs", "2", *walls, "--json", "out.json"]
    verdicts, peak = places.verdict(name, "x").parent, 0

    with open(tmp_path / "first.txt", "w") as said:
        first = subprocess.Popen(command, cwd=tmp_path, stdout=said, stderr=said)
        moment = random.Random().uniform(*SHARE) * len(readable)
        while first.poll() is None and len(list(verdicts.glob("*.json"))) < moment:
            time.sleep(0.05)
            peak = max(peak, peak_memory(first.pid))
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert not (tmp_path / "out.json").exists(), (tmp_path / "first.txt").read_text()
    done = marks(places, name)
    kept = {student: (verdicts / f"{student}.json").read_bytes() for student in done}
    assert SHARE[0] * len(readable) - 2 <= len(done) < len(readable)

    with open(tmp_path / "second.txt", "w") as said:
        second = subprocess.Popen(command, cwd=tmp_path, stdout=said, stderr=said)
        while second.poll() is None:
            time.sleep(0.2)
            peak = max(peak, peak_memory(second.pid))
    assert second.returncode == 0, (tmp_path / "second.txt").read_text()
    students = json.loads((tmp_path / "out.json").read_text())["students"]
    assert set(students) == {pupil.student for pupil in pupils}
    for pupil in readable:
        for question, (low, high) in pupil.bounds.items():
            score = students[pupil.student]["questions"][question]["score"]
            assert score is not None and low <= score <= high, (pupil.student, pupil.fate, question, score)
    for student, verdict in kept.items():
        assert (verdicts / f"{student}.json").read_bytes() == verdict, f"{student} was graded twice"
    assert len(marks(places, name)) == len(readable)
    assert peak < HEAD_MEMORY, f"{peak / 1000:.0f} MB"
    print(f"{len(done)} of {len(readable)} done at the kill; most memory of the head {peak / 1000:.0f} MB")
