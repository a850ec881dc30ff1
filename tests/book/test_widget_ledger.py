"""The widget of the table in a browser: axes, rows, what has no figure, the orbit that draws itself."""

import pytest
from live_widget import LIVE, STATE, hold, output_cell

from course_lib.student import widget

pytestmark = pytest.mark.browser
CIRCLE = [[0.1 * k, 1.0 - 0.1 * k] for k in range(60)]
ROWS = [
    {
        "name": "still",
        "kind": "other",
        "baseline": True,
        "figures": [[0.99, 0.98, 0.99], None],
        "whys": [None, "rests"],
    },
    {"name": "net", "kind": "rate", "baseline": False, "figures": [[0.9, 0.9, 0.9], [20.0, 8.0, 30.0]]},
    {"name": "spikes", "kind": "spiking", "baseline": False, "figures": [[0.5, 0.5, 0.5], [3000.0, 2e3, 4e3]]},
]
OPTIONS = {
    "columns": [{"name": "score", "log": False, "digits": 2}, {"name": "cost", "log": True, "digits": 0}],
    "rows": [{"whys": [None, None], "orbit": CIRCLE, **row} for row in ROWS],
    "truth": CIRCLE,
    "x": 1,
    "y": 0,
    "row": 1,
}


@pytest.fixture
def ledger(open_page):
    """The widget alone, paused, with the second row chosen."""
    page = open_page()
    page.set_content(output_cell(widget("ledger", **OPTIONS)._repr_html_()))
    return hold(page, "p")


def test_axes_hold_their_values_in_whole_steps(ledger):
    for values, log in (
        ([0.5, 0.99], False),
        ([20.0, 3000.0], True),
        ([-14.6, -3.0], False),
        ([7.0], False),
        ([1.0], True),
    ):
        low, high, every = ledger.evaluate("([v, log]) => courseLedger.span(v, log)", [values, log])
        seen = ledger.evaluate("v => v.map(Math.log10)", values) if log else values
        assert low <= min(seen) and max(seen) <= high and low < high
        steps = (high - low) / every
        assert steps == pytest.approx(round(steps)) and round(steps) <= 8


def test_a_row_without_a_figure_is_named_and_not_drawn(ledger):
    split = ledger.evaluate("([rows, base]) => courseLedger.split(rows, 1, 0, base)", [OPTIONS["rows"], True])
    assert split == {"shown": [1, 2], "missing": [0]}
    split = ledger.evaluate("([rows, base]) => courseLedger.split(rows, 0, 0, base)", [OPTIONS["rows"], False])
    assert split == {"shown": [1, 2], "missing": []}
    ledger.wait_for_function("document.querySelector('.cw-read').textContent === 'not in the picture: still'")
    ledger.keyboard.press("ArrowLeft")
    assert ledger.evaluate(f"{STATE}.row") == 0
    assert "cost: none (rests)" in ledger.evaluate(f"{LIVE}.outcome()")


def test_keys_walk_through_the_rows_and_over_hidden_ones(ledger):
    assert ledger.evaluate(f"{LIVE}.outcome()") == "net: score 0.90; cost 20 (8 to 30)."
    ledger.keyboard.press("ArrowRight")
    assert ledger.evaluate(f"{STATE}.row") == 2
    ledger.locator("[data-do=next]").click()
    assert ledger.evaluate(f"{STATE}.row") == 0
    ledger.keyboard.press("b")
    assert ledger.locator("[data-do=base]").get_attribute("aria-pressed") == "false"
    ledger.locator("[data-do=next]").click()
    ledger.locator("[data-do=back]").click()
    assert ledger.evaluate(f"{STATE}.row") == 2


def test_a_box_changes_its_axis_and_keeps_its_own_keys(ledger):
    box = ledger.locator("select[name=y]")
    box.select_option("1")
    assert ledger.evaluate(f"{STATE}.y") == 1
    box.focus()
    ledger.keyboard.press("b")
    assert ledger.evaluate(f"{STATE}.baselines") is True
    ledger.keyboard.press("ArrowUp")
    assert ledger.evaluate(f"{STATE}.row") == 1
    assert box.bounding_box()["height"] >= 44
    assert ledger.faults == []


def test_a_click_takes_the_nearest_point_and_the_orbit_draws_itself(ledger):
    box = ledger.locator(".cw-phase").bounding_box()
    ledger.mouse.click(box["x"] + box["width"] - 30, box["y"] + box["height"] - 60)
    assert ledger.evaluate(f"[{STATE}.row, {STATE}.t]") == [2, 0]
    ledger.locator("[data-do=step]").click()
    assert ledger.evaluate(f"{STATE}.t") == 25


def test_with_reduced_motion_the_orbit_is_whole(open_page):
    page = open_page(reduced_motion="reduce")
    page.set_content(output_cell(widget("ledger", **OPTIONS)._repr_html_()))
    assert page.evaluate(f"{STATE}.t") == 60


def test_a_link_restores_axes_and_row(open_page, address):
    page = open_page(f"{address}/book/networks/synthesis.html#ledger:x=2,y=1,row=3")
    assert page.evaluate(f"[{STATE}.x, {STATE}.y, {STATE}.row]") == [2, 1, 3]
    assert page.faults == []
