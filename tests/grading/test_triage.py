"""The instructor's page: what blocks comes first, nobody is forgotten, nothing of a student's is interpreted."""

import re
from dataclasses import replace

import pytest
from test_pages import NASTY, contrast, entry, graded

from course_lib.staff.grading import account, sets, summary, triage
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.isolation import Isolation
from course_lib.staff.grading.judge import PropertyResult, Verdict
from course_lib.staff.grading.late import Lateness
from course_lib.staff.grading.places import Places


def item(student, status="collected", reason="", flags=(), **more) -> Collected:
    return Collected(student, f"{student}.ipynb", status, "d", reason, [], list(flags), **more)


def verdicts_of(*scores, human=""):
    return graded(
        **{
            f"q{number}": Verdict("judged" if score is not None else "not_graded", score, 4.0, (), "", human)
            for number, score in enumerate(scores, start=1)
        }
    )


@pytest.fixture
def page(course):
    """Six students, one for each kind of reason, and one about whom there is nothing to say."""
    places, problem_set = Places(course), sets.load(course, "tiny")
    places.gradebook.mkdir()
    for path in (places.feedback("tiny") / "aside.html", places.quarantine("tiny", "aside") / "mail.txt"):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    places.term.write_text("[late]\npoints = 1\n[assignments.tiny]\ndue = 2026-11-20T23:59:00\n")
    collected = [
        item("odd", flags=[f"The locked cell was changed {NASTY}"]),
        item("when", late=True),
        item("who", flags=["Nobody on the roster goes by this name."]),
        item("decide"),
        item("aside", "quarantined", f"it is not a notebook {NASTY}"),
        item("open"),
        item("fine", submitted="2026-11-21T10:00:00"),
    ]
    made = {each.student: verdicts_of(4.0, 0.0) for each in collected if each.status == "collected"}
    made["decide"] = verdicts_of(4.0, 0.0, human="More than one record came.")
    made["open"] = verdicts_of(None, 4.0)
    students = {each.student: entry("graded") for each in collected}
    students["open"] = entry("not-graded", q1={"score": None, "max": 4, "outcome": "not_graded"})
    students["aside"] = {**entry("quarantined"), "questions": {}}
    path = triage.write(places, problem_set, collected, made, students, Isolation("full"), 12.0)
    return path.read_text()


def test_what_blocks_the_export_comes_first_and_what_is_only_odd_last(page):
    titles = re.findall(r"<h2>(\d)\. ([^<]+)</h2>", page)
    assert [title for _, title in titles] == [title for title, _ in triage.KINDS]
    places = [page.index(f"<strong>{name}</strong>") for name in ("open", "aside", "decide", "who", "when", "odd")]
    assert places == sorted(places) and "<strong>fine</strong>" not in page


def test_each_reason_says_what_to_do_next(page):
    assert "course explain tiny decide q1" in page and 'href="../quarantine/tiny/aside/mail.txt"' in page
    assert "roster" in page and "gradebook/term.toml" in page
    assert "Handed in 10 hours 1 minute after the deadline" in page


def test_a_student_has_a_name_where_it_says_more_than_the_id_and_links_to_what_is_there(course):
    places, (handed_in, said) = Places(course), (course / "in", account.Account(source=str(course / "in")))
    named = replace(item("s007", person="Ada Doe"), name="s007/my tiny.ipynb")
    assert triage.who_is(places, "tiny", said, named) == triage.Who("s007", "Ada Doe", handed_in="s007/my tiny.ipynb")
    for path in (places.feedback("tiny") / "s007.html", places.submitted("tiny", "s007"), handed_in / named.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    who = triage.who_is(places, "tiny", said, named)
    assert who.feedback == "../feedback/tiny/s007.html" and who.notebook == "../submitted/s007/tiny/tiny.ipynb"
    assert who.original.startswith("file:///") and who.original.endswith("/in/s007/my%20tiny.ipynb")
    assert triage.who_is(places, "tiny", said, item("doejane-101", person="doejane")).name == ""
    assert triage.who_is(places, "tiny", said, item("x", person="y" * 300)).original == ""


def test_nothing_of_a_students_is_interpreted(page):
    assert "<script" not in page and "&lt;script&gt;" in page and "\x1b" not in page
    assert "style=" not in page.replace("<style>", "") and "http://" not in page


def test_a_class_without_a_doubt_needs_nobody(course):
    places, problem_set = Places(course), sets.load(course, "tiny")
    path = triage.write(
        places,
        problem_set,
        [item("fine")],
        {"fine": verdicts_of(4.0, 4.0)},
        {"fine": entry("graded")},
        Isolation("full"),
        1,
    )
    assert "Nobody needs you" in path.read_text()


def test_what_many_share_is_said_once(course):
    places, problem_set = Places(course), sets.load(course, "tiny")
    collected = [item(f"s{number:03}", flags=["Nobody on the roster goes by this name."]) for number in range(200)]
    made = {each.student: verdicts_of(4.0, 4.0) for each in collected}
    students = {each.student: entry("graded") for each in collected}
    text = triage.write(places, problem_set, collected, made, students, Isolation("full"), 1.0).read_text()
    assert text.count("Nobody on the roster") == 1 and "200 students" in text and "<strong>s007</strong>" in text


def test_reasons_name_the_run_that_failed():
    (why,) = triage.reasons(item("ada"), None, None, "not graded: OSError: [bold]no room\x1b[0m")
    assert why.kind == triage.BLOCKS and why.text == "not graded: OSError: [bold]no room [0m"
    assert triage.reasons(item("ada"), verdicts_of(4.0, 4.0), Lateness()) == []


def test_how_a_question_went_is_counted(course):
    question = sets.load(course, "tiny").questions["q1"]
    failed = (PropertyResult("right-value", 3, 0, 0, 3, "no"), PropertyResult("shape", 1, 1, 3, 3, ""))
    made = {
        "a": graded(q1=Verdict("judged", 4.0, 4.0)),
        "b": graded(q1=Verdict("judged", 1.0, 4.0, failed)),
        "c": graded(q1=Verdict("judged", 1.0, 4.0, failed)),
        "d": graded(q1=Verdict("student", 0.0, 4.0, (), "ValueError: my argument is 0.1234")),
        "e": graded(q1=Verdict("not_graded", None, 4.0)),
    }
    students = {
        name: entry(q1={"score": each.verdicts["q1"].score, "max": 4, "outcome": ""}) for name, each in made.items()
    }
    row = summary.row(question, students, made)
    assert row["parts"] == {"full": 1, "some": 2, "none": 1, "open": 1} and row["mean"] == 6 / 16
    assert row["lost"] == [
        {"what": "right value", "count": 2, "told": "no"},
        {"what": "", "count": 1, "told": "ValueError: my argument is …"},
    ]
    assert [round(width) for _, _, width in row["bar"]] == [20, 40, 20, 20]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_small_screen_in_light_and_dark(page, tmp_path, needs, scheme):
    chromium = needs("chromium")
    from playwright.sync_api import sync_playwright

    path = tmp_path / "triage.html"
    path.write_text(page, encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 800})
        shown, said = context.new_page(), []
        shown.on("console", lambda message: said.append(message.text))
        shown.goto(path.as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") <= 390
        colours = (
            "(e => [getComputedStyle(e).fill, getComputedStyle(document.querySelector('section')).backgroundColor])"
        )
        for kind in ("full", "nil", "open"):
            assert contrast(*shown.evaluate(f"{colours}(document.querySelector('rect.{kind}'))")) >= 3
        shown.locator("details summary").first.press("Enter")
        assert shown.locator("details[open]").count() == 1 and said == [] and shown.title() == "Triage: Tiny"
        browser.close()
