"""What every candidate of a comparison is given, and what it is judged by."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.shapes import PerCoordinate, Sequence
from course_lib.systems.references import LORENZ63
from course_lib.tasks import LorenzForecast, Trial
from course_lib.validation import check_count


@dataclass(frozen=True)
class ForecastProblem:
    """Forecasting a system from its own past. Units are those of the trials.

    train: what candidates may learn from; targets are the inputs one step dt later.
    test: unseen trials; forecasts start after `warm_up` inputs and are compared with what follows.
    attractor: (orbits, time, dim), other orbits of the true system, one state every `stride` steps.
    std: (dim,), long-run standard deviations.  dt, lyapunov_time: in the system's time unit.
    n_exponents: how many exponents are asked for.  n_spectrum: orbits for them.  spectrum_time, spectrum_spin_up: time
    that counts and time before it, per orbit.
    """

    train: Trial
    test: Trial
    attractor: Sequence
    std: PerCoordinate
    dt: float
    lyapunov_time: float
    warm_up: int
    stride: int
    n_exponents: int
    n_spectrum: int
    spectrum_time: float
    spectrum_spin_up: float

    @property
    def starts(self) -> Tensor:
        """(trials, warm_up, dim): what a candidate sees before a test forecast."""
        return self.test.inputs[:, : self.warm_up]

    @property
    def future(self) -> Tensor:
        """(trials, steps, dim): what follows, one step after the last input first."""
        return self.test.targets[:, self.warm_up - 1 :]


def lorenz_problem(
    seed: int,
    *,
    dt: float = 0.02,
    n_train: int = 100,
    n_train_steps: int = 400,
    n_test: int = 60,
    test_lyapunov_times: float = 14.0,
    warm_up: int = 100,
    n_states: int = 500,
    n_spectrum: int = 64,
    spectrum_time: float = 40.0,
) -> ForecastProblem:
    """Lorenz at the standard parameters, noiseless and standardised; training, test and attractor drawn apart.

    n_train, n_train_steps: trials to learn from, and their length.  n_test: starts of forecasts, each followed for
    test_lyapunov_times.  n_states: states per orbit, 0.1 time units apart, of the attractor that dimensions and
    distances are measured on; as many orbits as n_test.
    Taught on the page "The CT-RNN learns Lorenz".
    """
    check_count("seed", seed, least=0)
    lyapunov_time = 1 / LORENZ63["lyapunov_spectrum"].value[0]
    stride = max(1, round(0.1 / dt))
    n_test_steps = check_count("warm_up", warm_up) + math.ceil(test_lyapunov_times * lyapunov_time / dt)

    def trials(n: int, n_steps: int, offset: int) -> Trial:
        generator = torch.Generator().manual_seed(offset + seed)
        return LorenzForecast(dt, n_steps).sample(n, generator=generator)

    return ForecastProblem(
        train=trials(n_train, n_train_steps, 1000),
        test=trials(n_test, n_test_steps, 900_000),
        attractor=trials(n_test, check_count("n_states", n_states) * stride, 500_000).inputs[:, ::stride],
        std=torch.ones(3, dtype=torch.float64),
        dt=dt,
        lyapunov_time=lyapunov_time,
        warm_up=warm_up,
        stride=stride,
        n_exponents=3,
        n_spectrum=n_spectrum,
        spectrum_time=spectrum_time,
        spectrum_spin_up=spectrum_time / 5,
    )
