"""a0_corpus: three small questions and a written one. They are about students' notebooks, not about students."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.staff.grading.guard import array, miss
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import drive, orbit, step

TITLE = "The corpus"
VERSION = 2
OPEN = ()
TOLERANCE = 1e-5  # of the case's scale: float32 passes, a first-order slip does not
BUDGET = {"cpu_seconds": 2.0, "wall_seconds": 4.0}


def draw_step(rng: np.random.Generator) -> list[Case]:
    """Batches of several sizes."""
    cases = []
    for batch, dim in ((1, 3), (4, 2), (5, 5)):
        x, rate, dt = rng.normal(0, 2, (batch, dim)), rng.uniform(0.5, 2), rng.uniform(0.05, 0.2)
        cases.append(_case("batch", (x, rate, dt), step(x, rate, dt)))
    return cases


def draw_drive(rng: np.random.Generator) -> list[Case]:
    """Square and oblong matrices."""
    cases = []
    for rows, columns in ((3, 3), (4, 2), (2, 5)):
        W, x = rng.normal(0, 0.7, (rows, columns)), rng.normal(0, 1, (4, columns))
        cases.append(_case("matrix", (W, x), drive(W, x)))
    return cases


def draw_orbit(rng: np.random.Generator) -> list[Case]:
    """Short orbits, so that a rounding error stays one."""
    cases = []
    for n in (1, 4, 6):
        W, x0 = rng.normal(0, 0.6, (3, 3)), rng.normal(0, 1, 3)
        cases.append(_case("orbit", (W, x0, n), orbit(W, x0, n)))
    return cases


def _case(stratum: str, inputs: tuple[Any, ...], expected: np.ndarray) -> Case:
    return Case(stratum, inputs, expected, {"scale": float(np.max(np.abs(expected)))})


def right(case: Case, value: Any) -> bool:
    """The reference's values within the tolerance."""
    tolerance = TOLERANCE * case.facts["scale"]
    return miss(array(value, case.expected.shape), case.expected, tolerance) < 1


def starts(case: Case, value: Any) -> bool:
    """The first state is the one that was given."""
    found = array(value, case.expected.shape)
    return found is not None and miss(found[0], case.inputs[1], TOLERANCE * case.facts["scale"]) < 1


def holds(test: Callable[[Case, Any], bool]) -> Callable[..., Finding]:
    """A test of one answer, as the test of a property."""
    return per_case(test)


QUESTIONS = (
    Question(
        "q1",
        "A step",
        "step",
        draw_step,
        (Property("value", 3, holds(right)),),
        {"value": "The step is not `x - dt * rate * x` for one of the batches."},
        **BUDGET,
    ),
    Question(
        "q2",
        "A layer",
        "drive",
        draw_drive,
        (Property("value", 3, holds(right)),),
        {"value": "The layer is not tanh of W applied to each state."},
        **BUDGET,
    ),
    Question(
        "q3",
        "An orbit",
        "orbit",
        draw_orbit,
        (Property("path", 3, holds(right)), Property("start", 1, holds(starts), needs="path")),
        {"path": "The orbit leaves the map's path.", "start": "The orbit does not begin where it should."},
        **BUDGET,
    ),
)
WRITTEN = {"q4": 2}
