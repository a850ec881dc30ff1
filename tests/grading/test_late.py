"""What lateness costs: policy, extensions, late days, clocks; and the settings of a term."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import handed
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.staff.grading import account, lateness, sets, tables
from course_lib.staff.grading.late import LatePolicy, assess
from course_lib.staff.grading.lms import Owner
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.roster import Person
from course_lib.staff.grading.term import read_term
from course_lib.staff.grading.times import read_times
from course_lib.validation import CourseError

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 20, 23, 59)
TEN = LatePolicy(percent=10, grace_minutes=15, cap_percent=50)


def judged(submitted, policy=TEN, *, due=DUE, late=None, **more):
    return assess(policy, due=due, submitted=submitted, marked_late=late, zone=BERLIN, all_points=60.0, **more)


@pytest.mark.parametrize(
    ("after", "penalty", "words"),
    [
        (timedelta(minutes=-1), 0, ""),
        (timedelta(minutes=15), 0, ""),
        (timedelta(minutes=15, seconds=1), 6, "Handed in 15 minutes after the deadline, 1 begun day: 6 points"),
        (timedelta(days=1), 6, "1 day after"),
        (timedelta(days=1, seconds=1), 12, "2 begun days: 12 points"),
        (timedelta(days=2, hours=3), 18, "2 days 3 hours after"),
        (timedelta(days=40), 30, "30 points"),
    ],
)
def test_each_begun_step_costs_up_to_the_cap(after, penalty, words):
    late = judged(DUE + after)
    assert late.penalty == penalty and words in late.sentence and (late.sentence == "") == (words == "")
    assert late.taken_off(100.0) == penalty and late.taken_off(5.0) == min(penalty, 5.0) and late.taken_off(0.0) == 0


def test_points_and_other_steps():
    policy = LatePolicy(points=2.5, step_hours=12, cap_points=6)
    assert [judged(DUE + timedelta(hours=hours), policy).penalty for hours in (1, 13, 25, 99)] == [2.5, 5.0, 6.0, 6.0]
    assert "2 begun steps of 12 hours: 5 points" in judged(DUE + timedelta(hours=13), policy).sentence
    hourly = LatePolicy(points=1, step_hours=1)
    assert "1 begun step of 1 hour: 1 point is" in judged(DUE + timedelta(hours=1), hourly).sentence


def test_extensions_move_the_deadline_and_late_days_are_used_first():
    person = Person("ada", extension={"": 1.0, "tiny": 2.0}, late_days=2.0)
    assert judged(DUE + timedelta(days=2), person=person, assignment="tiny").penalty == 0
    assert judged(DUE + timedelta(days=2), person=person, assignment="other").days_used == 1
    late = judged(DUE + timedelta(days=4, hours=1), person=person, assignment="tiny")
    assert (late.days_used, late.steps, late.penalty) == (2, 1, 6)
    assert "your deadline, 2 late days used, 1 begun day: 6 points" in late.sentence
    assert judged(DUE + timedelta(days=3), person=person, assignment="tiny", days_spent=2.0).penalty == 6
    free = LatePolicy(percent=10, late_days=1)
    assert judged(DUE + timedelta(hours=5), free).sentence.endswith("1 late day used: nothing is taken off.")


def test_late_without_a_time_costs_nothing_and_is_doubtful():
    late = judged(None, late=True)
    assert late.penalty == 0 and "nothing was taken off" in late.doubt
    assert judged(None, late=False).doubt == "" and judged(None).doubt == ""
    assert "no late policy" in judged(DUE, None, late=True).doubt


@pytest.mark.parametrize(
    ("due", "submitted", "hours"),
    [
        (datetime(2026, 10, 24, 23, 59), datetime(2026, 10, 25, 23, 59), 25),  # clocks went back that night
        (datetime(2026, 3, 28, 23, 59), datetime(2026, 3, 29, 23, 59), 23),
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 2, 31), 1 / 60),
        (datetime(2026, 11, 20, 23, 59), datetime(2026, 11, 20, 23, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), datetime(2026, 11, 21, 0, 59), 0),
    ],
)
def test_clocks_that_change_and_clocks_that_differ(due, submitted, hours):
    assert judged(submitted, LatePolicy(points=1), due=due).seconds == pytest.approx(3600 * hours)


@given(st.floats(0, 2000), st.floats(0, 60), st.floats(0, 20), st.floats(0, 100))
def test_a_penalty_never_exceeds_cap_or_score_and_grows_with_time(hours, score, points, cap):
    policy = LatePolicy(points=points, cap_percent=cap)
    now, later = (judged(DUE + timedelta(hours=h), policy) for h in (hours, hours + 24))
    assert 0 <= now.penalty <= later.penalty <= cap / 100 * 60 + 1e-6
    assert 0 <= now.taken_off(score) <= score


# ------------------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("2026-11-20 23:58", datetime(2026, 11, 20, 23, 58)),
        ("2026-11-20T23:58:01Z", datetime(2026, 11, 20, 23, 58, 1, tzinfo=UTC)),
        ("Wednesday, 10 June 2026, 2:14 PM", datetime(2026, 6, 10, 14, 14)),
        ("Wednesday, September 23, 2020, 12:00 AM", datetime(2020, 9, 23)),
        ("Mittwoch, 10. Juni 2026, 14:14", datetime(2026, 6, 10, 14, 14)),
        ("Dienstag, 3. März 2026, 09:05", datetime(2026, 3, 3, 9, 5)),
        ("10 May 2026, 12:30 PM", datetime(2026, 5, 10, 12, 30)),
        ("-", None),
        ("", None),
        ("2026-11-20", None),
        ("06/10/26, 14:14", None),
        ("Wednesday, 31 June 2026, 2:14 PM", None),
        ("10 Foo 2026, 12:30", None),
    ],
)
def test_times_as_systems_write_them(said, wanted):
    assert tables.moment(said) == wanted


WORKSHEET = "\n".join(
    (
        "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum grade,"
        "Last modified (submission),Last modified (grade)",
        'Participant 5001,Jane Doe,j@x.org,Submitted for grading - ,,"10.00","Friday, 20 November 2026, 11:58 PM",-',
        "Participant 5002,Anna Maria Müller,a@x.org,Submitted for grading - 1 day 2 hours late,,"
        '"10.00","Sunday, 22 November 2026, 1:59 AM",-',
        'Participant 5004,Edgar Poe,e@x.org,No submission,,"10.00",-,-',
    )
)


def prepare(course, term, **files):
    places = Places(course)
    places.gradebook.mkdir(exist_ok=True)
    places.term.write_text(term)
    for name, text in files.items():
        (places.gradebook / f"{name}.csv").write_text(text, encoding="utf-8")
    return places


TERM = """
timezone = "Europe/Berlin"
[late]
percent = 10
[assignments.tiny]
due = 2026-11-20T23:59:00
"""


def test_moodles_worksheet_says_when(course, tmp_path):
    places = prepare(course, TERM + 'times = "worksheet.csv"\n', worksheet=WORKSHEET)
    items = handed.collected(course, handed.write_zip(tmp_path / "in.zip", handed.MOODLE))
    assert items["Jane-Doe-5001"].submitted == "2026-11-20T23:58:00" and items["Jane-Doe-5001"].late is False
    assert items["Anna-Maria-Muller-5002"].late is True and items["Group-B-Pat-O-Brien-5003"].submitted == ""
    late = lateness.of_class(places, sets.load(course, "tiny"), list(items.values()), read_term(places))
    assert {who: each.penalty for who, each in late.items() if each.penalty} == {"Anna-Maria-Muller-5002": 2}


def test_blackboards_names_say_when(course, tmp_path):
    places = prepare(course, TERM)
    items = handed.collected(course, handed.write_zip(tmp_path / "in.zip", handed.BLACKBOARD))
    late = lateness.of_class(places, sets.load(course, "tiny"), list(items.values()), read_term(places))
    assert {who: each.penalty for who, each in late.items()} == {"jdoe1": 1, "am.mueller": 0, "epoe": 0}


def test_canvas_says_late_and_not_how_late(course, tmp_path):
    places = prepare(course, TERM)
    items = handed.collected(course, handed.write_zip(tmp_path / "in.zip", handed.CANVAS))
    late = lateness.of_class(places, sets.load(course, "tiny"), list(items.values()), read_term(places))
    assert {who for who, each in late.items() if each.doubt} == {"mullerannamaria-102", "anon_a1B2c"}
    assert not any(each.penalty for each in late.values())


def test_a_table_of_times_by_number_login_or_mail(tmp_path):
    (tmp_path / "t.csv").write_text("id,email,submitted\n101,j@x.org,2026-11-21 10:00\n")
    times = read_times(tmp_path / "t.csv")
    when = datetime(2026, 11, 21, 10)
    assert times.of(Owner("canvas", "101", number="101"), None) == (when, None)
    assert times.of(Owner("plain", "q"), Person("z", email="j@x.org")) == (when, None)
    assert times.of(Owner("plain", "q"), None) == (None, None)
    (tmp_path / "t.csv").write_text("id,submitted\n101,yesterday\n")
    with pytest.raises(CourseError, match="submitted"):
        read_times(tmp_path / "t.csv")


def test_late_days_are_a_budget_for_the_term(course, tmp_path):
    term = TERM.replace("percent = 10", "percent = 10\nlate_days = 1") + "[assignments.other]\n"
    places = prepare(course, term)
    (course / "solutions" / "other").mkdir()
    (course / "solutions" / "other" / "questions.py").touch()
    places.late("other").parent.mkdir()
    places.late("other").write_text(json.dumps({"somebody": 3}))
    archive = handed.write_zip(tmp_path / "in.zip", handed.BLACKBOARD)
    problem_set = sets.load(course, "tiny")
    for spent, penalty in ((None, 0), ({"jdoe1": 1}, 1), ("{ half", 0)):
        if spent is not None:
            places.late("other").write_text(json.dumps(spent) if isinstance(spent, dict) else spent)
        handed.collected(course, archive)
        kept = account.read(places, "tiny").students
        assert lateness.of_class(places, problem_set, kept, read_term(places))["jdoe1"].penalty == penalty
        assert json.loads(places.late("tiny").read_text()) == ({} if penalty else {"jdoe1": 1})


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("timezone = 'Mars/Olympus'", "timezone"),
        ("lms = 'schoology'", "lms as one of"),
        ("typo = 1", "typo"),
        ("lms = 3", "lms as str"),
        ("[late]\nprecent = 10", "late.precent"),
        ("[late]\npercent = -1", "late.percent"),
        ("[late]\npercent = true", "late.percent"),
        ("[late]\nstep_hours = 0", "step_hours"),
        ("[assignments.tiny]\ndue = 2026-11-20", "due as"),
        ("[assignments.tiny]\nversions = ['1']", "versions"),
        ("[assignments.tiny]\ntimes = 3", "assignments.tiny.times as str"),
        ("[assignments]\ntiny = 3", "table"),
        ("[assignments.tyni]\npercent = 3", "Wanted assignments.tiny in .*, got assignments.tyni"),
        ("roster = 'nowhere.csv'", "does not exist"),
        ("= 3", "TOML"),
    ],
)
def test_settings_that_mean_nothing_are_refused_by_name(course, term, words):
    places = prepare(course, term)
    with pytest.raises(CourseError, match=words):
        read_term(places)


def test_without_settings_nothing_is_late(course, tmp_path):
    term = read_term(Places(course))
    assert term.late is None and term.roster is None and term.assignment("tiny").due is None
