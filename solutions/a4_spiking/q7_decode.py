"""Question 7, open-ended: the signal behind the spikes of sixty cells.

Quality is the share of the signal's variance that the estimate leaves, divided by what the plain decoder of the judge
leaves on the same spikes (an exponential filter of 20 ms, then ridge regression): a ratio, since the share itself moves
by a third between draws. It is taken over four unseen trajectories and three coordinates, without the first and last
0.15 s, with steps of 1.5 ms and with 2.5 ms; the two shares are added before they are divided.

Measured on 40 draws (tests/assignments recomputes the ladder): raw spikes leave 0.64 to 0.81 of the variance (first
rung: at most 0.9), which is 10.1 to 12.7 times what the plain decoder leaves; a filter of 100 ms is at 7.2 to 9.6,
filters of 5 and 50 ms at 2.8 to 4.8 (rung at 5.5), two added up at 1.2 to 1.3 (rung at 2.3); a filter moved ahead by
its own length, or three that look back, at 0.55 to 0.76 (rung at 0.9); smoothing to both sides at 0.20 to 0.47 (rung at
0.5). Two ways cross a rung between draws: a readout fitted on one trajectory (1.3 to 2.7 times), and all cells added up
(0.77 to 1.02 of the variance).

Filters that look back were the top of the ladder first; but the whole record lies there, and whoever uses it does three
times better. So the last rung asks for that idea, and the filter of the page earns ten of eighteen points.

Nothing that is drawn here is known elsewhere: frequencies, tuning, noise and time constants are new for each student.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array
from course_lib.staff.grading.question import Case, Finding, Property, Question, ladder

CELLS, TRAIN, TEST, DURATION, EDGE = 60, 8, 4, 1.5, 0.15  # cells, trajectories, s
STEPS = {"fine": 0.0015, "coarse": 0.0025}  # s
PLAIN, RIDGE = 0.02, 1e-3  # s; relative to the mean variance
HEARD = 0.9

SENTENCES = {
    "heard": (
        "Your estimate leaves {share} of the signal's variance in the worse of the two cases; the signal's mean "
        "would leave all of it. {seen}"
    ),
    "rough": (
        "Your estimate leaves {ratio} times what a plain decoder leaves. Look at it beside the signal: is it too late, "
        "too flat, or mostly noise?"
    ),
    "plain": (
        "Your estimate leaves {ratio} times what a plain decoder leaves. Between too short a filter, which is noise, "
        "and too long a one, which is late, lies a best one; its length is a time, and steps differ between cases."
    ),
    "in-time": (
        "Your estimate leaves {ratio} times what a plain decoder leaves; to leave less than it takes another idea. A "
        "filter that looks back only is always late. How late is yours, and what could be done about it when the whole "
        "record lies there?"
    ),
    "both-sides": (
        "Your estimate leaves {ratio} times what a plain decoder leaves; the last points want less than half. The "
        "spikes after a moment tell about it as well as those before."
    ),
}
SEEN = {
    "shape": "Yours has shape {yours}; it is to be (trajectories, time, 3), like y_train, with finite numbers.",
    "fit": "A linear readout of smoothed spikes, fitted on the training trajectories, is the usual beginning.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two populations, recorded with steps of one and of two milliseconds."""
    return [_recorded(rng, stratum, dt) for stratum, dt in STEPS.items()]


def _recorded(rng, stratum, dt):
    signal = draw_signal(rng, TRAIN + TEST, round(DURATION / dt), dt)
    spikes = draw_spikes(rng, signal, CELLS, dt)
    inputs = (spikes[:TRAIN], signal[:TRAIN], spikes[TRAIN:], dt)
    edge = round(EDGE / dt)
    facts = {"signal": signal[TRAIN:], "scored": slice(edge, -edge)}
    case = Case(stratum, inputs, None, facts)
    return Case(stratum, inputs, None, {**facts, "plain": share_left(case, plain_decoder(*inputs))})


def draw_signal(rng, trajectories, n, dt):
    """Three coordinates (trajectories, n, 3) of variance one, each a sum of six sines between 0.5 and 3 Hz."""
    edges = np.geomspace(0.5, 3.0, 7)
    frequency = rng.uniform(edges[:-1], edges[1:], (trajectories, 1, 3, 6))
    phase = rng.uniform(0, 2 * np.pi, frequency.shape)
    t = dt * np.arange(n)[:, None, None]
    return np.sin(2 * np.pi * frequency * t + phase).sum(axis=-1) / np.sqrt(3)


def draw_spikes(rng, signal, cells, dt):
    """Spikes (trajectories, n, cells) of leaky cells, each driven by its own mixture of the signal; mV, s."""
    trajectories, n, dim = signal.shape
    tau = rng.uniform(0.012, 0.022, cells)
    tuning = rng.normal(size=(dim, cells))
    tuning *= rng.uniform(5, 9, cells) / np.linalg.norm(tuning, axis=0)
    drive = signal @ tuning + rng.uniform(17, 24, cells)
    noise = np.sqrt(2 * dt / tau) * rng.standard_normal((n, trajectories, cells))
    v = rng.uniform(0, 15, (trajectories, cells))
    resting = np.zeros(v.shape, dtype=int)
    spikes = np.zeros((trajectories, n, cells), dtype=bool)
    hold = round(0.002 / dt)
    for k in range(n):
        v += dt / tau * (drive[:, k] - v) + noise[k]
        v[resting > 0] = 0
        resting -= 1
        fired = v >= 15
        v[fired], resting[fired] = 0, hold
        spikes[:, k] = fired
    return spikes


def plain_decoder(s_train, y_train, s_test, dt):
    """The ruler: spikes through a filter that looks back 20 ms, and ridge regression."""
    features, unseen = (_looking_back(s, dt / PLAIN) for s in (s_train, s_test))
    mean_x, mean_y = features.mean(axis=(0, 1)), y_train.mean(axis=(0, 1))
    x = (features - mean_x).reshape(-1, features.shape[-1])
    gram = x.T @ x
    gram[np.diag_indices_from(gram)] += RIDGE * np.trace(gram) / len(gram)
    return (unseen - mean_x) @ np.linalg.solve(gram, x.T @ (y_train - mean_y).reshape(-1, 3)) + mean_y


def _looking_back(s, leak):
    trace, out = np.zeros((s.shape[0], s.shape[2])), np.empty(s.shape)
    for k in range(s.shape[1]):
        trace += s[:, k] - leak * trace
        out[:, k] = trace
    return out


def share_left(case: Case, value) -> float:
    """Share of the signal's variance that an estimate leaves: mean over coordinates; one for what is no estimate."""
    signal = case.facts["signal"]
    found = array(value, signal.shape)
    if found is None:
        return 1.0
    truth, found = signal[:, case.facts["scored"]], found[:, case.facts["scored"]]
    with np.errstate(over="ignore"):
        left = ((found - truth) ** 2).sum(axis=(0, 1)) / ((truth - truth.mean(axis=(0, 1))) ** 2).sum(axis=(0, 1))
    return float(left.mean())


def _shares(evidence):
    return [(case, share_left(case, answer.value if answer.status == "ok" else None)) for case, answer in evidence]


def _heard(evidence):
    """Every case carries some of the signal."""
    shares = [share for _, share in _shares(evidence)]
    shaped = [
        answer.status == "ok" and array(answer.value, case.facts["signal"].shape) is not None
        for case, answer in evidence
    ]
    seen = SEEN["fit"]
    if not all(shaped):
        value = evidence[shaped.index(False)][1].value
        seen = SEEN["shape"].format(yours=np.shape(value) if isinstance(value, np.ndarray) else "none")
    held = sum(share <= HEARD for share in shares)
    return Finding(held == len(shares), held, len(shares), {"share": max(shares), "seen": seen})


def measure(evidence):
    """Quality for the ladder: minus the ratio to the plain decoder, over both cases."""
    shares = _shares(evidence)
    ratio = sum(share for _, share in shares) / sum(case.facts["plain"] for case, _ in shares)
    return -ratio, {"ratio": ratio}


RUNGS = (("rough", 3, -5.5), ("plain", 4, -2.3), ("in-time", 4, -0.9), ("both-sides", 4, -0.5))

QUESTION = Question(
    name="q7",
    title="Read the mind of sixty cells",
    function="decode",
    draw=Guarded(
        draw,
        lambda case, value: 10 * share_left(case, value),
        {"mean": lambda s_train, y_train, s_test, dt: np.zeros((*s_test.shape[:2], 3)) + y_train.mean(axis=(0, 1))},
    ),
    properties=(Property("heard", 3, _heard), *ladder(measure, RUNGS)),
    sentences=SENTENCES,
    cpu_seconds=6.0,
)
