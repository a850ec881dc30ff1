"""Question 8, open-ended: how many random patterns of 50 signs a network brings back from a fifth of wrong signs.

The student hands in weights, and the judge runs them, by the very function that the notebook shows
(course_lib.student.checks.a5_flipflop.q8): diagonal emptied, mean aligned field scaled to one, h' = -h + tanh(4 W h)
for 30 time units from patterns with ten wrong signs. Six sets of patterns for each of four loads, four starts from each
pattern; a rung holds where the mean over the sets is 0.8 or more, and all rungs below hold.

Measured (share brought back at 3, 10, 17, 22 patterns; between sets the share varies by 0.04 to 0.09, so the mean of
six by half of that and less; tests/assignments recomputes it): Hebb's sum 0.99, 0.19, 0, 0 (first rung); patterns put
in one after the other, each corrected for what is there already, 1, 0.93, 0.61, 0.31 (second); the pseudo-inverse 1, 1,
0.96, 0.72 (third); the same with a ridge of 5, or least squares on patterns with a twentieth of the signs wrong, 1, 1,
0.98, 0.87 (all). No rule that was tried is within three deviations of a line. Loads of 4 and 16 were not so
kind: Hebb's sum and the one-by-one rule came near the line there.

With a tenth of wrong signs nearly every rule but Hebb's brings back 22 of 22, so a fifth is turned over. Nothing that
is drawn here is known elsewhere; weights that do not come from the patterns bring back none.
"""

import numpy as np

from course_lib.staff.grading.guard import array
from course_lib.staff.grading.question import Case, Question, ladder
from course_lib.student.checks.a5_flipflop.q8 import ENOUGH, LOADS, UNITS, brought_back

SETS = 6
RUNGS = (("three", 3, 1), ("ten", 3, 2), ("seventeen", 3, 3), ("twenty-two", 3, 4))

SENTENCES = {
    "three": (
        "Of three patterns {share} % are brought back. {seen} The oldest rule strengthens what two units say together, "
        "pattern by pattern."
    ),
    "ten": (
        "Of ten patterns {share} % are brought back. Patterns drawn by lot overlap a little, and each disturbs all "
        "others; a sum over them, one by one, takes no notice of that."
    ),
    "seventeen": (
        "Of seventeen patterns {share} % are brought back. There are weights that leave every pattern exactly as it "
        "is: that is a linear equation for each unit, and all patterns have a say in it at once."
    ),
    "twenty-two": (
        "Of twenty-two patterns {share} % are brought back. To stay as it is is one thing, to be pulled back from a "
        "fifth of wrong signs another: what would weights be like that had learnt from patterns with errors in them?"
    ),
}
SEEN = {
    "form": "There has to be a table of 50 times 50 finite numbers.",
    "field": "With no unit hearing itself, the others do not tell a unit to stay.",
    "lost": "The runs end somewhere else.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Six sets of patterns for each load."""
    cases = []
    for load in LOADS:
        for _ in range(SETS):
            patterns = rng.choice([-1.0, 1.0], (load, UNITS))
            cases.append(Case(str(load), (patterns,), None, {"seed": int(rng.integers(2**32))}))
    return cases


def share_of(case: Case, answer) -> float:
    """Share of the runs that are brought back; zero for what is no table of weights."""
    W = array(answer.value, (UNITS, UNITS)) if answer.status == "ok" else None
    if W is None:
        return 0.0
    with np.errstate(all="ignore"):
        return brought_back(W, case.inputs[0], np.random.default_rng(case.facts["seed"]))


def shares(evidence) -> dict[int, float]:
    """Mean share brought back at each load, up to the first that fails."""
    found = {}
    for load in LOADS:
        found[load] = float(np.mean([share_of(case, answer) for case, answer in evidence if case.stratum == str(load)]))
        if found[load] < ENOUGH:
            break
    return found


def measure(evidence):
    """Loads in a row that are brought back, and the share at the first that is not."""
    found = shares(evidence)
    rungs = sum(share >= ENOUGH for share in found.values())
    shaped = [answer.status == "ok" and array(answer.value, (UNITS, UNITS)) is not None for _, answer in evidence]
    share = list(found.values())[-1]
    seen = "form" if not all(shaped) else "lost" if share else "field"
    return rungs, {"share": f"{100 * share:.0f}", "seen": SEEN[seen]}


QUESTION = Question(
    name="q8",
    title="Count the memories",
    function="imprint",
    draw=draw,
    properties=ladder(measure, RUNGS),
    sentences=SENTENCES,
    cpu_seconds=6.0,
)
