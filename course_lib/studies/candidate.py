"""What a row of the table has to offer: a name and a fit, and what the fit can do afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from course_lib.dynamics import Flow, Map
from course_lib.models.recurrent import RecurrentNetwork
from course_lib.tasks import Trial


@dataclass(frozen=True)
class NotApplicable:
    """In the place of a figure that a candidate does not have, and why.

    Taught on the page "The CT-RNN learns Lorenz".
    """

    why: str

    def __str__(self) -> str:
        return f"– ({self.why})"


@dataclass(frozen=True)
class SpikeCount:
    """What spikes cost: of all cells together, a second of the network's time, and a sample that it forecasts."""

    per_second: float
    per_sample: float


Predict = Callable[[Tensor], Tensor]
Forecast = Callable[[Tensor, int], Tensor]
Loop = Callable[[Tensor], tuple[Flow | Map, Tensor]]


@dataclass(frozen=True)
class Fitted:
    """A candidate after its fit. Data are (batch, time, dim), as in the trials.

    predict: forecasts one step ahead from inputs, one for every sample, same shape.
    n_fitted: numbers that the fit has set.
    forecast: (inputs, n_steps) to what it says by itself after these inputs, (batch, n_steps, dim), or why it cannot.
    loop: inputs to the autonomous system that runs by itself and its states after these inputs, (batch, its dim), or
    why there is none.
    spikes: how many it needs, or that it needs none.
    """

    predict: Predict
    n_fitted: int
    forecast: Forecast | NotApplicable
    loop: Loop | NotApplicable
    spikes: SpikeCount | NotApplicable = NotApplicable("it does not spike")


class Candidate(Protocol):
    """A row: `name`, and `fit(trial, generator=...)`, which sees training data only."""

    @property
    def name(self) -> str: ...

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted: ...


@dataclass(frozen=True)
class Network:
    """A recurrent network as a candidate.

    make: from the generator to an untrained network.  train: changes the network in place, given the trial and the
    generator.  readout_only: whether training sets the readout alone, for the count of fitted numbers.
    Taught on the page "The CT-RNN learns Lorenz".
    """

    name: str
    make: Callable[[torch.Generator], RecurrentNetwork]
    train: Callable[[RecurrentNetwork, Trial, torch.Generator], object]
    readout_only: bool = False

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        model = self.make(generator)
        self.train(model, trial, generator)
        fitted = (model.C, model.d) if self.readout_only else tuple(model.parameters())
        return of_network(model, sum(p.numel() for p in fitted))


def of_network(model: RecurrentNetwork, n_fitted: int) -> Fitted:
    """A fitted network that forecasts its own input."""

    @torch.no_grad()
    def predict(inputs: Tensor) -> Tensor:
        return model.readout(model.run(inputs))

    @torch.no_grad()
    def loop(inputs: Tensor) -> tuple[Map, Tensor]:
        return model.closed_loop_map(), model.run(inputs)[:, -1]

    return Fitted(predict, n_fitted, model.forecast, loop)
