"""What people read: feedback, triage, terminal, table. Student text is shown and never interpreted."""

import io
import sys

import pytest
import tiny
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from rich.console import Console

from course_lib.staff.grading import export, feedback, isolation, pages, report, sanitise, sets, verdicts
from course_lib.staff.grading.isolation import Isolation, require
from course_lib.staff.grading.judge import PropertyResult, Verdict
from course_lib.staff.grading.late import Lateness
from course_lib.staff.grading.places import Places, checked_id
from course_lib.validation import CourseError

NASTY = "<script>alert('x')</script> [bold]b[/nothing] \x1b]0;title\x07 =1+1"


def graded(**changes) -> verdicts.Graded:
    known = {
        "q1": Verdict("judged", 1.0, 4.0, (PropertyResult("right", 3, 0, 0, 3, f"You give `x < y` {NASTY}"),)),
        "q2": Verdict("student", 0.0, 4.0, (), f"ValueError: {NASTY} in /home/tutor/secret/cell.py at 3.14159"),
    }
    return verdicts.Graded("tiny", "ada", "d", "f", "none", {**known, **changes}, 1.0)


def entry(status="needs-manual", **questions):
    known = {name: {"score": 0.0, "max": 4, "outcome": "judged"} for name in ("q1", "q2")}
    known["q3"] = {"score": None, "max": 2, "outcome": "manual"}
    return {
        "score": 1.0,
        "max": 10,
        "auto_max": 8,
        "status": status,
        "needs_manual": True,
        "questions": known | questions,
    }


@pytest.fixture
def page(course):
    return feedback.page_of(sets.load(course, "tiny"), "ada", entry(), graded())


def test_feedback_escapes_and_keeps_back_what_is_not_the_students(page):
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "<code>x &lt; y</code>" in page
    assert "/home/tutor" not in page and "3.14159" not in page and "\x1b" not in page


def test_lateness_and_a_persons_words_stand_on_the_page(course):
    late, said = Lateness(penalty=0.5, sentence="Handed in 2 hours after the deadline."), {"q3": f"Good. {NASTY}"}
    text = feedback.page_of(sets.load(course, "tiny"), "ada", entry(), graded(), late=late, comments=said)
    assert "0.5 of 10" in text and "1 before lateness" in text and "Handed in 2 hours" in text
    assert "A person wrote:" in text and "<script" not in text and "\x1b" not in text


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.png", "![a](attachment:a.png)"),
        ("my pic.png", "![a](<attachment:my pic.png>)"),
        ("my pic.png", "![a](attachment:my%20pic.png 'title')"),
        ("Bild_ü.png", "![a][x]\n\n[x]: attachment:Bild_ü.png"),
        ("a.png", "> ![a][x]\n>\n> [x]:\n> attachment:b.png"),
        ("a.png", "![a](attachment\\:a.png.png) ![b](&#97;ttachment:b.png)"),
    ],
)
def test_a_picture_is_shown_or_not_asked_for(name, written):
    """nbconvert raises for a picture that is not there, and then nobody can read the page."""
    text, kept = sanitise.note(written, {name: {"image/png": "AAAA"}})
    shown = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=kept)).render(text)
    assert ("base64,AAAA" in shown) == ("b.png" not in written and ".png.png" not in written), shown


def test_why_a_file_was_put_aside_is_shown_as_it_is(course):
    aside = {**entry("quarantined"), "reason": NASTY, "score": None, "questions": {}}
    text = feedback.page_of(sets.load(course, "tiny"), "ada", aside, None)
    assert "<script" not in text and "\x1b" not in text and "could not be graded" in text


def test_feedback_names_hand_graded_questions_and_open_points(page):
    assert "Written answer" in page and "A person reads this answer." in page
    assert "2 more are waiting" in page


def test_a_manual_score_is_shown(course):
    shown = {"q1": {"score": 3.5, "max": 4, "outcome": "judged"}, "q3": {"score": 1.5, "max": 2, "outcome": "manual"}}
    text = feedback.page_of(sets.load(course, "tiny"), "ada", entry(**shown), graded())
    assert "3.5 of 4" in text and "1.5 of 2" in text


def test_the_style_is_allowed_by_its_hash_and_nothing_else_is(page):
    import base64
    import hashlib

    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = page.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src 'none'" in policy and f"sha256-{digest}" in policy.replace("&#43;", "+").replace("&#x2b;", "+")
    assert "style=" not in page.replace("<style>", "") and "http://" not in page


def test_pages_fit_a_small_screen_in_light_and_dark(course, tmp_path, needs):
    chromium = needs("chromium")
    from playwright.sync_api import sync_playwright

    path = tmp_path / "ada.html"
    path.write_text(feedback.page_of(sets.load(course, "tiny"), "A" * 60, entry(), graded()), encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 800})
            shown, said = context.new_page(), []
            shown.on("console", lambda message, said=said: said.append(message.text))
            shown.goto(path.as_uri())
            assert shown.evaluate("document.documentElement.scrollWidth") <= 390
            colours = shown.evaluate(
                "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
            )
            assert contrast(*colours) > 7 and said == [] and shown.title() == "Feedback: Tiny"
        browser.close()


def contrast(first: str, second: str) -> float:
    """Contrast of two CSS colours by WCAG 2."""

    def light(colour: str) -> float:
        parts = [int(float(part)) / 255 for part in colour.split("(")[1].rstrip(")").split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(first), light(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def shown(**changes) -> str:
    made = {
        "assignment": "tiny",
        "title": NASTY,
        "isolation": isolation.measure(),
        "students": {"ada": entry(), "bob": {**entry("quarantined"), "score": None, "questions": {}}},
        "seconds": 1.0,
        "fresh": 1,
        "csv": None,
        "feedback": "f",
        "triage": "t",
        "account": "a",
        "notes": (f"ada: {NASTY}",),
    }
    out = io.StringIO()
    console = Console(file=out, width=200, force_terminal=True, color_system="standard")
    report.show(report.Report(**{**made, **changes}), console)
    return out.getvalue()


def test_the_terminal_shows_text_as_it_is_and_missing_walls_in_red(without_walls):
    text = shown()
    assert "[bold]b[/nothing]" in text and "\x1b]0;title" not in text
    assert "\x1b[1;31mIsolation: none" in text and "not written" in text
    assert "Isolation: full" in shown(isolation=Isolation("full")) and "1 / 10" in text


def test_levels_are_accepted_one_by_one():
    require(Isolation("full"), unsandboxed=False, accept_partial=False)
    require(Isolation("partial"), unsandboxed=False, accept_partial=True)
    require(Isolation("none"), unsandboxed=True, accept_partial=False)
    for level, partial in (("partial", False), ("none", True)):
        with pytest.raises(CourseError, match="unsandboxed"):
            require(Isolation(level), unsandboxed=False, accept_partial=partial)


def test_elsewhere_than_on_linux_it_says_what_to_use(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(CourseError, match="container"):
        require(Isolation("full"), unsandboxed=True, accept_partial=True)


def test_no_cell_of_the_table_is_a_formula(course):
    assert [export.text(start + "1") for start in "=+-@"] == ["'" + start + "1" for start in "=+-@"]
    assert [export.text(start + "=1") for start in "\t\r \u200b\x00"] == ["'=1"] * 5
    places, problem_set = Places(course), sets.load(course, "tiny")
    with pytest.raises(CourseError, match="student id"):
        export.write_csv(places, problem_set, {"=cmd": entry()})
    with pytest.raises(CourseError, match="ada"):
        export.write_csv(places, problem_set, {"ada": entry("not-graded")})
    text = export.write_csv(places, problem_set, {"ada": entry()}).read_bytes()
    head = b"student,name,score,taken off,final,max,status,q1,q2,q3"
    assert text == head + b"\r\nada,,1,0,1,10,needs-manual,0,0,\r\n"


@pytest.mark.parametrize("name", ["../x", "", "a b", "-x", "a/b", "x" * 81, "a\n"])
def test_ids_have_one_form(name):
    with pytest.raises(CourseError):
        checked_id(name)
    assert checked_id("Ada.Muster_1@uni-x") == "Ada.Muster_1@uni-x"


def test_points_and_plain_text():
    assert [pages.points(value) for value in (3.0, 2.5, 0, 10, 1.25)] == ["3", "2.5", "0", "10", "1.25"]
    assert sanitise.plain("a\x1b[31m\nb\u202ec") == "a [31m b c"
    assert len(sanitise.plain("x" * 1000)) == 300


def test_verdicts_survive_their_file(course):
    places, made = Places(course), graded()
    verdicts.save(places, made)
    assert verdicts.read(places, "tiny", "ada") == made
    assert verdicts.read(places, "tiny", "ben") is None
    assert tiny.RIGHT
