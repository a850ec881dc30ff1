"""The widget of the ball in two valleys: the library's steps and rest points, kicks, tilts, a drag."""

import math

import pytest
import torch
from live_widget import LIVE, STATE, drag, hold

from course_lib.integrate import integrate
from course_lib.systems import Bistable

pytestmark = pytest.mark.browser
PAGE = "book/start/two_valleys.html"
FOLD = 2 / (3 * math.sqrt(3))
TILTS = (0.0, 0.3, -0.3849, 0.385, -0.6, 0.6)


@pytest.fixture
def ball(open_page, widgets):
    """The page with the widget paused at its start, in view and focused."""
    return hold(open_page(f"{widgets}/{PAGE}"), "p", "r")


def settle(page) -> str:
    """What the widget says after time enough to come to rest."""
    page.evaluate(f"{LIVE}.advance(6000)")
    return page.evaluate(f"{LIVE}.outcome()")


def test_steps_and_rest_points_are_the_librarys(ball):
    script = """u => { let x = 0.1, path = [];
        for (let i = 0; i < 200; i += 1) { x = courseLandscape.rk4(x, u, 0.01); path.push(x); }
        return [path, courseLandscape.rests(u)]; }"""
    start, t = torch.tensor([0.1], dtype=torch.float64), 0.01 * torch.arange(201, dtype=torch.float64)
    for u in TILTS:
        path, rests = ball.evaluate(script, u)
        system = Bistable(tilt=u)
        truth = integrate(system, start, t).x[0, 1:, 0]
        assert (torch.tensor(path, dtype=torch.float64) - truth).abs().max() < 1e-9, u
        points = system.rest_points().sort(dim=0).values
        assert len(rests) == len(points) == (3 if abs(u) < FOLD else 1), u
        found = torch.tensor([rest["x"] for rest in rests], dtype=torch.float64)
        assert (found - points[:, 0]).abs().max() < 1e-9, u
        assert [rest["stable"] for rest in rests] == (system.jacobian(points)[:, 0, 0] < 0).tolist(), u
        slope = ball.evaluate("u => (courseLandscape.height(0.4001, u) - courseLandscape.height(0.3999, u)) / 2e-4", u)
        assert slope == pytest.approx(-(0.4 - 0.4**3 + u), abs=1e-6)  # the ball rolls down this very landscape


def test_a_kick_decides_by_the_side_and_a_tilt_is_not_undone(ball):
    page = ball
    for size, side in ((0.99, "right"), (1.01, "left")):
        page.keyboard.press("r")
        page.evaluate(f"{LIVE}.put('size', {size})")
        page.keyboard.press("ArrowLeft")
        assert settle(page) == f"The ball rests in the {side} valley."
    page.locator("[data-do=right]").click()
    assert "right valley" in settle(page)
    page.locator(".cw-live").focus()
    for _ in range(19):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{STATE}.tilt") == pytest.approx(-0.38)
    assert settle(page) == "The ball rests in the right valley."  # just before the fold
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{LIVE}.outcome()") == "The ball rolls to the left. The right valley is gone."
    assert settle(page) == "The ball rests in the left valley. The right valley is gone."
    page.keyboard.press(" ")
    assert page.locator(".cw-say").inner_text() == "At this tilt there is no hilltop."
    page.keyboard.press("0")
    assert page.evaluate(f"{STATE}.tilt") == 0 and "tilt=0" in page.evaluate("location.hash")
    assert settle(page).endswith("The tilt is gone, and the ball has not come back.")
    page.keyboard.press(" ")
    assert settle(page) == "The ball stands on the hilltop."
    page.locator("[data-do=again]").click()
    assert page.evaluate(f"[{STATE}.x, {STATE}.t]") == [1, 0] and page.faults == []


def test_the_ball_is_carried_by_mouse_and_rolls_when_let_go(ball):
    page = ball
    box = page.locator(".cw-hill").bounding_box()
    scale = (box["width"] - 32) / 3.8  # the picture shows -1.9 to 1.9
    place = [(box["x"] + 16 + (x + 1.9) * scale, box["y"] + 80) for x in (1.0, -0.3)]
    page.mouse.move(*place[0])
    page.mouse.down()
    page.mouse.move(*place[1])
    page.evaluate(f"{LIVE}.advance(500)")
    assert page.evaluate(f"{STATE}.x") == pytest.approx(-0.3, abs=0.02)  # held
    assert page.evaluate(f"{LIVE}.outcome()") == "In your hand."
    page.mouse.up()
    assert settle(page) == "The ball rests in the left valley."
    drag(page, place[0], (box["x"] + 2, place[1][1]))
    assert page.evaluate(f"{STATE}.x") == -1.8  # the walls


def test_a_finger_carries_the_ball_and_without_motion_the_outcome_comes_at_once(open_page, widgets):
    size = {"width": 390, "height": 844}
    page = hold(open_page(f"{widgets}/{PAGE}", reduced_motion="reduce", has_touch=True, viewport=size))
    assert page.evaluate(f"[{STATE}.playing, {STATE}.t, {STATE}.x]") == [False, 0, 1]
    box = page.locator(".cw-hill").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.4, box["y"] + 60)
    page.wait_for_function(f"{STATE}.held === false && {STATE}.x < 0")
    assert page.evaluate(f"{STATE}.x") == pytest.approx(-1, abs=1e-6) and page.evaluate(f"{STATE}.t") > 20
    page.locator("[data-do=right]").tap()
    assert page.evaluate(f"{STATE}.x") == pytest.approx(-1, abs=1e-6)
    before = page.evaluate(f"{STATE}.t")
    page.locator("[data-do=step]").tap()
    assert page.evaluate(f"{STATE}.t") == pytest.approx(before + 0.5)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390 and page.faults == []
