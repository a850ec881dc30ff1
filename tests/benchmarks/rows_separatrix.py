"""Rows of the bench on separatrices: known systems, a network of two units, and networks of 64 units with 1 to 3 bits.

Truth is integration: basin labels on states and curves that no fit has seen, the saddle's stable manifold for flows in
the plane, bisected border states in 64 dimensions.
"""

import time
from collections.abc import Sequence
from typing import Any

import torch

from course_lib.analysis import grid_starts
from course_lib.dynamics import DifferenceFlow, Flow
from course_lib.models import CTRNN, GatedRNN, Noise
from course_lib.separatrix import (
    basin_difference,
    basin_score,
    bisect_to_edge,
    compare_with_saddles,
    find_attractors,
    fit_separatrix,
    hermite_curves,
    kick_experiment,
    settle,
    smallest_kick,
    stable_manifold,
    validate_on_curves,
    zero_set_error,
)
from course_lib.studies.recipes import flip_flop_ctrnn
from course_lib.systems import Bistable, Duffing
from course_lib.tasks import FlipFlop
from course_lib.training import fit_task

from .rows import Criterion, Figures, Row, largest, median, smallest

WELLS = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
TRIALS = 100  # kicks a network
NEAR = 0.1  # of the memories' smallest distance: how far from the border the states are that are asked about


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def square(half: float) -> torch.Tensor:
    return torch.tensor([[-half, -half], [half, half]], dtype=torch.float64)


def in_the_plane(system: Flow, attractors: torch.Tensor, half: float, seed: int, **options: Any) -> Figures:
    """Accuracy on a grid of 100 x 100, none of whose states lies at 0; error along the manifold."""
    start = time.process_time()
    fit = fit_separatrix(system, attractors, generator=seeded(seed), domain=square(half), **options)
    cpu = time.process_time() - start
    score = basin_score(fit, system, grid_starts((-half, -half), (half, half), 100))
    border = stable_manifold(system, fit.saddles[0], domain=square(half))
    error = zero_set_error(fit, border)
    return {
        "accuracy": score.accuracy,
        "error": float(error.median()),
        "error_max": float(error.max()),
        "nearest": score.nearest,
        "cpu": cpu,
    }


def measure_bistable(seed: int) -> Figures:
    return in_the_plane(Bistable(2), WELLS, 1.8, seed)


def measure_duffing(seed: int) -> Figures:
    return in_the_plane(Duffing(0.5), WELLS, 2.0, seed)


def train_gru(seed: int) -> GatedRNN:
    """Two units that hold one bit, and back as plain lists, as a network from outside would come."""
    generator = seeded(seed)
    network = GatedRNN("gru", 2, 1, 1, generator=generator, dtype=torch.float32)
    fit_task(network, FlipFlop(1), generator=generator, n_steps=300, noise=Noise(state=0.05), lr=1e-2)
    plain = {name: value.tolist() for name, value in network.cell.state_dict().items()}
    return GatedRNN.from_weights("gru", plain)


def measure_gru(seed: int) -> Figures:
    """The flow of a trained GRU and the GRU itself, which is a map; and on how many starts the two disagree."""
    system = train_gru(seed).map_at(torch.zeros(1, dtype=torch.float64))
    flow = DifferenceFlow(system)
    attractors = find_attractors(system, grid_starts((-1.0, -1.0), (1.0, 1.0), 12), duration=1000.0).x
    figures = {"attractors": float(len(attractors)), **in_the_plane(flow, attractors, 1.0, seed)}
    start = time.process_time()
    fit = fit_separatrix(system, attractors, generator=seeded(seed), domain=square(1.0))
    figures["map_cpu"] = time.process_time() - start
    states = grid_starts((-1.0, -1.0), (1.0, 1.0), 100)
    figures["map_accuracy"] = basin_score(fit, system, states).accuracy
    difference = basin_difference(system, flow, attractors, states)
    return {**figures, "map_and_flow_differ": difference.share, "undecided": difference.undecided}


def network(bits: int, seed: int) -> tuple[CTRNN, Flow, torch.Tensor]:
    """A trained network, its flow without input, and its memories."""
    model = flip_flop_ctrnn(bits, generator=seeded(seed), n_steps=(250, 350, 700)[bits - 1])
    flow = model.flow_at(torch.zeros(bits, dtype=torch.float64))
    starts = 0.7 * torch.randn(100 * 2**bits, 64, generator=seeded(seed + 100), dtype=torch.float64)
    return model, flow, find_attractors(flow, starts, duration=400.0).x


def measure_one_bit(seed: int) -> Figures:
    """200 random curves, their tangents' random part as long as the memories are apart; then the kicks."""
    model, flow, attractors = network(1, seed)
    start = time.process_time()
    fit = fit_separatrix(flow, attractors, generator=seeded(seed))
    curves = hermite_curves(attractors, 200, generator=seeded(seed + 200))
    errors = validate_on_curves(fit, flow, curves)
    cpu = time.process_time() - start
    figures = {
        "attractors": float(len(attractors)),
        "r_squared": errors.r_squared,
        "error": errors.median,
        "error_max": float((errors.error / errors.distance).max()),
        "nearest_error": errors.baseline_median,
        "spread": errors.spread / float(errors.distance[0]),
        "missed": float(errors.missed),
        "extra": float(errors.extra),
        "cpu": cpu,
        "alignment": float(compare_with_saddles(fit, flow).alignment.min()),
    }
    generator = seeded(seed + 300)
    distance = float(errors.distance[0])
    noise = torch.randn(TRIALS, 64, generator=generator, dtype=torch.float64) / 8
    x = attractors[torch.arange(TRIALS) % 2] + 0.05 * distance * noise
    result = kick_experiment(fit, flow, smallest_kick(fit, x, generator=generator), generator=generator)
    figures |= {"kick": result.whole, "half_kick": result.half, "random_kick": result.random}
    figures |= {"norm": float(result.norm.median()) / distance, "to_other": float(result.to_other.median()) / distance}
    states = attractors.mean(dim=0) + distance * torch.randn(4000, 64, generator=generator, dtype=torch.float64) / 8
    step = model.map_at(torch.zeros(1, dtype=torch.float64))
    return figures | {"map_and_flow_differ": basin_difference(step, flow, attractors, states).share}


def near_the_border(flow: Flow, attractors: torch.Tensor, pairs: Sequence[tuple[int, int]], n: int, seed: int):
    """Border states between neighbours, found by bisection, their pairs, and states up to NEAR off the border."""
    generator, distance = seeded(seed), float(torch.pdist(attractors).min())
    ends = attractors[torch.tensor(pairs)[torch.arange(n) % len(pairs)]]  # (n, 2, dim)
    share = 0.3 * torch.rand(n, 2, 1, generator=generator, dtype=torch.float64)
    noise = 0.35 * distance / 8 * torch.randn(ends.shape, generator=generator, dtype=torch.float64)
    ends = ends + share * (ends.flip(1) - ends) + noise
    labels = torch.stack((settle(flow, ends[:, 0], attractors), settle(flow, ends[:, 1], attractors)), dim=1)
    usable = (labels[:, 0] != labels[:, 1]) & (labels >= 0).all(dim=1)
    edge = bisect_to_edge(flow, ends[usable, 0], ends[usable, 1], attractors, tol=1e-4 * distance)
    across = attractors[edge.labels[:, 1]] - attractors[edge.labels[:, 0]]
    shift = 2 * torch.rand(len(across), 1, generator=generator, dtype=torch.float64) - 1
    states = edge.x + NEAR * distance * shift * across / across.norm(dim=-1, keepdim=True)
    return edge, states, distance


def measure_bits(bits: int, seed: int) -> Figures:
    _, flow, attractors = network(bits, seed)
    start = time.process_time()
    fit = fit_separatrix(flow, attractors, generator=seeded(seed), lookahead=1.0)
    cpu = time.process_time() - start
    edge, states, distance = near_the_border(flow, attractors, fit.pairs, 40 * 12, seed + 400)
    score = basin_score(fit, flow, states)
    carried = basin_score(fit, flow, fit.lookahead.carry(states))
    errors = []
    for column, pair in enumerate(fit.pairs):
        own = (edge.labels.sort(dim=1).values == torch.tensor(pair)).all(dim=1)
        if bool(own.any()):
            errors.append(float(zero_set_error(fit, edge.x[own], pair=column).median()) / distance)
    return {
        "attractors": float(len(attractors)),
        "pairs": float(len(errors)),
        "accuracy": score.accuracy,
        "nearest": score.nearest,
        "nearest_carried": carried.nearest,
        "undecided": float((fit.label(states) < 0).double().mean()),
        "error": sorted(errors)[len(errors) // 2],
        "error_worst_pair": max(errors),
        "cpu": cpu,
    }


def measure_two_bits(seed: int) -> Figures:
    return measure_bits(2, seed)


def measure_three_bits(seed: int) -> Figures:
    return measure_bits(3, seed)


MODULES = (
    "separatrix",
    "training/loop.py",
    "analysis/descent.py",
    "analysis/fixed_points.py",
    "analysis/linearize.py",
    "analysis/starts.py",
    "dynamics.py",
    "integrate.py",
)
NETWORK_MODULES = (
    *MODULES,
    "models/ctrnn.py",
    "models/gated.py",
    "models/gated_maps.py",
    "models/rate_network.py",
    "studies/recipes.py",
    "tasks/flip_flop.py",
    "training/tasks.py",
)


def plane_criteria(accuracy: float, error: float, cpu: float) -> tuple[Criterion, ...]:
    """The bounds hold for the median; the worst seed may miss them by twice the shortfall, and a fifth."""
    return (
        Criterion("accuracy", "basin accuracy, median", median("accuracy"), accuracy, at_least=True),
        Criterion(
            "accuracy_worst", "basin accuracy, worst seed", smallest("accuracy"), 2 * accuracy - 1, at_least=True
        ),
        Criterion("error", "error of the zero set, median", median("error"), error),
        Criterion("error_worst", "error of the zero set, worst seed", largest("error"), 1.2 * error),
        Criterion("cpu", "CPU seconds of the fit, median", median("cpu"), cpu),
    )


BISTABLE = Row(
    "separatrix_bistable", "Separatrix of the bistable flow in the plane", measure_bistable,
    (*MODULES, "systems/bistable.py"), plane_criteria(0.999, 0.001, 15.0),
    notes="Square of half side 1.8, grid of 100 x 100 off the border itself.",
)  # fmt: skip
DUFFING = Row(
    "separatrix_duffing", "Separatrix of the damped Duffing oscillator", measure_duffing,
    (*MODULES, "systems/duffing.py"), plane_criteria(0.997, 0.003, 15.0),
    notes="Square of half side 2, damping 0.5; error along the stable manifold, evenly spaced by length.",
)  # fmt: skip
GRU = Row(
    "separatrix_gru", "Separatrix of a GRU of two units that holds one bit", measure_gru, NETWORK_MODULES,
    (
        *plane_criteria(0.9995, 0.0005, 12.0),
        Criterion("map", "basin accuracy of the map, median", median("map_accuracy"), 0.9995, at_least=True),
    ),
    notes="The network comes as plain lists of weights. accuracy, error, cpu: its flow; map_accuracy: the GRU itself.",
)  # fmt: skip
ONE_BIT = Row(
    "separatrix_one_bit", "Separatrix of 64 units that hold one bit", measure_one_bit, NETWORK_MODULES,
    (
        Criterion("r_squared", "R² of crossings on random curves, median", median("r_squared"), 0.995, at_least=True),
        Criterion("r_squared_worst", "R² of crossings, worst seed", smallest("r_squared"), 0.99, at_least=True),
        Criterion("error", "median error [distance between memories], median", median("error"), 0.02),
        Criterion("error_worst", "median error [distance between memories], worst seed", largest("error"), 0.024),
        Criterion("cpu", "CPU seconds of fit and validation, median", median("cpu"), 60.0),
        Criterion("kick", "share flipped by the smallest kick, worst seed", smallest("kick"), 0.99, at_least=True),
        Criterion("half_kick", "share flipped by half of it, worst seed", largest("half_kick"), 0.01),
    ),
    notes="Norms and errors in distances between the two memories; random_kick has the norm of the smallest kick.",
)  # fmt: skip


def bits_criteria(pairs: int) -> tuple[Criterion, ...]:
    return (
        Criterion("accuracy", "accuracy within 10 % of the border, median", median("accuracy"), 0.99, at_least=True),
        Criterion("accuracy_worst", "the same, worst seed", smallest("accuracy"), 0.98, at_least=True),
        Criterion("pairs", "neighbouring pairs with an error, fewest", smallest("pairs"), pairs, at_least=True),
    )


TWO_BITS = Row(
    "separatrix_two_bits", "Separatrices of 64 units that hold two bits", measure_two_bits, NETWORK_MODULES,
    bits_criteria(4),
    notes="Four basins; states within a tenth of the smallest distance of two memories. Lookahead of one time constant "
    "of the saddles; nearest_carried: the rule of the nearest memory for states carried forward as far.",
)  # fmt: skip
THREE_BITS = Row(
    "separatrix_three_bits", "Separatrices of 64 units that hold three bits", measure_three_bits, NETWORK_MODULES,
    bits_criteria(12), notes="Eight basins, twelve pairs of neighbours; the rest as above.",
)  # fmt: skip
SEPARATRIX_ROWS = (BISTABLE, DUFFING, GRU, ONE_BIT, TWO_BITS, THREE_BITS)
