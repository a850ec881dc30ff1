"""Visible checks of question 8: remember under Dale. The measure is the judge's own, with other seeds."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.checks.a3_ei_rate.memory import RUNGS, diagnosis, offence, steps_remembered

Function = Callable[..., Any]

N = 60
SIGNS = np.random.default_rng(2).permutation(np.where(np.arange(N) < 48, 1.0, -1.0))
_SAID = {1.25: "one and a quarter", 3.0: "three", 6.0: "six", 9.0: "nine"}


def _network(design_memory: Function) -> tuple[Any, Any, Any]:
    W, w_in, b = design_memory(SIGNS.copy(), np.random.default_rng(3))
    return W, w_in, b


def q8_form(design_memory: Function) -> Iterator[Row]:
    """Three arrays."""
    answer = design_memory(SIGNS.copy(), np.random.default_rng(3))
    three = isinstance(answer, tuple | list) and len(answer) == 3
    found = [numbers(part) for part in answer] if three else []
    yours = ", ".join(str(part.shape) for part in found) if three else f"a {type(answer).__name__}, not W, w_in, b"
    ok = three and found[0].shape == (N, N) and found[1].size == N and found[2].size == N
    yield Row(f"shapes for n = {N}", yours, "W (n, n), w_in (n,), b (n,)", bool(ok))
    finite = all(np.isfinite(part).all() for part in found)
    yield Row("finite numbers", "yes" if finite else "no", "a network that can be run", finite)


def q8_dale(design_memory: Function) -> Iterator[Row]:
    """One sign a sender, and nothing to itself."""
    broken = offence(numbers(_network(design_memory)[0]), SIGNS)
    law = "one sign a column, an empty diagonal"
    yield Row("Dale's law", broken or "no column breaks it", law, not broken)


def q8_memory(design_memory: Function) -> Iterator[Row]:
    """The rungs of the ladder, with what stands in the way of the next one."""
    W, w_in, b = (numbers(part) for part in _network(design_memory))
    if offence(W, SIGNS):
        return
    w_in, b = w_in.reshape(N), b.reshape(N)
    steps = steps_remembered(W, w_in, b, SIGNS, np.random.default_rng(4))
    why = diagnosis(W, w_in, b, SIGNS)
    total = 0
    for _, points, least in RUNGS:
        total += points
        yours = f"{short(steps)} steps. {why}" if steps < least else f"{short(steps)} steps"
        yield Row(f"memory for {total} points", yours, f"{_SAID[least]} steps or more", steps >= least)
