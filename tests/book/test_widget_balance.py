"""The balance widget in a browser: the library's spikes, its statistics, keys, touch, still picture, Colab."""

import dataclasses

import pytest
import torch
from live_widget import LIVE, STATE, hold, slide

from course_lib.analysis import interval_statistics
from course_lib.models.balanced import BalancedNetwork, Couplings

pytestmark = pytest.mark.browser
PAGE = "book/networks/balance.html"
F64 = torch.float64


def receivers(first: int, count: int, wires: dict, n_cells: int, shift: int) -> torch.Tensor:
    """The library's table of targets of some senders, out of the script's lists."""
    lists = [wires["to"][wires["from"][i] : wires["from"][i + 1]] for i in range(first, first + count)]
    table = torch.full((count, max(map(len, lists))), n_cells)
    for row, targets in zip(table, lists, strict=True):
        row[: len(targets)] = torch.tensor(targets, dtype=torch.long)
    return table + shift


@pytest.fixture
def balance(open_page, widgets):
    """The page with the widget paused, in view and focused."""
    return hold(open_page(f"{widgets}/{PAGE}"), "p")


def test_three_hundred_steps_give_the_spikes_of_the_library(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
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


def test_every_cell_hears_k_others_of_each_kind_and_never_itself(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
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


def test_its_theory_is_the_solution_of_the_balance_equations(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}")
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
        slide(balance, "K", K)
        balance.evaluate(f"{LIVE}.advance(3000)")
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
    page.locator("[data-do=play]").click()
    assert page.evaluate(f"{STATE}.playing") is True
    assert page.faults == []


def test_sliders_obey_arrows_and_leave_a_link_that_restores_them(balance, open_page, widgets):
    balance.locator("input[name=m0]").focus()
    balance.keyboard.press("ArrowUp")
    assert balance.evaluate(f"{STATE}.m0") == pytest.approx(0.3)
    assert "m0=0.3" in balance.evaluate("location.hash")
    page = open_page(f"{widgets}/{PAGE}#balance:K=40,m0=0.5,g=1.2")
    assert page.evaluate(f"[{STATE}.K, {STATE}.m0, {STATE}.g]") == [40, 0.5, 1.2]


def test_a_silent_network_says_so_and_has_no_spike_to_lose(balance):
    page = balance
    slide(page, "m0", 0.1)
    slide(page, "K", 20)
    page.evaluate(f"{LIVE}.advance(1000)")
    page.keyboard.press("f")
    assert page.evaluate(f"{STATE}.twin") is None
    page.wait_for_function("document.querySelector('.cw-say').textContent.includes('silent')")


def test_reduced_motion_starts_paused_with_half_a_second(open_page, widgets):
    page = open_page(f"{widgets}/{PAGE}", reduced_motion="reduce")
    assert page.evaluate(f"[{STATE}.playing, {STATE}.t]") == [False, 500]
