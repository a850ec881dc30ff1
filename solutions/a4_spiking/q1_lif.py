"""Question 1: leaky integrate-and-fire cells with a reset and a refractory period, in s and mV.

The library's cells have no refractory period and one time constant for all, and count time in ms and voltage in units
of the threshold: neither a call nor a copy of them fits.

Tolerance (class B): three samples on each interval and on each first spike, against the times on paper. A grid rounds a
crossing up by at most one sample, t_ref is rounded to a whole number of them in one direction or the other, a spike may
be noted on the sample before or after, and Euler's step charges faster by dt / 2 tau of the charging time, which is at
most 1.7 tau here: together less than three. tau is 50 samples or more; the mutants that change t_ref or the reset move
an interval by 15 samples or more (t_ref is at least 0.32 tau, the reset at least 0.6 of the gap from rest).
tests/assignments recomputes both. One cell with a refractory period is driven so strongly that it would charge within
t_ref, one sets in late. 800 samples a population are enough: intervals are judged one by one, not counted over seconds.

The reset has cases of its own, without a refractory period: with one, a cell that is wrongly reset and then rightly
held at v_reset gives the very same train.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, shape_of
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import lif_spikes

STEPS, SAMPLES = 800, 3
FEWEST = 3  # spikes of a cell under a steady drive

SENTENCES = {
    "interval": "Under a steady drive {yours}. {seen}",
    "reset": "Without a refractory period and under a steady drive {yours}. {seen}",
    "latency": (
        "The first spike after the drive sets in comes {yours}. A cell starts at v_rest, charges from there, and a "
        "spike stands on the sample at which v reaches v_th."
    ),
    "refractory": "{seen}",
    "silent": "{seen}",
    "layout": "{seen}",
}
NEVER = "one of your cells sends fewer than three spikes"
SEEN = {
    "never": "How long does it need to charge? All times are in s, a thousandth of a second is a ms; drives are in mV.",
    "some": "Others fire. Each cell has a drive and a clock of its own, and charges again once it is free.",
    "wide": "A spike is one sample, however long the cell is held afterwards.",
    "soon": "That is too soon. Where is v between a spike and t_ref after it, and where does it start to charge?",
    "late": "That is too late. An interval is the time at v_reset and the time to charge from there, no more.",
    "ends": "Later it stops. Nothing in its drive has changed.",
    "uneven": "Intervals of one cell differ. Nothing changes from one to the next, and each cell has its own clock.",
    "reset soon": "That is too soon. At which voltage does v start again after a spike?",
    "reset late": "That is too late. At which voltage does v start again after a spike?",
    "refractory": "Your shortest interval is {yours} of t_ref: none may follow within t_ref, whatever the drive.",
    "silent": "Cells whose drive is too weak, or too short, to lift them to v_th send {yours} spikes in your run. "
    "What does the leak pull v back to, and how much does a short push add?",
    "layout": "For a drive of shape {drive} you return shape {yours}; spikes have the shape of the drive, (n, time).",
    "counts": "This counts once a cell keeps time: an interval, or the first spike, comes out right.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two populations with a refractory period, two without; each with cells that fire and cells that must not."""
    return [_case(rng, stratum) for stratum in ("held", "held", "bare", "bare")]


def _case(rng, stratum):
    held, firing = stratum == "held", 4 if stratum == "held" else 3
    dt, per_tau = float(rng.uniform(1e-4, 6e-4)), int(rng.integers(50, 65))  # samples in the shortest tau
    tau = dt * per_tau * rng.uniform(1, 1.4, firing + 2)
    rest, gap = float(rng.uniform(-75, -55)), float(rng.uniform(12, 20))
    reset = rest + gap * float(-rng.uniform(0.6, 0.8) if rng.random() < 0.7 else rng.uniform(0.6, 0.65))
    t_ref = tau * rng.uniform(0.32, 0.45, len(tau)) * held
    constants = (dt, tau, rest, reset, rest + gap, t_ref)
    strengths, onsets = rng.uniform(1.4, 2.6 if held else 1.6, firing), rng.integers(5, per_tau // 2, firing)
    if held:
        strengths[:3] = rng.uniform(11, 15), rng.uniform(2, 2.6), rng.uniform(1.4, 1.7)
        onsets[1] = rng.integers(240, 271)
    steady = gap * strengths[:, None] * (np.arange(STEPS) >= onsets[:, None])
    i = np.concatenate([steady, gap * _too_weak(rng, per_tau)])
    drive, tau = gap * strengths, tau[:firing]
    facts = {"onsets": onsets, "dt": dt, "t_ref": t_ref}
    facts["latency"] = tau * np.log(drive / (drive - gap))
    facts["interval"] = t_ref[:firing] + tau * np.log((rest + drive - reset) / (drive - gap))
    return Case(stratum, (i, *constants), lif_spikes(i, *constants), facts)


def _too_weak(rng, per_tau):
    """Two drives in units of the gap that reach no threshold: a steady one below it, and short pushes above it."""
    weak = np.full(STEPS, rng.uniform(0.6, 0.93))
    length, pause = int(per_tau * rng.uniform(0.2, 0.35)), int(per_tau * rng.uniform(2, 3))
    pushed = rng.uniform(1.6, 2.2) * (np.arange(STEPS) % (length + pause) >= pause)
    return np.stack([weak, pushed])


def on_paper(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """Trains whose times come from the formula for a drive that sets in and stays; i (n, time)."""
    s = np.zeros(i.shape, dtype=bool)
    for cell, drive in enumerate(i):
        final, clock = drive[-1], tau[cell]
        if final <= v_th - v_rest or not (drive[drive > 0] == final).all():
            continue
        first = np.argmax(drive > 0) * dt + clock * np.log(final / (final - (v_th - v_rest)))
        interval = t_ref[cell] + clock * np.log((v_rest + final - v_reset) / (v_rest + final - v_th))
        s[cell, (np.arange(first, (i.shape[1] - 1) * dt, interval) / dt).astype(int)] = True
    return s


def _read(case: Case, value) -> np.ndarray | None:
    """The trains as bool (n, time), also when time came first; None when these are no trains."""
    found = array(value)
    shape = case.inputs[0].shape
    if found is not None and found.ndim == 2 and found.shape == shape[::-1]:
        found = found.T
    if found is None or found.shape != shape or not np.isin(found, (0.0, 1.0)).all():
        return None
    return found > 0


def _steady(case, value):
    """Sample numbers of the spikes of each cell under a steady drive; None without trains."""
    trains = _read(case, value)
    return None if trains is None else [np.flatnonzero(train) for train in trains[: len(case.facts["onsets"])]]


def interval_miss(case: Case, value) -> float:
    """Largest error of an interval under a steady drive, in tolerances; infinite when a train is too short or ends."""
    cells = _steady(case, value)
    if cells is None:
        return float("inf")
    return max(_interval_miss(case, k, spikes) for k, spikes in enumerate(cells))


def _interval_miss(case, k, spikes):
    wanted = case.facts["interval"][k] / case.facts["dt"]
    if len(spikes) < FEWEST or STEPS - spikes[-1] > wanted + SAMPLES + 1:
        return float("inf")
    return float(np.abs(np.diff(spikes) - wanted).max() / SAMPLES)


def latency_miss(case: Case, value) -> float:
    """Largest error of a first spike after the drive set in, in tolerances."""
    cells = _steady(case, value)
    if cells is None or min(map(len, cells)) == 0:
        return float("inf")
    wanted = np.array(case.facts["latency"]) / case.facts["dt"]
    return float(np.abs([spikes[0] for spikes in cells] - case.facts["onsets"] - wanted).max() / SAMPLES)


def _interval(prefix):
    def holds(case, value):
        cells = _steady(case, value)
        if cells is None:
            return False, {"yours": "you return no trains of 0 and 1", "seen": "Return s of the shape of i."}
        wrong = [k for k, spikes in enumerate(cells) if _interval_miss(case, k, spikes) > 1]
        others = max(map(len, cells)) >= FEWEST
        return not wrong, _told(case, wrong[0], cells[wrong[0]], prefix, others) if wrong else {}

    return holds


def _told(case, k, spikes, prefix, others):
    """What is to say about the intervals of one cell; others: whether any cell sends enough spikes."""
    if len(spikes) < FEWEST:
        return {"yours": NEVER, "seen": SEEN["some" if others else "never"]}
    found, wanted = np.diff(spikes), case.facts["interval"][k] / case.facts["dt"]
    yours = f"one of your cells fires every {1000 * case.facts['dt'] * np.median(found):.3g} ms"
    seen = prefix + ("soon" if np.median(found) < wanted else "late")
    if np.median(found) == 1:
        seen = "wide"
    elif np.ptp(found) > SAMPLES:
        seen = "uneven"
    elif np.abs(found - wanted).max() <= SAMPLES:
        seen = "ends"
    return {"yours": yours, "seen": SEEN[seen]}


def _latency(case, value):
    cells = _steady(case, value)
    if cells is None or min(map(len, cells)) == 0:
        return False, {"yours": "never in one of your cells"}
    errors = [spikes[0] - n - t / case.facts["dt"]
              for spikes, n, t in zip(cells, case.facts["onsets"], case.facts["latency"], strict=True)]  # fmt: skip
    worst = max(errors, key=abs)
    return abs(worst) <= SAMPLES, {"yours": "too soon" if worst < 0 else "too late"}


def _refractory(case, value):
    trains = _read(case, value)
    if trains is None:
        return False, {"seen": SEEN["counts"]}
    gaps = [np.diff(np.flatnonzero(train)).min(initial=STEPS) for train in trains]
    shortest = float(np.min((np.array(gaps) + 1.01) * case.facts["dt"] / case.facts["t_ref"]))
    return shortest >= 1, {"seen": SEEN["refractory"].format(yours=f"{100 * shortest:.0f} %")}


def _silent(case, value):
    trains = _read(case, value)
    if trains is None:
        return False, {"seen": SEEN["counts"]}
    sent = int(trains[len(case.facts["onsets"]) :].sum())
    return sent == 0, {"seen": SEEN["silent"].format(yours=sent)}


def _layout(evidence) -> Finding:
    """One point for the shape itself; the values were read either way."""
    pairs = [(case.inputs[0].shape, shape_of(answer.value)) for case, answer in evidence]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    seen = SEEN["layout"].format(drive=wrong[0][0], yours=wrong[0][1]) if wrong else ""
    return Finding(not wrong, len(pairs) - len(wrong), len(pairs), {"seen": seen})


MAIN = (
    per_case(_interval(""), strata=("held",)),
    per_case(_interval("reset "), strata=("bare",)),
    per_case(_latency),
)


def _beside(test):
    """A small property: it counts beside one of the main ones, or silence would earn it."""

    def counted(evidence):
        found = test(evidence)
        if found.ok and not any(main(evidence).ok for main in MAIN):
            return Finding(False, 0, found.of, {"seen": SEEN["counts"]})
        return found

    return counted


QUESTION = Question(
    name="q1",
    title="A neuron that keeps time",
    function="lif_spikes",
    draw=Guarded(
        draw,
        interval_miss,
        {"reset at rest": lambda i, dt, tau, rest, reset, th, t_ref: on_paper(i, dt, tau, rest, rest, th, t_ref)},
        strata=("bare",),
        on=2,
    ),
    properties=(
        Property("interval", 6, MAIN[0]),
        Property("reset", 3, MAIN[1]),
        Property("latency", 3, MAIN[2]),
        Property("refractory", 2, _beside(per_case(_refractory, strata=("held",)))),
        Property("silent", 1, _beside(per_case(_silent))),
        Property("layout", 1, _beside(_layout)),
    ),
    sentences=SENTENCES,
    cpu_seconds=4.0,
)
