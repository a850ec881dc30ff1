"""Question 5: scores of one-step forecasts, coordinate by coordinate.

The library's scores want complete series and refuse what is missing; here runs that ended early are filled with NaN,
in every case, so neither a call nor a copy of it fits.

Tolerance (class A): 0.001 of the larger of 1 and the score's size. Right answers (torch, scikit-learn, loops, float32)
stay below a tenth of it, the nearest mutants beyond five by the guard; tests/assignments recomputes both.
Coordinates differ in mean and spread, so that pooling shows; one is forecast badly, so that its skill is negative; the
truth moves slowly, so that standing still scores well; runs differ in mean, spread and length, so that scores of runs
cannot be averaged.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, parts
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import coordinate_scores

TOLERANCE = 1e-3
ANCHORS = ("mean", "previous", "perfect")

SENTENCES = {
    "pooled": (
        "Your R^2 of a coordinate is {yours}. {seen} One minus the mean squared error over the variance of that "
        "coordinate's own target, both over all samples that exist, of all runs together."
    ),
    "offset": (
        "Adding {shift} to one coordinate, in forecast and target alike, has to leave all R^2 as they were: {seen}"
    ),
    "skill": (
        "Your skill of a coordinate is {yours}. {seen} What is wanted is one minus the ratio of two mean squared "
        "errors, the forecast's and that of `previous`; worse than standing still is a negative number."
    ),
    "anchors": "{seen}",
}
SEEN = {
    "none": "There is no finite number for every coordinate: what is missing is marked by NaN and does not count.",
    "alike": "All coordinates got the same number: one forecast well hides one forecast badly.",
    "other": "Another one is wanted.",
    "moved": "yours moved by {moved} where they should stay.",
    "wrong": "yours stay, but are not right to begin with.",
    "mean": "Forecasting the mean of a coordinate has to give R^2 = 0; yours gives {yours}.",
    "previous": "Forecasting that nothing happens has to give skill 0; yours gives {yours}.",
    "perfect": "A coordinate without error has to have R^2 = 1 and skill 1; yours gives {yours}.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Four plain tables, one without and with an offset, and three with scores known in all coordinates but one."""
    cases = [_case("plain", *_series(rng, k)) for k in rng.permutation([2, 3, 4, 5])]
    pred, target, previous = _series(rng, 3)
    shift = float(rng.uniform(60, 150)) * np.eye(3)[rng.integers(3)]
    cases.append(_case("shifted", pred, target, previous))
    cases.append(_case("shifted", pred + shift, target + shift, previous + shift, shift=shift.max()))
    pred, target, previous = _series(rng, 4)
    spoiled = np.arange(4) == rng.integers(4)
    mean = np.broadcast_to(np.nanmean(target, axis=(0, 1)), target.shape)
    known = {"mean": mean, "previous": previous, "perfect": target}
    for name, guess in known.items():
        guess = np.where(spoiled, pred, np.nan_to_num(guess, nan=1.0))
        cases.append(_case(name, guess, target, previous, known=~spoiled))
    return cases


def _case(stratum, pred, target, previous, **facts):
    return Case(stratum, (pred, target, previous), coordinate_scores(pred, target, previous), facts)


def _series(rng, k):
    """Slow oscillations of different mean and size, filled with NaN after their ends; forecast, target, previous."""
    runs, time = int(rng.integers(5, 9)), int(rng.integers(80, 140))
    t = np.arange(time + 1)
    pace = rng.uniform(0.03, 0.09, size=(runs, 1, k))
    size = rng.uniform(0.5, 1.5, size=(runs, 1, k))
    level = rng.uniform(-1, 1, size=(runs, 1, k))
    waves = level + size * np.sin(pace * t[:, None] + rng.uniform(0, 6, size=(runs, 1, k)))
    scale = rng.uniform(1, 8, size=k)
    x = scale * waves + scale * rng.uniform(2, 6, size=k) * rng.choice([-1.0, 1.0], size=k)
    target, previous = x[:, 1:].copy(), x[:, :-1].copy()
    error = scale * rng.uniform(0.01, 0.03, size=k)
    bad = rng.integers(k)
    error[bad] = scale[bad] * rng.uniform(0.3, 0.6)  # worse than standing still
    pred = target + error * (rng.normal(size=target.shape) + rng.uniform(0.3, 0.8, size=k))
    for run in rng.permutation(runs)[: runs // 2]:
        end = int(rng.integers(time // 3, time - 10))
        target[run, end:] = np.nan
        previous[run, end + 1 :] = np.nan
    return pred, target, previous


def _scores(case, value, which):
    """R^2 (0) or skill (1) of an answer, (k,), or None."""
    found = parts(value, 2)
    scores = None if found is None else array(found[which])
    return scores.reshape(-1) if scores is not None and scores.size == case.inputs[1].shape[2] else None


def _slack(case, which):
    return TOLERANCE * np.maximum(1.0, np.abs(case.expected[which]))


def score_miss(which):
    """Error of R^2 (0) or skill (1) in tolerances."""

    def measured(case: Case, value) -> float:
        return miss(_scores(case, value, which), case.expected[which], _slack(case, which))

    return measured


def guard_miss(case: Case, value) -> float:
    """The larger error of both scores in tolerances."""
    return max(score_miss(which)(case, value) for which in (0, 1))


def _value(which):
    def holds(case, value):
        found = _scores(case, value, which)
        if found is None:
            return False, {"yours": "not a number", "seen": SEEN["none"]}
        errors = np.abs(found - case.expected[which]) / _slack(case, which)
        seen = SEEN["alike" if len(found) > 1 and np.ptp(found) < 1e-9 else "other"]
        return errors.max() <= 1, {"yours": float(found[errors.argmax()]), "seen": seen}

    return holds


def _offset(evidence):
    """R^2 of a table and of the same table with an offset agree, and are right."""
    pairs = [(c, a.value if a.status == "ok" else None) for c, a in evidence if c.stratum == "shifted"]
    before, after = (_scores(case, value, 0) for case, value in pairs)
    figures = {"shift": pairs[1][0].facts["shift"], "seen": SEEN["none"]}
    if before is None or after is None:
        return Finding(False, 0, 2, figures)
    held = sum(score_miss(0)(case, value) <= 1 for case, value in pairs)
    moved = float(np.abs(after - before).max())
    figures["seen"] = SEEN["moved"].format(moved=f"{moved:.3g}") if moved > TOLERANCE else SEEN["wrong"]
    return Finding(held == 2, held, 2, figures)


def _anchor(case, value):
    """What is known without computing: 0 for the mean, 0 for standing still, 1 for no error."""
    r2, skill = (_scores(case, value, which) for which in (0, 1))
    wanted = {"mean": [(r2, 0.0)], "previous": [(skill, 0.0)], "perfect": [(r2, 1.0), (skill, 1.0)]}[case.stratum]
    for found, law in wanted:
        found = None if found is None else found[case.facts["known"]]
        if found is None or np.abs(found - law).max() > TOLERANCE:
            yours = "nothing finite" if found is None else f"{found[np.abs(found - law).argmax()]:.3g}"
            return False, {"seen": SEEN[case.stratum].format(yours=yours)}
    return True


def _runs_averaged(pred, target, previous):
    """Scores of single runs, averaged."""
    error = np.nanmean((pred - target) ** 2, axis=1)
    still = np.nanmean((previous - target) ** 2, axis=1)
    return (1 - error / np.nanvar(target, axis=1)).mean(axis=0), (1 - error / still).mean(axis=0)


def _shifted_once_more(pred, target, previous):
    """`previous` taken one sample too early: the skill comes out too high."""
    earlier = np.concatenate([previous[:, :1], previous[:, :-1]], axis=1)
    return coordinate_scores(pred, target, earlier)


def _squared_correlation(pred, target, previous):
    """Blind to a constant error of the forecast."""
    seen = ~np.isnan(target[..., 0])
    r2 = [np.corrcoef(pred[seen][:, j], target[seen][:, j])[0, 1] ** 2 for j in range(target.shape[2])]
    return np.array(r2), coordinate_scores(pred, target, previous)[1]


CRITICAL = {"runs": _runs_averaged, "one more step": _shifted_once_more, "correlation": _squared_correlation}
QUESTION = Question(
    name="q5",
    title="0.99 and wrong",
    function="coordinate_scores",
    draw=Guarded(draw, guard_miss, CRITICAL, strata=("plain",), on=3),
    properties=(
        Property("pooled", 5, per_case(_value(0), strata=("plain",))),
        Property("offset", 3, _offset),
        Property("skill", 4, per_case(_value(1), strata=("plain",))),
        Property("anchors", 2, per_case(_anchor, strata=ANCHORS), needs="pooled"),
    ),
    sentences=SENTENCES,
    cpu_seconds=3.0,
)
