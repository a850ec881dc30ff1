"""One leaky integrate-and-fire cell with a synaptic filter, in equations that can be read.

    τ_mem v̇ = -v + i,    τ_syn i̇ = -i + I + τ_syn Σ w δ(t - t_spike),    spike and v = v_reset where v > v_th

Units, here and in every spiking model of the library: time and time constants in ms, rates in Hz; v, v_th and all
currents in units of the distance from rest to threshold, so that a steady current must exceed 1 to make a cell fire.
Only `course_lib.models.spiking` speaks to norse, which wants seconds and 1/s, and it converts there.

One step of dt (Euler; the order of operations of norse's `lif_step`): the synaptic current jumps, the membrane sees it,
the current decays, the threshold is tested, the cell is reset.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.validation import check_finite, check_number, check_positive, check_shape, complaint

SHORTEST_MEMBRANE, LONGEST = 1.0, 1000.0  # ms; outside, the unit is more likely wrong than the cell


@dataclass(frozen=True)
class LIFCell:
    """Constants of a cell. tau_mem, tau_syn, dt: ms.  v_th, v_reset: v in units of threshold, rest at 0.

    Taught on the page "Spiking neurons and surrogate gradients".
    """

    tau_mem: float = 20.0
    tau_syn: float = 5.0
    v_th: float = 1.0
    v_reset: float = 0.0
    dt: float = 1.0

    def __post_init__(self) -> None:
        for name in ("tau_mem", "tau_syn", "dt"):
            check_positive(name, getattr(self, name))
        check_number("v_reset", self.v_reset)
        if not SHORTEST_MEMBRANE <= self.tau_mem <= LONGEST:
            raise complaint(
                "tau_mem",
                wanted=f"a membrane time constant between {SHORTEST_MEMBRANE:g} and {LONGEST:g} ms",
                got=f"{self.tau_mem:g}",
                do="Times are in ms here: 20 ms is tau_mem=20.0, not 0.02.",
            )
        if self.dt >= min(self.tau_mem, self.tau_syn):
            raise complaint(
                "dt",
                wanted=f"a step below the shorter time constant, {min(self.tau_mem, self.tau_syn):g} ms",
                got=f"{self.dt:g} ms",
                do="Take a smaller dt, a tenth of the shorter time constant or less.",
            )
        if check_number("v_th", self.v_th) <= max(self.v_reset, 0.0):
            raise complaint(
                "v_th",
                wanted="a threshold above rest (0) and above v_reset",
                got=f"{self.v_th:g} with v_reset {self.v_reset:g}",
                do="A cell at rest must not fire by itself.",
            )

    @property
    def leak_mem(self) -> float:
        """dt / τ_mem, the membrane's leak in one step."""
        return self.dt / self.tau_mem

    @property
    def leak_syn(self) -> float:
        """dt / τ_syn, the synaptic current's leak in one step; also the jump a step that makes a steady current 1."""
        return self.dt / self.tau_syn


@dataclass(frozen=True)
class LIFRun:
    """What a run of cells recorded after every step. spikes: bool; v, i_syn: all (batch, time, cells).  dt: ms."""

    spikes: Tensor
    v: Tensor
    i_syn: Tensor
    dt: float


def above(excess: Tensor) -> Tensor:
    """The spike of a plain simulation: 1 where v - v_th > 0, else 0. It has no gradient."""
    return (excess > 0).to(excess.dtype)


def lif_step(
    v: Tensor, i_syn: Tensor, jump: Tensor, cell: LIFCell, *, spike: Callable[[Tensor], Tensor] = above
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of dt. v, i_syn, jump: (..., cells). Returns v, i_syn and spikes (0 or 1), each (..., cells).

    jump: what is added to the synaptic current: the weights of the spikes that arrive, and I dt / τ_syn of a steady
    current I.  spike: from v - v_th to 0 or 1; one of `models.surrogate` to have a gradient. The reset carries none.
    Taught on the page "Spiking neurons and surrogate gradients".
    """
    i_now = i_syn + jump
    v = v + cell.leak_mem * (i_now - v)
    spikes = spike(v - cell.v_th)
    reset = spikes.detach()
    return (1 - reset) * v + reset * cell.v_reset, i_now - cell.leak_syn * i_now, spikes


@torch.no_grad()
def run_cells(cell: LIFCell, current: Tensor) -> LIFRun:
    """Cells from rest under injected currents I. current: (batch, time, cells) or (time, cells), one sample a step.

    Taught on the page "Spiking neurons and surrogate gradients".
    """
    check_finite("current", current)
    current = check_shape("current", current[None] if current.ndim == 2 else current, "batch time cells")
    v = current.new_zeros(current.shape[0], current.shape[2])
    i_syn, states = v, []
    for now in (cell.leak_syn * current).unbind(dim=1):
        v, i_syn, spikes = lif_step(v, i_syn, now, cell)
        states.append((spikes > 0, v, i_syn))
    spikes, v, i_syn = (torch.stack(parts, dim=1) for parts in zip(*states, strict=True))
    return LIFRun(spikes, v, i_syn, cell.dt)


def firing_rate(current: Tensor, cell: LIFCell) -> Tensor:
    """Rate [Hz] of a cell under a steady synaptic current, elementwise: 1000 / (τ_mem ln((I - v_reset) / (I - v_th))).

    The closed formula of the differential equation, zero up to I = v_th (Gerstner, Kistler, Naud, Paninski 2014,
    chapter 1.3). In steps of dt an interval is a whole number of steps: see `interval_in_steps`.
    Taught on the page "Spiking neurons and surrogate gradients".

    >>> import torch
    >>> currents = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)
    >>> firing_rate(currents, LIFCell(tau_mem=20.0)).round(decimals=2).tolist()
    [0.0, 0.0, 72.13]
    """
    excess = (current - cell.v_th).clamp(min=0)
    interval = cell.tau_mem * torch.log1p((cell.v_th - cell.v_reset) / excess)  # infinite at and below threshold
    return 1000.0 / interval


def interval_in_steps(current: float, cell: LIFCell) -> int:
    """Steps between two spikes of the simulated cell under a steady current above v_th.

    From v_reset, v = I - (I - v_reset) (1 - dt/τ_mem)ⁿ after n steps; the first n with v > v_th.
    Taught on the page "Spiking neurons and surrogate gradients".
    """
    if check_number("current", current) <= cell.v_th:
        raise complaint(
            "current", wanted=f"a current above v_th = {cell.v_th:g}", got=f"{current:g}", do="Below, no spike comes."
        )
    ratio = (current - cell.v_th) / (current - cell.v_reset)
    return math.floor(math.log(ratio) / math.log1p(-cell.leak_mem)) + 1
