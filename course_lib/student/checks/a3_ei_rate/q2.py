"""Visible checks of question 2: two clocks."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
TAU_E, TAU_I, N, EXCITATORY = 50.0, 100.0, 7, 5
_W = np.random.default_rng(1).uniform(0.1, 0.5, (N, N)) * np.where(np.arange(N) < EXCITATORY, 1.0, -1.0)
_R = np.random.default_rng(2).uniform(0.5, 1.5, (2, 3, N))


def _call(ei_velocity: Function, r: Any, i_ext: Any, W: np.ndarray, power: float) -> np.ndarray:
    """The student's velocity, with the clocks of these checks."""
    r, i_ext = (np.array(value, dtype=float) for value in (r, i_ext))
    return numbers(ei_velocity(r, i_ext, W.copy(), TAU_E, TAU_I, EXCITATORY, power))


def q2_form(ei_velocity: Function) -> Iterator[Row]:
    """Leading shapes, and each state on its own."""
    for r in (_R[0, 0], _R[0], _R):
        found = _call(ei_velocity, r, np.full(N, 2.0), _W, 2.0)
        yield Row(f"shape for rates {r.shape}", str(found.shape), "that of the rates", found.shape == r.shape)
    square = np.random.default_rng(3).uniform(0.5, 1.5, (N, N))
    stack = _call(ei_velocity, square, np.full(N, 2.0), _W, 2.0)
    alone = np.stack([_call(ei_velocity, r, np.full(N, 2.0), _W, 2.0) for r in square])
    gap = np.abs(stack - alone).max() / np.abs(alone).max()
    yours = f"differ by {100 * gap:.0f} %"
    yield Row("a state in a stack and alone", yours, "the same: cells stand on the last axis", gap < 1e-3)


def q2_clocks(ei_velocity: Function) -> Iterator[Row]:
    """A silenced network decays by its clocks."""
    r = _R[0, 0]
    found = _call(ei_velocity, r, np.full(N, -30.0), _W, 2.0)
    for name, cells, tau in (("excitatory", slice(0, 5), TAU_E), ("inhibitory", slice(5, 7), TAU_I)):
        rate = -found[cells] / r[cells] * tau
        worst = rate[np.argmax(np.abs(rate - 1))]
        yours = f"at this speed loses {short(worst)} times its rate in tau_{name[0]}"
        law = "once: its own clock, and no push below threshold"
        yield Row(f"an {name} cell, silenced", yours, law, bool(abs(worst - 1) < 1e-3))


def q2_power(ei_velocity: Function) -> Iterator[Row]:
    """Cells without wires: where they aim, and where they rest."""
    current, none = np.linspace(0.4, 2.0, N), np.zeros((N, N))
    speed = np.abs(_call(ei_velocity, current**2.0, current, none, 2.0)).max()
    law = "at rest: the drive to the power is the rate"
    yield Row("no wires, rate = current squared", f"moves by {short(speed)} per ms", law, speed < 1e-6)
    aims = [_call(ei_velocity, np.zeros(N), unit * current, none, 2.0)[0] for unit in (1.0, 2.0)]
    with np.errstate(all="ignore"):
        gain = aims[1] / aims[0]
    yours = f"start {short(gain)} times as fast"
    yield Row("twice the current, power 2, from rate 0", yours, "two to the power", bool(abs(gain - 4) < 1e-3))


def q2_wires(ei_velocity: Function) -> Iterator[Row]:
    """One sender's rate moves all its receivers, by its column."""
    r, current = _R[0, 0], np.full(N, 4.0)
    base = _call(ei_velocity, r, current, _W, 1.0)
    tau = np.where(np.arange(N) < EXCITATORY, TAU_E, TAU_I)
    for sender, kind in ((1, "excitatory"), (5, "inhibitory")):
        moved = r.copy()
        moved[sender] += 0.25
        change = 4 * tau * (_call(ei_velocity, moved, current, _W, 1.0) - base)
        change[sender] += 1
        gap = np.abs(change - _W[:, sender])
        worst = int(gap.argmax())
        yours = f"receiver {worst} hears {short(change[worst])}, W holds {short(_W[worst, sender])} for it"
        law = f"column {sender} of W as it stands: rows receive, signs are in W"
        yield Row(f"cell {sender}, {kind}, fires more (power 1)", yours, law, bool(gap.max() < 1e-3))
    double = _R[0, 0] * 2
    both = _call(ei_velocity, double, 2 * current, _W, 2.0)[0] * TAU_E + double[0]
    once = _call(ei_velocity, r, current, _W, 2.0)[0] * TAU_E + r[0]
    with np.errstate(all="ignore"):
        gain = both / once
    yours = f"{short(gain)} times what pushes a cell"
    law = "two to the power: W r and the current add up, then the power"
    yield Row("all rates and currents doubled, power 2", yours, law, bool(abs(gain - 4) < 1e-3))
