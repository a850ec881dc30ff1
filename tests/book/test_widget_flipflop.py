"""The widget of the flip-flop in a browser: the page's own network, its pulses, its verdicts."""

import pytest
import torch
from live_widget import LIVE, STATE, given, hold, slide, tanh_network

pytestmark = pytest.mark.browser
PAGE = "book/computation/flipflop.html"


@pytest.fixture
def live(open_page, widgets):
    return hold(open_page(f"{widgets}/{PAGE}"), " ")


@torch.no_grad()
def test_two_hundred_steps_agree_with_the_library(live, site):
    net = tanh_network(given(site / PAGE, "Flipflop"))
    u = torch.zeros(1, 200, 3, dtype=torch.float64)
    u[0, 0:5, 0], u[0, 60:65, 1], u[0, 120:128, 0] = 1.0, -1.0, -0.8
    script = """([spec, inputs]) => { const net = courseNet.network(spec); let x = new Float64Array(net.n);
        return inputs.map((u) => { x = net.step(x, u); return net.readout(x); }); }"""
    here = torch.tensor(live.evaluate(script, [given(site / PAGE, "Flipflop"), u[0].tolist()]), dtype=torch.float64)
    assert (here - net.readout(net.run(u))[0]).abs().max() < 1e-9


def test_a_full_pulse_flips_its_bit_and_a_short_one_slides_back(live):
    page = live
    page.keyboard.press("4")
    page.evaluate(f"{LIVE}.advance(200)")
    assert page.evaluate(f"{STATE}.y.map((v) => Math.sign(v))") == [-1, 1, 1]
    assert "flipped it" in page.evaluate(f"{LIVE}.outcome()")
    slide(page, "width", 1)
    page.locator("[data-do=pulse5]").click()
    page.evaluate(f"{LIVE}.advance(200)")
    assert page.evaluate(f"{STATE}.y.map((v) => Math.sign(v))") == [-1, 1, 1]
    assert "climbed and slid back" in page.evaluate(f"{LIVE}.outcome()")
    page.keyboard.press("4")
    page.evaluate(f"{LIVE}.advance(200)")
    assert "left it as it was" in page.evaluate(f"{LIVE}.outcome()")
    page.keyboard.press("0")
    assert page.evaluate(f"{STATE}.y.map((v) => Math.sign(v))") == [1, 1, 1]
    assert page.faults == []


def test_noise_moves_the_point_and_silence_does_not(live):
    page = live
    page.evaluate(f"{LIVE}.advance(300)")
    still = page.evaluate(f"{STATE}.y")
    page.evaluate(f"{LIVE}.advance(10)")
    assert page.evaluate(f"{STATE}.y") == pytest.approx(still, abs=1e-9)
    slide(page, "noise", 0.1)
    page.evaluate(f"{LIVE}.advance(10)")
    assert max(abs(a - b) for a, b in zip(page.evaluate(f"{STATE}.y"), still, strict=True)) > 0.01


def test_turning_changes_the_view_and_not_the_state(live):
    page = live
    before = page.evaluate(f"[{STATE}.yaw, {STATE}.t]")
    page.locator(".cw-live").focus()
    page.keyboard.press("Alt+ArrowRight")
    after = page.evaluate(f"[{STATE}.yaw, {STATE}.t]")
    assert after[0] != before[0] and after[1] == before[1]
