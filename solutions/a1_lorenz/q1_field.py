"""Question 1: the velocity of the Lorenz family and its Jacobian, for states of any leading shape.

The family has one more number than the library's Lorenz63 (delta, -1 there, never near -1 here), so neither a call of
the library nor a copy of it fits; delta enters velocity and Jacobian.

Tolerance (class A, the same arithmetic in another order): 1e-5 of the sum of the absolute terms. Float32 rounding of
the few operations stays below 1e-6 of that sum, a difference quotient with steps of 1e-8 to 1e-5 below 5e-6, and every
mutant above 1e-3; tests/assignments recomputes the three.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, parts, shape_of
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import lorenz

TOLERANCE = 1e-5
SHAPES = ((3,), (3, 3), (7, 3), (2, 3, 3), (3, 3), (3,))

SENTENCES = {
    "field": (
        "Component {component} of your velocity does not follow its equation (for the first such state it is {yours}). "
        "Read the terms of that equation aloud, one by one, signs included; each state uses its own coordinates, "
        "which stand along the last axis."
    ),
    "jacobian": (
        "Your J[{row}, {column}] is {yours}. Nudge coordinate {column} of that state by 1e-6 and see how much "
        "component {row} of the velocity changes: J[i, j] is the change of f_i per change of x_j, at each state anew."
    ),
    "leading-shape": (
        "For states of shape {state} your velocity has shape {velocity} and your Jacobian {jacobian}. "
        "All leading axes stay in front: (..., 3) gives (..., 3) and (..., 3, 3)."
    ),
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Six cases: single states, a batch of exactly three (where a wrong axis keeps the shape), larger stacks."""
    cases = []
    for shape in SHAPES:
        sign = rng.choice([-1.0, 1.0], size=(*shape[:-1], 2))
        x = np.concatenate([sign * rng.uniform(1, 20, sign.shape), rng.uniform(2, 45, (*shape[:-1], 1))], axis=-1)
        sigma, rho, beta = rng.uniform(5, 15), rng.uniform(10, 60), rng.uniform(1, 4)
        delta = rng.uniform(-4, -1.6) if rng.random() < 0.5 else rng.uniform(0.4, 3)
        inputs = (x, sigma, rho, beta, delta)
        facts = {"terms": _terms(*inputs), "slopes": _slopes(*inputs)}
        cases.append(Case("stack" if len(shape) > 1 else "single", inputs, lorenz(*inputs), facts))
    return cases


def _terms(x, sigma, rho, beta, delta):
    """Sum of the absolute terms of each component of the velocity, (..., 3)."""
    a, b, c = np.moveaxis(np.abs(x), -1, 0)
    return np.stack([sigma * (a + b), a * (rho + c) + abs(delta) * b, a * b + beta * c], axis=-1)


def _slopes(x, sigma, rho, beta, delta):
    """Sum of the absolute terms of each row of the Jacobian, (..., 3, 1)."""
    a, b, c = np.moveaxis(np.abs(x), -1, 0)
    rows = [np.full_like(a, 2 * sigma), rho + c + abs(delta) + a, a + b + beta]
    return np.stack(rows, axis=-1)[..., None]


def _laid_out(value, wanted, axes):
    """The answer in the wanted layout: as it is, squeezed, or with its component axes moved from the front."""
    found = array(value)
    if found is None:
        return []
    kinds = [found, found.squeeze(), np.moveaxis(found, range(axes), range(-axes, 0)) if found.ndim >= axes else found]
    return [kind.reshape(wanted.shape) for kind in kinds if kind.squeeze().shape == wanted.squeeze().shape]


def _best(case, value, part):
    """Least error in tolerances over the readable layouts of one part (0: velocity, 1: Jacobian), and that answer."""
    answers = parts(value, 2)
    wanted = case.expected[part]
    scale = case.facts["slopes" if part else "terms"]
    tried = [] if answers is None else _laid_out(answers[part], wanted, part + 1)
    misses = [miss(found, wanted, TOLERANCE * scale) for found in tried]
    if not misses:
        return float("inf"), None
    best = int(np.argmin(misses))
    return misses[best], tried[best]


def field_miss(case: Case, value) -> float:
    """Error of the velocity in tolerances."""
    return _best(case, value, 0)[0]


def jacobian_miss(case: Case, value) -> float:
    """Error of the Jacobian in tolerances."""
    return _best(case, value, 1)[0]


def _field(case, value):
    error, found = _best(case, value, 0)
    if found is None:
        return False, {"component": "f_x", "yours": "missing: return the pair (f, J)"}
    wrong = np.abs(found - case.expected[0]) > TOLERANCE * case.facts["terms"]
    place = tuple(np.argwhere(wrong)[0]) if wrong.any() else (0,) * wrong.ndim
    return error <= 1, {"component": "f_" + "xyz"[place[-1]], "yours": float(found[place])}


def _jacobian(case, value):
    error, found = _best(case, value, 1)
    if found is None:
        return False, {"row": 0, "column": 0, "yours": "missing: return the pair (f, J)"}
    wrong = np.abs(found - case.expected[1]) > TOLERANCE * case.facts["slopes"]
    place = tuple(np.argwhere(wrong)[0]) if wrong.any() else (0,) * wrong.ndim
    return error <= 1, {"row": int(place[-2]), "column": int(place[-1]), "yours": float(found[place])}


def _leading_shape(case, value):
    answers = parts(value, 2)
    shapes = ["?", "?"] if answers is None else [shape_of(answer) for answer in answers]
    x = case.inputs[0]
    figures = {"state": str(x.shape), "velocity": str(shapes[0]), "jacobian": str(shapes[1])}
    return shapes == [x.shape, (*x.shape, 3)], figures


CRITICAL = {
    "delta typed in as -1": lambda x, sigma, rho, beta, delta: lorenz(x, sigma, rho, beta, -1.0),
    "parameters typed in": lambda x, sigma, rho, beta, delta: lorenz(x, 10.0, 28.0, 8 / 3, delta),
    "no -xz": lambda x, sigma, rho, beta, delta: (
        lorenz(x, sigma, rho, beta, delta)[0] + x[..., :1] * x[..., 2:] * [0, 1, 0],
        lorenz(x, sigma, rho, beta, delta)[1],
    ),
}

QUESTION = Question(
    name="q1",
    title="The Lorenz family and its Jacobian",
    function="lorenz",
    draw=Guarded(draw, field_miss, CRITICAL),
    properties=(
        Property("field", 5, per_case(_field)),
        Property("jacobian", 5, per_case(_jacobian)),
        Property("leading-shape", 2, per_case(_leading_shape), needs="field"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
