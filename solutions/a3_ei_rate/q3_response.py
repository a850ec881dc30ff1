"""Question 3: what holds a circuit at its rates, and how its rates answer to more drive, at two working points.

The page solves the two rectified populations, where the answer is the same at all rates, and the library knows lines,
softplus and logistic curves. Here the transfer function is a power, so that one circuit is held by inhibition at high
rates ("held") and not at low ones ("calm"): cases come in pairs with the same W and power. The rates are given, not
the currents, so that no root finding stands between the idea and the number. Three populations, two of them
inhibitory and all held by inhibition, keep formulas for two from being enough.

Tolerance (class A times condition): 1e-3 of the largest entry. Systems are drawn with a condition number of at most
50, so that float32 stays below 3e-5 and central difference quotients below 1e-5 of the largest entry; the mutants
miss by more than 5e-3 (guarded). tests/assignments recomputes these. A stable state of rest at equal clocks is drawn,
with |1 - g w_EE| > 0.15 so that the sign of the paradox is beyond doubt.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, parts
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import response_at_rest

TOLERANCE = 1e-3
LARGEST_CONDITION = 50.0
MARGIN = 0.15  # distance of the excitatory loop from 1

SENTENCES = {
    "currents": (
        "With your currents population {population} gets a drive of {drive}, which makes a rate of {rate}; "
        "it is to stay at {wanted}. The drive is what arrives through W, plus the current from outside."
    ),
    "response": "{seen}",
    "paradox": "{seen}",
}
SEEN = {
    "form": "The second part of the answer is no matrix of finite numbers, a row and a column a population.",
    "general": "By your G[{row}, {column}] a small step of current {column} moves rate {row} by {yours:.3g} per unit. "
    "It does not. G undoes what a shift of the rates asks of the currents; slopes are those of the power, at the drive "
    "of this very working point.",
    "sign": "Your inhibitory rate {moves} when its cells get more drive. Here excitation alone would run away: "
    "the inhibitory cells lose more excitation than they gain drive.",
    "size": "Excitation alone would run away here. {general}",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Three circuits of two populations, each at a calm and at a held working point, and two of three populations."""
    cases = []
    for _ in range(3):
        W, points, power = _pair(rng)
        cases += [_case(stratum, W, r, power) for stratum, r in zip(("calm", "held"), points, strict=True)]
    return [*cases, *(_case("three", *_three(rng)) for _ in range(2))]


def _case(stratum, W, r, power):
    inputs = (W, r, power)
    return Case(stratum, inputs, response_at_rest(*inputs))


def _loops(W, r, power):
    """Slopes times weights at the working point, (n, n)."""
    return (power * r ** (1 - 1 / power))[:, None] * W


def _sound(W, r, power):
    """Whether the rest is stable with equal clocks and its equations are well conditioned."""
    leak = np.eye(len(r)) - _loops(W, r, power)
    gain = power * r ** (1 - 1 / power)
    answer = np.linalg.cond(np.linalg.solve(leak, np.diag(gain)))
    return np.linalg.eigvals(leak).real.min() > 0.05 and max(np.linalg.cond(leak), answer) < LARGEST_CONDITION


def _pair(rng):
    """Weights and a power with a calm and a held working point."""
    while True:
        W = rng.uniform(0.3, 1.5, (2, 2)) * np.array([1.0, -1.0])
        power = float(rng.uniform(1.5, 2.6))
        points = rng.uniform(0.02, 0.4, 2), rng.uniform(0.5, 5.0, 2)
        loops = [_loops(W, r, power)[0, 0] for r in points]
        if loops[0] < 1 - MARGIN and loops[1] > 1 + MARGIN and all(_sound(W, r, power) for r in points):
            return W, points, power


def _three(rng):
    """One excitatory and two inhibitory populations; the second kind does not inhibit itself."""
    while True:
        W = rng.uniform(0.2, 1.4, (3, 3)) * np.array([1.0, -1.0, -1.0])
        W[2, 2] = 0.0
        r, power = rng.uniform(0.1, 4.0, 3), float(rng.uniform(1.5, 2.6))
        if _loops(W, r, power)[0, 0] > 1 + MARGIN and _sound(W, r, power):
            return W, r, power


def _read(case, value):
    """Currents (n,) and response (n, n) of an answer; None for what is missing or not finite."""
    found, n = parts(value, 2), len(case.inputs[1])
    if found is None:
        return None, None
    currents, response = array(found[0]), array(found[1])
    currents = None if currents is None or currents.size != n else currents.reshape(n)
    return currents, None if response is None or response.squeeze().shape != (n, n) else response.squeeze()


def currents_miss(case: Case, value) -> float:
    """Error of the currents in tolerances of the largest of the terms that they are made of."""
    W, r, power = case.inputs
    scale = max(np.max(r ** (1 / power)), np.max(np.abs(W) @ r))
    return miss(_read(case, value)[0], case.expected[0], TOLERANCE * scale)


def response_miss(case: Case, value) -> float:
    """Error of the response in tolerances of its largest entry."""
    return miss(_read(case, value)[1], case.expected[1], TOLERANCE * np.abs(case.expected[1]).max())


def _currents(case, value):
    found, (W, r, power) = _read(case, value)[0], case.inputs
    if found is None:
        return False
    worst = int(np.argmax(np.abs(found - case.expected[0])))
    drive = float((W @ r + found)[worst])
    figures = {"population": worst, "drive": drive, "rate": max(drive, 0.0) ** power, "wanted": float(r[worst])}
    return currents_miss(case, value) <= 1, figures


def _general(case, found):
    row, column = map(int, np.unravel_index(np.abs(found - case.expected[1]).argmax(), found.shape))
    return SEEN["general"].format(row=row, column=column, yours=found[row, column])


def _response(case, value):
    found = _read(case, value)[1]
    if found is None:
        return False, {"seen": SEEN["form"]}
    return response_miss(case, value) <= 1, {"seen": _general(case, found)}


def _paradox(case, value):
    found = _read(case, value)[1]
    if found is None:
        return False, {"seen": SEEN["form"]}
    if len(found) == 2 and found[1, 1] >= 0:
        seen = SEEN["sign"].format(moves="rises" if found[1, 1] > 0 else "stays as it is")
    else:
        seen = SEEN["size"].format(general=_general(case, found))
    return response_miss(case, value) <= 1, {"seen": seen}


def guard_miss(case: Case, value) -> float:
    """The larger of the errors of currents and response."""
    return max(currents_miss(case, value), response_miss(case, value))


def _slope_of_the_rate(W, r, power):
    gain = power * r ** (power - 1)
    return response_at_rest(W, r, power)[0], np.linalg.solve(np.eye(len(r)) - gain[:, None] * W, np.diag(gain))


def _sender_slopes(W, r, power):
    gain = power * r ** (1 - 1 / power)
    return response_at_rest(W, r, power)[0], np.linalg.solve(np.eye(len(r)) - W * gain, np.diag(gain))


CRITICAL = {"slope at the rate": _slope_of_the_rate, "slopes of the senders": _sender_slopes}

QUESTION = Question(
    name="q3",
    title="The paradox",
    function="response_at_rest",
    draw=Guarded(draw, guard_miss, CRITICAL, on=6),
    properties=(
        Property("currents", 4, per_case(_currents)),
        Property("response", 4, per_case(_response, strata=("calm",))),
        Property("paradox", 4, per_case(_paradox, strata=("held", "three"))),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
