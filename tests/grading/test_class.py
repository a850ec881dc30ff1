"""A class from the system's own zip to its table and its archive of feedback, by one command."""

import csv
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import handed
import pytest
import tiny

from course_lib.staff.grading import account
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places

KINDS = {
    "right": (tiny.answered(), 8),
    "half": (tiny.answered(q1="def double(x):\n    return 3 * x"), 4),
    "untouched": (tiny.answered({}), 0),
    "loud": (tiny.answered(q1="print('x' * 1000)\ndef double(x):\n    return [2 * float(v) for v in x]"), 8),
    "helper": (
        tiny.inserted(tiny.answered(q2="def shift(x, by):\n    return moved(x, by)"), "setup", "moved = np.add"),
        8,
    ),
}
TERM = """
roster = "canvas.csv"
[late]
percent = 10
[assignments.tiny]
due = 2026-11-20T23:59:00
times = "times.csv"
gradebook = "canvas.csv"
column = "Problem set 1"
"""


def write_class(course: Path, count: int) -> dict[str, float | None]:
    """Canvas's zip, its gradebook and a table of times for so many students; what each must get, None for put aside."""
    rng = random.Random(count)
    members, wanted, times = {}, {}, ["id,submitted"]
    people = ["Student,ID,SIS User ID,SIS Login ID,Section,Problem set 1 (77)", "    Points Possible,,,,,10"]
    for number in range(1, count + 1):
        login, name, kind = f"s{number:03}", f"Lovelace {number}, Ada", rng.choice(sorted(KINDS))
        people.append(f'"{name}",{number},S{number},{login},One,')
        late = number % 6 == 0
        head = f"lovelace{number}ada_{'LATE_' if late else ''}{number}_"
        notebook, points = KINDS[kind]
        if number % 9 == 5:
            members[f"{head}{1000 + number}_report.pdf"], wanted[login] = b"%PDF", None
            continue
        if number % 9 == 7:
            members[f"{head}{500 + number}_tiny.ipynb"] = KINDS["untouched"][0]
        members[f"{head}{1000 + number}_tiny{'-1' if number % 9 == 7 else ''}.ipynb"] = notebook
        times.append(f"{number},2026-11-{'21 01' if late else '20 20'}:00:00")
        wanted[login] = max(points - 1, 0) if late else points
    handed.write_zip(course / "submissions.zip", members)
    folder = Places(course).gradebook
    folder.mkdir()
    (folder / "canvas.csv").write_text("\n".join([*people, '"Nobody, Here",9999,S0,nobody,One,', ""]))
    (folder / "times.csv").write_text("\n".join(times))
    (folder / "term.toml").write_text(TERM)
    return wanted


@pytest.mark.parametrize("count", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_one_command_takes_a_class_from_zip_to_grades(course, count):
    wanted = write_class(course, count)
    (course / "_toc.yml").write_text("")
    command = [sys.executable, "-m", "course_lib.staff.cli", "grade", "tiny", "--submissions", "submissions.zip"]
    environment = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run([*command, "--unsandboxed"], cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    places = Places(course)
    assert f"csv: {places.exports / 'tiny-canvas.csv'}" in done.stdout
    with open(places.exports / "tiny-canvas.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Problem set 1 (77)"]
    assert {row[3]: float(row[5]) for row in rows[2:]} == {who: n for who, n in wanted.items() if n is not None}
    assert all(row[0] == f"Lovelace {row[1]}, Ada" for row in rows[2:])
    with zipfile.ZipFile(places.exports / "tiny-canvas-feedback.zip") as archive:
        names = archive.namelist()
        numbers = sorted(int(re.search(r"_(\d+)_\d+_", name)[1]) for name in names)
        assert numbers == list(range(1, count + 1)) and all(name.endswith(".html") for name in names)
        for name in names:
            login = f"s{int(re.search(r'_([0-9]+)_[0-9]+_', name)[1]):03}"
            assert f"Feedback for {login}<" in archive.read(name).decode()
    page = places.triage("tiny").read_text()
    aside = [who for who, points in wanted.items() if points is None]
    assert all(f"<strong>{who}</strong>" in page for who in aside) and "Not graded" not in page.split("How it went")[0]
    kept = account.read(places, "tiny")
    assert kept.missing == ["nobody"] and kept.lms == "canvas" and len(kept.students) == count


def test_an_archive_of_latecomers_leaves_the_others_in_the_table_and_a_regrade_runs_all(course):
    for student, answers in (("ada", {}), ("ben", {"q1": "def double(x):\n    return x"})):
        tiny.hand_in(course / "first", student, tiny.answered(**answers))
    tiny.hand_in(course / "second", "cyd", tiny.answered())
    places = Places(course)
    grade(course, "tiny", course / "first", unsandboxed=True)
    report = grade(course, "tiny", course / "second", unsandboxed=True)
    assert set(report.students) == {"cyd"} and any("earlier run" in note and "ada" in note for note in report.notes)
    with open(places.csv("tiny"), newline="") as file:
        assert {row["student"]: row["score"] for row in csv.DictReader(file)} == {"ada": "8", "ben": "4", "cyd": "8"}
    page = places.triage("tiny").read_text()
    assert '<strong class="">3</strong> handed in' in page and "2 full, 0 some, 1 none" in page
    questions = course / "solutions" / "tiny" / "questions.py"
    questions.write_text(questions.read_text() + "\n# changed\n")
    shutil.rmtree(course / "first")
    report = grade(course, "tiny", None, unsandboxed=True)
    assert {who: entry["score"] for who, entry in report.students.items()} == {"ada": 8, "ben": 4, "cyd": 8}
    assert report.fresh == 3
