"""What changes while a network trains: how much of the truth it is given, and how long it has to remember.

A network that is to run on its own output should meet that output in training. Then errors grow along the orbit, and so
does the gradient: in a chaotic system it must explode over a long window, whatever the architecture (Mikhaeil, Monfared
and Durstewitz 2022). Two remedies keep the orbit near the data. *Sparse* forcing puts the truth in place of the
prediction every few steps (same paper). *Generalised* forcing mixes both at every step,

    x̃ = (1 - α) x + α x̂,

which multiplies every Jacobian by 1 - α, so that products of them stay bounded (Hess et al. 2023, after Doya 1992).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Map, check_map
from course_lib.shapes import Sequence
from course_lib.tasks.timed import TimedTask
from course_lib.validation import (
    check_choice,
    check_count,
    check_finite,
    check_number,
    check_positive,
    check_shape,
    complaint,
)


@dataclass(frozen=True)
class Forcing:
    """Which share of the truth enters, how often, and where.

    strength: α in [0, 1]; 1 replaces the prediction by the truth, 0 leaves the network to itself.
    every: samples from one forcing to the next; in between the network runs on its own predictions.
    where: "input": the input is y + α (truth - y).  "state": the state is moved before each step by the smallest
        change that moves its readout by α (truth - y), x + α C⁺(truth - y); directions that the readout does not see
        stay free. The input is then the readout of the moved state, which is again y + α (truth - y).
    """

    strength: float = 1.0
    every: int = 1
    where: str = "input"

    def __post_init__(self) -> None:
        if not 0 <= check_number("strength", self.strength) <= 1:
            raise complaint("strength", wanted="a share from 0 to 1", got=repr(self.strength), do="1 is all truth.")
        check_count("every", self.every)
        check_choice("where", self.where, ("input", "state"))

    @property
    def is_plain(self) -> bool:
        """Whether every input is the truth itself and no state is moved."""
        return self.strength == 1 and self.every == 1 and self.where == "input"

    def at(self, k: int) -> float:
        """α at sample k, counted from the end of the warm-up."""
        return self.strength if k % self.every == 0 else 0.0


#: The truth at every step, as plain teacher forcing has it.
TEACHER = Forcing()
Curriculum = Callable[[int], Forcing]


def sparse_forcing(every: int) -> Forcing:
    """The truth every `every` samples; `predictability_interval` gives a number to start from."""
    return Forcing(1.0, every)


def generalised_forcing(strength: float) -> Forcing:
    """A share `strength` of the truth in the state before every step; `sufficient_strength` bounds it from above."""
    return Forcing(strength, 1, "state")


def annealed(first: float, last: float, n_steps: int, *, where: str = "state") -> Curriculum:
    """Forcing whose strength falls on a straight line from `first` at step 1 to `last` at step n_steps."""
    check_count("n_steps", n_steps)

    def at_step(step: int) -> Forcing:
        share = min(1.0, (step - 1) / max(n_steps - 1, 1))
        return Forcing(first + share * (last - first), 1, where)

    return at_step


def growing_delays(task: TimedTask, n_steps: int, *, first: float = 0.2) -> Callable[[int], TimedTask]:
    """The task with its longest delay growing on a straight line from a share `first` of its range to all of it.

    n_steps: training steps after which the delays are the task's own; a good choice is 40 % of the training.
    """
    check_count("n_steps", n_steps)
    low, high = task.delay

    def at_step(step: int) -> TimedTask:
        share = min(1.0, first + (1 - first) * (step - 1) / n_steps)
        return task.with_delay(low, low + share * (high - low))

    return at_step


def predictability_interval(largest_exponent: float, dt: float) -> int:
    """Samples in which errors double, ln 2 / (λ₁ dt), at least 1: the interval of Mikhaeil et al. 2022.

    largest_exponent: λ₁ > 0 [1/time].  dt: time between samples.
    Taught on the page "The CT-RNN learns Lorenz".
    """
    return max(
        1, round(math.log(2) / (check_positive("largest_exponent", largest_exponent) * check_positive("dt", dt)))
    )


@torch.no_grad()
def sufficient_strength(loop: Map, states: Sequence) -> float:
    """The α at which products of the closed loop's Jacobians along these orbits stay bounded: max(0, 1 - 1/σ).

    σ: the largest over the batch of the geometric mean in time of the Jacobians' largest singular values.
    states: (batch, time, dim) of the driven network. A few hundred of them do.  Hess et al. 2023, section 4.
    Taught on the page "The CT-RNN learns Lorenz".
    """
    check_map("loop", loop)
    check_finite("states", check_shape("states", states, f"batch time {loop.dim}"))
    norms = torch.linalg.matrix_norm(loop.jacobian(states), ord=2)  # (batch, time)
    sigma = float(norms.log().mean(dim=1).exp().max())
    return max(0.0, 1 - 1 / sigma)


def inverse_readout(C: Tensor, dim: int) -> Tensor:
    """(n_out, dim): row i is the least change of the state that moves output i by one and no other output.

    C: (n_out, n_read); the readout sees the first n_read of dim units. No gradient passes.
    """
    rows = torch.linalg.pinv(C.detach()).T  # (n_out, n_read)
    return torch.nn.functional.pad(rows, (0, dim - C.shape[1]))
