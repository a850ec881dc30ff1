"""The widget that pushes a ball out of its valley: the library's steps, ψ and basins; mouse, touch and keys."""

import pytest
import torch
from live_widget import LIVE, STATE, drag, given, hold, learnt_psi

from course_lib import analysis
from course_lib.integrate import integrate
from course_lib.systems import Duffing

pytestmark = pytest.mark.browser
PAGE = "book/computation/separatrices.html"


@pytest.fixture(scope="module")
def places():
    """Two hundred states of the plane."""
    return 4 * torch.rand(200, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64) - 2


@pytest.fixture
def live(open_page, widgets):
    """The page with its widget paused: a push then runs to its end at once."""
    return hold(open_page(f"{widgets}/{PAGE}"), " ")


@torch.no_grad()
def test_steps_psi_and_basins_are_the_librarys(live, site, places):
    options = given(site / PAGE, "DuffingKick")
    script = """([start, damping]) => { let s = start, out = [];
        for (let i = 0; i < 200; i += 1) { s = courseDuffingKick.rk4(s, damping); out.push(s); } return out; }"""
    for start, damping in (([1.7, 0.3], 0.5), ([1.0, -1.6], 0.2)):
        here = torch.tensor(live.evaluate(script, [start, damping]), dtype=torch.float64)
        t = 0.02 * torch.arange(201, dtype=torch.float64)
        x0 = torch.tensor(start, dtype=torch.float64)
        there = integrate(Duffing(damping=damping), x0, t, method="rk4").x[0, 1:]
        assert (here - there).abs().max() < 1e-9
    psi = live.evaluate("([spec, all]) => all.map(courseNet.eigenfunction(spec))", [options["psi"], places.tolist()])
    assert (torch.tensor(psi, dtype=torch.float64) - learnt_psi(options["psi"])(places)[:, 0]).abs().max() < 1e-9
    sides = live.evaluate("(all) => all.map((x) => courseDuffingKick.side(x, 0.3))", places.tolist())
    valleys = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    truth = analysis.basins(Duffing(damping=0.3), places, duration=60.0, dt=0.1, attractors=valleys).label
    assert ((torch.tensor(sides) > 0) == (truth == 1)).double().mean() >= 0.99


def test_keys_find_that_outwards_is_weakest_and_show_what_is_hidden(live):
    page, verdicts = live, []
    for size, angle in (
        (0.98, 180),
        (1.02, 180),
        (1.02, -90),
        (1.06, -90),
        (1.58, 90),
        (1.62, 90),
        (0.68, 0),
        (0.7, 0),
    ):
        page.evaluate(f"Object.assign({STATE}, {{size: {size}, angle: {angle}}})")
        page.keyboard.press("Enter")
        verdicts.append(page.evaluate(f"{STATE}.verdict"))
    assert verdicts == ["right", "left"] * 4
    assert page.evaluate(f"{STATE}.best") == [0.7, 0] and "outwards" in page.evaluate(f"{LIVE}.outcome()")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.cw-gauge').ariaLabel?.includes('0.71')")  # said; now a key alone
    assert page.evaluate(f"[{STATE}.size, {STATE}.angle]") == [pytest.approx(0.71), 3]
    for key, name in (("h", "basins"), ("s", "gauge")):
        page.keyboard.press(key)
        assert page.locator(f"[data-do={name}]").get_attribute("aria-pressed") == "true"
    page.wait_for_function("document.querySelector('.cw-gauge').ariaLabel?.includes('Psi at the tip')")
    page.evaluate(f"{LIVE}.put('damping', 0.8)")  # other valleys' rims, and a ψ that was learnt elsewhere
    assert page.evaluate(f"{STATE}.best") is None
    page.wait_for_function("document.querySelector('.cw-gauge').ariaLabel?.includes('not shown')")
    assert page.faults == []


def test_a_drag_by_mouse_or_finger_is_the_arrow_and_its_link_restores_it(live, open_page, widgets):
    box = live.locator(".cw-plane").bounding_box()
    unit = (box["height"] - 60) / 4.2  # the plane shows velocities from -2.1 to 2.1
    ball = (box["x"] + 46 + (box["width"] - 62) / 2 + 0.6 * unit, box["y"] + 26 + 2.1 * unit)
    drag(live, ball, (ball[0] + 0.6 * unit, ball[1] - 0.6 * unit))
    size, angle = live.evaluate(f"[{STATE}.size, {STATE}.angle]")
    assert size == pytest.approx(0.6 * 2**0.5, abs=0.03) and angle == pytest.approx(45, abs=2)
    assert f"angle={angle}" in live.evaluate("location.hash")
    other = open_page(
        f"{widgets}/{PAGE}#duffing-kick:size=0.8,angle=-30,damping=0.4",
        viewport={"width": 390, "height": 844}, has_touch=True,
    )  # fmt: skip
    assert other.evaluate(f"[{STATE}.size, {STATE}.angle, {STATE}.damping]") == [0.8, -30, 0.4]
    other.locator(".cw-plane").tap(position={"x": 60, "y": 126})
    assert other.evaluate(f"Math.abs({STATE}.angle)") > 170  # on the left of the ball
    other.locator("[data-do=push]").tap()
    other.wait_for_function(f"{STATE}.path !== null")
    assert live.faults == other.faults == []
