"""Spiking networks as candidates: a readout that is fed back as it is, and a slow synapse that is told the field."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.models import SpikingEINetwork, SpikingLoop
from course_lib.studies.candidate import Fitted, NotApplicable, SpikeCount
from course_lib.tasks import Trial
from course_lib.training import fit_readout, fit_slow_synapse

F64 = torch.float64
NO_JACOBIAN = NotApplicable("its state jumps at every spike")


@dataclass(frozen=True)
class DrivenSpikes:
    """A random spiking network read out from its filtered spikes one sample ahead, and fed that readout in the loop.

    n_e, n_i, K: see SpikingEINetwork.  hold: steps of 1 ms for which a sample is held.  ridge: see fit_readout.
    washout: samples dropped from every trial.
    Taught on the page "Spiking networks: reservoirs, decoding, training".
    """

    name: str = "spiking, readout fed back"
    n_e: int = 320
    n_i: int = 80
    K: int = 40
    hold: int = 20
    ridge: float = 1e-4
    washout: int = 25

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        dim = trial.inputs.shape[-1]
        network = SpikingEINetwork(self.n_e, self.n_i, dim, dim, K=self.K, hold=self.hold, generator=generator)
        run = network.run(trial.inputs)
        readout = fit_readout(run.features, trial.targets, ridge=self.ridge, washout=self.washout)
        network.set_readout(readout.C, readout.d)

        @torch.no_grad()
        def predict(inputs: Tensor) -> Tensor:
            return network.readout(network.run(inputs).features)

        @torch.no_grad()
        def forecast(inputs: Tensor, n_steps: int) -> Tensor:
            run = network.run(inputs)
            samples = [network.readout(run.features[:, -1:])]
            for _ in range(n_steps - 1):
                run = network.run(samples[-1], start=run.end)
                samples.append(network.readout(run.features))
            return torch.cat(samples, dim=1)

        per_second = float(run.rates.sum())
        spikes = SpikeCount(per_second, per_second * self.hold * network.cell.dt / 1000)
        return Fitted(predict, network.C.numel() + dim, forecast, NO_JACOBIAN, spikes)


@dataclass(frozen=True)
class SlowSynapse:
    """A spiking network that is told the vector field at its training states and integrates it in a slow synapse.

    flow: in the units of the trials.  dt: time between samples.  time_unit: ms for one unit of that time.
    n_e, n_i, K: see SpikingEINetwork.  orbits, duration, own: see fit_slow_synapse; the orbits start at the first
    samples of the training trials, as many times over as it takes.
    One step ahead means: each sample is put into the slow synapse, and the loop runs by itself to the next.
    """

    flow: Flow
    dt: float
    time_unit: float = 4000.0
    name: str = "spiking, slow synapse, told the field"
    n_e: int = 800
    n_i: int = 200
    K: int = 60
    orbits: int = 128
    duration: float = 2400.0
    own: int = 48

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        dim = trial.inputs.shape[-1]
        network = SpikingEINetwork(
            self.n_e, self.n_i, dim, dim, K=self.K, hold=1, generator=generator, strength=0.2, traces=(20.0, 80.0)
        )
        zeros = torch.zeros(network.C.shape, dtype=F64), torch.zeros(dim, dtype=F64)
        loop = SpikingLoop(network, *zeros, dtype=torch.float32)
        every = trial.inputs.shape[1] * len(trial.inputs) // self.orbits
        starts = trial.inputs.flatten(0, 1)[:: max(every, 1)][: self.orbits]
        fitted = fit_slow_synapse(
            loop,
            self.flow,
            starts,
            time_unit=self.time_unit,
            generator=generator,
            duration=self.duration,
            own=self.own,
        )
        steps = round(self.dt * self.time_unit / network.cell.dt)

        def forecast(inputs: Tensor, n_steps: int) -> Tensor:
            return loop.run(loop.driven(between_samples(inputs, steps)), n_steps, every=steps)

        @torch.no_grad()
        def predict(inputs: Tensor) -> Tensor:
            state, said = loop.driven(inputs[:, :1]), []
            for sample in inputs.unbind(dim=1):
                state.x = sample.clone()
                said.append(loop.run(state, 1, every=steps))
            return torch.cat(said, dim=1)

        per_second = fitted.rate * (self.n_e + self.n_i)
        spikes = SpikeCount(per_second, per_second * self.dt * self.time_unit / 1000)
        return Fitted(predict, network.C.numel() + dim, forecast, NO_JACOBIAN, spikes)


def between_samples(inputs: Tensor, steps: int) -> Tensor:
    """Straight lines through samples (batch, time, dim), `steps` to each: (batch, (time - 1) steps + 1, dim)."""
    share = torch.arange(steps, dtype=inputs.dtype)[:, None] / steps
    lines = torch.lerp(inputs[:, :-1, None], inputs[:, 1:, None], share)  # (batch, time - 1, steps, dim)
    return torch.cat((lines.flatten(1, 2), inputs[:, -1:]), dim=1)
