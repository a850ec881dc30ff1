"""A class handed in through Canvas goes from its zip to marks, feedback and a triage page by one command."""

import csv
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import generated_class
import numpy as np
import pytest
import sample_class
from a0_corpus import course as a0
from generated_class import Pupil
from typer.testing import CliRunner

from course_lib.staff.cli import app
from course_lib.staff.grading import isolation
from course_lib.staff.grading.places import Places

CLASSES = [
    pytest.param((a0.NAME, 20), id="a0-20"),
    pytest.param((a0.NAME, 300), id="a0-300", marks=pytest.mark.slow),
    pytest.param((sample_class.NAME, 40), id="a1-40", marks=pytest.mark.slow),
]


@dataclass(frozen=True)
class Term:
    """What one command made of a class: the course, its students, what was printed, and the report."""

    root: Path
    name: str
    pupils: dict[str, Pupil]
    said: str
    students: dict[str, dict]


@pytest.fixture(scope="module", params=CLASSES)
def term(request, tmp_path_factory):
    """The class, graded by `course grade`."""
    name, count = request.param
    root = tmp_path_factory.mktemp("term")
    generated_class.make_course(root, name)
    pupils = generated_class.make(generated_class.FLAVOURS[name](), count, np.random.default_rng(0))
    archive = generated_class.write_zip(root / "submissions.zip", pupils)
    walls = [] if isolation.measure().level == "full" else ["--unsandboxed"]
    options = ["--jobs", "2", *walls, "--json", str(root / "out.json")]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        done = CliRunner().invoke(app, ["grade", name, "--submissions", str(archive), *options])
    assert done.exit_code == 0, done.output
    students = json.loads((root / "out.json").read_text())["students"]
    return Term(root, name, {pupil.student: pupil for pupil in pupils}, done.output, students)


def test_everybody_gets_what_is_due(term):
    assert set(term.students) == set(term.pupils)
    for student, pupil in term.pupils.items():
        entry = term.students[student]
        if pupil.bounds is None:
            assert (entry["status"], entry["score"]) == ("quarantined", None), (student, pupil.fate)
            continue
        for name, (low, high) in pupil.bounds.items():
            score = entry["questions"][name]["score"]
            assert score is not None and low <= score <= high, (student, pupil.fate, name, score)
        assert entry["status"] == "needs-manual", (student, pupil.fate)


def test_the_tables_hold_everybody_once(term):
    places = Places(term.root)
    with open(places.csv(term.name), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["student"] for row in rows) == sorted(term.pupils)
    (table,) = [path for path in places.csv(term.name).parent.glob("*canvas*.csv")]
    with open(table, newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))[1:]
    readable = {pupil.student.rpartition("-")[2] for pupil in term.pupils.values() if pupil.bounds is not None}
    assert readable <= {line["ID"] for line in lines} and len(lines) == len({line["ID"] for line in lines})


def test_feedback_comes_back_under_canvas_names(term):
    (parcel,) = Places(term.root).csv(term.name).parent.glob("*feedback.zip")
    with zipfile.ZipFile(parcel) as archive:
        names = archive.namelist()
    for pupil in term.pupils.values():
        number = pupil.student.rpartition("-")[2]
        assert sum(f"_{number}_" in name for name in names) == 1, (pupil.student, pupil.fate)


def test_the_triage_page_names_those_who_need_a_person_and_no_others(term):
    page = Places(term.root).triage(term.name).read_text(encoding="utf-8").partition("<h2>How it went</h2>")[0]
    named = set(re.findall(r"<strong>([\w.-]+)</strong>", page)) & set(term.pupils)
    needs = {pupil.student for pupil in term.pupils.values() if pupil.fate in ("report", "broken", "pasted")}
    assert needs <= named
    assert {term.pupils[student].fate for student in named - needs} <= {"again", "late"}


def test_every_link_of_the_triage_page_leads_to_a_file(term):
    page = Places(term.root).triage(term.name)
    links = re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8"))
    gone = [link for link in links if not (page.parent / unquote(link)).is_file()]
    readable = [pupil for pupil in term.pupils.values() if pupil.bounds is not None]
    assert not gone and sum("/feedback/" in link for link in set(links)) == len(term.pupils)
    assert sum("/submitted/" in link for link in set(links)) == len(readable)


def test_a_class_is_made_alike_from_the_same_number():
    flavour = generated_class.a0_flavour()
    first, second = (generated_class.make(flavour, 40, np.random.default_rng(3)) for _ in range(2))
    assert first == second and first != generated_class.make(flavour, 40, np.random.default_rng(4))
    assert {pupil.fate for pupil in first} == set(generated_class.FATES)
    assert len({pupil.student for pupil in first}) == 40
