"""Who handed in what, in the shapes of the learning management systems."""

import json
import os
from datetime import datetime
from pathlib import PurePosixPath

import handed
import pytest
import tiny
from handed import collected

from course_lib.staff.grading import account, lms
from course_lib.staff.grading.found import NO_NOTEBOOK
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.roster import read_roster
from course_lib.validation import CourseError

SHAPES = {
    "canvas": (
        handed.CANVAS,
        {"doejane-101", "mullerannamaria-102", "obrien-103", "anon_a1B2c"},
        {"poe-104", "roe-105"},
    ),
    "moodle": (
        handed.MOODLE,
        {"Jane-Doe-5001", "Anna-Maria-Muller-5002", "Group-B-Pat-O-Brien-5003"},
        {"Edgar-Poe-5004"},
    ),
    "blackboard": (handed.BLACKBOARD, {"jdoe1", "am.mueller"}, {"epoe"}),
    "ilias": (handed.ILIAS, {"jdoe", "amueller", "pob"}, {"epoe"}),
}


def handed_in(course, student) -> str:
    """The first answer of what will be graded: 2 * x is right, 3 * x is the half."""
    made = json.loads(Places(course).submitted("tiny", student).read_text())
    return made["cells"][tiny.place(made, "q1-answer")]["source"].rsplit("return ", 1)[1][:1]


@pytest.mark.parametrize("top", ["", "PS1-4711/"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_system_is_known_by_its_names(course, tmp_path, shape, top):
    members, readable, without = SHAPES[shape]
    items = collected(course, handed.write_zip(tmp_path / "in.zip", members, top=top))
    assert {name for name, item in items.items() if item.status == "collected"} == readable
    assert {name for name, item in items.items() if item.status == "quarantined"} == without
    assert {item.lms for item in items.values()} == {shape}
    assert all(items[name].reason.startswith(NO_NOTEBOOK) for name in without)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_unpacked_archive_is_the_same_class(course, tmp_path, shape):
    members, readable, without = SHAPES[shape]
    items = collected(course, handed.write_folder(tmp_path / "in", members))
    assert set(items) == readable | without and {item.lms for item in items.values()} == {shape}


def test_moodles_flat_download_is_known_too(course, tmp_path):
    items = collected(course, handed.write_zip(tmp_path / "in.zip", handed.MOODLE_FLAT))
    assert set(items) == {"Jane-Doe-5001", "Anna-Maria-Muller-5002"}
    assert items["Jane-Doe-5001"].head == "Jane Doe_5001_assignsubmission_file_"


@pytest.mark.parametrize(("shape", "student"), [("canvas", "obrien-103"), ("blackboard", "jdoe1"), ("ilias", "pob")])
def test_the_latest_attempt_counts_whatever_the_order_in_the_archive(course, tmp_path, shape, student):
    members = SHAPES[shape][0]
    for number, order in enumerate((members, dict(reversed(members.items())))):
        items = collected(course, handed.write_zip(tmp_path / f"{number}.zip", order))
        assert handed_in(course, student) == "2" and any("2 notebooks" in flag for flag in items[student].flags)


def test_a_newer_attempt_that_cannot_be_read_does_not_cost_the_older_one(course, tmp_path):
    members = {**handed.BLACKBOARD, "Problem Set 1_jdoe1_attempt_2026-11-22-00-10-00_tiny.ipynb": b"{ broken"}
    item = collected(course, handed.write_zip(tmp_path / "in.zip", members))["jdoe1"]
    assert item.status == "collected" and item.submitted == "2026-11-21T00:10:00"
    assert any("newer attempt" in flag and "not JSON" in flag for flag in item.flags)


def test_lateness_and_time_are_the_systems_own_words(course, tmp_path):
    canvas = collected(course, handed.write_zip(tmp_path / "c.zip", handed.CANVAS))
    assert {name for name, item in canvas.items() if item.late} == {"mullerannamaria-102", "anon_a1B2c"}
    assert {item.submitted for item in canvas.values()} == {""}
    ilias = collected(course, handed.write_zip(tmp_path / "i.zip", handed.ILIAS), fresh=True)
    assert {name for name, item in ilias.items() if item.late} == {"amueller"}
    moodle = collected(course, handed.write_zip(tmp_path / "m.zip", handed.MOODLE), fresh=True)
    assert {item.late for item in moodle.values()} == {None}


def test_the_times_of_an_archive_and_of_a_file_are_nobodys_lateness(course, tmp_path):
    folder = handed.write_folder(tmp_path / "in", {"ada/tiny.ipynb": "right"})
    os.utime(folder / "ada" / "tiny.ipynb", (1, 1))
    item = collected(course, folder)["ada"]
    assert (item.submitted, item.late) == ("", None)


def test_a_notebook_that_the_system_did_not_name_is_not_lost(course, tmp_path):
    items = collected(course, handed.write_zip(tmp_path / "in.zip", {**handed.CANVAS, "by mail.ipynb": "right"}))
    assert items["by-mail"].status == "collected" and items["by-mail"].lms == "plain"


def test_a_preset_can_be_said(course, tmp_path):
    folder = handed.write_folder(tmp_path / "in", {"team_a_x_1/tiny.ipynb": "right", "team_b_x_2/tiny.ipynb": "right"})
    assert set(collected(course, folder, lms="plain")) == {"team_a_x_1", "team_b_x_2"}


@pytest.mark.parametrize(
    ("name", "owner", "file"),
    [
        ("doe_7_8_a_9_10_b.ipynb", "7", "a_9_10_b.ipynb"),
        ("doe_late_7_8_b.ipynb", "7", "b.ipynb"),
        ("latejane_7_8_b.ipynb", "7", "b.ipynb"),
        ("12345_7_8_b.ipynb", "7", "b.ipynb"),
        ("doe_7_b.ipynb", None, None),
        ("doe_7_8.ipynb", None, None),
        ("a1_lorenz.ipynb", None, None),
    ],
)
def test_canvas_names_letter_by_letter(name, owner, file):
    named = lms.canvas(PurePosixPath(name))
    assert (named and named.owner.number, named and named.file) == (owner, file)
    assert named is None or named.owner.head + named.file == name


def test_blackboards_time_must_be_one():
    assert lms.blackboard(PurePosixPath("PS_ada_attempt_2026-13-40-99-00-00_x.ipynb")) is None
    named = lms.blackboard(PurePosixPath("PS_ada_attempt_2026-11-20-22-10-59_a_b_attempt_c.ipynb"))
    assert named.submitted == datetime(2026, 11, 20, 22, 10, 59) and named.owner.login == "ada"


# ---------------------------------------------------------------------------------------------------------- roster

ROSTER = """id;name;email;canvas;extension days;extension days tiny;late days
ada;Jane Doe;jane@example.org;101;1;3;
bob;"Müller, Anna Maria";bob@example.org;;;;2
cyd;Pat O'Brien;pat@example.org;103;;;
dan;Nobody Here;dan@example.org;999;;;
"""


def write_roster(course, text=ROSTER, encoding="utf-8"):
    Places(course).gradebook.mkdir(exist_ok=True)
    (Places(course).gradebook / "roster.csv").write_bytes(text.encode(encoding))
    Places(course).term.write_text('roster = "roster.csv"\n')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("shape", ["canvas", "moodle"])
def test_the_roster_gives_the_ids(course, tmp_path, shape, encoding):
    write_roster(course, encoding=encoding)
    items = collected(course, handed.write_zip(tmp_path / "in.zip", SHAPES[shape][0]))
    assert {"ada", "bob", "cyd"} <= set(items) and items["bob"].person == "Müller, Anna Maria"
    unknown = {name for name, item in items.items() if any("roster" in flag for flag in item.flags)}
    assert unknown == set(items) - {"ada", "bob", "cyd"}
    kept = account.read(Places(course), "tiny")
    assert kept.missing == ["dan"] and "dan: nothing was handed in" in _text(course)


def _text(course) -> str:
    return (Places(course).account("tiny") / "account.txt").read_text()


def test_a_roster_that_comes_later_renames_and_doubles_nobody(course, tmp_path):
    path = handed.write_zip(tmp_path / "in.zip", handed.CANVAS)
    before = collected(course, path)
    write_roster(course)
    assert set(collected(course, path)) != set(before)
    assert not [item for item in account.read(Places(course), "tiny").students if item.earlier]


def test_nobody_takes_an_id_of_the_roster_by_being_called_so(course, tmp_path):
    write_roster(course, "id,name,canvas\ndoejane-102,Jane Doe,101\n")
    names = ("doejane_101_9001_tiny.ipynb", "doejane_102_9002_tiny.ipynb")
    items = handed.collected(course, handed.write_zip(tmp_path / "in.zip", dict.fromkeys(names, "right")))
    assert items["doejane-102"].number == "101" and not items["doejane-102"].flags
    (other,) = set(items) - {"doejane-102"}
    assert items[other].number == "102" and "Nobody on the roster" in items[other].flags[0]


def test_extensions_and_late_days_come_from_the_roster(course):
    write_roster(course)
    people = {person.id: person for person in read_roster(Places(course).gradebook / "roster.csv").people}
    assert people["ada"].extension_for("tiny") == 3 and people["ada"].extension_for("other") == 1
    assert people["bob"].extension_for("tiny") == 0 and people["bob"].late_days == 2
    assert people["cyd"].late_days is None


def test_two_owners_are_never_made_one_person(course, tmp_path):
    write_roster(course)
    members = {"Jane Doe_1_assignsubmission_file/a.ipynb": "right", "Doe Jane_2_assignsubmission_file/a.ipynb": "half"}
    items = collected(course, handed.write_zip(tmp_path / "in.zip", members))
    assert len(items) == 2 and "ada" not in items
    assert all(any("who is who" in flag for flag in item.flags) for item in items.values())


def test_a_systems_number_is_no_other_number(tmp_path):
    """Matriculation 101 is not Canvas's 101, and a namesake whose number is another is somebody else."""
    (tmp_path / "r.csv").write_text("id,name,canvas\n101,Jane Doe,555\n777,Ann Roe,\n")
    people = read_roster(tmp_path / "r.csv")
    found = [
        people.match(lms.Owner("canvas", number, name, number=number))
        for number, name in (("101", "x"), ("555", "x"), ("42", "doejane"), ("43", "roeann"), ("777", "x"))
    ]
    assert [person and person.id for person in found] == [None, "101", None, "777", None]


def test_what_a_notebook_says_of_its_student_changes_nothing(course, tmp_path):
    write_roster(course)
    liar = tiny.answered(q1="def double(x):\n    return 3 * x")
    liar["metadata"].update(student="ada", name="Jane Doe", nbgrader={"student": "ada"})
    liar["metadata"]["course"]["student"] = "ada"
    items = collected(
        course, handed.write_zip(tmp_path / "in.zip", {**handed.CANVAS, "obrien_103_9999_ada.ipynb": liar})
    )
    assert handed_in(course, "ada") == "2" and handed_in(course, "cyd") == "3"
    assert items["cyd"].person == "Pat O'Brien"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,email\nAda,a@b\n", "column `id`"),
        ("id\nada\nAda\n", "more than once"),
        ("id\n../x\n", "ids of letters"),
        ("id,late days\nada,many\n", "late days"),
        ("id,extension days\nada,-3\n", "extension days"),
        ("", "header"),
    ],
)
def test_a_roster_that_is_wrong_is_refused_with_its_reason(course, text, words):
    write_roster(course, text)
    with pytest.raises(CourseError, match=words):
        read_roster(Places(course).gradebook / "roster.csv")


def test_a_systems_own_export_is_a_roster(tmp_path):
    canvas = (
        'Student,ID,SIS User ID,SIS Login ID,Section,PS1 (77)\n    Points Possible,,,,,10\n"Doe, Jane",101,S1,jdoe,A,\n'
    )
    worksheet = "Identifier,Full name,Email address,Status,Grade\nParticipant 5001,Jane Doe,j@example.org,-,-\n"
    grades = "\ufeffLast Name\tFirst Name\tUsername\tStudent ID\tPS1 [Total Pts: 10 Score] |5\nDoe\tJane\tjdoe\t9\t\n"
    (tmp_path / "c.csv").write_text(canvas + '"Student, Test",999,,x,A,\n')
    (tmp_path / "m.csv").write_text(worksheet)
    (tmp_path / "b.csv").write_text(grades, encoding="utf-16")
    (tmp_path / "d.csv").write_text("ID,Name,Bewertung\nTeilnehmer/in5001,Jane Doe,\n")
    assert read_roster(tmp_path / "d.csv").match(lms.Owner("moodle", "5001", number="5001")).name == "Jane Doe"
    assert [person.id for person in read_roster(tmp_path / "c.csv").people] == ["jdoe"]
    assert [person.id for person in read_roster(tmp_path / "m.csv").people] == ["5001"]
    assert [person.id for person in read_roster(tmp_path / "b.csv").people] == ["jdoe"]
    for name, owner in (
        ("c", lms.Owner("canvas", "101", "doejane", number="101")),
        ("b", lms.Owner("x", "q", "Jane Doe")),
    ):
        assert read_roster(tmp_path / f"{name}.csv").match(owner).id == "jdoe"


# --------------------------------------------------------------------------------------------------------- versions


@pytest.mark.parametrize(
    ("version", "accepted", "status"),
    [
        (2, None, "collected"),
        (1, None, "collected"),
        (1, "[2]", "quarantined"),
        (3, None, "quarantined"),
        (3, "[2, 3]", "collected"),
        (True, None, "quarantined"),
        ("2", None, "quarantined"),
        (None, None, "quarantined"),
    ],
)
def test_accepted_versions(course, tmp_path, version, accepted, status):
    import nbformat

    nbformat.write(tiny.release(version=2), course / "assignments" / "tiny" / "tiny.ipynb")
    questions = course / "solutions" / "tiny" / "questions.py"
    questions.write_text(questions.read_text().replace("VERSION = 1", "VERSION = 2"))
    if accepted:
        Places(course).gradebook.mkdir()
        Places(course).term.write_text(f"[assignments.tiny]\nversions = {accepted}\n")
    notebook = tiny.answered()
    notebook["metadata"]["course"]["version"] = version
    item = collected(course, handed.write_folder(tmp_path / "in", {"ada/tiny.ipynb": notebook}))["ada"]
    assert item.status == status, item
    if status == "collected":
        assert any("graded as version 2" in flag for flag in item.flags) == (version != 2)


# ----------------------------------------------------------------------------------------------------------- account


def test_who_was_collected_before_is_not_forgotten(course, tmp_path):
    collected(course, handed.write_folder(tmp_path / "one", {"ada/tiny.ipynb": "right", "bob/tiny.ipynb": "right"}))
    collected(course, handed.write_folder(tmp_path / "two", {"bob/tiny.ipynb": "right", "cyd/tiny.ipynb": "right"}))
    kept = {item.student: item.earlier for item in account.read(Places(course), "tiny").students}
    assert kept == {"ada": True, "bob": False, "cyd": False} and "ada: collected" in _text(course)
    collected(course, tmp_path / "two", fresh=True)
    assert {item.student for item in account.read(Places(course), "tiny").students} == {"bob", "cyd"}


def test_the_account_survives_a_file_that_is_no_account(course):
    places = Places(course)
    assert account.read(places, "tiny") == account.Account()
    for text in ("{ half", "[]", '{"students": [3]}', '{"students": [{"student": "a"}], "source": "x", "missing": []}'):
        places.account("tiny").mkdir(parents=True, exist_ok=True)
        (places.account("tiny") / "account.json").write_text(text)
        assert account.read(places, "tiny") == account.Account()
