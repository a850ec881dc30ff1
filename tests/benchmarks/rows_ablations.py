"""Rows of ablations: every option of `fit_separatrix`, alone, against the default, in the plane and in 64 dimensions.

The figure is the border's median error at border states that no fit has seen, in distances between the memories; an
error beyond one such distance counts as one.
"""

import statistics
from collections.abc import Sequence
from typing import Any

import torch

from course_lib.dynamics import Flow
from course_lib.models import CTRNN
from course_lib.separatrix import (
    along_axis,
    around,
    box,
    convex,
    empirical,
    fit_separatrix,
    gaussian,
    stable_manifold,
    zero_set_error,
)
from course_lib.systems import Duffing
from course_lib.tasks import FlipFlop

from .rows import Criterion, Figures, Row, median
from .rows_separatrix import NETWORK_MODULES, WELLS, near_the_border, network, seeded, square

OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "linear": {"rhs": "linear", "pin": False},
    "differential": {"integrated": False},
    "not_normalised": {"normalise": False},
    "not_balanced": {"balance": 0.0},
    "not_pinned": {"pin": False},
    "slope_held": {"hold": "slope"},
    "adam_alone": {"head_steps": 0},
    "half_horizon": {"horizon": 0.75},
    "double_horizon": {"horizon": 3.0},
    "half_width": {"width": 32, "depth": 2},
    "stopped_early": {"patience": 3},
    "ensemble": {"members": 3},
    "lookahead": {"lookahead": 1.0},
}
APART = ("ensemble", "lookahead")  # these cost more than the default, and may be better
BETTER = 0.5  # of the default's error in the median over seeds: an option below that should be the default
VISITED = 100  # trials of the network, whose states some samplers draw from


def errors(
    system: Flow, attractors: torch.Tensor, border: torch.Tensor, options: dict[str, dict[str, Any]], seed: int
) -> Figures:
    distance, found = float(torch.pdist(attractors).min()), {}
    for name, change in options.items():
        fit = fit_separatrix(system, attractors, generator=seeded(seed), **change)
        found[name] = min(1.0, float(zero_set_error(fit, border).median()) / distance)
    return found


def measure_in_the_plane(seed: int) -> Figures:
    system, corners = Duffing(0.5), square(2.0)
    saddle = torch.zeros(2, dtype=torch.float64)
    scales = torch.tensor([[0.2], [0.6], [1.8]], dtype=torch.float64).expand(3, 2)
    samplers = {
        "states_in_the_box": box(corners),
        "states_round_points": around(torch.cat((WELLS, saddle[None])), scales),
        "states_gaussian": gaussian(saddle, torch.eye(2, dtype=torch.float64)),
    }
    options = {**OPTIONS, **{name: {"sampling": sampler} for name, sampler in samplers.items()}}
    options = {name: {"domain": corners, **change} for name, change in options.items()}
    return errors(system, WELLS, stable_manifold(system, saddle, domain=corners), options, seed)


def visited(model: CTRNN, seed: int) -> torch.Tensor:
    """States of the network while it holds its bit, (n, 64)."""
    trial = FlipFlop(1).sample(VISITED, generator=seeded(seed))
    return model.run(trial.inputs.double()).detach().flatten(0, 1)


def measure_in_64_dimensions(seed: int) -> Figures:
    model, flow, attractors = network(1, seed)
    states, spacing = visited(model, seed + 500), float(torch.pdist(attractors).min())
    noise = 0.3 * spacing
    samplers = {
        "states_gaussian": gaussian(states.mean(dim=0), states.T.cov() + noise**2 / 64 * torch.eye(64).double()),
        "states_visited": empirical(states, noise=noise / 8),
        "states_between_visited": convex(states, noise=noise),
        "states_along_the_axis": along_axis(*attractors, along=spacing / 2, across=noise / 8),
    }
    options = {**OPTIONS, **{name: {"sampling": sampler} for name, sampler in samplers.items()}}
    edge, _, _ = near_the_border(flow, attractors, ((0, 1),), 160, seed + 400)
    return errors(flow, attractors, edge.x, options, seed)


def better_options(seeds: Sequence[Figures]) -> float:
    """How many options, but for those set apart, have an error below half of the default's, medians over seeds."""
    middle = {name: statistics.median(seed[name] for seed in seeds) for name in seeds[0]}
    return float(sum(middle[name] < BETTER * middle["default"] for name in middle if name not in APART))


DEFAULT_IS_BEST = (
    Criterion("default", "error of the default, median", median("default"), 0.001),
    Criterion("better", "options at no greater cost with less than half the default's error", better_options, 0),
)
PLANE = Row(
    "separatrix_options", "Options of a separatrix fit: damped Duffing oscillator", measure_in_the_plane,
    NETWORK_MODULES, DEFAULT_IS_BEST, seeds=(0, 1, 2),
    notes="Median error of the zero set [distance between the memories], one option changed at a time.",
)  # fmt: skip
NETWORK = Row(
    "separatrix_options_network", "Options of a separatrix fit: 64 units that hold one bit", measure_in_64_dimensions,
    NETWORK_MODULES, DEFAULT_IS_BEST, seeds=(0, 1, 2), notes="As above, at border states found by bisection.",
)  # fmt: skip
ABLATION_ROWS = (PLANE, NETWORK)
