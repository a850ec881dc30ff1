"""Rows on spiking networks: the balanced state over drive, K and N."""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.analysis import interval_statistics, spike_correlations
from course_lib.models.balanced import BalancedNetwork, BalancedRun, Couplings

from .rows import Criterion, Figures, Row, largest, median, smallest

F64 = torch.float64
DRIVES = (0.2, 0.3, 0.4, 0.6, 0.8)
INPUTS = (20, 40, 80, 160)
SIZES = (1000, 2000, 4000, 8000)


def settled_run(n_e: int, n_i: int, K: int, drive: float, seed: int, duration: float) -> BalancedRun:
    """A run after 300 ms of spin-up; wires and start are drawn from the seed."""
    generator = torch.Generator().manual_seed(seed)
    network = BalancedNetwork(n_e, n_i, K, generator=generator)
    return network.run(network.draw_state(generator=generator), duration, drive=drive, spin_up=300.0)


def off_line(drives: Tensor, rates: Tensor) -> float:
    """Largest relative distance of the rates from the straight line that fits them best."""
    ones = torch.ones_like(drives)
    relative = torch.stack((drives, ones), dim=1) / rates[:, None]
    fit = torch.linalg.lstsq(relative, ones[:, None]).solution
    return float((relative @ fit - 1).abs().max())


def off_proportion(drives: Tensor, rates: Tensor) -> float:
    """Largest relative distance of the rates from the straight line through the origin that fits them best."""
    ratio = drives / rates
    return float((ratio * ratio.sum() / ratio.square().sum() - 1).abs().max())


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """Slope of log y against log x."""
    log_x, log_y = torch.tensor(x, dtype=F64).log(), torch.tensor(y, dtype=F64).log()
    centred = log_x - log_x.mean()
    return float((centred * log_y).sum() / centred.square().sum())


def over_drive(seed: int) -> Figures:
    """N = 4000, K = 160: rates against drive, irregularity at the lowest."""
    runs = [settled_run(3200, 800, 160, drive, seed, 2500.0) for drive in DRIVES]
    drives, rates = torch.tensor(DRIVES, dtype=F64), torch.stack([run.rates() for run in runs])
    theory = torch.stack([Couplings().rates(drive) for drive in DRIVES])
    intervals = interval_statistics(runs[0].spikes, dt=runs[0].dt)
    mixed = rates @ torch.tensor([0.8, 0.2], dtype=F64)
    return {
        **{f"rate_{drive:g}": float(rate) for drive, rate in zip(DRIVES, mixed, strict=True)},
        "line_e": off_line(drives, rates[:, 0]),
        "line_i": off_line(drives, rates[:, 1]),
        "proportion": off_proportion(drives, mixed),
        "over_theory": float((rates / theory - 1).abs().max()),
        "cv": intervals.mean_cv,
        "cv_off": abs(intervals.mean_cv - 1),
        "cv2": intervals.mean_cv2,
    }


def over_inputs(seed: int) -> Figures:
    """N = 4000, drive 0.25: what is left of the currents as K grows."""
    runs = [settled_run(3200, 800, K, 0.25, seed, 2500.0) for K in INPUTS]
    figures: Figures = {}
    for name in ("E", "I"):
        means = [run.currents(name) for run in runs]
        figures[f"exponent_{name.lower()}"] = exponent(INPUTS, [mean.ratio for mean in means])
        figures[f"exponent_{name.lower()}_off"] = abs(figures[f"exponent_{name.lower()}"] + 0.5)
        figures[f"growth_{name.lower()}"] = exponent(INPUTS, [mean.external + mean.excitatory for mean in means])
    return figures


def over_cells(seed: int) -> Figures:
    """K = 40, drive 0.3: mean correlation of the counts in 20 ms as N grows."""
    figures: Figures = {}
    for n in SIZES:
        run = settled_run(n * 4 // 5, n // 5, 40, 0.3, seed, 4000.0)
        generator = torch.Generator().manual_seed(seed)
        found = spike_correlations(run.spikes, dt=run.dt, window=20.0, generator=generator, most_cells=2000)
        figures[f"correlation_{n}"] = found.mean
        if n == SIZES[-1]:
            figures["excess"] = found.excess
    values = [figures[f"correlation_{n}"] for n in SIZES]
    figures["falls"] = float(all(a > b > 0 for a, b in itertools.pairwise(values)))
    figures["correlation_exponent"] = exponent(SIZES, values) if min(values) > 0 else math.nan
    return figures


def measure_balance(seed: int) -> Figures:
    """The four plots of the balanced state."""
    return {**over_drive(seed), **over_inputs(seed), **over_cells(seed)}


BALANCED = Row(
    name="balanced_state",
    title="Balanced state (van Vreeswijk and Sompolinsky): drive, K, N",
    measure=measure_balance,
    modules=("models/lif.py", "models/balanced.py", "models/connectivity.py", "analysis/spike_trains.py"),
    criteria=(
        Criterion("line_e", "E rates off their straight line over drive 1:4, worst seed", largest("line_e"), 0.03),
        Criterion("line_i", "I rates off their straight line over drive 1:4, worst seed", largest("line_i"), 0.03),
        Criterion(
            "proportion", "all cells: rates off proportion to the drive, worst seed", largest("proportion"), 0.03
        ),
        Criterion("cv", "CV of intervals at the lowest drive, off 1, worst seed", largest("cv_off"), 0.2),
        Criterion("exponent_e", "net / E current into E against K: exponent off -0.5", largest("exponent_e_off"), 0.1),
        Criterion("exponent_i", "net / E current into I against K: exponent off -0.5", largest("exponent_i_off"), 0.1),
        Criterion("falls", "correlations fall at every doubling of N, worst seed", smallest("falls"), 1.0, True),
        Criterion("law", "exponent of the correlation against N, median", median("correlation_exponent"), -0.7),
        Criterion("size", "mean correlation at N = 1000, worst seed", largest("correlation_1000"), 0.011),
        Criterion("excess", "N = 8000: above the shuffles [their std], worst seed", smallest("excess"), 3.0, True),
    ),
    notes="J = (1, 2, 1, 1.8), external (1, 0.8); tau_mem 20 ms, tau_syn 5 ms, dt 0.5 ms, 300 ms of spin-up. Drive: "
    "m0 = 0.2 to 0.8, N = 4000, K = 160, 2.5 s. K = 20 to 160: m0 = 0.25, N = 4000, 2.5 s; E current with the external "
    "one. N = 1000 to 8000: m0 = 0.3, K = 40, 4 s, counts in 20 ms, at most 2000 cells.",
)

SPIKING_ROWS = (BALANCED,)
