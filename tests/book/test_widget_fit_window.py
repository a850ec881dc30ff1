"""The window on a divergence curve in a browser: the library's numbers, keys, handles, touch, still picture, Colab."""

import dataclasses
import json

import pytest
import torch
from live_widget import LIVE, STATE, drag, hold

from course_lib.analysis import delay_embedding, lyapunov_from_data, window_slope
from course_lib.data import load

pytestmark = pytest.mark.browser
PAGE = "book/flows/from_data.html"
WINDOWS = ((0.0, 0.5), (0.5, 2.5), (1.0, 3.0), (4.0, 7.0), (0.0, 8.0))


@pytest.fixture
def window(open_page, widgets):
    """The page with the widget in view, not turning, and focused."""
    return hold(open_page(f"{widgets}/{PAGE}"), "p")


def shown(page) -> list[float]:
    return page.evaluate(f"[{STATE}.from, {STATE}.to]")


def test_slopes_and_errors_agree_with_the_library(window):
    data = load("lorenz63")
    record = lyapunov_from_data(data.orbit[:4000], dt=data.orbit_dt, horizon=16.0)
    for series in window.evaluate(f"{LIVE}.options.series"):
        t, groups = (torch.tensor(series[key], dtype=torch.float64) for key in ("t", "groups"))
        same = dataclasses.replace(record, t=t, per_group=groups)
        for start, end in WINDOWS:
            found = window.evaluate("([s, a, b]) => courseFitWindow.fit(s, a, b)", [series, start, end])
            wanted = window_slope(same, start, end)
            assert (found["slope"], found["error"]) == pytest.approx(wanted, abs=1e-9), (series["name"], start, end)


def test_its_curves_are_those_of_the_shipped_series(window):
    data = load("lorenz63")
    states = delay_embedding(data.orbit[:, 0], lag=3, dim=3).x
    for k, across in enumerate((False, True)):
        record = lyapunov_from_data(states, dt=data.orbit_dt, horizon=16.0, across_flow=across)
        series = window.evaluate(f"{LIVE}.options.series[{k}]")
        kept = record.t <= 8 + 1e-9
        torch.testing.assert_close(torch.tensor(series["t"], dtype=torch.float64), record.t[kept])
        groups = torch.tensor(series["groups"], dtype=torch.float64)
        assert (groups - record.per_group[:, kept]).abs().max() <= 0.6e-4


def test_delay_vectors_agree_with_the_library(window):
    signal = window.evaluate(f"{LIVE}.options.signals[0]")
    for lag in (1, 3, 40):
        here = window.evaluate("([s, lag]) => courseFitWindow.embed(s, lag)", [signal, lag])
        there = delay_embedding(torch.tensor(signal, dtype=torch.float64), lag=lag, dim=3).x[0]
        assert torch.equal(torch.tensor(here, dtype=torch.float64), there)


def test_it_opens_on_the_wrong_window_and_three_moves_mend_it(window):
    assert shown(window) == [0, 0.5]
    window.wait_for_function("document.querySelector('.cw-say').textContent.includes('slope 1.8')")
    window.locator("input[name=to]").focus()
    for _ in range(4):
        window.keyboard.press("Shift+ArrowRight")
    window.locator("input[name=from]").focus()
    window.keyboard.press("Shift+ArrowRight")
    assert shown(window) == pytest.approx([0.5, 2.5])
    window.wait_for_function("/slope 0\\.(8|9)/.test(document.querySelector('.cw-say').textContent)")
    assert window.locator(".cw-say").get_attribute("aria-live") == "polite"
    assert "from=0.5,to=2.5,lag=3,series=0" in window.evaluate("location.hash")
    assert window.faults == []


def test_the_two_ends_never_cross_nor_leave_the_curve(window):
    window.locator("input[name=from]").focus()
    for _ in range(3):
        window.keyboard.press("Shift+ArrowRight")
    assert shown(window) == pytest.approx([0.3, 0.5])
    window.locator("input[name=to]").focus()
    window.keyboard.press("ArrowLeft")
    assert shown(window) == pytest.approx([0.3, 0.5])
    window.keyboard.press("End")
    assert shown(window) == pytest.approx([0.3, 8.0])
    window.keyboard.press("Shift+ArrowRight")
    assert shown(window) == pytest.approx([0.3, 8.0])


def test_the_handles_can_be_dragged(window):
    box = window.locator(".cw-strip").bounding_box()

    def place(t: float) -> float:
        return box["x"] + 46 + t / 8 * (box["width"] - 62)

    drag(window, (place(0.5), box["y"] + 120), (place(3.0), box["y"] + 120))
    assert shown(window) == pytest.approx([0, 3.0])
    drag(window, (place(0.2), box["y"] + 120), (place(1.0), box["y"] + 120))
    assert shown(window) == pytest.approx([1.0, 3.0])
    assert "from=1.0,to=3.0" in window.evaluate("location.hash")


def test_every_key_has_a_button_and_does_the_same(window):
    for key in "2341":
        window.keyboard.press(key)
        pressed = window.locator("[data-series][aria-pressed=true]")
        assert pressed.count() == 1 and pressed.inner_text().endswith(f"({key})")
    window.locator("[data-series='2']").click()
    assert window.evaluate(f"{STATE}.series") == 2
    window.locator("[data-do=again]").click()
    assert window.evaluate(f"{STATE}.series") == 0
    yaw = window.evaluate(f"{STATE}.yaw")
    window.keyboard.press("Alt+ArrowRight")
    assert window.evaluate(f"{STATE}.yaw") > yaw
    window.locator("[data-do=left]").click()
    assert window.evaluate(f"{STATE}.yaw") == pytest.approx(yaw)
    window.locator("[data-do=step]").click()
    assert window.evaluate(f"{STATE}.yaw") == pytest.approx(yaw + 0.3)


def test_it_turns_until_it_is_stopped_and_rests_off_screen(window):
    assert window.locator("[data-do=play]").inner_text() == "Go (P)"
    yaw = window.evaluate(f"{STATE}.yaw")
    window.keyboard.press("p")
    window.wait_for_function(f"{STATE}.yaw > {yaw} + 0.05")
    window.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    window.wait_for_function(f"{STATE}.seen === false")
    yaw = window.evaluate(f"{STATE}.yaw")
    window.wait_for_timeout(300)
    assert window.evaluate(f"{STATE}.yaw") == yaw


def test_a_link_restores_the_window(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}#fit-window:from=1.0,to=3.0,lag=7,series=3")
    assert page.evaluate(f"[{STATE}.from, {STATE}.to, {STATE}.lag, {STATE}.series]") == [1, 3, 7, 3]
    page = open_page(f"{widgets}/{PAGE}#fit-window:from=3.0,to=1.0,lag=700,series=9")
    assert page.evaluate(f"[{STATE}.from, {STATE}.to, {STATE}.lag, {STATE}.series]") == [0, 0.5, 3, 0]
    assert page.faults == []


def test_its_data_are_light(window):
    assert len(json.dumps(window.evaluate(f"{LIVE}.options"))) <= 50_000
