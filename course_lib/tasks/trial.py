"""What every task returns."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from course_lib.shapes import InputSequence, Mask, OutputSequence
from course_lib.validation import check_finite, check_shape


@dataclass(frozen=True)
class Trial:
    """A batch of trials.

    inputs: (batch, time, n_in).  targets: (batch, time, n_out), the answer wanted after the input of the same time.
    mask: (batch, time), True where the answer counts, or (batch, time, n_out) where each output has times of its own.
    conditions: what distinguishes the trials, one entry a trial.
    """

    inputs: InputSequence
    targets: OutputSequence
    mask: Mask
    conditions: dict[str, Tensor]


@runtime_checkable
class Task(Protocol):
    """What training and tests ask of a task.

    n_in, n_out: channels of inputs and targets.  sample: fresh trials.  score: the task's own measure of outputs
    (batch, time, n_out), 1 at best.
    """

    @property
    def n_in(self) -> int: ...

    @property
    def n_out(self) -> int: ...

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial: ...

    def score(self, outputs: OutputSequence, trial: Trial) -> float: ...


def check_outputs(outputs: OutputSequence, trial: Trial) -> Tensor:
    """`outputs` when they have the shape of the trial's targets, detached."""
    batch, time, n_out = trial.targets.shape
    return check_finite("outputs", check_shape("outputs", outputs, f"{batch} {time} {n_out}")).detach()
