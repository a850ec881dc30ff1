"""Visible checks of question 3: keep the best, not the last."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
VALLEY = [2.0, 1.5, 1.25, 0.5, 1.0, 1.75, 3.0]


class _Training:
    """Weights that grow by one in every step, in place, and a table of losses: loss k - 1 belongs to weights k."""

    def __init__(self, losses: list[float]) -> None:
        self.losses = losses
        self.state = {"W": np.zeros((2, 2)), "b": np.zeros(2)}
        self.calls = ""

    def step(self, state: dict[str, np.ndarray]) -> None:
        self.calls += "s"
        for weights in state.values():
            weights += 1

    def validate(self, state: dict[str, np.ndarray]) -> float:
        self.calls += "v"
        return self.loss_of(self.epoch_of(state))

    def loss_of(self, epoch: float) -> float:
        return self.losses[int(epoch) - 1] if 1 <= epoch <= len(self.losses) else 4.0

    def epoch_of(self, state: dict[str, Any]) -> float:
        """Which epoch the weights are of: they are the number of steps; NaN when they are of none."""
        entries = np.concatenate([numbers(weights).reshape(-1) for weights in state.values()])
        return float(entries[0]) if np.ptp(entries) == 0 else math.nan


def _run(keep_best: Function, losses: list[float]) -> tuple[_Training, dict[str, Any], float, float]:
    """The training after the student's function has run it, and the three parts of the answer."""
    training = _Training(losses)
    best, epoch, loss = keep_best(training.step, training.validate, training.state, len(losses))
    return training, best, float(numbers(epoch).reshape(())), float(numbers(loss).reshape(()))


def q3_form(keep_best: Function) -> Iterator[Row]:
    """A dictionary like the one that came in, and two numbers."""
    training = _Training(VALLEY)
    answer = keep_best(training.step, training.validate, training.state, len(VALLEY))
    triple = isinstance(answer, tuple | list) and len(answer) == 3 and isinstance(answer[0], dict)
    triple = triple and {name: numbers(w).shape for name, w in answer[0].items()} == {"W": (2, 2), "b": (2,)}
    yours = "as wanted" if triple else f"a {type(answer).__name__}"
    yield Row("form of the answer", yours, "best_state with the same names and shapes, epoch, loss", bool(triple))
    finite = all(np.isfinite(numbers(part)).all() for part in (*answer[0].values(), *answer[1:]))
    yield Row("finite numbers", "yes" if finite else "not all", "all of them", bool(finite))


def q3_alias(keep_best: Function) -> Iterator[Row]:
    """The weights that come back against the loss that is reported, and both against the table."""
    training, best, epoch, loss = _run(keep_best, VALLEY)
    yours = f"epoch {short(epoch)} of {len(VALLEY)}"
    yield Row("the epoch you report", yours, "one that there is: 1 to n", epoch in range(1, len(VALLEY) + 1))
    yours = f"you report {short(loss)}, epoch {short(epoch)} had {short(training.loss_of(epoch))}"
    yield Row("loss and epoch", yours, "those of one epoch", training.loss_of(epoch) == loss)
    lower = sum(other < loss for other in VALLEY)
    yield Row("epochs with a lower loss than you report", str(lower), "none", lower == 0)
    whose = training.epoch_of(best)
    scored = short(training.loss_of(whose)) if whose == whose else "nothing known"
    yours = f"you report {short(loss)}, your weights score {scored}"
    law = "the same: what you stored is not to go on changing"
    yield Row("your weights, validated again", yours, law, whose == epoch)


def q3_calls(keep_best: Function) -> Iterator[Row]:
    """One step and one look an epoch."""
    calls = _run(keep_best, VALLEY)[0].calls
    steps, looks = calls.count("s"), calls.count("v")
    yield Row(f"steps in {len(VALLEY)} epochs", str(steps), "one an epoch", steps == len(VALLEY))
    yield Row(f"validations in {len(VALLEY)} epochs", str(looks), "one an epoch", looks == len(VALLEY))
    before = calls.startswith("v")
    yours = "validation" if before else "step"
    yield Row("what comes first in an epoch", yours, "the step: its loss is wanted", not before)


def q3_ties(keep_best: Function) -> Iterator[Row]:
    """Losses that rise in between, the best at an end, and equal ones."""
    for name, losses in (
        ("a loss that rises once and falls again", [2.0, 1.5, 1.75, 1.0, 0.5, 1.25]),
        ("a loss that falls to the end", [2.0, 1.5, 1.25, 1.0]),
        ("a loss that rises from the first epoch on", [1.0, 1.25, 1.5]),
    ):
        _, _, _, loss = _run(keep_best, losses)
        lower = sum(other < loss for other in losses)
        yours = f"you report {short(loss)}; {lower} were lower"
        yield Row(name, yours, "none is lower: all n epochs count", lower == 0)
    losses = [2.0, 0.5, 1.0, 0.5, 1.5]
    _, _, epoch, loss = _run(keep_best, losses)
    earlier = sum(other <= loss for other in losses[: max(int(epoch) - 1, 0)])
    yours = f"epoch {short(epoch)}; {earlier} before it were as good"
    yield Row("two equal losses", yours, "none before it: the earliest wins", earlier == 0)


def q3_nan(keep_best: Function) -> Iterator[Row]:
    """NaN at the beginning and in between."""
    for name, losses in (
        ("NaN at the first epoch", [math.nan, 2.0, 1.5, 1.0, 1.25]),
        ("NaN in the middle", [2.0, 1.0, math.nan, 1.5, 1.25]),
        ("NaN at the end", [2.0, 1.5, 1.0, 1.25, math.nan]),
    ):
        _, _, epoch, loss = _run(keep_best, losses)
        lower = sum(other < loss for other in losses) if loss == loss else "who knows how many"
        yours = f"epoch {short(epoch)}, loss {short(loss)}; {lower} were lower"
        yield Row(name, yours, "a number, and none is lower: NaN is never best and ends nothing", lower == 0)
