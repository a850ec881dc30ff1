"""Every page in a browser with the network cut: quiet console, nothing for axe, no sideways scroll, search works."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from course_lib.staff.publishing.looks import settle

pytestmark = pytest.mark.browser
EXTRA = ("search",)
AXE = {"resultTypes": ["violations"], "preload": False}  # preloading asks for style sheets under wrong addresses
UNCOLOURED = {**AXE, "rules": {"color-contrast": {"enabled": False}}}
COLOURS = {**AXE, "runOnly": ["color-contrast", "link-in-text-block"]}  # the rest of a page is the same in the dark
SHARPNESS = """Array.from(document.querySelectorAll('article figure img[src*="_images/"]'))
    .filter(i => i.width > 0 && i.naturalWidth / i.width < 1.99).map(i => i.src.split("/").pop())"""
PHONE = {"width": 390, "height": 844}


def complaints(page, name: str, options: dict) -> list[str]:
    """What axe finds on the page that stands open."""
    found = Axe().run(page, options=options).response["violations"]
    return [f"{name}: {v['id']} [{v['impact']}] {node['html'][:160]}" for v in found for node in v["nodes"][:3]]


def test_pages_are_quiet_accessible_and_crisp_and_fit_a_phone(open_page, address, pages, coloured):
    page = open_page(color_scheme="light", reduced_motion="reduce")
    desk, faults = page.viewport_size, []
    for name in (*pages, *EXTRA):
        page.goto(f"{address}/{name}.html")
        settle(page)
        faults += complaints(page, name, AXE if name in (*coloured, *EXTRA) else UNCOLOURED)
        faults += [f"{name}: {picture} is not crisp at 2×" for picture in page.evaluate(SHARPNESS)]
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.scrollingElement.scrollWidth")
        faults += [f"{name}: {width} px wide on a phone"] if width > PHONE["width"] else []
        page.set_viewport_size(desk)
    assert faults + page.faults == []


def test_pages_are_quiet_and_legible_in_the_dark(open_page, address, coloured):
    page = open_page(color_scheme="dark", reduced_motion="reduce")
    faults = []
    for name in (*coloured, *EXTRA):
        page.goto(f"{address}/{name}.html")
        settle(page)
        faults += complaints(page, name, COLOURS)
    assert faults + page.faults == []


def test_a_picture_drawn_too_large_is_not_crisp(open_page, address, site):
    page = open_page(f"{address}/book/reference/status.html")
    name = next((site / "_images").glob("*.png")).name
    page.set_content(f'<base href="{address}/"><article><figure><img src="_images/{name}"></figure></article>')
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHARPNESS) == [name]


def test_axe_sees_pale_words_in_the_dark_and_a_picture_without_words(open_page):
    page = open_page()
    page.set_content('<html lang="en"><title>t</title><main><p style="color:#999">pale</p><img src="data:,"></main>')
    assert any("color-contrast" in line for line in complaints(page, "pale", COLOURS))
    assert any("image-alt" in line for line in complaints(page, "pale", AXE))


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
