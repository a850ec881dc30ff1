"""What every task returns."""

from dataclasses import dataclass

from torch import Tensor

from course_lib.shapes import InputSequence, Mask, OutputSequence


@dataclass(frozen=True)
class Trial:
    """A batch of trials.

    inputs: (batch, time, n_in).  targets: (batch, time, n_out), the answer wanted after the input of the same time.
    mask: (batch, time), True where the answer counts.  conditions: what distinguishes the trials, one entry a trial.
    """

    inputs: InputSequence
    targets: OutputSequence
    mask: Mask
    conditions: dict[str, Tensor]
