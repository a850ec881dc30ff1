"""One training loop. It knows parameters, a loss and a score; it knows no model and no task."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.validation import CourseError, check_count, check_generator, check_positive, complaint


@dataclass(frozen=True)
class TrainingState:
    """All that continues a training bit for bit: parameters, Adam's moments, the generator's state, the step."""

    step: int
    parameters: tuple[Tensor, ...]
    first_moments: tuple[Tensor, ...]
    second_moments: tuple[Tensor, ...]
    generator: Tensor


@dataclass(frozen=True)
class History:
    """loss: (steps,).  scores: (step, score) as they were taken.  best_step: whose weights were kept; None: the last.

    stopped_early: the score did not improve for `patience` scores.  state: from which `train(resume=...)` goes on.
    """

    loss: Tensor
    scores: tuple[tuple[int, float], ...]
    best_step: int | None
    stopped_early: bool
    state: TrainingState


def train(
    parameters: Iterable[Tensor],
    loss: Callable[[torch.Generator], Tensor],
    *,
    n_steps: int,
    generator: torch.Generator,
    lr: float = 2e-3,
    final_lr: float = 0.02,
    betas: tuple[float, float] = (0.9, 0.99),
    clip: float | None = 1.0,
    score: Callable[[], float] | None = None,
    score_every: int = 50,
    patience: int | None = None,
    on_step: Callable[[int, float], None] | None = None,
    resume: TrainingState | None = None,
    stop_at: int | None = None,
) -> History:
    """Adam on `parameters` with a cosine learning rate, in place.

    loss: draws its batch from the generator it is given and returns a scalar.  n_steps: length of the cosine.
    lr: first learning rate; it falls to final_lr * lr.  clip: largest norm of the gradient; None: no clipping.
    score: a number that is better when larger, taken every score_every steps and at the end; the best weights are put
    back at the end.  patience: scores without improvement after which training stops; None: never.
    on_step: called with (step, loss) after each step.  resume: a `History.state`.  stop_at: stop after this step and
    leave the rest of the cosine to a later call with resume.

    A loss that is not finite raises, after the last good weights were put back.
    """
    parameters = list(parameters)
    check_count("n_steps", n_steps)
    check_positive("lr", lr)
    check_count("score_every", score_every)
    check_generator(generator)
    optimizer = torch.optim.Adam(parameters, lr=lr, betas=betas)
    start = 0 if resume is None else _restore(resume, parameters, optimizer, generator)
    losses: list[float] = []
    scores: list[tuple[int, float]] = []
    best: tuple[float, int, list[Tensor]] | None = None
    stopped = False
    last_good = [p.detach().clone() for p in parameters]  # weights whose loss was finite
    end = n_steps if stop_at is None else min(n_steps, check_count("stop_at", stop_at))
    for step in range(start + 1, end + 1):
        fraction = (step - 1) / max(n_steps - 1, 1)
        optimizer.param_groups[0]["lr"] = lr * (final_lr + (1 - final_lr) * (1 + math.cos(math.pi * fraction)) / 2)
        good = [p.detach().clone() for p in parameters]
        losses.append(_one_step(loss, generator, parameters, optimizer, clip))
        if not math.isfinite(losses[-1]):
            _put_back(parameters, last_good if best is None else best[2])
            raise CourseError(
                f"train, step {step}: wanted a finite loss, got {losses[-1]}. The weights are back at those of "
                f"{'the last finite loss' if best is None else 'the best score'}; take a smaller lr or a smaller clip."
            )
        last_good = good
        if on_step is not None:
            on_step(step, losses[-1])
        if score is not None and (step % score_every == 0 or step == end):
            scores.append((step, float(score())))
            if best is None or scores[-1][1] > best[0]:
                best = (scores[-1][1], step, [p.detach().clone() for p in parameters])
            elif patience is not None and step - best[1] >= patience * score_every:
                stopped = True
                break
    state = _capture(step if end > start else start, parameters, optimizer, generator)
    if best is not None:
        _put_back(parameters, best[2])
    return History(torch.tensor(losses, dtype=torch.float64), tuple(scores), best and best[1], stopped, state)


def save_state(path: Path | str, state: TrainingState) -> None:
    """Write a TrainingState as npz (no pickle)."""
    arrays: dict[str, Any] = {"step": np.array(state.step), "generator": state.generator.numpy()}
    for kind in ("parameters", "first_moments", "second_moments"):
        for i, tensor in enumerate(getattr(state, kind)):
            arrays[f"{kind}_{i}"] = tensor.numpy()
    np.savez(path, **arrays)


def load_state(path: Path | str) -> TrainingState:
    """Read what save_state wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        n = sum(name.startswith("parameters_") for name in arrays)

        def tensors(kind: str) -> tuple[Tensor, ...]:
            return tuple(torch.from_numpy(arrays[f"{kind}_{i}"]) for i in range(n))

        return TrainingState(
            int(arrays["step"]),
            tensors("parameters"),
            tensors("first_moments"),
            tensors("second_moments"),
            torch.from_numpy(arrays["generator"]),
        )


def _one_step(
    loss: Callable[[torch.Generator], Tensor],
    generator: torch.Generator,
    parameters: list[Tensor],
    optimizer: torch.optim.Optimizer,
    clip: float | None,
) -> float:
    """The loss before the step. A loss that is not finite takes no step and is returned as it is."""
    optimizer.zero_grad()
    value = loss(generator)
    if bool(torch.isfinite(value.detach())):
        value.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()
    return float(value.detach())


def _put_back(parameters: list[Tensor], values: Iterable[Tensor]) -> None:
    with torch.no_grad():
        for parameter, value in zip(parameters, values, strict=True):
            parameter.copy_(value)


def _capture(step: int, parameters: list[Tensor], optimizer, generator: torch.Generator) -> TrainingState:
    def moments(name: str) -> tuple[Tensor, ...]:
        return tuple(
            optimizer.state[p][name].clone() if p in optimizer.state else torch.zeros_like(p) for p in parameters
        )

    kept = tuple(p.detach().clone() for p in parameters)
    return TrainingState(step, kept, moments("exp_avg"), moments("exp_avg_sq"), generator.get_state())


def _restore(state: TrainingState, parameters: list[Tensor], optimizer, generator: torch.Generator) -> int:
    if [p.shape for p in parameters] != [p.shape for p in state.parameters]:
        raise complaint(
            "resume",
            wanted=f"a state of parameters shaped {[tuple(p.shape) for p in parameters]}",
            got=str([tuple(p.shape) for p in state.parameters]),
            do="Resume the training that made the state.",
        )
    _put_back(parameters, state.parameters)
    for parameter, first, second in zip(parameters, state.first_moments, state.second_moments, strict=True):
        optimizer.state[parameter] = {
            "step": torch.tensor(float(state.step)),
            "exp_avg": first.clone(),
            "exp_avg_sq": second.clone(),
        }
    generator.set_state(state.generator)
    return state.step
