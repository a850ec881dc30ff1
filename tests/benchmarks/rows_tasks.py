"""Rows of networks trained on tasks: the flip-flop with its fixed points, and the cognitive tasks."""

import time
from collections.abc import Callable
from dataclasses import replace

import torch

from course_lib.analysis import FixedPoints, cell_seeds, fixed_points
from course_lib.models import RateNetwork
from course_lib.studies import recipes
from course_lib.tasks import (
    ContextDecision,
    DelayedMatchToSample,
    FlipFlop,
    GoNoGo,
    MemoryAngle,
    MemoryNumber,
    TimedTask,
)
from course_lib.training import respond, score_task

from .rows import Criterion, Figures, Row, largest, median, smallest

SEARCH_SEED = 3000  # of noise in the searches and of test trials, far from training's


def fresh(seed: int) -> torch.Generator:
    """The generator of everything that comes after training."""
    return torch.Generator().manual_seed(SEARCH_SEED + seed)


# --- the flip-flop


@torch.no_grad()
def find_memories(model: RateNetwork, bits: int, seed: int) -> FixedPoints:
    """Fixed points without input, from the states after long holds and the means of these over edges, faces, ..."""
    task = FlipFlop(bits)
    held = model.run(task.hold_trials(300).inputs)[:, -1]
    starts = cell_seeds(held, labels=task.memories(), generator=fresh(seed))
    return fixed_points(model.flow_at(torch.zeros(bits, dtype=torch.float64)), starts)


def decoded(model: RateNetwork, points: FixedPoints) -> float:
    """The share of fixed points whose readout rounds to a cell of its own, with as many zeros as unstable directions.

    At a corner all bits are ±1; at an edge one of them is 0, at a face two, at the centre three.
    """
    x, index = points.x[points.converged], points.saddle_index[points.converged]
    cells = model.readout(x).detach().round().clamp(-1, 1)
    fits = (cells == 0).sum(dim=1) == index
    return len(cells[fits].unique(dim=0)) / max(len(cells), 1)


def cell_counts(bits: int) -> list[int]:
    """Corners, edges, faces, ... of a cube in `bits` dimensions: (1 + 2)^bits, term by term."""
    counts = [1]
    for _ in range(bits):
        counts = [2 * a + b for a, b in zip([*counts, 0], [0, *counts], strict=True)]
    return counts


@torch.no_grad()
def bits_and_trials(model: RateNetwork, bits: int, seed: int, batch: int = 256) -> tuple[float, float]:
    """Share of right bits, and of trials that are right throughout, over unseen trials of 1000 steps."""
    task = FlipFlop(bits, 1000)
    trial = task.sample(batch, generator=fresh(seed))
    outputs = respond(model, trial)[1]
    return task.score(outputs, trial), float(task.correct(outputs, trial).double().mean())


def measure_flip_flop(recipe: Callable[..., RateNetwork], seed: int) -> Figures:
    """Training and tests with 3 bits, and the fixed points with 1, 2 and 3."""
    figures: Figures = {}
    for bits in (3, 1, 2):
        start = time.process_time()
        model = recipe(bits, generator=torch.Generator().manual_seed(seed))
        cpu = time.process_time() - start
        points = find_memories(model, bits, seed)
        right = points.index_counts() == cell_counts(bits)
        figures |= {f"points_{bits}": float(points.converged.sum()), f"counts_{bits}": float(right)}
        figures[f"decoded_{bits}"] = decoded(model, points)
        if bits == 3:
            figures["bits"], figures["trials"] = bits_and_trials(model, bits, seed)
            figures["cpu"] = cpu
    return figures


def flip_flop_criteria(cpu: float) -> tuple[Criterion, ...]:
    """All bits and all points, at every seed."""
    points = [
        Criterion(
            f"{what}_{bits}", f"{bits} bits: {words}, worst seed", smallest(f"{what}_{bits}"), bound, at_least=True
        )
        for bits in (1, 2, 3)
        for what, words, bound in (
            ("points", "fixed points", 3.0**bits),
            ("counts", f"saddle indices counted {cell_counts(bits)}", 1.0),
            ("decoded", "share that decodes to its corner, edge, face or centre", 1.0),
        )
    ]
    return (
        Criterion("bits", "bits right over 1000 steps, worst seed", smallest("bits"), 1.0, at_least=True),
        Criterion("trials", "trials right throughout 1000 steps, worst seed", smallest("trials"), 1.0, at_least=True),
        *points,
        Criterion("cpu_median", "training with 3 bits, median [CPU s]", median("cpu"), cpu),
        Criterion("cpu_worst", "training with 3 bits, worst seed [CPU s]", largest("cpu"), 1.2 * cpu),
    )


COMMON = (
    "models/connectivity.py",
    "models/ctrnn.py",
    "models/driven.py",
    "models/ei_rate.py",
    "models/noise.py",
    "models/nonlinearity.py",
    "models/rate_network.py",
    "models/recurrent.py",
    "studies/recipes.py",
    "training/curricula.py",
    "training/loop.py",
    "training/losses.py",
    "training/tasks.py",
    "tasks/trial.py",
)
FLIP_FLOP_MODULES = (
    *COMMON,
    "tasks/flip_flop.py",
    "models/rate_flow.py",
    "analysis/fixed_points.py",
    "analysis/descent.py",
    "analysis/grouping.py",
    "analysis/starts.py",
)
FLIP_FLOP_NOTES = (
    "256 unseen trials of 1000 steps a seed, ten times as long as in training, without noise. Fixed points by the "
    "search from the means of the memories over corners, edges, faces and the cube, ‖F‖ < 1e-10."
)


def flip_flop_row(name: str, title: str, recipe: Callable[..., RateNetwork], cpu: float) -> Row:
    return Row(
        name=name,
        title=title,
        measure=lambda seed: measure_flip_flop(recipe, seed),
        modules=FLIP_FLOP_MODULES,
        criteria=flip_flop_criteria(cpu),
        notes=FLIP_FLOP_NOTES,
    )


# --- cognitive tasks


def measure_cognitive(task: TimedTask, recipe: Callable[..., RateNetwork], seed: int) -> Figures:
    """The task's score over 1000 unseen trials with fresh noise, as trained and at two and four times the delay."""
    start = time.process_time()
    model = recipe(task, generator=torch.Generator().manual_seed(seed))
    figures = {"cpu": time.process_time() - start}

    def score(other: TimedTask, batch: int) -> float:
        return score_task(model, other, batch, generator=fresh(seed), noise=recipes.COGNITIVE_NOISE)

    figures["score"] = score(task, 1000)
    longest = task.delay[1]
    figures |= {f"delay_x{k}": score(task.with_delay(k * longest), 500) for k in (2, 4)}
    if isinstance(task, ContextDecision):
        figures |= {f"coherence_{c:g}": score(replace(task, coherences=(c,)), 1000) for c in (0.05, 0.15, 0.5)}
    return figures


def shortfall(key: str, bound: float) -> tuple[Criterion, Criterion]:
    """The median keeps the bound, and no seed falls short of 1 by more than twice as much."""
    words = {
        "score": "unseen trials",
        "delay_x2": "twice the longest delay",
        "delay_x4": "four times the longest delay",
    }
    said = words.get(key, "coherence " + key.removeprefix("coherence_"))
    worst = 1 - 2 * (1 - bound)
    return (
        Criterion(f"{key}_median", f"{said}, median", median(key), bound, at_least=True),
        Criterion(f"{key}_worst", f"{said}, worst seed", smallest(key), worst, at_least=True),
    )


BOUNDS = {
    ContextDecision: {"score": 0.99, "delay_x2": 0.99, **{f"coherence_{c}": 0.98 for c in ("0.05", "0.15", "0.5")}},
    DelayedMatchToSample: {"score": 0.99, "delay_x2": 0.99},
    GoNoGo: {"score": 0.99, "delay_x2": 0.99},
    MemoryNumber: {"delay_x2": 0.97, "delay_x4": 0.93},
    MemoryAngle: {"delay_x2": 0.985, "delay_x4": 0.97},
}
WORDS = {
    ContextDecision: "context decision",
    DelayedMatchToSample: "match to sample",
    GoNoGo: "Go/NoGo",
    MemoryNumber: "number and anti-number, R²",
    MemoryAngle: "angle and anti-angle, R² of the worse coordinate",
}


def cognitive_row(kind: type[TimedTask], dale: bool) -> Row:
    cells = "80 E and 20 I" if dale else "no Dale's law"
    recipe = recipes.cognitive_dale if dale else recipes.cognitive_ctrnn
    return Row(
        name=f"{NAMES[kind]}_{'dale' if dale else 'ctrnn'}",
        title=f"{WORDS[kind][0].upper()}{WORDS[kind][1:]}: ReLU rate network, N = 100, {cells}",
        measure=lambda seed: measure_cognitive(kind(), recipe, seed),
        modules=(*COMMON, "tasks/timed.py", "tasks/decisions.py", "tasks/memories.py"),
        criteria=(
            *(criterion for key, bound in BOUNDS[kind].items() for criterion in shortfall(key, bound)),
            Criterion("cpu_median", "training, median [CPU s]", median("cpu"), 25.0),
            Criterion("cpu_worst", "training, worst seed [CPU s]", largest("cpu"), 30.0),
        ),
        notes="1000 unseen trials, at longer delays 500, with fresh noise on inputs and inside the nonlinearity. At "
        "longer delays every delay is the stated multiple of the longest one in training.",
    )


NAMES = {
    ContextDecision: "context_decision",
    DelayedMatchToSample: "match_to_sample",
    GoNoGo: "go_no_go",
    MemoryNumber: "memory_number",
    MemoryAngle: "memory_angle",
}
FLIP_FLOP_ROWS = (
    flip_flop_row("flipflop_ctrnn", "Flip-flop, CT-RNN, N = 64", recipes.flip_flop_ctrnn, 30.0),
    flip_flop_row("flipflop_dale", "Flip-flop, Dale network, N = 100", recipes.flip_flop_dale, 40.0),
)
COGNITIVE_ROWS = tuple(cognitive_row(kind, dale) for kind in BOUNDS for dale in (False, True))
TASK_ROWS = (*FLIP_FLOP_ROWS, *COGNITIVE_ROWS)
