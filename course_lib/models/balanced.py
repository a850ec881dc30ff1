"""A sparse random network of excitatory and inhibitory LIF cells in the balanced state.

    τ_mem v̇ = -v + i_E + i_I + J_A0 √K m0,    i_E, i_I: decay with τ_syn
    each spike of a cell in B adds ± (J_AB / √K) (τ_mem / τ_syn) to the current i_B of its targets in A

Every cell receives K inputs from each population, and a constant external drive: there is no noise anywhere. With
rates r in spikes per τ_mem the mean of what arrives in A is √K (J_AE r_E - J_AI r_I + J_A0 m0). It stays of order one,
however large K, only where the bracket vanishes: two linear equations for the rates (van Vreeswijk, Sompolinsky,
Science 274, 1996; Neural Computation 10, 1998). Units as in `course_lib.models.lif`; excitatory cells come first.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.models.connectivity import draw_senders
from course_lib.models.lif import LIFCell
from course_lib.models.mean_field import MeanField
from course_lib.validation import check_count, check_generator, check_positive, check_shape, complaint

F64 = torch.float64
ONE = torch.ones(1, dtype=F64)


@dataclass(frozen=True)
class Couplings:
    """Strengths of order one, all positive. EI: onto E from I.  E0, I0: onto E and I from outside.

    Taught on the page "Balance".
    """

    EE: float = 1.0
    EI: float = 2.0
    IE: float = 1.0
    II: float = 1.8
    E0: float = 1.0
    I0: float = 0.8

    def __post_init__(self) -> None:
        for name in ("EE", "EI", "IE", "II", "E0", "I0"):
            check_positive(f"couplings.{name}", getattr(self, name), or_zero=True)

    def rates(self, drive: float, tau_mem: float = 20.0) -> Tensor:
        """Rates (2,) [Hz] of E and I at which the large inputs cancel; a negative one: this balance cannot be.

        drive: m0, in spikes per tau_mem [ms].
        """
        recurrent = torch.tensor([[self.EE, -self.EI], [self.IE, -self.II]], dtype=F64)
        outside = torch.tensor([self.E0, self.I0], dtype=F64)
        return torch.linalg.solve(recurrent, -outside * drive) * (1000.0 / tau_mem)

    @property
    def balance(self) -> bool:
        """Whether both populations can fire in balance: E0 / I0 > EI / II > EE / IE, written without divisions."""
        return self.E0 * self.II > self.EI * self.I0 and self.EI * self.IE > self.EE * self.II


@dataclass(frozen=True)
class NetworkState:
    """All that decides what follows. v: (cells,).  i_syn: (2, cells), excitatory and inhibitory current.

    spikes: (cells,) bool, fired and not yet arrived.
    """

    v: Tensor
    i_syn: Tensor
    spikes: Tensor


@dataclass(frozen=True)
class MeanCurrents:
    """Means over the cells of one population and over time. ratio: |net| / (external + excitatory).

    external, excitatory, inhibitory (negative), and their sum, net.  deviation: of the net current in time, RMS.
    """

    external: float
    excitatory: float
    inhibitory: float
    net: float
    deviation: float
    ratio: float


@dataclass(frozen=True)
class BalancedRun:
    """What a run recorded. spikes: (time, cells), bool, one sample a step of dt [ms].

    external, excitatory, inhibitory, net_variance: (cells,), means over time, and the variance in time of the net
    current.  watched: (n,), indices of the cells of which all steps are kept.
    trace_exc, trace_inh, trace_v: (time, n), of the watched cells: the excitatory current (external drive included),
    the inhibitory one, and v before its reset.  end: the state after the last step.
    """

    spikes: Tensor
    dt: float
    n_e: int
    external: Tensor
    excitatory: Tensor
    inhibitory: Tensor
    net_variance: Tensor
    watched: Tensor
    trace_exc: Tensor
    trace_inh: Tensor
    trace_v: Tensor
    end: NetworkState

    def rates(self) -> Tensor:
        """Mean rates (2,) [Hz] of E and I."""
        per_cell = self.spikes.sum(dim=0).to(F64) / (len(self.spikes) * self.dt / 1000.0)
        return torch.stack((per_cell[: self.n_e].mean(), per_cell[self.n_e :].mean()))

    def currents(self, population: str = "E") -> MeanCurrents:
        """Mean currents into "E" or "I", the external one included."""
        if population not in ("E", "I"):
            raise complaint("population", wanted="'E' or 'I'", got=repr(population), do="Choose one.")
        part = slice(self.n_e) if population == "E" else slice(self.n_e, None)
        external, exc, inh, variance = (
            float(x[part].mean()) for x in (self.external, self.excitatory, self.inhibitory, self.net_variance)
        )
        net = external + exc + inh
        return MeanCurrents(external, exc, inh, net, math.sqrt(variance), abs(net) / (external + exc))


class BalancedNetwork:
    """The network. n_e, n_i: cells.  K: inputs that every cell has from each population, itself never among them.

    generator: draws who connects to whom.  targets: two tables, for senders in E and in I, of who receives: (senders,
    most targets), filled up with a place that nobody reads, so that a step costs one addition a spike and target. In
    the second, all indices are n_cells + 1 higher: both populations' arrivals are counted at once.
    Taught on the page "Balance".
    """

    def __init__(
        self,
        n_e: int,
        n_i: int,
        K: int,
        *,
        generator: torch.Generator,
        couplings: Couplings | None = None,
        cell: LIFCell | None = None,
    ):
        self.n_e, self.n_i = check_count("n_e", n_e, least=2), check_count("n_i", n_i, least=2)
        self.n_cells = n_e + n_i
        self.K = check_count("K", K)
        if K >= min(n_e, n_i):
            raise complaint(
                "K",
                wanted=f"fewer inputs than the {min(n_e, n_i)} cells of the smaller population",
                got=str(K),
                do="Sparse means K well below both populations: more cells, or a smaller K.",
            )
        check_generator(generator)
        self.couplings = couplings or Couplings()
        self.cell = cell or LIFCell(dt=0.5)
        senders_e = draw_senders(self.n_cells, 0, n_e, K, generator=generator)
        senders_i = draw_senders(self.n_cells, n_e, n_i, K, generator=generator)
        self.targets = (_receivers(senders_e, n_e), _receivers(senders_i, n_i) + self.n_cells + 1)
        J, jump = self.couplings, self.cell.tau_mem / self.cell.tau_syn / math.sqrt(K)
        self.weights = jump * torch.stack((self._per_cell(J.EE, J.IE), -self._per_cell(J.EI, J.II)))  # (2, cells)
        self.external_per_drive = math.sqrt(K) * self._per_cell(J.E0, J.I0)

    def draw_state(self, *, generator: torch.Generator) -> NetworkState:
        """A start: membranes spread evenly from reset to threshold, no currents, no spikes."""
        share = torch.rand(self.n_cells, generator=check_generator(generator), dtype=F64)
        silent = torch.zeros(self.n_cells, dtype=torch.bool)
        v = self.cell.v_reset + share * (self.cell.v_th - self.cell.v_reset)
        return NetworkState(v, torch.zeros(2, self.n_cells, dtype=F64), silent)

    def mean_field(self, drive: float) -> MeanField:
        """The flow of the two populations' rates (2,) [Hz] in time [ms], for this K; `Couplings.rates` is K = ∞.

        drive: m0. Brunel, Journal of Computational Neuroscience 8, 2000, section 3.
        """
        J, tau = self.couplings, self.cell.tau_mem
        A = torch.tensor([[J.EE, -J.EI], [J.IE, -J.II]], dtype=F64)  # the charge of K spikes is A √K τ_mem
        outside = check_positive("drive", drive, or_zero=True) * math.sqrt(self.K)
        external = outside * torch.tensor([J.E0, J.I0], dtype=F64)
        return MeanField(A * math.sqrt(self.K) * tau / 1000, A**2 * tau / 1000, external, self.cell)

    @torch.no_grad()
    def run(
        self,
        start: NetworkState,
        duration: float,
        *,
        drive: float | Tensor,
        spin_up: float = 0.0,
        watch: Tensor | None = None,
    ) -> BalancedRun:
        """Simulate `duration` ms after `spin_up` ms that are not recorded.

        drive: m0, a number, or (time,) one value a step of the duration; the spin-up takes the first.
        watch: (n,), indices of cells whose currents and membrane are kept at every step; means are kept of all cells.
        Raises CourseError for a network that stays silent, or that fires in every other step.
        """
        steps = max(1, round(check_positive("duration", duration) / self.cell.dt))
        m0 = self._drive_per_step(drive, steps)
        watched = torch.zeros(0, dtype=torch.long) if watch is None else watch
        v, i_syn, fired = start.v.clone(), start.i_syn.clone(), start.spikes
        for _ in range(round(check_positive("spin_up", spin_up, or_zero=True) / self.cell.dt)):
            fired, _, _ = self._step(v, i_syn, fired, m0[0] * self.external_per_drive)
        spikes = torch.zeros(steps, self.n_cells, dtype=torch.bool)
        traces = torch.zeros(3, steps, len(watched), dtype=F64)
        total, net_total, square = torch.zeros(2, self.n_cells, dtype=F64), *torch.zeros(2, self.n_cells, dtype=F64)
        for k in range(steps):
            external = m0[k] * self.external_per_drive
            fired, seen, net = self._step(v, i_syn, fired, external)
            spikes[k] = fired
            total += i_syn
            net_total += net
            square.addcmul_(net, net)
            if len(watched):
                inh = i_syn[1, watched] / (1 - self.cell.leak_syn)
                traces[:, k] = torch.stack((net[watched] - inh, inh, seen[watched]))
        self._check_activity(spikes, m0)
        exc, inh = total / (steps * (1 - self.cell.leak_syn))  # as the membrane saw them, before their decay
        net = net_total / steps
        end = NetworkState(v, i_syn, fired)
        variance = square / steps - net**2
        trace_exc, trace_inh, trace_v = traces
        return BalancedRun(
            spikes=spikes,
            dt=self.cell.dt,
            n_e=self.n_e,
            external=net - exc - inh,
            excitatory=exc,
            inhibitory=inh,
            net_variance=variance,
            watched=watched,
            trace_exc=trace_exc,
            trace_inh=trace_inh,
            trace_v=trace_v,
            end=end,
        )

    def _step(self, v: Tensor, i_syn: Tensor, fired: Tensor, external: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`lif_step` with E and I kept apart; v and i_syn are changed in place.

        Returns the new spikes, v before its reset, and the net current that the membrane saw, each (cells,).
        """
        i_syn.addcmul_(self.weights, self._arrivals(fired))
        net = i_syn.sum(dim=0).add_(external)
        v.lerp_(net, self.cell.leak_mem)
        i_syn.mul_(1 - self.cell.leak_syn)
        spikes = v > self.cell.v_th
        seen = v.clone()
        v.masked_fill_(spikes, self.cell.v_reset)
        return spikes, seen, net

    def _arrivals(self, fired: Tensor) -> Tensor:
        """How many spikes of E and of I reach each cell, (2, cells)."""
        sender = fired.nonzero().squeeze(1)
        n = int(torch.count_nonzero(sender < self.n_e))
        hits = torch.cat((self.targets[0][sender[:n]].flatten(), self.targets[1][sender[n:] - self.n_e].flatten()))
        count = torch.zeros(2, self.n_cells + 1, dtype=F64)
        count.view(-1).index_add_(0, hits, ONE.expand(len(hits)))
        return count[:, :-1]

    def _per_cell(self, onto_exc: float, onto_inh: float) -> Tensor:
        value = torch.full((self.n_cells,), onto_exc, dtype=F64)
        value[self.n_e :] = onto_inh
        return value

    def _drive_per_step(self, drive: float | Tensor, steps: int) -> list[float]:
        if isinstance(drive, Tensor):
            return [check_positive("drive", m, or_zero=True) for m in check_shape("drive", drive, f"{steps}").tolist()]
        return [check_positive("drive", drive, or_zero=True)] * steps

    def _check_activity(self, spikes: Tensor, m0: list[float]) -> None:
        """A message for what would otherwise be statistics of nothing."""
        if not bool(spikes.any()) and max(m0) > 0:
            raise complaint(
                "drive",
                wanted="a network that fires",
                got=f"no spike; the external current is at most {max(m0) * float(self.external_per_drive.max()):.3g}",
                do="It must exceed v_th = 1 for a start without spikes: raise the drive or K. Times are in ms.",
            )
        share = int(spikes.sum()) / spikes.numel()
        if share > 0.4:
            raise complaint(
                "couplings",
                wanted="inhibition that holds the network",
                got=f"a spike in {share:.0%} of all steps",
                do="Balance needs E0 / I0 > EI / II > EE / IE, and a dt well below tau_syn.",
            )


def _receivers(senders: Tensor, n_senders: int) -> Tensor:
    """The same wires seen from the senders: (n_senders, most targets), filled up with the number of cells."""
    n_cells, K = senders.shape
    flat = senders.flatten()
    order = flat.argsort(stable=True)
    sender, receiver = flat[order], order // K
    count = torch.bincount(flat, minlength=n_senders)
    place = torch.arange(len(flat)) - (count.cumsum(0) - count)[sender]
    table = torch.full((n_senders, int(count.max())), n_cells)
    table[sender, place] = receiver
    return table
