"""Archives in exactly the shapes of the learning management systems, for tests: name of each member, student, time."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tiny

from course_lib.staff.grading import sets
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.collect import collect

CANVAS = {
    "doejane_101_9001_tiny.ipynb": "right",
    "müllerannamaria_LATE_102_9002_Copy of tiny (3).ipynb": "half",
    "obrien_103_9004_tiny-1.ipynb": "right",
    "obrien_103_9003_tiny.ipynb": "half",
    "poe_104_9005_report.pdf": b"%PDF",
    "roe_105_text.html": b"<p>my text</p>",
    "LATE_anon_a1B2c_9006_tiny.ipynb": "right",
}
MOODLE = {
    "Jane Doe_5001_assignsubmission_file/tiny.ipynb": "right",
    "Anna Maria Müller_5002_assignsubmission_file_/Copy of tiny (3).ipynb": "half",
    "Anna Maria Müller_5002_assignsubmission_onlinetext/onlinetext.html": b"<p></p>",
    "Group B-Pat O'Brien_5003_assignsubmission_file/work/tiny.ipynb": "right",
    "Edgar Poe_5004_assignsubmission_file/report.pdf": b"%PDF",
}
MOODLE_FLAT = {
    "Jane Doe_5001_assignsubmission_file_tiny.ipynb": "right",
    "Anna Maria Müller_5002_assignsubmission_file_Copy of tiny (3).ipynb": "half",
}
BLACKBOARD = {
    "Problem Set 1_jdoe1_attempt_2026-11-20-22-10-00.txt": b"Name: Jane Doe (jdoe1)",
    "Problem Set 1_jdoe1_attempt_2026-11-20-22-10-00_tiny.ipynb": "half",
    "Problem Set 1_jdoe1_attempt_2026-11-21-00-10-00.txt": b"Name: Jane Doe (jdoe1)",
    "Problem Set 1_jdoe1_attempt_2026-11-21-00-10-00_tiny.ipynb": "right",
    "Problem Set 1_am.mueller_attempt_2026-11-19-09-00-00.txt": b"Name: Anna (am.mueller)",
    "Problem Set 1_am.mueller_attempt_2026-11-19-09-00-00_my_tiny_v2.ipynb": "half",
    "Problem Set 1_epoe_attempt_2026-11-19-09-00-01.txt": b"Name: Edgar Poe (epoe)",
}
ILIAS = {
    "Doe_Jane_jdoe_301/tiny.ipynb": "right",
    "Mueller_Anna Maria_amueller_302/Late Submission - tiny.ipynb": "half",
    "O_Brien_Pat_pob_303/tiny.ipynb": "half",
    "O_Brien_Pat_pob_303/tiny (2).ipynb": "right",
    "Poe_Edgar_epoe_304/report.pdf": b"%PDF",
}


def answers(what: Any) -> bytes:
    """The bytes of one member: "right" or "half" as a notebook, a notebook as JSON, bytes as they are."""
    if isinstance(what, bytes):
        return what
    known = {"right": tiny.answered(), "half": tiny.answered(q1="def double(x):\n    return 3 * x")}
    return json.dumps(known[what] if isinstance(what, str) else what).encode()


def write_zip(path: Path, members: Mapping[str, Any], *, top: str = "") -> Path:
    """An archive with these members, all under a folder ``top`` where one is named."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, what in members.items():
            made.writestr(f"{top}{name}", answers(what))
    return path


def write_folder(path: Path, members: Mapping[str, Any]) -> Path:
    """The same, unpacked."""
    for name, what in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(answers(what))
    return path


def collected(course: Path, submissions: Path, **more: Any) -> dict[str, Collected]:
    """The tiny course's class collected, by student."""
    return {item.student: item for item in collect(course, sets.load(course, "tiny"), submissions, **more)}
