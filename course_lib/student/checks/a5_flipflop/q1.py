"""Visible checks of question 1: what the network should have said."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
STEPS = 60


def _told(latch: Function, *pulses: tuple[int, int, float], bits: int = 1, trials: int = 1) -> np.ndarray:
    """The answer to pulses (step, bit, height) in the first trial, (trials, STEPS, bits)."""
    table = np.zeros((trials, STEPS, bits))
    for step, bit, height in pulses:
        table[0, step, bit] = height
    return numbers(latch(table)).reshape(table.shape)


def _values(said: np.ndarray) -> str:
    """The values that occur, few of them."""
    found = np.unique(said)
    return ", ".join(short(value) for value in found[:5]) + (", ..." if len(found) > 5 else "")


def q1_form(latch: Function) -> Iterator[Row]:
    """Shape and values."""
    table = np.zeros((2, STEPS, 3))
    table[0, [5, 20], [0, 1]] = 1.0, -1.0
    found = numbers(latch(table.copy()))
    yield Row(
        "shape for 2 trials of 60 steps, 3 bits", str(found.shape), "that of the pulses", found.shape == table.shape
    )
    allowed = bool(np.isin(found, [-1, 0, 1]).all())
    yield Row("values that occur", _values(found), "-1, 0 and 1 only", allowed)


def q1_hold(latch: Function) -> Iterator[Row]:
    """One pulse, and silence."""
    for height, sign in ((1.0, "positive"), (-1.0, "negative")):
        bit = _told(latch, (7, 0, height))[0, :, 0]
        law = f"{height:.0f}: the bit has its value from there on"
        yield Row(f"at the step of a {sign} pulse itself", short(bit[7]), law, bool(bit[7] == height))
        kept = int(np.argmax(np.append(bit[7:], np.nan) != bit[7])) - 1
        law = "to the end of the trial, 52 steps"
        yield Row(f"after a {sign} pulse, nothing more", f"held for {kept} steps", law, kept == STEPS - 8)


def q1_before(latch: Function) -> Iterator[Row]:
    """Before the first pulse, and in a trial without any."""
    said = _told(latch, (7, 0, 1.0), trials=2)
    law = "0: nobody has said anything yet"
    yield Row("before the first pulse", _values(said[0, :7]), law, bool((said[0, :7] == 0).all()))
    law = "0: trials know nothing of each other"
    yield Row("a trial without pulses after one with", _values(said[1]), law, bool((said[1] == 0).all()))


def q1_repeat(latch: Function) -> Iterator[Row]:
    """More pulses on the same bit."""
    once, twice = _told(latch, (7, 0, 1.0)), _told(latch, (7, 0, 1.0), (20, 0, 1.0))
    yours = f"bit {short(once[0, 25, 0])} becomes {short(twice[0, 25, 0])}"
    law = "no change: a set bit that is set again stays set"
    yield Row("a second pulse of the same sign", yours, law, bool((once == twice).all()))
    turned = _told(latch, (7, 0, 1.0), (20, 0, -1.0))[0, 20:, 0]
    law = "-1 at once: the last pulse decides alone"
    yield Row("a positive pulse, then a negative one", f"bit is {_values(turned)}", law, bool((turned == -1).all()))
    turned = _told(latch, (7, 0, 1.0), (15, 0, 1.0), (20, 0, -1.0))[0, 20:, 0]
    law = "-1: the last pulse decides, not the majority"
    yield Row("two positive ones, then a negative one", f"bit is {_values(turned)}", law, bool((turned == -1).all()))


def q1_height(latch: Function) -> Iterator[Row]:
    """Pulses of other heights."""
    plain = _told(latch, (7, 0, 1.0), (20, 0, -1.0))
    for name, factor in (("a third as high", 1 / 3), ("three times as high", 3.0)):
        other = _told(latch, (7, 0, factor), (20, 0, -factor))
        yours = f"bits {_values(plain[0, 7:])} become {_values(other[0, 7:])}"
        yield Row(f"the same pulses, {name}", yours, "no change: the sign counts", bool((plain == other).all()))


def q1_bits(latch: Function) -> Iterator[Row]:
    """Bits do not talk to each other."""
    alone = _told(latch, (7, 1, -1.0), bits=3)
    both = _told(latch, (7, 1, -1.0), (12, 0, 1.0), (20, 2, 1.0), bits=3)
    moved = int((alone[0, :, 1] != both[0, :, 1]).sum())
    law = "none: a bit listens to its own channel"
    yield Row("pulses on other bits: steps at which this bit changes", f"{moved} of {STEPS}", law, moved == 0)
    silent = alone[0, :, [0, 2]]
    yield Row("bits without a pulse beside one with", _values(silent), "0: they were not spoken to", not silent.any())
