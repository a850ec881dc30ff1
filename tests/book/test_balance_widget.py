"""The balance widget in a browser: the library's spikes, its statistics, keys, touch, still picture, Colab."""

import dataclasses

import pytest
import torch

from course_lib.analysis import interval_statistics
from course_lib.models.balanced import BalancedNetwork, Couplings
from course_lib.student import widget

pytestmark = pytest.mark.browser
PAGE = "book/networks/balance.html"
LIVE = "document.querySelector('.cw-live').courseWidget"
STATE = f"{LIVE}.state"
F64 = torch.float64


def receivers(first: int, count: int, wires: dict, n_cells: int, shift: int) -> torch.Tensor:
    """The library's table of targets of some senders, out of the script's lists."""
    lists = [wires["to"][wires["from"][i] : wires["from"][i + 1]] for i in range(first, first + count)]
    table = torch.full((count, max(map(len, lists))), n_cells)
    for row, targets in zip(table, lists, strict=True):
        row[: len(targets)] = torch.tensor(targets, dtype=torch.long)
    return table + shift


@pytest.fixture
def balance(open_page, address):
    """The page with the widget paused, in view and focused."""
    page = open_page(f"{address}/{PAGE}")
    live = page.locator(".cw-live")
    live.scroll_into_view_if_needed()
    live.focus()
    page.keyboard.press("p")
    return page


def test_three_hundred_steps_give_the_spikes_of_the_library(open_page, address):
    page = open_page(f"{address}/{PAGE}")
    script = """() => { const net = courseBalance.build(80, 30, 10, 5), s = courseBalance.start(net), fired = [];
        for (let k = 0; k < 300; k += 1) { courseBalance.step(net, s, 0.6, 1.2, 0); fired.push(s.fired); }
        return { from: [...net.from], to: [...net.to], start: [...net.v], end: [...s.v], fired: fired }; }"""
    here = page.evaluate(script)
    network = BalancedNetwork(
        80, 30, 10, generator=torch.Generator().manual_seed(0), couplings=Couplings(EI=2.4, II=2.16)
    )
    network.targets = (receivers(0, 80, here, 110, 0), receivers(80, 30, here, 110, 111))
    start = network.draw_state(generator=torch.Generator().manual_seed(0))
    run = network.run(dataclasses.replace(start, v=torch.tensor(here["start"], dtype=F64)), 150.0, drive=0.6)
    there = [row.nonzero().squeeze(1).tolist() for row in run.spikes]
    assert here["fired"] == there and sum(map(len, there)) > 100
    assert (torch.tensor(here["end"], dtype=F64) - run.end.v).abs().max() < 1e-9


def test_every_cell_hears_k_others_of_each_kind_and_never_itself(open_page, address):
    page = open_page(f"{address}/{PAGE}")
    wires = page.evaluate(
        "(() => { const n = courseBalance.build(60, 30, 12, 3); return [[...n.from], [...n.to]]; })()"
    )
    heard: dict[int, list[int]] = {cell: [] for cell in range(90)}
    for sender in range(90):
        for cell in wires[1][wires[0][sender] : wires[0][sender + 1]]:
            heard[cell].append(sender)
    for cell, senders in heard.items():
        assert len(set(senders)) == len(senders) == 24 and cell not in senders
        assert sum(sender < 60 for sender in senders) == 12


def test_its_theory_is_the_solution_of_the_balance_equations(open_page, address):
    page = open_page(f"{address}/{PAGE}")
    for drive, factor in ((0.25, 1.0), (0.6, 1.4)):
        wanted = Couplings(EI=2 * factor, II=1.8 * factor).rates(drive).tolist()
        assert page.evaluate(f"courseBalance.theory({drive}, {factor})") == pytest.approx(wanted)


def test_its_numbers_are_those_of_the_library_on_other_wires(balance):
    balance.keyboard.press("r")
    found = balance.evaluate(f"(() => {{ {LIVE}.advance(3600); return {LIVE}.summary(); }})()")
    generator = torch.Generator().manual_seed(0)
    network = BalancedNetwork(1600, 400, 80, generator=generator)
    run = network.run(network.draw_state(generator=generator), 1500.0, drive=0.25, spin_up=300.0)
    assert found["rates"] == pytest.approx(run.rates().tolist(), rel=0.06)
    assert found["cv"] == pytest.approx(interval_statistics(run.spikes, dt=run.dt).mean_cv, abs=0.1)
    mean = run.currents("E")
    assert found["exc"] == pytest.approx(mean.external + mean.excitatory, rel=0.25)  # of one cell there
    assert found["exc"] + found["inh"] == pytest.approx(mean.net, abs=0.3)


def test_four_times_the_inputs_leave_no_larger_sum(balance):
    left = []
    for K in (40, 160):
        balance.evaluate(f"""(() => {{ const w = {LIVE}; w.inputs.K.value = {K};
            w.inputs.K.dispatchEvent(new Event('input')); w.advance(3000); }})()""")
        left.append(balance.evaluate(f"{LIVE}.summary()"))
    assert left[1]["exc"] > 1.6 * left[0]["exc"] and left[1]["inh"] < 1.6 * left[0]["inh"]
    assert abs(left[1]["exc"] + left[1]["inh"]) < 0.2 * left[1]["exc"]
    balance.wait_for_function("document.querySelector('.cw-say').textContent.includes('At K = 160 this cell')")


def test_without_one_spike_it_becomes_another_network(balance):
    balance.evaluate(f"{LIVE}.advance(800)")
    assert balance.evaluate(f"{STATE}.twin") is None
    balance.keyboard.press("f")
    balance.evaluate(f"{LIVE}.advance(300)")
    assert 3 < balance.evaluate(f"{STATE}.parted") < 120
    balance.wait_for_function("document.querySelector('.cw-say').textContent.includes('after the deletion')")


def test_keys_and_buttons_do_the_same(balance):
    page = balance
    before = page.evaluate(f"{STATE}.t")
    page.keyboard.press("s")
    page.locator("[data-do=step]").click()
    assert page.evaluate(f"{STATE}.t") == pytest.approx(before + 10)
    page.keyboard.press("r")
    assert page.evaluate(f"[{STATE}.t, {STATE}.seed]") == [0, 2]
    page.locator("[data-do=again]").click()
    assert page.evaluate(f"{STATE}.seed") == 3
    page.keyboard.press("?")
    assert page.locator(".cw-keys").is_visible()
    page.locator("[data-do=keys]").click()
    assert not page.locator(".cw-keys").is_visible()
    page.locator("[data-do=play]").click()
    assert page.evaluate(f"{STATE}.playing") is True
    assert page.faults == []


def test_it_moves_by_itself_and_rests_off_screen(open_page, address):
    page = open_page(f"{address}/{PAGE}")
    page.locator(".cw-live").scroll_into_view_if_needed()
    page.wait_for_function(f"{STATE}.t > 20")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function(f"{STATE}.seen === false")
    stopped = page.evaluate(f"{STATE}.t")
    page.wait_for_timeout(400)
    assert page.evaluate(f"{STATE}.t") == stopped


def test_sliders_obey_arrows_and_leave_a_link_that_restores_them(balance, open_page, address):
    balance.locator("input[name=m0]").focus()
    balance.keyboard.press("ArrowUp")
    assert balance.evaluate(f"{STATE}.m0") == pytest.approx(0.3)
    assert "m0=0.3" in balance.evaluate("location.hash")
    page = open_page(f"{address}/{PAGE}#balance:K=40,m0=0.5,g=1.2")
    assert page.evaluate(f"[{STATE}.K, {STATE}.m0, {STATE}.g]") == [40, 0.5, 1.2]


def test_a_silent_network_says_so_and_has_no_spike_to_lose(balance):
    page = balance
    page.evaluate(f"""(() => {{ const w = {LIVE};
        for (const [name, value] of [['m0', 0.1], ['K', 20]]) {{
            w.inputs[name].value = value;
            w.inputs[name].dispatchEvent(new Event('input'));
        }}
        w.advance(1000); }})()""")
    page.keyboard.press("f")
    assert page.evaluate(f"{STATE}.twin") is None
    page.wait_for_function("document.querySelector('.cw-say').textContent.includes('silent')")


def test_reduced_motion_starts_paused_with_half_a_second(open_page, address):
    page = open_page(f"{address}/{PAGE}", reduced_motion="reduce")
    assert page.evaluate(f"[{STATE}.playing, {STATE}.t]") == [False, 500]


def test_targets_are_large_enough_for_a_finger(open_page, address):
    page = open_page(f"{address}/{PAGE}", viewport={"width": 390, "height": 844}, has_touch=True)
    for control in page.locator(".cw-live button, .cw-live input").all():
        box = control.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    page.locator("[data-do=play]").tap()
    assert page.evaluate(f"{STATE}.playing") is False


def test_without_javascript_the_still_picture_stands_in_the_box(open_page, address):
    page = open_page(f"{address}/{PAGE}", java_script_enabled=False)
    image = page.locator(".cw-still img")
    assert image.is_visible() and len(image.get_attribute("alt")) > 40


def test_it_lives_in_a_bare_output_cell_as_in_colab(open_page):
    page = open_page()
    page.set_content("<!doctype html><title>output</title><body>" + widget("balance")._repr_html_())
    page.wait_for_function(f"{STATE}.t > 20")
    assert page.locator(".cw-live canvas").count() == 2
    assert page.faults == []
