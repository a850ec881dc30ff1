"""One LIF cell: its rate against the closed formula, its step against norse, its units."""

import math

import pytest
import torch
from problems import F64

from course_lib.models.lif import LIFCell, above, firing_rate, interval_in_steps, lif_step, run_cells
from course_lib.validation import CourseError

CURRENTS = torch.tensor([1.1, 1.5, 2.0, 3.0], dtype=F64)


def intervals(spikes: torch.Tensor) -> torch.Tensor:
    """Steps between the spikes of one cell, (time,), the first interval left out."""
    return spikes.nonzero().squeeze(1).diff()[1:]


def test_the_closed_formula_gives_the_values_on_paper():
    expected = [1000 / (20 * math.log(current / (current - 1))) for current in CURRENTS.tolist()]
    assert firing_rate(CURRENTS, LIFCell()).tolist() == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx([20.8516, 45.5120, 72.1348, 123.3152], abs=1e-4)


def test_no_spike_comes_up_to_the_threshold_current():
    still = torch.tensor([-2.0, 0.5, 1.0], dtype=F64)
    assert torch.equal(firing_rate(still, LIFCell()), torch.zeros(3, dtype=F64))
    assert not run_cells(LIFCell(), still.expand(1000, 3)).spikes.any()


def test_a_reset_below_rest_makes_the_cell_slower():
    cell = LIFCell(v_reset=-1.0)
    assert float(firing_rate(torch.tensor(2.0, dtype=F64), cell)) == pytest.approx(1000 / (20 * math.log(3.0)))
    run = run_cells(cell, torch.full((2000, 1), 2.0, dtype=F64))
    assert set(intervals(run.spikes[0, :, 0]).tolist()) == {interval_in_steps(2.0, cell)}


@pytest.mark.parametrize("current", CURRENTS.tolist())
def test_a_simulated_cell_fires_within_one_step_an_interval_of_the_formula(current):
    cell = LIFCell()
    steps = set(intervals(run_cells(cell, torch.full((2000, 1), current, dtype=F64)).spikes[0, :, 0]).tolist())
    assert steps == {interval_in_steps(current, cell)}
    exact = 1000 / float(firing_rate(torch.tensor(current, dtype=F64), cell))  # ms
    assert abs(steps.pop() * cell.dt - exact) <= cell.dt * (1 + exact / (2 * cell.tau_mem))


def test_with_a_small_step_the_simulated_rate_is_the_formula():
    cell = LIFCell(dt=0.01)
    run = run_cells(cell, torch.full((12_000, 1), 1.5, dtype=F64))
    rate = 1000 / (float(intervals(run.spikes[0, :, 0]).double().mean()) * cell.dt)
    assert rate == pytest.approx(float(firing_rate(torch.tensor(1.5, dtype=F64), cell)), rel=1e-3)


def test_a_steady_current_settles_at_its_own_value():
    cell = LIFCell(v_th=5.0)
    run = run_cells(cell, torch.full((1, 400, 1), 0.8, dtype=F64))
    assert float(run.v[0, -1]) == pytest.approx(0.8, rel=1e-6)
    assert float(run.i_syn[0, -1]) == pytest.approx(0.8 * (1 - cell.leak_syn), rel=1e-12)  # recorded after its decay


def test_one_step_on_paper():
    cell = LIFCell(tau_mem=10.0, tau_syn=5.0, v_reset=-0.5)
    v, i_syn, jump = (torch.tensor(x, dtype=F64) for x in ([0.5, 0.98], [1.0, 1.0], [1.0, 1.0]))
    v, i_syn, spikes = lif_step(v, i_syn, jump, cell)
    assert v.tolist() == pytest.approx([0.5 + 0.1 * 1.5, -0.5])
    assert i_syn.tolist() == pytest.approx([2.0 * 0.8] * 2)
    assert spikes.tolist() == [0.0, 1.0]


def test_a_cell_exactly_at_threshold_is_silent():
    assert above(torch.tensor([-1e-12, 0.0, 1e-12], dtype=F64)).tolist() == [0.0, 0.0, 1.0]


def test_a_recurrent_network_gives_the_spikes_of_norse():
    norse = pytest.importorskip("norse.torch.functional.lif")
    cell, generator = LIFCell(tau_mem=17.0, tau_syn=6.0), torch.Generator().manual_seed(0)
    n, steps = 60, 400
    W_rec = 0.5 * torch.randn(n, n, generator=generator, dtype=F64)
    current = 1.5 + torch.randn(steps, 3, n, generator=generator, dtype=F64)
    seconds = norse.LIFParameters(
        tau_mem_inv=torch.tensor(1000 / cell.tau_mem, dtype=F64),
        tau_syn_inv=torch.tensor(1000 / cell.tau_syn, dtype=F64),
        v_th=torch.tensor(1.0, dtype=F64),
    )
    zero = torch.zeros(3, n, dtype=F64)
    theirs, v, i_syn, spikes = norse.LIFState(zero, zero, zero), zero, zero, zero
    own = []
    for now in cell.leak_syn * current:
        v, i_syn, spikes = lif_step(v, i_syn, now + spikes @ W_rec.T, cell)
        _, theirs = norse.lif_step(now, theirs, torch.eye(n, dtype=F64), W_rec, seconds, dt=cell.dt / 1000)
        assert torch.equal(spikes, theirs.z)
        own.append(spikes)
    torch.testing.assert_close(v, theirs.v)
    torch.testing.assert_close(i_syn, theirs.i)
    assert 0.01 < float(torch.stack(own).mean()) < 0.5  # it was a comparison of spikes, not of silence


@pytest.mark.parametrize(
    ("constants", "words"),
    [
        ({"tau_mem": 0.02, "tau_syn": 0.005, "dt": 0.001}, "Times are in ms here"),
        ({"tau_mem": 20_000.0}, "Times are in ms here"),
        ({"dt": 5.0}, "a step below the shorter time constant, 5 ms"),
        ({"tau_syn": 0.5}, "a step below the shorter time constant, 0.5 ms"),
        ({"v_th": 0.0}, "a threshold above rest"),
        ({"v_reset": 1.0}, "a threshold above rest"),
        ({"tau_mem": math.nan}, "tau_mem: wanted a finite number above 0"),
    ],
)
def test_constants_that_cannot_be_are_refused(constants, words):
    with pytest.raises(CourseError, match=words):
        LIFCell(**constants)


def test_a_current_without_a_spike_has_no_interval():
    with pytest.raises(CourseError, match="a current above v_th"):
        interval_in_steps(1.0, LIFCell())


def test_a_current_of_the_wrong_shape_or_with_holes_is_refused():
    with pytest.raises(CourseError, match=r"shape \(batch, time, cells\)"):
        run_cells(LIFCell(), torch.ones(5, dtype=F64))
    with pytest.raises(CourseError, match="finite numbers"):
        run_cells(LIFCell(), torch.full((5, 1), math.inf, dtype=F64))
