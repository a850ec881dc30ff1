"""The widget of two populations in a browser: the library's numbers, keys, mouse, touch, still picture, Colab."""

import pytest
import torch
from live_widget import LIVE, STATE, drag, hold, slide

from course_lib.integrate import integrate
from course_lib.models import stabilisation, steady_response, two_populations

pytestmark = pytest.mark.browser
PAGE = "book/networks/ei_rate.html"
SETTINGS = (  # w_EE, w_EI, w_IE, w_II, tau_I / tau_E
    (2.0, 2.0, 2.5, 1.0, 0.5),
    (0.5, 2.0, 2.5, 1.0, 1.0),
    (1.4, 1.0, 1.5, 0.3, 2.2),
    (2.0, 2.0, 2.5, 1.0, 2.1),
)


def pieces(setting: tuple[float, ...]) -> tuple[dict[str, float], object]:
    """The widget's parameters and the library's network."""
    ee, ei, ie, ii, ratio = setting
    network = two_populations(w_ee=ee, w_ei=ei, w_ie=ie, w_ii=ii, tau_i=20 * ratio)
    return {"ee": ee, "ei": ei, "ie": ie, "ii": ii, "ratio": ratio, "inputE": 10.0, "inputI": 5.0}, network


@pytest.fixture
def isn(open_page, widgets):
    """The page with the widget paused at rest, in view and focused."""
    return hold(open_page(f"{widgets}/{PAGE}"), " ", "r")


def test_steps_agree_with_the_library(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
    for setting in SETTINGS:
        options, network = pieces(setting)
        script = """p => { let r = [1, 4], out = [];
            for (let i = 0; i < 400; i += 1) { r = courseIsn.rk4(r, p, 0.25); out.push(r); } return out; }"""
        here = torch.tensor(page.evaluate(script, options), dtype=torch.float64)
        u, start = torch.tensor([10.0, 5.0], dtype=torch.float64), torch.tensor([1.0, 4.0], dtype=torch.float64)
        t = 0.25 * torch.arange(401, dtype=torch.float64)
        assert (here - integrate(network.flow_at(u), start, t).x[0, 1:]).abs().max() < 1e-9, setting


def test_rest_stability_and_slope_agree_with_the_library(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
    u = torch.tensor([10.0, 5.0], dtype=torch.float64)
    for setting in SETTINGS:
        options, network = pieces(setting)
        (shown,) = [p for p in page.evaluate("p => courseIsn.rests(p)", options) if p["active"] == [1, 1]]
        rest = torch.tensor(shown["r"], dtype=torch.float64)
        found = stabilisation(network, rest, u)
        assert float(found.speed) < 1e-9
        assert shown["stable"] == bool(found.stable), setting
        slope = steady_response(network, rest, u).matrix[1, 1]
        assert shown["slope"] == pytest.approx(float(slope))


def test_more_drive_lowers_the_inhibitory_rate_or_raises_it(isn):
    page = isn
    for weight, sign in ((2.0, -1), (0.5, 1)):
        slide(page, "ee", weight)
        page.evaluate(f"{LIVE}.actions.again()")
        before = page.evaluate(f"{STATE}.r[1]")
        page.locator(".cw-live").focus()
        page.keyboard.press("p")
        assert page.locator("[data-do=paradox]").get_attribute("aria-pressed") == "true"
        page.evaluate(f"{LIVE}.advance(40)")
        assert page.evaluate(f"{STATE}.r[1]") > before  # at first it rises in both
        page.evaluate(f"{LIVE}.advance(6000)")
        assert sign * (page.evaluate(f"{STATE}.r[1]") - before) > 0.05
        words = page.evaluate(f"{LIVE}.outcome()")
        assert ("lowers" if sign < 0 else "raises") in words and ("Inhibition holds" in words) == (sign < 0)
        page.keyboard.press("p")


def test_slow_inhibition_starts_a_rhythm(isn):
    page = isn
    slide(page, "ratio", 2.5)
    page.evaluate(f"() => {{ {LIVE}.actions.pulseE(); {LIVE}.advance(20000); }}")
    swing = page.evaluate(f"Math.max(...{STATE}.curve.map(q => q[1])) - Math.min(...{STATE}.curve.map(q => q[1]))")
    assert swing > 2
    assert "rhythm" in page.evaluate(f"{LIVE}.outcome()")


def test_keys_buttons_and_arrows_do_what_they_say(isn):
    page = isn
    page.keyboard.press("e")
    assert page.evaluate(f"{STATE}.r[0]") == pytest.approx(10 / 3 + 2, abs=1e-6)
    page.locator("[data-do=pulseI]").click()
    assert page.evaluate(f"{STATE}.r[1]") == pytest.approx(20 / 3 + 2, abs=1e-6)
    page.locator(".cw-live").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(f"{STATE}.r[0]") == pytest.approx(10 / 3 + 1.5, abs=1e-6)
    page.locator("[data-do=step]").click()
    assert page.evaluate(f"{STATE}.t") == 50
    page.locator("[data-do=again]").click()
    assert page.evaluate(f"{STATE}.t") == 0
    assert page.faults == []


def test_sliders_obey_arrows_and_leave_a_link_that_restores_them(isn, open_page, widgets):
    page = isn
    page.locator("input[name=ee]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate(f"{STATE}.ee") == pytest.approx(1.4)
    assert "ee=1.4" in page.evaluate("location.hash")
    other = open_page(f"{widgets}/{PAGE}#isn:ee=0.7,ratio=1.5")
    assert other.evaluate(f"[{STATE}.ee, {STATE}.ratio]") == [0.7, 1.5]


def test_the_pointer_puts_the_state_where_it_is(isn):
    page = isn
    box = page.locator(".cw-phase").bounding_box()
    corner = (box["x"] + 34, box["y"] + box["height"] - 34)
    drag(page, (box["x"] + box["width"] / 2, box["y"] + 100), corner)
    assert page.evaluate(f"{STATE}.r") == pytest.approx([0.0, 0.0], abs=0.05)


def test_reduced_motion_starts_paused_and_shows_a_whole_answer(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}", reduced_motion="reduce")
    assert page.evaluate(f"[{STATE}.playing, {STATE}.t]") == [False, 0]
    page.locator("[data-do=paradox]").click()
    assert page.evaluate(f"{STATE}.t") == 200
