"""Question 3: Lyapunov exponents out of a sequence of tangent maps.

The library takes a system and a start, never a sequence of matrices with its own skip, so neither a call nor a copy
of it fits.

Tolerance (class C): 0.003 of the spread between the largest and the least exponent. All answers are judged on the same
maps, so finite time does not matter, and orbits on which the first frame would are not drawn: right answers (torch,
Gram-Schmidt, QR every fifth step, another first frame, float32) stay within 0.0006 of the spread, the nearest mutant
(mean eigenvalues of the single maps) beyond 0.015 by the guard; tests/assignments recomputes both. Only in the stratum
"clock" is dt other than 1, and are the skipped maps those of another system. Elsewhere an average over all maps passes
too: a forgotten dt or skip costs its own points only.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import lorenz, spectrum

TOLERANCE = 3e-3
MAIN = ("frames", "orbit", "planar")
LONG, SHORT, ORBIT = (600, 100), (360, 120), (600, 360)  # n and skip

SENTENCES = {
    "largest": "Your largest exponent is {yours}. {seen}",
    "collapsed": "You report {yours}. {seen}",
    "sumrule": (
        "Your exponents sum to {yours}, volumes change at another rate: the mean of log|det J[k]|. "
        "Both come from the same maps."
    ),
    "unit-time": "Stretch the time axis {stretch}-fold and your result must change as much. {seen}",
}
SEEN = {
    "growth": "J[0] acts first, then J[1]; what counts is the mean natural logarithm of the growth per map, "
    "over the maps after the first skip ones.",
    "rising": "The list rises; descending is wanted.",
    "not finite": "Products of many maps leave the range of numbers, and entries of R may be negative.",
    "alike": "All your directions grow alike: they have turned into one. "
    "The frame has to be made orthonormal again, map after map.",
    "largest first": "The first one is wrong already: begin there.",
    "others": "The first one is right, the others are not. The frame has to be made orthonormal again, map after map.",
    "clock": "It changed {changed}-fold: divide by the time that the counted maps take, not by their number.",
    "skip": "It does, and is still wrong here, where the first skip maps belong to another system: do they count?",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Sheared random frames in 2, 3 and 4 dimensions, an orbit of the Lorenz family, a planar map that flips area."""
    return [*_clock(rng), _case("planar", _planar(rng)), _settled_orbit(rng),
            *(_case("frames", _frames(rng, _ladder(rng, d), LONG[0])) for d in (3, 4))]  # fmt: skip


def _case(stratum, J, lengths=LONG, dt=1.0):
    inputs = (J, dt, lengths[1])
    expected = spectrum(*inputs)
    facts = {"spread": expected[0] - expected[-1], "volume": [_volume_rate(*inputs)], "right": [expected]}
    if stratum in MAIN:
        early, skip, n = spectrum(J[: lengths[1]], dt, 0), lengths[1], len(J)
        facts["right"].append((skip * early + (n - skip) * expected) / n)  # the average over all maps
        facts["volume"].append(_volume_rate(J, dt, 0))
    return Case(stratum, inputs, expected, facts)


def _volume_rate(J, dt, skip):
    return float(np.mean(np.log(np.abs(np.linalg.det(J[skip:])))) / dt)


def _ladder(rng, d):
    """d descending exponents with gaps of 0.4 to 0.9."""
    return rng.uniform(0.2, 0.7) - np.concatenate([[0.0], np.cumsum(rng.uniform(0.4, 0.9, d - 1))])


def _frames(rng, exponents, n):
    """Maps that carry one random frame into the next, with growth along it and shear above the diagonal."""
    d = len(exponents)
    frames = np.linalg.qr(rng.normal(size=(n + 1, d, d)))[0]
    growth = np.exp(exponents + 0.3 * rng.normal(size=(n, d)))
    upper = np.triu(rng.normal(size=(n, d, d)), 1) * growth[:, :, None]
    upper[:, range(d), range(d)] = growth
    return frames[1:] @ upper @ frames[:-1].swapaxes(-1, -2)


def _planar(rng):
    """(a, 1; b, 0) with b > 0: the determinant is negative, a logarithm without absolute value fails."""
    J = np.zeros((LONG[0], 2, 2))
    J[:, 0, 0] = rng.uniform(0.5, 2.8, LONG[0]) * rng.choice([-1.0, 1.0], LONG[0])
    J[:, 0, 1], J[:, 1, 0] = 1.0, rng.uniform(0.2, 0.4)
    return J


def _orbit(rng):
    """Tangent maps over 0.05 time units along an orbit of the Lorenz family: exp(0.05 J) to fourth order."""
    parameters = (10.0, rng.uniform(30, 50), rng.uniform(2.2, 3.0), -1.0)
    x, h = rng.uniform((1, 1, 21), (5, 5, 25)), 0.01
    states = []
    for k in range(5 * (ORBIT[0] + 100)):  # the first 100 maps lead onto the attractor
        k1 = _velocity(x, *parameters)
        k2 = _velocity(x + h / 2 * k1, *parameters)
        x = x + h * _velocity(x + h / 2 * k2, *parameters)
        if k % 5 == 2 and k >= 500:
            states.append(x)
    z = 0.05 * lorenz(np.array(states), *parameters)[1]
    return np.eye(3) + z @ (np.eye(3) + z @ (np.eye(3) + z @ (np.eye(3) + z / 4) / 3) / 2)


def _settled_orbit(rng):
    """An orbit on which right answers agree whatever frame they begin with.

    On about one in forty orbits 18 time units do not turn all directions into the fastest; there the first frame would
    decide what is right. The axes and thirty random directions show it.
    """
    while True:
        case = _case("orbit", _orbit(rng), ORBIT)
        J, _, skip = case.inputs
        directions, growth = np.hstack([np.eye(3), rng.normal(size=(3, 30))]), 0.0
        for k, matrix in enumerate(J):
            directions = matrix @ directions
            lengths = np.linalg.norm(directions, axis=0)
            directions /= lengths
            growth = growth + np.log(lengths) * (k >= skip)
        errors = np.abs(growth / (len(J) - skip) - case.expected[0])
        if errors.max() < 0.1 * TOLERANCE * case.facts["spread"]:
            return case


def _velocity(x, sigma, rho, beta, delta):
    a, b, c = x
    return np.array([sigma * (b - a), a * (rho - c) + delta * b, a * b - beta * c])


def _clock(rng):
    """The same maps at two lengths of a step; the maps to skip belong to a faster system."""
    exponents = _ladder(rng, 2)
    early = _frames(rng, exponents + rng.uniform(0.8, 1.5), SHORT[1])
    J = np.concatenate([early, _frames(rng, exponents, SHORT[0] - SHORT[1])])
    dt = rng.uniform(0.02, 0.3)
    return [_case("clock", J, SHORT, dt), _case("clock", J, SHORT, dt / rng.uniform(3, 12))]


def spectrum_miss(case: Case, value) -> float:
    """Largest error of all exponents in tolerances."""
    found = _exponents(case, value)
    return min(miss(found, right, TOLERANCE * case.facts["spread"]) for right in case.facts["right"])


def largest_miss(case: Case, value) -> float:
    """Error of the first exponent in tolerances."""
    found = _exponents(case, value)
    first = None if found is None else found[:1]
    return min(miss(first, right[:1], TOLERANCE * case.facts["spread"]) for right in case.facts["right"])


def _exponents(case, value):
    found = array(value)
    return found.reshape(-1) if found is not None and found.size == len(case.expected) else None


def _told(case, value):
    """The student's own exponents, or what stands in their place."""
    found = _exponents(case, value)
    if found is None:
        numbers = array(value)
        return "something that is not finite" if numbers is None else f"an answer of shape {numbers.shape}"
    return ", ".join(f"{exponent:.3g}" for exponent in found)


def _largest(case, value):
    found = _exponents(case, value)
    if found is None:
        return False, {"yours": _told(case, value), "seen": SEEN["not finite"]}
    seen = SEEN["rising"] if len(found) > 1 and found[0] < found[-1] else SEEN["growth"]
    return largest_miss(case, value) <= 1, {"yours": float(found[0]), "seen": seen}


def _all(case, value):
    found = _exponents(case, value)
    if found is None:
        seen = "not finite"
    elif np.ptp(found) < 0.3 * case.facts["spread"]:
        seen = "alike"
    elif found[0] < found[-1]:
        seen = "rising"
    else:
        seen = "others" if largest_miss(case, value) <= 1 else "largest first"
    return spectrum_miss(case, value) <= 1, {"yours": _told(case, value), "seen": SEEN[seen]}


def _sum_rule(case, value):
    found = _exponents(case, value)
    if found is None:
        return False, {"yours": "nothing"}
    error = min(abs(found.sum() - volume) for volume in case.facts["volume"])
    return error <= TOLERANCE * case.facts["spread"], {"yours": float(found.sum())}


def _unit_time(evidence):
    """The first exponent is right at both lengths of a step."""
    pairs = [(c, a.value if a.status == "ok" else None) for c, a in evidence if c.stratum == "clock"]
    held = [largest_miss(case, value) <= 1 for case, value in pairs]
    stretch = float(pairs[0][0].inputs[1] / pairs[1][0].inputs[1])
    firsts = [_exponents(case, value) for case, value in pairs]
    seen = SEEN["not finite"]
    if all(first is not None for first in firsts) and firsts[0][0] != 0:
        changed = float(firsts[1][0] / firsts[0][0])
        main = per_case(_largest, strata=MAIN)(evidence).ok
        seen = SEEN["skip"] if main else "It does, but the exponent itself is wrong: begin with the largest one."
        if abs(changed / stretch - 1) > 0.01:
            seen = SEEN["clock"].format(changed=f"{changed:.3g}")
    return Finding(all(held), sum(held), len(held), {"stretch": stretch, "seen": seen})


def _mean_eigenvalues(J, dt, skip):
    return np.sort(np.log(np.abs(np.linalg.eigvals(J[skip:]))).mean(axis=0) / dt)[::-1]


QUESTION = Question(
    name="q3",
    title="A spectrum out of tangent maps",
    function="spectrum",
    draw=Guarded(draw, largest_miss, {"mean eigenvalues": _mean_eigenvalues}, strata=MAIN),
    properties=(
        Property("largest", 6, per_case(_largest, strata=MAIN)),
        Property("collapsed", 6, per_case(_all, strata=MAIN)),
        Property("sumrule", 2, per_case(_sum_rule, strata=MAIN)),
        Property("unit-time", 2, _unit_time),
    ),
    sentences=SENTENCES,
    cpu_seconds=4.0,
)
