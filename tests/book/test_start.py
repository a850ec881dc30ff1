"""The pages that a newcomer sees first: the promises in one screen, a self-test that sends on, the way in."""

import re

import pytest

from course_lib.staff.publishing.looks import settle
from course_lib.staff.publishing.notebooks import toc_pages

TOUR, GUIDE = "book/start/two_valleys", "book/start/how"
SCREENS = {"desk": (1280, 900), "phone": (390, 844)}


def test_the_way_in_leads_to_the_tour(root):
    assert toc_pages(root)[:3] == ["book/intro", TOUR, GUIDE]
    front = (root / "book" / "intro.md").read_text(encoding="utf-8")
    assert "[the first page](start/two_valleys.md)" in front and "(start/how.md#self-test)" in front


def questions(text: str) -> list[tuple[str, str, str]]:
    """(title, question, answer) of every question of the self-test."""
    part = re.search(r"^## Self-test\n(.*?)^## ", text, re.M | re.S)[1]
    return re.findall(r"^\*\*([^*\n]+)\.\*\*(.*?)^:::\{dropdown\} Answer: [^\n]+\n(.*?)^:::$", part, re.M | re.S)


def test_every_question_of_the_self_test_offers_three_and_its_answer_sends_on(root):
    found = questions((root / f"{GUIDE}.md").read_text(encoding="utf-8"))
    assert len(found) >= 6
    for title, question, answer in found:
        assert re.findall(r"\((\w)\)", question) == ["a", "b", "c"], title
        right = re.match(r"\*\*\(([abc])\)", answer)[1]
        wrong = set(re.findall(r"\(([abc])\)", answer)) - {right}
        assert wrong == {"a", "b", "c"} - {right}, title  # what each wrong choice mistakes
        assert re.search(r"\]\(\.\.?/?[\w/]+\.md\)|\]\(\w+\.md\)|\]\(https://|\{cite:t\}", answer), title


@pytest.mark.browser
def test_the_front_page_says_in_one_screen_what_one_will_understand(open_page, address):
    page = open_page(f"{address}/book/intro.html", reduced_motion="reduce")
    settle(page)
    for name, (width, height) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("window.scrollTo(0, 0)")
        ends = {
            what: page.locator(f"article {css}").first.evaluate("(e) => e.getBoundingClientRect().bottom")
            for what, css in (
                ("promises", "ol"),
                ("tour", "a[href='start/two_valleys.html']"),
                ("self-test", "a[href='start/how.html#self-test']"),
                ("picture", "figure img"),
                ("guess", "figure figcaption"),
            )
        }
        seen = {what for what, end in ends.items() if end <= height}
        assert seen >= ({"promises", "tour", "self-test"} if name == "phone" else set(ends)), (name, ends)
    assert page.faults == []
