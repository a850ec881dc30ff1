"""Fitting the decoder of a `SpikingLoop`: the vector field, first on perturbed orbits, then on the loop's own."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.integrate import integrate
from course_lib.models.spiking_loop import LoopState, SpikingLoop
from course_lib.shapes import State
from course_lib.training.readout import solve_moments
from course_lib.validation import check_count, check_generator, check_positive, check_shape, complaint

F64 = torch.float64
SETTLE = 600.0  # ms before samples count
CORRELATION = 500.0  # ms, of the noise on the orbits
SAMPLE = 20  # steps from one sample to the next
CHUNK = 64  # orbits simulated at once


@dataclass(frozen=True)
class FieldFit:
    """rmse: (n_out,) of C r + d against g, both low-passed by the slow synapse, on the last pass.

    n_samples: of both passes.  rate: mean rate of the cells [Hz].
    """

    rmse: Tensor
    n_samples: int
    rate: float


@torch.no_grad()
def fit_slow_synapse(
    loop: SpikingLoop,
    flow: Flow,
    starts: State,
    *,
    time_unit: float,
    generator: torch.Generator,
    duration: float = 2400.0,
    noise: float = 0.1,
    own: int = 48,
    ridge: float = 1e-4,
) -> FieldFit:
    """Fit C, d of the loop so that it runs as `flow`, one time unit of it in `time_unit` ms.

    The target is that of an exact step, g(x) = x + (τ_s / dt) (Φ(x) - x), Φ the flow over dt. Features and target are
    both low-passed by τ_s before the ridge: the loop will do so anyway, and errors above that band cost nothing. First
    pass: orbits of the flow plus slow noise drive the network. Second pass: `own` loops run on their own output, and
    the target is g at that output, so that the decoder is right where the loop will be.

    starts: (orbits, n_out), states on the attractor.  duration: of each orbit [ms], its first 600 ms are dropped.
    noise: standard deviation of what is added to the orbits.  ridge: see fit_readout.  The loop is changed in place.

    Low-passed decoding: Eliasmith and Anderson 2003; samples of the own states: Ross, Gordon, Bagnell 2011.
    Taught on the page "Spiking networks: reservoirs, decoding, training".
    """
    check_generator(generator)
    check_shape("starts", starts, f"orbits {loop.dim}")
    check_positive("time_unit", time_unit)
    if check_positive("duration", duration) <= SETTLE + SAMPLE * loop.dt:
        raise complaint("duration", wanted=f"more than {SETTLE:g} ms", got=f"{duration:g} ms", do="Times are in ms.")
    if flow.dim != loop.dim:
        raise complaint("flow", wanted=f"{loop.dim} coordinates", got=str(flow.dim), do="One for each output.")
    gatherer = _Gatherer(loop, flow, time_unit, round(duration / loop.dt), ridge)
    for chunk in starts.split(CHUNK):
        gatherer.add(chunk, noise=noise, generator=generator)
    loop.network.check_rate(gatherer.rate)
    gatherer.solve()
    for chunk in starts[: check_count("own", own, least=0)].split(CHUNK) if own else ():
        gatherer.add(chunk, own=True)
    return gatherer.solve()


class _Gatherer:
    """Sums of products of what the loop's readout sees and what it should say."""

    def __init__(self, loop: SpikingLoop, flow: Flow, time_unit: float, n_steps: int, ridge: float):
        self.loop, self.flow, self.n_steps, self.ridge = loop, flow, n_steps, ridge
        self.t = torch.tensor([0.0, loop.dt / time_unit], dtype=F64)
        n = loop.C.shape[1]
        self.sums = [torch.zeros(n, dtype=F64), torch.zeros(loop.dim, dtype=F64)]
        self.sums += [torch.zeros(n, n, dtype=F64), torch.zeros(n, loop.dim, dtype=F64)]
        self.n, self.spikes, self.cell_steps = 0, 0, 0
        self.last: list[tuple[Tensor, Tensor]] = []

    def add(
        self, starts: Tensor, *, noise: float = 0.0, generator: torch.Generator | None = None, own: bool = False
    ) -> None:
        """Run a batch and keep its sums. own: after the first 600 ms the loop's own output is the input."""
        loop, x, off = self.loop, starts.to(F64), torch.zeros_like(starts)
        state, filters = LoopState(loop, x), _Filters(loop, len(starts))
        keep, settled = loop.dt / CORRELATION, round(SETTLE / loop.dt)
        rows = []
        for k in range(self.n_steps):
            if generator is not None:
                kick = torch.randn(x.shape, generator=generator, dtype=F64)
                off = (1 - keep) * off + noise * math.sqrt(2 * keep) * kick
            u = x + off
            after = integrate(self.flow, torch.cat((u, x)), self.t).x[:, -1]
            said = state.step(u)
            filters.step(state.spikes, u + loop.tau_slow / loop.dt * (after[: len(u)] - u))
            x = torch.lerp(u, said, loop.dt / loop.tau_slow) if own and k >= settled else after[len(u) :]
            if k >= settled and (k + 1) % SAMPLE == 0:
                rows.append(filters.sample())
        features, targets = (torch.cat(parts) for parts in zip(*rows, strict=True))
        exact = targets.to(features.dtype)
        new = (features.sum(0), targets.sum(0), features.T @ features, features.T @ exact)
        for total, part in zip(self.sums, new, strict=True):
            total += part
        self.n, self.last = self.n + len(targets), [*self.last[-1:], (features, targets)][-1:]
        self.spikes, self.cell_steps = (
            self.spikes + state.n_spikes,
            self.cell_steps + state.spikes.numel() * state.n_steps,
        )

    def solve(self) -> FieldFit:
        """Put the ridge solution into the loop."""
        mean_x, mean_y, mean_xx, mean_xy = (total / self.n for total in self.sums)
        C, d = solve_moments(mean_x, mean_y, mean_xx, mean_xy, self.ridge)
        self.loop.set_decoder(C, d)
        features, targets = self.last[-1]
        rmse = (features.to(F64) @ C.T + d - targets).square().mean(dim=0).sqrt()
        return FieldFit(rmse, self.n, self.rate)

    @property
    def rate(self) -> float:
        """Mean rate of all cells so far [Hz]."""
        return self.spikes / (self.cell_steps * self.loop.dt / 1000)


class _Filters:
    """Traces of all cells and the target, each low-passed by the slow synapse."""

    def __init__(self, loop: SpikingLoop, batch: int):
        traces = loop.network.traces
        self.leaks, self.slow = [loop.dt / tau for tau in traces], loop.dt / loop.tau_slow
        self.fast = torch.zeros(len(traces), batch, len(loop.network.b), dtype=loop.dtype)
        self.features = torch.zeros_like(self.fast)
        self.target = torch.zeros(batch, loop.dim, dtype=F64)

    def step(self, spikes: Tensor, target: Tensor) -> None:
        fired = spikes.to(self.fast.dtype)
        for trace, leak in zip(self.fast, self.leaks, strict=True):
            trace.lerp_(fired, leak)
        self.features.lerp_(self.fast, self.slow)
        self.target.lerp_(target, self.slow)

    def sample(self) -> tuple[Tensor, Tensor]:
        """Features (batch, n_features), in the order of `SpikingRun.features`, and targets (batch, n_out)."""
        return self.features.transpose(0, 1).flatten(1).clone(), self.target.clone()
