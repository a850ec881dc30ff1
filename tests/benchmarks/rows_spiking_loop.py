"""Row on the spiking closed loop: spikes carry the Lorenz field, a slow synapse integrates it."""

import math
import time

import torch
from scipy.spatial import cKDTree
from torch import Tensor

from course_lib.analysis import ValidPredictionTime, valid_prediction_time
from course_lib.integrate import integrate
from course_lib.models import SpikingEINetwork, SpikingLoop
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_slow_synapse

from .rows import Criterion, Figures, Row, largest, median, smallest
from .rows_lorenz import LYAPUNOV_TIME

F64 = torch.float64
UNIT = 4000.0  # ms for one time unit of Lorenz
SAMPLE = 10  # steps of 1 ms from one sample to the next: 0.0025 t.u., the step of the truth
WARM_UP = 400  # driven steps before the loop is closed
CAP = 3.0  # LT


def train_loop(seed: int, *, n_e: int = 800, n_i: int = 200, orbits: int = 128) -> tuple[SpikingLoop, float, float]:
    """The loop of the bench, its CPU seconds and the mean rate of its cells [Hz]."""
    start = time.process_time()
    network = SpikingEINetwork(
        n_e,
        n_i,
        3,
        3,
        K=60,
        hold=1,
        generator=torch.Generator().manual_seed(seed),
        strength=0.2,
        traces=(20.0, 80.0),
    )
    n_features = network.C.shape[1]
    zeros = torch.zeros(3, n_features, dtype=F64), torch.zeros(3, dtype=F64)
    loop = SpikingLoop(network, *zeros, tau_slow=200.0, dtype=torch.float32)
    task, draw = LorenzForecast(), torch.Generator().manual_seed(1000 + seed)
    starts = task.standardise(task.draw_starts(orbits, generator=draw))
    flow = task.standardised_flow()
    fit = fit_slow_synapse(loop, flow, starts, time_unit=UNIT, generator=draw, own=orbits)
    return loop, time.process_time() - start, fit.rate


def unseen_orbits(n: int, seed: int, duration: float) -> tuple[Tensor, Tensor]:
    """WARM_UP driving inputs, one a ms, and what follows the last of them every SAMPLE ms for `duration` t.u."""
    task = LorenzForecast()
    flow = task.standardised_flow()
    starts = task.standardise(task.draw_starts(n, generator=torch.Generator().manual_seed(900_000 + seed)))
    warm = integrate(flow, starts, torch.arange(WARM_UP, dtype=F64) / UNIT).x
    n_samples = math.ceil(duration * UNIT / SAMPLE)
    t = torch.arange(n_samples + 1, dtype=F64) * SAMPLE / UNIT
    return warm, integrate(flow, warm[:, -1], t).x[:, 1:]


def prediction_times(loop: SpikingLoop, n: int, seed: int) -> ValidPredictionTime:
    """The record over n unseen starts; errors per long-run standard deviation, which is one."""
    warm, truth = unseen_orbits(n, seed, CAP * LYAPUNOV_TIME)
    forecast = loop.run(loop.driven(warm), truth.shape[1], every=SAMPLE)
    t = torch.arange(1, truth.shape[1] + 1, dtype=F64) * SAMPLE / UNIT
    std = torch.ones(3, dtype=F64)
    return valid_prediction_time(t, forecast, truth, lyapunov_time=LYAPUNOV_TIME, std=std, cap=CAP)


def error_of_median(values: Tensor, seed: int) -> float:
    """The standard deviation of the median over 2000 bootstrap samples."""
    draw = torch.randint(len(values), (2000, len(values)), generator=torch.Generator().manual_seed(seed))
    return float(values[draw].median(dim=1).values.std())


def on_the_attractor(loop: SpikingLoop, seed: int, duration: float = 26.0) -> Figures:
    """Four long runs: distance to 200,000 states of true orbits, and standard deviations; again in the last 5 t.u."""
    warm, _ = unseen_orbits(4, seed + 50, SAMPLE / UNIT)
    orbit = loop.run(loop.driven(warm), round(duration * UNIT / SAMPLE), every=SAMPLE)
    true = LorenzForecast(0.01, 2000).sample(100, generator=torch.Generator().manual_seed(500_000 + seed)).inputs
    tree = cKDTree(true.reshape(-1, 3).numpy())
    late = orbit[:, -round(5.0 * UNIT / SAMPLE) :]
    figures: Figures = {}
    for name, part in (("", orbit), ("_late", late)):
        far = torch.from_numpy(tree.query(part.reshape(-1, 3).numpy())[0])
        figures[f"distance{name}"] = float(far.quantile(0.95))
        figures[f"std{name}"] = float((part.reshape(-1, 3).std(dim=0) - 1).abs().max())
    return figures


def measure_loop(seed: int) -> Figures:
    """VPT over 240 unseen starts with its standard error, and four runs of 26 t.u."""
    loop, seconds, rate = train_loop(seed)
    times = prediction_times(loop, 240, seed)
    return {
        "vpt": times.median,
        "vpt_error": error_of_median(times.times, seed),
        "rate": rate,
        **on_the_attractor(loop, seed),
        "cpu": seconds,
    }


SPIKING_LOOP = Row(
    name="spiking_closed_loop",
    title="Spiking E/I network, N = 1000, Lorenz, closed loop through a slow synapse",
    measure=measure_loop,
    modules=(
        "models/lif.py",
        "models/connectivity.py",
        "models/spiking.py",
        "models/spiking_loop.py",
        "training/readout.py",
        "training/slow_synapse.py",
        "tasks",
        "analysis/forecast.py",
    ),
    criteria=(
        Criterion("vpt_median", "valid prediction time, median [LT]", median("vpt"), 1.6, at_least=True),
        Criterion("vpt_worst", "valid prediction time, worst seed [LT]", smallest("vpt"), 1.3, at_least=True),
        Criterion("vpt_error", "its standard error over the starts, largest [LT]", largest("vpt_error"), 0.15),
        Criterion("distance", "26 t.u.: 95 % of points nearer to the attractor [std], worst", largest("distance"), 0.1),
        Criterion("distance_late", "the same in the last 5 t.u.", largest("distance_late"), 0.1),
        Criterion("std", "26 t.u.: standard deviations off the truth, worst", largest("std"), 0.15),
        Criterion("std_late", "the same in the last 5 t.u.", largest("std_late"), 0.15),
    ),
    notes="800 + 200 cells, K = 60, couplings of strength 0.2, traces of 20 and 80 ms, slow synapse 200 ms, one Lorenz "
    "time unit in 4 s; the decoder is told the vector field. Forecasts from 240 fresh starts a seed, threshold 0.4, "
    "followed for 3 LT; on the attractor: four runs of 26 t.u. a seed, pooled. CPU seconds: network and decoder.",
)

LOOP_ROWS = (SPIKING_LOOP,)
