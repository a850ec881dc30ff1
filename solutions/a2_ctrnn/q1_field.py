"""Question 1: the velocity of a network whose state is a current, for states and inputs of any leading shape.

The course's CTRNN squeezes the sum, tau x' = -x + tanh(W x + U u + b); here each sender is squeezed before it is
weighed, and every unit has its own clock. A state of one form is none of the other, and with unequal time constants no
change of variables leads from one to the other, so neither a call of the library nor a copy of it fits.

Strata, so that one slip costs one property: `field` has symmetric W_rec and time constants of 1 (a transposed matrix
and a wrong tau are not seen there), `wiring` has any W_rec, `clocks` a time constant for each unit. In each of them one
case is a batch of exactly N states, on which a product over the wrong axis keeps the shape.

Tolerance (class A, the same arithmetic in another order): 1e-5 of the sum of the absolute terms over tau. Float32
rounding stays below 1e-6 of that sum, every mutant above 1e-2; tests/assignments recomputes both.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, shape_of
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import ctrnn_field

TOLERANCE = 1e-5
SHAPES = {  # leading shapes of h and u; "N" is the number of units
    "field": (((), ()), (("N",), ("N",)), ((6,), ())),
    "wiring": (((), ()), (("N",), ("N",))),
    "clocks": (((3,), (3,)), (("N",), ())),
    "spread": (((2, 1), (3,)), ((2, 3), (2, 3))),
}

SENTENCES = {
    "field": (
        "The velocity of unit {unit} is {yours} in a network with symmetric weights and time constants of 1: "
        "a term of the equation is missing, or stands in the wrong place. Read it aloud, from the leak to the bias, "
        "and say of each term whether tanh acts on it."
    ),
    "wiring": (
        "With weights that differ in both directions the velocity of unit {unit} is {yours}. "
        "Row i of W_rec lists what unit i receives, column j what unit j sends."
    ),
    "clocks": (
        "Every unit has its own time constant here, and the velocity of unit {unit} is {yours}. "
        "A time constant belongs to the unit that moves, and slows all its terms alike."
    ),
    "leading-shape": (
        "For states of shape {state} and inputs of shape {input} your velocity has shape {velocity}. "
        "All leading axes stay in front, and h and u are spread over each other as numpy does it."
    ),
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Nine networks of 5 to 30 units: symmetric weights, any weights, any clocks, h and u spread over each other."""
    return [_case(rng, stratum, *leading) for stratum, shapes in SHAPES.items() for leading in shapes]


def _case(rng, stratum, before_h, before_u):
    size, inputs = int(rng.integers(5, 31)), int(rng.integers(2, 6))
    lead = tuple(size if axis == "N" else axis for axis in before_h)
    h = rng.uniform(0.3, 2.5, (*lead, size)) * rng.choice([-1.0, 1.0], (*lead, size))
    lead = tuple(size if axis == "N" else axis for axis in before_u)
    u = rng.uniform(0.3, 2.0, (*lead, inputs)) * rng.choice([-1.0, 1.0], (*lead, inputs))
    W_rec = rng.normal(size=(size, size)) * rng.uniform(0.8, 1.6) / np.sqrt(size)
    if stratum == "field":
        W_rec = (W_rec + W_rec.T) / np.sqrt(2)
    W_in, b = rng.normal(size=(size, inputs)), rng.uniform(0.4, 1.5, size) * rng.choice([-1.0, 1.0], size)
    own_clocks = stratum in ("clocks", "spread")
    tau = np.exp(rng.uniform(np.log(0.1), np.log(8), size)) if own_clocks else np.ones(size)
    inputs = (h, u, W_rec, W_in, b, tau)
    return Case(stratum, inputs, ctrnn_field(*inputs), {"terms": _terms(*inputs)})


def _terms(h, u, W_rec, W_in, b, tau):
    """Sum of the absolute terms of each velocity, (..., N)."""
    drive = np.abs(np.tanh(h)) @ np.abs(W_rec).T + np.abs(u) @ np.abs(W_in).T + np.abs(b)
    return (drive + np.abs(h)) / tau


def _laid_out(case, value):
    """The answer in the layout that fits best: as it is, squeezed, or with the units' axis moved from the front."""
    found = array(value)
    if found is None:
        return None
    kinds = [found, np.moveaxis(found, 0, -1) if found.ndim > 1 else found]
    kinds = [
        kind.reshape(case.expected.shape) for kind in kinds if kind.squeeze().shape == case.expected.squeeze().shape
    ]
    return min(kinds, key=lambda kind: _error(case, kind), default=None)


def _error(case, found):
    return miss(found, case.expected, TOLERANCE * case.facts["terms"])


def field_miss(case: Case, value) -> float:
    """Error of the velocity in tolerances."""
    return _error(case, _laid_out(case, value))


def _value(case, value):
    found = _laid_out(case, value)
    if found is None:
        return False, {"unit": 0, "yours": f"missing, the answer has shape {shape_of(value)}"}
    place = np.unravel_index((np.abs(found - case.expected) / case.facts["terms"]).argmax(), found.shape)
    return field_miss(case, value) <= 1, {"unit": int(place[-1]), "yours": float(found[place])}


def _leading_shape(case, value):
    figures = {"state": str(case.inputs[0].shape), "input": str(case.inputs[1].shape)}
    figures["velocity"] = str(shape_of(value) if shape_of(value) is not None else "?")
    return shape_of(value) == case.expected.shape, figures


CRITICAL = {
    "tanh of the sum": lambda h, u, W_rec, W_in, b, tau: (np.tanh(h @ W_rec.T + u @ W_in.T + b) - h) / tau,
    "squeezed bias": lambda h, u, W_rec, W_in, b, tau: (np.tanh(h + b) @ W_rec.T + u @ W_in.T - h) / tau,
}

QUESTION = Question(
    name="q1",
    title="One neuron's equation for all neurons",
    function="ctrnn_field",
    draw=Guarded(draw, field_miss, CRITICAL, strata=("field",), on=3),
    properties=(
        Property("field", 3, per_case(_value, strata=("field",))),
        Property("wiring", 2, per_case(_value, strata=("wiring",))),
        Property("clocks", 3, per_case(_value, strata=("clocks",))),
        Property("leading-shape", 2, per_case(_leading_shape), needs="field"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
