"""Question 6, the mistake that looks right: slow is taken for fixed.

Networks x' = -x + W r(x) + b with r(x) = x / sqrt(1 + x^2) and W = u v' (u of length one, four to seven units): every
unit hears every other, yet a state x = u m + b0 rests where one number obeys G(m) + c = 0, with b = b0 + c u and
G(m) = v . r(u m + b0) - m. So all rest points are known by a scan of one line, whatever a search says, and so is the
speed |G(m) + c| along it. The constant c puts a local extremum of G (a fold) a drawn distance above zero or below: two
rest points, or none and a ghost whose least speed is that distance.

Twenty networks a student, in drawn order: six with two rest points within the radius (the extremum 10**-3.5 to 10**-2
from zero; three searches begin beside the stable one, three beside the other), four with an unstable one within the
radius and its stable twin outside (10**-1.9 to 10**-1.4: nothing but existence was asked), ten ghosts, two of them
with speeds of 10**-4.8 to 10**-4.2 (a limit of 1e-4 is wrong twice, which is once too often), three of 10**-3.5 to
10**-2.85 and five up to 10**-1.3. A rest point lies within 0.7 of the radius, or none within 1.4; any other rest point
is further than that too, so a search that ends at one has left the place it was asked about.

Answers that do not look earn nothing: "not at rest" counts where three of the ten rest points are found (and what is
returned there is no faster than where the search began), "at rest" where three of the ten ghosts are seen through.
Speed below 1e-9, which float64 reaches with three digits to spare and float32 misses by ten. The library's search in
this very field would be right as well (analysis and dynamics are closed); its networks take tanh for r, and with it the
folds are elsewhere, so that a search in one of them tells nothing. tests/assignments recomputes this.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, parts
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import pin_down

STILL, SHARE, OTHERS = 1e-9, 0.9, 0.3
PLANS = {  # how many of each, and how far the fold is from zero, in powers of ten
    "pair, valley": (3, (-3.5, -2.0)),
    "pair, ridge": (3, (-3.5, -2.0)),
    "ridge": (4, (-1.9, -1.4)),
    "faintest": (2, (-4.8, -4.2)),
    "faint": (3, (-3.5, -2.85)),
    "ghost": (5, (-2.85, -1.3)),
}
ROOTS = ("pair, valley", "pair, ridge", "ridge")
LINE = np.linspace(-15, 15, 4001)

SENTENCES = {
    "ghosts": (
        "{seen} However small a limit on the speed is, there is a ghost below it: what tells a rest point is that the "
        "speed falls to zero."
    ),
    "roots": ("{seen} Two rest points may lie close to each other, and one that does not attract is at rest as well."),
    "at-rest": (
        "Where you say that something rests, the state you return {seen}. It has to lie within the radius and to have "
        "a speed below 1e-9, which takes float64 and a few Newton steps."
    ),
}
SEEN = {
    "none": "There has to be a pair: a state, and True or False.",
    "slow": "Of ten places where nothing rests within the radius you call one at rest whose state moves with "
    "{speed:.2g}: within {wait:.0f} time units it has gone its own length away.",
    "away": "Of ten places where nothing rests within the radius you call one at rest, and return a state {far:.3g} "
    "radii away.",
    "missed": "At one of ten places with a rest point within the radius you find none; the state that you return "
    "moves with {speed:.2g}.",
    "all no": "You call hardly any place at rest. That is right at every ghost, and tells nothing.",
    "all yes": "You call nearly every place at rest. That is right at every rest point, and tells nothing.",
    "moves": "moves with {speed:.2g}",
    "far": "lies {far:.3g} radii away",
    "no": "is none: you say so nowhere, or it is no state",
}


def rate(x: np.ndarray) -> np.ndarray:
    """r(x), which saturates more gently than tanh."""
    return x / np.hypot(1, x)


def draw(rng: np.random.Generator) -> list[Case]:
    """Twenty networks in drawn order; what they are stands in their facts alone."""
    plan = [kind for kind, (count, _) in PLANS.items() for _ in range(count)]
    return [_case(rng, kind) for kind in rng.permutation(plan)]


def _case(rng, kind):
    found = None
    while found is None:
        found = _network(rng, str(kind))
    W, b, x, radius, facts = found
    return Case("network", (W, b, x, radius), pin_down(W, b, x, radius), {"kind": str(kind), **facts})


def _network(rng, kind):
    """W (N, N), b (N,), x (N,), radius, facts; or None where the drawn line has no such fold."""
    n = int(rng.integers(4, 8))
    u = rng.choice([-1, 1], n) * rng.uniform(0.5, 1.5, n)
    u /= np.linalg.norm(u)
    v = u * rng.uniform(2.0, 2.8) + 0.3 * rng.normal(size=n)
    b0 = 0.3 * rng.normal(size=n)
    G = rate(LINE[:, None] * u + b0) @ v - LINE
    folds = np.flatnonzero((G[1:-1] - G[:-2]) * (G[2:] - G[1:-1]) < 0) + 1
    if not len(folds):
        return None
    k = int(rng.choice(folds))
    sign = np.sign(G[k] - G[k - 1])  # 1 at a local maximum
    off = 10 ** rng.uniform(*PLANS[kind][1])
    c = -G[k] + sign * (off if kind in ROOTS else -off)
    rests = roots(u, v, b0, c)
    placed = _place(rng, kind, rests[np.argsort(np.abs(rests - LINE[k]))], LINE[k], u, v, b0)
    if placed is None:
        return None
    m, radius = placed
    x = u * m + b0 + 0.1 * radius * rng.normal(size=n) / np.sqrt(n)
    away = np.linalg.norm(u * rests[:, None] + b0 - x, axis=1) / radius
    near = away < 0.7
    if near.any() != (kind in ROOTS) or np.any((away > 0.7) & (away < 1.4)):
        return None
    if (kind.startswith("pair")) != (near.sum() == 2):
        return None
    return np.outer(u, v), b0 + c * u, x, radius, {"rests": bool(near.any()), "off": off}


def roots(u, v, b0, c):
    """All m with v . r(u m + b0) - m + c = 0: by sign on the line, then bisection."""
    values = rate(LINE[:, None] * u + b0) @ v - LINE + c
    crossings = np.flatnonzero(values[1:] * values[:-1] < 0)
    low, high, left = LINE[crossings], LINE[crossings + 1], values[crossings]
    for _ in range(50):
        middle = (low + high) / 2
        here = rate(middle[:, None] * u + b0) @ v - middle + c
        same = here * left > 0
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return (low + high) / 2


def _place(rng, kind, rests, fold, u, v, b0):
    """Where on the line the search begins, and its radius; rests by their distance from the fold."""
    radius = round(float(rng.uniform(0.35, 0.5)), 3)
    if kind not in ROOTS:
        return (fold + rng.uniform(-0.3, 0.3) * radius, radius) if np.abs(rests - fold).min() > 2 * radius else None
    if len(rests) < 2:
        return None
    twins = rests[:2]
    gap = abs(twins[0] - twins[1])
    slope = (1 + (twins[:, None] * u + b0) ** 2) ** -1.5 @ (u * v) - 1
    if slope.max() < 0:
        return None
    ridge, valley = twins[slope.argmax()], twins[slope.argmin()]
    if kind.startswith("pair"):
        begin = ridge if kind == "pair, ridge" else valley
        return (begin + 0.2 * radius * np.sign(begin - fold), radius) if gap < 0.8 * radius else None
    radius = round(float(0.6 * gap), 3)
    return (ridge + rng.uniform(0, 0.4) * radius * np.sign(ridge - valley), radius) if radius > 0.15 else None


def _read(case, value):
    """State (N,), whether it is said to rest; None for what is no such pair."""
    pair = parts(value, 2)
    if pair is None:
        return None
    state, said = array(pair[0]), array(pair[1])
    if state is None or said is None or state.size != len(case.inputs[1]) or said.size != 1:
        return None
    return state.reshape(-1), bool(said.reshape(())[()])


def _figures(case, state):
    """Speed of a state, and its distance from the place that was asked about, in radii."""
    W, b, x, radius = case.inputs
    speed = float(np.linalg.norm(W @ rate(state) + b - state))
    return speed, float(np.linalg.norm(state - x) / radius)


def _verdict(case, value):
    """Whether it is said rightly that something rests, or that nothing does."""
    answer = _read(case, value)
    if answer is None:
        return False, {"seen": SEEN["none"]}
    speed, far = _figures(case, answer[0])
    kind = "missed" if case.facts["rests"] else "slow" if far <= 1.05 else "away"
    seen = SEEN[kind].format(speed=speed, far=far, wait=1 / max(speed, 1e-12))
    return answer[1] == case.facts["rests"], {"seen": seen}


def _sound(case, value):
    """A right verdict, whose state is no faster than where the search began if it is said to rest."""
    if not _verdict(case, value)[0]:
        return False
    return not case.facts["rests"] or _figures(case, _read(case, value)[0])[0] <= _figures(case, case.inputs[2])[0]


def _share(holds, rests, others=0.0):
    """Nine of ten of the places with, or without, something at rest, and a share of the other verdicts."""
    most, some = per_case(holds, share=SHARE), per_case(_sound, share=others)

    def test(evidence):
        found = most([pair for pair in evidence if pair[0].facts["rests"] == rests])
        if found.ok and not some([pair for pair in evidence if pair[0].facts["rests"] != rests]).ok:
            return Finding(False, 0, found.of, {"seen": SEEN["all yes" if rests else "all no"]})
        return found

    return test


def _at_rest(case, value):
    answer = _read(case, value)
    if answer is None or not answer[1]:
        return False, {"seen": SEEN["no"]}
    speed, far = _figures(case, answer[0])
    seen = SEEN["far" if far > 1 else "moves"].format(speed=speed, far=far)
    return speed < STILL and far <= 1 + 1e-6, {"seen": seen}


def guard_miss(case: Case, value) -> float:
    """Infinite for a wrong verdict."""
    answer = _read(case, value)
    return 0.0 if answer is not None and answer[1] == case.facts["rests"] else float("inf")


def _below_a_thousandth(W, b, x, radius):
    """A few steps downhill, and a limit on the speed."""
    eye = np.eye(len(b))
    for _ in range(6):
        J = W * (1 + x**2) ** -1.5 - eye
        x = x - np.linalg.solve(J.T @ J + 1e-3 * eye, J.T @ (W @ rate(x) + b - x))
    return x, np.linalg.norm(W @ rate(x) + b - x) < 1e-3


QUESTION = Question(
    name="q6",
    title="The ghost of a memory",
    function="pin_down",
    draw=Guarded(draw, guard_miss, {"below a thousandth": _below_a_thousandth}, on=2),
    properties=(
        Property("ghosts", 6, _share(_verdict, rests=False, others=OTHERS)),
        Property("roots", 3, _share(_verdict, rests=True, others=OTHERS)),
        Property("at-rest", 3, _share(_at_rest, rests=True)),
    ),
    sentences=SENTENCES,
    cpu_seconds=4.0,
)
