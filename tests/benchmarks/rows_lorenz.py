"""Rows on Lorenz: the CT-RNN of the book in closed loop, and the exponents of the flow itself.

The tests at one seed (tests/quality) measure by the same functions.
"""

import math
import statistics
import time
from collections.abc import Sequence

import torch

from course_lib.analysis import correlation_dimension, lyapunov_spectrum, valid_prediction_time
from course_lib.integrate import iterate
from course_lib.models import CTRNN
from course_lib.systems import Lorenz63
from course_lib.systems.references import LORENZ63
from course_lib.tasks import LorenzForecast, Trial
from course_lib.training import fit_forecaster

from .rows import Criterion, Figures, Row, largest, median, smallest

SPECTRUM = LORENZ63["lyapunov_spectrum"].value
LYAPUNOV_TIME = 1 / SPECTRUM[0]


# --- CT-RNN, N = 64, Lorenz, closed loop

DT = 0.02
WARM_UP = 100  # driven steps before the loop is closed


def train_ctrnn(seed: int) -> tuple[CTRNN, float]:
    """The network of the book with the recipe's default settings, and the CPU seconds of data and training."""
    start = time.process_time()
    trial = LorenzForecast(DT).sample(100, generator=torch.Generator().manual_seed(1000 + seed))
    generator = torch.Generator().manual_seed(seed)
    model = CTRNN(64, 3, 3, tau=0.04, dt=DT, generator=generator)
    fit_forecaster(model, trial.inputs, trial.targets, generator=generator)
    return model, time.process_time() - start


def unseen(batch: int, seed: int, *, lyapunov_times: float = 14.0) -> Trial:
    """Trials from starts that no training has seen: WARM_UP inputs, then enough for the forecast."""
    n_steps = WARM_UP + math.ceil(lyapunov_times * LYAPUNOV_TIME / DT)
    return LorenzForecast(DT, n_steps).sample(batch, generator=torch.Generator().manual_seed(900_000 + seed))


def prediction_times(model: CTRNN, trial: Trial):
    """The record of forecasts over the trial's end, the loop closed after WARM_UP inputs; error per long-run std."""
    truth = trial.targets[:, WARM_UP - 1 :]
    t = DT * torch.arange(1, truth.shape[1] + 1, dtype=torch.float64)
    forecast = model.forecast(trial.inputs[:, :WARM_UP], truth.shape[1])
    ones = torch.ones(3, dtype=torch.float64)  # the trials are standardised by the long-run moments already
    return valid_prediction_time(t, forecast, truth, lyapunov_time=LYAPUNOV_TIME, std=ones)


def driven_states(model: CTRNN, batch: int, seed: int) -> torch.Tensor:
    """(batch, 64) states after WARM_UP unseen inputs: starts on the closed loop's attractor."""
    with torch.no_grad():
        return model.run(unseen(batch, seed, lyapunov_times=0.1).inputs[:, :WARM_UP])[:, -1]


def bounded_for(model: CTRNN, states: torch.Tensor, duration: float) -> float:
    """Time for which every closed loop keeps all readouts within 6 standard deviations of the attractor."""
    orbit = iterate(model.closed_loop_map(), states, round(duration / DT), dt=DT)
    with torch.no_grad():
        outside = (model.readout(orbit.x).abs().amax(dim=-1) > 6.0).any(dim=0)
    return float(orbit.t[int(outside.to(torch.int8).argmax())]) if bool(outside.any()) else duration


def dimensions(model: CTRNN, seed: int) -> tuple[float, float]:
    """D2 of the closed loop and of Lorenz by the same estimator: 80 orbits of 500 states, 0.1 t.u. apart."""
    trial = unseen(80, seed, lyapunov_times=0.1)
    own = model.forecast(trial.inputs[:, :WARM_UP], 2500)
    true = LorenzForecast(DT).truth(trial.conditions["start"], 2499 * DT).x
    found = [correlation_dimension(x[:, ::5], theiler_window=math.inf).dimension for x in (own, true)]
    return found[0], found[1]


def measure_ctrnn(seed: int) -> Figures:
    """VPT over 100 unseen starts, the spectrum of the closed loop over 512 orbits, D2, and 400 t.u. alone."""
    model, cpu = train_ctrnn(seed)
    times = prediction_times(model, unseen(100, seed))
    record = lyapunov_spectrum(
        model.closed_loop_map(),
        driven_states(model, 512, seed + 10),
        duration=40.0,
        dt=DT,
        spin_up=8.0,
        k=3,
        orthonormalise_every=5,
    )
    own, true = dimensions(model, seed + 30)
    return {
        "vpt": times.median,
        "lambda_1": float(record.exponents[0]),
        "lambda_1_error": float(record.standard_error[0]),
        "lambda_1_off": abs(float(record.exponents[0]) / SPECTRUM[0] - 1),
        "lambda_2": float(record.exponents[1]),
        "lambda_3": float(record.exponents[2]),
        "d2": own,
        "d2_off": abs(own - true),
        "bounded": bounded_for(model, driven_states(model, 32, seed + 20), 400.0),
        "cpu": cpu,
    }


CTRNN_LORENZ = Row(
    name="ctrnn_lorenz",
    title="CT-RNN, N = 64, Lorenz, closed loop",
    measure=measure_ctrnn,
    modules=("models", "training", "tasks", "systems", "analysis", "dynamics.py", "integrate.py"),
    criteria=(
        Criterion("vpt_median", "valid prediction time, median [LT]", median("vpt"), 8.0, at_least=True),
        Criterion("vpt_worst", "valid prediction time, worst seed [LT]", smallest("vpt"), 7.0, at_least=True),
        Criterion("lambda_1_median", "first exponent, median relative error", median("lambda_1_off"), 0.01),
        Criterion("lambda_1_worst", "first exponent, worst relative error", largest("lambda_1_off"), 0.012),
        Criterion("d2_median", "correlation dimension off Lorenz's, median", median("d2_off"), 0.03),
        Criterion("d2_worst", "correlation dimension off Lorenz's, worst seed", largest("d2_off"), 0.036),
        Criterion("bounded", "bounded for, worst seed [t.u.]", smallest("bounded"), 400.0, at_least=True),
        Criterion("cpu_median", "data and training, median [CPU s]", median("cpu"), 15.0),
        Criterion("cpu_worst", "data and training, worst seed [CPU s]", largest("cpu"), 18.0),
    ),
    notes="100 unseen starts a seed, error against the long-run std, threshold 0.4, capped at 14 LT; noiseless data.",
)


# --- Lyapunov spectrum of Lorenz


def measure_spectrum(seed: int, *, runs: int = 3) -> Figures:
    """All three exponents from 320 orbits of 42 t.u.; CPU seconds are the least of `runs` equal runs."""
    starts = LorenzForecast().draw_starts(320, generator=torch.Generator().manual_seed(seed))
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        record = lyapunov_spectrum(Lorenz63(), starts, duration=42.0, dt=0.0125, spin_up=5.0)
        seconds.append(time.process_time() - start)
    figures: Figures = {"cpu": min(seconds), "sum": float(record.exponents.sum())}
    for i in range(3):
        figures[f"lambda_{i + 1}"] = float(record.exponents[i])
        figures[f"lambda_{i + 1}_error"] = float(record.standard_error[i])
    return figures


def errors_in_standard_errors(seeds: Sequence[Figures]) -> float:
    """The largest distance of any exponent of any seed from its reference, in its own standard errors."""
    return max(
        abs(seed[f"lambda_{i + 1}"] - SPECTRUM[i]) / seed[f"lambda_{i + 1}_error"] for seed in seeds for i in range(3)
    )


def error_of_the_mean(seeds: Sequence[Figures]) -> float:
    """The largest distance of an exponent's mean over the seeds from its reference, in standard errors of that mean."""
    distances = []
    for i in range(3):
        mean = statistics.fmean(seed[f"lambda_{i + 1}"] for seed in seeds)
        error = math.sqrt(sum(seed[f"lambda_{i + 1}_error"] ** 2 for seed in seeds)) / len(seeds)
        distances.append(abs(mean - SPECTRUM[i]) / error)
    return max(distances)


def sum_off(seeds: Sequence[Figures]) -> float:
    """The largest distance of the exponents' sum from the trace."""
    return max(abs(seed["sum"] - LORENZ63["lyapunov_sum"].value[0]) for seed in seeds)


LORENZ_SPECTRUM = Row(
    name="lorenz_spectrum",
    title="Lyapunov spectrum of Lorenz",
    measure=measure_spectrum,
    modules=("analysis/lyapunov.py", "systems/lorenz63.py", "tasks/forecast.py", "dynamics.py", "integrate.py"),
    criteria=(
        Criterion("each_seed", "worst exponent of any seed [standard errors]", errors_in_standard_errors, 3.0),
        Criterion("mean", "worst exponent's mean over the seeds [its standard errors]", error_of_the_mean, 2.0),
        Criterion("error", "standard error of the first exponent, worst seed", largest("lambda_1_error"), 0.003),
        Criterion("sum", "sum of the exponents off the trace, worst seed", sum_off, 1e-3),
        Criterion("cpu_median", "median [CPU s]", median("cpu"), 3.0),
        Criterion("cpu_worst", "worst seed [CPU s]", largest("cpu"), 3.6),
    ),
    notes="320 orbits of 42 t.u. after 5 t.u. of spin-up, RK4 with dt = 0.0125; CPU seconds are the least of three "
    "runs, because other work on a shared machine only adds to them.",
)
