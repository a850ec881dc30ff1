"""What each part of `fit_separatrix` buys: the damped Duffing oscillator with one setting changed at a time."""

from typing import Any

from course_lib.separatrix import box
from course_lib.systems import Duffing

from .rows import Criterion, Figures, Row, median
from .rows_separatrix import MODULES, WELLS, in_the_plane, square

ABLATIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "not_integrated": {"integrated": False},
    "last_layer_by_adam": {"head_steps": 0},
    "neither": {"integrated": False, "head_steps": 0},
    "not_squashed": {"rhs": "linear", "pin": False},
    "not_normalised": {"normalise": False},
    "no_balance": {"balance": 0.0},
    "not_pinned": {"pin": False},
    "uniform_box": {"sampling": box(square(2.0))},
    "half_rate": {"rate": 0.39},
    "held_at_slope": {"hold": "slope"},
    "three_members": {"members": 3},
}


def measure_ablations(seed: int) -> Figures:
    """Duffing with one thing changed at a time: accuracy, and the error along the manifold."""
    figures: Figures = {}
    for name, options in ABLATIONS.items():
        found = in_the_plane(Duffing(0.5), WELLS, 2.0, seed, **options)
        figures[name] = found["accuracy"]
        figures[f"{name}_error"] = found["error"]
    return figures


ABLATION = Row(
    "separatrix_ablations", "What each part of the fit buys, damped Duffing oscillator", measure_ablations,
    (*MODULES, "systems/duffing.py"),
    (Criterion("default", "basin accuracy as the fit comes, median", median("default"), 0.997, at_least=True),),
    seeds=(0, 1), notes="One setting changed at a time: basin accuracy, and median error along the manifold.",
)  # fmt: skip
ABLATION_ROWS = (ABLATION,)
