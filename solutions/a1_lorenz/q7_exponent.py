"""Question 7, open-ended: the largest exponent from a series alone, four systems a student.

Series: stored stretches of six slow and four fast members of the Lorenz family (make_data.py), 100 turns of 32 samples,
seen through a drawn linear map, with a drawn unit of time. Truth: the stretch's own exponent by the tangent method,
along the same steps as the orbit. Over any 100 turns that scatters by 5 (fast) to 15 % (slow), and a burst at an end
moves it by 5 %; the stretches are those that give the whole system's exponent within 3 %, with up to 20 turns left out
at the start and 6 at the end. So learned maps of degree 3 to 5, and a learned velocity, come within 5 % on every
member; where the arrow gets fewer than ten turns to find its direction, one slow series may be off by 8 %.

Quality: the third smallest of the four relative errors, so one unlucky system costs nothing. Over 30 draws learned maps
get 18 points; a divergence curve in the middle of its rise 9 in most, 5 or 14 in the others; in a late window 0 to 9; a
quadratic map 0 or 5; every wrong way 0 (a window in time units 5 or 9 in 3 of 60 draws).

Typed-in numbers: the four exponents lie more than a factor 1.8 apart and span more than two decades, so one constant is
right at most once and a window in time units hardly for three; growth a turn is 0.41 to 0.46 for the slow members and
0.83 or more for the fast ones, so a constant times the turns per time unit is right at most twice (counting turns badly
may earn the first rung). The library's call (analysis.lyapunov_from_data) finds no window on any fast member: 1.75
turns of level slope, which it asks for, are not there when distances grow by e in little more than one turn.
tests/assignments recomputes this.
"""

from pathlib import Path

import numpy as np

from course_lib.staff.grading.guard import array
from course_lib.staff.grading.question import Case, Question, ladder

FAST, SLOW = "fast", "slow"
LADDER = (1.0, 5.0, 25.0, 125.0)  # how far apart the four exponents lie, each moved by a factor of 0.6 to 1.6
RUNGS = (("within-25", 5, -0.25), ("within-15", 4, -0.15), ("within-10", 5, -0.10), ("within-5", 4, -0.05))

SENTENCES = {
    "within-25": "The third best of your four exponents is off by {off} %. {seen}",
    "within-15": (
        "The third best of your four exponents is off by {off} %. That is what a divergence curve gives when its "
        "window holds a little of a bend. {seen}"
    ),
    "within-10": (
        "The third best of your four exponents is off by {off} %. With 100 turns neighbours are not close, so little "
        "growth is left between turning and saturation. {seen}"
    ),
    "within-5": (
        "The third best of your four exponents is off by {off} %. Close neighbours are scarce; what carries a state "
        "over one step can be learned from all states at once. {seen}"
    ),
}
SEEN = {
    "none": "Most of your answers are no finite numbers.",
    "sign": "Most of them are not above zero, and neighbours on these attractors part.",
    "high": "Most are too high: while displacements still turn into the growing direction, or where a direction is "
    "chosen anew at each step, distances rise faster than they grow along an orbit.",
    "low": "Most are too low: is saturation in your window, or is growth counted in another unit (samples, decimal "
    "logarithms)?",
    "mixed": "Some are far too high, others far too low: what you return has to follow each series' unit of time.",
    "near": "Look at where the rest comes from.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two slow and two fast members, in any order of their exponents."""
    with np.load(Path(__file__).parent / "family.npz") as bank:
        kinds = np.where(bank["fast"], FAST, SLOW)
        chosen = [k for kind in (SLOW, FAST) for k in rng.choice(np.flatnonzero(kinds == kind), 2, replace=False)]
        wanted = rng.uniform(0.03, 0.1) * rng.permutation(LADDER) * np.exp(rng.uniform(*np.log([0.6, 1.6]), 4))
        return [
            _case(rng, kinds[k], bank["x"][k].astype(float), bank["dt"][k], bank["exponent"][k], target)
            for k, target in zip(chosen, wanted, strict=True)
        ]


def _case(rng, kind, x, dt, exponent, target):
    """One series whose unit of time makes its exponent the target."""
    left, right = (np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(2))
    seen = (x - x.mean(axis=0)) / x.std() @ left @ np.diag(rng.uniform(0.5, 2, 3)) @ right + rng.normal(size=3)
    return Case(str(kind), (seen, float(dt * exponent / target)), facts={"exponent": float(target)})


def errors(evidence) -> np.ndarray:
    """Signed relative error of each answer, infinite where there is no number."""
    found = [array(answer.value) if answer.status == "ok" else None for _, answer in evidence]
    values = [np.inf if value is None or value.size != 1 else float(value.reshape(())) for value in found]
    return np.array([value / case.facts["exponent"] - 1 for (case, _), value in zip(evidence, values, strict=True)])


def quality(evidence):
    """The third smallest error, negative, and what the four have in common."""
    off = errors(evidence)
    third = float(np.sort(np.abs(off))[2])
    if np.isfinite(off).sum() < 3:
        seen = "none"
    elif np.sum(off <= -1) >= 2:
        seen = "sign"
    elif off.min() < -0.25 and off.max() > 0.25 and third > 0.25:
        seen = "mixed"
    elif np.sum(off > 0.05) >= 3:
        seen = "high"
    else:
        seen = "low" if np.sum(off < -0.05) >= 3 else "near"
    return -third, {"off": f"{100 * third:.0f}" if np.isfinite(third) else "100 or more", "seen": SEEN[seen]}


QUESTION = Question(
    name="q7",
    title="An exponent from data alone",
    function="exponent_from_series",
    draw=draw,
    properties=ladder(quality, RUNGS),
    sentences=SENTENCES,
    cpu_seconds=10.0,
)
