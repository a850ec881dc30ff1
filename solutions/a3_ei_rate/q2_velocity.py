"""Question 2: the velocity of rates with two clocks and a transfer function that is a power.

The library's rate networks know a rectified line, a softplus and a logistic, never a power of the rectified drive, so
neither a call of the library nor a copy of it fits: powers drawn here (1.4 to 3) keep away from 1. Cells without
wires ("alone") are driven above threshold, so that even there the power counts.

"velocity" and "leading-shape" compare each population up to a factor of its own, "two-clocks" compares all: a wrong
clock costs its own points only.

Tolerance (class A, the same arithmetic in another order): 1e-5 of the scale (|r| + (|W| |r| + |i|)^power) / tau of
each cell. Float32 stays below 2e-6 of it, every mutant above 1e-3 somewhere; tests/assignments recomputes both.
"""

from dataclasses import replace

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, shape_of
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import ei_velocity

TOLERANCE = 1e-5

SENTENCES = {
    "velocity": (
        "Cell {cell}, {kind} one, moves by {yours} per ms, which does not go with the others of its kind; its drive is "
        "{drive}. Rows of W receive, W holds its signs already, the drive is cut off at zero and raised to the power, "
        "and then the rate leaks."
    ),
    "two-clocks": "Cells without any wire come out wrong. {seen}",
    "leading-shape": "Rates (..., N) give velocities (..., N); currents are (N,) or have a row for each state. {seen}",
}
SEEN = {
    "clock": "Your {kind} cells run at {ratio:.3g} times the speed of their clock: "
    "cells 0 to n_exc - 1 have tau_e, the others tau_i, and a long time constant is slow.",
    "aim": "Each relaxes to its own drive, cut off at zero and raised to the power.",
    "shape": "For rates {rates} yours are {yours}.",
    "stopped": "For one of the stacks there was no answer at all.",
    "values": "Your shape is right, the numbers in it belong to other cells, other states or another equation.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Single states of connected cells, cells without wires, and stacks of states."""
    return [
        *(_case(rng, "network", n, ()) for n in (6, 25)),
        *(_case(rng, "alone", n, ()) for n in (5, 12)),
        _case(rng, "stack", 9, (4,)),
        _case(rng, "stack", 9, (9,)),
        _case(rng, "stack", 14, (2, 3), rows=True),
    ]


def _case(rng, stratum, size, leading, rows=False):
    """size: about as many cells; leading: of the rates; rows: whether every state has currents of its own.

    The stack of nine states of nine cells is square: there a wrong axis keeps the shape.
    """
    n = size if stratum == "stack" else int(rng.integers(size, 2 * size))
    n_exc = int(rng.integers(n // 2 + 1, n - 1)) if n > 3 else n - 1
    W = np.zeros((n, n))
    if stratum != "alone":
        W = rng.uniform(0.2, 1.0, (n, n)) * np.where(np.arange(n) < n_exc, 1.0, -1.2 * n_exc / (n - n_exc)) / np.sqrt(n)
        np.fill_diagonal(W, 0.0)
    r = rng.uniform(0.1, 3.0, (*leading, n))
    i_ext = rng.uniform(0.3, 2.5, n) if stratum == "alone" else rng.normal(0.5, 1.5, r.shape if rows else n)
    tau_e = float(rng.uniform(8, 40))
    tau_i = tau_e * float(rng.uniform(0.3, 0.7) if rng.random() < 0.5 else rng.uniform(1.5, 3))
    inputs = (r, i_ext, W, tau_e, tau_i, n_exc, float(rng.uniform(1.4, 3.0)))
    return Case(stratum, inputs, ei_velocity(*inputs), {"scale": _scale(*inputs)})


def _scale(r, i_ext, W, tau_e, tau_i, n_exc, power):
    """Sum of the absolute terms of each velocity, (..., N)."""
    return (np.abs(r) + (np.abs(r) @ np.abs(W).T + np.abs(i_ext)) ** power) / min(tau_e, tau_i)


def _laid_out(case, value):
    """The answer in the wanted shape: as it is, squeezed, or with the cells moved from the front; None otherwise."""
    found, wanted = array(value), case.expected
    if found is None:
        return []
    kinds = [found, np.moveaxis(found, 0, -1) if found.ndim else found]
    return [kind.reshape(wanted.shape) for kind in kinds if kind.squeeze().shape == wanted.squeeze().shape]


def velocity_miss(case: Case, value) -> float:
    """Error in tolerances, whatever the layout."""
    return _least(case, _laid_out(case, value))


def freed_miss(case: Case, value) -> float:
    """Error in tolerances, whatever the layout, when each population may run by any clock."""
    return _least(case, [_freed(case, found) for found in _laid_out(case, value)])


def _least(case, answers):
    errors = [miss(found, case.expected, TOLERANCE * case.facts["scale"]) for found in answers]
    return min(errors, default=float("inf"))


def _freed(case, found):
    """The answer with each population brought to the wanted size by one positive factor."""
    freed, n_exc = np.zeros_like(found), case.inputs[5]
    for cells in (np.s_[..., :n_exc], np.s_[..., n_exc:]):
        mine, wanted = found[cells], case.expected[cells]
        freed[cells] = mine * max((mine * wanted).sum(), 0.0) / max((mine * mine).sum(), 1e-300)
    return freed


def _kind(cell, n_exc):
    return "an excitatory" if cell < n_exc else "an inhibitory"


def _velocity(case, value):
    found = _laid_out(case, value)
    r, i_ext, W, _, _, n_exc, _ = case.inputs
    if not found:
        return False, {"cell": 0, "kind": _kind(0, n_exc), "yours": "nothing that can be read", "drive": "…"}
    cell = int(np.argmax(np.abs(_freed(case, found[0]) - case.expected) / case.facts["scale"]))
    figures = {"cell": cell, "kind": _kind(cell, n_exc), "yours": float(found[0][cell])}
    return freed_miss(case, value) <= 1, {**figures, "drive": f"{(W @ r + i_ext)[cell]:.2g}"}


def _two_clocks(case, value):
    found = _laid_out(case, value)
    if not found or freed_miss(case, value) > 1:
        return False, {"seen": SEEN["aim"]}
    n_exc, ratio = case.inputs[5], found[0] / case.expected
    cell = int(np.argmax(np.abs(np.log(np.abs(ratio)))))
    kind = "excitatory" if cell < n_exc else "inhibitory"
    return velocity_miss(case, value) <= 1, {"seen": SEEN["clock"].format(kind=kind, ratio=ratio[cell])}


def _stacks(evidence):
    """The property of the stacks; a stack that stopped the function has its own sentence."""
    found = per_case(_leading_shape, strata=("stack",))(evidence)
    return found if found.ok or found.figures else replace(found, figures={"seen": SEEN["stopped"]})


def _leading_shape(case, value):
    shape = shape_of(value)
    if shape != case.expected.shape:
        yours = "of no shape" if shape is None else shape
        return False, {"seen": SEEN["shape"].format(rates=case.expected.shape, yours=yours)}
    return freed_miss(case, value) <= 1, {"seen": SEEN["values"]}


CRITICAL = {
    "power left out": lambda r, i_ext, W, tau_e, tau_i, n_exc, power: ei_velocity(
        r, i_ext, W, tau_e, tau_i, n_exc, 1.0
    ),
    "not rectified": lambda r, i_ext, W, tau_e, tau_i, n_exc, power: (
        (np.abs(r @ W.T + i_ext) ** power - r) / np.where(np.arange(W.shape[0]) < n_exc, tau_e, tau_i)
    ),
}

QUESTION = Question(
    name="q2",
    title="Two clocks",
    function="ei_velocity",
    draw=Guarded(draw, freed_miss, CRITICAL, strata=("network",), on=2),
    properties=(
        Property("velocity", 5, per_case(_velocity, strata=("network",))),
        Property("two-clocks", 3, per_case(_two_clocks, strata=("alone",))),
        Property("leading-shape", 2, _stacks, needs="velocity"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
