"""A spiking network that runs by itself: its spikes carry a vector field, and a slow synapse integrates it.

    τ_s dx/dt = -x + C r + d,      r: filtered spikes of the network that x drives,      C r + d ≈ g(x) = x + τ_s f(x)

Where the fit is exact, dx/dt = f(x). The noise of C r enters x divided by τ_s, which is why a slow synapse helps
(Eliasmith and Anderson, Neural Engineering, 2003). Nothing here has gradients, and a step costs what its spikes cost:
rows of the weights are summed over the cells that fired.
"""

from typing import NoReturn

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from course_lib.models.spiking import SpikingEINetwork
from course_lib.validation import check_count, check_finite, check_positive, check_shape, complaint

F64 = torch.float64


class SpikingLoop:
    """The network with decoder C, d and the slow synapse that feeds its output back as its input.

    network: with hold = 1 in spirit: the loop gives it a new input at every step of dt.  tau_slow: τ_s [ms], well above
    the traces.  C: (n_out, n_features), as `SpikingRun.features` has them.  d: (n_out,).  dtype: of the cells; float32
    halves the time, and what it rounds is far below the noise of spikes. x, C and d are float64.
    Taught on the page "Spiking networks: reservoirs, decoding, training".
    """

    def __init__(
        self,
        network: SpikingEINetwork,
        C: Tensor,
        d: Tensor,
        *,
        tau_slow: float = 200.0,
        dtype: torch.dtype = F64,
    ):
        if network.n_in != network.n_out:
            raise complaint(
                "network",
                wanted="as many outputs as inputs",
                got=f"n_out = {network.n_out}, n_in = {network.n_in}",
                do="Only a network that can be fed its own output closes a loop.",
            )
        if check_positive("tau_slow", tau_slow) <= max(network.traces):
            raise complaint(
                "tau_slow",
                wanted=f"more than the longest trace, {max(network.traces):g} ms",
                got=f"{tau_slow:g} ms",
                do="A slow synapse integrates what fast traces decode: 20 and 80 ms beside 200 ms. Times are in ms.",
            )
        self.network, self.tau_slow, self.dtype = network, tau_slow, dtype
        self.dim, self.dt = network.n_out, network.cell.dt
        self.set_decoder(C, d)

    def set_decoder(self, C: Tensor, d: Tensor) -> None:
        """Put fitted weights in place. C: (n_out, n_features).  d: (n_out,)."""
        n_traces, n_cells = len(self.network.traces), len(self.network.b)
        self.C = check_finite("C", check_shape("C", C, f"{self.dim} {n_traces * n_cells}")).to(F64)
        self.d = check_finite("d", check_shape("d", d, f"{self.dim}")).to(F64)
        by_trace = self.C.reshape(self.dim, n_traces, n_cells).permute(2, 1, 0).flatten(1)  # (cells, n_traces n_out)
        self.table = torch.cat((self.network.W_rec.detach().T, by_trace), dim=1).to(self.dtype)

    def jacobian(self, x: Tensor) -> NoReturn:
        """Refused: see `SpikingEINetwork.jacobian`."""
        self.network.jacobian(x)

    @torch.no_grad()
    def driven(self, inputs: Tensor) -> "LoopState":
        """The state after these inputs, x at the last of them. inputs: (batch, steps, n_in), one a step of dt."""
        check_finite("inputs", check_shape("inputs", inputs, f"batch steps {self.dim}"))
        state = LoopState(self, inputs[:, 0])
        for u in inputs.unbind(dim=1):
            state.step(u)
        state.x = inputs[:, -1].clone()
        return state

    @torch.no_grad()
    def run(self, state: "LoopState", n_samples: int, *, every: int = 1) -> Tensor:
        """x of the closed loop every so many steps, (batch, n_samples, n_out); the state moves on."""
        check_count("n_samples", n_samples)
        samples = []
        for _ in range(n_samples):
            for _ in range(check_count("every", every)):
                state.advance()
            samples.append(state.x)
        return torch.stack(samples, dim=1)


class LoopState:
    """Where the loop stands; its methods change it.

    x: (batch, n_out), what the slow synapse holds.  spikes: (batch, cells) bool, of the last step.
    n_spikes, n_steps: counted since the start, over the batch.
    """

    def __init__(self, loop: SpikingLoop, x: Tensor):
        network, batch = loop.network, len(x)
        self.loop, self.x = loop, x.to(F64).clone()
        self.v = network.v0.to(loop.dtype).expand(batch, -1).clone()
        self.i_syn, self.arriving = torch.zeros_like(self.v), torch.zeros_like(self.v)
        self.spikes = torch.zeros(self.v.shape, dtype=torch.bool)
        self.decoded = torch.zeros(batch, len(network.traces), loop.dim, dtype=F64)  # C r, trace by trace
        self.leaks = torch.tensor([loop.dt / tau for tau in network.traces], dtype=F64)[:, None]
        self.W_in = (network.cell.leak_syn * network.W_in).detach().T.to(loop.dtype)
        self.b = (network.cell.leak_syn * network.b).detach().to(loop.dtype)
        self.n_spikes = self.n_steps = 0

    @torch.no_grad()
    def step(self, u: Tensor) -> Tensor:
        """One step of the cells under the input u: (batch, n_in), as in `SpikingEINetwork.run`. Returns C r + d."""
        cell, n_cells = self.loop.network.cell, self.v.shape[1]
        self.i_syn.add_(self.arriving).addmm_(u.to(self.v.dtype), self.W_in).add_(self.b)
        self.v.lerp_(self.i_syn, cell.leak_mem)
        self.i_syn.mul_(1 - cell.leak_syn)
        self.spikes = self.v > cell.v_th
        self.v.masked_fill_(self.spikes, cell.v_reset)
        trial, sender = self.spikes.nonzero(as_tuple=True)
        counts = torch.bincount(trial, minlength=len(self.v))
        sent = embedding_bag(sender, self.loop.table, counts.cumsum(0) - counts, mode="sum")
        self.arriving = sent[:, :n_cells]
        arrived = sent[:, n_cells:].to(F64).reshape(self.decoded.shape)
        self.decoded = self.decoded + self.leaks * (arrived - self.decoded)
        self.n_spikes, self.n_steps = self.n_spikes + len(sender), self.n_steps + 1
        return self.decoded.sum(dim=1) + self.loop.d

    def advance(self) -> None:
        """One step of the closed loop: x drives the cells, and their decoded output moves x."""
        self.x = torch.lerp(self.x, self.step(self.x), self.loop.dt / self.loop.tau_slow)

    @property
    def rate(self) -> float:
        """Mean rate of all cells since the start [Hz]."""
        seconds = self.n_steps * self.loop.dt / 1000
        return self.n_spikes / (self.spikes.numel() * seconds) if self.n_steps else 0.0
