"""A driven network of excitatory and inhibitory LIF cells, stepped by norse, read out from filtered spikes.

    one step of dt ms:  i ← i + W s + (dt/τ_syn)(U u + b),   v ← v + (dt/τ_mem)(i - v),   i ← i (1 - dt/τ_syn)
    s = 1 where v > v_th, then v ← v_reset;     r_k ← r_k + (dt/τ_k)(s - r_k);     y = C r + d

Units are those of `course_lib.models.lif`: ms, Hz, currents in units of threshold. norse wants seconds and 1/s; the one
place where they are converted is `norse_integrate`. norse integrates v and i; the threshold is ours, because the slope
of norse's default surrogate cannot be chosen (its `super` ignores `alpha`, norse 1.1).
"""

import math
import warnings
from dataclasses import dataclass
from typing import NoReturn

import torch
from torch import Tensor, nn

from course_lib.models.balanced import Couplings
from course_lib.models.connectivity import draw_senders
from course_lib.models.held_steps import HeldSteps, Integrate
from course_lib.models.lif import LIFCell
from course_lib.models.mean_field import MeanField
from course_lib.models.surrogate import Surrogate
from course_lib.shapes import InputSequence
from course_lib.validation import check_count, check_finite, check_generator, check_positive, check_shape, complaint

F64 = torch.float64
SECONDS = 1e-3  # a millisecond
SLOWEST, FASTEST = 0.2, 300.0  # Hz, mean rate outside of which a run is refused
LONG_ENOUGH = 100.0  # ms; a shorter run says nothing about rates


def norse_integrate(cell: LIFCell) -> Integrate:
    """Membrane and current by norse: from v, i_syn, jump, each (..., cells), to v before its reset and the next i_syn.

    Raises CourseError when norse is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # norse calls torch.jit.script when it is imported
            from norse.torch.functional.leaky_integrator import LIParameters, LIState, li_feed_forward_step
    except ImportError as error:
        raise complaint(
            "norse", wanted="the package norse", got=str(error), do="Install the extra: pip install course-lib[spiking]"
        ) from error
    parameters = LIParameters(
        tau_syn_inv=torch.tensor(1 / (cell.tau_syn * SECONDS), dtype=F64),
        tau_mem_inv=torch.tensor(1 / (cell.tau_mem * SECONDS), dtype=F64),
    )

    def integrate(v: Tensor, i_syn: Tensor, jump: Tensor) -> tuple[Tensor, Tensor]:
        v, state = li_feed_forward_step(jump, LIState(v=v, i=i_syn), parameters, dt=cell.dt * SECONDS)
        return v, state.i

    return integrate


@dataclass(frozen=True)
class SpikingState:
    """All that decides what follows. v, i_syn, spikes: (batch, cells).  traces: (n_traces, batch, cells)."""

    v: Tensor
    i_syn: Tensor
    spikes: Tensor
    traces: Tensor

    def detach(self) -> "SpikingState":
        """The same state, through which no gradient passes."""
        return SpikingState(self.v.detach(), self.i_syn.detach(), self.spikes.detach(), self.traces.detach())


@dataclass(frozen=True)
class SpikingRun:
    """What a driven run left behind.

    features: (batch, time, n_features), the filtered spikes at the end of every input, trace by trace.
    end: the state after the last step, without gradient: from there another run goes on.
    rates: (cells,) [Hz], over all of the run.  dt: ms a step.
    On request only, one sample a step, otherwise None: spikes (batch, steps, cells) bool; v and i_syn (batch, steps, n)
    of the watched cells, after the step.
    """

    features: Tensor
    end: SpikingState
    rates: Tensor
    dt: float
    spikes: Tensor | None
    v: Tensor | None
    i_syn: Tensor | None


class SpikingEINetwork(nn.Module):
    """A random E/I network whose filtered spikes are read out linearly.

    n_e, n_i: cells, excitatory first.  n_in, n_out: sizes of input and readout.  K: inputs of every cell from each
    population.  hold: steps of dt for which an input is held.  generator: draws wires, inputs, biases, the start.
    strength: factor of all couplings; weights are strength J / sqrt(K) (tau_mem / tau_syn).  drive: m0, spikes per
    tau_mem that the balance equations ask of an undriven network.  input_scale: standard deviation of W_in.
    bias_spread: that of the bias from cell to cell.  traces: time constants [ms] of the filters that are read.
    W_rec: (cells, cells), rows receive, one sign per column.  W_in: (cells, n_in).  b: (cells,).  C: (n_out, features).
    trainable: whether W_rec, W_in and b carry gradients, through `surrogate`; a reservoir needs none.

    A driven network is not in the balanced regime: its input is as strong as its recurrent currents.
    Taught on the page "Spiking networks: reservoirs, decoding, training".
    """

    v0: Tensor
    signs: Tensor
    _integrate: Integrate

    def __init__(
        self,
        n_e: int,
        n_i: int,
        n_in: int,
        n_out: int,
        *,
        K: int,
        hold: int,
        generator: torch.Generator,
        strength: float = 0.4,
        drive: float = 0.4,
        input_scale: float = 2.0,
        bias_spread: float = 0.3,
        traces: tuple[float, ...] = (20.0, 50.0, 200.0),
        couplings: Couplings | None = None,
        cell: LIFCell | None = None,
        surrogate: Surrogate | None = None,
        trainable: bool = False,
    ):
        super().__init__()
        self.n_e, self.n_i = check_count("n_e", n_e, least=2), check_count("n_i", n_i, least=2)
        self.n_in, self.n_out, self.hold = check_count("n_in", n_in), check_count("n_out", n_out), hold
        check_count("hold", hold)
        if check_count("K", K) >= min(n_e, n_i):
            raise complaint("K", wanted=f"fewer than {min(n_e, n_i)} inputs", got=str(K), do="Or take more cells.")
        check_generator(generator)
        self.cell, self.couplings = cell or LIFCell(), couplings or Couplings()
        self.surrogate, self.traces = surrogate or Surrogate(), self._check_traces(traces)
        self._integrate = norse_integrate(self.cell)
        n, J, j = n_e + n_i, self.couplings, check_positive("strength", strength)
        onto_e = torch.arange(n) < n_e
        scale = j / math.sqrt(K) * self.cell.tau_mem / self.cell.tau_syn
        W = torch.zeros(n, n, dtype=F64)
        for first, size, to_e, to_i in ((0, n_e, J.EE, J.IE), (n_e, n_i, -J.EI, -J.II)):
            senders = first + draw_senders(n, first, size, K, generator=generator)
            W.scatter_(1, senders, (scale * torch.where(onto_e, to_e, to_i).to(F64))[:, None].expand(-1, K))

        def normal(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator, dtype=F64)

        outside = check_positive("drive", drive, or_zero=True) * math.sqrt(K) * j
        self.W_rec = nn.Parameter(W, requires_grad=trainable)
        self.register_buffer("signs", W.sign())  # 0 where there is no connection
        self.W_in = nn.Parameter(check_positive("input_scale", input_scale) * normal(n, n_in), requires_grad=trainable)
        bias = outside * torch.where(onto_e, J.E0, J.I0).to(F64)
        spread = check_positive("bias_spread", bias_spread, or_zero=True)
        self.b = nn.Parameter(bias + spread * normal(n), requires_grad=trainable)
        self.C = nn.Parameter(torch.zeros(n_out, n * len(self.traces), dtype=F64), requires_grad=False)
        self.d = nn.Parameter(torch.zeros(n_out, dtype=F64), requires_grad=False)
        self.register_buffer("v0", torch.rand(n, generator=generator, dtype=F64))

    def run(
        self,
        inputs: InputSequence,
        *,
        start: SpikingState | None = None,
        record: tuple[str, ...] = (),
        watch: Tensor | None = None,
    ) -> SpikingRun:
        """Drive the network. inputs: (batch, time, n_in), each held for `hold` steps of dt.

        start: a run's `end`; None: membranes as drawn, no current, no spike, empty traces.
        record: any of "spikes", "v", "i_syn"; what is not asked for is not kept.  watch: (n,), indices of the cells
        whose v and i_syn are kept; None: the first ten.
        Raises CourseError for a mean rate below 0.2 Hz or above 300 Hz in a run of 100 ms or more: a unit or a scale
        is wrong then.
        """
        check_finite("inputs", check_shape("inputs", inputs, f"batch time {self.n_in}"))
        wrong = set(record) - {"spikes", "v", "i_syn"}
        if wrong:
            raise complaint("record", wanted="spikes, v, i_syn", got=", ".join(sorted(wrong)), do="Ask for those.")
        watched = torch.arange(min(10, len(self.b))) if watch is None else watch
        now = self.rest(len(inputs)) if start is None else start
        v, i_syn, spikes, traces = now.v, now.i_syn, now.spikes, now.traces
        kernel, left = self._trace_kernel()
        features, total = [], torch.zeros_like(self.b)
        kept: dict[str, list[Tensor]] = {name: [] for name in record}

        def keep(fired: Tensor, v: Tensor, i_syn: Tensor) -> None:
            for name, steps in kept.items():
                steps.append(fired if name == "spikes" else {"v": v, "i_syn": i_syn}[name][:, watched])

        fixed = (self.W_rec, self.hold, self.cell, self.surrogate, self._integrate, keep if kept else None)
        for u in (self.cell.leak_syn * (inputs @ self.W_in.T + self.b)).unbind(dim=1):
            v, i_syn, held = HeldSteps.apply(v, i_syn, spikes, u, *fixed)
            spikes = held[-1]
            traces = left * traces + torch.einsum("kh,hbn->kbn", kernel, held)
            total = total + held.detach().sum(dim=(0, 1))
            features.append(traces.transpose(0, 1).flatten(1))
        duration = self.cell.dt * self.hold * inputs.shape[1]
        rates = total * 1000.0 / (duration * inputs.shape[0])
        if duration >= LONG_ENOUGH:
            self.check_rate(float(rates.mean()))
        on_request = {
            name: torch.stack(kept[name], dim=1) if name in kept else None for name in ("spikes", "v", "i_syn")
        }
        end = SpikingState(v, i_syn, spikes, traces).detach()
        return SpikingRun(torch.stack(features, dim=1), end, rates.detach(), self.cell.dt, **on_request)

    def rest(self, batch: int) -> SpikingState:
        """Where a run begins: membranes as they were drawn, no current, no spike, empty traces."""
        v = self.v0.expand(batch, -1)
        zero = torch.zeros_like(v)
        return SpikingState(v, zero, zero, v.new_zeros(len(self.traces), *v.shape))

    def _trace_kernel(self) -> tuple[Tensor, Tensor]:
        """What spikes of `hold` steps add to each trace, (n_traces, hold), and what is left of it, (n_traces, 1, 1)."""
        leak = self.v0.new_tensor([self.cell.dt / tau for tau in self.traces])[:, None]
        age = torch.arange(self.hold - 1, -1, -1, dtype=leak.dtype)
        return leak * (1 - leak) ** age, ((1 - leak) ** self.hold)[..., None]

    def readout(self, features: Tensor) -> Tensor:
        """y = C r + d. features: (..., n_features). Returns (..., n_out)."""
        return features @ self.C.T + self.d

    def set_readout(self, C: Tensor, d: Tensor) -> None:
        """Put fitted readout weights in place. C: (n_out, n_features).  d: (n_out,)."""
        check_finite("C", check_shape("C", C, f"{self.n_out} {self.C.shape[1]}"))
        check_finite("d", check_shape("d", d, f"{self.n_out}"))
        with torch.no_grad():
            self.C.copy_(C)
            self.d.copy_(d)

    @torch.no_grad()
    def project(self) -> None:
        """Put W_rec back under Dale's law: a weight that crossed zero is zero, and no connection appears."""
        self.W_rec.copy_((self.W_rec * self.signs).clamp(min=0) * self.signs)

    def dynamics_parameters(self) -> list[nn.Parameter]:
        """W_rec, W_in and b: all that shapes the spikes of a driven network."""
        return [self.W_rec, self.W_in, self.b]

    def mean_field(self, u: Tensor) -> MeanField:
        """The flow of the rates [Hz] of all cells, (..., cells), in time [ms], under a steady input u: (n_in,).

        Its rest point is the theory's answer to what a long run under that input counts. It holds while the recurrent
        currents are weaker than the input (strength up to about 0.5), and for the mean over cells beyond.
        """
        check_finite("u", check_shape("u", u, f"{self.n_in}"))
        charge = self.W_rec.detach() * self.cell.tau_syn  # of one spike, in threshold ms
        external = (self.W_in @ u + self.b).detach()
        return MeanField(charge / 1000, charge**2 / self.cell.tau_mem / 1000, external, self.cell)

    def flow_at(self, u: Tensor) -> NoReturn:
        """Refused: see `jacobian`."""
        self.jacobian(u)

    def map_at(self, u: Tensor) -> NoReturn:
        """Refused: see `jacobian`."""
        self.jacobian(u)

    def closed_loop_flow(self) -> NoReturn:
        """Refused: see `jacobian`."""
        self.jacobian(self.v0)

    def closed_loop_map(self) -> NoReturn:
        """Refused: see `jacobian`."""
        self.jacobian(self.v0)

    def jacobian(self, x: Tensor) -> NoReturn:
        """Refused. A spike is a jump: at the threshold a step has no derivative, elsewhere not the one that counts."""
        raise complaint(
            "SpikingEINetwork",
            wanted="a Flow or a Map with a Jacobian",
            got="a network whose state jumps at every spike",
            do="mean_field(u) is a Flow of its mean rates, with a Jacobian; spike statistics say how well it holds.",
        )

    def check_rate(self, mean: float) -> None:
        """Refuse a silent or a saturated network. mean: rate over all cells [Hz]."""
        if not SLOWEST <= mean <= FASTEST:
            word = "silent" if mean < SLOWEST else "saturated"
            raise complaint(
                "rates",
                wanted=f"a mean rate between {SLOWEST:g} and {FASTEST:g} Hz",
                got=f"{mean:.3g} Hz, a {word} network",
                do="Check drive, strength and input_scale, and that times are in ms: a factor 1000 does this.",
            )

    def _check_traces(self, traces: tuple[float, ...]) -> tuple[float, ...]:
        if not traces or min(traces) <= self.cell.dt:
            raise complaint(
                "traces",
                wanted=f"time constants above the step of {self.cell.dt:g} ms",
                got=str(traces),
                do="Times are in ms: 20 ms is 20.0.",
            )
        return tuple(check_positive("traces", float(tau)) for tau in traces)
