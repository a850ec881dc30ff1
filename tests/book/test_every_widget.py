"""What every widget promises on its page: fingers, keys, links, rest, a still picture, and a life in an output cell."""

import re

import pytest
from live_widget import LIVE, STATE, hold, output_cell

from course_lib.student.widget import NAMES

pytestmark = pytest.mark.browser


@pytest.fixture(params=NAMES)
def shown(request, site, pages):
    """The page that shows a widget, the widget's name, and the HTML of its output."""
    for name in pages:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        found = re.search(rf'<div class="course-widget" id="course-{request.param}-\d+">.*?</script>', text, re.DOTALL)
        if found:
            return f"{name}.html", request.param, found[0]
    pytest.fail(f"no page shows the widget {request.param}")


@pytest.fixture
def home(shown, widgets):
    """Where the widget stands by itself."""
    return f"{widgets}/{shown[0]}"


def test_targets_are_large_enough_for_a_finger(open_page, address, shown):
    page = open_page(f"{address}/{shown[0]}", viewport={"width": 390, "height": 844}, has_touch=True)
    controls = page.locator(".cw-live button:visible, .cw-live input:visible").all()
    for control in controls:
        box = control.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert len(controls) >= 4
    before = page.evaluate(f"{STATE}.playing")
    page.locator("[data-do=play]").tap()
    assert page.evaluate(f"{STATE}.playing") is not before


def test_without_javascript_the_still_picture_stands_in_the_box(open_page, address, shown):
    page = open_page(f"{address}/{shown[0]}", java_script_enabled=False)
    image = page.locator(".cw-still img")
    assert image.is_visible() and len(image.get_attribute("alt")) > 40
    assert page.locator(".cw-live").count() == 0


def test_it_lives_in_a_bare_output_cell_as_in_colab(open_page, shown):
    page = open_page()
    page.set_content(output_cell(shown[2]))
    page.wait_for_function("document.querySelector('.cw-say').textContent.length > 10")
    assert page.locator(".cw-live canvas").count() >= 2
    for label in page.locator(".cw-live canvas").all():
        assert len(label.get_attribute("aria-label")) > 20
    assert page.evaluate("[...document.querySelectorAll('canvas')].every((c) => c.width > 100)")
    assert page.faults == []


def test_two_in_one_document_do_not_disturb_each_other(open_page, shown):
    page = open_page()
    page.set_content(output_cell(shown[2] + shown[2].replace("-1'", "-2'").replace('-1"', '-2"')))
    hold_second = "document.querySelectorAll('.cw-live')[1]"
    page.evaluate(f"{hold_second}.focus()")
    before = page.evaluate(f"[{STATE}.playing, {hold_second}.courseWidget.state.playing]")
    page.locator("[data-do=play]").nth(1).click()
    after = page.evaluate(f"[{STATE}.playing, {hold_second}.courseWidget.state.playing]")
    assert after == [before[0], not before[1]]
    assert page.faults == []


def test_the_keys_are_told_on_demand(open_page, home):
    page = hold(open_page(home), "?")
    assert page.locator(".cw-keys").is_visible()
    page.locator("[data-do=keys]").click()
    assert not page.locator(".cw-keys").is_visible()
    assert page.locator("[data-do=keys]").get_attribute("aria-expanded") == "false"
    page.keyboard.press("Control+?")  # a browser's own key
    assert not page.locator(".cw-keys").is_visible()


def test_where_motion_is_unwelcome_it_waits(open_page, home):
    page = hold(open_page(home, reduced_motion="reduce"))
    assert page.evaluate(f"[{STATE}.playing, {LIVE}.still]") == [False, True]
    assert page.locator("[data-do=play]").inner_text().startswith("Go (")
    plain = f"JSON.stringify(Object.values({STATE}).filter((v) => typeof v !== 'object'))"
    page.wait_for_function(f"{STATE}.seen")
    before = page.evaluate(plain)
    page.wait_for_timeout(200)
    assert page.evaluate(plain) == before


def test_it_rests_off_screen(open_page, home):
    page = hold(open_page(home))
    if not page.evaluate(f"{STATE}.playing"):
        page.locator("[data-do=play]").click()
    page.evaluate(
        f"(() => {{ const w = {LIVE}; w.live.dataset.steps = 0; const draw = w.redraw;"
        "w.redraw = () => { w.live.dataset.steps = Number(w.live.dataset.steps) + 1; draw(); }; })()"
    )
    page.wait_for_function("Number(document.querySelector('.cw-live').dataset.steps) > 2")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function(f"{STATE}.seen === false")
    stopped = page.evaluate("document.querySelector('.cw-live').dataset.steps")
    page.wait_for_timeout(200)
    assert page.evaluate("document.querySelector('.cw-live').dataset.steps") == stopped


def test_a_slider_obeys_arrows_and_leaves_a_link_that_restores_it(open_page, home, shown):
    page = open_page(home)
    slider = page.locator(".cw-live input:visible").first
    if not slider.count():
        return  # nothing to slide
    name = slider.get_attribute("name")
    before = page.evaluate(f"{STATE}.{name}")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    moved = page.evaluate(f"{STATE}.{name}")
    assert moved != before and slider.get_attribute("aria-valuetext")
    link = page.evaluate("location.hash")
    assert link.startswith(f"#{shown[1]}:")
    assert open_page(home + link).evaluate(f"{STATE}.{name}") == pytest.approx(moved)
    assert page.faults == []
