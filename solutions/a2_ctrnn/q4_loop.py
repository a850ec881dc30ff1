"""Question 4: a network of currents that hears its own readout: velocity and Jacobian of the closed loop.

The library closes the loop of its own CTRNN, where the sum is squeezed; here senders are, the readout reads rates, and
every unit has its own time constant. The two forms share no Jacobian, so neither a call nor a copy fits.

Strata. `loop`: single states, a batch of exactly N (on which a slope along the wrong axis keeps its shape), a stack.
`cut`: the first loop with C = 0. Time constants lie outside 0.7 to 1.4, where a forgotten one would hardly be seen.

Tolerance (class A): 1e-5 of the sum of absolute terms, for each unit, and each row of J. Float32 stays below 1e-6,
central differences below 1e-7, every mutant above 1e-2; tests/assignments recomputes them. The rank of the change is
that of the answer's own two Jacobians: the (k+1)th singular value below 1e-4 of the first.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, parts, shape_of
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import closed_loop

TOLERANCE, RANK = 1e-5, 1e-4

SENTENCES = {
    "field": (
        "The velocity of unit {unit} in the closed loop is {yours}, and does not follow the equation. "
        "Follow one signal round: currents, rates, readout with its offset d, weights W_in, bias, leak, time constant."
    ),
    "jacobian": (
        "Your J[{row}, {column}] is {yours}. Nudge the current of unit {column} by 1e-6 and see how much the velocity "
        "of unit {row} changes, along both ways: through W_rec, and through the readout and W_in."
    ),
    "loop-rank": "{seen}",
    "leading-shape": (
        "For states of shape {state} your velocity has shape {velocity} and your Jacobian {jacobian}. "
        "All leading axes stay in front: (..., N) gives (..., N) and (..., N, N)."
    ),
}
SEEN = {
    "cut": "With C = 0 an open network with the constant input d remains. Its unit {unit} does not move at {yours}.",
    "rank": (
        "Feeding {k} numbers back can change the Jacobian, each row times its time constant, by rank {k}; "
        "yours changed by rank {yours}."
    ),
    "missing": "Velocity and Jacobian of the right size are missing for the loop that is cut, or for the closed one.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Networks of 6 to 16 units with 1 to 3 outputs: a single state, the same with C = 0, a batch of N, a stack."""
    single = _case(rng, "loop", ())
    h, W_rec, W_in, b, C, d, tau = single.inputs
    cut = _made("cut", (h, W_rec, W_in, b, 0 * C, d, tau))
    return [single, cut, _case(rng, "loop", ("N",)), _case(rng, "loop", (2, 3))]


def _case(rng, stratum, lead):
    N, k = int(rng.integers(6, 17)), int(rng.integers(1, 4))
    lead = tuple(N if axis == "N" else axis for axis in lead)
    h = rng.uniform(0.3, 1.6, (*lead, N)) * rng.choice([-1.0, 1.0], (*lead, N))
    W_rec, W_in = rng.normal(size=(N, N)) * rng.uniform(0.7, 1.4) / np.sqrt(N), rng.normal(size=(N, k))
    b, d = rng.uniform(0.3, 1.2, N) * rng.choice([-1.0, 1.0], N), rng.uniform(0.5, 1.5, k) * rng.choice([-1.0, 1.0], k)
    C = rng.normal(size=(k, N)) * rng.uniform(0.5, 1.0) / np.sqrt(k)
    tau = np.where(rng.random(N) < 0.5, rng.uniform(0.2, 0.7, N), rng.uniform(1.4, 5, N))
    tau[:2] = rng.uniform(0.2, 0.7), rng.uniform(1.4, 5)
    return _made(stratum, (h, W_rec, W_in, b, C, d, tau))


def _made(stratum, inputs):
    h, W_rec, W_in, b, C, d, tau = inputs
    W = np.abs(W_rec) + np.abs(W_in) @ np.abs(C)
    terms = np.abs(np.tanh(h)) @ W.T + np.abs(b) + np.abs(W_in) @ np.abs(d) + np.abs(h)
    slopes = ((W.max(axis=1) + 1) / tau)[:, None]
    return Case(stratum, inputs, closed_loop(*inputs), {"terms": terms / tau, "slopes": slopes})


def _laid_out(case, value, part):
    """One part (0: velocity, 1: Jacobian) in the layout that fits best: as it is, or its unit axes moved to the end."""
    found, wanted, axes = array(value), case.expected[part], part + 1
    if found is None:
        return None
    kinds = [found, np.moveaxis(found, range(axes), range(-axes, 0)) if found.ndim >= axes else found]
    kinds = [kind.reshape(wanted.shape) for kind in kinds if kind.squeeze().shape == wanted.squeeze().shape]
    return min(kinds, key=lambda kind: _error(case, kind, part), default=None)


def _error(case, found, part):
    return miss(found, case.expected[part], TOLERANCE * case.facts["slopes" if part else "terms"])


def _read(case, value):
    """Velocity and Jacobian of an answer; None for what is missing."""
    answers = parts(value, 2)
    return [None, None] if answers is None else [_laid_out(case, answers[part], part) for part in (0, 1)]


def field_miss(case: Case, value) -> float:
    """Error of the velocity in tolerances."""
    return _error(case, _read(case, value)[0], 0)


def jacobian_miss(case: Case, value) -> float:
    """Error of the Jacobian in tolerances."""
    return _error(case, _read(case, value)[1], 1)


def _field(case, value):
    found = _read(case, value)[0]
    if found is None:
        return False, {"unit": 0, "yours": "missing: return the pair (dh, J)"}
    place = np.unravel_index((np.abs(found - case.expected[0]) / case.facts["terms"]).argmax(), found.shape)
    return field_miss(case, value) <= 1, {"unit": int(place[-1]), "yours": float(found[place])}


def _jacobian(case, value):
    found = _read(case, value)[1]
    if found is None:
        return False, {"row": 0, "column": 0, "yours": "missing: return the pair (dh, J)"}
    place = np.unravel_index((np.abs(found - case.expected[1]) / case.facts["slopes"]).argmax(), found.shape)
    figures = {"row": int(place[-2]), "column": int(place[-1]), "yours": float(found[place])}
    return jacobian_miss(case, value) <= 1, figures


def _loop_rank(evidence):
    """The loop that is cut is an open network, and closing it changes the answer's own Jacobian by rank k."""
    (closed, first), (cut, second) = ((c, a.value) for c, a in evidence[:2])
    J, open_J = _read(closed, first)[1], _read(cut, second)[1]
    if J is None or open_J is None or _read(cut, second)[0] is None:
        return Finding(False, 0, 1, {"seen": SEEN["missing"]})
    holds, figures = _field(cut, second)
    if not holds:
        seen = SEEN["cut"].format(unit=figures["unit"], yours=f"{figures['yours']:.3g}")
        return Finding(False, 0, 1, {"seen": seen})
    k, tau = len(cut.inputs[5]), cut.inputs[6]
    sizes = np.linalg.svd(tau[:, None] * (J - open_J), compute_uv=False)
    rank = int((sizes > RANK * max(sizes[0], 1e-3)).sum())
    return Finding(rank == k, int(rank == k), 1, {"seen": SEEN["rank"].format(k=k, yours=rank)})


def _leading_shape(case, value):
    answers = parts(value, 2)
    shapes = ["?", "?"] if answers is None else [shape_of(answer) for answer in answers]
    state = case.inputs[0].shape
    figures = {"state": str(state), "velocity": str(shapes[0]), "jacobian": str(shapes[1])}
    return shapes == [state, (*state, state[-1])], figures


CRITICAL = {
    "loop open": lambda h, W_rec, W_in, b, C, d, tau: closed_loop(h, W_rec, W_in, b, 0 * C, d, tau),
    "tau forgotten": lambda h, W_rec, W_in, b, C, d, tau: closed_loop(h, W_rec, W_in, b, C, d, np.ones_like(tau)),
}

QUESTION = Question(
    name="q4",
    title="Closing the loop",
    function="closed_loop",
    draw=Guarded(draw, jacobian_miss, CRITICAL, strata=("loop",), on=3),
    properties=(
        Property("field", 6, per_case(_field, strata=("loop",))),
        Property("jacobian", 6, per_case(_jacobian, strata=("loop",))),
        Property("loop-rank", 2, _loop_rank),
        Property("leading-shape", 2, per_case(_leading_shape), needs="field"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
