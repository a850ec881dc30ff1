"""Visible checks of question 3: a ridge readout with weights and a free offset."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.checks.a2_ctrnn.figures import plain

Function = Callable[..., Any]
LAM = 0.6
Data = tuple[np.ndarray, np.ndarray, np.ndarray]


def _data() -> Data:
    """150 rows of 4 units and 2 outputs; the first twenty without weight, the others weighted 1 or 2."""
    rng = np.random.default_rng(3)
    h = rng.normal(size=(150, 4)) * [0.6, 1.0, 1.5, 2.0] + 0.8 * rng.normal(size=(150, 1))
    y = h @ rng.normal(size=(4, 2)) + 0.4 * h[:, :1] ** 2 + 0.5 * rng.normal(size=(150, 2)) + [1.0, -2.0]
    weight = np.where(h[:, 0] + h[:, 1] > 0, 2.0, 1.0)
    weight[:20] = 0
    return h, y, weight


def _answer(ridge: Function, h: np.ndarray, y: np.ndarray, weight: np.ndarray, lam: float = LAM) -> list[np.ndarray]:
    C, d = ridge(h.copy(), y.copy(), weight.copy(), lam)
    return [numbers(C).reshape(y.shape[1], h.shape[1]), numbers(d).reshape(y.shape[1])]


def _changed(ridge: Function, base: np.ndarray, *data: Any) -> float:
    """By how much C changes, in per cent."""
    return float(100 * np.linalg.norm(_answer(ridge, *data)[0] - base) / np.linalg.norm(base))


def _row(what: str, change: float, law: str) -> Row:
    return Row(what, f"your C changes by {plain(change)} %", law, change < 0.3)


def q3_form(ridge: Function) -> Iterator[Row]:
    """The pair and its shapes."""
    answer = ridge(*_data(), LAM)
    pair = isinstance(answer, tuple | list) and len(answer) == 2
    found = [numbers(part).shape for part in answer] if pair else []
    yours = f"C {found[0]}, d {found[1]}" if pair else f"a {type(answer).__name__}, not the pair C, d"
    yield Row("shapes, 4 units, 2 outputs", yours, "C (k, N), d (k,)", found == [(2, 4), (2,)])


def q3_rows(ridge: Function) -> Iterator[Row]:
    """Order and number of rows, and outputs one by one."""
    h, y, weight = _data()
    base = _answer(ridge, h, y, weight)[0]
    turned = _changed(ridge, base, h[::-1], y[::-1], weight[::-1])
    yield _row("rows in reversed order", turned, "not at all: every row counts")
    strong = 200 * LAM
    base_strong = _answer(ridge, h, y, weight, strong)[0]
    twice = _changed(ridge, base_strong, *(np.concatenate([part, part]) for part in (h, y, weight)), strong)
    yield _row("every row written twice", twice, "not at all: a mean is minimised")
    alone = np.concatenate([_answer(ridge, h, y[:, [k]], weight)[0] for k in (0, 1)])
    change = float(100 * np.linalg.norm(alone - base) / np.linalg.norm(base))
    yield _row("each output fitted alone", change, "not at all: a sum over outputs splits")


def q3_weights(ridge: Function) -> Iterator[Row]:
    """What weights mean."""
    h, y, weight = _data()
    base = _answer(ridge, h, y, weight)[0]
    yield _row("all weights twice as large", _changed(ridge, base, h, y, 2 * weight), "not at all: only shares count")
    heavy = weight == 2
    split = [np.concatenate([part, part[heavy]]) for part in (h, y, np.minimum(weight, 1))]
    law = "not at all: weight 2 is twice weight 1"
    yield _row("rows of weight 2 as two of weight 1", _changed(ridge, base, *split), law)
    other = np.where(weight[:, None] == 0, 3.0, h)
    change = _changed(ridge, base, other, y, weight)
    yield _row("other states in rows of weight 0", change, "not at all: they are not there")


def q3_offset(ridge: Function) -> Iterator[Row]:
    """Constants cost nothing."""
    h, y, weight = _data()
    base, before = _answer(ridge, h, y, weight)
    yield _row("5 added to all states", _changed(ridge, base, h + 5, y, weight), "not at all: only d takes it up")
    C, d = _answer(ridge, h, y + 5, weight)
    change = float(100 * np.linalg.norm(C - base) / np.linalg.norm(base))
    yield _row("5 added to all targets", change, "not at all: only d takes it up")
    moved = d - before
    ok = np.abs(moved - 5).max() < 0.02
    yield Row("5 added to all targets", f"your d moves by {short(moved[0])}", "by 5", bool(ok))
    residual = weight @ (y + 5 - (h + 5) @ base.T - _answer(ridge, h + 5, y + 5, weight)[1]) / weight.sum()
    yours = f"{plain(np.abs(residual).max())}"
    yield Row("weighted mean of your residuals", yours, "zero: the offset is free", bool(np.abs(residual).max() < 0.02))
    C, d = _answer(ridge, h, y, weight, 1e8)
    size = np.abs(C).max()
    yield Row("a huge lam", f"slopes up to {plain(size)}", "no slope at all", bool(size < 1e-3))
    gap = np.abs(d - weight @ y / weight.sum()).max()
    yield Row("a huge lam", f"d is {plain(gap)} off", "the weighted mean of y", bool(gap < 0.02))


def q3_cost(ridge: Function) -> Iterator[Row]:
    """The cost at the student's own answer: no other unit of measurement, no multiple, no nudge makes it cheaper."""
    h, y, weight = _data()
    base = _answer(ridge, h, y, weight)[0]
    half = 2 * _answer(ridge, 2 * h, y, weight, 4 * LAM)[0]
    change = float(100 * np.linalg.norm(half - base) / np.linalg.norm(base))
    law = "C halves, its predictions stay"
    ok = change < 0.3
    yield Row("h doubled, lam times four", f"your predictions change by {plain(change)} %", law, ok)
    a, z = (part - np.average(part, axis=0, weights=weight) for part in (h, y))

    def mean(squares: np.ndarray) -> float:
        return float(np.average(squares.sum(axis=1), weights=weight))

    def cost(C: np.ndarray) -> float:
        return mean((z - a @ C.T) ** 2) + LAM * float((C**2).sum())

    said = a @ base.T
    best = mean(said * z) / (mean(said**2) + LAM * float((base**2).sum()))
    yours = f"{short(best)} times your C"
    yield Row("cheapest multiple of your C", yours, "your C itself", abs(best - 1) < 3e-3)
    nudges = [sign * 0.02 * np.eye(8)[k].reshape(2, 4) for k in range(8) for sign in (1, -1)]
    saved = 100 * (1 - min(cost(base + nudge) for nudge in nudges) / cost(base))
    yours = f"saves {short(saved)} % of the cost" if saved > 0 else f"costs {short(-saved)} % more"
    yield Row("nudging one entry of C", yours, "nothing to save", saved < 1e-3)
