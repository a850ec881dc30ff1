"""Question 3: the best weights of a training, not the last ones under the name of the best.

The library's loop keeps the best score of a model by itself; here the loop is the question, and what it is given are
two calls and a dictionary of arrays that are changed in place (the kind "training" of course_lib.student.cases: a
recorded training, so that the same losses come whatever is done, and the order of the calls is known).

Cases: a valley in the middle and one with a rise before it ("valley", "rise": stopping at the first rise is seen), the
best at the first and at the last epoch ("ends"), a tie ("tie"), and NaN at the first epoch, just before the best and
after it ("nan"). Weights count where epoch and loss are beyond doubt, so not for the tie and NaN: each slip costs its
own points. Values are copies, hence 1e-5 of their size (single precision); neighbouring epochs differ by more than
1e-2 (tests/assignments). Nothing has to be guarded but that losses never come near each other: they are drawn apart.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, parts
from course_lib.staff.grading.question import Case, Property, Question, per_case
from course_lib.student.cases import build

from .reference import keep_best

EXACT = 1e-5
SHAPES = {"W": (4, 4), "b": (4,), "C": (2, 4), "d": (2,)}

SENTENCES = {
    "weights": "You report epoch {epoch} with loss {loss}, and the weights that you hand back are {whose}. {seen}",
    "epoch": (
        "You report epoch {epoch} with loss {loss}. {seen} Epochs are counted from 1 to n, every one of them counts, "
        "and of equal losses the earliest wins."
    ),
    "nan": (
        "With a validation that is NaN now and then you report epoch {epoch} with loss {loss}. {seen} NaN is neither "
        "smaller nor larger than anything: it is never the best, and it ends nothing."
    ),
    "once": (
        "For {n} epochs your calls were: `step` {steps}, `validate` {validations}, {order}. Each epoch is one "
        "step and then one look, no more: a look costs time, and it may be noisy."
    ),
}
SEEN = {
    "alias": "Training goes on changing the arrays in place: what is to stay has to be another array.",
    "together": "They belong together, but another epoch was better.",
    "apart": "Weights, epoch and loss belong to one moment: right after the validation that says it is the best.",
    "none": "These are not a whole number and a finite loss.",
    "outside": "There is no such epoch.",
    "other": "This loss was not that of this epoch.",
    "later": "The same loss came before.",
    "lower": "Another epoch had a lower one.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Seven trainings of 8 to 25 epochs."""
    n = int(rng.integers(14, 26))
    place = int(rng.integers(6, n - 3))
    valley = _falling(rng, n, place)
    rise = _falling(rng, n, place)
    early = int(rng.integers(2, 5))
    rise[early + 1] = rise[early] + rng.uniform(0.05, 0.2)
    first = np.sort(rng.uniform(0.3, 1.5, 10)) + 0.01 * np.arange(10)
    first[0] = first[-1] + 0.3
    last = _falling(rng, 12, 12)
    tie = _falling(rng, n, place)
    tie[place + 2] = tie[place]
    begins, between = _falling(rng, n, place), _falling(rng, n, place)
    begins[[1, place + 1]] = np.nan
    between[[place - 1, n]] = np.nan
    named = [("valley", valley), ("rise", rise), ("ends", first), ("ends", last), ("tie", tie)]
    return [_case(rng, stratum, losses) for stratum, losses in [*named, ("nan", begins), ("nan", between)]]


def _falling(rng, n, place):
    """Losses before (entry 0) and after each of n epochs: they fall until `place` and rise from there, (n + 1,)."""
    steps = rng.uniform(0.02, 0.12, n)
    steps[:place] *= -1
    return 3.0 + np.concatenate([[0.0], np.cumsum(steps)])


def _case(rng, stratum, losses):
    n = len(losses) - 1
    names = sorted(rng.permutation(list(SHAPES))[: rng.integers(2, 5)])
    start = {name: rng.normal(size=SHAPES[name]) for name in names}
    changes = {name: rng.normal(size=(n, *SHAPES[name])) / 3 for name in names}
    look = {name: rng.normal(size=SHAPES[name]) for name in names}
    # the first array of all moves on along the look by one each epoch, so that no two epochs look alike
    one = look[names[0]]
    moved = sum(np.tensordot(changes[name], look[name], axes=look[name].ndim) for name in names)
    changes[names[0]] += (1 - moved).reshape(-1, *[1] * one.ndim) * one / np.vdot(one, one)
    table = {"kind": "training", "start": start, "changes": changes, "look": look, "losses": losses}
    weights = [np.concatenate([_after(start, changes, name, k).reshape(-1) for name in names]) for k in range(n + 1)]
    expected = build(table).call(keep_best, n)
    return Case(stratum, (table, n), expected, {"weights": np.stack(weights), "losses": losses})


def _after(start, changes, name, k):
    return start[name] + changes[name][:k].sum(axis=0)


def _read(case, value):
    """Weights as one row, epoch, loss and calls of an answer; None for each that is missing or not finite."""
    found = parts(value, 4)
    if found is None:
        return None, None, None, None
    pieces = found[0] if isinstance(found[0], tuple | np.ndarray) else ()
    arrays = [array(piece) for piece in pieces]
    sizes = [piece.size for piece in case.expected[0]]
    right = len(arrays) == len(sizes) and all(a is not None and a.size == s for a, s in zip(arrays, sizes, strict=True))
    weights = np.concatenate([piece.reshape(-1) for piece in arrays]) if right else None
    epoch, loss = (array(part) for part in found[1:3])
    epoch, loss = (float(x.reshape(())) if x is not None and x.size == 1 else None for x in (epoch, loss))
    return weights, epoch, loss, array(found[3])


def _weights(case, value):
    """The weights are those of the best epoch; otherwise whose they are."""
    weights, epoch, loss, _ = _read(case, value)
    figures = {"epoch": _said(epoch), "loss": _said(loss), "whose": "no arrays of the right names and shapes"}
    figures["seen"] = SEEN["apart"]
    if weights is None:
        return False, figures
    off = np.abs(case.facts["weights"] - weights).max(axis=1)
    best, n = int(case.expected[1]), len(off) - 1
    whose = int(off.argmin())
    names = {n: "those of the last epoch", 0: "those from before the training"}
    figures["whose"] = names.get(whose, f"those of epoch {whose}") if off.min() < EXACT else "those of no epoch at all"
    figures["seen"] = SEEN["together" if whose == epoch else "alias" if whose == n else "apart"]
    return off[best] <= EXACT * max(1.0, np.abs(weights).max()), figures


def _said(number):
    return "none" if number is None else f"{number:.3g}"


def _epoch(case, value):
    _, epoch, loss, _ = _read(case, value)
    losses, best = case.facts["losses"], int(case.expected[1])
    figures = {"epoch": _said(epoch), "loss": _said(loss)}
    if epoch is None or loss is None:
        return False, {**figures, "seen": SEEN["none"]}
    if epoch != round(epoch) or not 1 <= epoch < len(losses):
        return False, {**figures, "seen": SEEN["outside"]}
    mine = losses[int(epoch)]
    right_loss = abs(mine - loss) <= EXACT
    seen = SEEN["lower" if mine > losses[best] else "later"] if right_loss else SEEN["other"]
    return bool(epoch == best and right_loss), {**figures, "seen": seen}


def _once(case, value):
    calls, n = _read(case, value)[3], case.inputs[1]
    if calls is None or not calls.size:
        return False, {"n": n, "steps": "no", "validations": "no", "order": "as far as can be seen"}
    steps = int(calls.sum())
    turns = "not always in turn"
    if (np.abs(np.diff(calls)) == 1).all():
        turns = "in turn, and the look comes first" if calls[0] == 0 else "in turn"
    figures = {"n": n, "steps": steps, "validations": calls.size - steps, "order": turns}
    return np.array_equal(calls, np.tile([1.0, 0.0], n)), figures


def guard_miss(case: Case, value) -> float:
    """Infinite when epoch or loss is wrong: there is no nearly."""
    return 0.0 if _epoch(case, value)[0] is True else float("inf")


def _until_the_first_rise(step, validate, state, n):
    losses = []
    for _ in range(n):
        step(state)
        losses.append(validate(state))
        if len(losses) > 1 and losses[-1] > losses[-2]:
            break
    return dict(state), int(np.argmin(losses)) + 1, min(losses)


def _through(function):
    """The function as a case calls it: table and number of epochs."""
    return lambda table, n: build(table).call(function, n)


QUESTION = Question(
    name="q3",
    title="Keep the best, not the last",
    function="keep_best",
    draw=Guarded(draw, guard_miss, {"until the first rise": _through(_until_the_first_rise)}, strata=("rise",)),
    properties=(
        Property("weights", 6, per_case(_weights, strata=("valley", "rise", "ends"))),
        Property("epoch", 3, per_case(_epoch, strata=("valley", "rise", "ends", "tie"))),
        Property("nan", 3, per_case(_epoch, strata=("nan",))),
        Property("once", 2, per_case(_once), needs="epoch"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
