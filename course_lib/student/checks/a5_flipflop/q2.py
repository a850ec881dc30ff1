"""Visible checks of question 2: 98 % of the bits."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
TRIALS, STEPS, BITS, MARGIN = 10, 40, 2, 0.25


def _perfect() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs, targets and mask of ten trials of forty steps; every memory is asked for a hundred times."""
    word = (np.arange(TRIALS)[:, None] + np.arange(STEPS) // 10) % 4
    y = np.where((word[..., None] >> np.arange(BITS)) & 1, 1.0, -1.0)
    return 0.9 * y, y, np.ones((TRIALS, STEPS), dtype=bool)


def _scores(memory_scores: Function, y_hat: np.ndarray, y: np.ndarray, valid: np.ndarray) -> np.ndarray:
    return numbers(memory_scores(y_hat.copy(), y.copy(), valid.copy(), MARGIN)).reshape(3)


def _lost(share: float, of: int) -> str:
    """A share as so many of a number, lost."""
    return f"{short(round((1 - share) * of, 3))} of {of} lost"


def q2_form(memory_scores: Function) -> Iterator[Row]:
    """Three numbers, and outputs without a fault."""
    answer = memory_scores(*_perfect(), MARGIN)
    size = len(answer) if isinstance(answer, tuple | list) else numbers(answer).size
    yield Row("form of the answer", f"{size} numbers", "three: bits, trials, corners", size == 3)
    bits, trials, corners = _scores(memory_scores, *_perfect())
    finite = bool(np.isfinite([bits, trials, corners]).all())
    yield Row("finite numbers", f"{short(bits)}, {short(trials)}, {short(corners)}", "no division by nothing", finite)
    yours = f"bits {short(bits)}, trials {short(trials)}"
    yield Row("outputs without a fault", yours, "all of them", bool(bits == trials == 1))
    law = "4: the number of the memories, not their share"
    yield Row("outputs without a fault, four memories", f"corners {short(corners)}", law, bool(corners == 4))


def q2_one(memory_scores: Function) -> Iterator[Row]:
    """One bit on the wrong side at one step, and all of them."""
    y_hat, y, valid = _perfect()
    y_hat[3, 17, 1] *= -1
    bits, trials, _ = _scores(memory_scores, y_hat, y, valid)
    whole = TRIALS * STEPS * BITS
    yield Row("one bit wrong at one step: bits", _lost(bits, whole), "one", abs((1 - bits) * whole - 1) < 1e-3)
    law = "one: a trial needs all of it"
    yield Row("one bit wrong at one step: trials", _lost(trials, TRIALS), law, abs((1 - trials) * TRIALS - 1) < 1e-6)
    bits = _scores(memory_scores, -_perfect()[0], y, valid)[0]
    yield Row("all outputs on the other side: bits", _lost(bits, whole), "all of them", abs(bits) < 1e-9)


def q2_margin(memory_scores: Function) -> Iterator[Row]:
    """How far from zero, and how far from the target."""
    whole = TRIALS * STEPS * BITS
    for name, height, wanted in (
        ("outputs of half the margin, on the right side", 0.5 * MARGIN, 0),
        ("outputs of nearly twice the margin", 1.9 * MARGIN, 1),
        ("outputs of three, beyond their targets", 3.0, 1),
    ):
        _, y, valid = _perfect()
        bits = _scores(memory_scores, height * y, y, valid)[0]
        law = "none: further than the margin is far enough" if wanted else "all of them: too near to zero to be read"
        yield Row(name, _lost(bits, whole), law, abs(bits - wanted) < 1e-9)


def q2_memories(memory_scores: Function) -> Iterator[Row]:
    """Which memories are kept."""
    for count, kept, law in (
        (2, 4, "4: two faults in a hundred steps are allowed"),
        (8, 3, "3: eight times in a hundred this memory was not whole"),
    ):
        y_hat, y, valid = _perfect()
        steps = np.argwhere((y > 0).all(axis=-1))[: 12 * count : 12]
        y_hat[steps[:, 0], steps[:, 1], np.arange(count) % BITS] *= -1
        corners = _scores(memory_scores, y_hat, y, valid)[2]
        yield Row(f"{count} single faults while one memory is asked", short(corners), law, bool(corners == kept))
    y_hat, y, valid = _perfect()
    steps = np.argwhere((y > 0).all(axis=-1))
    y_hat[steps[:, 0], steps[:, 1], 0] *= -1
    corners = _scores(memory_scores, y_hat, y, valid)[2]
    law = "3: only the memory that was asked for is lost"
    yield Row("one memory always answered by another", short(corners), law, bool(corners == 3))
    y[..., 0] = -1
    corners = _scores(memory_scores, 0.9 * y, y, valid)[2]
    law = "2: of the others nothing is known"
    yield Row("no fault, two memories never asked for", short(corners), law, bool(corners == 2))


def q2_mask(memory_scores: Function) -> Iterator[Row]:
    """Steps that do not count."""
    y_hat, y, valid = _perfect()
    valid[:, ::4] = False
    y_hat[:, ::4] *= -1
    found = _scores(memory_scores, y_hat, y, valid)
    yours = f"bits {short(found[0])}, trials {short(found[1])}, corners {short(found[2])}"
    law = "1, 1 and 4: nobody asked there"
    yield Row("wrong at masked steps only", yours, law, bool(np.abs(found - [1, 1, 4]).max() < 1e-9))
    y_hat, y, valid = _perfect()
    valid[0, 4:] = False
    y_hat[0, :4, 0] *= -1
    count = int(valid.sum()) * BITS
    bits = _scores(memory_scores, y_hat, y, valid)[0]
    law = "four: each valid bit counts once"
    yield Row("a short trial with four wrong bits", _lost(bits, count), law, abs((1 - bits) * count - 4) < 1e-3)
