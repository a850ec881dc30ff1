"""Question 6: how much of the push into each cell is cancelled, the outside among what pushes.

The library's index divides by the mean of excitation and inhibition, splits the outside by its sign, and wants samples
first; none of this gives the number that is asked here.

Tolerance (class A): 1e-3 of one. A time mean in float32 is 1e-6 off. In every case |inhibition| / push lies in 0.3-0.8
or in 1.2-1.6: near one most wrong formulas agree, so the drawn cells keep away from it, and draws are made again until
every critical mutant moves at least one cell by 0.05. Each further case isolates one thing: `outside` is steady
and its two cells get the same push from different sources; `cells` has no outside and cells off balance on both sides;
`fluctuations` has one cell whose sum changes its sign all the time. So a single mistake costs `value` and its own
property, and a wrong formula costs all.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import cancellation

TOLERANCE = 1e-3
SEEN_AT = 0.05  # a critical mutant is this far off somewhere

SENTENCES = {
    "value": "{seen}",
    "outside": (
        "Two cells that get the same push, one mostly from other cells and one from outside, have the same share "
        "of it cancelled; yours are {yours}. What else drives a cell?"
    ),
    "cells": (
        "Cells that are off balance to one side and to the other came out as {yours}. Each cell has to be balanced "
        "itself: what one gets too much does not help another that gets too little."
    ),
    "fluctuations": (
        "A cell whose sum of currents fluctuates about a small mean came out as {yours}. What changes its sign all the "
        "time averages out: the mean over time comes before the absolute value and before the ratio."
    ),
}
SEEN = {
    "form": "You return shape {yours}; one finite number a cell is wanted, shape (n,), for currents (n, time).",
    "value": (
        "Your cancellation of one cell is {yours}; from its own three currents, averaged over time, follows another "
        "number. Look at what is summed, what it is divided by, and in which order."
    ),
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two networks with everything at once, two pairs with unequal sources, one without outside, one fluctuating."""
    cases = [_network(rng) for _ in range(2)]
    cases += [_sources(rng, ratio) for ratio in (rng.uniform(0.4, 0.75), rng.uniform(1.25, 1.5))]
    return [*cases, _both_sides(rng), _fluctuating(rng)]


def _case(stratum, exc, inh, ext):
    return Case(stratum, (exc, inh, ext), cancellation(exc, inh, ext))


def _ratios(rng, n):
    """|inhibition| / push of n cells, on both sides of balance and away from it."""
    low, high = rng.uniform(0.3, 0.8, n), rng.uniform(1.2, 1.6, n)
    return rng.permutation(np.where(np.arange(n) < 2 * n // 3, low, high))


def _noise(rng, n, time):
    """Slow fluctuations (n, time) of mean zero and standard deviation one, in each cell."""
    raw = rng.normal(size=(n, time))
    slow = np.empty_like(raw)
    slow[:, 0] = raw[:, 0]
    for k in range(1, time):
        slow[:, k] = 0.8 * slow[:, k - 1] + 0.6 * raw[:, k]
    slow -= slow.mean(axis=1, keepdims=True)
    return slow / slow.std(axis=1, keepdims=True)


def _network(rng):
    n, time = int(rng.integers(5, 9)), int(rng.integers(200, 400))
    exc, share = rng.uniform(2, 6, (n, 1)), rng.uniform(0.3, 0.9, (n, 1))
    ext, ratio = exc * share, _ratios(rng, n)[:, None]
    common, own, outside = (_noise(rng, n, time) for _ in range(3))
    inh = -(exc + ext) * ratio * np.exp(0.4 * common)
    return _case("value", exc * np.exp(0.4 * (0.8 * common + 0.6 * own)), inh, ext * (1 + 0.7 * outside))


def _sources(rng, ratio):
    """Two steady cells with one push and one inhibition; most of the push is recurrent in one, external in one."""
    push, time = rng.uniform(3, 8), int(rng.integers(30, 80))
    external = push * np.array([rng.uniform(0.1, 0.2), rng.uniform(0.7, 0.85)])
    rows = (push - external, np.full(2, -ratio * push), external)
    return _case("outside", *(np.repeat(row[:, None], time, axis=1) for row in rows))


def _both_sides(rng):
    """Steady cells without an outside, half of them with too little inhibition and half with too much."""
    n, time = 2 * int(rng.integers(2, 4)), int(rng.integers(30, 80))
    exc = rng.uniform(2, 6, n)
    ratio = rng.permutation(np.where(np.arange(n) % 2, rng.uniform(1.25, 1.5, n), rng.uniform(0.5, 0.75, n)))
    rows = (exc, -ratio * exc, np.zeros(n))
    return _case("cells", *(np.repeat(row[:, None], time, axis=1) for row in rows))


def _fluctuating(rng):
    """One cell without an outside whose net current is much larger in every moment than in the mean."""
    time = int(rng.integers(300, 500))
    exc = rng.uniform(3, 6) * np.exp(0.6 * _noise(rng, 1, time))
    inh = -exc.mean() * rng.uniform(0.65, 0.8) * np.exp(0.6 * _noise(rng, 1, time))
    return _case("fluctuations", exc, inh, np.zeros((1, time)))


def read(case: Case, value) -> np.ndarray | None:
    """The answer as (n,): a number counts where there is one cell; None for what does not fit."""
    found = array(value)
    return found.reshape(-1) if found is not None and found.size == case.expected.size else None


def cell_miss(case: Case, value) -> float:
    """The largest error of a cell, in tolerances."""
    return miss(read(case, value), case.expected, TOLERANCE)


def guard_miss(case: Case, value) -> float:
    """The same in hundredths: `SEEN_AT` is five away."""
    return cell_miss(case, value) * TOLERANCE / SEEN_AT * 5


def _told(found):
    return "no number for each of them" if found is None else ", ".join(f"{c:.3g}" for c in found)


def _value(case, value):
    found = read(case, value)
    if found is None:
        shape = None if value is None or isinstance(value, tuple | dict | str) else np.shape(value)
        return False, {"seen": SEEN["form"].format(yours=shape)}
    worst = int(np.abs(found - case.expected).argmax())
    return cell_miss(case, value) <= 1, {"seen": SEEN["value"].format(yours=f"{found[worst]:.3g}")}


def _listed(case, value):
    return cell_miss(case, value) <= 1, {"yours": _told(read(case, value))}


def _without_outside(exc, inh, ext):
    return cancellation(exc, inh, 0 * ext)


def _moment_by_moment(exc, inh, ext):
    return 1 - np.abs(exc + ext + inh).mean(axis=1) / (exc + ext).mean(axis=1)


def _by_inhibition(exc, inh, ext):
    return 1 - np.abs((exc + ext + inh).mean(axis=1)) / -inh.mean(axis=1)


CRITICAL = {"without outside": _without_outside, "each moment": _moment_by_moment, "by inhibition": _by_inhibition}

QUESTION = Question(
    name="q6",
    title="Balance without the outside world",
    function="cancellation",
    draw=Guarded(draw, guard_miss, CRITICAL, strata=("value",), on=2),
    properties=(
        Property("value", 5, per_case(_value, strata=("value",))),
        Property("outside", 3, per_case(_listed, strata=("outside",))),
        Property("cells", 3, per_case(_listed, strata=("cells",))),
        Property("fluctuations", 3, per_case(_listed, strata=("fluctuations",))),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
