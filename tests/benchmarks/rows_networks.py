"""Rows of networks under Dale's law: a random one with a fitted readout, and a trained one, both on Lorenz."""

import time

import torch

from course_lib.analysis import lyapunov_spectrum
from course_lib.models import EIRateNetwork
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_forecaster, fit_reservoir

from .rows import Criterion, Figures, Row, largest, median, smallest
from .rows_lorenz import DT, SPECTRUM, bounded_for, driven_states, prediction_times, unseen


def dale_network(n: int, gain: float, generator: torch.Generator) -> EIRateNetwork:
    """n cells, four fifths of them excitatory, both kinds with a leak of one half per step."""
    n_e = round(0.8 * n)
    return EIRateNetwork(n_e, n - n_e, 3, 3, tau_e=2 * DT, tau_i=2 * DT, dt=DT, generator=generator, gain=gain)


def fit_random_dale(seed: int) -> tuple[EIRateNetwork, float]:
    """300 cells with random weights and a readout by ridge regression, and the CPU seconds of data and fit.

    Weak recurrence (spectral radius 0.1) forgets fast: memory modes slower than Lorenz's contracting direction would
    stand in the spectrum in place of its third exponent.
    """
    start = time.process_time()
    trial = LorenzForecast(DT).sample(40, generator=torch.Generator().manual_seed(1000 + seed))
    model = dale_network(300, 0.1, torch.Generator().manual_seed(seed))
    fit_reservoir(model, trial.inputs, trial.targets, ridge=1e-12, warm_up=50)
    return model, time.process_time() - start


def train_dale(seed: int) -> tuple[EIRateNetwork, float]:
    """64 cells, all weights trained with the readout solved exactly, and the CPU seconds of data and training."""
    start = time.process_time()
    trial = LorenzForecast(DT).sample(100, generator=torch.Generator().manual_seed(1000 + seed))
    generator = torch.Generator().manual_seed(seed)
    model = dale_network(64, 0.3, generator)
    fit_forecaster(model, trial.inputs, trial.targets, generator=generator, n_steps=500)
    return model, time.process_time() - start


def wrong_signs(model: EIRateNetwork) -> int:
    """How many recurrent weights have left the sign of their sender."""
    W = model.W_rec.detach()
    return int((W[:, : model.n_e] < 0).sum() + (W[:, model.n_e :] > 0).sum())


def dale_spectrum(model: EIRateNetwork, seed: int, *, orbits: int = 160):
    """Three exponents of the closed loop."""
    starts = driven_states(model, orbits, seed)
    return lyapunov_spectrum(
        model.closed_loop_map(), starts, duration=40.0, dt=DT, spin_up=8.0, k=3, orthonormalise_every=2
    )


def measure_dale(model: EIRateNetwork, cpu: float, seed: int) -> Figures:
    """VPT over 100 unseen starts, three exponents over 160 orbits, 400 t.u. alone, and the sign of every weight."""
    record = dale_spectrum(model, seed + 10)
    exponents = record.exponents.tolist()
    return {
        "vpt": prediction_times(model, unseen(100, seed)).median,
        "lambda_1": exponents[0],
        "lambda_1_error": float(record.standard_error[0]),
        "lambda_1_off": abs(exponents[0] / SPECTRUM[0] - 1),
        "lambda_2": exponents[1],
        "lambda_2_size": abs(exponents[1]),
        "lambda_3": exponents[2],
        "lambda_3_off": abs(exponents[2] / SPECTRUM[2] - 1),
        "bounded": bounded_for(model, driven_states(model, 32, seed + 20), 400.0),
        "wrong_signs": float(wrong_signs(model)),
        "cpu": cpu,
    }


def measure_random_dale(seed: int) -> Figures:
    return measure_dale(*fit_random_dale(seed), seed)


def measure_trained_dale(seed: int) -> Figures:
    return measure_dale(*train_dale(seed), seed)


MODULES = (
    "models/connectivity.py",
    "models/driven.py",
    "models/ei_rate.py",
    "models/nonlinearity.py",
    "models/rate_flow.py",
    "models/rate_network.py",
    "models/recurrent.py",
    "training/forecaster.py",
    "training/loop.py",
    "training/losses.py",
    "training/readout.py",
    "training/windows.py",
    "tasks/forecast.py",
    "systems/lorenz63.py",
    "analysis/forecast.py",
    "analysis/lyapunov.py",
    "dynamics.py",
    "integrate.py",
)
NOTES = (
    "Four fifths of the cells excitatory, softplus rates, readout from excitatory cells only; 100 unseen starts a "
    "seed, error against the long-run std, threshold 0.4, capped at 14 LT; exponents of the closed loop over 160 "
    "orbits of 40 t.u.; noiseless data. The loop's feedback U C has both signs; the recurrent weights keep theirs."
)


def criteria(*, vpt_median: float, vpt_worst: float, lambda_3: float) -> tuple[Criterion, ...]:
    """Each bound holds for the median over the seeds; no seed may miss it by more than a fifth."""
    return (
        Criterion("vpt_median", "valid prediction time, median [LT]", median("vpt"), vpt_median, at_least=True),
        Criterion("vpt_worst", "valid prediction time, worst seed [LT]", smallest("vpt"), vpt_worst, at_least=True),
        Criterion("lambda_1_median", "first exponent, median relative error", median("lambda_1_off"), 0.02),
        Criterion("lambda_1_worst", "first exponent, worst relative error", largest("lambda_1_off"), 0.024),
        Criterion("lambda_2_median", "second exponent, median size", median("lambda_2_size"), 0.01),
        Criterion("lambda_2_worst", "second exponent, largest size", largest("lambda_2_size"), 0.012),
        Criterion("lambda_3_median", "third exponent, median relative error", median("lambda_3_off"), lambda_3),
        Criterion("lambda_3_worst", "third exponent, worst relative error", largest("lambda_3_off"), 1.2 * lambda_3),
        Criterion("bounded", "bounded for, worst seed [t.u.]", smallest("bounded"), 400.0, at_least=True),
        Criterion("signs", "recurrent weights of the wrong sign, all seeds", largest("wrong_signs"), 0.0),
    )


DALE_RIDGE = Row(
    name="dale_ridge_lorenz",
    title="Dale E/I rate network, N = 300, random weights and ridge readout, Lorenz, closed loop",
    measure=measure_random_dale,
    modules=MODULES,
    criteria=criteria(vpt_median=9.0, vpt_worst=8.0, lambda_3=0.04),
    notes=NOTES,
)
DALE_TRAINED = Row(
    name="dale_trained_lorenz",
    title="Dale E/I rate network, N = 64, trained, Lorenz, closed loop",
    measure=measure_trained_dale,
    modules=MODULES,
    criteria=criteria(vpt_median=8.5, vpt_worst=7.5, lambda_3=0.02),
    notes=NOTES,
)
NETWORKS_ROWS = (DALE_RIDGE, DALE_TRAINED)
