"""Question 5: rates of strongly coupled populations, in the limit and at a given number of inputs.

Two or three populations (E and two kinds of I), each with a gain and a threshold of its own: the limit knows neither.
The library's balance equations are those of one E and one I population without gains, in Hz, and give the limit alone.

Tolerance (class A): 1e-4 of the largest rate. Couplings are drawn with a condition number of at most 30, so right
answers in double precision differ by 1e-12, in float32 by less than 2e-5, and a limit read off at K = 1e12 by 1e-5.
The nearest wrong answer of a guarded draw is 0.02 off. `neurons` (class B): the gap between both results falls as
1 / sqrt(K), so from K to 4 K it halves; the next order leaves the ratio between 0.46 and 0.54, and draws in which it
does not are made again (with fewer inputs or nearly parallel equations the law is not reached yet). Rates of all cases
lie above 0.1: with a silent population the equations are others.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, parts
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import balanced_rates

TOLERANCE, HALVED = 1e-4, (0.45, 0.55)
WORST_CONDITION, SLOWEST, LEAST_RATE = 30.0, -0.1, 0.1

SENTENCES = {
    "limit": "{seen}",
    "finite": "{seen}",
    "kinds": "With a second kind of inhibitory cells, three populations in all, your results do not hold. {seen}",
    "neurons": "{seen}",
}
SEEN = {
    "form": "Return two arrays with one rate a population: the limit, and the rates at this K.",
    "leftover": (
        "At your limiting rates an input of {left} times sqrt(K) is left over, {share} of what comes from outside. "
        "Large inputs have to cancel in every population: excitation, inhibition and the outside world together."
    ),
    "back": (
        "Put back into r = gain (input - theta), your rates at this K miss by {left}. Each population has its own gain "
        "and threshold, they belong to the receiver, and the threshold does not grow with K."
    ),
    "moved": (
        "With other gains and thresholds, and all couplings as they were, your limiting rates moved by {moved}. "
        "No cell stands in the equations of the limit."
    ),
    "gap": (
        "With four times as many inputs your two results came {ratio} times as far apart as before. "
        "What is left of inputs of size sqrt(K) is of size one: the gap must halve."
    ),
    "apart": "For neurons this different, both your results agree: at a given K the cells still count.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two networks of two populations, two of three, and one with other cells and with four times the inputs."""
    cases = [_case(rng, "two", 2), _case(rng, "two", 2), _case(rng, "three", 3), _case(rng, "three", 3)]
    return [*cases, *_neurons(rng)]


def _couplings(rng, n):
    """Signed J (n, n), E first, J0 (n,), m0 with positive rates in the limit.

    The rates are drawn first, and the outside follows from them. Sixty-four candidates at a time, the first fair one.
    """
    while True:
        J = np.concatenate([rng.uniform(0.3, 1.2, (64, n, 1)), -rng.uniform(0.6, 2.5, (64, n, n - 1))], axis=2)
        rates, m0 = np.exp(rng.uniform(np.log(0.3), np.log(4), (64, n))), rng.uniform(0.3, 2.0, 64)
        J0 = -(J @ rates[:, :, None])[:, :, 0] / m0[:, None]
        fair = (J0.min(1) > 0.2) & (J0.max(1) < 8) & (np.ptp(J0, axis=1) > 0.3) & (np.ptp(rates, axis=1) > 0.2)
        for k in np.flatnonzero(fair):
            if np.linalg.cond(J[k]) < WORST_CONDITION:
                return J[k], J0[k], m0[k]


def _settles(J, gain):
    """Whether the limiting rates are stable for these gains (n,)."""
    return np.linalg.eigvals(gain[:, None] * J).real.max() < SLOWEST


def _cells(rng, n):
    """Gains (n,) from 0.5 to 2 and thresholds (n,), both different between populations."""
    return rng.permutation(np.geomspace(0.6, 1.7, n)) * rng.uniform(0.85, 1.15, n), rng.uniform(0.5, 2.5, n)


def _case(rng, stratum, n):
    while True:
        inputs = (*_couplings(rng, n), *_cells(rng, n), int(rng.integers(100, 1500)))
        if not _settles(inputs[0], inputs[3]):
            continue
        limit, finite = balanced_rates(*inputs)
        if finite.min() > LEAST_RATE and np.abs(finite - limit).max() > 0.02 * limit.max():
            return Case(stratum, inputs, (limit, finite))


def _neurons(rng):
    """One network three times: as drawn, with other cells, with four times the inputs."""
    while True:
        J, J0, m0 = _couplings(rng, 2)
        K, cells, others = int(rng.integers(1000, 3000)), _cells(rng, 2), _cells(rng, 2)
        if not (_settles(J, cells[0]) and _settles(J, others[0])):
            continue
        drawn = [(J, J0, m0, *cells, K), (J, J0, m0, *others, K), (J, J0, m0, *cells, 4 * K)]
        cases = [Case("neurons", inputs, balanced_rates(*inputs)) for inputs in drawn]
        gaps = [np.linalg.norm(finite - limit) for limit, finite in (case.expected for case in cases)]
        lowest = min(case.expected[1].min() for case in cases)
        if lowest > LEAST_RATE and 0.46 < gaps[2] / gaps[0] < 0.54 and gaps[2] > 0.01 * cases[0].expected[0].max():
            return cases


def read(case: Case, value) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Limit and rates at K of an answer, each (n,); None for what is missing or not finite."""
    found = parts(value, 2)
    shape = case.expected[0].shape
    return (None, None) if found is None else (array(found[0], shape), array(found[1], shape))


def rate_miss(case: Case, value, which: int) -> float:
    """Error in tolerances of the limit (which = 0) or of the rates at K (1)."""
    return miss(read(case, value)[which], case.expected[which], TOLERANCE * np.abs(case.expected[which]).max())


def _limit(case, value):
    rates = read(case, value)[0]
    if rates is None:
        return False, {"seen": SEEN["form"]}
    J, J0, m0 = case.inputs[:3]
    left = np.abs(J @ rates + J0 * m0).max()
    seen = SEEN["leftover"].format(left=f"{left:.3g}", share=f"{100 * left / (J0.max() * m0):.0f} %")
    return rate_miss(case, value, 0) <= 1, {"seen": seen}


def _finite(case, value):
    rates = read(case, value)[1]
    if rates is None:
        return False, {"seen": SEEN["form"]}
    J, J0, m0, gain, theta, K = case.inputs
    left = np.abs(rates - gain * (np.sqrt(K) * (J @ rates + J0 * m0) - theta)).max()
    return rate_miss(case, value, 1) <= 1, {"seen": SEEN["back"].format(left=f"{left:.3g}")}


def _kinds(case, value):
    limit, finite = _limit(case, value), _finite(case, value)
    return limit[0] and finite[0], (limit if not limit[0] else finite)[1]


def _neurons_do_not_count(evidence):
    """Three answers about one network: the limit stays, and the gap halves with four times the inputs."""
    pairs = [(case, a.value if a.status == "ok" else None) for case, a in evidence if case.stratum == "neurons"]
    answers = [read(case, value) for case, value in pairs]
    if any(part is None for answer in answers for part in answer):
        return Finding(False, 0, 1, {"seen": SEEN["form"]})
    limits, gaps = [a[0] for a in answers], [np.linalg.norm(a[1] - a[0]) for a in answers]
    moved = np.abs(limits[1] - limits[0]).max()
    scale = np.abs(limits[0]).max()
    if moved > TOLERANCE * scale:
        return Finding(False, 0, 1, {"seen": SEEN["moved"].format(moved=f"{moved:.3g}")})
    if gaps[0] <= TOLERANCE * scale:
        return Finding(False, 0, 1, {"seen": SEEN["apart"]})
    ratio = gaps[2] / gaps[0]
    ok = HALVED[0] < ratio < HALVED[1]
    return Finding(ok, int(ok), 1, {"seen": SEEN["gap"].format(ratio=f"{ratio:.3g}")})


def guard_miss(case: Case, value) -> float:
    """The larger error of both results, in fiftieths: what is 0.02 off is five away."""
    return max(rate_miss(case, value, which) for which in (0, 1)) * TOLERANCE / 0.004


def _outside_left_out(J, J0, m0, gain, theta, K):
    return balanced_rates(J, np.full_like(J0, J0.mean()), m0, gain, theta, K)


def _gain_of_the_sender(J, J0, m0, gain, theta, K):
    """Right in the limit: each gain multiplies what its population sends."""
    drive = np.sqrt(K) * gain * J0 * m0 - gain * theta
    return balanced_rates(J, J0, m0, gain, theta, K)[0], np.linalg.solve(np.eye(len(J)) - np.sqrt(K) * J * gain, drive)


QUESTION = Question(
    name="q5",
    title="Rates without knowing the neurons",
    function="balanced_rates",
    draw=Guarded(
        draw, guard_miss, {"outside": _outside_left_out, "sender": _gain_of_the_sender}, strata=("two", "three"), on=2
    ),
    properties=(
        Property("limit", 4, per_case(_limit, strata=("two",))),
        Property("finite", 3, per_case(_finite, strata=("two",))),
        Property("kinds", 2, per_case(_kinds, strata=("three",))),
        Property("neurons", 3, _neurons_do_not_count, needs="limit"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
