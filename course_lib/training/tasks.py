"""Gradient descent on a task: fresh trials at every step, noise in the network, penalties on rates and weights."""

import itertools
from collections.abc import Callable, Collection, Iterator
from typing import Protocol, Unpack, runtime_checkable

import torch
from torch import Tensor, nn

from course_lib.models.noise import Noise
from course_lib.shapes import InputSequence, Output, OutputSequence, Sequence, State
from course_lib.tasks.trial import Task, Trial
from course_lib.training.loop import History, LoopOptions, train
from course_lib.training.losses import mse
from course_lib.validation import check_count, check_generator, check_positive, complaint

TaskCurriculum = Callable[[int], Task]


@runtime_checkable
class Trainable(Protocol):
    """What `fit_task` asks of a model; every network of `models` that runs on inputs has it."""

    n_in: int
    n_out: int
    C: nn.Parameter

    def run(
        self, inputs: InputSequence, *, noise: Noise | None = None, generator: torch.Generator | None = None
    ) -> Sequence: ...

    def readout(self, x: State) -> Output: ...

    def dynamics_parameters(self) -> list[nn.Parameter]: ...

    def parameters(self) -> Iterator[nn.Parameter]: ...


def fit_task(
    model: Trainable,
    task: Task | TaskCurriculum,
    *,
    generator: torch.Generator,
    n_steps: int,
    batch: int = 64,
    noise: Noise | None = None,
    rate_penalty: float = 0.0,
    weight_penalty: float = 0.0,
    nonnegative: Collection[str] = (),
    **loop: Unpack[LoopOptions],
) -> History:
    """Mean squared error on fresh trials of `task`, where their mask counts, by `train` on all weights.

    task: what makes the trials, or a function from the training step (1, 2, ...) to it, such as `growing_delays`.
    noise: what `run` adds at every step.  rate_penalty: times the mean of x².  weight_penalty: times the mean square of
    the weights in the matrices of `dynamics_parameters()`.
    nonnegative: names of weights that are never below zero, such as ("W_in", "C"): their signs are dropped first, and
    after every step what is below zero is put to zero (projected gradient).
    loop: keywords of `train`. The model is changed in place, in its own precision. A connection that is absent, an
    entry of those matrices that is exactly zero, stays absent.

    A task's curriculum is asked anew after a resume. Recipes: `course_lib.studies.recipes`.
    Taught on the page "Flip-flop memory".
    """
    check_generator(generator)
    check_count("batch", batch)
    check_positive("rate_penalty", rate_penalty, or_zero=True)
    check_positive("weight_penalty", weight_penalty, or_zero=True)
    resumed = loop.get("resume")
    steps = itertools.count(1 if resumed is None else resumed.step + 1)
    matrices = [p for p in model.dynamics_parameters() if p.ndim == 2]
    n_weights = sum(p.numel() for p in matrices)
    task_at = task if callable(task) else lambda step: task
    _check_fit(model, task_at(1))

    def loss_of_batch(generator: torch.Generator) -> Tensor:
        trial = task_at(next(steps)).sample(batch, generator=generator)
        x, y = respond(model, trial, noise=noise, generator=generator)
        loss = mse(y, trial.targets.to(y.dtype), trial.mask)
        if rate_penalty:
            loss = loss + rate_penalty * x.square().mean()
        if weight_penalty:
            loss = loss + weight_penalty / n_weights * sum(p.square().sum() for p in matrices)
        return loss

    constrain = _constraint(model, matrices, nonnegative)
    told = loop.get("on_step")

    def on_step(step: int, value: float) -> None:
        constrain()
        if told is not None:
            told(step, value)

    loop["on_step"] = on_step
    return train(model.parameters(), loss_of_batch, n_steps=n_steps, generator=generator, **loop)


def respond(
    model: Trainable, trial: Trial, *, noise: Noise | None = None, generator: torch.Generator | None = None
) -> tuple[Sequence, OutputSequence]:
    """States (batch, time, dim) and outputs (batch, time, n_out) of the network driven by the trial's inputs.

    The inputs are given to the network in its own precision.  noise: drawn from generator.
    Taught on the page "Cognitive tasks, line and ring attractors".
    """
    x = model.run(trial.inputs.to(model.C.dtype), noise=noise, generator=generator)
    return x, model.readout(x)


@torch.no_grad()
def score_task(
    model: Trainable, task: Task, batch: int, *, generator: torch.Generator, noise: Noise | None = None
) -> float:
    """The task's own measure over `batch` fresh trials, with fresh noise. Use a generator that training never saw."""
    trial = task.sample(batch, generator=check_generator(generator))
    _check_fit(model, task)
    return task.score(respond(model, trial, noise=noise, generator=generator)[1], trial)


def _check_fit(model: Trainable, task: Task) -> None:
    for side in ("n_in", "n_out"):
        wanted, got = getattr(task, side), getattr(model, side)
        if wanted != got:
            raise complaint(
                f"model.{side}",
                wanted=f"{wanted}, as many channels as {type(task).__name__} has",
                got=str(got),
                do=f"Make the network with {side}=task.{side}.",
            )


def _constraint(model: Trainable, matrices: list[nn.Parameter], nonnegative: Collection[str]) -> Callable[[], None]:
    """Puts the weights back where they may be: absent connections to zero, non-negative weights to at least zero."""
    absent = [(p, p.detach() == 0) for p in matrices if bool((p == 0).any())]
    floored = [_parameter(model, name) for name in nonnegative]

    @torch.no_grad()
    def constrain() -> None:
        for parameter, entries in absent:
            parameter.masked_fill_(entries, 0.0)
        for parameter in floored:
            parameter.clamp_min_(0.0)

    with torch.no_grad():
        for parameter in floored:
            parameter.abs_()
    return constrain


def _parameter(model: Trainable, name: str) -> nn.Parameter:
    parameter = getattr(model, name, None)
    if not isinstance(parameter, nn.Parameter):
        raise complaint(
            "nonnegative",
            wanted="names of the model's own weights",
            got=repr(name),
            do="For example ('W_in', 'C'). The recurrent weights of EIRateNetwork have their senders' signs already.",
        )
    return parameter
