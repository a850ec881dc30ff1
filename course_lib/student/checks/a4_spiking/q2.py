"""Visible checks of question 2: the rate of a leaky cell under a steady drive."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]

_CELL = {"tau": 0.016, "v_rest": -70.0, "v_reset": -74.0, "v_th": -54.0, "t_ref": 0.004}
_GAP = 16.0  # mV from rest to threshold


def _rates(fi_curve: Function, *drives: float, **other: float) -> np.ndarray:
    """Rates for drives in units of the gap, and the public cell with some constants changed."""
    return numbers(fi_curve(_GAP * np.array(drives), *{**_CELL, **other}.values()))


def q2_form(fi_curve: Function) -> Iterator[Row]:
    """One number a drive."""
    for drives in ((1.5, 2.0, 3.0), (2.0,)):
        shape = _rates(fi_curve, *drives).shape
        yield Row(
            f"shape for {len(drives)} drive{'s' * (len(drives) > 1)}", str(shape), "(m,)", shape == (len(drives),)
        )


def q2_silent(fi_curve: Function) -> Iterator[Row]:
    """Up to threshold."""
    below, pulled, just = _rates(fi_curve, 0.7, -0.5, 1.0)
    for what, rate in (("seven tenths of the drive needed", below), ("a drive that pulls down", pulled)):
        yield Row(what, f"{short(rate)} Hz", "zero, a number", bool(rate == 0))
    yield Row("drive that just reaches v_th", f"{short(just)} Hz", "zero: v never crosses", bool(just == 0))


def q2_rising(fi_curve: Function) -> Iterator[Row]:
    """Rates rise with the drive."""
    rates = _rates(fi_curve, 1.05, 1.5, 2.0, 4.0)
    yours = ", ".join(short(rate) for rate in rates)
    yield Row(
        "four rising drives", f"{yours} Hz", "positive and rising", bool(rates[0] > 0 and (np.diff(rates) > 0).all())
    )


def q2_fastest(fi_curve: Function) -> Iterator[Row]:
    """The limit that t_ref sets."""
    hz = _rates(fi_curve, 1e6)[0]
    yours = f"{short(hz)} Hz, interval of {short(1000 / hz)} ms" if hz else "0 Hz"
    yield Row("a huge drive", yours, "an interval of t_ref, which is 4 ms", bool(abs(hz * 0.004 - 1) < 0.01))


def q2_charging(fi_curve: Function) -> Iterator[Row]:
    """Charging without a refractory period, far above threshold and just above it."""
    low, high = (_rates(fi_curve, 2.0, t_ref=0.0, v_reset=v)[0] for v in (-78.0, -71.0))
    law = "a higher rate: less to charge"
    yield Row("v_reset 7 mV higher", f"rate times {short(high / low)}", law, bool(high > 1.05 * low))
    shifted = {"v_rest": -40.0, "v_reset": -44.0, "v_th": -24.0}
    here, there = (_rates(fi_curve, 2.0, **other)[0] for other in ({}, shifted))
    law = "the same: only differences of voltages count"
    yield Row(
        "all voltages 30 mV higher", f"{short(here)}, then {short(there)} Hz", law, bool(abs(there / here - 1) < 1e-3)
    )
    near = 1 / _rates(fi_curve, 1.01, 1.001, 1.0001, t_ref=0.0)
    first, second = 1000 * np.diff(near)
    yours = f"adds {short(first)} ms, then {short(second)} ms"
    law = "the same time again, a fair part of tau"
    ok = abs(second / first - 1) < 0.05 and first > 0.5 * 16
    yield Row("ten times nearer to threshold, twice", yours, law, bool(ok))
    straight = _rates(fi_curve, 1e5, t_ref=0.0)[0] * _CELL["tau"] * 20.0 / (1e5 * _GAP)
    law = "one: v rises at i / tau, the leak is too slow to matter"
    yield Row("huge drive, t_ref 0: rate x way / speed", short(straight), law, bool(abs(straight - 1) < 0.01))


def q2_time(fi_curve: Function) -> Iterator[Row]:
    """Units of time."""
    here, slow = (_rates(fi_curve, 2.0, tau=0.016 * c, t_ref=0.004 * c)[0] for c in (1, 10))
    yield Row(
        "tau and t_ref tenfold", f"rate times {short(slow / here)}", "a tenth", bool(abs(10 * slow / here - 1) < 1e-3)
    )
