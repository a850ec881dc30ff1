"""Batches of windows cut from long trials, drawn on the CPU so that every device sees the same ones."""

import torch
from torch import Tensor

from course_lib.validation import check_count, check_finite, check_shape, complaint


def check_trials(inputs: Tensor, targets: Tensor, batch: int, window: int, warm_up: int) -> None:
    """Refuse trials that do not fit together, or that are too short for a window and its warm-up."""
    check_finite("inputs", check_shape("inputs", inputs, "trials time n_in"))
    check_finite("targets", check_shape("targets", targets, f"{inputs.shape[0]} {inputs.shape[1]} n_out"))
    check_count("batch", batch)
    check_count("warm_up", warm_up, least=0)
    check_count("window", window)
    if not warm_up < window <= inputs.shape[1]:
        raise complaint(
            "window",
            wanted=f"more than warm_up = {warm_up} and at most the trials' {inputs.shape[1]} samples",
            got=str(window),
            do="Use longer trials, a shorter window or a shorter warm-up.",
        )


def draw_windows(
    inputs: Tensor, targets: Tensor, batch: int, window: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Windows of `batch` random trials, each from a random start: (batch, window, n_in) and (batch, window, n_out)."""
    trials = torch.randint(len(inputs), (batch,), generator=generator)
    starts = torch.randint(inputs.shape[1] - window + 1, (batch,), generator=generator)
    times = (starts[:, None] + torch.arange(window)).to(inputs.device)  # (batch, window)
    trials = trials.to(inputs.device)
    return inputs[trials[:, None], times], targets[trials[:, None], times]
