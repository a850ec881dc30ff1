"""The widget that kicks a state across ψ = 0: the library's ψ and steps, kicks that hold and kicks that flip."""

import pytest
import torch
from live_widget import LIVE, STATE, drag, given, hold, learnt_psi, tanh_network

pytestmark = pytest.mark.browser
PAGE = "book/computation/network_separatrices.html"


@pytest.fixture
def live(open_page, widgets):
    """The page with its widget paused: a kick then runs to its end at once."""
    return hold(open_page(f"{widgets}/{PAGE}"), " ")


@torch.no_grad()
def test_psi_and_the_path_after_a_kick_are_the_librarys(live, site):
    options = given(site / PAGE, "Kick")
    start = torch.tensor(options["memories"][0], dtype=torch.float64)
    tip = start + 0.9 * torch.tensor(options["least"], dtype=torch.float64)
    script = """([spec, x]) => { const net = courseNet.network(spec), psi = courseNet.eigenfunction(spec.psi);
        let state = Float64Array.from(x), out = [];
        for (let i = 0; i < 200; i += 1) { state = net.step(state, new Float64Array(1)); out.push(Array.from(state)); }
        return [out, out.map(psi)]; }"""
    path, psi = (torch.tensor(v, dtype=torch.float64) for v in live.evaluate(script, [options, tip.tolist()]))
    step = tanh_network(options).map_at(torch.zeros(1, dtype=torch.float64))
    x, truth = tip[None], []
    for _ in range(200):
        x = step.step(x)
        truth.append(x[0])
    assert (path - torch.stack(truth)).abs().max() < 1e-9
    assert (psi - learnt_psi(options["psi"])(path)[:, 0]).abs().max() < 1e-9
    assert psi[0] * psi[-1] > 0 and (path[-1] - start).norm() < 0.01 * (tip - start).norm()  # it came back


def test_the_kick_to_psi_zero_flips_a_little_longer_and_not_at_half(live):
    page, verdicts = live, {}
    for way in ("1", "3"):
        page.keyboard.press(way)
        page.keyboard.press("z")
        exact = page.evaluate(f"{STATE}.size")
        page.keyboard.press("Enter")
        assert abs(page.evaluate(f"{STATE}.curve[0]")) < 1e-9  # psi where the kick lands
        for name, factor in (("over", 1.03), ("half", 0.5)):
            page.evaluate(f"{STATE}.size = {exact * factor}")
            page.keyboard.press("Enter")
            verdicts[way, name] = page.evaluate(f"{STATE}.verdict")
        verdicts[way, "size"] = exact
    assert [verdicts[way, name] for way in "13" for name in ("over", "half")] == ["flipped", "held"] * 2
    assert verdicts["3", "size"] < 0.6 * verdicts["1", "size"]
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{STATE}.verdict") == "held"  # at random, with half the smallest size
    assert "held" in page.evaluate(f"{LIVE}.outcome()") and page.faults == []


def test_a_drag_in_the_plane_is_a_kick_by_hand_and_its_link_restores_it(live, open_page, widgets):
    box = live.locator(".cw-plane").bounding_box()
    scale, middle = box["width"] / 1.7, box["y"] + box["height"] / 2 + 12  # the plane shows -0.45 to 1.25
    origin = box["x"] + 0.45 * scale
    drag(live, (origin, middle), (origin + 0.3 * scale, middle - 0.3 * scale))
    way, size, angle = live.evaluate(f"[{STATE}.way, {STATE}.size, {STATE}.angle]")
    assert way == 3 and size == pytest.approx(0.3 * 2**0.5, abs=0.02) and angle == pytest.approx(45, abs=2)
    other = open_page(f"{widgets}/{PAGE}#kick:way=3,size=0.25,angle=-30")
    assert other.evaluate(f"[{STATE}.way, {STATE}.size, {STATE}.angle]") == [3, 0.25, -30]
    assert live.faults == other.faults == []
