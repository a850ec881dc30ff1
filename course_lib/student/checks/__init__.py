"""What the visible checks of the problem sets are made of. One module a set; none holds an answer, only laws."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

PYTHON = (3, 11)
"""The Python that grading is sure to understand: the oldest one that this package runs on."""


@dataclass(frozen=True)
class Row:
    """One line of a check's table: the property in words, the student's own figure, the law that is wanted."""

    what: str
    yours: str
    wanted: str
    holds: bool


@dataclass(frozen=True)
class Check:
    """The visible check of one question.

    function, arguments: the head of the student's function. groups: each looks at one kind of error and yields rows
    until one fails; when the first group (the form of the answer) fails, the others are not tried. differ: in what
    the hidden cases differ from these public ones.
    """

    title: str
    function: str
    arguments: tuple[str, ...]
    groups: tuple[Callable[[Callable[..., Any]], Iterable[Row]], ...]
    differ: str
    cpu_seconds: float


@dataclass(frozen=True)
class Own:
    """A constant of one's own for the written question: its range, what it is, and how it is spread over the range.

    log: evenly in its logarithm; whole: over whole numbers, both ends included. Three digits are kept otherwise.
    """

    low: float
    high: float
    meaning: str
    log: bool = False
    whole: bool = False


def numbers(value: Any) -> np.ndarray:
    """Any array-like answer as float64: arrays, tensors with their history, numbers, lists.

    Raises TypeError for what has no numbers in it.
    """
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, list | tuple):
        value = [numbers(item) for item in value]
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"Wanted numbers, got {type(value).__name__}: {error}") from error


def short(value: float) -> str:
    """A figure as people write it."""
    return f"{float(value):.3g}"
