"""Teaching a recurrent network to forecast its own input, so that its closed loop becomes the system."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from course_lib.shapes import InputSequence, OutputSequence, Sequence
from course_lib.training.loop import History, train
from course_lib.training.losses import log_mse
from course_lib.training.readout import Readout, fit_readout, solve_ridge
from course_lib.validation import check_count, check_generator, check_shape, complaint


@runtime_checkable
class Forecaster(Protocol):
    """What fit_forecaster asks of a model."""

    def run(self, inputs: InputSequence) -> Sequence: ...

    def set_readout(self, C: Tensor, d: Tensor) -> None: ...

    def dynamics_parameters(self) -> list[torch.nn.Parameter]: ...


@dataclass(frozen=True)
class ForecasterFit:
    """history: of the gradient steps; its loss is log MSE.  readout: the last fit, on all the data."""

    history: History
    readout: Readout


def fit_forecaster(
    model: Forecaster,
    inputs: InputSequence,
    targets: OutputSequence,
    *,
    generator: torch.Generator,
    n_steps: int = 400,
    batch: int = 32,
    window: int = 80,
    warm_up: int = 30,
    lr: float = 2e-3,
    ridge: float = 1e-10,
    score: Callable[[], float] | None = None,
    score_every: int = 50,
    on_step: Callable[[int, float], None] | None = None,
) -> ForecasterFit:
    """Backpropagation through time with the readout solved exactly at every step (variable projection).

    Gradient descent shapes only what makes the states (`model.dynamics_parameters()`); for the states of each batch
    the best linear readout is known in closed form. At that optimum the loss does not change with the readout to first
    order, so no gradient has to pass through the solution (envelope theorem). The loss is the logarithm of the MSE.

    inputs, targets: (trials, time, n), standardised.  batch, window: trials and consecutive samples drawn for a step.
    warm_up: samples of a window that only wash out the start from zero.  ridge: see fit_readout.
    score: taken on the model with its readout refitted, larger is better; the best weights are kept.
    The model is changed in place; its readout at the end is fitted on all trials.

    Golub and Pereyra 1973 (variable projection). Taught on the page "The continuous-time RNN learns Lorenz".
    """
    check_generator(generator)
    check_shape("inputs", inputs, "trials time n_in")
    check_shape("targets", targets, f"{inputs.shape[0]} {inputs.shape[1]} n_out")
    check_count("warm_up", warm_up, least=0)
    if not warm_up < window <= inputs.shape[1]:
        raise complaint(
            "window",
            wanted=f"more than warm_up = {warm_up} and at most the trials' {inputs.shape[1]} samples",
            got=str(window),
            do="Use longer trials or a shorter window.",
        )

    def loss(generator: torch.Generator) -> Tensor:
        u, y = _draw_windows(inputs, targets, check_count("batch", batch), window, generator)
        x = model.run(u)[:, warm_up:]  # (batch, window - warm_up, dim)
        y = y[:, warm_up:]
        with torch.no_grad():
            C, d = solve_ridge(x.flatten(0, 1), y.flatten(0, 1), ridge)
        return log_mse(x @ C.T + d, y)

    def refit() -> Readout:
        with torch.no_grad():
            readout = fit_readout(model.run(inputs), targets, ridge=ridge, washout=warm_up)
        model.set_readout(readout.C, readout.d)
        return readout

    def refitted(score: Callable[[], float]) -> float:
        refit()
        return float(score())

    history = train(
        model.dynamics_parameters(),
        loss,
        n_steps=n_steps,
        generator=generator,
        lr=lr,
        score=None if score is None else lambda: refitted(score),
        score_every=score_every,
        on_step=on_step,
    )
    return ForecasterFit(history, refit())


def _draw_windows(
    inputs: Tensor, targets: Tensor, batch: int, window: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    trials = torch.randint(len(inputs), (batch,), generator=generator)
    starts = torch.randint(inputs.shape[1] - window + 1, (batch,), generator=generator)
    times = starts[:, None] + torch.arange(window)  # (batch, window)
    return inputs[trials[:, None], times], targets[trials[:, None], times]
