"""Question 1: at which attractor each start is at time T, and since when.

The library's labels ask for ends that have settled within a box, give no time of arrival, and want a system of its own:
neither a call nor a copy gives the pair that is asked for.

Tolerance (class B): RK4 at dt, at half of it, in float32 and an adaptive solver give the same label for 59 of 60 starts
or all, and the same arrival for 99 of 100; 95 % and 90 % are wanted, since a start may lie on a border and a swing may
end just at tol. Euler's method at dt, the nearest of the mutants, mislabels a quarter or more (guarded).
tests/assignments recomputes both.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, parts
from course_lib.staff.grading.question import Case, Property, Question, per_case
from course_lib.student.cases import build

from .reference import destinations

STARTS = 60
LABELS, ARRIVALS = 0.95, 0.9  # shares of the starts
STEPS = 1.5  # between two arrivals that count as the same

SENTENCES = {
    "ends": "{seen}",
    "open": (
        "You leave {yours} of {n} starts open, and not those that are. Open is a start that is farther than tol from "
        "every attractor given when time T has passed, wherever it may go later; no other start is."
    ),
    "many": (
        "{wrong} of {n} starts do not end in the row of `attractors` that you name, for the first of them row {yours}. "
        "The rows may come in any number and any order, and a valley may have no row."
    ),
    "arrival": (
        "For {wrong} of {n} starts your arrival is another moment, for the first of them {yours}. It is the first of "
        "the times 0, dt, 2 dt, ... from which on the state stays within tol up to T; to pass through is not to arrive."
    ),
}
SEEN = {
    "form": "You do not return the pair (label, arrival) with one number a start in each.",
    "ends": "{wrong} of {n} starts do not end where you say, and all of them have come to rest long before T. "
    "Where a start ends is decided by its trajectory, and by no rough copy of it: see what half the step would change.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two double wells that all starts have settled in, one stopped early, a plane with four valleys, a network."""
    return [
        *(_double_well(rng, "settled", (0.35, 0.6), (22, 26), 0.125, 0.1) for _ in range(2)),
        _double_well(rng, "short", (0.18, 0.28), (8, 10), 0.0625, 0.4),
        _case(rng, "valleys", *_four(rng), reach=2.0, dt=0.1, T=12, tol=0.1),
        _case(rng, "net", *_net(rng), reach=1.5, dt=0.2, T=16, tol=0.1),
    ]


def _case(rng, stratum, field, attractors, reach, dt, T, tol):
    x0 = rng.uniform(-reach, reach, (STARTS, attractors.shape[1]))
    expected = destinations(build(field), x0, attractors, dt, T, tol)
    inputs = (field, x0, attractors, dt, float(T), tol)
    return Case(stratum, inputs, expected, {"nan": int(np.isnan(expected[1]).sum())})


def _double_well(rng, stratum, damping, T, dt, tol):
    tilt = rng.choice([-1.0, 1.0]) * rng.uniform(0.03, 0.12)
    field = {"kind": "duffing", "damping": rng.uniform(*damping), "tilt": tilt}
    wells = rng.permutation(at_rest(field, np.array([[-1.0, 0.0], [1.0, 0.0]])))
    while True:
        case = _case(rng, stratum, field, wells, reach=2.0, dt=dt, T=rng.integers(*T, endpoint=True), tol=tol)
        if stratum != "settled" or case.facts["nan"] == 0:
            return case


def _four(rng):
    """A stirred plane, three of its four valleys in some order."""
    while True:
        turn = rng.choice([-1.0, 1.0]) * rng.uniform(0.16, 0.24)
        field = {"kind": "four_wells", "turn": turn, "tilt": rng.uniform(-0.05, 0.05, 2)}
        valleys = at_rest(field, np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]))
        if len(valleys) == 4:
            return field, rng.permutation(valleys)[:3]


def _net(rng):
    """Three units that hold themselves up, and all but two of the states that they can hold."""
    corners = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 3), axis=-1).reshape(-1, 3)
    while True:
        field = {"kind": "tanh_net", "W": 1.8 * np.eye(3) + rng.normal(0, 0.3, (3, 3)), "b": rng.normal(0, 0.1, 3)}
        held = at_rest(field, corners, slowest=0.2)
        if len(held) >= 5 and _apart(held) > 0.4:
            return field, rng.permutation(held)[:-2]


def _apart(states):
    """The smallest distance of two of the states (k, dim)."""
    rows, columns = np.triu_indices(len(states), 1)
    return np.linalg.norm(states[rows] - states[columns], axis=1).min()


def at_rest(field, starts, slowest=0.05):
    """The different states of rest that Newton's method finds from starts (n, dim); all decay faster than slowest."""
    f, x = build(field), starts
    for _ in range(12):
        x = x - np.linalg.solve(f.jac(x), f(x)[..., None])[..., 0]
    still = (np.abs(f(x)).max(axis=1) < 1e-9) & (np.linalg.eigvals(f.jac(x)).real.max(axis=1) < -slowest)
    return np.unique(x[still].round(9), axis=0)


def _read(case, value):
    """Labels and arrivals, each (n,), whatever is not finite left as it is; None for another form."""
    found = parts(value, 2)
    try:
        pair = None if found is None else [np.asarray(part, dtype=float).squeeze() for part in found]
    except (TypeError, ValueError):
        return None
    return pair if pair is not None and all(part.shape == (STARTS,) for part in pair) else None


def label_miss(case: Case, value) -> float:
    """Share of the starts with another label, in units of the share that is allowed."""
    found = _read(case, value)
    return float("inf") if found is None else float(np.mean(found[0] != case.expected[0]) / (1 - LABELS))


def arrival_miss(case: Case, value) -> float:
    """Share of the starts that arrive with another arrival, in units of the share that is allowed."""
    found, here = _read(case, value), case.expected[0] >= 0
    if found is None:
        return float("inf")
    near = np.abs(found[1] - case.expected[1])[here] <= STEPS * case.inputs[3]
    return float(np.mean(~near) / (1 - ARRIVALS))


def _ends(case, value):
    found = _read(case, value)
    if found is None:
        return False, {"seen": SEEN["form"]}
    wrong = int(np.sum(found[0] != case.expected[0]))
    return label_miss(case, value) <= 1, {"seen": SEEN["ends"].format(wrong=wrong, n=STARTS)}


def _open(case, value):
    found = _read(case, value)
    if found is None:
        return False, {"yours": "none", "n": STARTS}
    alike = np.mean((found[0] == -1) == (case.expected[0] == -1))
    return bool(alike >= LABELS), {"yours": int(np.sum(found[0] == -1)), "n": STARTS}


def _many(case, value):
    found, here = _read(case, value), case.expected[0] >= 0
    if found is None:
        return False, {"wrong": STARTS, "n": STARTS, "yours": "missing"}
    wrong = (found[0] != case.expected[0]) & here
    yours = found[0][wrong][:1]
    figures = {"wrong": int(wrong.sum()), "n": int(here.sum()), "yours": f"{yours[0]:.0f}" if len(yours) else "none"}
    return bool(wrong.sum() <= (1 - LABELS) * STARTS), figures


def _arrival(case, value):
    found, here = _read(case, value), case.expected[0] >= 0
    if found is None:
        return False, {"wrong": STARTS, "n": STARTS, "yours": "missing"}
    wrong = here & ~(np.abs(found[1] - case.expected[1]) <= STEPS * case.inputs[3])
    yours = found[1][wrong][:1]
    figures = {"wrong": int(wrong.sum()), "n": int(here.sum()), "yours": f"{yours[0]:.3g}" if len(yours) else "none"}
    return arrival_miss(case, value) <= 1, figures


def _euler(f, x0, attractors, dt, T, tol):
    x = x0
    with np.errstate(all="ignore"):  # some starts run off
        for _ in range(round(T / dt)):
            x = x + dt * f(x)
        near = np.linalg.norm(x[:, None] - attractors, axis=-1) <= tol
    return np.where(near.any(axis=1), near.argmax(axis=1), -1), np.zeros(len(x))


def _nearest(f, x0, attractors, dt, T, tol):
    return np.linalg.norm(x0[:, None] - attractors, axis=-1).argmin(axis=1), np.zeros(len(x0))


def _called(function):
    """The function on a case's inputs as they are drawn."""
    return lambda field, *inputs: function(build(field), *inputs)


QUESTION = Question(
    name="q1",
    title="Who ends where",
    function="destinations",
    draw=Guarded(
        draw,
        label_miss,
        {"Euler": _called(_euler), "nearest": _called(_nearest)},
        strata=("settled",),
    ),
    properties=(
        Property("ends", 5, per_case(_ends, strata=("settled",))),
        Property("open", 2, per_case(_open, strata=("short", "valleys")), needs="ends"),
        Property("many", 2, per_case(_many, strata=("valleys", "net"))),
        Property("arrival", 3, per_case(_arrival)),
    ),
    sentences=SENTENCES,
    cpu_seconds=10.0,
)
