"""Rows on sampled states: the exponent and the dimension from data alone, and portraits on analytic truth."""

import math
import time

import torch
from torch import Tensor

from course_lib.analysis import (
    attractor_distance,
    correlation_dimension,
    delay_embedding,
    lyapunov_from_data,
    mutual_information,
    phase_surrogate,
    power_spectrum,
    recurrence_matrix,
    recurrence_quantification,
)
from course_lib.integrate import integrate
from course_lib.systems import Lorenz63
from course_lib.systems.references import LORENZ63

from .rows import Criterion, Figures, Row, largest, median, smallest

F64 = torch.float64
LAMBDA_1 = LORENZ63["lyapunov_spectrum"].value[0]
MODULES = ("analysis", "systems/lorenz63.py", "dynamics.py", "integrate.py")


def lorenz(batch: int, n: int, dt: float, seed: int) -> Tensor:
    """Independent orbits on the attractor, (batch, n, 3), after 20 t.u. of spin-up; RK4 with steps of at most 0.01."""
    generator = torch.Generator().manual_seed(seed)
    starts = 5 * torch.randn(batch, 3, generator=generator, dtype=F64) + torch.tensor([0.0, 0.0, 25.0], dtype=F64)
    starts = integrate(Lorenz63(), starts, torch.tensor([0.0, 20.0], dtype=F64), max_step=0.01).x[:, -1]
    return integrate(Lorenz63(), starts, dt * torch.arange(n, dtype=F64), max_step=0.01).x


def measure_from_data(seed: int) -> Figures:
    """20 000 states at three sampling steps; one coordinate alone; and a surrogate, which has no exponent."""
    figures: Figures = {}
    for dt in (0.05, 0.02, 0.01):
        x = lorenz(1, 20_000, dt, seed)
        start = time.process_time()
        record = lyapunov_from_data(x, dt=dt)
        figures[f"cpu_{dt:g}"] = time.process_time() - start
        figures[f"lambda_{dt:g}"] = record.exponent
        figures[f"error_{dt:g}"] = record.standard_error
        figures[f"off_{dt:g}"] = abs(record.exponent / LAMBDA_1 - 1)
    series = lorenz(1, 20_000, 0.05, seed)[0, :, 0]
    figures["lambda_x_alone"] = lyapunov_from_data(series, dt=0.05).exponent
    surrogate = phase_surrogate(series, generator=torch.Generator().manual_seed(seed))
    null = lyapunov_from_data(delay_embedding(surrogate, lag=3, dim=3).x, dt=0.05)
    figures["surrogate_found"] = float(null.found)
    return figures


FROM_DATA = Row(
    name="lyapunov_from_data",
    title="From data alone (no equations)",
    measure=measure_from_data,
    modules=MODULES,
    criteria=(
        Criterion("median", "first exponent, dt = 0.05, median relative error", median("off_0.05"), 0.05),
        Criterion("worst", "first exponent, dt = 0.05, worst relative error", largest("off_0.05"), 0.06),
        Criterion("fine_median", "first exponent, dt = 0.02, median relative error", median("off_0.02"), 0.05),
        Criterion("finest_median", "first exponent, dt = 0.01, median relative error", median("off_0.01"), 0.05),
        Criterion("surrogate", "surrogates with an exponent", largest("surrogate_found"), 0.0),
        Criterion("cpu_median", "median [CPU s]", median("cpu_0.05"), 5.0),
        Criterion("cpu_worst", "worst seed [CPU s]", largest("cpu_0.05"), 6.0),
    ),
    notes="One orbit of 20 000 states a seed; distances measured across the flow; the window found by the estimator. "
    "The x coordinate alone, embedded by its own choices, stands beside it without a target.",
)


def ruler(kind: str, generator: torch.Generator) -> Tensor:
    """20 000 states, uniform in the unit disc, on a line or on the Cantor set."""
    u = torch.rand(20_000, 32, generator=generator, dtype=F64)
    if kind == "disc":
        return u[:, :1].sqrt() * torch.stack((torch.cos(math.tau * u[:, 1]), torch.sin(math.tau * u[:, 1])), dim=1)
    if kind == "line":
        return u[:, :1]
    return (2.0 * (u < 0.5).to(F64) @ 3.0 ** -torch.arange(1, 33, dtype=F64))[:, None]


def measure_dimension(seed: int) -> Figures:
    """Lorenz from 80 orbits of 500 states, pairs across orbits only, and the three rulers."""
    x = lorenz(80, 500, 0.1, seed)
    start = time.process_time()
    record = correlation_dimension(x, theiler_window=math.inf)
    figures: Figures = {"cpu": time.process_time() - start}
    low, high = (record.radii / record.size).tolist()
    figures |= {"lorenz": record.dimension, "lorenz_error": record.standard_error, "from": low, "to": high}
    figures["lorenz_off"] = abs(record.dimension - 2.06)
    generator = torch.Generator().manual_seed(seed)
    for kind, truth in (("disc", 2.0), ("line", 1.0), ("cantor", math.log(2) / math.log(3))):
        figures[kind] = correlation_dimension(ruler(kind, generator), theiler_window=0).dimension
        figures[f"{kind}_off"] = abs(figures[kind] - truth)
    return figures


DIMENSION = Row(
    name="correlation_dimension",
    title="Correlation dimension",
    measure=measure_dimension,
    modules=MODULES,
    criteria=(
        Criterion("lorenz", "Lorenz: distance from 2.06, median", median("lorenz_off"), 0.03),
        Criterion("lorenz_worst", "Lorenz: distance from 2.06, worst seed", largest("lorenz_off"), 0.036),
        Criterion("disc", "uniform disc, worst seed", largest("disc_off"), 0.03),
        Criterion("line", "line, worst seed", largest("line_off"), 0.03),
        Criterion("cantor", "Cantor set, worst seed", largest("cantor_off"), 0.03),
        Criterion("cpu", "40 000 states, median [CPU s]", median("cpu"), 5.0),
    ),
    notes="Lorenz: 80 independent orbits of 500 states, 0.1 t.u. apart. The region is found by the estimator; from and "
    "to are its ends in RMS radii.",
)


def measure_portraits(seed: int) -> Figures:
    """Recurrence of a period and of chance, a sine's peak, a Gaussian's mutual information, two equal attractors."""
    generator = torch.Generator().manual_seed(seed)
    angle = math.tau / 50 * torch.arange(400, dtype=F64)
    cycle = recurrence_quantification(recurrence_matrix(torch.stack((angle.cos(), angle.sin()), dim=1), radius=0.01))
    drawn = math.tau * torch.rand(2000, generator=generator, dtype=F64)
    chance = recurrence_quantification(
        recurrence_matrix(torch.stack((drawn.cos(), drawn.sin()), dim=1), radius=2 * math.sin(0.05 * math.pi))
    )
    t = 0.01 * torch.arange(20_000, dtype=F64)
    spectrum = power_spectrum(3 * torch.sin(math.tau * 1.5 * t)[:, None], dt=0.01)
    noise = torch.randn(40_001, generator=generator, dtype=F64)
    averaged = (noise[1:] + noise[:-1]) / math.sqrt(2)  # correlation 1/2 at lag 1
    information = float(mutual_information(averaged, max_lag=2, bins=32).information[1])
    x = lorenz(40, 200, 0.1, seed)
    same = attractor_distance(x[:20], x[20:], generator=generator)
    return {
        "determinism_off": abs(cycle.determinism - 1),
        "diagonal_off": abs(cycle.longest_diagonal - 350),
        "chance_off": abs(chance.determinism - 0.19) / 0.19,
        "peak_off": abs(float(spectrum.peak[0]) - 1.5) / spectrum.resolution,
        "area_off": abs(float(torch.trapezoid(spectrum.power[:, 0], spectrum.frequency)) / 4.5 - 1),
        "information_off": abs(information + 0.5 * math.log(0.75)),
        "same_over_chance": same.distance / same.chance,
    }


PORTRAITS = Row(
    name="portraits",
    title="Recurrence plots, delay embedding, power spectrum, density",
    measure=measure_portraits,
    modules=MODULES,
    criteria=(
        Criterion("determinism", "periodic orbit: determinism off 1, worst seed", largest("determinism_off"), 0.0),
        Criterion("diagonal", "periodic orbit: longest diagonal off N - P, worst seed", largest("diagonal_off"), 0.0),
        Criterion("chance", "independent draws: determinism off 1 - (1 - p)², relative", largest("chance_off"), 0.05),
        Criterion("peak", "sine: peak off [resolutions], worst seed", largest("peak_off"), 1.0),
        Criterion("area", "sine: area off A²/2, worst seed", largest("area_off"), 0.01),
        Criterion(
            "information", "Gaussian at correlation 1/2: information off [nats]", largest("information_off"), 0.02
        ),
        Criterion("same", "two samples of Lorenz: distance over chance, median", median("same_over_chance"), 1.0),
        Criterion("least", "and not below zero", smallest("same_over_chance"), 0.0, at_least=True),
    ),
)

FROM_DATA_ROWS = (FROM_DATA, DIMENSION, PORTRAITS)
