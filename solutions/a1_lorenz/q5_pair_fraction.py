"""Question 5: the share of pairs of states that lie within a radius, neighbours in time left out.

The library counts pairs too (analysis.correlation_sum), by Euclidean distance; here the distance is the largest
difference of a coordinate, so neither a call nor a copy of it fits on any case.

Tolerance (class A): 1e-4 of the share. Pairs are counted, so right answers agree exactly, but for two habits: "at
least w" and "more than w" steps apart both count as right, and every radius but the largest stands in the middle of the
widest of two hundred gaps between distances, where neither float32 nor < for <= moves a pair. tests/assignments
recomputes both, and that no mutant comes nearer than 2e-3 where it must lose; 200 random states instead of all are off
by 5e-3 or more.
"""

from pathlib import Path

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import pair_fraction

TOLERANCE = 1e-4
SHARES = (0.003, 0.01, 0.03, 0.1, 0.35)  # of the pairs, roughly, within the radii; one more radius holds them all
ORBIT = 500  # states

SENTENCES = {
    "proportion": (
        "For {n} states in {dim} dimensions, where only a state and itself are too close in time, your shares are "
        "{yours}. {seen}"
    ),
    "value": (
        "Your shares, for {n} states {yours}, grow with the radius as they should, but all are wrong by one factor: "
        "which pairs do you divide by?"
    ),
    "excluded": "Along an orbit your shares are {yours}, with {apart} steps or more between the two states. {seen}",
    "whole": "Within a radius larger than the whole set your share is {yours}; every pair that counts lies there.",
}
SEEN = {
    "missing": "One finite number for each radius is wanted.",
    "falling": "A larger radius holds all pairs of a smaller one and more: the share never falls.",
    "off": "Which pairs are there, each state with each other one? And how far apart are two states whose "
    "coordinates differ by 3 and by 4?",
    "time": "Without w your answer is right. With it, pairs fewer than w steps apart are in neither count: "
    "not among the close ones, and not among all.",
    "first": "The shares are wrong where w leaves out nothing, too: begin there.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two clouds in which only a state and itself are left out, and two densely sampled orbits."""
    clouds = (_disc(rng, int(rng.integers(250, 330))), _curve(rng, int(rng.integers(330, 400))))
    orbits = [(x, int(rng.integers(60, 121))) for x in _orbits(rng, 2)]
    return [*(_case(rng, "cloud", x, 1) for x in clouds), *(_case(rng, "orbit", x, w) for x, w in orbits)]


def _disc(rng, n):
    """A stretched disc in the plane, evenly filled."""
    angle, radius = rng.uniform(0, 2 * np.pi, n), np.sqrt(rng.random(n))
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None] * rng.uniform(0.6, 3, 2)


def _curve(rng, n):
    """States in random order on a closed curve in five dimensions, with a little width."""
    angle = rng.uniform(0, 2 * np.pi, (n, 1))
    waves = np.sin(angle * [1, 1, 2, 2, 3] + rng.uniform(0, 2 * np.pi, 5)) * rng.uniform(0.5, 2, 5)
    return waves + 0.05 * rng.normal(size=waves.shape)


def _orbits(rng, count):
    """Stretches of stored orbits of the Lorenz family, 32 samples a turn, seen through random linear maps."""
    with np.load(Path(__file__).parent / "family.npz") as bank:
        runs = bank["x"]
    for member in rng.choice(len(runs), count, replace=False):
        start = int(rng.integers(runs.shape[1] - ORBIT))
        x = runs[member, start : start + ORBIT].astype(float)
        yield (x - x.mean(axis=0)) @ rng.normal(size=(3, 3)) / 10


def _case(rng, stratum, x, w):
    """radii: between distances of pairs that count, near given shares, and one beyond all."""
    early, late = np.triu_indices(len(x), w)
    distances = np.sort(np.abs(x[early] - x[late]).max(axis=1))
    radii = [_in_a_gap(distances, share * rng.uniform(0.8, 1.25)) for share in SHARES]
    inputs = (x, np.array([*radii, 1.5 * distances[-1]]), w)
    expected = pair_fraction(*inputs)
    return Case(stratum, inputs, expected, {"right": (expected, pair_fraction(x, inputs[1], w + 1))})


def _in_a_gap(distances, share):
    """The middle of the widest gap between two hundred distances around the given share of them."""
    place = int(share * len(distances))
    near = distances[max(0, place - 100) : place + 100]
    widest = int(np.argmax(np.diff(near)))
    return (near[widest] + near[widest + 1]) / 2


def share_miss(case: Case, value) -> float:
    """Largest error of the shares in tolerances, against the nearer of the two right answers."""
    found = _shares(case, value)
    return min(miss(found, right, TOLERANCE * right) for right in case.facts["right"])


def _shares(case, value):
    found = array(value)
    return found.reshape(-1) if found is not None and found.size == len(case.expected) else None


def _told(found):
    return "missing" if found is None else ", ".join(f"{share:.3g}" for share in found)


def _proportion(case, value):
    found = _shares(case, value)
    seen = "missing" if found is None else "falling" if np.any(np.diff(found) < 0) else "off"
    n, dim = case.inputs[0].shape
    held = found is not None and found[-1] != 0
    held = held and min(np.ptp(found / right) for right in case.facts["right"]) <= TOLERANCE * abs(found[-1])
    return held, {"n": n, "dim": dim, "yours": _told(found), "seen": SEEN[seen]}


def _value(case, value):
    return share_miss(case, value) <= 1, {"n": len(case.inputs[0]), "yours": _told(_shares(case, value))}


def _excluded(evidence):
    """The orbits' shares; what is said depends on whether the clouds' are right."""
    seen = SEEN["time" if per_case(_value, strata=("cloud",))(evidence).ok else "first"]

    def holds(case, value):
        figures = {"yours": _told(_shares(case, value)), "apart": case.inputs[2], "seen": seen}
        return share_miss(case, value) <= 1, figures

    return per_case(holds, strata=("orbit",))(evidence)


def _whole(case, value):
    found = _shares(case, value)
    yours = "missing" if found is None else float(found[-1])
    return found is not None and abs(found[-1] - 1) <= TOLERANCE, {"yours": yours}


def _neighbours_in_time(x, radii, w):
    return pair_fraction(x, radii, 1)


QUESTION = Question(
    name="q5",
    title="Counting pairs",
    function="pair_fraction",
    draw=Guarded(draw, share_miss, {"neighbours in time": _neighbours_in_time}, strata=("orbit",), on=2),
    properties=(
        Property("proportion", 4, per_case(_proportion, strata=("cloud",))),
        Property("value", 4, per_case(_value, strata=("cloud",))),
        Property("excluded", 4, _excluded),
        Property("whole", 2, per_case(_whole), needs="proportion"),
    ),
    sentences=SENTENCES,
    cpu_seconds=6.0,
)
