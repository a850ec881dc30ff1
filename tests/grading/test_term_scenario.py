"""One term by its commands: published, released, handed in, graded, marked, corrected, regraded, handed out, forgotten.

A generated class hands the real first set in through Canvas; each step asserts what the instructor sees.
"""

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import generated_class
import numpy as np
import pytest
import sample_class
from generated_class import Pupil
from term_class import ESSAY, GROUP, HALF, LATE, NAME, VERY_LATE, WRONG, Term, write_the_class_down

from course_lib.staff.grading import isolation, sets
from course_lib.validation import CourseError

SMALL = re.compile(
    r"[^/]+|book/(_static/.*|intro\.md)|course_lib/[^/]+|solutions/[^/]+\.md|(solutions|assignments)/a1_lorenz/.*"
)
CORRECTION = """

from dataclasses import replace as _replace
from course_lib.staff.grading.question import Finding as _Finding


def _granted(evidence):
    answered = [answer.status == "ok" for _, answer in evidence]
    return _Finding(all(answered), sum(answered), len(answered))


def _corrected(question):
    kept = (_replace(p, test=_granted) if (question.name, p.code) == {which} else p for p in question.properties)
    return _replace(question, properties=tuple(kept))


QUESTIONS = tuple(map(_corrected, QUESTIONS))
"""


def git(folder: Path, *words: str) -> str:
    named = ("-c", "user.name=A Maintainer", "-c", "user.email=maintainer@example.org")
    return subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def term(tmp_path, monkeypatch):
    root = tmp_path / "course"
    for name in git(sample_class.ROOT, "ls-files").splitlines():
        if SMALL.fullmatch(name) and (sample_class.ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes((sample_class.ROOT / name).read_bytes())
    git(root, "init", "-q")
    git(root, "add", "-A")
    (root / "_build" / "html").mkdir(parents=True)
    (root / "_build" / "html" / "index.html").write_text("<!doctype html><title>course</title>")
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "200")
    made = generated_class.make(generated_class.a1_flavour(), 20, np.random.default_rng(3))
    walls = [] if isolation.measure().level == "full" else ["--unsandboxed"]
    return Term(root, {f"s{number:03}": pupil for number, pupil in enumerate(made)}, walls)


def publish_and_release(term: Term) -> None:
    """The release agrees with its source, and students find that very notebook in the public tree."""
    assert "up to date" in term.run("release", NAME)
    public = term.root.parent / "public"
    git(term.root.parent, "init", "-q", "-b", "main", str(public))
    for key, value in (("user.name", "A Maintainer"), ("user.email", "maintainer@example.org")):
        git(public, "config", key, value)
    term.run("publish", "--to", str(public), "--commit")
    assert git(public, "tag").startswith("v") and not (public / "solutions").exists()
    assert json.loads((public / "assignments" / NAME / f"{NAME}.ipynb").read_text()) == json.loads(
        (sample_class.ROOT / "assignments" / NAME / f"{NAME}.ipynb").read_text()
    )


def collect_and_grade(term: Term) -> None:
    said = term.run("collect", NAME, "--submissions", "in.zip")
    assert said.count("put aside:") == 2 and "named as canvas names them" in said and "2 of the roster" in said
    said = term.run("grade", NAME, "--submissions", "in.zip", "--jobs", "2")
    assert set(term.students) == {*term.pupils, "s090"}  # of the group, who handed in nothing, too
    for student, pupil in term.pupils.items():
        entry = term.students[student]
        bounds = term.pupils[GROUP[1]].bounds if student in GROUP else pupil.bounds
        assert entry["status"] == ("quarantined" if bounds is None else "needs-manual"), (student, pupil.fate)
        for question, (low, high) in (bounds or {}).items():
            assert low <= entry["questions"][question]["score"] <= high, (student, pupil.fate, question)
    assert term.students["s090"]["score"] == term.students[GROUP[0]]["score"] == term.students[GROUP[1]]["score"]


def read_the_triage_page(term: Term) -> None:
    page = term.places.triage(NAME).read_text()
    assert ">Put aside</h2>" in page.replace("2. ", "").replace("1. ", "") and "(group: s000, s004, s090)" in page
    for student in ("s018", "s019"):
        assert f"<strong>{student}</strong>" in page
        assert "Subject: Your notebook" in (term.places.quarantine(NAME, student) / "mail.txt").read_text()
    assert "17 submissions wait for hand grading" in page  # 20, two put aside, two of one group


def mark_by_hand(term: Term) -> None:
    """Every essay gets its points, the group's once; one coded answer is raised."""

    def marks(book: Any) -> None:
        waiting = [each.student.id for each in book.assignment_submissions(NAME)]
        assert len(waiting) == 17 and "group-7" in waiting and not {*GROUP} & {*waiting}
        for student in waiting:
            essay = book.find_grade("q6-written", NAME, NAME, student)
            essay.manual_score, essay.needs_manual_grade = ESSAY, False
            book.find_comment("q6-written", NAME, NAME, student).manual_comment = f"Read, {student}."
        raised = book.find_grade("q1-probe", NAME, NAME, WRONG)
        raised.manual_score, raised.needs_manual_grade = 5.0, False

    with pytest.raises(CourseError, match="wait for a person"):
        term.run("export", NAME)
    term.by_hand(marks)


def hand_out(term: Term) -> None:
    """Canvas's table and its archive of feedback; lateness as policy, extension and late days have it."""
    rows = term.table()
    taken = {student: float(row["taken off"] or 0) for student, row in rows.items()}
    late = {LATE: 10.0, VERY_LATE: 10.0}  # one day used up, and a day begun
    assert taken == {student: min(late.get(student, 0.0), float(rows[student]["score"] or 0)) for student in rows}
    assert "late" in term.run("export", NAME)
    with open(term.places.exports / f"{NAME}-canvas.csv", newline="") as file:
        found = {row["ID"]: row["Problem set 1 (77)"] for row in csv.DictReader(file)}
    wanted = {1000 + number: student for number, student in enumerate(term.pupils)} | {1090: "s090"}
    assert {k: found.get(str(k), "") for k in wanted} == {k: rows[student]["final"] for k, student in wanted.items()}
    with zipfile.ZipFile(term.places.exports / f"{NAME}-canvas-feedback.zip") as archive:
        names = archive.namelist()
        assert len(names) == 20 and len([name for name in names if f"_{1000 + 11}_" in name]) == 1
        (page,) = (archive.read(name).decode() for name in names if f"_{1000 + 11}_" in name)
    assert "1 late day used, 1 begun day: 10 points are taken off" in page and f"Read, {VERY_LATE}." in page


def correct_a_question_and_grade_again(term: Term) -> None:
    """The preview says what comes, it comes, and what a person gave stays."""
    folder, lost = term.places.verdict(NAME, "-").parent, Counter()
    problem_set, before = sets.load(term.root, NAME), term.table()
    free = {(q.name, p.code) for q in problem_set.questions.values() for p in q.properties if p.needs is None}
    for path in folder.glob("*.json"):
        for question, verdict in json.loads(path.read_text())["verdicts"].items():
            failed = [p for p in verdict["properties"] if p["earned"] < p["points"] and not verdict["reason"]]
            lost.update((question, each["code"]) for each in failed if (question, each["code"]) in free)
    (which, count), *_ = lost.most_common(1)
    with open(term.root / "solutions" / NAME / "questions.py", "a") as file:
        file.write(CORRECTION.format(which=which))
    said = term.run("regrade", NAME, "--preview", "--jobs", "2", "--json", "preview.json", *term.walls)
    changes = json.loads((term.root / "preview.json").read_text())["changes"]
    assert (
        "Nothing was written" in said
        and len(changes) >= count > 0
        and {each["question"] for each in changes} == {which[0]}
    )
    assert term.table() == before
    term.run("regrade", NAME, "--jobs", "2", *term.walls)
    after, people = term.table(), {"group-7": GROUP}
    moved = {student: each["after"] for each in changes for student in people.get(each["student"], [each["student"]])}
    for student, row in after.items():
        question = before[student][which[0]] if student not in moved else f"{moved[student]:g}"
        assert row[which[0]] == question and row["q6"] == before[student]["q6"], student
    assert after[WRONG]["q1"] == "5" and after["s090"]["q6"] == "7"


def drop_a_question(term: Term) -> None:
    before = term.table()
    term.settings('dropped = ["q4"]\n')
    after = term.table()
    for student, row in after.items():
        assert row["q4"] == ("" if before[student]["status"] == "quarantined" else "16"), student
        assert float(row["score"] or 0) >= float(before[student]["score"] or 0)
    assert "was dropped" in (term.places.feedback(NAME) / f"{WRONG}.html").read_text()
    term.settings()
    assert term.table() == before
    term.settings('dropped = ["q4"]\n')


def a_second_version(term: Term) -> None:
    """Two latecomers, one with each version: both are graded by their own rules, and whose is older is said."""
    path = term.root / "solutions" / NAME / "questions.py"
    kept = path.parent / "versions" / "1"
    kept.mkdir(parents=True)
    for file in [*path.parent.glob("*.py"), *path.parent.glob("*.npz")]:
        shutil.copy(file, kept)
    first = sample_class.filled(**sample_class.reference())
    path.write_text(path.read_text().replace("VERSION = 1", "VERSION = 2"))
    assert "written anew" in term.run("release", NAME)
    second = json.loads(json.dumps(first))
    second["metadata"]["course"]["version"] = 2
    members = {f"extra_1091_70001_{NAME}.ipynb": first, f"extra_1092_70002_{NAME}.ipynb": second}
    pupils = [Pupil("", "", {name: json.dumps(made).encode() for name, made in members.items()}, None)]
    generated_class.write_zip(term.root / "more.zip", pupils)
    term.run("grade", NAME, "--submissions", "more.zip")
    assert {student: entry["score"] for student, entry in term.students.items()} == {"s091": 90.0, "s092": 90.0}
    page = term.places.triage(NAME).read_text()
    assert (
        "It is version 1 of the assignment; it was graded as version 1." in page
        and "<strong>s092</strong>" not in page.split("How it went")[0]
    )
    assert len(term.table()) == 23


def hand_in_again(term: Term) -> None:
    """A better notebook takes the old one's place; the essay's points stay, and a person looks once more."""
    made = json.dumps(sample_class.filled(**sample_class.reference())).encode()
    again = Pupil("", "", {f"again_1012_79999_{NAME}.ipynb": made}, None)
    generated_class.write_zip(term.root / "again.zip", [again])
    before = float(term.table()[HALF]["score"])
    term.run("grade", NAME, "--submissions", "again.zip")
    assert (term.students[HALF]["score"], term.students[HALF]["status"]) == (90.0 + ESSAY, "needs-manual")
    assert before < 90.0 + ESSAY


def forget_somebody(term: Term) -> None:
    """No byte is left of one person, and the others' tables come out as they were."""
    before, name = term.table(), next(iter(term.pupils[VERY_LATE].members)).partition("_")[0]
    term.run("purge", NAME)
    said = term.run("forget", VERY_LATE, "--yes")
    assert "dated copies" in said and "roster" in said
    for path in (path for path in term.places.gradebook.rglob("*") if path.is_file()):
        data = (str(path) + "\n").encode() + path.read_bytes()
        assert VERY_LATE.encode() not in data and name.encode() not in data, path
    roster = (term.root / "roster.csv").read_text().splitlines()
    (term.root / "roster.csv").write_text("\n".join(line for line in roster if not line.startswith(VERY_LATE)) + "\n")
    assert term.table() == {student: row for student, row in before.items() if student != VERY_LATE}


STEPS = (
    *(publish_and_release, write_the_class_down, collect_and_grade, read_the_triage_page, mark_by_hand, hand_out),
    *(correct_a_question_and_grade_again, drop_a_question, a_second_version, hand_in_again, forget_somebody),
)


@pytest.mark.slow
def test_a_term_from_publishing_to_forgetting(term):
    for step in STEPS:
        step(term)
