"""Question 4: all rest points of a network of currents, x' = -x + W tanh(x) + b, also those that nobody visits.

The library's networks have the tanh outside the sum, h' = -h + tanh(W h + b): its rest points are other numbers (x = W
h + b), so a search in its network answers nothing here. Its search itself takes any field, and is the reason why
`analysis` and `dynamics` are closed for this set.

Cases are products of bistable units with weak wires between them and units that only listen, in drawn order: two such
units ("nine" rest points), three ("many", 27), two of which one is about to lose two of its three ("pair", 10**-3.2 to
10**-2.6 from the fold, the two 0.05 to 0.13 apart), two of which one has just lost them ("ghost", 3 are left, and a
speed of 10**-3.3 to 10**-2.2 where the others were), and the network given as data ("trained", 16 units and 27 rest
points), its units in drawn order and with drawn signs. Starts are spread evenly over low, middle and high values of
each bistable unit (in the trained one over the mixtures of its memories), six or more for each rest point, so that any
sound search that uses them all arrives everywhere; a net with fewer rest points than it is built for is drawn again.

Tolerances: a listed point is one of the true ones within 0.01 or a fifth of the smallest distance between two; speed
below 1e-9, which float64 reaches with four digits to spare and float32 misses by a hundred; distinct means 1e-3 apart.
tests/assignments recomputes these.
"""

import itertools
from functools import cache

import numpy as np

from course_lib.staff.grading.guard import Guarded, array
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case
from course_lib.student.data import FOLDER

from .reference import resting_states

STILL, APART, SLOW = 1e-9, 1e-3, 0.02
REST_POINTS = {"nine": 9, "many": 27, "pair": 9, "ghost": 3, "trained": 27}
FEWEST = 20  # of the trained network's, with all eight stable ones
DATA = FOLDER / "a5_flipflop" / "net.npz"

SENTENCES = {
    "residual": (
        "{seen} Put your points into the equation: at a rest point the velocity is zero, here below 1e-9, which takes "
        "float64 and a few Newton steps at the end."
    ),
    "distinct": (
        "Among your {count} points of one network there are two {gap} apart. Many starts end at the same state; it is "
        "to be listed once."
    ),
    "stable": (
        "You list {count} points of one network, and a run from one of the starts ends at none of them. Search from "
        "every start, and keep everything that is at rest."
    ),
    "between": "You list {stable} stable and {others} unstable points of one network. {seen}",
    "ghost": "{seen}",
    "trained": (
        "Of the trained network you list {count} points at rest that differ, {stable} of them stable. A network that "
        "holds three bits has a stable state for each word, and what lies between them is at rest as well."
    ),
}
SEEN = {
    "none": "There has to be a table of finite numbers, a row a point and a column a unit.",
    "moves": "One of your points moves with a speed of {speed:.3g}.",
    "slow": "One of your points moves with a speed of {speed:.2g} and has no rest point near it. The network is slow "
    "there, because two rest points have vanished there: after {wait:.0f} time units it is somewhere else.",
    "off": "One of your points moves with a speed of {speed:.2g} and has no rest point near it.",
    "main": "Begin with what your points do when they are put into the equation.",
    "ridge": "Between two valleys there is a ridge, and on it a place where a ball stands still.",
    "more": "There are more that a run never comes to: a search for zero velocity finds them, a run leaves them.",
    "pair": "Two of its rest points are near each other, and near is not the same.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """One network of each kind, small ones first."""
    return [_case(rng, stratum) for stratum in REST_POINTS]


def _case(rng, stratum):
    while True:
        W, b, starts = _trained(rng) if stratum == "trained" else _product(rng, stratum)
        expected = resting_states(W, b, starts)
        if len(expected) == REST_POINTS[stratum]:
            break
    gaps = np.linalg.norm(expected[:, None] - expected, axis=-1)[np.triu_indices(len(expected), 1)]
    modes = np.linalg.eigvals(W * (1 - np.tanh(expected[:, None]) ** 2) - np.eye(len(b)))
    facts = {"stable": modes.real.max(axis=-1) < 0, "within": min(0.01, 0.2 * gaps.min())}
    return Case(stratum, (W, b, starts), expected, facts)


def _product(rng, stratum):
    """W (N, N), b (N,), starts (n, N): bistable units, which hardly hear each other, and one or two that listen."""
    bistable, listening = (3, 2) if stratum == "many" else (2, 1)
    n = bistable + listening
    own = rng.uniform(1.7, 2.6, bistable)
    fold = _fold(own)
    b = np.concatenate([rng.uniform(-0.3, 0.3, bistable) * fold, rng.uniform(-0.5, 0.5, listening)])
    W = np.diag(np.concatenate([own, rng.uniform(0.2, 0.5, listening)]))
    W[:bistable, :bistable] += rng.uniform(-0.04, 0.04, (bistable, bistable)) * (1 - np.eye(bistable))
    W[bistable:, :bistable] = rng.uniform(0.3, 0.6, (listening, bistable)) * rng.choice([-1, 1], (listening, bistable))
    if stratum in ("pair", "ghost"):  # the first unit, which then hears nobody: how far from the fold it is, is drawn
        W[0, 1:] = 0.0
        off = -(10 ** rng.uniform(-3.2, -2.6)) if stratum == "pair" else 10 ** rng.uniform(-3.3, -2.2)
        b[0] = rng.choice([-1.0, 1.0]) * (fold[0] + off)
    level = np.array(list(itertools.product([-1, 0, 1], repeat=bistable)) * 9)
    spread = np.where(level == 0, 0.2, 0.4) * rng.uniform(-1, 1, level.shape)
    starts = np.concatenate([own * (level + spread), rng.normal(size=(len(level), listening))], axis=1)
    order = rng.permutation(n)
    return W[np.ix_(order, order)], b[order], starts[:, order]


def _fold(own):
    """The bias at which a unit with this weight onto itself loses two of its three rest points."""
    slope = np.sqrt(1 - 1 / own)
    return own * slope - np.arctanh(slope)


@cache
def _given():
    """The given network, and the states it visits by the word that they say: W, b, {word: states}."""
    with np.load(DATA) as net:
        said = np.sign(np.tanh(net["states"]) @ net["C"].T + net["d"]).astype(int)
        words = {word: net["states"][(said == word).all(axis=1)] for word in itertools.product([-1, 1], repeat=3)}
        return net["W"], net["b"], words


def _trained(rng):
    """The given network with its units in another order and of other signs, and mixtures of its states."""
    W, b, words = _given()
    starts = []
    for mixture in itertools.product([-1, 0, 1], repeat=3):
        mixed = [seen for word, seen in words.items() if all(m in (0, w) for m, w in zip(mixture, word, strict=True))]
        starts += [np.mean([seen[rng.integers(len(seen))] for seen in mixed], axis=0) for _ in range(6)]
    starts = np.array(starts) + 0.15 * rng.normal(size=(len(starts), len(b)))
    order, sign = rng.permutation(len(b)), rng.choice([-1.0, 1.0], len(b))
    W = (sign[:, None] * W * sign)[np.ix_(order, order)]
    return W, (sign * b)[order], (sign * starts)[rng.permutation(len(starts))][:, order]


def _points(case, value):
    """Listed points (k, N), k at least 1, or None."""
    found, n = array(value), len(case.inputs[1])
    if found is None or found.size == 0 or found.size % n or found.shape[-1] != n:
        return None
    return found.reshape(-1, n)[:2000]


def _speed(case, points):
    W, b, _ = case.inputs
    return np.linalg.norm(np.tanh(points) @ W.T + b - points, axis=1)


def found_of(case: Case, value) -> np.ndarray:
    """Which of the true rest points are listed, (9,), (27,) or (3,) bool."""
    points = _points(case, value)
    if points is None:
        return np.zeros(len(case.expected), dtype=bool)
    near = np.linalg.norm(case.expected[:, None] - points, axis=-1) < case.facts["within"]
    return near.any(axis=1)


def _residual(case, value):
    points = _points(case, value)
    if points is None:
        return False, {"seen": SEEN["none"]}
    speed = float(_speed(case, points).max())
    return speed < STILL, {"seen": SEEN["moves"].format(speed=speed)}


def smallest_gap(points: np.ndarray) -> float:
    """Between two of the points (k, N); infinite for one."""
    gaps = np.linalg.norm(points[:, None] - points, axis=-1)
    np.fill_diagonal(gaps, np.inf)
    return float(gaps.min())


def _distinct(case, value):
    points = _points(case, value)
    if points is None:
        return False, {"count": "no", "gap": "zero"}
    gap = smallest_gap(points)
    return gap > APART, {"count": len(points), "gap": gap}


def _stable(case, value):
    points = _points(case, value)
    count = 0 if points is None else len(points)
    return found_of(case, value)[case.facts["stable"]].all(), {"count": count}


def _between(case, value):
    found, stable = found_of(case, value), case.facts["stable"]
    others = int((found & ~stable).sum())
    if not found.any():
        seen = "main"
    else:
        seen = "ridge" if not others else "pair" if case.stratum == "pair" else "more"
    figures = {"stable": int((found & stable).sum()), "others": others, "seen": SEEN[seen]}
    return found[~stable].all(), figures


def _ghost(case, value):
    points = _points(case, value)
    if points is None:
        return False, {"seen": SEEN["none"]}
    gaps = np.linalg.norm(points[:, None] - case.expected, axis=-1).min(axis=1)
    speed = max(float(_speed(case, points)[gaps.argmax()]), 1e-12)
    seen = SEEN["slow" if speed < SLOW else "off"].format(speed=speed, wait=1 / speed)
    return gaps.max() < case.facts["within"], {"seen": seen}


def _trained_holds(evidence):
    case, answer = next((c, a) for c, a in evidence if c.stratum == "trained")
    points = _points(case, answer.value)
    found, stable = np.zeros(len(case.expected), dtype=bool), case.facts["stable"]
    if points is not None:
        found = found_of(case, points[_speed(case, points) < STILL])
    ok = bool(found[stable].all() and found.sum() >= FEWEST)
    return Finding(ok, int(ok), 1, {"count": int(found.sum()), "stable": int((found & stable).sum())})


def guard_miss(case: Case, value) -> float:
    """Infinite when a rest point is missing or something else is listed."""
    points = _points(case, value)
    if points is None:
        return float("inf")
    gaps = np.linalg.norm(points[:, None] - case.expected, axis=-1).min(axis=1)
    return 0.0 if found_of(case, value).all() and gaps.max() < case.facts["within"] else float("inf")


def _merged_too_wide(W, b, starts):
    kept = []
    for point in resting_states(W, b, starts):
        if all(np.linalg.norm(point - other) > 0.15 for other in kept):
            kept.append(point)
    return np.array(kept)


QUESTION = Question(
    name="q4",
    title="All rest points, also those nobody visits",
    function="resting_states",
    draw=Guarded(draw, guard_miss, {"merged at 0.15": _merged_too_wide}, strata=("pair",)),
    properties=(
        Property("residual", 5, per_case(_residual, strata=("nine", "many", "pair"))),
        Property("stable", 2, per_case(_stable, strata=("nine", "many", "pair"))),
        Property("between", 4, per_case(_between, strata=("nine", "many", "pair"))),
        Property("distinct", 3, per_case(_distinct, strata=("nine", "many", "pair")), needs="stable"),
        Property("ghost", 2, per_case(_ghost, strata=("ghost",)), needs="stable"),
        Property("trained", 2, _trained_holds),
    ),
    sentences=SENTENCES,
    cpu_seconds=6.0,
)
