"""Visible checks of question 1: leaky cells with a refractory period."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]

_CELL = {"dt": 2.5e-4, "tau": 0.02, "v_rest": -65.0, "v_reset": -68.0, "v_th": -50.0, "t_ref": 0.004}
_GAP = 15.0  # mV from rest to threshold
_OWN = ("tau", "t_ref")  # one a cell


def _trains(lif_spikes: Function, drive: np.ndarray, **other: Any) -> np.ndarray:
    """Trains (n, time) for a drive in units of the gap, and the public cell with some constants changed."""
    return numbers(lif_spikes(_GAP * np.array(drive), *_constants(len(drive), **other))) > 0


def _constants(n: int, **other: Any) -> list[Any]:
    """The public cell n times; other: constants that are changed, numbers or one a cell."""
    cell = {**_CELL, **other}
    return [np.full(n, 1.0) * value if name in _OWN else value for name, value in cell.items()]


def _steady(strength: float, steps: int = 900, n: int = 2) -> np.ndarray:
    return np.full((n, steps), strength)


def _first(train: np.ndarray) -> float:
    """Sample number of the first spike, infinite without one."""
    return float(np.argmax(train)) if train.any() else float("inf")


def _interval(train: np.ndarray) -> float:
    """Mean interval in samples, infinite with fewer than two spikes."""
    times = np.flatnonzero(train)
    return float(np.ptp(times) / (len(times) - 1)) if len(times) > 1 else float("inf")


def q1_form(lif_spikes: Function) -> Iterator[Row]:
    """Shape and kind, and whether it fires at all."""
    found = numbers(lif_spikes(_GAP * _steady(2.0, 400, 3), *_constants(3)))
    yield Row(
        "shape for 3 cells, 400 samples", str(found.shape), "that of the drive, (n, time)", found.shape == (3, 400)
    )
    plain = bool(np.isin(found, (0.0, 1.0)).all())
    law = "spikes: True or False, 1 or 0"
    yield Row("what is in it", f"{short(found.min())} to {short(found.max())}", law, plain)
    sent = int(_trains(lif_spikes, _steady(2.0, 1600))[0].sum())
    yours = f"{sent} spikes" if sent else "none in 20 tau: a thousand times slow?"
    law = "many: tau is in s, the drive in mV"
    yield Row("twice the drive needed, for 20 tau", yours, law, sent > 3)


def q1_silent(lif_spikes: Function) -> Iterator[Row]:
    """Drives that reach no threshold."""
    sent = int(_trains(lif_spikes, _steady(0.0)).sum())
    yield Row("no drive at all", f"{sent} spikes", "none: the leak pulls v to v_rest", sent == 0)
    sent = int(_trains(lif_spikes, _steady(0.9)).sum())
    yield Row("nine tenths of the drive needed", f"{sent} spikes", "none, however long it lasts", sent == 0)
    pushes = 2.0 * (np.arange(900) % 200 < 4)
    sent = int(_trains(lif_spikes, np.stack([pushes, pushes])).sum())
    law = "none: v needs time to charge"
    yield Row("strong pushes of a twentieth of tau", f"{sent} spikes", law, sent == 0)


def q1_charging(lif_spikes: Function) -> Iterator[Row]:
    """How long a cell charges, in units of its tau."""
    waited = _first(_trains(lif_spikes, _steady(2.0, 1600))[0]) * _CELL["dt"] / _CELL["tau"]
    law = "between half a tau and one tau"
    yield Row("first spike, twice the drive", f"after {short(waited)} tau", law, 0.45 < waited < 1.05)


def q1_held(lif_spikes: Function) -> Iterator[Row]:
    """The refractory period."""
    times = np.flatnonzero(_trains(lif_spikes, _steady(20.0))[0])
    shortest = 1000 * _CELL["dt"] * np.diff(times).min(initial=900)
    law = "at least t_ref: 4 ms"
    yield Row("shortest interval, very strong drive", f"{short(shortest)} ms", law, shortest > 3.7)
    before, after = (_interval(_trains(lif_spikes, _steady(1.5), t_ref=t)[0]) for t in (0.004, 0.009))
    grown = 1000 * _CELL["dt"] * (after - before)
    yield Row("t_ref longer by 5 ms", f"intervals grow by {short(grown)} ms", "by 5 ms as well", abs(grown - 5) < 0.6)


def q1_reset(lif_spikes: Function) -> Iterator[Row]:
    """Where a cell starts again."""
    slow, fast = (_interval(_trains(lif_spikes, _steady(drive))[0]) for drive in (1.3, 3.0))
    ratio = fast / slow
    law = "shorter: v starts again from v_reset"
    yield Row("a stronger drive", f"intervals times {short(ratio)}", law, bool(ratio < 0.8))
    near, far = (_interval(_trains(lif_spikes, _steady(1.5), v_reset=v, t_ref=0.0)[0]) for v in (-64.0, -74.0))
    law = "longer: more to charge"
    yield Row("v_reset 10 mV lower, t_ref 0", f"intervals times {short(far / near)}", law, bool(far > 1.1 * near))


def q1_first(lif_spikes: Function) -> Iterator[Row]:
    """The first spike knows of no spike before it."""
    base = _first(_trains(lif_spikes, _steady(1.5))[0])
    law = "by nothing: the first charge is from v_rest"
    for what, other in (("v_reset 10 mV lower", {"v_reset": -78.0}), ("t_ref longer by 8 ms", {"t_ref": 0.012})):
        moved = _first(_trains(lif_spikes, _steady(1.5), **other)[0]) - base
        yield Row(what, f"first spike moves by {short(moved)} samples", law, abs(moved) <= 1)


def q1_cells(lif_spikes: Function) -> Iterator[Row]:
    """Each cell, each sample, for itself."""
    drive = _steady(1.6, 900)
    late = np.concatenate([np.zeros((2, 120)), drive[:, 120:]], axis=1)
    moved = _first(_trains(lif_spikes, late)[0]) - _first(_trains(lif_spikes, drive)[0])
    yield Row(
        "drive set in 120 samples later", f"first spike moves by {short(moved)}", "by as many", abs(moved - 120) <= 1
    )
    alone = _trains(lif_spikes, drive)[0]
    beside = _trains(lif_spikes, np.stack([drive[0], 1.7 * drive[1]]))[0]
    changed = int((alone != beside).sum())
    law = "in none: cells do not meet"
    yield Row("another cell is driven harder", f"this train changes in {changed} samples", law, changed == 0)
    slow = _trains(lif_spikes, _steady(1.6, 1200), tau=np.array([0.02, 0.04]), t_ref=np.array([0.004, 0.008]))
    ratio = _interval(slow[1]) / _interval(slow[0])
    law = "twice those of the other"
    yield Row(
        "a cell with twice the tau and t_ref", f"its intervals are {short(ratio)} times", law, abs(ratio - 2) < 0.05
    )


def q1_step(lif_spikes: Function) -> Iterator[Row]:
    """Halving dt."""
    rough, fine = (
        _interval(_trains(lif_spikes, _steady(1.6, n), dt=dt)[0]) * dt for n, dt in ((900, 2.5e-4), (1800, 1.25e-4))
    )
    yours = f"from {short(1 / rough)} to {short(1 / fine)} Hz"
    yield Row("half the step", yours, "nearly the same rate", bool(abs(rough / fine - 1) < 0.03))
