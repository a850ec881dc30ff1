"""The Lorenz widget in a browser: the library's numbers, keys, mouse, touch, still picture, Colab."""

import pytest
import torch
from live_widget import LIVE, STATE, drag, hold, slide

from course_lib.integrate import integrate
from course_lib.systems import Lorenz63

pytestmark = pytest.mark.browser
PAGE = "book/flows/lorenz.html"


@pytest.fixture
def lorenz(open_page, widgets):
    """The page with the widget at rest, time zero, in view and focused."""
    return hold(open_page(f"{widgets}/{PAGE}"), "p", "r")


def test_two_hundred_steps_agree_with_the_library(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
    for rho, start in ((28.0, [1.0, 1.0, 1.0]), (22.0, [-5.0, 3.0, 20.0])):
        script = """([rho, start]) => { let s = start, out = [];
            for (let i = 0; i < 200; i += 1) { s = courseLorenz.rk4(s, rho, 0.01); out.push(s); } return out; }"""
        here = torch.tensor(page.evaluate(script, [rho, start]), dtype=torch.float64)
        t = 0.01 * torch.arange(201, dtype=torch.float64)
        there = integrate(Lorenz63(rho=rho), torch.tensor(start, dtype=torch.float64), t, method="rk4").x[0, 1:]
        assert (here - there).abs().max() < 1e-9


def test_rest_points_and_their_stability_agree_with_the_library(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
    for rho in (0.5, 1.5, 10.0, 24.5, 25.0, 28.0, 40.0):
        shown = page.evaluate("rho => courseLorenz.restPoints(rho)", rho)
        flow = Lorenz63(rho=rho)
        wanted = flow.rest_points()
        unstable = (torch.linalg.eigvals(flow.jacobian(wanted)).real > 0).sum(-1)
        order = sorted(range(len(wanted)), key=lambda i: wanted[i, 0].item() if i else -1e9)
        shown = [shown[0], *sorted(shown[1:], key=lambda p: p["x"][0])]
        assert len(shown) == len(wanted)
        for point, i in zip(shown, order, strict=True):
            torch.testing.assert_close(torch.tensor(point["x"], dtype=torch.float64), wanted[i])
            assert point["unstable"] == unstable[i], rho


def test_it_moves_by_itself_and_keys_pause_and_restart_it(open_page, widgets):
    page = hold(open_page(f"{widgets}/{PAGE}"))
    page.wait_for_function(f"{STATE}.t > 0.5")
    page.keyboard.press("p")
    stopped = page.evaluate(f"{STATE}.t")
    page.wait_for_timeout(400)
    assert page.evaluate(f"{STATE}.t") == stopped
    page.keyboard.press("r")
    assert page.evaluate(f"{STATE}.t") == 0
    assert page.locator("[data-do=play]").inner_text() == "Go (P)"
    assert page.faults == []


def test_every_key_has_a_button_and_does_the_same(lorenz):
    page = lorenz
    page.keyboard.press("s")
    assert page.evaluate(f"{STATE}.cloud.length") == 300
    yaw = page.evaluate(f"{STATE}.yaw")
    page.keyboard.press("Alt+ArrowRight")
    turned = page.evaluate(f"{STATE}.yaw")
    assert turned > yaw
    page.locator("[data-do=left]").click()
    assert page.evaluate(f"{STATE}.yaw") == pytest.approx(yaw)
    page.keyboard.press("Alt+ArrowUp")
    page.locator("[data-do=step]").click()
    assert page.evaluate(f"{STATE}.t") == pytest.approx(0.5)
    page.locator("[data-do=again]").click()
    assert page.evaluate(f"[{STATE}.t, {STATE}.cloud.length]") == [0, 0]


def test_sliders_obey_arrows_and_shift_and_leave_a_link(lorenz):
    page = lorenz
    page.locator("input[name=rho]").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(f"{STATE}.rho") == 27.5
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate(f"{STATE}.rho") == 22.5
    assert "rho=22.5" in page.evaluate("location.hash")
    assert "ρ 22.5" in " ".join(page.locator(".cw-sliders label").first.inner_text().split())


def test_a_link_restores_the_sliders(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}#lorenz:rho=14,gap=-8,speed=2")
    assert page.evaluate(f"[{STATE}.rho, {STATE}.gap, {STATE}.speed]") == [14, -8, 2]


def test_dragging_turns_the_picture(lorenz):
    page = lorenz
    box = page.locator(".cw-phase").bounding_box()
    yaw = page.evaluate(f"{STATE}.yaw")
    drag(page, (box["x"] + 100, box["y"] + 100), (box["x"] + 160, box["y"] + 110))
    assert page.evaluate(f"{STATE}.yaw") == pytest.approx(yaw + 0.6)


def test_the_outcome_is_said_in_words(lorenz):
    page = lorenz
    page.evaluate(f"{LIVE}.advance(2500)")
    page.wait_for_function("document.querySelector('.cw-say').textContent.includes('parted after')")
    assert page.locator(".cw-say").get_attribute("aria-live") == "polite"


def test_a_gap_ten_thousand_times_smaller_buys_about_ten_time_units(lorenz):
    page, parted = lorenz, []
    for gap in (-4, -8):
        slide(page, "gap", gap)
        page.evaluate(f"{LIVE}.advance(4000)")
        parted.append(page.evaluate(f"{STATE}.parted"))
    assert 5 < parted[1] - parted[0] < 16


def test_reduced_motion_starts_paused_with_the_whole_curve(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}", reduced_motion="reduce")
    assert page.evaluate(f"[{STATE}.playing, {STATE}.t]") == [False, 20]
