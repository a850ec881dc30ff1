"""Noise on the state, inside the nonlinearity, on the input and on the output of a rate network."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.validation import check_generator, check_positive, complaint


@dataclass(frozen=True)
class Noise:
    """Gaussian noise, independent in every unit and trial.

    state: σ of white noise on the state [state units per square root of time]; an Euler step of length h adds
        σ √h ξ (Euler-Maruyama), so that the statistics do not depend on the step.
    drive: standard deviation inside φ, drawn anew every Euler step; unlike noise on the state it cannot push a rate
        below zero.
    input: standard deviation of the error of every input sample, held as long as the sample.
    output: standard deviation added by `readout`.

    Kloeden and Platen 1992 (Euler-Maruyama).
    """

    state: float = 0.0
    drive: float = 0.0
    input: float = 0.0
    output: float = 0.0

    def __post_init__(self) -> None:
        for name in ("state", "drive", "input", "output"):
            check_positive(f"noise.{name}", getattr(self, name), or_zero=True)

    @property
    def during_steps(self) -> bool:
        """Whether an Euler step has noise of its own."""
        return self.state > 0 or self.drive > 0


QUIET = Noise()


def gaussian(like: Tensor, generator: torch.Generator) -> Tensor:
    """Standard normal numbers in the shape, precision and place of `like`."""
    draw = torch.randn(like.shape, generator=generator, dtype=like.dtype, device=generator.device)
    return draw.to(like.device)


def check_noise(noise: Noise | None, generator: torch.Generator | None) -> Noise:
    """`noise`, QUIET for None; noise without a generator is refused."""
    if noise is None:
        return QUIET
    if not isinstance(noise, Noise):
        raise complaint("noise", wanted="a Noise", got=type(noise).__name__, do="For example Noise(state=0.05).")
    if noise != QUIET:
        check_generator(generator)
    return noise
