"""Question 6: how long a forecast is good.

The library takes the root mean square over the coordinates; here the worst coordinate decides, and the truth begins
with the samples that the network was shown, so neither a call nor a copy of it fits.

Tolerance: 1.01 steps, so that both ways of counting (the first lost sample, the last good one) are right. Errors grow
by 1 to 4 % a step and coordinates differ in size and spread: another norm, one spread for all, or the square shifts the
crossing by five steps and more (guard; tests/assignments recomputes it), float32 by none. Lyapunov times differ from
time units in the stratum "clock" alone, and only "return" holds forecasts that are never lost, come back, or are no
numbers any more: each slip costs its own points.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import valid_time

STEPS = 1.01
STARTS = 8

SENTENCES = {
    "crossing": (
        "One of your forecasts lasts {yours} Lyapunov times. {seen} It is good as long as every coordinate is off by "
        "at most `threshold` of its own standard deviations, in either direction."
    ),
    "unit": (
        "The same forecasts by two clocks have to be lost at the same step. One of yours lasts {before} steps of "
        "dt * lyap by the first clock and {after} by the second. {seen}"
    ),
    "return": "{seen}",
}
SEEN = {
    "none": "There has to be one finite number a forecast.",
    "late": "By then it has been lost for a while: {count} of {k} coordinates are beyond their band.",
    "early": "Just then, and for a while longer, it is still good.",
    "clock": "A step lasts dt time units, and a time unit holds lyap Lyapunov times.",
    "main": "Begin with the crossing, which is not right by either.",
    "never": "A forecast that is good to the end lasts as long as the record; yours lasts {yours} Lyapunov times.",
    "back": "A forecast that is lost and comes back for a while is lost from the first time on; yours lasts {yours}.",
    "blown": "A forecast that is no number any more is lost from there on; yours lasts {yours} Lyapunov times.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Three plain tables, one of them again by another clock, and forecasts with an unusual end."""
    cases = [_case("plain", *_errors(rng, k), rng.uniform(0.01, 0.1), 1.0, rng.uniform(0.2, 0.6)) for k in (2, 3, 4)]
    pred, truth, std, dt, _, threshold = cases[1].inputs
    other = dt * rng.uniform(0.1, 0.3), rng.uniform(2, 9)
    cases.append(_case("clock", pred, truth, std, *other, threshold))
    return [*cases, _unusual(rng)]


def _case(stratum, *inputs, **facts):
    inputs = tuple(float(item) if np.ndim(item) == 0 else item for item in inputs)
    return Case(stratum, inputs, valid_time(*inputs), {"step": inputs[3] * inputs[4], **facts})


def _errors(rng, k):
    """Forecasts whose errors grow from small to large, in k coordinates of different size; pred, truth, std."""
    time, shown = int(rng.integers(300, 400)), int(rng.integers(40, 80))
    t = np.arange(shown + time)
    std = np.exp(rng.permutation(np.linspace(0, 2, k)) + rng.uniform(-0.2, 0.2, k))
    phase, pace = rng.uniform(0, 6, (STARTS, 1, k)), rng.uniform(0.05, 0.15, (STARTS, 1, k))
    truth = std * (np.sqrt(2) * np.sin(pace * t[:, None] + phase) + rng.uniform(-1, 1, k))
    rate = rng.uniform(0.014, 0.04, STARTS)
    size = np.stack([rng.permutation(np.geomspace(1, 0.15, k)) for _ in range(STARTS)])
    begin = np.exp(-rate * rng.uniform(0.5, 0.75, STARTS) * time)  # size one well before the end
    growth = begin[:, None] * np.exp(rate[:, None] * np.arange(time))
    error = std * size[:, None, :] * rng.choice([-1.0, 1.0], (STARTS, 1, k)) * growth[:, :, None]
    return truth[:, shown:] + np.clip(error, -3 * std, 3 * std), truth, std


def _unusual(rng):
    """Good to the end (starts 0 to 2), back twice for a while (3 to 5), no number any more (6, 7)."""
    pred, truth, std = _errors(rng, 3)
    dt, threshold = float(rng.uniform(0.01, 0.1)), float(rng.uniform(0.2, 0.6))
    time = pred.shape[1]
    known = truth[:, -time:]
    pred[:3] = known[:3] + 0.3 * threshold * std * np.sin(np.arange(time) / 9)[:, None]
    for start in (3, 4, 5):
        first = int(valid_time(pred, truth, std, 1.0, 1.0, threshold)[start])
        for pause in (slice(first + 10, first + 25), slice(first + 40, first + 55)):
            pred[start, pause] = known[start, pause]
    for start in (6, 7):
        end = int(rng.integers(time // 4, time // 2))
        pred[start] = known[start] + 0.2 * threshold * std
        pred[start, end:] = np.nan
    return _case("return", pred, truth, std, dt, 1.0, threshold)


def _times(case, value):
    """One time a forecast, (n,), or None."""
    found = array(value)
    return found.reshape(-1) if found is not None and found.size == len(case.expected) else None


def steps_off(case: Case, value) -> np.ndarray:
    """Error of each time in steps, (n,); infinite without an answer."""
    found = _times(case, value)
    if found is None:
        return np.full(len(case.expected), np.inf)
    return np.abs(found - case.expected) / case.facts["step"]


def crossing_miss(case: Case, value) -> float:
    """The largest error in tolerances."""
    return float(steps_off(case, value).max() / STEPS)


def _crossing(case, value):
    off, found = steps_off(case, value), _times(case, value)
    if found is None:
        return False, {"yours": "no number", "seen": SEEN["none"]}
    worst = int(off.argmax())
    seen = SEEN["early"]
    if found[worst] > case.expected[worst]:
        pred, truth, std, _, _, threshold = case.inputs
        time = pred.shape[1]
        there = min(int(found[worst] / case.facts["step"]), time - 1)
        beyond = np.abs(pred[worst, there] - truth[worst, there - time]) > threshold * std
        seen = SEEN["late"].format(count=int(beyond.sum()), k=len(std))
    return off.max() <= STEPS, {"yours": float(found[worst]), "seen": seen}


def _unit(evidence):
    """The same forecasts by another clock; whether the fault is the clock or the crossing."""
    case, answer = next((c, a) for c, a in evidence if c.stratum == "clock")
    first, plain = next((c, a) for c, a in evidence if c.inputs[0] is case.inputs[0])
    after, before = _times(case, answer.value), _times(first, plain.value)
    figures = {"before": "no", "after": "no", "seen": SEEN["none"]}
    if after is None or before is None:
        return Finding(False, 0, 1, figures)
    off = steps_off(case, answer.value)
    ok, worst = bool(off.max() <= STEPS), int(off.argmax())
    main = per_case(_crossing, strata=("plain",))(evidence).ok
    figures = {"before": float(before[worst] / first.facts["step"]), "after": float(after[worst] / case.facts["step"])}
    return Finding(ok, int(ok), 1, {**figures, "seen": SEEN["clock" if main else "main"]})


def _return(case, value):
    off, found = steps_off(case, value), _times(case, value)
    if found is None:
        return False, {"seen": SEEN["none"]}
    wrong = np.flatnonzero(off > STEPS)
    if not len(wrong):
        return True
    kind = "never" if wrong[0] < 3 else "back" if wrong[0] < 6 else "blown"
    return False, {"seen": SEEN[kind].format(yours=f"{found[wrong[0]]:.3g}")}


def _wrong_norms(combine):
    """valid_time with another way to make one number of the coordinates' errors."""

    def wrong(pred, truth, std, dt, lyap, threshold):
        off = np.abs(pred - truth[:, -pred.shape[1] :])
        lost = combine(off, std) > threshold
        return np.where(lost.any(axis=1), lost.argmax(axis=1), pred.shape[1]) * dt * lyap

    return wrong


CRITICAL = {
    "root mean square": _wrong_norms(lambda off, std: np.sqrt(((off / std) ** 2).mean(axis=-1))),
    "sum": _wrong_norms(lambda off, std: (off / std).sum(axis=-1)),
    "one spread": _wrong_norms(lambda off, std: off.max(axis=-1) / std.mean()),
    "square": _wrong_norms(lambda off, std: (off / std).max(axis=-1) ** 2),
}
QUESTION = Question(
    name="q6",
    title="How long is the forecast good?",
    function="valid_time",
    draw=Guarded(draw, crossing_miss, CRITICAL, strata=("plain",), on=3),
    properties=(
        Property("crossing", 4, per_case(_crossing, strata=("plain",))),
        Property("unit", 2, _unit),
        Property("return", 2, per_case(_return, strata=("return",))),
    ),
    sentences=SENTENCES,
    cpu_seconds=3.0,
)
