"""One training loop. It knows parameters, a loss and a score; it knows no model and no task."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor

from course_lib.training.state import TrainingState, save_state
from course_lib.validation import CourseError, check_count, check_generator, check_positive, complaint

Loss = Callable[[torch.Generator], Tensor]


class LoopOptions(TypedDict, total=False):
    """The keywords of `train` that every kind of fit passes on to it."""

    lr: float
    final_lr: float
    betas: tuple[float, float]
    clip: float | None
    score: Callable[[], float] | None
    score_every: int
    patience: int | None
    on_step: Callable[[int, float], None] | None
    resume: TrainingState | None
    stop_at: int | None
    checkpoint: Path | str | None
    checkpoint_every: int


@dataclass(frozen=True)
class History:
    """What happened, from the first step on, the steps before a resume included.

    loss, gradient_norm: (steps,), the norm before clipping.  scores: (step, score) as they were taken.
    best_step: whose weights were kept; None: the last.  stopped_early: the score did not improve for `patience`
    scores.  state: from which `train(resume=...)` goes on.
    """

    loss: Tensor
    gradient_norm: Tensor
    scores: tuple[tuple[int, float], ...]
    best_step: int | None
    stopped_early: bool
    state: TrainingState


class TrainingStopped(CourseError):
    """A loss or a gradient was not finite. `history` holds the steps before; the weights are the last good ones."""

    def __init__(self, message: str, history: History):
        super().__init__(message)
        self.history = history


@dataclass
class _Log:
    """What grows while the loop runs."""

    loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    scores: list[tuple[int, float]] = field(default_factory=list)
    best_step: int | None = None
    best_parameters: tuple[Tensor, ...] = ()


def train(
    parameters: Iterable[Tensor],
    loss: Loss,
    *,
    n_steps: int,
    generator: torch.Generator,
    lr: float | Sequence[float] = 2e-3,
    final_lr: float = 0.02,
    betas: tuple[float, float] = (0.9, 0.99),
    clip: float | None = 1.0,
    score: Callable[[], float] | None = None,
    score_every: int = 50,
    patience: int | None = None,
    on_step: Callable[[int, float], None] | None = None,
    resume: TrainingState | None = None,
    stop_at: int | None = None,
    checkpoint: Path | str | None = None,
    checkpoint_every: int = 100,
) -> History:
    """Adam on `parameters` with a cosine learning rate, in place.

    loss: draws its batch from the generator it is given and returns a scalar.  n_steps: length of the cosine.
    lr: first learning rate, or one for each parameter; it falls to final_lr * lr.
    clip: largest norm of the gradient; None: no clipping.
    score: a number that is better when larger, taken every score_every steps and at the end; the best weights are put
    back at the end.  patience: scores without improvement after which training stops; None: never.
    on_step: called with (step, loss) after each step; `ProgressBar` is one.
    stop_at: stop after this step and leave the rest of the cosine to a later call.  resume: a `History.state`, or
    `load_state(checkpoint)`; with the same settings the training goes on bit for bit as if it had not stopped.
    checkpoint: a file that holds the state after every checkpoint_every steps and at the end; None: none is written.

    A loss or a gradient that is not finite raises TrainingStopped, after the last good weights were put back: those of
    the best score, or without a score those of the last finite loss.
    """
    parameters = list(parameters)
    check_count("n_steps", n_steps)
    rates = [lr] * len(parameters) if isinstance(lr, int | float) else list(lr)
    for rate in rates:
        check_positive("lr", rate)
    check_count("score_every", score_every)
    check_count("checkpoint_every", checkpoint_every)
    check_generator(generator)
    groups = [{"params": [p], "lr": rate} for p, rate in zip(parameters, rates, strict=True)]
    optimizer = torch.optim.Adam(groups, betas=betas)
    start, log = (0, _Log()) if resume is None else _restore(resume, n_steps, parameters, optimizer, generator)
    end = n_steps if stop_at is None else min(n_steps, check_count("stop_at", stop_at))
    step, stopped = min(start, end), False
    last_good = _copies(parameters)  # weights whose loss was finite

    def state() -> TrainingState:
        return _capture(step, n_steps, log, parameters, optimizer, generator)

    while step < end and not stopped:
        share = _cosine(step / max(n_steps - 1, 1), final_lr)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        before = _copies(parameters)
        value, norm = _one_step(loss, generator, parameters, optimizer, clip)
        if not (math.isfinite(value) and math.isfinite(norm)):
            _put_back(parameters, log.best_parameters or (before if math.isfinite(value) else last_good))
            raise TrainingStopped(_what_broke(step + 1, value, norm, parameters, log), _history(log, False, state()))
        step, last_good = step + 1, before
        log.loss.append(value)
        log.gradient_norm.append(norm)
        if on_step is not None:
            on_step(step, value)
        if score is not None and (step % score_every == 0 or step == n_steps):
            stopped = _take_score(step, float(score()), log, parameters, score_every, patience)
        if checkpoint is not None and (step % checkpoint_every == 0 or step == end or stopped):
            save_state(checkpoint, state())
    history = _history(log, stopped, state())
    if log.best_parameters:
        _put_back(parameters, log.best_parameters)
    return history


def _cosine(fraction: float, final: float) -> float:
    return final + (1 - final) * (1 + math.cos(math.pi * fraction)) / 2


def _one_step(
    loss: Loss,
    generator: torch.Generator,
    parameters: list[Tensor],
    optimizer: torch.optim.Optimizer,
    clip: float | None,
) -> tuple[float, float]:
    """The loss before the step and the norm of its gradient. If one of them is not finite, no step is taken."""
    optimizer.zero_grad()
    value = loss(generator)
    if not bool(torch.isfinite(value.detach())):
        return float(value.detach()), math.nan
    value.backward()
    norms = [p.grad.norm() for p in parameters if p.grad is not None]
    norm = float(torch.stack(norms).norm()) if norms else 0.0
    if math.isfinite(norm):
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()
    return float(value.detach()), norm


def _take_score(step: int, score: float, log: _Log, parameters: list[Tensor], every: int, patience: int | None) -> bool:
    """Keep the score, and the weights when it is the best; whether patience has run out. NaN is never the best."""
    best = max((value for _, value in log.scores if not math.isnan(value)), default=-math.inf)
    log.scores.append((step, score))
    if score > best:
        log.best_step, log.best_parameters = step, _copies(parameters)
        return False
    return patience is not None and step - (log.best_step or 0) >= patience * every


def _what_broke(step: int, loss: float, norm: float, parameters: list[Tensor], log: _Log) -> str:
    weights = "the best score" if log.best_parameters else "the last finite loss" if log.loss else "the start"
    if not math.isfinite(loss):
        what = f"a finite loss, got {loss}"
    else:
        bad = [f"{i} {tuple(p.shape)}" for i, p in enumerate(parameters) if not _finite_gradient(p)]
        where = f" in parameter {', '.join(bad)}" if bad else ""
        what = f"a finite gradient, got norm {norm}{where} at a loss of {loss:.4g}"
    return (
        f"train, step {step}: wanted {what}. The weights are back at those of {weights}; take a smaller lr, a smaller "
        "clip or a shorter window."
    )


def _finite_gradient(parameter: Tensor) -> bool:
    return parameter.grad is None or bool(torch.isfinite(parameter.grad).all())


def _copies(parameters: Iterable[Tensor]) -> tuple[Tensor, ...]:
    return tuple(p.detach().clone() for p in parameters)


def _put_back(parameters: Iterable[Tensor], values: Iterable[Tensor]) -> None:
    with torch.no_grad():
        for parameter, value in zip(parameters, values, strict=True):
            parameter.copy_(value)


def _history(log: _Log, stopped: bool, state: TrainingState) -> History:
    return History(state.loss, state.gradient_norm, state.scores, log.best_step, stopped, state)


def _capture(
    step: int,
    n_steps: int,
    log: _Log,
    parameters: list[Tensor],
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
) -> TrainingState:
    def moments(name: str) -> tuple[Tensor, ...]:
        return tuple(
            optimizer.state[p][name].to("cpu", copy=True) if p in optimizer.state else torch.zeros_like(p, device="cpu")
            for p in parameters
        )

    counts = [int(optimizer.state[p]["step"]) if p in optimizer.state else 0 for p in parameters]
    return TrainingState(
        step=step,
        n_steps=n_steps,
        parameters=tuple(p.cpu() for p in _copies(parameters)),
        first_moments=moments("exp_avg"),
        second_moments=moments("exp_avg_sq"),
        updates=torch.tensor(counts),
        generator=generator.get_state(),
        loss=torch.tensor(log.loss, dtype=torch.float64),
        gradient_norm=torch.tensor(log.gradient_norm, dtype=torch.float64),
        scores=tuple(log.scores),
        best_step=log.best_step,
        best_parameters=tuple(p.cpu() for p in log.best_parameters),
    )


def _restore(
    state: TrainingState,
    n_steps: int,
    parameters: list[Tensor],
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
) -> tuple[int, _Log]:
    """The step and the log to go on from; parameters, moments and generator are put in place."""
    if [p.shape for p in parameters] != [p.shape for p in state.parameters]:
        raise complaint(
            "resume",
            wanted=f"a state of parameters shaped {[tuple(p.shape) for p in parameters]}",
            got=str([tuple(p.shape) for p in state.parameters]),
            do="Resume the training that made the state.",
        )
    if n_steps != state.n_steps:
        raise complaint(
            "n_steps",
            wanted=f"the {state.n_steps} steps of the training that is resumed",
            got=str(n_steps),
            do="The cosine of the learning rate would jump; stop_at cuts a training into parts.",
        )
    _put_back(parameters, state.parameters)
    for i, parameter in enumerate(parameters):
        if state.updates[i]:
            optimizer.state[parameter] = {
                "step": torch.tensor(float(state.updates[i])),
                "exp_avg": state.first_moments[i].to(parameter.device, copy=True),
                "exp_avg_sq": state.second_moments[i].to(parameter.device, copy=True),
            }
    generator.set_state(state.generator)
    best = tuple(value.to(p.device, copy=True) for p, value in zip(parameters, state.best_parameters, strict=False))
    log = _Log(state.loss.tolist(), state.gradient_norm.tolist(), list(state.scores), state.best_step, best)
    return state.step, log
