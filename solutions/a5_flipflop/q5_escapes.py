"""Question 5: ways out of a rest point that can be taken in time, of flows and of maps.

The library counts every unstable direction (`analysis.fixed_points`, saddle_index): two lines with an eigenvalue
solver in them. Here a direction counts if a displacement along it grows by more than e within a given wait, which the
library does not ask; every drawn matrix has two modes that grow too slowly, so that its count is wrong on all.

Modes are placed by their growth times the wait: fast ones at 1.4 to 4, one of them below 2 (a rule that wants a factor
of ten, 2.3, misses it), slow ones at 0.15 to 0.6 and at 0.75 to 0.85 (a rule that takes the growth of one iteration
for a rate counts the latter when the wait is one), dying ones below -0.3, a pair that turns fast among them (its
modulus is large). So the nearest mode is 15 % from the boundary; single precision moves none by more than 0.1 %.

"flow" and "map" hide the modes by a rotation: the matrix is normal, its symmetric part and its singular values tell
much of the truth. "sheared" hides them by axes that lie close to each other, and there they tell none. Five matrices
come at once, as many rest points would give them, with 0 to 4 ways out in drawn order: no number fits two of them, and
a rule that is wrong seldom gives five numbers that another one gives. tests/assignments recomputes these.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import escapes

SHEAR = (30.0, 80.0)  # condition of the axes

SENTENCES = {
    "flow": (
        "{seen} Think of a mode that turns while it dies or grows: which part of its eigenvalue says how fast, when "
        "time is continuous?"
    ),
    "map": (
        "{seen} A map acts once an iteration: think of a mode that jumps from side to side or turns, and of what is "
        "left of it after as many iterations as the wait has."
    ),
    "sheared": (
        "{seen} Where the axes of the modes lie close to each other a displacement may grow for a while and then die; "
        "nothing but the modes themselves tells which growth lasts."
    ),
}
SEEN = {
    "form": "For five matrices you return {shape}; one count a matrix is wanted.",
    "more": "Of one stack of five matrices, each a {kind}, {right} of your counts are right, and all together you "
    "count too many ways out.",
    "fewer": "Of one stack of five matrices, each a {kind}, {right} of your counts are right, and all together you "
    "count no more ways out than there are.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two flows, three maps, one of them with a wait of one, then a sheared one of each kind; five matrices each."""
    plans = [("flow", False), ("map", True), ("flow", False), ("map", False), ("map", False)]
    cases = [_case(rng, kind, kind, at_once=at_once) for kind, at_once in plans]
    return cases + [_case(rng, "sheared", kind) for kind in ("flow", "map")]


def _case(rng, stratum, kind, at_once=False):
    wait = round(float(rng.uniform(2, 12)), 2) if kind == "flow" else 1 if at_once else int(rng.integers(3, 9))
    n = int(rng.integers(9, 11))
    J = np.stack([_matrix(rng, kind, wait, count, n, stratum == "sheared") for count in rng.permutation(5)])
    return Case(stratum, (J, kind, wait), escapes(J, kind, wait))


def _matrix(rng, kind, wait, count, n, sheared=False):
    """(n, n) with `count` modes that grow by e within the wait, two that grow too slowly, and dying ones."""
    grown = np.concatenate([rng.uniform(1.4, 2.0, min(count, 1)), rng.uniform(1.4, 4, max(count - 1, 0))])
    groups = [
        (grown, count >= 2),
        (rng.uniform([0.75, 0.15], [0.85, 0.6]), False),
        (-rng.uniform(0.3, 3, n - count - 2), True),
    ]
    blocks = np.zeros((n, n))
    place = 0
    for growth, turns in groups:
        while len(growth):
            if turns and len(growth) >= 2:  # one pair that turns a group; the others are real
                blocks[place : place + 2, place : place + 2] = _pair(rng, kind, growth[0] / wait)
                growth, place, turns = growth[2:], place + 2, False
            else:
                rate = growth[0] / wait
                blocks[place, place] = rate if kind == "flow" else rng.choice([-1, 1]) * np.exp(rate)
                growth, place = growth[1:], place + 1
    axes = np.linalg.qr(rng.normal(size=(n, n)))[0]
    if sheared:
        narrow = np.geomspace(1, 1 / rng.uniform(*SHEAR), n)[rng.permutation(n)]
        axes = axes * narrow @ np.linalg.qr(rng.normal(size=(n, n)))[0]
    return axes @ blocks @ np.linalg.inv(axes)


def _pair(rng, kind, rate):
    """A mode that turns: (2, 2)."""
    if kind == "flow":
        turn = rng.choice([-1, 1]) * rng.uniform(2.5, 5)
        return np.array([[rate, -turn], [turn, rate]])
    angle = rng.uniform(1.8, 2.8)  # past a quarter turn: its real part is negative
    return np.exp(rate) * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _right(case, value):
    wanted, found = case.expected, array(value)
    if found is None or found.size != wanted.size:
        shape = "nothing readable" if found is None else f"an answer of shape {np.shape(value)}"
        return False, {"seen": SEEN["form"].format(shape=shape)}
    found = found.reshape(wanted.shape)
    right, more = int((found == wanted).sum()), found.sum() > wanted.sum()
    seen = SEEN["more" if more else "fewer"].format(right=right, kind=case.inputs[1])
    return right == wanted.size, {"seen": seen}


def guard_miss(case: Case, value) -> float:
    """Infinite for a wrong count."""
    return 0.0 if _right(case, np.asarray(value))[0] else float("inf")


def _symmetric_part(J, kind, wait):
    rates = np.linalg.eigvalsh((J + np.swapaxes(J, -1, -2)) / 2)
    return np.sum((rates if kind == "flow" else np.log(np.abs(rates))) * wait > 1, axis=-1)


def _grown_for_a_while(J, kind, wait):
    modes, axes = np.linalg.eig(J)
    grown = np.exp(modes * wait) if kind == "flow" else modes**wait
    whole = (axes * grown[..., None, :]) @ np.linalg.inv(axes)
    return np.sum(np.linalg.svd(whole, compute_uv=False) > np.e, axis=-1)


def _diagonal(J, kind, wait):
    entries = np.diagonal(J, axis1=-2, axis2=-1)
    return np.sum((entries if kind == "flow" else np.log(np.abs(entries))) * wait > 1, axis=-1)


CRITICAL = {"symmetric part": _symmetric_part, "grown for a while": _grown_for_a_while, "diagonal": _diagonal}

QUESTION = Question(
    name="q5",
    title="How many ways out",
    function="escapes",
    draw=Guarded(draw, guard_miss, CRITICAL, strata=("sheared",)),
    properties=(
        Property("flow", 4, per_case(_right, strata=("flow",))),
        Property("map", 4, per_case(_right, strata=("map",))),
        Property("sheared", 4, per_case(_right, strata=("sheared",))),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
