"""Question 2: the rate of a leaky cell under a steady drive, on paper.

The library's formula is that of a cell with rest 0 and no refractory period, in ms: neither a call nor a copy fits.

Tolerance (class A, the same arithmetic in another order): 1e-4 of the rate. The drive is never nearer to threshold than
2 % of the gap, except where it stands exactly on it; there float32 loses five digits of the difference inside the
logarithm and stays below 2e-5 of the rate. All mutants miss by more than 1e-2. Voltages and the drives on threshold are
multiples of 1/4 mV, so that "exactly on threshold" means the same in every precision and order of adding.
tests/assignments recomputes the three.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import fi_curve

TOLERANCE = 1e-4
SIZES = (7, 1, 9, 6, 8)
STRATA = ("from rest", "from rest", "from reset", "from reset", "from reset")

SENTENCES = {
    "value": (
        "Under a drive of {drive} mV you get {yours} Hz. An interval is the refractory period and the time that "
        "v needs from where it is put after a spike up to v_th, on its way to v_rest + i; the rate is one over it."
    ),
    "silent": "{seen}",
    "reset": (
        "Where v_reset is not v_rest your rate under {drive} mV is {yours} Hz. Between two spikes the cell does not "
        "start from rest."
    ),
}


SEEN = {
    "size": "You do not return one rate a drive.",
    "below": "A drive of {drive:.3g} mV lifts v at most to threshold, and you return {yours}. v comes nearer and "
    "nearer and never crosses: the rate is 0, a number.",
    "fast": "Under a drive of {drive:.3g} mV you get {yours}, more than a cell that is held for t_ref after each spike "
    "can send.",
    "falls": "Above threshold a stronger drive must give a higher rate, and one that is positive; yours does not.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Cells that start again at rest, and cells that start again below or above it; each with silent drives."""
    return [_case(rng, stratum, m) for stratum, m in zip(STRATA, SIZES, strict=True)]


def _case(rng, stratum, m):
    rest, gap = -0.25 * rng.integers(220, 300), 0.25 * rng.integers(48, 80)
    side = 0.0 if stratum == "from rest" else rng.choice([-1.0, 1.0]) * 0.25 * rng.integers(16, 32)
    tau, t_ref = np.exp(rng.uniform(np.log(0.005), np.log(0.05))), rng.uniform(0.002, 0.008)
    i = gap * np.exp(rng.uniform(np.log(1.02), np.log(6), m))
    if m > 1:  # below, pulling down, at threshold, and so strong that the cell would charge within t_ref
        i[:4] = (
            gap * rng.uniform(0.1, 0.98),
            -rng.uniform(1, 20),
            gap,
            gap * max(6, 4 * tau / t_ref) * rng.uniform(1, 2),
        )
    i = rng.permutation(i)
    inputs = (i, float(tau), float(rest), float(rest + side), float(rest + gap), float(t_ref))
    return Case(stratum, inputs, fi_curve(*inputs), {"fires": i > gap})


def value_miss(case: Case, value) -> float:
    """Largest relative error of a rate above threshold, in tolerances."""
    found, fires = _read(case, value), case.facts["fires"]
    if found is None or not np.isfinite(found[fires]).all():
        return float("inf")
    return float(np.max(np.abs(found[fires] / case.expected[fires] - 1)) / TOLERANCE)


def _read(case, value):
    """The answer with whatever is not finite in it left there; None when it has another size."""
    try:
        found = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return found.reshape(case.expected.shape) if found.size == case.expected.size else None


def _value(case, value):
    found, i = _read(case, value), case.inputs[0]
    if found is None:
        return False, {"drive": i[0], "yours": "no rate a drive, no"}
    wrong = case.facts["fires"] & ~(np.abs(found / np.where(case.facts["fires"], case.expected, 1) - 1) <= TOLERANCE)
    if not wrong.any():
        return True, {}
    place = int(np.argmax(wrong))
    return False, {"drive": float(i[place]), "yours": float(found[place])}


def _silent(case, value):
    """Zero up to threshold, above it positive, rising, and never above 1 / t_ref; zeros alone do not hold."""
    found, i, fires = _read(case, value), case.inputs[0], case.facts["fires"]
    if found is None:
        return False, {"seen": SEEN["size"]}
    wrong = {"below": ~fires & (found != 0), "fast": fires & (found > 1 / case.inputs[-1])}
    for kind, places in wrong.items():
        if places.any():
            place = int(np.argmax(places))
            return False, {"seen": SEEN[kind].format(drive=i[place], yours=f"{found[place]:.3g} Hz")}
    rising = found[fires][np.argsort(i[fires])]
    return bool(rising[0] > 0 and np.all(np.diff(rising) > 0)), {"seen": SEEN["falls"]}


QUESTION = Question(
    name="q2",
    title="The f-I curve on paper",
    function="fi_curve",
    draw=Guarded(
        draw,
        value_miss,
        {"reset at rest": lambda i, tau, rest, reset, th, t_ref: fi_curve(i, tau, rest, rest, th, t_ref)},
        strata=("from reset",),
        on=3,
    ),
    properties=(
        Property("value", 6, per_case(_value, strata=("from rest",))),
        Property("silent", 2, per_case(_silent)),
        Property("reset", 2, per_case(_value, strata=("from reset",))),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
