"""Question 3: rate and irregularity of every cell, with the dead time after each spike taken out.

The library's statistics know no dead time and leave cells with fewer than ten intervals aside: its rate and its
coefficient of variation both differ from what is asked, so neither a call nor a copy of it fits.

Tolerances. All answers are judged on the same trains, so chance does not enter: right answers (one cell at a time, a
table of all intervals, float32) agree to 1e-5, with either of the two usual standard deviations, which are both
accepted. `cv` on long trains allows 2 %: one interval too many among more than a hundred is not what it is about.
`late` allows 0.1 %, on short trains of cells that begin late: there the silence before the first spike, taken for an
interval, is off by more than 10 %. `rate` allows 1 %: the dead time of a last spike may end after the record, and a
record of N samples may be counted as N or N - 1, together less than 0.6 %. The guard wants a dead time that is
forgotten to move both numbers by at least five tolerances. tests/assignments recomputes all of this.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import free_rate_and_cv

CV_TOLERANCE, LATE_TOLERANCE, RATE_TOLERANCE = 0.02, 1e-3, 0.01
FEW = 3  # spikes below which a cell has no CV

SENTENCES = {
    "cv": "{seen}",
    "rate": (
        "A cell with {spikes} in {duration} s gets a rate of {yours} Hz from you. Divide its spikes by the time in "
        "which it was free to fire: the whole record, in s, less t_ref for each spike."
    ),
    "few": "{seen}",
    "late": (
        "A cell whose first spike comes late gets a CV of {yours}. An interval lies between two spikes of one cell: "
        "the silence before its first is none, and neither is that after its last."
    ),
}
SEEN = {
    "cv": "A cell with {spikes} gets a CV of {yours}. Its own intervals alone count, each less t_ref; the CV is "
    "their standard deviation over their mean, and has no unit.",
    "form": "Return the pair hz, cv, with one number a cell in each.",
    "alike": "All your CVs are {yours}, though some cells are regular and others are not. Intervals of different cells "
    "are in one pot.",
    "invented": "A cell with {spikes} gets a CV of {yours}. Fewer than three spikes leave fewer than two "
    "intervals, and a spread needs two: the answer is nan.",
    "missing": "A cell with {spikes} gets no CV from you. Three spikes are enough.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Short records with nearly silent cells, records of cells that begin late, and long ones."""
    return [_case(rng, stratum) for stratum in ("few", "late", "late", "long", "long")]


def _case(rng, stratum):
    dt, dead = float(rng.uniform(0.0005, 0.002)), int(rng.integers(3, 7))
    steps = int({"few": 1500, "late": 3000, "long": 8000}[stratum] * rng.uniform(0.9, 1.1))
    n = {"few": 9, "late": 5, "long": 8}[stratum]
    duration = steps * dt
    if stratum == "few":
        counts, first = rng.permutation([0, 1, 2, 2, 3, 3, 5, 9, 20]), np.zeros(n)
    elif stratum == "late":
        counts, first = rng.integers(5, 9, n), rng.uniform(0.55, 0.75, n)
    else:
        counts, first = np.geomspace(120, 8000 / (dead * 3.2), n), np.zeros(n)
    s = np.zeros((steps, n), dtype=bool)
    for cell, (count, share) in enumerate(zip(counts, first, strict=True)):
        dense = count if stratum == "long" else 40  # few spikes: so many of a denser train
        s[:, cell] = _train(rng, steps, int(share * steps), dense, dead, rng.uniform(0.35, 1.3))
        if stratum != "long":
            s[rng.permutation(np.flatnonzero(s[:, cell]))[int(count) :], cell] = False
    order = rng.permutation(n)
    inputs = (s[:, order], dt, dead * dt)
    expected = free_rate_and_cv(*inputs)
    facts = {"spikes": inputs[0].sum(axis=0), "duration": duration, "nan": int(np.isnan(expected[1]).sum())}
    return Case(stratum, inputs, expected, facts)


def _train(rng, steps, first, count, dead, irregular):
    """About ``count`` spikes from sample ``first`` on, with gamma waits beyond the dead time; (steps,) bool."""
    free = max((steps - first) / max(count, 1) - dead, 1.0)
    waits = dead + 1 + rng.gamma(irregular**-2, free * irregular**2, int(2 * count + 20)).astype(int)
    times = first + np.cumsum(waits)
    train = np.zeros(steps, dtype=bool)
    train[times[times < steps]] = True
    return train


def _read(case: Case, value):
    """Rates and CVs, each (n,), NaN where they are; None when there is no pair of one number a cell."""
    if value is None or isinstance(value, str | dict) or np.ndim(value) == 0 or len(value) != 2:
        return None
    try:
        hz, cv = (np.asarray(part, dtype=float).reshape(-1) for part in value)
    except (TypeError, ValueError):
        return None
    n = case.inputs[0].shape[1]
    return (hz, cv) if len(hz) == len(cv) == n else None


def cv_misses(case: Case, value, tolerance: float = CV_TOLERANCE) -> np.ndarray:
    """Error of each CV in tolerances, with whichever standard deviation suits the whole answer better; 0 where none."""
    read, spikes = _read(case, value), case.facts["spikes"]
    counted = spikes >= FEW
    if read is None:
        return np.where(counted, np.inf, 0.0)
    wanted = np.where(counted, case.expected[1], 1.0)
    intervals = np.where(counted, spikes - 1, 2)
    tried = []
    for factor in (1.0, np.sqrt(intervals / (intervals - 1))):
        errors = np.abs(read[1] / (wanted * factor) - 1) / tolerance
        tried.append(np.where(counted, np.nan_to_num(errors, nan=np.inf), 0.0))
    return min(tried, key=np.max)


def rate_misses(case: Case, value) -> np.ndarray:
    """Error of each rate in tolerances; a cell without a spike has rate 0."""
    read = _read(case, value)
    if read is None:
        return np.full(case.inputs[0].shape[1], np.inf)
    scale = np.maximum(case.expected[0], 1 / case.facts["duration"])
    return np.nan_to_num(np.abs(read[0] - case.expected[0]) / (RATE_TOLERANCE * scale), nan=np.inf)


def least_miss(case: Case, value) -> float:
    """For the guard: the error of rate or CV, whichever is the smaller one, at its worst cell."""
    return float(min(cv_misses(case, value).max(), rate_misses(case, value).max()))


def _counted(case, cell):
    spikes = int(case.facts["spikes"][cell])
    return "1 spike" if spikes == 1 else f"{spikes or 'no'} spikes"


def _cv(case, value):
    misses, read = cv_misses(case, value), _read(case, value)
    if read is None:
        return False, {"seen": SEEN["form"]}
    worst = int(misses.argmax())
    figures = {"spikes": _counted(case, worst), "yours": f"{read[1][worst]:.3g}"}
    alike = np.ptp(read[1]) <= 1e-6 * np.abs(read[1]).max()
    return misses.max() <= 1, {"seen": SEEN["alike" if alike else "cv"].format(**figures)}


def _rate(case, value):
    misses, read = rate_misses(case, value), _read(case, value)
    worst = int(misses.argmax())
    yours = "no readable" if read is None else float(read[0][worst])
    figures = {"spikes": _counted(case, worst), "duration": f"{case.facts['duration']:.2g}", "yours": yours}
    return misses.max() <= 1, figures


def _few(case, value):
    read, spikes = _read(case, value), case.facts["spikes"]
    if read is None:
        return False, {"seen": SEEN["form"]}
    wrong = np.isnan(read[1]) != (spikes < FEW)
    if not wrong.any():
        return True, {}
    place = int(np.argmax(wrong))
    seen = SEEN["invented" if spikes[place] < FEW else "missing"]
    return False, {"seen": seen.format(spikes=_counted(case, place), yours=f"{read[1][place]:.3g}")}


def _late(case, value):
    misses, read = cv_misses(case, value, LATE_TOLERANCE), _read(case, value)
    yours = "no readable number" if read is None else float(read[1][int(misses.argmax())])
    return misses.max() <= 1, {"yours": yours}


QUESTION = Question(
    name="q3",
    title="Irregular?",
    function="free_rate_and_cv",
    draw=Guarded(
        draw, least_miss, {"no dead time": lambda s, dt, t_ref: free_rate_and_cv(s, dt, 0.0)}, ("long",), on=2
    ),
    properties=(
        Property("cv", 6, per_case(_cv, strata=("long",))),
        Property("rate", 3, per_case(_rate)),
        Property("few", 2, per_case(_few, strata=("few",))),
        Property("late", 3, per_case(_late, strata=("late",))),
    ),
    sentences=SENTENCES,
    cpu_seconds=3.0,
)
