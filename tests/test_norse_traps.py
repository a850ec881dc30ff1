"""What the page on spiking neurons says of norse 1.1, compared with norse itself."""

from types import SimpleNamespace

import pytest
import torch
from norse.torch import LIFParameters
from norse.torch.functional.lif import LIFFeedForwardState, lif_feed_forward_step
from norse.torch.functional.threshold import threshold
from problems import F64

from course_lib.models.lif import LIFCell, lif_step
from course_lib.models.surrogate import Surrogate

TAU_MEM, TAU_SYN = 20.0, 5.0  # ms


def by_norse(unit: float, jumps: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Last membrane and number of spikes of a norse cell whose time constants are handed over in ms times unit."""
    parameters = LIFParameters(
        tau_mem_inv=torch.tensor(1 / (TAU_MEM * unit), dtype=F64),
        tau_syn_inv=torch.tensor(1 / (TAU_SYN * unit), dtype=F64),
        v_th=torch.tensor(1.0, dtype=F64),
    )
    zero = torch.zeros(1, dtype=F64)
    state, count = LIFFeedForwardState(v=zero, i=zero), 0
    for jump in jumps:
        spikes, state = lif_feed_forward_step(jump.expand(1), state, parameters, dt=0.001)
        count += int(spikes.sum())
    return state.v, count


def by_hand(cell, jumps: torch.Tensor) -> tuple[torch.Tensor, int]:
    v = i_syn = torch.zeros(1, dtype=F64)
    count = 0
    for jump in jumps:
        v, i_syn, spikes = lif_step(v, i_syn, jump.expand(1), cell)
        count += int(spikes.sum())
    return v, count


def test_time_constants_in_ms_freeze_a_norse_cell_without_a_word():
    jumps = torch.full((50,), 0.3, dtype=F64)
    frozen = SimpleNamespace(leak_mem=0.001 / TAU_MEM, leak_syn=0.001 / TAU_SYN, v_th=1.0, v_reset=0.0)
    for unit, cell, spikes in ((0.001, LIFCell(), 2), (1.0, frozen, 0)):
        v, count = by_norse(unit, jumps)
        assert count == spikes and by_hand(cell, jumps)[1] == spikes
        torch.testing.assert_close(v, by_hand(cell, jumps)[0], atol=1e-9, rtol=0)
    assert 0.015 < float(v) < 0.025


@pytest.mark.parametrize("alpha", [10.0, 100.0])
def test_the_slope_of_norse_s_default_surrogate_is_one_whatever_alpha_says(alpha):
    x = torch.linspace(-1, 1, 21, dtype=F64, requires_grad=True)
    (gradient,) = torch.autograd.grad(threshold(x, "super", alpha).sum(), x)
    assert torch.allclose(gradient, Surrogate("superspike", 1.0).derivative(x.detach()))
