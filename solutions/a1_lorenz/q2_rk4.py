"""Question 2: Runge-Kutta steps on any monotone grid, for a field that depends on time.

The library integrates autonomous flows only: its integrator neither takes f(t, x) nor advances a clock inside a step,
so neither a call nor a copy of it fits.

Tolerances. `step`, `uneven`, `backwards` (class A): on x' = A x every four-stage rule of order four gives the same
polynomial 1 + z + z^2/2 + z^3/6 + z^4/24 of z = hA, so right answers differ by rounding alone (float32: below 3e-6 of
the sum of absolute terms; 1e-5 allowed on one step, 1e-4 on a whole grid); the exact flow differs by more than 1e-3,
the nearest wrong weights by 1e-2. `order` (class B): the root mean square error over 8 starts and all times of the
coarse grid falls from h to h/4 with an order of 3.84 to 4.64 for RK4, 3.90 to 4.64 for the 3/8 rule, 3.87 to 4.64 in
float32, and at most 3.06 for third-order rules (25 draws each; tests/assignments recomputes it): 3.4 is wanted.
"""

from dataclasses import replace

import numpy as np
from scipy.integrate import solve_ivp

from course_lib.staff.grading.guard import Guarded, array, miss, shape_of
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case
from course_lib.student.cases import build

from .reference import rk4

ORDER, STEP_TOLERANCE, GRID_TOLERANCE, WORSE = 3.4, 1e-5, 1e-4, 10.0
ROUGH = {"pendulum": (0.4, 8.0), "van_der_pol": (0.2, 4.0)}  # coarse step and duration

SENTENCES = {
    "step": (
        "One large step on x' = A x is not the fourth-order polynomial of hA: {yours} of what it should carry is "
        "missing or too much. Look at the four slopes, at the states they are taken at, and at their weights."
    ),
    "order": (
        "Halving the step divided your error by {gain}, which is order {order}; the wanted method gains sixteenfold. "
        "Each slope has its own state and its own time."
    ),
    "uneven": "An uneven grid comes out wrong. {seen}",
    "backwards": "A falling grid comes out wrong. {seen}",
}
STEP_FIRST = "So do single steps: mend those first."
SEEN = {
    "uneven": "On an even grid all is well: which step length do you use between two times?",
    "backwards": "On a rising one all is well: a step may be negative.",
    "layout": "You return shape {yours}; the layout is (batch, time, dim), and the first sample is the start itself.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Single large steps, an uneven and a falling grid on linear fields; two pushed oscillators at h and at h/4."""
    return [
        *(_linear(rng, "step", dim, rng.uniform(-2, 2) + np.array([0.0, 1.0]), reach=1.5) for dim in (2, 3)),
        _linear(rng, "uneven", 2, _uneven(rng), reach=0.5),
        _linear(rng, "backwards", 3, rng.uniform(-1, 1) - np.arange(7) * rng.uniform(0.2, 0.5), reach=0.6),
        *(case for kind in ROUGH for case in _rough(rng, kind)),
    ]


def _uneven(rng):
    """Nine to twelve rising times whose intervals differ up to fivefold."""
    steps = rng.permutation(np.geomspace(0.2, 1.0, int(rng.integers(9, 13))))
    return rng.uniform(-1, 1) + np.concatenate([[0.0], np.cumsum(steps)])


def _linear(rng, stratum, dim, t, reach):
    """x' = A x, mostly a rotation, with |hA| = reach for the longest interval h."""
    A = rng.normal(size=(dim, dim))
    A = A - A.T + 0.3 * A
    A = A * reach / (np.linalg.norm(A, 2) * np.max(np.abs(np.diff(t))))
    x0 = rng.uniform(0.5, 2, (4, dim)) * rng.choice([-1.0, 1.0], (4, dim))
    inputs = ({"kind": "linear", "A": A}, x0, t)
    bound = rk4(lambda _, x: x @ np.abs(A).T, np.abs(x0), np.concatenate([[0.0], np.cumsum(np.abs(np.diff(t)))]))
    return Case(stratum, inputs, _reference(inputs), {"scale": bound.max(axis=(0, 2))[None, :, None]})


def _rough(rng, kind):
    """One oscillator with a push, on a coarse grid and on one four times as fine."""
    strength = {"damping": rng.uniform(0.0, 0.15)} if kind == "pendulum" else {"mu": rng.uniform(0.8, 1.4)}
    field = {"kind": kind, **strength, "push": rng.uniform(0.4, 0.8), "beat": rng.uniform(0.7, 1.6)}
    x0 = rng.uniform(-1.5, 1.5, (8, 2))
    step, duration = ROUGH[kind]
    coarse = np.linspace(0, duration, round(duration / step) + 1)
    truth = _truth(build(field), x0, coarse)
    cases = []
    for finer in (1, 4):
        inputs = (field, x0, np.linspace(0, duration, finer * (len(coarse) - 1) + 1))
        reference = _reference(inputs)
        facts = {"finer": finer, "truth": truth, "error": _rms(reference[:, ::finer], truth), "kind": kind}
        cases.append(Case("order", inputs, reference, facts))
    return cases


def _reference(inputs):
    return rk4(build(inputs[0]), *inputs[1:])


def _truth(f, x0, t):
    """The solution to ten digits, (batch, time, dim)."""
    flat = solve_ivp(lambda s, y: f(s, y.reshape(x0.shape)).ravel(), (t[0], t[-1]), x0.ravel(), t_eval=t,
                     method="DOP853", rtol=1e-11, atol=1e-12)  # fmt: skip
    return flat.y.T.reshape(len(t), *x0.shape).swapaxes(0, 1)


def _rms(found, truth):
    return float(np.sqrt(np.mean((found - truth) ** 2)))


def _laid_out(case: Case, value) -> np.ndarray | None:
    """The answer as (batch, time, dim): also when time came first or the start was left out; None otherwise."""
    wanted = case.expected.shape
    found = array(value)
    if found is None:
        return None
    if found.ndim == 3 and found.shape != wanted and found.shape[1] == wanted[0]:
        found = found.swapaxes(0, 1)
    if found.shape == (wanted[0], wanted[1] - 1, wanted[2]):
        found = np.concatenate([case.inputs[1][:, None], found], axis=1)
    return found if found.shape == wanted else None


def grid_miss(case: Case, value) -> float:
    """Error on a linear field in tolerances."""
    tolerance = STEP_TOLERANCE if case.stratum == "step" else GRID_TOLERANCE
    return miss(_laid_out(case, value), case.expected, tolerance * case.facts["scale"])


def _step(case, value):
    found = _laid_out(case, value)
    if found is None:
        return False, {"yours": "the start or the step"}
    wrong = np.abs(found - case.expected).max() / case.facts["scale"].max()
    return grid_miss(case, value) <= 1, {"yours": f"{100 * wrong:.2g} %"}


def _uneven_grid(case, value):
    return grid_miss(case, value) <= 1, {"seen": SEEN["uneven"]}


def _backwards(case, value):
    if shape_of(value) != case.expected.shape:
        return False, {"seen": SEEN["layout"].format(yours=shape_of(value))}
    return grid_miss(case, value) <= 1, {"seen": SEEN["backwards"]}


def _on_grid(holds, stratum):
    """The property of one grid; when single steps are wrong already, its sentence says that and no more."""

    def test(evidence):
        found = per_case(holds, strata=(stratum,))(evidence)
        sound = per_case(_step, strata=("step",))(evidence).ok
        return found if found.ok or sound else replace(found, figures={"seen": STEP_FIRST})

    return test


def order_of(coarse: tuple[Case, object], fine: tuple[Case, object]) -> tuple[float, float]:
    """Observed order from h to h/4, and the error at h/4 as a multiple of the reference's."""
    errors = []
    for case, value in (coarse, fine):
        found = _laid_out(case, value)
        if found is None:
            return 0.0, float("inf")
        errors.append(max(_rms(found[:, :: case.facts["finer"]], case.facts["truth"]), 1e-300))
    return float(np.log(errors[0] / errors[1]) / np.log(4)), errors[1] / fine[0].facts["error"]


def _order(evidence):
    """Holds for each oscillator whose error falls fast enough and ends near the reference's."""
    pairs = [(case, answer.value if answer.status == "ok" else None) for case, answer in evidence]
    pairs = [pair for pair in pairs if pair[0].stratum == "order"]
    results = [order_of(pairs[k], pairs[k + 1]) for k in range(0, len(pairs), 2)]
    held = [order >= ORDER and worse <= WORSE for order, worse in results]
    worst = min(order for order, _ in results)
    return Finding(all(held), sum(held), len(held), {"order": f"{abs(worst):.1f}", "gain": f"{2**worst:.1f}"})


def _one_step_length(table, x0, t):
    return rk4(build(table), x0, t[0] + (t[1] - t[0]) * np.arange(len(t)))


QUESTION = Question(
    name="q2",
    title="Runge-Kutta you can trust",
    function="rk4",
    draw=Guarded(draw, grid_miss, {"one step length": _one_step_length}, strata=("uneven",)),
    properties=(
        Property("step", 4, per_case(_step, strata=("step",))),
        Property("order", 4, _order),
        Property("uneven", 3, _on_grid(_uneven_grid, "uneven")),
        Property("backwards", 3, _on_grid(_backwards, "backwards")),
    ),
    sentences=SENTENCES,
    cpu_seconds=3.0,
)
