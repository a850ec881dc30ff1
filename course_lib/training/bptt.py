"""Plain backpropagation through time for a network that forecasts its own input, under any teacher forcing."""

import itertools
from collections.abc import Callable
from typing import Protocol, Unpack, runtime_checkable

import torch
from torch import Tensor

from course_lib.models import Noise
from course_lib.shapes import Input, InputSequence, Output, OutputSequence, State
from course_lib.training.curricula import TEACHER, Curriculum, Forcing, inverse_readout
from course_lib.training.device import moved
from course_lib.training.forecaster import Forecaster, driven_states
from course_lib.training.loop import History, LoopOptions, train
from course_lib.training.losses import mse
from course_lib.training.windows import check_trials, draw_windows
from course_lib.validation import check_count, check_generator, complaint


@runtime_checkable
class Recurrent(Forecaster, Protocol):
    """What plain BPTT asks of a model. `C` is asked for only where the state is forced."""

    dim: int
    C: Tensor

    def step(self, x: State, u: Input) -> State: ...

    def readout(self, x: State) -> Output: ...


def fit_bptt(
    model: Recurrent,
    inputs: InputSequence,
    targets: OutputSequence,
    *,
    generator: torch.Generator,
    n_steps: int = 1000,
    batch: int = 32,
    window: int = 80,
    warm_up: int = 30,
    forcing: Forcing | Curriculum = TEACHER,
    loss: Callable[[Tensor, Tensor], Tensor] = mse,
    noise: Noise | None = None,
    truncate: int | None = None,
    device: torch.device | str | None = None,
    **loop: Unpack[LoopOptions],
) -> History:
    """Gradient descent on all weights, the readout's included, through the window of each batch.

    inputs, targets: (trials, time, n), standardised; each target is the next input.  batch, window, warm_up: as in
    fit_forecaster; the warm-up is driven by the truth.  forcing: what drives the network after it, a Forcing or a
    function from the training step (1, 2, ...) to one.  loss: of predictions and targets, (batch, time, n_out).
    noise: what `run` adds; under forcing other than TEACHER only noise on the input, added to the truth that enters.
    truncate: samples after which the gradient is cut while the state runs on.  device: as in fit_forecaster.
    loop: keywords of `train`. The model is changed in place.

    A curriculum is asked anew after a resume; one with a memory of its own does not go on bit for bit.
    """
    check_generator(generator)
    check_trials(inputs, targets, batch, window, warm_up)
    resumed = loop.get("resume")
    steps = itertools.count(1 if resumed is None else resumed.step + 1)
    with moved(model, device) as place:
        u_all, y_all = inputs.to(place), targets.to(place)

        def loss_of_batch(generator: torch.Generator) -> Tensor:
            step = next(steps)
            now = forcing if isinstance(forcing, Forcing) else forcing(step)
            u, y = draw_windows(u_all, y_all, batch, window, generator)
            prediction = forced_predictions(
                model, u, now, warm_up=warm_up, truncate=truncate, noise=noise, generator=generator
            )
            return loss(prediction[:, warm_up:], y[:, warm_up:])

        return train(model.parameters(), loss_of_batch, n_steps=n_steps, generator=generator, **loop)


def forced_predictions(
    model: Recurrent,
    inputs: InputSequence,
    forcing: Forcing = TEACHER,
    *,
    warm_up: int,
    truncate: int | None = None,
    noise: Noise | None = None,
    generator: torch.Generator | None = None,
) -> OutputSequence:
    """What the network predicts after each sample, (batch, time, n_out), while it is forced towards `inputs`.

    inputs: (batch, time, n_in), the truth; the network starts from zero and is driven by it for warm_up samples.
    """
    if forcing.is_plain:
        return model.readout(driven_states(model, inputs, noise=noise, generator=generator, truncate=truncate))
    if noise is not None:
        if noise != Noise(input=noise.input):
            raise complaint(
                "noise",
                wanted="noise on the input only while a network runs on its own predictions",
                got=str(noise),
                do="Take Noise(input=...), or forcing=TEACHER for the other kinds.",
            )
        check_generator(generator)
        draw = torch.randn(inputs.shape, generator=generator, dtype=inputs.dtype)
        inputs = inputs + noise.input * draw.to(inputs.device)
    if truncate is not None:
        check_count("truncate", truncate)
    x = inputs.new_zeros(len(inputs), model.dim)
    y, predictions = inputs[:, 0], []
    push = inverse_readout(model.C, model.dim) if forcing.where == "state" else None
    for k, truth in enumerate(inputs.unbind(dim=1)):
        if truncate is not None and k and k % truncate == 0:
            x, y = x.detach(), y.detach()
        if k < max(warm_up, 1):
            u = truth
        else:
            miss = forcing.at(k - warm_up) * (truth - y)
            u = y + miss
            if push is not None:
                x = x + miss @ push
        x = model.step(x, u)
        y = model.readout(x)
        predictions.append(y)
    return torch.stack(predictions, dim=1)
