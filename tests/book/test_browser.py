"""Every page in a browser with the network cut: quiet console, nothing for axe, no sideways scroll, search works."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from course_lib.staff.publishing.looks import settle

pytestmark = pytest.mark.browser
EXTRA = ("search",)
AXE = {"resultTypes": ["violations"], "preload": False}  # preloading asks for style sheets under wrong addresses


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_quiet_and_accessible(open_page, address, pages, scheme):
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    faults = []
    for name in (*pages, *EXTRA):
        page.goto(f"{address}/{name}.html")
        settle(page)
        found = Axe().run(page, options=AXE).response["violations"]
        faults += [
            f"{name} ({scheme}): {v['id']} [{v['impact']}] {node['html'][:160]}"
            for v in found
            for node in v["nodes"][:3]
        ]
    assert faults + page.faults == []


def test_no_page_scrolls_sideways_on_a_phone(open_page, address, pages):
    page = open_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    for name in pages:
        page.goto(f"{address}/{name}.html")
        settle(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390, name


def test_mathematics_is_typeset_without_a_network(open_page, address):
    page = open_page(f"{address}/book/flows/lorenz.html")
    settle(page)
    assert page.locator("mjx-container").count() >= 40
    assert page.locator("mjx-merror, .MathJax_Error").count() == 0
    assert page.faults == []


def test_search_finds_a_page_without_a_network(open_page, address):
    page = open_page(f"{address}/search.html?q=butterfly")
    page.wait_for_selector("#search-results a[href*='lorenz']")
    assert page.faults == []


def test_a_hint_opens_by_keyboard(open_page, address):
    page = open_page(f"{address}/book/flows/lorenz.html")
    hint = page.locator("details.sd-dropdown", has_text="Hint 1").first
    hint.locator("summary").focus()
    page.keyboard.press("Enter")
    assert hint.get_attribute("open") is not None


def test_pictures_are_crisp_on_a_fine_screen(open_page, address):
    page = open_page(f"{address}/book/flows/lorenz.html")
    settle(page)
    ratios = page.evaluate(
        "Array.from(document.querySelectorAll('article figure img[src*=_images]'), i => i.naturalWidth / i.width)"
    )
    assert len(ratios) >= 4 and min(ratios) >= 1.99
