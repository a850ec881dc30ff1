"""The widget of two units as flow and map in a browser: the library's numbers, keys, mouse, touch, Colab."""

import math

import pytest
import torch
from live_widget import LIVE, STATE, drag, hold, slide

from course_lib import analysis
from course_lib.dynamics import EulerMap
from course_lib.integrate import integrate, iterate
from course_lib.models import CTRNN
from course_lib.models.rate_flow import RateFlow

pytestmark = pytest.mark.browser
PAGE = "book/networks/solvers.html"
SETTINGS = ((1.5, 60.0, 0.2), (1.5, 60.0, 1.0), (2.4, 130.0, 0.05), (0.7, 0.0, 0.9))  # g, theta, alpha


def pieces(setting: tuple[float, float, float]) -> tuple[dict[str, float], RateFlow]:
    """The widget's parameters and the library's flow."""
    g, theta, alpha = setting
    network = CTRNN(2, 1, 1, tau=1.0, dt=1.0, generator=torch.Generator(), bias_scale=0.0)
    c, s = g * math.cos(math.radians(theta)), g * math.sin(math.radians(theta))
    with torch.no_grad():
        network.W_rec.copy_(torch.tensor([[c, -s], [s, c]], dtype=torch.float64))
    return {"g": g, "theta": theta, "alpha": alpha}, network.flow_at(torch.zeros(1, dtype=torch.float64))


@pytest.fixture
def units(open_page, widgets):
    """The page with the widget paused, in view and focused."""
    return hold(open_page(f"{widgets}/{PAGE}"), " ", "r")


def test_both_panes_agree_with_the_library(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
    start = torch.tensor([0.8, -0.3], dtype=torch.float64)
    for setting in SETTINGS:
        options, flow = pieces(setting)
        run = """([p, how]) => { let x = [0.8, -0.3], out = [];
            for (let i = 0; i < 200; i += 1) { x = courseUnits[how](x, p, 0.05); out.push(x); } return out; }"""
        t = 0.05 * torch.arange(201, dtype=torch.float64)
        truth = {"rk4": integrate(flow, start, t), "euler": iterate(EulerMap(flow, options["alpha"]), start, 200)}
        for how, trajectory in truth.items():
            here = torch.tensor(page.evaluate(run, [options, how]), dtype=torch.float64)
            assert (here - trajectory.x[0, 1:]).abs().max() < 1e-9, (setting, how)


def test_eigenvalue_and_limit_agree_with_the_library(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
    origin = torch.zeros(1, 2, dtype=torch.float64)
    for setting in SETTINGS:
        options, flow = pieces(setting)
        real, imaginary = page.evaluate("p => courseUnits.eigenvalue(p)", options)
        values = analysis.linearize(flow, origin).eigenvalues[0]
        assert (complex(real, imaginary) - values).abs().min() < 1e-12, setting
        limit = page.evaluate("p => courseUnits.limit(p)", options)
        for factor, stable in ((0.99, True), (1.01, False)):
            if limit:
                radius = analysis.linearize(EulerMap(flow, limit * factor), origin).spectral_radius
                assert bool(radius < 1) == stable, setting


def test_past_two_sevenths_the_map_wakes_and_the_flow_does_not(units):
    page = units
    for alpha, awake in ((0.25, False), (0.35, True)):
        slide(page, "alpha", alpha)
        page.evaluate(f"{LIVE}.advance(4000)")
        far = page.evaluate(f"[Math.hypot(...{STATE}.flow), Math.hypot(...{STATE}.map)]")
        assert far[0] < 1e-9 and (far[1] > 0.1) == awake
        words = page.evaluate(f"{LIVE}.outcome()")
        assert words == f"The flow settles; the map {'leaves the origin' if awake else 'settles'}."


def test_keys_and_buttons_do_what_they_say(units):
    page = units
    page.keyboard.press("d")
    assert page.evaluate(f"{STATE}.alpha") == pytest.approx(0.4)
    page.locator("[data-do=halve]").click()
    assert page.evaluate(f"{STATE}.alpha") == pytest.approx(0.2)
    page.locator(".cw-live").focus()
    page.keyboard.press("m")
    assert page.evaluate(f"{STATE}.alpha") == pytest.approx(2 / 7)
    assert "map is on its line" in page.evaluate(f"{LIVE}.outcome()")
    page.locator("[data-do=step]").click()
    assert page.evaluate(f"{STATE}.t") >= 2 / 7 - 1e-9
    page.locator(".cw-live").focus()
    page.keyboard.press("h")
    assert page.evaluate(f"{STATE}.g") == pytest.approx(2.0)
    assert "flow is on its line" in page.evaluate(f"{LIVE}.outcome()")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{STATE}.start") == pytest.approx([0.8, 0.1])
    assert page.faults == []


def test_sliders_obey_arrows_and_leave_a_link_that_restores_them(units, open_page, widgets):
    page = units
    page.locator("input[name=alpha]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate(f"{STATE}.alpha") == pytest.approx(0.255)
    assert "alpha=0.255" in page.evaluate("location.hash")
    other = open_page(f"{widgets}/{PAGE}#units:g=2.5,theta=90,alpha=0.5")
    assert other.evaluate(f"[{STATE}.g, {STATE}.theta, {STATE}.alpha]") == [2.5, 90, 0.5]


def test_a_drag_in_either_pane_moves_the_common_start(units):
    page = units
    for pane in ("flow", "map"):
        box = page.locator(f".cw-{pane}").bounding_box()
        middle = box["x"] + box["width"] / 2
        drag(page, (middle, box["y"] + 60), (middle, box["y"] + box["height"] / 2 + 12))
        assert page.evaluate(f"{STATE}.start") == pytest.approx([0.0, 0.0], abs=0.02)
        page.keyboard.press("ArrowRight")
        assert page.evaluate(f"{STATE}.start[0]") == pytest.approx(0.1, abs=0.02)


def test_reduced_motion_starts_paused_and_shows_a_whole_answer(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}", reduced_motion="reduce")
    assert page.evaluate(f"[{STATE}.playing, {STATE}.t]") == [False, 0]
    page.locator("[data-do=double]").click()
    assert page.evaluate(f"{STATE}.t") == pytest.approx(40)
