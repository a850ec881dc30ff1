"""Steps of a spiking network under one held input, with the reverse pass written out.

Autograd through every step gives the same gradients (tests/test_spiking.py compares them) and takes four times as long:
it keeps some twenty nodes a step where one product and seven sums do. The reset carries no gradient.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_lib.models.lif import LIFCell
from course_lib.models.surrogate import Surrogate

Integrate = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
Recorder = Callable[[Tensor, Tensor, Tensor], None]


class HeldSteps(torch.autograd.Function):
    """`HeldSteps.apply(v, i_syn, spikes, u, W_rec, ...)`: the next v and i_syn, and the spikes (hold, batch, cells).

    v, i_syn, spikes, u: (batch, cells); u is what every step adds to the current from outside.  W_rec: (cells, cells).
    integrate: from v, i_syn and jump to v before its reset and the next i_syn.  record: called with spikes, v, i_syn
    after each step.
    """

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any,
        v: Tensor,
        i_syn: Tensor,
        spikes: Tensor,
        u: Tensor,
        W_rec: Tensor,
        hold: int,
        cell: LIFCell,
        surrogate: Surrogate,
        integrate: Integrate,
        record: Recorder | None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        graph, bells, fired = any(ctx.needs_input_grad), [], [spikes]
        for _ in range(hold):
            before, i_syn = integrate(v, i_syn, torch.addmm(u, fired[-1], W_rec.T))
            excess = before - cell.v_th
            above = excess > 0
            v = before.masked_fill(above, cell.v_reset)
            fired.append(above.to(v.dtype))
            if graph:
                bells.append(surrogate.derivative(excess))
            if record is not None:
                record(above, v, i_syn)
        if graph:
            ctx.save_for_backward(W_rec, torch.stack(fired), torch.stack(bells))
            ctx.cell = cell
        return v, i_syn, torch.stack(fired[1:])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        by_v, by_i, by_held = gradients
        W_rec, fired, bells = ctx.saved_tensors
        keep_v, keep_i = 1 - ctx.cell.leak_mem, 1 - ctx.cell.leak_syn
        by_spikes, by_jumps = torch.zeros_like(by_v), []
        for k in range(len(bells) - 1, -1, -1):
            by_before = torch.addcmul((by_held[k] + by_spikes) * bells[k], by_v, 1 - fired[k + 1])
            by_i = torch.add(keep_i * by_i, by_before, alpha=ctx.cell.leak_mem)
            by_v, by_spikes = keep_v * by_before, by_i @ W_rec
            by_jumps.append(by_i)
        jumps = torch.stack(by_jumps[::-1])  # (hold, batch, cells)
        by_W = jumps.flatten(0, 1).T @ fired[:-1].flatten(0, 1)
        return by_v, by_i, by_spikes, jumps.sum(dim=0), by_W, None, None, None, None, None
