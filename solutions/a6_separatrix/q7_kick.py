"""Question 7, open-ended: the smallest kick that sends a network from one memory to the other; the judge runs it.

The answer is a displacement, so the judge trusts no log: it runs start + 1.001 dx until it has come to rest. Four nets
a student out of the stored ones (make_data_nets.py), each with its units in drawn order and with drawn signs: tanh is
odd, so the net stays a net, and no stored answer fits. Drawing needs no right answer: `expected` stays empty.

Quality: the third smallest of the four ratios of lengths, |dx| to the shortest that a long search found, infinite where
the kick does not flip; so one unlucky net costs nothing, and three have to flip. Kept are nets on which the straight
way, the way to the saddle, its right eigenvector and the best axis are all 1.36 times too long or more, and the left
eigenvector at most 1.02 times: 5 points or 18 whatever the draw. The best of forty random directions gets 5 or 9,
turning the best one so far at random for five rounds 14, now and then 9. tests/assignments recomputes this.
"""

from pathlib import Path

import numpy as np

from course_lib.staff.grading.guard import array
from course_lib.staff.grading.question import Case, Question, ladder
from course_lib.student.cases import build

RUNGS = (("flips", 5, -3.0), ("within-30", 4, -1.3), ("within-10", 5, -1.1), ("within-2", 4, -1.02))
OVERSHOOT, REST = 1.001, 0.05
DT, T = 0.25, 60.0

SENTENCES = {
    "flips": "{yours} The first points want three nets that flip, with a kick at most 3 times as long as needed. {why}",
    "within-30": "{yours} The next points begin at 1.3. {why}",
    "within-10": "{yours} The next points begin at 1.1. {why}",
    "within-2": "{yours} The last points begin at 1.02. {why}",
}
YOURS = "Of your four kicks {flipped} flip their net, and the third best is {ratio} times as long as needed."
NONE = "Of your four kicks {flipped} flip their net."
WHY = {
    "form": "Wanted are six finite numbers: how far each unit is moved, not where it is moved to.",
    "back": "After the others the state comes back to where it started: they end short of the border.",
    "astray": "Where does yours lead? A kick is added to start, and has to end at the other attractor.",
    "straight": "It points where the other attractor is; the nearest part of the border may lie elsewhere.",
    "long": "In some other direction the border is nearer: it is seen from start at a slant.",
    "near": "What is left is a small turn of the direction, or the last digits of its length.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Four different nets, their units shuffled and turned round."""
    with np.load(Path(__file__).parent / "nets.npz") as bank:
        return [
            _case(rng, {name: bank[name][k] for name in bank.files}) for k in rng.choice(len(bank["best"]), 4, False)
        ]


def _case(rng, net):
    order, sign = rng.permutation(6), rng.choice([-1.0, 1.0], 6)
    field = {
        "kind": "tanh_net",
        "W": np.outer(sign, sign) * net["W"][np.ix_(order, order)],
        "b": sign * net["b"][order],
    }
    start, other = (sign * net[name][order] for name in ("start", "other"))
    attractors = rng.permutation(np.stack([start, other]))
    random = {"kind": "generator", "seed": int(rng.integers(2**31))}
    inputs = (field, {"kind": "jacobian", "of": field}, start, attractors, random)
    return Case("net", inputs, None, {"best": float(net["best"]), "other": other})


def end_of(case: Case, kick: np.ndarray) -> np.ndarray:
    """Where the kicked state is after a long time."""
    f, h = build(case.inputs[0]), case.inputs[2] + OVERSHOOT * kick
    for _ in range(round(T / DT)):
        k1 = f(h)
        k2 = f(h + DT / 2 * k1)
        k3 = f(h + DT / 2 * k2)
        h = h + DT / 6 * (k1 + 2 * k2 + 2 * k3 + f(h + DT * k3))
    return h


def kick_of(value) -> np.ndarray | None:
    """The six numbers of an answer, or None when it is anything else or longer than any net is wide."""
    found = array(value)
    sound = found is not None and found.size == 6 and np.abs(found).max() < 100
    return found.reshape(6) if found is not None and sound else None


def ratio(case: Case, kick: np.ndarray | None) -> float:
    """Length of a kick in units of the shortest one known; infinite for one that does not flip the net."""
    if kick is None or np.linalg.norm(end_of(case, kick) - case.facts["other"]) > REST:
        return np.inf
    return float(np.linalg.norm(kick) / case.facts["best"])


def measure(evidence):
    """The third smallest ratio, negative, and the words for the sentences."""
    kicks = [kick_of(answer.value) if answer.status == "ok" else None for _, answer in evidence]
    ratios = np.array([ratio(case, kick) for (case, _), kick in zip(evidence, kicks, strict=True)])
    third, flipped = float(np.sort(ratios)[2]), int(np.isfinite(ratios).sum())
    yours = (
        YOURS.format(flipped=flipped, ratio=f"{third:.2f}") if flipped >= 3 else NONE.format(flipped=flipped or "none")
    )
    return -third, {"yours": yours, "why": WHY[_why(evidence, kicks, ratios, third)]}


def _why(evidence, kicks, ratios, third):
    if any(kick is None for kick in kicks):
        return "form"
    if np.isfinite(third):
        aims = [case.facts["other"] - case.inputs[2] for case, _ in evidence]
        along = [kick @ aim / np.linalg.norm(kick) / np.linalg.norm(aim) for kick, aim in zip(kicks, aims, strict=True)]
        return "near" if third < 1.1 else "straight" if min(along) > 0.999 else "long"
    failed = [(case, kick) for (case, _), kick, far in zip(evidence, kicks, ratios, strict=True) if np.isinf(far)]
    back = [np.linalg.norm(end_of(case, kick) - case.inputs[2]) < REST for case, kick in failed]
    short = [np.linalg.norm(kick) < 3 * case.facts["best"] for case, kick in failed]
    return "back" if all(back) and all(short) else "astray"


QUESTION = Question(
    name="q7",
    title="The smallest kick",
    function="cheapest_kick",
    draw=draw,
    properties=ladder(measure, RUNGS),
    sentences=SENTENCES,
    cpu_seconds=12.0,
)
