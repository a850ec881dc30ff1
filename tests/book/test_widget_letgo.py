"""The widget that lets networks go, in a browser: the library's numbers, keys, buttons, touch, still picture, link."""

import base64

import pytest
import torch
from live_widget import LIVE, STATE, hold

from course_lib.models import CTRNN
from course_lib.staff.publishing.looks import serve
from course_lib.student import widget
from course_lib.systems.references import LORENZ63
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_reservoir

pytestmark = pytest.mark.browser
TASK = LorenzForecast(dt=0.02, n_steps=250)
EXPONENT = LORENZ63["lyapunov_spectrum"].value[0]
DRIVEN = 200  # steps that the widget shows the truth before a reader can let go


@pytest.fixture(scope="module")
def nets() -> list[CTRNN]:
    """Two reservoirs of different sizes whose weights are single precision numbers."""
    data = TASK.sample(20, generator=torch.Generator().manual_seed(0))
    made = []
    for units, seed in ((64, 0), (30, 1)):
        draw = torch.Generator().manual_seed(seed)
        net = CTRNN(units, 3, 3, tau=0.04, dt=0.02, generator=draw)
        fit_reservoir(net, data.inputs, data.targets, ridge=1e-6)
        made.append(net.float().double())
    return made


@pytest.fixture(scope="module")
def truth() -> torch.Tensor:
    """(time, 3), standardised."""
    return TASK.sample(1, generator=torch.Generator().manual_seed(3)).inputs[0]


@pytest.fixture(scope="module")
def home(nets, truth, tmp_path_factory):
    """Where a bare page with the widget is served."""
    specs = []
    for name, net in zip("AB", nets, strict=True):
        weights = torch.cat([w.detach().flatten() for w in (net.W_rec, net.W_in, net.b, net.C, net.d)])
        data = base64.b64encode(weights.numpy().astype("<f4").tobytes()).decode("ascii")
        specs.append({"name": name, "n": net.dim, "alpha": 0.02 / net.tau.item(), "data": data})
    live = widget(
        "letgo",
        nets=specs,
        start=TASK.restore(truth[0]),
        mean=TASK.mean,
        std=TASK.std,
        dt=0.02,
        substeps=4,
        exponent=EXPONENT,
    )
    folder = tmp_path_factory.mktemp("letgo")
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>output</title>'
    (folder / "page.html").write_text(f"{head}<body>{live._repr_html_()}")
    with serve(folder) as address:
        yield f"{address}/page.html"


@pytest.fixture
def page(open_page, home):
    """The widget at its start, paused and focused."""
    return hold(open_page(home, reduced_motion="reduce"))


def close(here: list, there: torch.Tensor) -> None:
    assert (torch.tensor(here, dtype=torch.float64) - there).abs().max() < 1e-9


def test_shown_the_truth_and_alone_the_network_is_the_library_s(page, nets, truth):
    for i, net in enumerate(nets):
        page.evaluate(f"{LIVE}.choose({i})")
        close(page.evaluate(f"{STATE}.u"), truth[DRIVEN])
        close(page.evaluate(f"Array.from({STATE}.x)"), net.run(truth[None, :DRIVEN])[0, -1])
        script = f"""() => {{ const out = [{STATE}.y]; {STATE}.free = true;
            for (let i = 0; i < 200; i += 1) {{ {LIVE}.advance(1); out.push({STATE}.y); }} return out; }}"""
        close(page.evaluate(script), net.forecast(truth[None, :DRIVEN], 201)[0])


def test_the_error_is_the_one_that_the_valid_time_is_made_of(page, nets, truth):
    page.keyboard.press(" ")  # with reduced motion a press shows eight hundred steps at once
    assert page.evaluate(f"{STATE}.steps") == 800
    curve = torch.tensor(page.evaluate(f"{STATE}.curve"), dtype=torch.float64)
    said = nets[0].forecast(truth[None, :DRIVEN], 41)[0, 1:]
    error = (said - truth[DRIVEN + 1 : DRIVEN + 41]).square().mean(dim=-1).sqrt()
    assert torch.allclose(curve[:40, 1], error, rtol=1e-6, atol=1e-9)
    parted = curve[(curve[:, 1] > 0.4).double().argmax(), 0]
    assert page.evaluate(f"{STATE}.parted") == pytest.approx(float(parted))
    assert "parted after" in page.evaluate(f"{LIVE}.outcome()")


def test_a_nudge_moves_one_readout_by_a_tenth(open_page, home):
    page = hold(open_page(home))
    moves = {"ArrowRight": (0.1, 0, 0), "ArrowLeft": (-0.1, 0, 0), "ArrowUp": (0, 0, 0.1), "ArrowDown": (0, 0, -0.1)}
    for key, moved in moves.items():
        before = page.evaluate(f"{STATE}.y")
        page.keyboard.press(key)
        after = page.evaluate(f"{STATE}.y")
        assert [b - a for a, b in zip(before, after, strict=True)] == pytest.approx(moved, abs=1e-9)


def test_a_nudge_heals_while_the_truth_feeds_and_grows_when_it_does_not(page):
    for free in (False, True):
        script = f"""free => {{ const run = (nudge) => {{ {LIVE}.actions.again(); {STATE}.free = free;
            if (nudge) {LIVE}.actions.right(); else {LIVE}.advance(50);
            {LIVE}.advance(250); return {STATE}.y; }}; const a = run(false), b = run(true);
            return Math.hypot(...a.map((v, i) => v - b[i])); }}"""
        gap = page.evaluate(script, free)
        assert gap > 0.1 if free else gap < 1e-3


def test_keys_and_buttons_do_what_they_say(page):
    page.keyboard.press("2")
    assert page.evaluate(f"{STATE}.net") == 1
    assert page.locator("[data-net='1']").get_attribute("aria-pressed") == "true"
    page.keyboard.press(" ")
    assert page.evaluate(f"{STATE}.free") is True
    page.locator("[data-do=toggle]").click()
    assert page.evaluate(f"{STATE}.free") is False
    steps = page.evaluate(f"{STATE}.truth.length")
    page.locator("[data-do=again]").click()
    page.locator("[data-do=step]").click()
    assert page.evaluate(f"{STATE}.truth.length") == DRIVEN + 25 < steps
    page.locator("[data-do=play]").click()
    page.wait_for_function(f"{STATE}.truth.length > {DRIVEN + 40}")
    assert page.faults == []


def test_a_network_is_chosen_by_a_link(open_page, home, page):
    page.locator("[data-net='1']").click()
    assert page.evaluate("location.hash") == "#letgo:net=2"
    assert open_page(home + "#letgo:net=2").evaluate(f"{STATE}.net") == 1


def test_it_waits_and_let_go_it_moves_where_motion_is_welcome(open_page, home, page):
    moving = open_page(home)
    assert moving.evaluate(f"{STATE}.truth.length") == DRIVEN
    for view in (page, moving):
        view.locator("[data-do=toggle]").click()
    moving.wait_for_function(f"{STATE}.truth.length > {DRIVEN + 20}")
    assert page.evaluate(f"{STATE}.playing") is False
    moving.locator("[data-do=again]").click()
    assert moving.evaluate(f"[{STATE}.playing, {STATE}.free, {STATE}.truth.length]") == [False, False, DRIVEN]
    assert moving.faults == []
