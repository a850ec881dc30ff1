"""Question 8: weights under Dale's law that keep a random input in mind; the judge runs the network.

The answer is the network, so the judge trusts no log: it checks every sign and runs the weights itself, with noise of
its own, through the code that the notebook shows in full (course_lib.student.checks.a3_ei_rate.memory). Two networks
of drawn size, three trials each; the quality is their mean number of steps remembered. Rates have a ceiling of 10:
without one, inputs and bias of size 100 drown the noise and any chain would do.

Rungs (1.25, 3, 6 and 9 steps) stand where designs leave a gap. Measured over 20 draws, lowest to highest: no
recurrence 0.2; random weights of radius 0.3 around silence 0.9 to 1.1, of radius 0.9 1.4 to 2.0, with a bias 3.4 to
4.5; a chain of weight 0.8 3.7 to 4.0; of weight one without bias 3.4 to 4.1, with a bias at every cell 5.5 to 5.9,
with one at its first cell 11 to 12; of weight 1.02 resting in the middle of its range 13 to 14 (tests/assignments
recomputes it). The signs come in drawn order, so that a stored network breaks Dale's law: with the excitatory cells in
front, one answer fits every network of its size. Drawing needs no right answer: `expected` stays empty.
"""

import numpy as np

from course_lib.staff.grading.guard import array, parts
from course_lib.staff.grading.question import Case, Question, ladder
from course_lib.student.checks.a3_ei_rate.memory import RUNGS, diagnosis, offence, steps_remembered

SENTENCES = {
    "some": "{yours} The first points begin at one and a quarter steps. {why}",
    "more": "{yours} The next points begin at three steps. {why}",
    "most": "{yours} The next points begin at six steps. {why}",
    "all": "{yours} The last points begin at nine steps. {why}",
}
YOURS = "Your networks remember {steps} steps."
FORM = "Your answer could not be run: three finite arrays are wanted, W (n, n), w_in (n,) and b (n,)."


def draw(rng: np.random.Generator) -> list[Case]:
    """Two networks of 50 to 70 cells, 75 to 85 per cent of them excitatory."""
    cases: list[Case] = []
    for n in rng.choice(np.arange(50, 71), 2, replace=False).tolist():
        signs = rng.permutation(np.where(np.arange(n) < round(n * rng.uniform(0.75, 0.85)), 1.0, -1.0))
        seed, noise = (int(rng.integers(2**31)) for _ in range(2))
        cases.append(Case("network", (signs, {"kind": "generator", "seed": seed}), None, {"noise": noise}))
    return cases


def network_of(case: Case, value) -> tuple[np.ndarray, ...] | None:
    """W (n, n), w_in (n,), b (n,) of an answer, or None when it is anything else."""
    n, found = len(case.inputs[0]), parts(value, 3)
    if found is None:
        return None
    W, w_in, b = (array(part) for part in found)
    if any(part is None for part in (W, w_in, b)) or W.shape != (n, n) or w_in.size != n or b.size != n:
        return None
    return W, w_in.reshape(n), b.reshape(n)


def measure(evidence):
    """Steps remembered, mean over the networks, and the words for the sentences; NaN where a network is not allowed."""
    steps, why = [], []
    for case, answer in evidence:
        network = network_of(case, answer.value) if answer.status == "ok" else None
        if network is None:
            return np.nan, {"yours": FORM, "why": "Return them in this order."}
        signs = case.inputs[0]
        broken = offence(network[0], signs)
        if broken:
            return np.nan, {
                "yours": f"Your weights break the rules, so nothing was run: {broken}.",
                "why": "Mend that.",
            }
        steps.append(steps_remembered(*network, signs, np.random.default_rng(case.facts["noise"])))
        why.append(diagnosis(*network, signs))
    return float(np.mean(steps)), {"yours": YOURS.format(steps=f"{np.mean(steps):.3g}"), "why": why[0]}


QUESTION = Question(
    name="q8",
    title="Remember under Dale",
    function="design_memory",
    draw=draw,
    properties=ladder(measure, RUNGS),
    sentences=SENTENCES,
    cpu_seconds=6.0,
)
