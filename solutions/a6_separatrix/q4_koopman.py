"""Question 4: the residual of the squashed eigenfunction's equation, row by row, with its gradient by psi's weights.

The library fits the equation integrated in time, with features and tangents of its own, and has no such call. The probe
calls the function through the public kind `by_weights`: the record holds the residual and the gradient of a weighted
sum of it by psi's weights. What is expected comes from formulas in numpy: drawing needs no torch.

Tolerance (class A): the sum of the absolute terms is the scale. Forward and backward differentiation agree to 1e-12 of
it, in single precision to 1e-6, a central difference along the flow (step 1e-4) to 1e-7; 1e-5 is allowed for the
residual, and for the gradient 1e-4, since sums of 40 rows cancel. Every mutant is off by 1e-2 or more: lam stays away
from 1, at which a missing factor would not show. tests/assignments recomputes this.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, parts
from course_lib.staff.grading.question import Case, Property, Question, per_case
from course_lib.student.cases import build

TOLERANCE, WEIGHTS_TOLERANCE = 1e-5, 1e-4
UNITS = 9

SENTENCES = {
    "residual": "For a random network psi and {n} states, the residual is not what the equation says. {seen}",
    "single": "For one state alone your residual is {yours}; the equation says something else there. {seen}",
    "exact": (
        "Here psi solves the equation exactly, so the residual vanishes at every state; yours is {yours} at the worst "
        "one. {seen}"
    ),
    "weights": (
        "Differentiated by the weights of psi, your residual gives {yours} for the first of them, which is not its "
        "derivative. {seen}"
    ),
}
SEEN = {
    "form": "Wanted is one finite number a state, (n,).",
    "batch": "For one state alone it is right: one state's number must not depend on which others are in the batch.",
    "linear": "What is left over is as large as lam psi^3: psi is squashed, so its growth has to level off.",
    "terms": "Look at its three terms one by one: the change of psi along the flow, lam psi, and lam psi^3.",
    "alone": "For many states it is not right either: begin there.",
    "graph": "The residual itself is right: what did you cut off from the weights? Both terms depend on them.",
    "nothing": "The residual itself is right, but it carries no history of psi: no weight could learn from it.",
    "first": "The residual is not right yet: begin there.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Random networks psi on four flows, two exact solutions, and two states alone."""
    return [
        _random(rng, "net", 2, 40),
        _random(rng, "net", int(rng.integers(3, 5)), 40),
        _random(rng, "net", int(rng.integers(5, 7)), 25),
        _random(rng, "one", 2, 1),
        _random(rng, "one", 4, 1),
        *(_solved(rng, 30) for _ in range(2)),
    ]


def _lam(rng):
    """A rate away from 1."""
    return float(rng.choice([rng.uniform(0.3, 0.8), rng.uniform(1.4, 3)]))


def _flow(rng, dim):
    """A double well in the plane, a network in more dimensions."""
    if dim == 2:
        return {"kind": "duffing", "damping": rng.uniform(0.2, 0.8), "tilt": rng.uniform(-0.3, 0.3)}
    return {"kind": "tanh_net", "W": rng.normal(0, 1.5 / np.sqrt(dim), (dim, dim)), "b": rng.normal(0, 0.3, dim)}


def _random(rng, stratum, dim, n):
    field, lam, x = _flow(rng, dim), _lam(rng), rng.normal(0, 1, (n, dim))
    net = {
        "kind": "psi_net",
        "W": rng.normal(0, 1 / np.sqrt(dim), (UNITS, dim)),
        "b": rng.normal(0, 0.5, UNITS),
        "v": rng.normal(0, 1 / np.sqrt(UNITS), UNITS),
        "c": rng.choice([-1.0, 1.0]) * rng.uniform(0.2, 0.6),
    }
    upstream = rng.uniform(0.5, 2, n) * rng.choice([-1.0, 1.0], n)
    expected, scale, gradient_scale, cube = on_paper(net, build(field)(x), x, lam, upstream)
    facts = {"scale": scale, "gradient scale": gradient_scale, "cube": cube}
    return Case(stratum, ({"kind": "by_weights", "upstream": upstream}, net, field, x, lam), expected, facts)


def on_paper(net, f, x, lam, upstream):
    """Residual (n,) and its gradient by all weights in one row; the sums of their absolute terms; lam psi^3."""
    W, b, v = net["W"], net["b"], net["v"]
    h, along = np.tanh(x @ W.T + b), f @ W.T
    psi, slope = h @ v + net["c"], 1 - h**2
    change = (slope * along) @ v
    residual = change - lam * (psi - psi**3)
    by_psi = -lam * (1 - 3 * psi**2) * upstream
    u = upstream[:, None]
    turn, value = u * (-2 * h * slope * along) * v, by_psi[:, None] * slope * v  # by the input of each unit
    by_W = (turn + value).T @ x + (u * slope * v).T @ f
    by_v = (u * slope * along + by_psi[:, None] * h).sum(axis=0)
    gradient = np.concatenate([by_W.ravel(), (turn + value).sum(axis=0), by_v, [by_psi.sum()]])
    rough = np.abs(turn).sum() + np.abs(value).sum() + np.abs(u * slope * v).sum() * np.abs(f).max()
    scale = np.abs(slope * along) @ np.abs(v) + lam * (np.abs(psi) + np.abs(psi) ** 3)
    return (residual, gradient), scale, rough / 10, lam * psi**3


def _solved(rng, n):
    """A bent plane with two valleys, its exact psi, and the rate that belongs to it."""
    lam, shear, waves = _lam(rng), rng.uniform(0.3, 0.8), rng.uniform(1, 2)
    bent = {"shear": shear, "waves": waves, "centre": rng.uniform(-0.3, 0.3, 2)}
    field = {"kind": "sheared", "rate": lam, "decay": rng.uniform(0.5, 1.5), **bent}
    x, upstream = rng.uniform(-1.2, 1.2, (n, 2)), rng.uniform(0.5, 2, n)
    u = (x - bent["centre"])[:, 0] - shear * np.sin(waves * (x - bent["centre"])[:, 1])
    gradient = np.array([2 * lam * upstream @ u**3])
    scale = 2 * lam * (np.abs(u) + np.abs(u) ** 3) + np.abs(build(field)(x)).sum(axis=1)
    facts = {"scale": scale, "gradient scale": upstream @ scale, "cube": lam * u**3}
    inputs = ({"kind": "by_weights", "upstream": upstream}, {"kind": "unbent", **bent}, field, x, lam)
    return Case("exact", inputs, (np.zeros(n), gradient), facts)


def _read(case, value):
    """Residual (n,) and gradient of an answer; None for what is missing."""
    found, n = parts(value, 2), len(case.expected[0])
    if found is None:
        return None, None
    residual = array(found[0])
    residual = residual.reshape(n) if residual is not None and residual.size == n else None
    return residual, array(found[1], np.shape(case.expected[1]))


def residual_miss(case: Case, value) -> float:
    """Largest error of the residual in tolerances."""
    return miss(_read(case, value)[0], case.expected[0], TOLERANCE * case.facts["scale"])


def weights_miss(case: Case, value) -> float:
    """Largest error of the gradient in tolerances."""
    return miss(_read(case, value)[1], case.expected[1], WEIGHTS_TOLERANCE * case.facts["gradient scale"])


def _sound(evidence, stratum):
    return per_case(lambda case, value: residual_miss(case, value) <= 1, strata=(stratum,))(evidence).ok


def _residual(evidence):
    """Values on batches; what is said depends on what is left over, and on whether one state alone is right."""

    def holds(case, value):
        found = _read(case, value)[0]
        seen = "form" if found is None else "batch" if _sound(evidence, "one") else "terms"
        if seen == "terms":
            left = np.abs(found - case.expected[0] + case.facts["cube"]) / case.facts["scale"]
            seen = "linear" if left.max() < TOLERANCE else seen
        return residual_miss(case, value) <= 1, {"n": len(case.expected[0]), "seen": SEEN[seen]}

    return per_case(holds, strata=("net",))(evidence)


def _single(case, value):
    found = _read(case, value)[0]
    figures = {
        "yours": "missing" if found is None else float(found[0]),
        "seen": SEEN["form" if found is None else "alone"],
    }
    return residual_miss(case, value) <= 1, figures


def _exact(evidence):
    seen = "terms" if _sound(evidence, "net") else "first"

    def holds(case, value):
        found = _read(case, value)[0]
        if found is None:
            return False, {"yours": "missing", "seen": SEEN["form"]}
        return residual_miss(case, value) <= 1, {"yours": float(np.abs(found).max()), "seen": SEEN[seen]}

    return per_case(holds, strata=("exact",))(evidence)


def _weights(evidence):
    sound = _sound(evidence, "net")

    def holds(case, value):
        found = _read(case, value)[1]
        nothing = found is None or not np.any(found)
        seen = "first" if not sound else "nothing" if nothing else "graph"
        yours = "nothing" if found is None else float(found[0])
        return weights_miss(case, value) <= 1, {"yours": yours, "seen": SEEN[seen]}

    return per_case(holds, strata=("net", "one"))(evidence)


def _without_the_cube(table, net, field, x, lam):
    right, *_, cube = on_paper(net, build(field)(x), x, lam, table["upstream"])
    return right[0] - cube, right[1]


def _without_the_rate(table, net, field, x, lam):
    return on_paper(net, build(field)(x), x, 1.0, table["upstream"])[0]


QUESTION = Question(
    name="q4",
    title="Koopman on one line",
    function="koopman_residual",
    draw=Guarded(
        draw,
        residual_miss,
        {"no cube": _without_the_cube, "no rate": _without_the_rate},
        strata=("net",),
        on=3,
    ),
    properties=(
        Property("residual", 7, _residual),
        Property("single", 2, per_case(_single, strata=("one",))),
        Property("exact", 2, _exact, needs="residual"),
        Property("weights", 3, _weights),
    ),
    sentences=SENTENCES,
    cpu_seconds=4.0,
)
