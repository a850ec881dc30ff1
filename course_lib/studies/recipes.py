"""The trainings behind the course's networks, each a few calls of the library with all its numbers.

Networks are trained in float32, which takes about half the time, and come back in float64 for analysis.
"""

from typing import Any

import torch

from course_lib.models import CTRNN, EIRateNetwork, Noise
from course_lib.tasks import (
    ContextDecision,
    DelayedMatchToSample,
    FlipFlop,
    GoNoGo,
    MemoryAngle,
    MemoryNumber,
    TimedTask,
)
from course_lib.training import fit_task, growing_delays

FLIP_FLOP_STEPS = {1: 250, 2: 450}  # more bits: 700
COGNITIVE_STEPS = {ContextDecision: 600, DelayedMatchToSample: 550, GoNoGo: 350, MemoryNumber: 600, MemoryAngle: 650}
COGNITIVE_NOISE = Noise(drive=0.05, input=0.05)  # standard deviations per step of 20 ms


def flip_flop_ctrnn(bits: int = 3, *, generator: torch.Generator, n_steps: int | None = None) -> CTRNN:
    """64 tanh units that hold `bits` bits. τ is 5 steps of `FlipFlop`. n_steps None: as FLIP_FLOP_STEPS says.

    Noise on the state makes the memories robust: between pulses the state is kicked about, and the loss asks it back.
    """
    task = FlipFlop(bits)
    model = CTRNN(64, bits, bits, tau=5.0, dt=1.0, generator=generator, dtype=torch.float32)
    fit_task(
        model,
        task,
        generator=generator,
        n_steps=FLIP_FLOP_STEPS.get(bits, 700) if n_steps is None else n_steps,
        noise=Noise(state=0.05),
        rate_penalty=1e-3,
        lr=5e-3,
    )
    return model.double()


def flip_flop_dale(bits: int = 3, *, generator: torch.Generator, n_steps: int | None = None) -> EIRateNetwork:
    """80 excitatory and 20 inhibitory cells with logistic rates that hold `bits` bits; the rest as above."""
    task = FlipFlop(bits)
    model = EIRateNetwork(
        80,
        20,
        bits,
        bits,
        tau_e=5.0,
        tau_i=5.0,
        dt=1.0,
        generator=generator,
        nonlinearity="logistic",
        gain=0.9,
        dtype=torch.float32,
    )
    fit_task(
        model,
        task,
        generator=generator,
        n_steps=FLIP_FLOP_STEPS.get(bits, 700) if n_steps is None else n_steps,
        noise=Noise(drive=0.05),
        rate_penalty=1e-3,
        lr=5e-3,
    )
    return model.double()


def cognitive_ctrnn(task: TimedTask, *, generator: torch.Generator, n_steps: int | None = None) -> CTRNN:
    """100 rectified units, τ = 100 ms, with noise on their inputs and inside their nonlinearity.

    n_steps None: as COGNITIVE_STEPS says, 500 for a task that is not listed there.
    """
    model = CTRNN(
        100,
        task.n_in,
        task.n_out,
        tau=100.0,
        dt=task.dt,
        generator=generator,
        nonlinearity="relu",
        gain=0.9,
        input_scale=0.3,
        bias_scale=0.1,
        dtype=torch.float32,
    )
    return _fit_cognitive(model, task, generator, n_steps)


def cognitive_dale(task: TimedTask, *, generator: torch.Generator, n_steps: int | None = None) -> EIRateNetwork:
    """80 excitatory and 20 inhibitory rectified cells, τ = 100 ms, the answer read from excitatory cells only.

    n_steps None: as for cognitive_ctrnn.
    """
    model = EIRateNetwork(
        80,
        20,
        task.n_in,
        task.n_out,
        tau_e=100.0,
        tau_i=100.0,
        dt=task.dt,
        generator=generator,
        nonlinearity="relu",
        gain=0.9,
        input_scale=0.3,
        bias_mean=0.1,
        bias_scale=0.1,
        dtype=torch.float32,
    )
    return _fit_cognitive(model, task, generator, n_steps)


def _fit_cognitive(model: Any, task: TimedTask, generator: torch.Generator, n_steps: int | None) -> Any:
    n_steps = COGNITIVE_STEPS.get(type(task), 500) if n_steps is None else n_steps
    fit_task(
        model,
        growing_delays(task, round(0.4 * n_steps)),
        generator=generator,
        n_steps=n_steps,
        noise=COGNITIVE_NOISE,
        rate_penalty=1e-3,
        lr=2e-3,
        final_lr=0.01,
    )
    return model.double()
