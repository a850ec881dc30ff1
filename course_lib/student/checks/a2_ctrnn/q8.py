"""Visible checks of question 8, a network that forecasts; and `let_go`, to look at what yours does."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.data import data

Function = Callable[..., Any]
UNITS, SHOWN, OFF = 200, 100, 0.5
RUNGS = (
    (0.5, "half a Lyapunov time: 4 points"),
    (2.0, "two Lyapunov times: 8 points"),
    (4.0, "four Lyapunov times: 12 points"),
    (6.0, "six Lyapunov times: 16 points"),
)
NAMES = ("W_rec", "W_in", "b", "C", "d")


def let_go(
    W_rec: np.ndarray, W_in: np.ndarray, b: np.ndarray, C: np.ndarray, d: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Show a network 100 samples of 16 runs that it was not trained on, then leave it to its own forecasts.

    Returns pred (16, 400, 3); truth (16, 500, 3), the samples shown first among them; Lyapunov times per sample.
    """
    given = data("flow")
    truth = given["held_out"].astype(float)
    said = _said(truth, SHOWN, W_rec, W_in, b, C, d)
    return said[:, SHOWN - 1 :], truth, float(given["lyap"])


def _said(truth: np.ndarray, shown: int, W_rec: Any, W_in: Any, b: Any, C: Any, d: Any) -> np.ndarray:
    """Forecasts (runs, time - 1, 3), each of the sample after the last one seen; driven for `shown` samples."""
    receives = np.concatenate([W_in, W_rec, np.reshape(b, (-1, 1))], axis=1)
    h, one = np.zeros((len(truth), len(receives))), np.ones((len(truth), 1))
    said: list[np.ndarray] = []
    for k in range(truth.shape[1] - 1):
        sees = truth[:, k] if k < shown else said[-1]
        h = (h + np.concatenate([sees, np.tanh(h), one], axis=1) @ receives.T) / 2
        said.append(np.einsum("kn,rn->rk", C, np.tanh(h)) + d)
    return np.stack(said, axis=1)


def _trained(train_forecaster: Function) -> list[np.ndarray]:
    """The five arrays, trained on the public runs."""
    answer = train_forecaster(data("flow")["x"].astype(float), np.random.default_rng(0))
    if not isinstance(answer, tuple | list) or len(answer) != 5:
        raise TypeError(f"wanted W_rec, W_in, b, C, d, got {type(answer).__name__}")
    return [numbers(part) for part in answer]


def q8_network(train_forecaster: Function) -> Iterator[Row]:
    """Form, forecasts while driven, and the closed loop; trained once for all of them."""
    parts = _trained(train_forecaster)
    units = parts[2].size
    wanted = {"W_rec": (units, units), "W_in": (units, 3), "b": (units,), "C": (3, units), "d": (3,)}
    for name, part in zip(NAMES, parts, strict=True):
        law = {"W_rec": "(N, N)", "W_in": "(N, 3)", "b": "(N,)", "C": "(3, N)", "d": "(3,)"}[name]
        yield Row(f"shape of {name}", f"{part.shape}, with N = {units}", law, part.shape == wanted[name])
    yield Row("number of units", str(units), f"at most {UNITS}", units <= UNITS)
    finite = all(bool(np.isfinite(part).all()) for part in parts)
    yield Row("finite numbers", "yes" if finite else "no", "in all five arrays", finite)
    yield from _driven(parts)
    yield from _alone(parts)


def _driven(parts: list[np.ndarray]) -> Iterator[Row]:
    """One sample ahead, while the truth is still shown."""
    truth = data("flow")["held_out"].astype(float)[:, :250]
    error = _said(truth, 250, *parts)[:, 50:] - truth[:, 51:]
    still = truth[:, 50:-1] - truth[:, 51:]
    ratio = np.sqrt((error**2).mean() / (still**2).mean())
    size = "below a thousandth of" if ratio < 1e-3 else f"{short(ratio)} times"
    yours = f"error {size} that of the last sample repeated"
    yield Row("driven, one sample ahead", yours, "less than one: better than doing nothing", bool(ratio < 1))


def _alone(parts: list[np.ndarray]) -> Iterator[Row]:
    """How long half of the loops stay within half a standard deviation."""
    with np.errstate(all="ignore"):
        pred, truth, lyap = let_go(*parts)
        inside = np.abs(pred - truth[:, SHOWN:]).max(axis=-1) <= OFF
    kept = np.logical_and.accumulate(inside, axis=1).mean(axis=0) >= 0.5
    horizon = float(kept.sum() * lyap)
    for level, law in RUNGS:
        yield Row("half of the loops are still good", f"after {short(horizon)} Lyapunov times", law, horizon >= level)
