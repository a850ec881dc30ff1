"""Question 5: where along curves psi changes sign, on all curves at once; the mistake is the place of smallest |psi|.

The library has no such call: it bisects psi along curves of its own, next to true changes of label.

Tolerance (class A): between two samples psi counts as straight, so right answers agree up to rounding: in single
precision s is off by 4e-6 at most, where a step is 0.05 or more, and the share of a step by 1e-6; 1e-3 of the step is
allowed. Samples instead of places are off by up to half a step, and every stratum holds eight curves or more.
Magnitudes differ by four decades from curve to curve and the dips are deeper than the samples beside most crossings, so
no threshold tells a dip from a crossing (tests/assignments recomputes the three).
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, parts
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import border_places

TOLERANCE, NEAR = 1e-3, 1.5  # of the step between two samples: right, and belonging to a crossing at all
CURVES = 12

SENTENCES = {
    "place": "On {n} curves along each of which psi changes sign once, you miss the place on {wrong}. {seen}",
    "number": "On {n} curves along which psi changes sign from none to four times you return {yours} places. {seen}",
    "zeros": (
        "Where psi is exactly zero at a sample you are wrong on {wrong} of {n} curves. {seen} A zero is one place if "
        "psi has opposite signs on its two sides, and none if it has the same."
    ),
    "uneven": "With uneven samples, or s in another unit, you miss places on {wrong} of {n} curves. {seen}",
}
SEEN = {
    "form": "Wanted are two rows of equal length and finite numbers: which curve, and where along it.",
    "samples": "All your places are samples. The change of sign lies between two of them: draw the straight line.",
    "beside": "Your place is at most half a step off, so you found the change: which share of the step, then?",
    "elsewhere": "Some of your places lie a step or more from the change of sign.",
    "touch": "Among them are places where psi comes close to zero and turns back: nothing is crossed there.",
    "few": "Some changes of sign have no place: a curve may cross more than once, upwards and downwards.",
    "many": "On some curves you return more places than psi has changes of sign.",
    "twice": "You return it twice, or a touch as a crossing.",
    "lost": "You leave a crossing out.",
    "step": "On even samples you are right: which length has the step that you are in?",
    "first": "On even samples you are wrong, too: begin there.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Curves that cross once, up to four times or never, through a sample, and on uneven samples in other units."""
    first, second, third = (np.linspace(0, 1, int(n)) for n in rng.choice(np.arange(60, 120), 3, replace=False))
    uneven = np.cumsum(rng.uniform(0.1, 1.5, int(rng.integers(60, 120))))
    return [
        *(_case("one", s, [_crossing(rng, s, 1) for _ in range(CURVES)]) for s in (first, second)),
        *(_case("several", s, [_several(rng, s, k) for k in rng.permutation(CURVES)]) for s in (second, third)),
        _case("zeros", third, [_through_samples(rng, third, k) for k in rng.permutation(8)]),
        _case("uneven", rng.uniform(-5, 5) + uneven, [_crossing(rng, uneven, 1 + k % 2) for k in range(CURVES)]),
    ]


def _case(stratum, s, curves):
    psi = np.array(curves)
    return Case(stratum, (s, psi), border_places(s, psi))


def _smooth(rng, s, zeros):
    """A function with these zeros alone, of one sign but for them, and of any magnitude."""
    along = (s - s[0]) / np.ptp(s)
    waves = sum(rng.normal() / k * np.sin(k * np.pi * along + rng.uniform(0, 6)) for k in (1, 2, 3))
    psi = rng.choice([-1.0, 1.0]) * 10 ** rng.uniform(-4, 0) * np.exp(0.7 * waves)
    for zero in zeros:
        psi = psi * np.tanh((s - zero) / np.ptp(s) / rng.uniform(0.05, 0.3))
    return psi


def _apart(rng, s, count):
    """Indices of so many samples inside the grid, five or more apart."""
    while True:
        chosen = np.sort(rng.choice(np.arange(4, len(s) - 5), count, replace=False))
        if count < 2 or np.diff(chosen).min() >= 5:
            return chosen


def _crossing(rng, s, count):
    """psi that changes sign so often, between samples."""
    before = _apart(rng, s, count)
    share = rng.choice([rng.uniform(0.1, 0.4, count), rng.uniform(0.6, 0.9, count)])
    return _smooth(rng, s, s[before] + share * (s[before + 1] - s[before]))


def _dip(rng, s, depth):
    """psi of one sign that comes close to zero at a sample and turns back."""
    away = np.abs(s - s[_apart(rng, s, 1)[0]]) / np.ptp(s)
    return _smooth(rng, s, ()) * (depth + away / (0.05 + away))


def _several(rng, s, k):
    """Nothing, dips, one to four crossings: a third of the curves has none."""
    if k < 4:
        return _dip(rng, s, 10 ** rng.uniform(-4, -2) if k else 1.0)
    return _crossing(rng, s, 1 + k % 4)


def _through_samples(rng, s, k):
    """psi that is zero at one sample: through it (one crossing more elsewhere), or touching it."""
    if k < 3:
        return _dip(rng, s, 0.0)
    zero, other = rng.permutation(_apart(rng, s, 2))
    psi = _smooth(rng, s, (s[zero], (s[other] + 2 * s[other + 1]) / 3))
    psi[zero] = 0.0
    return psi


def read(case: Case, value) -> list[np.ndarray] | None:
    """Places (any number,) of each curve, ascending; None for another form."""
    found = parts(value, 2)
    try:
        curve, place = (np.asarray(part, dtype=float).reshape(-1) for part in found or ())
    except (TypeError, ValueError):
        return None
    n = len(case.inputs[1])
    if len(curve) != len(place) or not np.isfinite([*curve, *place]).all() or not np.isin(curve, np.arange(n)).all():
        return None
    return [np.sort(place[curve == k]) for k in range(n)]


def place_miss(case: Case, value) -> float:
    """Share of the curves that are not right, in units of a hundredth: any wrong curve is a clear miss."""
    found = read(case, value)
    return float("inf") if found is None else 100 * float(np.mean([step > TOLERANCE for step in off(case, found)]))


def off(case: Case, found) -> list[float]:
    """Largest error of each curve's places in steps; infinite where their number is wrong."""
    s, errors = case.inputs[0], []
    for yours, wanted in zip(found, read(case, case.expected), strict=True):
        if len(yours) != len(wanted):
            errors.append(np.inf)
            continue
        k = np.clip(np.searchsorted(s, wanted, side="right") - 1, 0, len(s) - 2)
        errors.append(float(np.max(np.abs(yours - wanted) / (s[k + 1] - s[k]), initial=0.0)))
    return errors


def _right(seen, tolerance):
    """The test of a case whose curves must all be right within so many steps; seen tells what is wrong."""

    def holds(case, value):
        found, n = read(case, value), len(case.inputs[1])
        if found is None:
            return False, {"wrong": n, "n": n, "yours": "no", "seen": SEEN["form"]}
        errors = np.array(off(case, found))
        figures = {"wrong": int(np.sum(errors > tolerance)), "n": n, "yours": sum(map(len, found)) or "no"}
        return figures["wrong"] == 0, {**figures, "seen": SEEN[seen(case, found, errors)]}

    return holds


def _seen_place(case, found, errors):
    given = np.concatenate(found)
    if errors.max() > NEAR:
        return "elsewhere" if np.isfinite(errors).all() else "few" if len(given) < CURVES else "many"
    return "samples" if np.isin(given, case.inputs[0]).all() else "beside"


def _seen_number(case, found, errors):
    wanted = [len(places) for places in read(case, case.expected)]
    if any(len(yours) and not right for yours, right in zip(found, wanted, strict=True)):
        return "touch"
    if any(len(yours) < right for yours, right in zip(found, wanted, strict=True)):
        return "few"
    return "many" if not np.isfinite(errors).all() else "elsewhere"


def _seen_zeros(case, found, errors):
    wanted = [len(places) for places in read(case, case.expected)]
    return "twice" if any(len(yours) > right for yours, right in zip(found, wanted, strict=True)) else "lost"


def _uneven(evidence):
    """The uneven samples; what is said depends on whether the even ones are right."""
    even = per_case(_right(_seen_place, TOLERANCE), strata=("one",))(evidence).ok
    return per_case(_right(lambda *_: "step" if even else "first", TOLERANCE), strata=("uneven",))(evidence)


def _smallest(s, psi):
    return np.arange(len(psi)), s[np.abs(psi).argmin(axis=1)]


QUESTION = Question(
    name="q5",
    title="Smallest is not zero",
    function="border_places",
    draw=Guarded(draw, place_miss, {"smallest": _smallest}, strata=("one", "several", "zeros"), on=5),
    properties=(
        Property("place", 5, per_case(_right(_seen_place, TOLERANCE), strata=("one",))),
        Property("number", 4, per_case(_right(_seen_number, NEAR), strata=("several",))),
        Property("zeros", 2, per_case(_right(_seen_zeros, NEAR), strata=("zeros",))),
        Property("uneven", 3, _uneven),
    ),
    sentences=SENTENCES,
    cpu_seconds=3.0,
)
