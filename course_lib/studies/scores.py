"""One candidate on one problem: every figure that it has, and a reason in the place of every one that it has not."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis import (
    AttractorDistance,
    CorrelationDimension,
    LyapunovSpectrum,
    ValidPredictionTime,
    attractor_distance,
    correlation_dimension,
    lyapunov_spectrum,
    skill,
    valid_prediction_time,
)
from course_lib.dynamics import Map
from course_lib.shapes import PerCoordinate
from course_lib.studies.baselines import LinearExtrapolation
from course_lib.studies.candidate import Candidate, Fitted, NotApplicable, SpikeCount
from course_lib.studies.problem import ForecastProblem
from course_lib.validation import CourseError

FAR = 10.0  # standard deviations from zero beyond which a loop has left the attractor
STILL = 1e-3  # standard deviations: a loop whose samples move less than this has come to rest
TIMED_STEPS, TIMED_SECONDS, PROBED_STEPS = 500, 1.0, 10  # how long a loop is timed: that many steps or that long


@dataclass(frozen=True)
class Escaped(NotApplicable):
    """The reason that takes the exponents with it: some closed loops have left the attractor."""


@dataclass(frozen=True)
class Scores:
    """rmse: one step ahead, per coordinate.  over_persistence, over_line: skill against persistence and against linear
    extrapolation, 1 - MSE / their MSE, per coordinate.

    vpt, spectrum, dimension, distance: of the closed loop; distance to the true attractor.  true_dimension: of the
    true attractor by the same estimator.  n_fitted: numbers set by the fit.  training_seconds: CPU.  steps_per_second:
    of one closed loop, CPU.  spikes: a second and a forecast sample.
    """

    rmse: PerCoordinate
    over_persistence: PerCoordinate
    over_line: PerCoordinate
    vpt: ValidPredictionTime | NotApplicable
    spectrum: LyapunovSpectrum | NotApplicable
    dimension: CorrelationDimension | NotApplicable
    true_dimension: CorrelationDimension | NotApplicable
    distance: AttractorDistance | NotApplicable
    n_fitted: int
    training_seconds: float
    steps_per_second: float | NotApplicable
    spikes: SpikeCount | NotApplicable


def score(candidate: Candidate, problem: ForecastProblem, *, generator: torch.Generator) -> Scores:
    """Fit the candidate on the problem's training trials and measure it on the rest. generator: of fit and measures."""
    start = time.process_time()
    fitted = candidate.fit(problem.train, generator=generator)
    seconds = time.process_time() - start
    with torch.no_grad():
        rmse, over_persistence, over_line = _one_step(fitted, problem)
        orbit = _free_run(fitted, problem)
        return Scores(
            rmse=rmse,
            over_persistence=over_persistence,
            over_line=over_line,
            vpt=_prediction_time(fitted, problem),
            spectrum=_spectrum(fitted, problem, orbit),
            dimension=_dimension(orbit),
            true_dimension=_dimension(problem.attractor),
            distance=orbit
            if isinstance(orbit, NotApplicable)
            else attractor_distance(orbit, problem.attractor, generator=generator),
            n_fitted=fitted.n_fitted,
            training_seconds=seconds,
            steps_per_second=_speed(fitted, problem),
            spikes=fitted.spikes,
        )


def _one_step(fitted: Fitted, problem: ForecastProblem) -> tuple[Tensor, Tensor, Tensor]:
    """RMSE and both skills after the warm-up, each (dim,)."""
    w, inputs, targets = problem.warm_up, problem.test.inputs, problem.test.targets
    line = LinearExtrapolation().fit(problem.train, generator=torch.Generator()).predict(inputs)
    prediction = fitted.predict(inputs)[:, w:]
    against_inputs = skill(prediction, targets[:, w:], inputs[:, w:])
    against_line = skill(prediction, targets[:, w:], line[:, w:])
    return against_inputs.rmse, against_inputs.skill, against_line.skill


def _prediction_time(fitted: Fitted, problem: ForecastProblem) -> ValidPredictionTime | NotApplicable:
    if isinstance(fitted.forecast, NotApplicable):
        return fitted.forecast
    future = problem.future
    forecast = fitted.forecast(problem.starts, future.shape[1])
    t = problem.dt * torch.arange(1, future.shape[1] + 1, dtype=future.dtype)
    return valid_prediction_time(t, forecast, future, lyapunov_time=problem.lyapunov_time, std=problem.std)


def _free_run(fitted: Fitted, problem: ForecastProblem) -> Tensor | NotApplicable:
    """Samples of the closed loop as far apart as those of the attractor, (orbits, time, dim), if it stays and moves."""
    if isinstance(fitted.forecast, NotApplicable):
        return fitted.forecast
    n = problem.attractor.shape[1]
    orbit = fitted.forecast(problem.starts, 2 * n * problem.stride)
    size = (orbit / problem.std).abs().amax(dim=-1)
    outside = ~(size < FAR)  # NaN is outside too
    if bool(outside.any()):
        first = problem.dt * (1 + int(outside.any(dim=0).to(torch.int8).argmax()))
        share = float(outside.any(dim=1).double().mean())
        return Escaped(f"{share:.0%} of the loops leave {FAR:g} standard deviations, the first after {first:.3g}")
    late = orbit[:, n * problem.stride :: problem.stride]  # what is left of the starts has gone by then
    if bool(((late / problem.std).std(dim=1).amax(dim=-1) < STILL).all()):
        return NotApplicable("every loop comes to rest")
    return late


def _spectrum(
    fitted: Fitted, problem: ForecastProblem, orbit: Tensor | NotApplicable
) -> LyapunovSpectrum | NotApplicable:
    if isinstance(fitted.loop, NotApplicable):
        return fitted.loop
    if isinstance(orbit, Escaped):
        return orbit
    system, x0 = fitted.loop(_many_starts(problem))
    try:
        return lyapunov_spectrum(
            system,
            x0,
            duration=problem.spectrum_time,
            dt=problem.dt if isinstance(system, Map) else problem.dt / 2,
            spin_up=problem.spectrum_spin_up,
            k=min(problem.n_exponents, system.dim),
            orthonormalise_every=2,
        )
    except CourseError as reason:
        return NotApplicable(str(reason))


def _many_starts(problem: ForecastProblem) -> Tensor:
    """Inputs (n_spectrum, warm_up, dim) from stretches of the test trials that follow one another."""
    inputs, w = problem.test.inputs, problem.warm_up
    per_trial = min(-(-problem.n_spectrum // len(inputs)), inputs.shape[1] // w)
    pieces = inputs[:, : per_trial * w].reshape(-1, w, inputs.shape[-1])
    return pieces[: problem.n_spectrum]


def _dimension(orbit: Tensor | NotApplicable) -> CorrelationDimension | NotApplicable:
    if isinstance(orbit, NotApplicable):
        return orbit
    record = correlation_dimension(orbit, theiler_window=float("inf"))
    return record if record.found else NotApplicable(record.remark)


def _speed(fitted: Fitted, problem: ForecastProblem) -> float | NotApplicable:
    """Steps of one closed loop per CPU second, the best of three; what drives the network first is not counted."""
    if isinstance(fitted.forecast, NotApplicable):
        return fitted.forecast
    forecast, one = fitted.forecast, problem.starts[:1]

    def seconds(n_steps: int) -> float:
        start = time.process_time()
        forecast(one, n_steps)
        return time.process_time() - start

    tick, driven = time.get_clock_info("process_time").resolution, seconds(1)
    probe = max(seconds(1 + PROBED_STEPS) - driven, tick) / PROBED_STEPS
    n = max(PROBED_STEPS, min(TIMED_STEPS, round(TIMED_SECONDS / probe)))
    best = min(max(seconds(1 + n) - seconds(1), tick) for _ in range(3))
    return n / best
