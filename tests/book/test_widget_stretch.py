"""The stretching widget in a browser: the library's numbers, keys, mouse, touch, still picture, Colab."""

import math

import pytest
import torch
from live_widget import LIVE, drag, hold, output_cell

from course_lib.analysis import correlation_dimension, correlation_sum, lyapunov_spectrum
from course_lib.analysis.lyapunov import _first_frame
from course_lib.data import load
from course_lib.integrate import integrate
from course_lib.student import widget
from course_lib.systems import Lorenz63
from course_lib.systems.references import LORENZ63

pytestmark = pytest.mark.browser
START = [1.0, 2.0, 20.0]


@pytest.fixture(scope="module")
def dimension():
    """The dimension whose curve the widget carries, from fewer states than on the page."""
    return correlation_dimension(load("lorenz63").samples[:, ::4], theiler_window=math.inf)


@pytest.fixture(scope="module")
def output(dimension) -> str:
    """The widget as in an output cell of a notebook."""
    curve = torch.stack((dimension.curve.radii / dimension.size, dimension.curve.sums), dim=1)
    options = {"start": START, "spectrum": list(LORENZ63["lyapunov_spectrum"].value)}
    return output_cell(widget("stretch", curve=curve[dimension.curve.counts > 100], **options)._repr_html_())


@pytest.fixture
def stretch(open_page, output):
    """The widget alone, paused, at time zero and focused."""

    def open_it(**options):
        page = open_page(**options)
        page.set_content(output)
        hold(page)
        if page.evaluate(f"{LIVE}.state.playing"):
            page.keyboard.press(" ")
        page.keyboard.press("r")
        return page

    return open_it


def test_its_exponents_agree_with_the_library(stretch):
    frame = _first_frame(3, 3).mT.tolist()
    script = """([z, steps, every]) => { const sums = [0, 0, 0];
        for (let n = 1; n <= steps; n += 1) {
            z = courseStretch.rk4(z, 0.01);
            if (n % every === 0) courseStretch.tidy(z, true).forEach((v, i) => { sums[i] += v; });
        }
        return sums.map((v) => v / (steps * 0.01)); }"""
    here = stretch().evaluate(script, [[START, *frame], 800, 10])
    start = torch.tensor([START], dtype=torch.float64)
    there = lyapunov_spectrum(Lorenz63(), start, duration=8, dt=0.01, spin_up=0, orthonormalise_every=10)
    assert sorted(here, reverse=True) == pytest.approx(there.exponents.tolist(), abs=1e-8)


def test_its_states_and_pairs_agree_with_the_library(stretch):
    script = """(start) => { const points = courseStretch.cloud(start, 60, 0.31), pairs = courseStretch.pairsOf(points);
        return [points, [0.05, 0.2, 0.8].map((r) => courseStretch.below(pairs, r))]; }"""
    points, counts = stretch().evaluate(script, START)
    t = 0.31 * torch.arange(61, dtype=torch.float64)
    there = integrate(Lorenz63(), torch.tensor(START, dtype=torch.float64), t, max_step=0.01).x[0, 1:]
    here = torch.tensor(points, dtype=torch.float64)
    assert (here[:20] - there[:20]).abs().max() < 1e-8
    size = (here - here.mean(0)).square().sum(-1).mean().sqrt()
    radii = size * torch.tensor([0.05, 0.2, 0.8], dtype=torch.float64)
    assert counts == correlation_sum(here, radii, theiler_window=0).counts.tolist()


def test_its_local_slopes_are_those_of_the_record(stretch, dimension):
    curve = torch.stack((dimension.curve.radii / dimension.size, dimension.curve.sums), dim=1)
    curve = curve[dimension.curve.counts > 100]
    radii = (dimension.slope_radii / dimension.size).tolist()
    inside = [i for i, r in enumerate(radii) if curve[0, 0] < r / math.sqrt(3) and r * math.sqrt(3) < curve[-1, 0]]
    assert len(inside) > 8
    page = stretch()
    for i in inside:
        slope = page.evaluate("([curve, r]) => courseStretch.slopeAt(curve, r)", [curve.tolist(), radii[i]])
        low, high = (int((curve[:, 0] / radii[i] - ratio).abs().argmin()) for ratio in (3**-0.5, 3**0.5))
        assert slope == pytest.approx(float((curve[high, 1] / curve[low, 1]).log()) / math.log(3), abs=1e-6)
        # the record averages over groups of states, the curve holds all of them
        assert abs(slope - dimension.slopes[i]) < 2 * dimension.slope_errors[i]


def test_with_qr_it_settles_on_the_spectrum_and_without_all_arrows_collapse(stretch):
    page = stretch()
    for _ in range(3):
        page.keyboard.press("f")
    first, second, third = page.evaluate(f"{LIVE}.rates()")
    assert 0.7 < first < 1.1 and abs(second) < 0.1 and abs(third + 14.57) < 0.2
    assert first + second + third == pytest.approx(LORENZ63["lyapunov_sum"].value[0], abs=0.01)
    page.keyboard.press("q")
    for _ in range(3):
        page.keyboard.press("f")
    assert all(0.6 < rate < 1.2 for rate in page.evaluate(f"{LIVE}.rates()"))
    page.wait_for_function("document.querySelector('.cw-say').textContent.includes('on one line')")
    assert page.locator("[data-do=qr]").get_attribute("aria-pressed") == "false"


def test_qr_that_comes_too_late_loses_the_third_exponent(stretch):
    page = stretch()
    page.locator("input[name=every]").focus()
    page.keyboard.press("End")
    for _ in range(3):
        page.keyboard.press("f")
    assert page.evaluate(f"{LIVE}.rates()")[2] > -12
    page.wait_for_function("document.querySelector('.cw-say').textContent.includes('too late')")


def test_keys_run_mark_turn_and_change_the_picture(stretch):
    page = stretch()
    page.keyboard.press(" ")
    page.wait_for_function(f"{LIVE}.state.t > 0.3")
    page.keyboard.press(" ")
    stopped = page.evaluate(f"{LIVE}.state.t")
    page.wait_for_timeout(300)
    assert page.evaluate(f"{LIVE}.state.t") == stopped
    for key in "123":
        page.keyboard.press(key)
        assert page.evaluate(f"{LIVE}.state.pick") == int(key)
    yaw = page.evaluate(f"{LIVE}.state.yaw")
    page.keyboard.press("Alt+ArrowRight")
    assert page.evaluate(f"{LIVE}.state.yaw") > yaw
    page.locator("[data-do=left]").click()
    assert page.evaluate(f"{LIVE}.state.yaw") == pytest.approx(yaw)
    page.locator("[data-do=play]").focus()
    page.keyboard.press(" ")  # the button's own key, not also the widget's
    assert page.evaluate(f"{LIVE}.state.playing") is True
    assert page.faults == []


def test_the_second_picture_slides_along_the_curve(stretch):
    page = stretch()
    page.keyboard.press("t")
    assert not page.locator("input[name=every]").is_visible()
    slider = page.locator("input[name=r]")
    slider.focus()
    slopes = []
    for key in ("Home", "End"):
        page.keyboard.press(key)
        page.wait_for_timeout(100)
        slopes.append(float(page.locator(".cw-read").inner_text().rsplit(" ", 1)[1]))
    assert slopes[0] == pytest.approx(2.06, abs=0.15) and slopes[1] < 1.8
    page.wait_for_function("document.querySelector('.cw-say').textContent.includes('closer than r')")
    page.locator("[data-do=tab]").click()
    assert page.locator("input[name=every]").is_visible()
    assert page.faults == []


def test_without_a_curve_there_is_no_second_picture(open_page):
    page = open_page()
    page.set_content(output_cell(widget("stretch")._repr_html_()))
    assert not page.locator("[data-do=tab]").is_visible()
    page.locator(".cw-live").focus()
    page.keyboard.press("t")
    assert page.evaluate(f"{LIVE}.state.tab") == 0
    assert page.faults == []


def test_dragging_turns_the_picture(stretch):
    page = stretch()
    box = page.locator(".cw-phase").bounding_box()
    yaw = page.evaluate(f"{LIVE}.state.yaw")
    drag(page, (box["x"] + 100, box["y"] + 100), (box["x"] + 160, box["y"] + 110))
    assert page.evaluate(f"{LIVE}.state.yaw") == pytest.approx(yaw + 0.6)


def test_targets_are_large_enough_for_a_finger(stretch):
    page = stretch(viewport={"width": 390, "height": 844}, has_touch=True)
    for tab in range(2):
        for control in page.locator(".cw-live button:visible, .cw-live input:visible").all():
            box = control.bounding_box()
            assert box["height"] >= 44 and box["width"] >= 44
        if tab == 0:
            page.locator("[data-do=tab]").tap()
    assert page.evaluate(f"{LIVE}.state.tab") == 1


def test_reduced_motion_shows_the_settled_bars_and_stands_still(open_page, output):
    page = open_page(reduced_motion="reduce")
    page.set_content(output)
    assert page.evaluate(f"[{LIVE}.state.playing, {LIVE}.state.t]") == [False, 40]
