"""The widgets that search and show fixed points, and the picture in space: numerics of the library, counts, loading."""

import plotly.offline
import pytest
import torch
from live_widget import LIVE, STATE, given, hold, tanh_network

from course_lib.analysis import fixed_points
from course_lib.student.plotly_html import VERSION

pytestmark = pytest.mark.browser
PAGE = "book/computation/fixed_points.html"


@pytest.fixture
def live(open_page, widgets):
    return hold(open_page(f"{widgets}/{PAGE}"), " ")


@torch.no_grad()
def test_the_search_ends_at_the_librarys_points_with_their_index(live, site):
    net = tanh_network(given(site / PAGE, "Hunt"))
    starts = torch.rand(12, 64, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 2 - 1
    script = """([spec, starts]) => { const net = courseNet.network(spec); return starts.map((start) => {
        let s = { x: Float64Array.from(start), damping: 1e-2 };
        for (let i = 0; i < 60; i += 1) { s = courseHunt.newton(net, s); if (s.q < 5e-21) break; }
        return [Array.from(s.x), s.q, courseHunt.unstable(net, s.x).index]; }); }"""
    ends = live.evaluate(script, [given(site / PAGE, "Hunt"), starts.tolist()])
    flow = net.flow_at(torch.zeros(3, dtype=torch.float64))
    for x, q, index in ends:
        if q < 5e-21:
            found = fixed_points(flow, torch.tensor([x], dtype=torch.float64))
            assert found.converged.all() and (found.x[0] - torch.tensor(x)).abs().max() < 1e-7  # q says 1e-10 of speed
            assert int(found.saddle_index[0]) == index
    assert sum(q < 5e-21 for _, q, _ in ends) >= 10


def test_paths_miss_what_means_of_memories_find(live):
    page = live
    for _ in range(12):
        page.keyboard.press("v")
    counts = page.evaluate(f"[0, 1, 2, 3].map((k) => {STATE}.found.filter((p) => p.index === k).length)")
    assert counts[0] == 8
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{STATE}.tried") == 121
    for _ in range(80):
        page.evaluate(f"() => {{ {LIVE}.actions.mean(); {LIVE}.advance(60); }}")
    counts = page.evaluate(f"[0, 1, 2, 3].map((k) => {STATE}.found.filter((p) => p.index === k).length)")
    assert counts == [8, 12, 6, 1]
    assert "signed count 1, as a complete list must have" in page.evaluate(f"{LIVE}.outcome()")
    assert page.faults == []


def test_the_counts_that_the_lesson_tells_in_advance(live, root):
    lesson = (root / "solutions" / "teaching" / "lessons" / "fixed_points.md").read_text(encoding="utf-8")
    counts = []
    for _ in range(10):
        live.keyboard.press("v")
        counts.append(live.evaluate(f"[0, 1, 2, 3].map((k) => {STATE}.found.filter((p) => p.index === k).length)"))
    assert "17 points: 8, 7, 1, 1" in live.evaluate(f"{LIVE}.outcome()")
    assert "signed count 1, as a complete list must have" in live.evaluate(f"{LIVE}.outcome()")
    for presses, words in ((4, "8, 3, 0, 0"), (8, "8, 7, 1, 0"), (10, "8, 7, 1, 1")):
        assert ", ".join(map(str, counts[presses - 1])) == words and words in lesson


def test_leaving_a_saddle_leads_to_two_memories_that_differ_in_one_bit(live):
    page = live
    for _ in range(6):
        page.keyboard.press("v")
    page.evaluate(f"{STATE}.picked = {STATE}.found.findIndex((p) => p.index === 1)")
    page.keyboard.press("g")
    ends = page.evaluate(f"{STATE}.paths.map((path) => path[path.length - 1].map((v) => Math.sign(v)))")
    assert len(ends) == 2 and sum(a != b for a, b in zip(*ends, strict=True)) == 1
    page.keyboard.press("0")
    assert page.evaluate(f"{STATE}.found.length") == 0


SPACE = "document.querySelector('.course-space').courseSpace"


def test_the_picture_in_space_turns_until_it_is_stopped(open_page, address):
    page = open_page(f"{address}/{PAGE}")
    page.locator(".cs-turning").scroll_into_view_if_needed()
    before = page.evaluate(f"{SPACE}.yaw")
    page.wait_for_function(f"{SPACE}.yaw > {before} + 0.02")
    page.get_by_text("Stop turning").click()
    stopped = page.evaluate(f"{SPACE}.yaw")
    page.wait_for_timeout(300)
    assert page.evaluate(f"{SPACE}.yaw") == stopped
    assert len(page.locator(".cs-turning").get_attribute("aria-label")) > 40
    calm = open_page(f"{address}/{PAGE}", reduced_motion="reduce")
    assert calm.evaluate(f"{SPACE}.playing") is False
    assert page.faults == calm.faults == []


def test_the_projection_keeps_gaps_and_turns_about_the_upright_axis(open_page, address):
    page = open_page(f"{address}/{PAGE}")
    trace = {"x": [-1, 1, None, 0], "y": [-2, 2, None, 0], "z": [0, 0, None, 5]}
    front, back = page.evaluate("trace => [0, Math.PI].map((yaw) => courseSpace.project([trace], yaw)[0])", trace)
    assert front[2] is None and back[2] is None
    assert front[0][0] == pytest.approx(-1) and back[0][0] == pytest.approx(1)  # half a turn swaps left and right
    assert front[3][1] == pytest.approx(back[3][1])


def test_plotly_is_fetched_from_the_site_when_it_is_asked_for_and_turned_by_keys(open_page, address):
    page = open_page(f"{address}/book/computation/flipflop.html")
    assert page.evaluate("typeof window.Plotly") == "undefined"
    page.get_by_text("Turn it by hand").click()
    page.wait_for_function("document.activeElement.classList.contains('cs-stage')", timeout=60_000)
    eye = "document.querySelector('.cs-stage').layout.scene.camera.eye"
    before = page.evaluate(f"{eye}.x")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{eye}.x !== {before}")
    assert not page.locator(".cs-turning").is_visible()
    assert [fault for fault in page.faults if "WebGL" not in fault] == []


def test_notebooks_fetch_the_version_that_the_site_has():
    assert plotly.offline.get_plotlyjs_version() == VERSION
