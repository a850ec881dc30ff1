"""Visible checks of question 4: they run the scheme with the student's numbers."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]

_TIMES = (16.0, 4.0, 0.5)  # ms: membrane, synapse, step
_TARGET = 20.0  # mV


def _answer(to_si: Function) -> np.ndarray:
    return numbers(to_si(*_TIMES, _TARGET)).reshape(-1)


def _share(value: float) -> str:
    return f"{short(100 * value)} %" if abs(value) < 100 else "more than a hundred times"


def q4_form(to_si: Function) -> Iterator[Row]:
    """Four finite numbers."""
    found = _answer(to_si)
    ok = found.shape == (4,) and bool(np.isfinite(found).all())
    yield Row("form of the answer", f"{found.size} numbers", "tau_mem_inv, tau_syn_inv, dt, feed", ok)


def q4_clocks(to_si: Function) -> Iterator[Row]:
    """How fast membrane and current move in the code, by the clock of the world."""
    mem, syn, dt, _ = _answer(to_si)
    reached = 1 - (1 - dt * mem) ** 320
    law = "nearly all of it"
    yield Row("v after ten tau_mem has gone", f"{_share(reached)} of its way", law, bool(abs(reached - 1) < 0.01))
    left = (1 - dt * syn) ** 80
    yield Row(
        "a current after ten tau_syn is at", f"{_share(left)} of its start", "next to nothing", bool(abs(left) < 0.01)
    )
    for name, inverse, steps in (("tau_mem", mem, 32), ("tau_syn", syn, 8)):
        law = "one: this code takes straight steps"
        part = dt * inverse * steps
        yield Row(f"share a step x steps in {name}", short(part), law, bool(abs(part - 1) < 1e-3))


def q4_settled(to_si: Function) -> Iterator[Row]:
    """The current that the membrane sees in the end."""
    _, syn, dt, feed = _answer(to_si)
    lost = dt * syn
    if not 0 < lost < 1:
        yield Row("the current settles", f"never: a step takes {_share(lost)}", "each step takes a part", False)
        return
    i = 0.0
    for _ in range(int(min(30 / lost, 5e5))):
        i = (i + feed) * (1 - lost)
    law = "one: v must finally see i_target"
    yield Row("v sees, in units of i_target", short(i / _TARGET), law, bool(abs(i / _TARGET - 1) < 1e-3))


def q4_seconds(to_si: Function) -> Iterator[Row]:
    """The clock by which rates are told."""
    dt = _answer(to_si)[2]
    law = "as many as half a ms fits into a second"
    steps = 1 / dt if dt > 0 else float("nan")
    yield Row("steps in a second, by your dt", short(steps), law, bool(abs(steps / 2000 - 1) < 1e-3))
