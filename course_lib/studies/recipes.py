"""The trainings behind the course's networks, each a few calls of the library with all its numbers.

Networks are trained in float32, which takes about half the time, and come back in float64 for analysis.
"""

import torch

from course_lib.models import CTRNN, EIRateNetwork, Noise
from course_lib.tasks import FlipFlop
from course_lib.training import fit_task


def flip_flop_ctrnn(bits: int = 3, *, generator: torch.Generator, n_steps: int = 700) -> CTRNN:
    """64 tanh units that hold `bits` bits. τ is 5 steps of `FlipFlop`.

    Noise on the state makes the memories robust: between pulses the state is kicked about, and the loss asks it back.
    """
    task = FlipFlop(bits)
    model = CTRNN(64, bits, bits, tau=5.0, dt=1.0, generator=generator, dtype=torch.float32)
    fit_task(
        model,
        task,
        generator=generator,
        n_steps=n_steps,
        noise=Noise(state=0.05),
        rate_penalty=1e-3,
        lr=5e-3,
    )
    return model.double()


def flip_flop_dale(bits: int = 3, *, generator: torch.Generator, n_steps: int = 680) -> EIRateNetwork:
    """80 excitatory and 20 inhibitory cells with logistic rates that hold `bits` bits. τ is 5 steps of `FlipFlop`."""
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
        n_steps=n_steps,
        noise=Noise(drive=0.05),
        rate_penalty=1e-3,
        lr=5e-3,
    )
    return model.double()
