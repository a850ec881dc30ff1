"""The widget of one spiking cell in a browser: the library's spikes, rate and surrogate, its keys, its frozen twin."""

import pytest
import torch
from live_widget import LIVE, STATE, hold, output_cell, slide

from course_lib.models.lif import LIFCell, firing_rate, lif_step
from course_lib.models.surrogate import Surrogate
from course_lib.student import widget

pytestmark = pytest.mark.browser
SETTINGS = ((1.5, 20.0, 1.0), (0.9, 8.0, 0.5), (2.6, 35.0, 1.4))  # I, tau, v_th


@pytest.fixture
def lif(open_page):
    """The widget alone, paused, from rest."""
    page = open_page()
    page.set_content(output_cell(widget("lif")._repr_html_()))
    return hold(page, "p", "r")


def test_three_hundred_steps_agree_with_the_library(lif):
    jumps = torch.zeros(300, dtype=torch.float64)
    jumps[::37] = 2.0
    for current, tau, v_th in SETTINGS:
        script = """([p, jumps]) => { let s = { v: 0, i: 0 }; return jumps.map((jump) => {
            const [v, i, spike] = courseLif.step(s, p, jump); s = { v, i }; return [v, i, Number(spike)]; }); }"""
        parameters = {"I": current, "tau": tau, "vth": v_th, "slow": 1}
        here = torch.tensor(lif.evaluate(script, [parameters, jumps.tolist()]), dtype=torch.float64)
        cell = LIFCell(tau_mem=tau, v_th=v_th)
        v = i_syn = torch.zeros(1, dtype=torch.float64)
        for k, jump in enumerate(jumps):
            v, i_syn, spikes = lif_step(v, i_syn, jump + cell.leak_syn * current, cell)
            there = torch.stack((v[0], i_syn[0], spikes[0]))
            assert (here[k] - there).abs().max() < 1e-9
        assert here[:, 2].sum() > 3


def test_rate_and_surrogate_are_the_library_s(lif):
    currents = torch.linspace(0, 3, 31, dtype=torch.float64)
    for _, tau, v_th in SETTINGS:
        parameters = {"tau": tau, "vth": v_th}
        here = lif.evaluate("([I, p]) => I.map((v) => courseLif.rate(v, p))", [currents.tolist(), parameters])
        assert here == pytest.approx(firing_rate(currents, LIFCell(tau_mem=tau, v_th=v_th)).tolist())
    here = lif.evaluate("I => I.map((v) => courseLif.bell(v - 1, 12))", currents.tolist())
    assert here == pytest.approx(Surrogate("superspike", 12.0).derivative(currents - 1).tolist())


def test_it_counts_whole_steps_and_says_so(lif):
    lif.evaluate(f"{LIVE}.advance(400)")
    assert lif.evaluate(f"{STATE}.interval") == 22
    lif.wait_for_function("document.querySelector('.cw-say').textContent === 'One spike every 22 ms.'")
    assert "45.5 Hz on paper, 45.5 Hz here" in lif.locator(".cw-read").inner_text()
    slide(lif, "I", 0.95)
    lif.evaluate(f"{LIVE}.advance(400)")
    assert lif.evaluate(f"{STATE}.spikes") == []
    lif.wait_for_function("document.querySelector('.cw-say').textContent.includes('Below threshold')")


def test_ms_for_seconds_is_silence_without_a_word_of_warning(lif):
    lif.keyboard.press("u")
    assert lif.locator("[data-do=units]").get_attribute("aria-pressed") == "true"
    lif.evaluate(f"{LIVE}.advance(3000)")
    assert lif.evaluate(f"{STATE}.v") < 0.1 and lif.evaluate(f"{STATE}.spikes") == []
    lif.wait_for_function("document.querySelector('.cw-say').textContent.includes('No error, no warning')")
    lif.locator("[data-do=units]").click()
    lif.evaluate(f"{LIVE}.advance(100)")
    assert len(lif.evaluate(f"{STATE}.spikes")) == 4
    assert lif.faults == []


def test_an_input_spike_arrives_once_and_arrows_change_the_current(lif):
    slide(lif, "I", 0)
    lif.keyboard.press(" ")
    lif.evaluate(f"{LIVE}.advance(1)")
    assert lif.evaluate(f"{STATE}.i") == pytest.approx(2 * (1 - 1 / 5))
    lif.evaluate(f"{LIVE}.advance(1)")
    assert lif.evaluate(f"{STATE}.i") == pytest.approx(2 * (1 - 1 / 5) ** 2)
    lif.keyboard.press("ArrowRight")
    assert lif.evaluate(f"{STATE}.I") == pytest.approx(0.05)


def test_a_narrow_surrogate_lets_fewer_steps_through(lif):
    share = []
    for log in (0.0, 1.0, 2.0):
        slide(lif, "log", log)
        lif.evaluate(f"{LIVE}.advance(400)")
        lif.wait_for_timeout(100)
        share.append(float(lif.locator(".cw-read").inner_text().rsplit(" in ", 1)[1].split(" %")[0]))
    assert share[0] == 100 > share[1] > share[2]


def test_with_reduced_motion_a_change_shows_a_whole_answer(open_page):
    page = open_page(reduced_motion="reduce")
    page.set_content(output_cell(widget("lif")._repr_html_()))
    assert page.evaluate(f"{STATE}.t") == 300
    slide(page, "I", 2.0)
    assert page.evaluate(f"[{STATE}.t, {STATE}.interval]") == [600, 14]
