"""Truncated backpropagation along endless streams, for networks too slow to be warmed up again for every batch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from course_lib.shapes import InputSequence, OutputSequence
from course_lib.training.loop import History, train
from course_lib.training.readout import solve_moments
from course_lib.training.windows import check_trials
from course_lib.validation import check_count, check_generator, check_positive, complaint


@runtime_checkable
class Streamed(Protocol):
    """A run: features (batch, time, n_features), and the state at its end, through which no gradient passes."""

    @property
    def features(self) -> Tensor: ...

    @property
    def end(self) -> Any: ...


@runtime_checkable
class Streaming(Protocol):
    """What `fit_streams` asks of a model. project: puts every weight back to where it may be, after each step."""

    def run(self, inputs: InputSequence, *, start: Any = None) -> Streamed: ...

    def dynamics_parameters(self) -> list[torch.nn.Parameter]: ...

    def project(self) -> None: ...


def fit_streams(
    model: Streaming,
    inputs: InputSequence,
    targets: OutputSequence,
    *,
    generator: torch.Generator,
    n_steps: int = 500,
    streams: int = 32,
    window: int = 10,
    warm_up: int = 40,
    ridge: float = 1e-4,
    memory: float = 0.1,
    lr: float = 8e-3,
    on_step: Callable[[int, float], None] | None = None,
) -> History:
    """Shape a network by truncated backpropagation with the state carried over and the readout solved at every step.

    Streams run along the trials; each step takes their next window, and the gradient is cut where it begins. A stream
    at the end of its trial jumps to a random place of another. The readout is the ridge solution of running means of
    the windows' moments (one batch does not determine hundreds of weights), through which no gradient passes. The loss
    is the sum over the outputs of log MSE. Only parameters with requires_grad move; the readout is fitted afterwards,
    by `fit_readout` on long runs, for this network as for those it is compared with.

    inputs, targets: (trials, time, n), standardised.  streams: trials run at once.  window: samples of a step.
    warm_up: samples after a jump that do not count.  ridge: see fit_readout.  memory: weight of the newest window in
    the running means.  lr: of Adam, in units of the mean modulus of each parameter's entries that are not zero.
    on_step: called with (step, loss).

    Variable projection: Golub and Pereyra 1973; truncation: Williams and Peng 1990.
    Taught on the page "Spiking networks: reservoirs, decoding, training".
    """
    check_generator(generator)
    check_trials(inputs, targets, streams, window, 0)
    check_count("warm_up", warm_up, least=0)
    if inputs.shape[1] < warm_up + 2 * window:
        raise complaint(
            "inputs",
            wanted="trials longer than warm_up + 2 window",
            got=f"{inputs.shape[1]} samples",
            do="Shorten the warm-up.",
        )
    place = _Places(inputs.shape[0], inputs.shape[1], streams, window, generator)
    moments, state = _Moments(check_positive("memory", memory), ridge), None

    def loss(_: torch.Generator) -> Tensor:
        nonlocal state
        counts = torch.zeros(0, dtype=torch.bool)
        while not bool(counts.any()):  # more than once only before the first stream is past its warm-up
            trials, times, age = place.advance()
            run = model.run(inputs[trials, times], start=state)
            state, counts = run.end, age >= warm_up
        features, values = run.features[counts], targets[trials, times][counts]  # (n, n_features), (n, n_out)
        C, d = moments.updated_readout(features.detach(), values)
        return (features @ C.T + d - values).square().mean(dim=0).log().sum()

    def project_and_tell(step: int, value: float) -> None:
        model.project()
        if on_step is not None:
            on_step(step, value)

    moving = [p for p in model.dynamics_parameters() if p.requires_grad]
    rates = [lr * float(p.detach()[p != 0].abs().mean()) for p in moving]
    return train(moving, loss, n_steps=n_steps, generator=generator, lr=rates, on_step=project_and_tell)


class _Places:
    """Where every stream stands: a trial, the sample that is next, and the samples since its last jump."""

    def __init__(self, n_trials: int, length: int, streams: int, window: int, generator: torch.Generator):
        self.n_trials, self.length, self.window, self.generator = n_trials, length, window, generator
        self.trial, self.next = self._draw(streams)
        self.age = torch.zeros(streams, dtype=torch.long)

    def advance(self) -> tuple[Tensor, Tensor, Tensor]:
        """Trials (streams, 1), times (streams, window) and ages (streams, window) of the next window."""
        over = self.next + self.window > self.length
        n = int(over.sum())
        if n:
            self.trial[over], self.next[over] = self._draw(n)
            self.age[over] = 0
        steps = torch.arange(self.window)
        now = self.trial[:, None].clone(), self.next[:, None] + steps, self.age[:, None] + steps
        self.next += self.window
        self.age += self.window
        return now

    def _draw(self, n: int) -> tuple[Tensor, Tensor]:
        trial = torch.randint(self.n_trials, (n,), generator=self.generator)
        return trial, torch.randint(self.length - self.window + 1, (n,), generator=self.generator)


@dataclass
class _Moments:
    """Running means of features, values and their products, and the readout that they determine."""

    memory: float
    ridge: float
    means: tuple[Tensor, ...] = ()
    n: int = 0

    @torch.no_grad()
    def updated_readout(self, features: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        n = len(features)
        new = (features.mean(dim=0), values.mean(dim=0), features.T @ features / n, features.T @ values / n)
        self.n += 1
        weight = max(self.memory, 1 / self.n)  # a plain mean at first
        self.means = tuple(torch.lerp(old, x, weight) for old, x in zip(self.means or new, new, strict=True))
        mean_x, mean_y, mean_xx, mean_xy = self.means
        return solve_moments(mean_x, mean_y, mean_xx, mean_xy, self.ridge)
