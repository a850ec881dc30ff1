"""Question 1: what the network should have said, step by step, from its pulses alone.

The library makes pulses and targets together and knows where a pulse begins; here only the pulses are given, of any
height, and nothing is said before the first one, so its task draws other trials and its source has no such function.

Cases: one bit ("one": a slow one with holds of eighty steps and more, a dense one) and several bits ("several", two
to five, one of them never pulsed), in several trials each, so that what leaks from bit to bit, from trial to trial or
from one step to the next costs its own points. Answers are -1, 0 and 1, so there is nothing to tolerate (1e-6
for rounding); the guard wants five wrong steps and more of ways that agree most of the time (sums, tall pulses only).
"""

from dataclasses import replace

import numpy as np

from course_lib.staff.grading.guard import Guarded, array
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import latch

EXACT = 1e-6

SENTENCES = {
    "held": (
        "{yours} at a step that lies {wait} after a {sign} pulse, with none in between. A pulse sets its bit "
        "to its own sign, whatever its height and whatever the bit was, and there it stays."
    ),
    "own-bit": "{yours} at a step at which that bit's own last pulse was {wait} ago and {sign}. {seen}",
    "at-once": (
        "{yours} at the step of a {sign} pulse itself. The pulse's own step belongs to what it writes: the bit turns "
        "there, and not one step later."
    ),
    "before": (
        "{yours} at a step before the first pulse of that bit in that trial. Nobody has said anything yet: neither "
        "value is right, and another trial has nothing to do with it."
    ),
}
SEEN = {
    "others": "Pulses on the other bits, before it or after it, are none of its business.",
    "alone": "A single bit alone is not right yet either; begin there.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two tables of one bit, three of several."""
    slow = _pulses(rng, 1, rng.uniform(0.01, 0.02), rng.integers(220, 300))
    dense = _pulses(rng, 1, rng.uniform(0.15, 0.3), rng.integers(60, 90))
    cases = [_case("one", slow), _case("one", dense)]
    for bits in rng.permutation([2, 3, 4, 5])[:3]:
        pulses = _pulses(rng, int(bits), rng.uniform(0.03, 0.12), rng.integers(70, 120))
        pulses[..., rng.integers(bits)] = 0.0
        cases.append(_case("several", pulses))
    return cases


def _pulses(rng, bits, rate, time):
    """Pulses of any sign and height, (batch, time, bits); in every trial each bit has at least one after some steps."""
    batch = int(rng.integers(7, 10))
    there = rng.random((batch, int(time), bits)) < rate
    there[:, :4] = False
    late = rng.integers(4, time // 3, (batch, bits))
    np.put_along_axis(there, late[:, None, :], True, axis=1)
    return there * rng.choice([-1.0, 1.0], there.shape) * rng.uniform(0.3, 2.0, there.shape)


def _case(stratum, pulses):
    steps = np.arange(pulses.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(pulses != 0, steps, -1), axis=1)
    return Case(stratum, (pulses,), latch(pulses), {"wait": np.where(last < 0, -1, steps - last)})


def _wrong(case, value, part):
    """Which entries of one part ("held", "at-once", "before") are not right, and the answer; None without an answer."""
    found = array(value)
    if found is None or found.size != case.expected.size or found.squeeze().shape != case.expected.squeeze().shape:
        return None, None
    found = found.reshape(case.expected.shape)
    asked = np.sign(case.facts["wait"]) == {"held": 1, "at-once": 0, "before": -1}[part]
    return asked & (np.abs(found - case.expected) > EXACT), found


def held_miss(case: Case, value) -> float:
    """Number of wrong steps after the first pulses; infinite without an answer."""
    wrong, _ = _wrong(case, value, "held")
    return float("inf") if wrong is None else float(wrong.sum())


def _part(part):
    def holds(case, value):
        wrong, found = _wrong(case, value, part)
        if wrong is None:
            return False, {"yours": "No table of the pulses' shape comes", "wait": "some steps", "sign": "positive"}
        if not wrong.any():
            return True
        place = tuple(np.argwhere(wrong)[0])
        wait = int(case.facts["wait"][place])
        figures = {"yours": f"A bit of yours is {found[place]:.3g}", "wait": f"{wait} step{'s' * (wait != 1)}"}
        return False, {**figures, "sign": "positive" if case.expected[place] > 0 else "negative"}

    return holds


def _own_bit(evidence):
    """Several bits; whether the fault is in their company or in each of them."""
    found = per_case(_part("held"), strata=("several",))(evidence)
    alone = per_case(_part("held"), strata=("one",))(evidence).ok
    return replace(found, figures={**found.figures, "seen": SEEN["others" if alone else "alone"]})


def _running_sum(pulses):
    return np.sign(np.cumsum(np.sign(pulses), axis=1))


def _clipped_sum(pulses):
    state, said = np.zeros(pulses[:, 0].shape), []
    for now in np.moveaxis(np.sign(pulses), 1, 0):
        state = np.clip(state + now, -1, 1)
        said.append(state)
    return np.stack(said, axis=1)


CRITICAL = {
    "running sum": _running_sum,
    "clipped sum": _clipped_sum,
    "tall pulses only": lambda pulses: latch(np.where(np.abs(pulses) >= 1, pulses, 0)),
    "positive pulses only": lambda pulses: latch(np.maximum(pulses, 0)),
}

QUESTION = Question(
    name="q1",
    title="What the network should have said",
    function="latch",
    draw=Guarded(draw, held_miss, CRITICAL, on=4),
    properties=(
        Property("held", 4, per_case(_part("held"), strata=("one",))),
        Property("own-bit", 3, _own_bit),
        Property("at-once", 1, per_case(_part("at-once"))),
        Property("before", 2, per_case(_part("before")), needs="held"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
