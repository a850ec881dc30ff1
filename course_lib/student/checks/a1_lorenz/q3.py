"""Visible checks of question 3: a spectrum out of tangent maps."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]


def _maps(n: int = 400, d: int = 3) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(n, d, d))


def _carrying(rates: np.ndarray, n: int = 360) -> np.ndarray:
    """Maps that carry one turned frame into the next, stretch its directions at given rates, and shear them."""
    rng = np.random.default_rng(6)
    frames = np.linalg.qr(rng.normal(size=(n + 1, 3, 3)))[0]
    inner = np.diag(np.exp(rates)) + np.triu(rng.normal(size=(n, 3, 3)), 1)
    return np.einsum("nij,njk,nlk->nil", frames[1:], inner, frames[:-1])


def q3_form(spectrum: Function) -> Iterator[Row]:
    """Shape and order."""
    found = numbers(spectrum(_maps(), 0.5, 50))
    yield Row("shape for 3 x 3 maps", str(found.shape), "(d,)", found.shape == (3,))
    finite = bool(np.isfinite(found).all())
    yield Row("finite numbers", ", ".join(short(e) for e in found), "no overflow in 400 maps", finite)
    falling = bool(np.all(np.diff(found) <= 1e-9))
    yield Row("order", ", ".join(short(e) for e in found), "descending", falling)


def q3_diagonal(spectrum: Function) -> Iterator[Row]:
    """Maps that are diagonal and constant."""
    rates = np.array([0.3, -0.2, -1.1])
    found = numbers(spectrum(np.broadcast_to(np.diag(np.exp(rates)), (200, 3, 3)).copy(), 1.0, 20))
    gap = np.abs(found - rates).max()
    yours = ", ".join(short(e) for e in found)
    yield Row("constant diagonal maps", yours, "natural logarithms of the diagonal", gap < 1e-4)


def q3_carried(spectrum: Function) -> Iterator[Row]:
    """Maps that carry turning directions along."""
    rates = np.array([0.4, -0.3, -1.2])
    found = numbers(spectrum(_carrying(rates), 1.0, 60))
    gap = np.abs(found - rates).max()
    law = "the logarithms of each carried direction's growth: J[0] acts first"
    yield Row("maps that carry a turning frame", ", ".join(short(e) for e in found), law, gap < 1e-2)


def q3_volume(spectrum: Function) -> Iterator[Row]:
    """Sum rule, and whether the directions stay apart."""
    maps = _maps()
    found = numbers(spectrum(maps, 1.0, 50))
    alike = np.ptp(found) < 0.05
    yours = ", ".join(short(e) for e in found)
    law = "apart: vectors that are only shortened all turn into the fastest"
    yield Row("your exponents", yours, law, not alike)
    volume = np.log(np.abs(np.linalg.det(maps[50:]))).mean()
    law = "the mean log of the volume change, over the same maps"
    yield Row("sum rule", f"your sum is {short(found.sum())}", law, abs(found.sum() - volume) < 1e-2)


def q3_time(spectrum: Function) -> Iterator[Row]:
    """Units of time, and the maps that do not count."""
    maps = _maps()
    base, slow = (numbers(spectrum(maps, dt, 50)) for dt in (1.0, 2.0))
    ratio = slow[0] / base[0]
    yield Row("twice as long a step", f"first exponent times {short(ratio)}", "half of it", abs(ratio - 0.5) < 1e-3)
    other = maps.copy()
    other[:50] *= 3.0
    moved = np.abs(numbers(spectrum(other, 1.0, 50)) - base).max()
    yield Row("tripled maps before skip", f"exponents move by {short(moved)}", "they do not count", moved < 1e-3)
