"""Visible checks of question 5: smallest is not zero."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
EVEN = np.linspace(0, 1, 24)
UNEVEN = 5 * EVEN**2 + 2


def _asked(border_places: Function, s: np.ndarray, psi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    answer = border_places(s.copy(), psi.copy())
    if hasattr(answer, "__len__") and numbers(answer).size == 0:
        return np.zeros(0), np.zeros(0)  # no place on any curve, in whatever form
    curve, place = answer
    return numbers(curve).reshape(-1), numbers(place).reshape(-1)


def _lines(s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Straight psi of two curves, rising and falling: slopes, offsets, samples (2, n)."""
    slope = np.array([2.0, -0.5])
    offset = -slope * (s[0] + np.ptp(s) * np.array([0.3, 0.72]))
    return slope, offset, slope[:, None] * s + offset[:, None]


def q5_form(border_places: Function) -> Iterator[Row]:
    """Two rows of equal length: curves and places."""
    *_, psi = _lines(EVEN)
    answer = border_places(EVEN.copy(), psi.copy())
    pair = isinstance(answer, tuple | list) or hasattr(answer, "shape")
    pair = bool(pair and len(answer) == 2 and numbers(answer[0]).size == numbers(answer[1]).size)
    yours = "as wanted" if pair else type(answer).__name__
    yield Row("form of the answer", yours, "curve, place: as many of the one as of the other", pair)


def q5_kept(border_places: Function) -> Iterator[Row]:
    """Curves along which psi keeps its sign."""
    far = 0.4 + (EVEN - EVEN[9]) ** 2
    for name, psi, law in (
        ("psi at least 0.4 everywhere", far, "none: nothing is crossed"),
        ("psi that comes down to 0.0001", far - 0.3999, "none: it turns back, and nothing is crossed"),
        ("psi from below up to -0.0001", 0.3999 - far, "none: it turns back, and nothing is crossed"),
    ):
        curve, place = _asked(border_places, EVEN, np.stack([psi, 2 * psi]))
        yield Row(name, _count(place), law, curve.size == place.size == 0)
    (sample,) = EVEN[[9]]
    _, place = _asked(border_places, EVEN, (EVEN[None] - sample) ** 2)
    law = "none: it comes back on the side that it came from"
    yield Row("psi that touches zero at a sample", _count(place), law, place.size == 0)


def _count(place: np.ndarray) -> str:
    shown = f", the first at {short(place[0])}" if place.size else ""
    return f"{place.size} place{'' if place.size == 1 else 's'} for these curves{shown}"


def q5_straight(border_places: Function) -> Iterator[Row]:
    """Psi that is a straight line all along: at the right place it is zero."""
    for name, s in (("even samples", EVEN), ("uneven samples", UNEVEN)):
        slope, offset, psi = _lines(s)
        curve, place = _asked(border_places, s, psi)
        told = ", ".join(short(number) for number in curve)
        law = "one place each: one rises, one falls"
        each = bool(np.array_equal(np.sort(curve), [0, 1]))
        yield Row(f"two straight lines, {name}", f"places on the curves {told or 'none'}", law, each)
        which = curve.astype(int)
        left = slope[which] * place + offset[which]
        yours = ", ".join(short(value) for value in left)
        small = bool(np.abs(left).max() < 1e-4 * np.abs(psi).max())
        law = "zero: between two samples psi is straight"
        yield Row(f"psi at your places, {name}", yours, law, small)


def q5_pieces(border_places: Function) -> Iterator[Row]:
    """Between two neighbouring places psi has one sign, and beyond a place the other."""
    psi = np.stack([np.sin(11 * EVEN + 0.4), -0.2 - EVEN, np.cos(16 * EVEN)])
    curve, place = _asked(border_places, EVEN, psi)
    mixed, kept, pieces = 0, 0, 0
    for k, values in enumerate(psi):
        edges = np.concatenate([[-np.inf], np.sort(place[curve == k]), [np.inf]])
        signs = [np.sign(values[(low < EVEN) & (high > EVEN)]) for low, high in pairwise(edges)]
        pieces += len(signs)
        mixed += sum(np.ptp(part) > 0 for part in signs if part.size)
        kept += sum(not (a.size and b.size) or a[-1] == b[0] for a, b in pairwise(signs))
    yours = f"both signs in {mixed} of the {pieces} pieces that your places leave"
    yield Row("three curves with and without waves", yours, "one sign in each piece, upwards or downwards", mixed == 0)
    yours = f"the same sign on both sides of {kept} of your {place.size} places"
    yield Row("the same curves, place by place", yours, "another sign beyond each place", kept == 0)


def q5_zero(border_places: Function) -> Iterator[Row]:
    """Through zero at a sample."""
    psi = EVEN - EVEN[13]
    _, place = _asked(border_places, EVEN, psi[None])
    law = "once: it comes from one side and leaves on the other"
    yours = {0: "not found", 1: "found once", 2: "found twice"}.get(place.size, f"found {place.size} times")
    yield Row("psi that goes through zero at a sample", yours, law, place.size == 1)


def q5_units(border_places: Function) -> Iterator[Row]:
    """The size of psi means nothing, the unit of s everything."""
    psi = np.sin(11 * EVEN + 0.4)[None]
    _, place = _asked(border_places, EVEN, psi)
    _, small = _asked(border_places, EVEN, 1e-3 * psi)
    _, wide = _asked(border_places, 10 * EVEN, psi)
    same = small.shape == place.shape and bool(np.allclose(small, place, atol=1e-6))
    law = "the same places: psi is a clock, not a ruler"
    yield Row("psi a thousand times smaller", f"{small.size} found, before {place.size}", law, same)
    tenfold = wide.shape == place.shape and bool(np.allclose(wide, 10 * place, atol=1e-5))
    yours = f"first place {short(wide[0])}, before {short(place[0])}" if wide.size and place.size else "no place"
    yield Row("s in another unit, ten times as long", yours, "ten times: a place along the curve", tenfold)
