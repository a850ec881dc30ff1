"""Question 2: three scores of one output, of single bits, of whole trials, of whole memories.

The library's task has a score of bits and one of trials. Both take an output for right by its sign alone; here it has
to be further than a margin from zero, and in every table some outputs on the right side are nearer (in some trials
nothing else is wrong). Nothing in the library counts memories. Numbers of memories are small and may be guessed, so
they count only with the bits right.

Cases: three tables without a mask ("all": among them one with more than 97 % of the bits right, no trial, and some of
the memories; one that never asks for one of them) and two with a mask ("masked": outputs at masked steps are at random,
and trials have masks of very different length). "mask" asks only for those scores that are right without a mask, so
one slip costs one property.

Scores are counts: 1e-5 is a tenth of one bit of the largest table and less, float32 stays below 1e-7 (tests/assignments
recomputes both). A memory's share is never within 0.01 of the 95 % that decide.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, parts
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import memory_scores

EXACT = 1e-5
NEAR = 0.01  # of a memory's share to the 0.95 that decide
NAMES = ("bits", "trials", "corners")

SENTENCES = {
    "bits": (
        "Of all single bits you count {yours} as right. {seen} Each valid bit counts once, and it counts where the "
        "output lies on its target's side, further than `margin` from zero."
    ),
    "trials": (
        "Of the trials you count {yours} as right. {seen} A trial is right when all bits are right at all of its valid "
        "steps, so it can only be the rarer thing."
    ),
    "corners": (
        "You count {yours} memories as kept. {seen} A memory is one word of all bits that the targets ask for; it is "
        "kept when all of its bits are right at once in at least 95 % of the valid steps that ask for it."
    ),
    "mask": "{seen}",
}
SEEN = {
    "none": "There have to be three finite numbers.",
    "above": "There is no such share.",
    "high": "That is too many.",
    "low": "That is too few.",
    "share": "That is no whole number.",
    "mask": "Without a mask your score of {which} is right, with one it is not: it becomes {yours}, too {side}. "
    "Steps that are not valid say nothing, neither for nor against, and are not among those that you divide by.",
    "main": "Without a mask none of your three scores is right yet; begin there.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Three tables without a mask, which do not keep one number of memories all, and two with one."""
    plain: list[Case] = []
    while len({case.expected[2] for case in plain}) < 2:
        plain = [
            _table(rng, bits=3, clean=0.0),
            _table(rng, bits=2, clean=0.4),
            _table(rng, bits=3, clean=0.3, never=True),
        ]
    masked = [
        _table(rng, bits=2, clean=0.4, masked=True),
        _table(rng, bits=3, clean=0.3, masked=True, never=True),
    ]
    return [*plain, *masked]


def _table(rng, bits, clean, masked=False, never=False):
    """A table none of whose memories is near the line; `clean`: share of trials without a fault."""
    while True:
        y = _targets(rng, bits, never)
        margin = float(rng.uniform(0.15, 0.35))
        y_hat = y * np.exp(rng.uniform(np.log(1.2 * margin), np.log(1.6), y.shape))
        words = (y > 0) @ 2 ** np.arange(bits)
        fault = rng.choice([0.015, 0.12, 0.4], size=2**bits, p=[0.45, 0.35, 0.2]) if clean else _few_kept(rng, bits)
        wrong = rng.random(words.shape) < fault[words]
        faultless = round(clean * len(y))
        wrong[:faultless] = False
        _spoil(rng, y_hat, wrong, margin)
        for trial in range(min(2, faultless)):  # one output too near to zero, and nothing else
            y_hat[trial, rng.integers(5, 45), 0] *= 0.5 * margin / 1.6
        valid = np.ones(words.shape, dtype=bool)
        if masked:
            valid = _mask(rng, *words.shape)
            y_hat[~valid] = rng.normal(size=(int((~valid).sum()), bits))
        order = rng.permutation(len(y))
        inputs = (y_hat[order], y[order], valid[order], margin)
        expected = memory_scores(*inputs)
        shares = _shares(*inputs)
        kept = expected[2] if clean else min(expected[2], len(shares) - 3)
        if np.abs(shares - 0.95).min() > NEAR and 0 < kept < len(shares) and (clean or expected[1] == 0):
            numbers = tuple(float(score) for score in expected)
            return Case("masked" if masked else "all", inputs, numbers)


def _targets(rng, bits, never):
    """Words held for a while, (batch, time, bits) of -1 and 1; with `never` one of them does not occur."""
    batch, time = int(rng.integers(26, 34)), int(rng.integers(50, 64))
    words = rng.permutation(2**bits)[: 2**bits - never]
    change = rng.random((batch, time)) < 0.12
    change[:, 0] = True
    drawn = rng.choice(words, (batch, time))
    last = np.maximum.accumulate(np.where(change, np.arange(time), 0), axis=1)
    held = np.take_along_axis(drawn, last, axis=1)
    return np.where((held[..., None] >> np.arange(bits)) & 1, 1.0, -1.0)


def _few_kept(rng, bits):
    """Shares of faults with which five memories of eight are lost and more than 97 % of the bits are right."""
    fault = np.full(2**bits, 0.09)
    fault[rng.permutation(2**bits)[:3]] = 0.015
    return fault


def _spoil(rng, y_hat, wrong, margin):
    """One bit at each of the wrong steps (batch, time) comes to the other side or, one in three, too near to zero."""
    bit = rng.integers(y_hat.shape[-1], size=wrong.shape)
    place = wrong[..., None] & (np.arange(y_hat.shape[-1]) == bit[..., None])
    faint = rng.random(y_hat.shape) < 0.33
    side = np.sign(y_hat)
    y_hat[place & ~faint] *= -1
    y_hat[place & faint] = (side * margin * rng.uniform(0.1, 0.8, y_hat.shape))[place & faint]


def _mask(rng, batch, time):
    """Valid steps: from somewhere on, very different from trial to trial, with gaps."""
    begin = (time * rng.beta(0.6, 0.8, batch) * 0.85).astype(int)
    return (np.arange(time) >= begin[:, None]) & (rng.random((batch, time)) > 0.12)


def _shares(y_hat, y, valid, margin):
    """Of each memory that is asked for, the share of its valid steps at which all bits are right."""
    whole = (y_hat * y > margin).all(axis=-1)[valid]
    words = ((y > 0) @ 2 ** np.arange(y.shape[-1]))[valid]
    return np.array([whole[words == word].mean() for word in np.unique(words)])


def _scores(value):
    """Three finite numbers, or None."""
    found = parts(value, 3)
    scores = None if found is None else [array(score) for score in found]
    if scores is None or any(score is None or score.size != 1 for score in scores):
        return None
    return np.array([score.reshape(()) for score in scores])


def misses(case: Case, value) -> np.ndarray:
    """Errors of the three scores in tolerances, (3,); infinite without an answer."""
    found = _scores(value)
    return np.full(3, np.inf) if found is None else np.abs(found - case.expected) / EXACT


def guard_miss(case: Case, value) -> float:
    """The largest of the three."""
    return float(misses(case, value).max())


def _score(which):
    def holds(case, value):
        found = _scores(value)
        if found is None:
            return False, {"yours": "nothing", "seen": SEEN["none"]}
        yours, wanted = float(found[which]), case.expected[which]
        seen = SEEN["high" if yours > wanted else "low"]
        if which < 2 and not 0 <= yours <= 1:
            seen = SEEN["above"]
        if which == 2 and yours != round(yours):
            seen = SEEN["share"]
        return misses(case, value)[which] <= 1, {"yours": yours, "seen": seen}

    return holds


def _mask_holds(evidence):
    """The scores that are right on all tables without a mask are right on those with one."""
    pairs = {name: [(c, a.value) for c, a in evidence if c.stratum == name] for name in ("all", "masked")}
    sound = [k for k in range(3) if all(misses(case, value)[k] <= 1 for case, value in pairs["all"])]
    if not sound:
        return Finding(False, 0, len(pairs["masked"]), {"seen": SEEN["main"]})
    bad = [(c, value, k) for c, value in pairs["masked"] for k in sound if misses(c, value)[k] > 1]
    if not bad:
        return Finding(True, len(pairs["masked"]), len(pairs["masked"]))
    case, value, which = bad[0]
    found = _scores(value)
    if found is None:
        return Finding(False, 0, len(pairs["masked"]), {"seen": SEEN["none"]})
    side = "high" if found[which] > case.expected[which] else "low"
    seen = SEEN["mask"].format(which=NAMES[which], yours=f"{found[which]:.3g}", side=side)
    return Finding(False, 0, len(pairs["masked"]), {"seen": seen})


def _with(change):
    """memory_scores with other inputs."""
    return lambda y_hat, y, valid, margin: memory_scores(*change(y_hat, y, valid, margin))


CRITICAL = {
    "mask ignored": _with(lambda y_hat, y, valid, margin: (y_hat, y, np.ones_like(valid), margin)),
    "margin ignored": _with(lambda y_hat, y, valid, margin: (y_hat, y, valid, 0.0)),
    "threshold one half": _with(lambda y_hat, y, valid, margin: (y_hat - 0.5, y, valid, 0.0)),
}

QUESTION = Question(
    name="q2",
    title="98 % of the bits",
    function="memory_scores",
    draw=Guarded(draw, guard_miss, CRITICAL, on=2),
    properties=(
        Property("bits", 3, per_case(_score(0), strata=("all",))),
        Property("trials", 3, per_case(_score(1), strata=("all",))),
        Property("corners", 4, per_case(_score(2), strata=("all",)), needs="bits"),
        Property("mask", 2, _mask_holds),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
