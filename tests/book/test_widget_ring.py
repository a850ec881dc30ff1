"""The widget of a ring that holds an angle, in a browser: the library's weights, steps, drift and resting angles."""

import base64
import math

import numpy as np
import pytest
import torch
from live_widget import LIVE, STATE, drag, given, hold

from course_lib.analysis import fixed_points
from course_lib.dynamics import EulerMap
from course_lib.integrate import iterate
from course_lib.models import CTRNN
from course_lib.models.rate_flow import RateFlow

pytestmark = pytest.mark.browser
PAGE = "book/computation/cognitive_tasks.html"
DRIFT = "([o, k, jitter]) => courseRing.drift(courseRing.weights(o, k, jitter), o.n)"


def flow_of(options: dict, draw: int, jitter: float, cue: torch.Tensor | float = 0.0) -> RateFlow:
    """The library's flow with the widget's weights, written anew."""
    n = options["n"]
    spread = np.frombuffer(base64.b64decode(options["draws"][draw]), dtype="<f4").reshape(n, n).astype(float)
    place = 2 * math.pi * torch.arange(n, dtype=torch.float64) / n
    net = CTRNN(n, n, 1, tau=1.0, dt=0.1, nonlinearity="relu", generator=torch.Generator())
    with torch.no_grad():
        cosine = options["j0"] + options["j1"] * torch.cos(place[:, None] - place)
        net.W_rec.copy_(cosine / n + jitter * torch.from_numpy(spread) / n**0.5)
        net.W_in.copy_(torch.eye(n))
        net.b.fill_(1.0)
    return net.flow_at(cue * torch.ones(n, dtype=torch.float64))


@pytest.fixture
def ring(open_page, address):
    """The page with the widget paused, in view and focused."""
    return hold(open_page(f"{address}/{PAGE}"), " ")


def test_steps_and_drift_agree_with_the_library(ring, site):
    options = given(site / PAGE, "Ring")
    place = 2 * math.pi * torch.arange(options["n"], dtype=torch.float64) / options["n"]
    flow = flow_of(options, 1, 0.1, 0.5 * torch.cos(place - 0.7))
    run = """([o, start]) => { const W = courseRing.weights(o, 1, 0.1), u = courseRing.cue(o.n, 0.7), out = [];
        let x = Float64Array.from(start);
        for (let t = 0; t < 200; t += 1) { x = courseRing.step(W, x, u); out.push(Array.from(x)); }
        return [out, courseRing.heading(x), courseRing.turning(W, x)]; }"""
    start = torch.rand(options["n"], generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    path, heading, turning = ring.evaluate(run, [options, start.tolist()])
    truth = iterate(EulerMap(flow, 0.1), start, 200).x[0, 1:]
    assert (torch.tensor(path, dtype=torch.float64) - truth).abs().max() < 1e-9
    angle = torch.atan2(truth[-1] @ place.sin(), truth[-1] @ place.cos())
    free = flow_of(options, 1, 0.1)
    along = truth[-1] + 1e-6 * free.vector_field(truth[-1])
    moved = torch.atan2(along @ place.sin(), along @ place.cos()) - angle
    assert heading == pytest.approx(float(angle), abs=1e-9) and turning == pytest.approx(float(moved) * 1e6, abs=1e-7)


def test_the_exact_ring_rests_at_every_cell_and_the_others_at_points_of_the_library(ring, site):
    options = given(site / PAGE, "Ring")
    exact = ring.evaluate(DRIFT, [options, 0, 0.0])["rests"]
    assert sum(rest["stable"] for rest in exact) == len(exact) / 2 == options["n"]
    angles = torch.tensor([rest["angle"] for rest in exact if rest["stable"]], dtype=torch.float64) * 16 / math.pi
    phase = torch.remainder(angles - angles[0] + 0.5, 1.0) - 0.5
    assert phase.abs().max() < 0.1  # one a cell, evenly spaced
    settle = """([o, k]) => { const W = courseRing.weights(o, k, 0.1), map = courseRing.drift(W, o.n);
        return map.rests.filter((rest) => rest.stable).map((rest) => {
            let x = courseRing.cue(o.n, rest.angle).map((v) => v + 0.5);
            for (let t = 0; t < 6000; t += 1) x = courseRing.step(W, x); return Array.from(x); }); }"""
    ends = torch.tensor(ring.evaluate(settle, [options, 1]), dtype=torch.float64)
    found = fixed_points(flow_of(options, 1, 0.1), ends)
    assert 2 <= len(ends) < 16 and found.converged.all() and found.index_counts() == [len(found.x)]
    assert torch.cdist(ends, found.x).amin(dim=1).max() < 1e-3


def test_keys_mouse_and_words(ring):
    page = ring
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"[{STATE}.cue, {STATE}.shown]") == [45, True]
    assert page.evaluate(f"{LIVE}.outcome()") == "A cue shows 45°."
    page.keyboard.press("Enter")
    page.keyboard.press("w")
    assert page.evaluate(f"{STATE}.t") == pytest.approx(1000, abs=1)
    assert abs(page.evaluate(f"courseRing.heading({STATE}.x) * 180 / Math.PI") - 45) < 180 / 32 + 0.1
    assert "32 angles rest" in page.evaluate(f"{LIVE}.outcome()")
    page.keyboard.press("d")
    assert page.evaluate(f"[{STATE}.draw, {STATE}.jitter]") == [1, 0.1]
    assert page.evaluate(f"{STATE}.rests") < 16
    box = page.locator(".cw-dial").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 12)
    drag(page, (middle[0] + 50, middle[1]), (middle[0], middle[1] - 60))
    assert page.evaluate(f"[{STATE}.held, {STATE}.shown]") == [90, False]
    assert page.faults == []
