"""Every page in a browser with the network cut: quiet console, nothing for axe, no sideways scroll, search works."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from course_lib.staff.publishing.looks import settle

pytestmark = pytest.mark.browser
EXTRA = ("search",)
AXE = {"resultTypes": ["violations"], "preload": False}  # preloading asks for style sheets under wrong addresses
SHARPNESS = """Array.from(document.querySelectorAll("article figure img[src*=_images]"),
    i => [i.src.split("/").pop(), i.naturalWidth / i.width])"""


def complaints(page, name: str) -> list[str]:
    """What axe finds on the page that stands open."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{name}: {v['id']} [{v['impact']}] {node['html'][:160]}" for v in found for node in v["nodes"][:3]]


def blurred(page) -> list[str]:
    """The drawn pictures with less than two pixels for each that they are shown in."""
    return [name for name, ratio in page.evaluate(SHARPNESS) if ratio < 1.99]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_quiet_accessible_and_crisp(open_page, address, pages, scheme):
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    faults, pictures = [], 0
    for name in (*pages, *EXTRA):
        page.goto(f"{address}/{name}.html")
        settle(page)
        faults += [f"{fault} ({scheme})" for fault in complaints(page, name)]
        faults += [f"{name}: {picture} is not crisp" for picture in blurred(page)]
        pictures += len(page.evaluate(SHARPNESS))
    assert faults + page.faults == []
    assert pictures >= 50


def test_no_page_scrolls_sideways_on_a_phone(open_page, address, pages):
    page = open_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    for name in pages:
        page.goto(f"{address}/{name}.html")
        settle(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390, name


def test_a_picture_drawn_too_large_is_not_crisp(open_page, address, site):
    page = open_page(f"{address}/book/reference/status.html")
    name = next((site / "_images").glob("*.png")).name
    page.set_content(f'<base href="{address}/"><article><figure><img src="_images/{name}"></figure></article>')
    page.wait_for_load_state("networkidle")
    assert blurred(page) == [name]


def test_axe_sees_pale_words_in_the_dark_and_a_picture_without_words(open_page):
    page = open_page()
    page.set_content('<html lang="en"><title>t</title><main><p style="color:#999">pale</p><img src="data:,"></main>')
    assert any("color-contrast" in line for line in complaints(page, "pale"))
    assert any("image-alt" in line for line in complaints(page, "pale"))


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
