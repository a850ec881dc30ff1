"""The widget of the spiking closed loop in a browser: the library's spikes and orbit, silenced cells, both loops."""

import base64

import pytest
import torch
from live_widget import LIVE, STATE, hold, output_cell

from course_lib.student import widget

pytest.importorskip("norse")
from course_lib.models import SpikingEINetwork, SpikingLoop
from course_lib.models.spiking_loop import LoopState

pytestmark = pytest.mark.browser
F64 = torch.float64
START = torch.tensor([0.4, -0.6, 0.2], dtype=F64)


def packed(x: torch.Tensor, kind: str) -> str:
    return base64.b64encode(x.detach().numpy().astype(kind).tobytes()).decode("ascii")


@pytest.fixture(scope="module")
def loop() -> SpikingLoop:
    """Eighty cells whose weights are single precision numbers, and a decoder that keeps the orbit near the start."""
    draw = torch.Generator().manual_seed(0)
    network = SpikingEINetwork(60, 20, 3, 3, K=8, hold=1, generator=draw, strength=0.2, traces=(20.0, 80.0))
    network.float().double()
    with torch.no_grad():
        network.W_in.copy_((network.cell.leak_syn * network.W_in).float() / network.cell.leak_syn)
        network.b.copy_((network.cell.leak_syn * network.b).float() / network.cell.leak_syn)
    C = (0.02 * torch.randn(3, 160, generator=draw, dtype=F64)).float().double()
    return SpikingLoop(network, C, START.float().double())


@pytest.fixture(scope="module")
def options(loop) -> dict:
    network, cell = loop.network, loop.network.cell
    W = network.W_rec.detach()
    sizes = [float(W[a][:, b].abs().max()) for a in (slice(60), slice(60, None)) for b in (slice(60), slice(60, None))]
    naive = torch.zeros(480, dtype=F64), torch.tensor([1.0, 2.0, 3.0], dtype=F64)
    parts = network.v0, cell.leak_syn * network.W_in, cell.leak_syn * network.b, loop.C, loop.d, *naive
    return {
        "n": 80,
        "nE": 60,
        "K": 8,
        "unit": 400.0,
        "start": START,
        "lobes": 0.575,
        "weights": [sizes[0], -sizes[1], sizes[2], -sizes[3]],
        "wires": packed(torch.stack([row.nonzero().squeeze(1) for row in W]), "<u2"),
        "data": packed(torch.cat([p.detach().flatten() for p in parts]), "<f4"),
        "leaks": {"mem": cell.leak_mem, "syn": cell.leak_syn, "slow": 1 / 200, "traces": [1 / 20, 1 / 80]},
    }


@pytest.fixture
def page(open_page, options):
    """The widget alone, paused, at its start."""
    page = open_page()
    page.set_content(output_cell(widget("spike-lorenz", **options)._repr_html_()))
    return hold(page, " ", "r")


def test_driven_and_alone_its_spikes_and_orbit_are_the_library_s(page, loop):
    state = LoopState(loop, START[None])
    for _ in range(400):
        state.step(START[None])
    state.x = START[None].clone()
    script = f"() => {{ const s = {STATE}; const before = s.spikes.length; {LIVE}.advance(1);"
    script += " return [s.spikes.slice(before).map((p) => p[1]), Array.from(s.loop.x)]; }"
    count = 0
    for _ in range(150):
        fired, x = page.evaluate(script)
        state.advance()
        assert fired == state.spikes[0].nonzero().squeeze(1).tolist()
        assert (torch.tensor(x, dtype=F64) - state.x[0]).abs().max() < 1e-6
        count += len(fired)
    assert count > 100


def test_silenced_cells_are_silent_and_come_back(page):
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.evaluate(f"{STATE}.loop.dead.size") == 8
    page.evaluate(f"{STATE}.spikes = []; {LIVE}.advance(400)")
    dead = page.evaluate(f"Array.from({STATE}.loop.dead)")
    assert not set(dead) & {cell for _, cell in page.evaluate(f"{STATE}.spikes")}
    assert "8 of 80 silenced" in page.locator(".cw-read").inner_text()
    page.keyboard.press("r")
    assert page.evaluate(f"{STATE}.loop.dead.size") == 0


def test_the_naive_loop_feeds_back_what_it_decodes(page):
    page.keyboard.press("2")
    page.evaluate(f"{LIVE}.advance(1000)")
    assert page.evaluate(f"{STATE}.loop.x") == [1, 2, 3]
    page.wait_for_function("document.querySelector('.cw-say').textContent.startsWith('Fed back as it is decoded')")
    assert page.evaluate("location.hash") == "#spike-lorenz:naive=2"
    assert page.faults == []


def test_with_reduced_motion_it_shows_an_orbit_and_waits(open_page, options):
    page = open_page(reduced_motion="reduce")
    page.set_content(output_cell(widget("spike-lorenz", **options)._repr_html_()))
    assert page.evaluate(f"[{STATE}.t, {STATE}.trail.length, {STATE}.playing]") == [8000, 800, False]
