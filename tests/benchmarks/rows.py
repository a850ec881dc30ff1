"""What a row of the bench is: how it is measured at one seed, and the targets that the figures of all seeds meet.

Test data come from other generators than training data, by the same solver and step. Times are CPU seconds of one
thread. The rows themselves stand in rows_*.py, in the order of the page in `table.py`.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Figures = dict[str, float]


@dataclass(frozen=True)
class Criterion:
    """One target: a number made of the figures of all seeds, and the bound it has to keep."""

    name: str
    words: str
    value: Callable[[Sequence[Figures]], float]
    bound: float
    at_least: bool = False

    def met(self, seeds: Sequence[Figures]) -> bool:
        """Whether the bound is kept. NaN keeps none."""
        value = self.value(seeds)
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True)
class Row:
    """One line of the results: how it is measured, on which modules it depends, what it has to reach."""

    name: str
    title: str
    measure: Callable[[int], Figures]
    modules: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    notes: str = ""


def median(key: str) -> Callable[[Sequence[Figures]], float]:
    return lambda seeds: statistics.median(seed[key] for seed in seeds)


def smallest(key: str) -> Callable[[Sequence[Figures]], float]:
    return lambda seeds: min(seed[key] for seed in seeds)


def largest(key: str) -> Callable[[Sequence[Figures]], float]:
    return lambda seeds: max(seed[key] for seed in seeds)
