"""Marks and feedback as the learning management systems take them in: ids checked, no formula, nothing half."""

import csv
import io
import re
import zipfile

import handed
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.staff.grading import export, lms_tables, record, sets, tables
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.export import after_grading
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.late import Lateness
from course_lib.staff.grading.lms_tables import Asked
from course_lib.staff.grading.marks import Mark
from course_lib.staff.grading.parcel import write_parcel
from course_lib.staff.grading.places import Places
from course_lib.validation import CourseError


@pytest.fixture
def tiny_set(course):
    return sets.load(course, "tiny")


def mark(student, score, lms="canvas", late=0.0, **item):
    line = Collected(student, "x.ipynb", "collected", lms=lms, **item)
    return Mark(student, score, 10.0, "graded", line, Lateness(penalty=late))


CANVAS = [
    mark("doejane-101", 8.0, person="doejane", number="101", head="doejane_101_9001_", file="tiny.ipynb"),
    mark("roe-102", 7.25, late=1.5, person="roe", number="102", head="roe_LATE_102_9002_", file="a b.ipynb"),
]
MOODLE = [
    mark("a-5001", 8.0, "moodle", person="Jane Doe", number="5001", head="Jane Doe_5001_assignsubmission_file/"),
    mark(
        "b-5002",
        7.25,
        "moodle",
        1.5,
        person="Anna Müller",
        number="5002",
        head="Anna Müller_5002_assignsubmission_file/",
    ),
]
BLACKBOARD = [
    mark("jdoe", 8.0, "blackboard", person="", login="jdoe", head="PS 1_jdoe_"),
    mark("amueller", 7.25, "blackboard", 1.5, person="", login="amueller", head="PS 1_amueller_"),
]
ILIAS = [
    mark("jdoe", 8.0, "ilias", person="Jane Doe", login="jdoe", number="301", head="Doe_Jane_jdoe_301/"),
    mark("am", 7.25, "ilias", 1.5, person="Anna Müller", login="am", number="302", head="Mueller_Anna_am_302/"),
]
ALL = {"canvas": CANVAS, "moodle": MOODLE, "blackboard": BLACKBOARD, "ilias": ILIAS}

GRADEBOOK = """Student,ID,SIS User ID,SIS Login ID,Section,Tiny (77),Other (78),Current Score
    Points Possible,,,,,10,5,(read only)
"Doe, Jane",101,S-101,jdoe@x.org,Sec 1,,3,60
"Roe, Richard",102,S-102,rroe@x.org,Sec 1,,3,60
"Student, Test",999,,,Sec 1,,,
"""
CENTRE = (
    "Last Name\tFirst Name\tUsername\tStudent ID\tTiny [Total Pts: 10 Score] |5\tOther [Total Pts: 5 Score] |6\n"
    "Doe\tJane\tjdoe\t1\t\t\nMüller\tAnna\tamueller\t2\t\t\n"
)
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\n"
    'Participant 5001,Jane Doe,j@x.org,=cmd(),,"10,00",-,\nParticipant 5002,Anna Müller,a@x.org,-,,"10,00",-,-2+3\n'
    'Participant 5003,Nobody,n@x.org,-,,"10,00",-,\n'
)
STATUS = (
    "update,usr_id,login,lastname,firstname,status,mark,notice,comment,plagiarism,plag_comment\n"
    "0,301,jdoe,Doe,Jane,passed,,,,,\n0,302,am,Müller,Anna,notgraded,,,,,\n0,303,x,X,Y,failed,,,,,\n"
)
OWN = {"canvas": GRADEBOOK, "moodle": WORKSHEET, "blackboard": CENTRE, "ilias": STATUS}


def made(tmp_path, tiny_set, lms, marks, *, own=None, column="", encoding="utf-8"):
    table = None
    if own is not None:
        (tmp_path / "own.csv").write_bytes(own.encode(encoding))
        table = tables.read_table(tmp_path / "own.csv")
    return lms_tables.TABLES[lms](Asked(marks, tiny_set, table, column))


def rows(result) -> list[list[str]]:
    text = tables.write_rows(result.rows, delimiter=result.delimiter)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=result.delimiter))


def test_canvas_gets_its_own_rows_and_columns_back(tmp_path, tiny_set):
    result = made(tmp_path, tiny_set, "canvas", CANVAS, own=GRADEBOOK)
    assert rows(result) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (77)"],
        ["    Points Possible", "", "", "", "", "10"],
        ["Doe, Jane", "101", "S-101", "jdoe@x.org", "Sec 1", "8"],
        ["Roe, Richard", "102", "S-102", "rroe@x.org", "Sec 1", "5.75"],
    ]
    assert result.notes == ()
    bare = rows(made(tmp_path, tiny_set, "canvas", CANVAS))
    assert bare[0][-1] == "Tiny" and [row[1] for row in bare[2:]] == ["101", "102"]


def test_moodle_gets_its_worksheet_back_with_its_own_decimal_sign(tmp_path, tiny_set):
    found = rows(made(tmp_path, tiny_set, "moodle", MOODLE, own=WORKSHEET))
    assert [row[0] for row in found] == ["Identifier", "Participant 5001", "Participant 5002"]
    assert [row[4] for row in found] == ["Grade", "8", "5,75"] and found[0][6] == "Last modified (grade)"
    assert found[1][3] == "'=cmd()" and found[2][7] == "'-2+3" and found[1][6] == "-"
    bare = rows(made(tmp_path, tiny_set, "moodle", MOODLE))
    assert bare[1] == ["Participant 5001", "Jane Doe", "8", "-"] and bare[0][3] == "Last modified (grade)"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_blackboard_gets_its_table_back_as_it_wrote_it(tmp_path, tiny_set, encoding):
    result = made(tmp_path, tiny_set, "blackboard", BLACKBOARD, own=CENTRE, encoding=encoding)
    assert (result.delimiter, result.encoding) == ("\t", encoding)
    assert rows(result) == [
        ["Last Name", "First Name", "Username", "Student ID", "Tiny [Total Pts: 10 Score] |5"],
        ["Doe", "Jane", "jdoe", "1", "8"],
        ["Müller", "Anna", "amueller", "2", "5.75"],
    ]
    assert rows(made(tmp_path, tiny_set, "blackboard", BLACKBOARD))[0][1] == "Tiny [Total Pts: 10 Score]"


def test_ilias_gets_its_status_file_and_keeps_passed_and_failed(tmp_path, tiny_set):
    found = rows(made(tmp_path, tiny_set, "ilias", ILIAS, own=STATUS))
    assert found[0] == list(lms_tables.ILIAS_COLUMNS) and len(found) == 3
    assert found[1][:7] == ["1", "301", "jdoe", "Doe", "Jane", "passed", "8"]
    assert found[2][:7] == ["1", "302", "am", "Müller", "Anna", "notgraded", "5.75"]
    bare = rows(made(tmp_path, tiny_set, "ilias", ILIAS))
    assert bare[1][:7] == ["1", "301", "jdoe", "Doe", "Jane", "notgraded", "8"]


@pytest.mark.parametrize("lms", OWN)
def test_who_is_not_in_the_systems_table_is_named_and_nothing_is_made(tmp_path, tiny_set, lms):
    stranger = mark("stranger-9", 1.0, lms, number="99999", login="stranger", person="Some Body")
    with pytest.raises(CourseError, match="stranger-9"):
        made(tmp_path, tiny_set, lms, [*ALL[lms], stranger], own=OWN[lms])


@pytest.mark.parametrize("lms", OWN)
def test_two_marks_never_share_a_row(tmp_path, tiny_set, lms):
    twin = Mark("twin", 1.0, 10.0, "graded", ALL[lms][0].item)
    with pytest.raises(CourseError, match=f"{ALL[lms][0].student} and twin"):
        made(tmp_path, tiny_set, lms, [*ALL[lms], twin], own=OWN[lms])


@pytest.mark.parametrize("lms", OWN)
def test_marks_of_a_plain_folder_need_the_systems_table(tmp_path, tiny_set, lms):
    known = {"canvas": "101", "moodle": "5001", "blackboard": "jdoe", "ilias": "jdoe"}[lms]
    marks = [mark(known, 3.0, "plain", person="Jane Doe")]
    with pytest.raises(CourseError, match="--gradebook"):
        made(tmp_path, tiny_set, lms, marks)
    assert "3" in rows(made(tmp_path, tiny_set, lms, marks, own=OWN[lms]))[-1]


def test_a_column_that_is_not_clear_is_asked_for(tmp_path, tiny_set):
    own = GRADEBOOK.replace("Tiny (77)", "Homework 1 (77)")
    with pytest.raises(CourseError, match=r"--column; there are: Homework 1 \(77\), Other \(78\)"):
        made(tmp_path, tiny_set, "canvas", CANVAS, own=own)
    for column in ("Homework 1 (77)", "homework 1"):
        assert rows(made(tmp_path, tiny_set, "canvas", CANVAS, own=own, column=column))[0][-1] == "Homework 1 (77)"
    with pytest.raises(CourseError, match="got 2"):
        made(tmp_path, tiny_set, "canvas", CANVAS, own=GRADEBOOK.replace("Other (78)", "Tiny (78)"))


@pytest.mark.parametrize("lms", ["canvas", "moodle", "blackboard"])
def test_another_maximum_is_said(tmp_path, tiny_set, lms):
    own = OWN[lms].replace(",10,5,", ",100,5,").replace("10,00", "100,00").replace("Pts: 10 ", "Pts: 100 ")
    (note,) = made(tmp_path, tiny_set, lms, ALL[lms], own=own).notes
    assert "counts to 100 points, the set to 10" in note


@pytest.mark.parametrize("lms", OWN)
def test_a_table_of_another_kind_is_refused(tmp_path, tiny_set, lms):
    with pytest.raises(CourseError, match="Wanted"):
        made(tmp_path, tiny_set, lms, ALL[lms], own="a,b\n1,2\n")


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
@settings(max_examples=150)
def test_no_text_becomes_a_formula_or_a_second_cell(value):
    ((cell, rest),) = csv.reader(io.StringIO(tables.write_rows([[tables.text(value), 1.5]]), newline=""))
    assert cell == tables.text(value) and rest == "1.5"
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) and "\n" not in cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "|"])
def test_an_id_that_could_be_a_formula_is_refused_not_mended(tmp_path, tiny_set, start):
    own = GRADEBOOK.replace("S-101", f'"{start}S"')
    with pytest.raises(CourseError, match="SIS User ID"):
        made(tmp_path, tiny_set, "canvas", CANVAS, own=own)
    named = rows(made(tmp_path, tiny_set, "canvas", CANVAS, own=GRADEBOOK.replace("Doe, Jane", "=Doe, Jane")))
    assert named[2][0] == "'=Doe, Jane"


# ------------------------------------------------------------------------------------------------------------ feedback

NAMES = {
    "canvas": ["doejane_101_9001_tiny.html", "roe_LATE_102_9002_a b.html"],
    "moodle": [
        "Anna Müller_5002_assignsubmission_file/feedback_tiny.html",
        "Jane Doe_5001_assignsubmission_file/feedback_tiny.html",
    ],
    "blackboard": ["amueller.html", "jdoe.html"],
    "ilias": [
        "multi_feedback_tiny/Doe_Jane_jdoe_301/feedback_tiny.html",
        "multi_feedback_tiny/Mueller_Anna_am_302/feedback_tiny.html",
    ],
}


def write_pages(course, marks):
    folder = Places(course).feedback("tiny")
    folder.mkdir(parents=True)
    for each in marks:
        (folder / f"{each.student}.html").write_text(f"for {each.student}")


@pytest.mark.parametrize("lms", NAMES)
def test_feedback_goes_back_under_the_names_the_system_gave(course, tiny_set, lms):
    write_pages(course, ALL[lms])
    path, left = write_parcel(Places(course), tiny_set, ALL[lms], lms)
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == NAMES[lms] and left == []
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    for each in ALL[lms]:
        (name,) = [name for name, text in texts.items() if text == f"for {each.student}"]
        assert (each.item.number or each.item.login) in name
    data = path.read_bytes()
    assert write_parcel(Places(course), tiny_set, ALL[lms], lms)[0].read_bytes() == data


def test_moodles_own_reader_finds_the_participant_in_our_names():
    """The fields that Moodle splits a folder's name into: full name, participant, kind, plug-in, rest."""
    for name in NAMES["moodle"]:
        fields = name.split("/")[0].split("_", 4)
        assert fields[1].isdecimal() and fields[2:4] == ["assignsubmission", "file"]
    for name in NAMES["canvas"]:
        assert re.search(r"_(\d+)_(\d+)_", name).groups() in {("101", "9001"), ("102", "9002")}


def test_nobodys_feedback_goes_to_somebody_else(course, tiny_set):
    twin = Mark("twin", 1.0, 10.0, "graded", BLACKBOARD[0].item)
    write_pages(course, [*BLACKBOARD, twin])
    with pytest.raises(CourseError, match="jdoe and twin"):
        write_parcel(Places(course), tiny_set, [*BLACKBOARD, twin], "blackboard")


def test_who_cannot_be_addressed_is_named(course, tiny_set):
    lost = mark("by-mail", 3.0, "plain")
    write_pages(course, [*CANVAS, lost])
    assert write_parcel(Places(course), tiny_set, [*CANVAS, lost], "canvas")[1] == ["by-mail"]


# -------------------------------------------------------------------------------------------------------------- whole

TERM = """
[late]
points = 1
[assignments.tiny]
due = 2026-11-20T23:59:00
"""


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory):
    """A class from Blackboard's zip, graded once, with a late policy."""
    root = tiny.make_course(tmp_path_factory.mktemp("export") / "course")
    Places(root).gradebook.mkdir()
    Places(root).term.write_text(TERM)
    archive = handed.write_zip(root / "in.zip", handed.BLACKBOARD)
    return root, grade(root, "tiny", archive, unsandboxed=True)


def test_one_command_from_the_systems_zip_to_its_table_and_feedback(graded_class):
    root, report = graded_class
    assert report.csv == Places(root).exports / "tiny-blackboard.csv"
    assert report.csv.read_bytes().decode("utf-8-sig").splitlines() == [
        "Username,Tiny [Total Pts: 10 Score]",
        "am.mueller,4",
        "jdoe1,7",
    ]
    with zipfile.ZipFile(report.parcel) as archive:
        page = archive.read("jdoe1.html").decode()
        assert sorted(archive.namelist()) == ["am.mueller.html", "epoe.html", "jdoe1.html"]
    assert "7 of 10" in page and "8 before lateness" in page and "1 begun day: 1 point is taken off" in page
    notes = " ".join(report.notes)
    assert "Points so far" in notes and "Points were taken off for lateness: jdoe1" in notes and "epoe" in notes
    plain = (Places(root).exports / "tiny.csv").read_text().splitlines()
    assert plain[3] == "jdoe1,,8,1,7,10,needs-manual,4,4," and plain[2] == "epoe,,,,,10,quarantined,,,"


def test_export_waits_for_persons_and_takes_what_they_gave(graded_class):
    root, _ = graded_class
    with pytest.raises(CourseError, match=r"am\.mueller, jdoe1"):
        export.export(root, "tiny")
    with record.Gradebook(Places(root).database_url, "rnn-dynamics") as book:
        for student, points in (("jdoe1", 1.5), ("am.mueller", 0.5)):
            written = book.find_grade("q3-written", "tiny", "tiny", student)
            written.manual_score, written.needs_manual_grade = points, False
            book.find_comment("q3-written", "tiny", "tiny", student).manual_comment = "<b>Well</b> said."
        book.db.commit()
    exported = export.export(root, "tiny")
    assert exported.table.read_bytes().decode("utf-8-sig").splitlines()[1:] == ["am.mueller,4.5", "jdoe1,8.5"]
    page = (Places(root).feedback("tiny") / "jdoe1.html").read_text()
    assert "8.5 of 10" in page and "&lt;b&gt;Well&lt;/b&gt; said." in page and "A person wrote" in page
    assert export.export(root, "tiny", to="plain").table == Places(root).csv("tiny")


def test_export_to_another_system_or_none_is_said(graded_class):
    root, _ = graded_class
    with pytest.raises(CourseError, match="--gradebook"):
        export.export(root, "tiny", to="canvas", so_far=True)
    with pytest.raises(CourseError, match="one of"):
        export.export(root, "tiny", to="schoology", so_far=True)


def test_nothing_is_exported_before_anything_is_graded(course):
    with pytest.raises(CourseError, match="course grade tiny"):
        export.export(course, "tiny")


def test_while_something_is_not_graded_nothing_is_written_and_it_is_named(course, tiny_set):
    entry = {"score": None, "max": 10, "status": "not-graded", "questions": {}}
    done = {**entry, "status": "graded", "score": 3.0}
    places = Places(course)
    assert after_grading(places, tiny_set, {"ben": done}).table is not None
    exported = after_grading(places, tiny_set, {"ada": entry, "ben": done})
    assert exported.table is None and exported.parcel is None and "ada" in exported.notes[0]
    assert not places.csv("tiny").exists(), "an older table would look like this run's"
