"""Groups: one notebook is graded and marked, each member has the points, and nothing is guessed."""

import csv
import zipfile
from dataclasses import replace
from zoneinfo import ZoneInfo

import handed
import pytest
import tiny

from course_lib.staff.grading import account, forget, groups, record, regrade, sets
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.collect import look
from course_lib.staff.grading.explain import explain
from course_lib.staff.grading.export import export
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.groups import Candidate, Team, choose
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.roster import Person
from course_lib.staff.grading.term import read_term
from course_lib.validation import CourseError

ROSTER = (
    "id,name,canvas,group,extension days,late days\n"
    "ada,Ada Doe,1,7,1,0\nben,Ben Roe,2,7,,0\ncyd,Cyd Poe,3,7,,2\ndan,Dan Koe,4,8,,0\neva,Eva Loe,5,,,0\n"
)
TERM = """
roster = "roster.csv"
[late]
percent = 10
[assignments.tiny]
due = 2026-11-20T23:59:00
groups = true
"""
TIMES = "id,submitted\n1,2026-11-20 20:00\n2,2026-11-21 10:00\n4,2026-11-20 20:00\n5,2026-11-20 20:00\n"
HALF = tiny.answered(q1="def double(x):\n    return 3 * x")
MEMBERS = {"doeada_1_9001_tiny.ipynb": HALF, "roeben_2_9002_tiny.ipynb": "right", "loeeva_5_9005_tiny.ipynb": HALF}
WHEN = 'times = "times.csv"\n'


@pytest.fixture
def term(course) -> Places:
    places = Places(course)
    places.gradebook.mkdir()
    (places.gradebook / "roster.csv").write_text(ROSTER)
    (places.gradebook / "times.csv").write_text(TIMES)
    places.term.write_text(TERM + WHEN)
    return places


def graded(places: Places, members, **more):
    handed.write_zip(places.root / "in.zip", members)
    return grade(places.root, "tiny", places.root / "in.zip", unsandboxed=True, **more)


def table(places: Places) -> dict[str, dict[str, str]]:
    with open(places.csv("tiny"), newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def by_hand(places: Places, score: float) -> None:
    with record.Gradebook(places.database_url, "rnn-dynamics") as book:
        assert {student.id for student in book.students} >= {"group-7"} and "ada" not in {s.id for s in book.students}
        written = book.find_grade("q3-written", "tiny", "tiny", "group-7")
        written.manual_score, written.needs_manual_grade = score, False
        book.find_comment("q3-written", "tiny", "tiny", "group-7").manual_comment = "Well said."
        book.db.commit()


def feedback(places: Places, student: str) -> str:
    return (places.feedback("tiny") / f"{student}.html").read_text()


def test_one_notebook_is_graded_and_marked_and_each_member_has_the_points_and_a_lateness_of_ones_own(term):
    report = graded(term, MEMBERS)
    assert (report.fresh, set(report.students)) == (2, {"ada", "ben", "cyd", "eva"})  # two notebooks, four people
    by_hand(term, 2.0)
    export(term.root, "tiny", to="canvas", so_far=True)
    export(term.root, "tiny", to="plain", so_far=True)
    found = {who: (row["score"], row["taken off"], row["final"]) for who, row in table(term).items()}
    # ben handed in for all, ten hours late: ada has an extension, cyd uses up a late day, ben pays
    assert found == {
        "ada": ("10", "0", "10"),
        "ben": ("10", "1", "9"),
        "cyd": ("10", "0", "10"),
        "eva": ("4", "0", "4"),
    }
    with open(term.exports / "tiny-canvas.csv", newline="") as file:
        rows = {row["ID"]: row["Tiny"] for row in csv.DictReader(file)}
    assert {number: rows[number] for number in "1235"} == {"1": "10", "2": "9", "3": "10", "5": "4"}
    for who in ("ada", "ben", "cyd"):
        assert "Well said." in feedback(term, who) and "graded for your group" in feedback(term, who)
    assert "1 late day used" in feedback(term, "cyd") and "group" not in feedback(term, "eva")
    with zipfile.ZipFile(term.exports / "tiny-canvas-feedback.zip") as archive:
        assert len(archive.namelist()) == 3  # whoever handed in nothing has no name there
    assert account.read(term, "tiny").missing == ["dan"]


def test_triage_says_it_once_with_all_who_it_is_of(term):
    odd = tiny.answered()
    odd["cells"][tiny.place(odd, "q1-text")]["source"] = "mine"
    graded(term, {**MEMBERS, "roeben_2_9002_tiny.ipynb": odd})
    page = term.triage("tiny").read_text()
    assert page.count("others differ (ada)") == 1 and "(group: ada, ben, cyd)" in page
    assert "2 submissions wait for hand grading" in page
    assert "Run again now: the same verdict." in explain(term.root, "tiny", "cyd", "q1", unsandboxed=True)
    assert regrade.preview(term.root, "tiny", unsandboxed=True).stood == 2


def test_different_notebooks_without_times_wait_for_a_person(term):
    term.term.write_text(TERM)
    report = graded(term, MEMBERS)
    assert {who: line["status"] for who, line in report.students.items()} == {
        **dict.fromkeys(("ada", "ben", "cyd"), "quarantined"),
        "eva": "needs-manual",
    }
    mail = (term.quarantine("tiny", "ben") / "mail.txt").read_text()
    assert "Which notebook" in mail and "Group 7 handed in different notebooks (ada, ben)" in mail
    assert not (term.quarantine("tiny", "cyd") / "mail.txt").exists() and (table(term)["ada"]["score"]) == ""
    term.term.write_text(TERM + 'handed_in_by = { 7 = "ada" }\n')
    report = graded(term, MEMBERS)
    assert {report.students[who]["score"] for who in ("ada", "ben", "cyd")} == {4.0}
    assert not term.quarantine("tiny", "ben").exists()


def test_equal_notebooks_need_no_times(term):
    term.term.write_text(TERM)
    report = graded(term, {**MEMBERS, "doeada_1_9001_tiny.ipynb": "right", "roeben_2_9002_tiny.ipynb": "right"})
    assert {report.students[who]["score"] for who in ("ada", "ben", "cyd")} == {8.0}


def test_a_later_hand_in_of_another_member_takes_its_place_and_marks_by_hand_stay(term):
    graded(term, {"doeada_1_9001_tiny.ipynb": HALF})
    by_hand(term, 1.5)
    report = graded(term, {"roeben_2_9002_tiny.ipynb": "right"})
    assert {who: line["score"] for who, line in report.students.items()} == dict.fromkeys(("ada", "ben", "cyd"), 9.5)
    assert report.students["ada"]["status"] == "needs-manual"  # a person has marked another text
    report = graded(term, {"doeada_1_9001_tiny.ipynb": HALF})  # the earlier one again: the later one still counts
    assert {who: line["score"] for who, line in report.students.items()} == dict.fromkeys(("ada", "ben", "cyd"), 9.5)
    assert {item.handed_in_by for item in account.read(term, "tiny").students} == {"ben"}


def test_a_file_that_cannot_be_read_costs_the_group_nothing(term):
    report = graded(term, {**MEMBERS, "doeada_1_9001_tiny.ipynb": b"{ broken"})
    assert report.students["ada"]["score"] == 8.0
    assert "the file of ada was not read" in term.triage("tiny").read_text()
    report = graded(term, {"koedan_4_9004_tiny.ipynb": b"{ broken"})
    assert report.students["dan"]["status"] == "quarantined" and (term.quarantine("tiny", "dan") / "mail.txt").exists()


def test_who_leaves_a_group_has_no_part_in_its_work(term):
    graded(term, MEMBERS)
    (term.gradebook / "roster.csv").write_text(ROSTER.replace("cyd,Cyd Poe,3,7", "cyd,Cyd Poe,3,"))
    report = graded(term, MEMBERS)
    assert set(report.students) == {"ada", "ben", "eva"} == set(table(term))
    assert account.read(term, "tiny").missing == ["cyd", "dan"]


def test_without_the_setting_everybody_hands_in_alone(term):
    term.term.write_text((TERM + WHEN).replace("groups = true", ""))
    report = graded(term, MEMBERS)
    assert {who: line["score"] for who, line in report.students.items()} == {"ada": 4.0, "ben": 8.0, "eva": 4.0}


def test_answers_of_one_group_are_not_compared_with_one_another(term):
    handed.write_zip(term.root / "in.zip", MEMBERS)
    seen = {
        who: (notebook is not None, why)
        for who, notebook, why in look(term.root, sets.load(term.root, "tiny"), term.root / "in.zip")
    }
    assert seen == {"group-7": (True, ""), "eva": (True, "")}
    assert not term.submitted("tiny", "group-7").exists()


def test_forgetting_a_member_leaves_the_others_their_work_and_the_last_one_takes_it_along(term):
    for name in ("roster.csv", "times.csv"):
        (term.gradebook / name).rename(term.root / name)
    term.term.write_text((TERM + WHEN).replace('= "', '= "../'))
    graded(term, MEMBERS)
    said = "\n".join(forget.forget(term.root, ["ben"], agreed=lambda lines: True))
    assert "group-7 is the others' of the group too" in said and "Still with" not in said
    assert "roeben" not in (term.account("tiny") / "account.json").read_text()
    report = grade(term.root, "tiny", None, unsandboxed=True)
    assert (report.fresh, report.students["ada"]["score"], set(report.students)) == (0, 8.0, {"ada", "cyd", "eva"})
    forget.forget(term.root, ["ada"], agreed=lambda lines: True)
    said = "\n".join(forget.forget(term.root, ["cyd"], agreed=lambda lines: True))
    assert "submitted/group-7" in said and not record.grades(term, "tiny", "group-7")
    assert not list(term.gradebook.glob("*/group-7*")) and not list(term.gradebook.glob("*/*/group-7*"))


# ------------------------------------------------------------------------------------------------- which one counts

TEAM = Team("group-7", "7", (Person("ada"), Person("ben"), Person("cyd")))
UTC = ZoneInfo("UTC")


def offered(member: str, digest: str, when: str = "", worked_on: bool = True) -> Candidate:
    return Candidate(member, Collected("group-7", "x", "collected", digest=digest, submitted=when), worked_on)


@pytest.mark.parametrize(
    ("candidates", "wanted"),
    [
        ([offered("ada", "a", "2026-11-20T10:00:00"), offered("ben", "b", "2026-11-20T11:00:00")], "ben"),
        ([offered("ada", "a", "2026-11-20T12:00:00+01:00"), offered("ben", "b", "2026-11-20T11:30:00")], "ben"),
        ([offered("ada", "a", "2026-11-20T10:00:00"), offered("ben", "a", "2026-11-20T11:00:00")], "ada"),
        ([offered("ada", "a"), offered("ben", "a", "2026-11-20T11:00:00")], "ben"),
        ([offered("ada", "a", "2026-11-20T10:00:00"), offered("ben", "b", "2026-11-20T11:00:00", False)], "ada"),
        ([offered("ada", "a", "2026-11-20T10:00:00"), offered("ben", "b", "2026-11-20T10:00:00")], None),
        ([offered("ada", "a", "2026-11-20T10:00:00"), offered("ben", "b")], None),
        ([offered("ada", "a"), offered("ben", "b")], None),
        ([offered("ada", "a"), offered("ben", "b", "", False)], "ada"),
        ([offered("ada", "a", "", False)], "ada"),
    ],
)
def test_the_last_by_the_systems_times_counts_and_nothing_is_guessed(candidates, wanted):
    for order in (candidates, candidates[::-1]):
        best, why = choose(order, TEAM, UTC)
        assert (best.member if best else None) == wanted and (why == "") == (wanted is not None)


def test_a_person_may_say_which_one():
    both = [offered("ada", "a"), offered("ben", "b")]
    assert choose(both, replace(TEAM, counts="ben"), UTC)[0].member == "ben"
    assert choose(both, replace(TEAM, counts="cyd"), UTC)[0] is None and choose([], TEAM, UTC) == (None, "")


@pytest.mark.parametrize(
    ("roster", "more", "words"),
    [
        ("id\nada\n", "", "a column `group`"),
        ("id,group\nada,\n", "", "none filled in"),
        ("id,group\nada,Team A\nben,Team-A\n", "", "differ in letters or digits"),
        ("id,group\nada,7\ngroup-7,\n", "", "the student group-7"),
        ("id,group\nada,7\nben,8\n", 'handed_in_by = { 7 = "ben" }', "a member of group '7'"),
        ("id,group\nada,7\n", 'handed_in_by = { 9 = "ada" }', "groups of the roster"),
        ("id,group\nada,7\n", "handed_in_by = { 7 = 1 }", "handed_in_by as"),
        ("id,group\nada,7\n", "handed_in_by = 7", "handed_in_by as"),
    ],
)
def test_what_the_term_says_of_groups_is_checked(term, roster, more, words):
    (term.gradebook / "roster.csv").write_text(roster)
    term.term.write_text(TERM + more)
    with pytest.raises(CourseError, match=words):
        graded(term, MEMBERS)


def test_a_group_for_one_assignment_alone(term):
    (term.gradebook / "roster.csv").write_text("id,group,Group A1_Lorenz\nada,7,\nben,7,8\ncyd,,8\n")
    known = read_term(term)
    assert {person.id: person.group_for("tiny") for person in known.roster.people} == {
        "ada": "7",
        "ben": "7",
        "cyd": "",
    }
    assert [person.group_for("a1_lorenz") for person in known.roster.people] == ["", "8", "8"]
    assert {team.id for team in groups.teams(known, "tiny").values()} == {"group-7"}
