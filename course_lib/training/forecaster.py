"""Teaching a recurrent network to forecast its own input, so that its closed loop becomes the system."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, Unpack, runtime_checkable

import torch
from torch import Tensor

from course_lib.models import Noise
from course_lib.shapes import Features, InputSequence, OutputSequence, Sequence, State
from course_lib.training.device import moved
from course_lib.training.loop import History, LoopOptions, train
from course_lib.training.losses import log_mse
from course_lib.training.readout import Readout, fit_readout, solve_ridge
from course_lib.training.windows import check_trials, draw_windows
from course_lib.validation import check_count, check_generator


@runtime_checkable
class Forecaster(Protocol):
    """What the fits of this file ask of a model: states of the driven network, and a linear readout of `features`."""

    def run(self, inputs: InputSequence, *, x0: State | None = None) -> Sequence: ...

    def features(self, x: State) -> Features: ...

    def set_readout(self, C: Tensor, d: Tensor) -> None: ...

    def dynamics_parameters(self) -> list[torch.nn.Parameter]: ...

    def parameters(self) -> Iterator[torch.nn.Parameter]: ...

    def to(self, device: torch.device) -> object: ...


@dataclass(frozen=True)
class ForecasterFit:
    """history: of the gradient steps; its loss is log MSE.  readout: the last fit, on all the data."""

    history: History
    readout: Readout


def fit_reservoir(
    model: Forecaster,
    inputs: InputSequence,
    targets: OutputSequence,
    *,
    ridge: float = 1e-10,
    warm_up: int = 30,
    noise: Noise | None = None,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
) -> Readout:
    """Fit the readout alone, by ridge regression on the driven states; recurrent and input weights stay as drawn.

    inputs, targets: (trials, time, n), standardised.  warm_up: samples dropped at the start of every trial, fewer than
    its length.  ridge: see fit_readout.  noise: what `run` adds, drawn from generator; a readout fitted with noise
    forgives errors of the loop.  device: where the states are computed; the model returns to where it was.

    Jaeger and Haas 2004 (reservoir, echo state network).
    Taught on the page "The CT-RNN learns Lorenz".
    """
    check_trials(inputs, targets, 1, inputs.shape[1], warm_up)
    with moved(model, device) as place:
        readout = _fit_on_all(model, inputs.to(place), targets.to(place), ridge, warm_up, noise, generator)
    return _at_home(model, readout)


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
    ridge: float = 1e-10,
    noise: Noise | None = None,
    truncate: int | None = None,
    device: torch.device | str | None = None,
    **loop: Unpack[LoopOptions],
) -> ForecasterFit:
    """Backpropagation through time with the readout solved exactly at every step (variable projection).

    Gradient descent shapes only what makes the states (`model.dynamics_parameters()`); for the states of each batch
    the best linear readout is known in closed form. At that optimum the loss does not change with the readout to first
    order, so no gradient has to pass through the solution (envelope theorem). The loss is the logarithm of the MSE.

    inputs, targets: (trials, time, n), standardised.  batch, window: trials and consecutive samples drawn for a step.
    warm_up: samples of a window that only wash out the start from zero.  ridge: see fit_readout.
    noise: what `run` adds, drawn from generator.  truncate: samples after which the gradient is cut while the state
    runs on; None: never.  device: where all is computed; the model returns to where it was.
    loop: keywords of `train`. A score is taken on the model with its readout refitted on all trials.
    The model is changed in place; its readout at the end is fitted on all trials.

    Golub and Pereyra 1973 (variable projection). Taught on the page "The CT-RNN learns Lorenz".
    """
    check_generator(generator)
    check_trials(inputs, targets, batch, window, warm_up)
    with moved(model, device) as place:
        u_all, y_all = inputs.to(place), targets.to(place)

        def loss(generator: torch.Generator) -> Tensor:
            u, y = draw_windows(u_all, y_all, batch, window, generator)
            x = model.features(driven_states(model, u, noise=noise, generator=generator, truncate=truncate))
            x, y = x[:, warm_up:], y[:, warm_up:]  # (batch, window - warm_up, n_read)
            with torch.no_grad():
                C, d = solve_ridge(x.flatten(0, 1), y.flatten(0, 1), ridge)
            return log_mse(x @ C.T + d, y)

        def refit() -> Readout:
            # a copy, so that neither scores nor the last fit shift the batches of a training that goes on
            copy = torch.Generator(generator.device)
            copy.set_state(generator.get_state())
            return _fit_on_all(model, u_all, y_all, ridge, warm_up, noise, copy)

        score = loop.get("score")
        if score is not None:
            loop["score"] = _after(refit, score)
        history = train(model.dynamics_parameters(), loss, n_steps=n_steps, generator=generator, **loop)
        readout = refit()
    return ForecasterFit(history, _at_home(model, readout))


def driven_states(
    model: Forecaster,
    inputs: InputSequence,
    *,
    noise: Noise | None = None,
    generator: torch.Generator | None = None,
    truncate: int | None = None,
) -> Sequence:
    """`model.run(inputs)`, (batch, time, dim), with noise, and with the gradient cut every `truncate` samples."""
    options: dict[str, Any] = {} if noise is None else {"noise": noise, "generator": generator}
    if truncate is None:
        return model.run(inputs, **options)
    parts: list[Tensor] = []
    for piece in inputs.split(check_count("truncate", truncate), dim=1):
        x0 = parts[-1][:, -1].detach() if parts else None
        parts.append(model.run(piece, x0=x0, **options))
    return torch.cat(parts, dim=1)


def _after(refit: Callable[[], Readout], score: Callable[[], float]) -> Callable[[], float]:
    def refitted() -> float:
        refit()
        return float(score())

    return refitted


def _fit_on_all(
    model: Forecaster,
    inputs: Tensor,
    targets: Tensor,
    ridge: float,
    warm_up: int,
    noise: Noise | None,
    generator: torch.Generator | None,
) -> Readout:
    with torch.no_grad():
        states = model.features(driven_states(model, inputs, noise=noise, generator=generator))
        readout = fit_readout(states, targets, ridge=ridge, washout=warm_up)
    model.set_readout(readout.C, readout.d)
    return readout


def _at_home(model: Forecaster, readout: Readout) -> Readout:
    """The record where the model is now."""
    home = next(model.parameters()).device
    return Readout(readout.C.to(home), readout.d.to(home), readout.rmse.to(home))
