"""What continues a training bit for bit, and the file that holds it."""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.validation import complaint

TENSORS = ("parameters", "first_moments", "second_moments", "best_parameters")


@dataclass(frozen=True)
class TrainingState:
    """A training after `step` of `n_steps` steps: all that the remaining steps depend on, on the CPU.

    parameters, first_moments, second_moments: one tensor a parameter; the moments are Adam's.
    updates: (parameters,), how often Adam has changed each.  generator: the state of the one that draws the batches.
    loss, gradient_norm: (step,), so far.  scores: (step, score) so far.
    best_step: whose weights scored best, with those weights in best_parameters (empty before the first score).
    """

    step: int
    n_steps: int
    parameters: tuple[Tensor, ...]
    first_moments: tuple[Tensor, ...]
    second_moments: tuple[Tensor, ...]
    updates: Tensor
    generator: Tensor
    loss: Tensor
    gradient_norm: Tensor
    scores: tuple[tuple[int, float], ...]
    best_step: int | None
    best_parameters: tuple[Tensor, ...]


def save_state(path: Path | str, state: TrainingState) -> None:
    """Write a TrainingState as npz, without pickle. A file of that name is replaced only once the new one is whole."""
    path = Path(path)
    arrays: dict[str, Any] = {
        "step": np.array(state.step),
        "n_steps": np.array(state.n_steps),
        "updates": state.updates.numpy(),
        "generator": state.generator.numpy(),
        "loss": state.loss.numpy(),
        "gradient_norm": state.gradient_norm.numpy(),
        "score_steps": np.array([step for step, _ in state.scores], dtype=np.int64),
        "score_values": np.array([score for _, score in state.scores], dtype=np.float64),
        "best_step": np.array(-1 if state.best_step is None else state.best_step),
    }
    for kind in TENSORS:
        arrays |= {f"{kind}_{i}": tensor.numpy() for i, tensor in enumerate(getattr(state, kind))}
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load_state(path: Path | str) -> TrainingState:
    """Read what save_state wrote."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return _from_arrays(arrays)
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as reason:
        raise complaint(
            str(path),
            wanted="a file that save_state wrote",
            got=f"one that does not read as such ({reason})",
            do="Give the path of the checkpoint itself; it is an npz file without pickles.",
        ) from reason


def _from_arrays(arrays: dict[str, np.ndarray]) -> TrainingState:
    def tensors(kind: str) -> tuple[Tensor, ...]:
        n = sum(name.startswith(f"{kind}_") and name.removeprefix(f"{kind}_").isdigit() for name in arrays)
        return tuple(torch.from_numpy(arrays[f"{kind}_{i}"]) for i in range(n))

    best_step = int(arrays["best_step"])
    return TrainingState(
        step=int(arrays["step"]),
        n_steps=int(arrays["n_steps"]),
        parameters=tensors("parameters"),
        first_moments=tensors("first_moments"),
        second_moments=tensors("second_moments"),
        updates=torch.from_numpy(arrays["updates"]),
        generator=torch.from_numpy(arrays["generator"]),
        loss=torch.from_numpy(arrays["loss"]),
        gradient_norm=torch.from_numpy(arrays["gradient_norm"]),
        scores=tuple(zip(arrays["score_steps"].tolist(), arrays["score_values"].tolist(), strict=True)),
        best_step=None if best_step < 0 else best_step,
        best_parameters=tensors("best_parameters"),
    )
