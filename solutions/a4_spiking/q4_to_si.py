"""Question 4: constants in ms for code that wants seconds, 1/s, and a number to add to the synaptic current each step.

The library's cell counts in ms, keeps shares lost a step, and lets the membrane see the current before it decays: its
numbers and its feed both differ from what is asked, so neither a call nor a copy of it fits.

Tolerances. `membrane` and `synapse` (class A): 1e-4 of the share that a step should lose; float32 stays below 1e-6, the
exponential share is off by 0.9 % or more (dt / tau >= 0.02). `settled`: 1 % of the target,
judged with the student's own synaptic share, so that a wrong clock does not cost it; the feeds for another order of the
step are off by dt / tau_syn >= 8 %. `rate`: 3 % of the interval in the student's own seconds; right numbers give the
very same run. tests/assignments recomputes these.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import to_si

SHARE, SETTLED, RATE = 1e-4, 0.01, 0.03
THRESHOLD = 10.0  # mV above rest
CASES, SPIKES, LONGEST = 5, 8, 4000  # cases; spikes to wait for, steps to wait at most

SENTENCES = {
    "membrane": (
        "A step of yours takes the membrane {yours} of the way to the current. With tau_mem as it is, a step of dt_ms "
        "should take it dt / tau_mem of the way, both in the same unit. {seen}"
    ),
    "synapse": (
        "A step of yours takes away {yours} of the synaptic current. With tau_syn as it is, a step of dt_ms should "
        "take away dt / tau_syn of it, both in the same unit. {seen}"
    ),
    "settled": (
        "With your feed the current that the membrane sees settles at {yours} times what was asked for. What a step "
        "adds must make up for what it takes away, and the membrane looks after the decay."
    ),
    "rate": (
        "By your own dt the cell {yours}. What does its clock say that the world's does not? The code reckons in "
        "seconds."
    ),
}
SEEN = {
    "thousand": "A factor of a thousand is in the air.",
    "near": "The code takes a straight step, not an exponential one.",
    "other": "Which time constant belongs to which variable, and which way up?",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Membranes, synapses, steps and targets over a wide range; the targets make a cell fire."""
    cases = []
    for _ in range(CASES):
        tau_mem, tau_syn = rng.uniform(9, 40), rng.uniform(1.5, 8)
        dt = tau_syn * rng.uniform(0.08, 0.3)
        dt = max(dt, 0.02 * tau_mem)
        inputs = (float(tau_mem), float(tau_syn), float(dt), float(THRESHOLD * rng.uniform(1.5, 4)))
        cases.append(Case("cell", inputs, to_si(*inputs), {"interval": _interval(to_si(*inputs))}))
    return cases


def _read(value) -> np.ndarray | None:
    return array(value, (4,))


def _interval(settings) -> float:
    """Mean interval of a cell with these settings, in the seconds of their own dt; infinite when it does not fire."""
    tau_mem_inv, tau_syn_inv, dt, feed = (float(number) for number in settings)
    v = i = 0.0
    times = []
    for k in range(LONGEST):
        i += feed
        i -= dt * tau_syn_inv * i
        v += dt * tau_mem_inv * (i - v)
        if not abs(v) < 1e12:
            break
        if v >= THRESHOLD:
            v = 0.0
            times.append(k)
        if len(times) == SPIKES:
            return dt * (times[-1] - times[0]) / (SPIKES - 1)
    return float("inf")


def shares(case: Case) -> tuple[float, float]:
    """Shares that a step should lose, of the membrane and of the synapse."""
    tau_mem, tau_syn, dt, _ = case.inputs
    return dt / tau_mem, dt / tau_syn


def share_miss(case: Case, value, which: int) -> float:
    """Relative error of a share in tolerances; which: 0 membrane, 1 synapse."""
    found = _read(value)
    return float("inf") if found is None else abs(found[2] * found[which] / shares(case)[which] - 1) / SHARE


def settled(value) -> float:
    """The current that the membrane finally sees, by the answer's own numbers; NaN when it does not settle."""
    found = _read(value)
    lost = float("nan") if found is None else found[2] * found[1]
    return found[3] * (1 - lost) / lost if 0 < lost < 1 else float("nan")


def _share(which):
    def holds(case, value):
        found = _read(value)
        if found is None:
            return False, {"yours": "an unknown part", "seen": "Return four numbers."}
        share = found[2] * found[which]
        off = abs(np.log10(max(abs(share / shares(case)[which]), 1e-12)))
        exponential = abs(share / -np.expm1(-shares(case)[which]) - 1) < 1e-3
        seen = SEEN["near" if exponential else "thousand" if off > 2 else "other"]
        return share_miss(case, value, which) <= 1, {"yours": f"{share:.3g}", "seen": seen}

    return holds


def settled_miss(case: Case, value) -> float:
    """Relative error of the settled current in tolerances."""
    error = abs(settled(value) / case.inputs[3] - 1) / SETTLED
    return float("inf") if np.isnan(error) else error


def _settled(case, value):
    reached = settled(value)
    yours = "no finite number of" if np.isnan(reached) else f"{reached / case.inputs[3]:.3g}"
    return settled_miss(case, value) <= 1, {"yours": yours}


def _rate(case, value):
    found = _read(value)
    interval = float("inf") if found is None else _interval(found)
    fires = np.isfinite(interval) and interval > 0
    yours = f"fires at {1 / interval:.3g} Hz" if fires else f"does not fire within {LONGEST} steps"
    return bool(abs(interval / case.facts["interval"] - 1) <= RATE), {"yours": yours}


def _decayed_later(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The feed of code whose membrane looks before the decay."""
    found = to_si(tau_mem_ms, tau_syn_ms, dt_ms, i_target)
    return (*found[:3], i_target * found[1] * found[2])


QUESTION = Question(
    name="q4",
    title="2.0 ms that were 2 s",
    function="to_si",
    draw=Guarded(draw, settled_miss, {"another order of the step": _decayed_later}, on=CASES),
    properties=(
        Property("membrane", 4, per_case(_share(0))),
        Property("synapse", 4, per_case(_share(1))),
        Property("settled", 5, per_case(_settled)),
        Property("rate", 3, per_case(_rate)),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
