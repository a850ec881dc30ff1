"""Question 6 with a student's own numbers: what the person who marks it should find.

The exponent is measured here; the wrong ways take that of rho = 28, count in powers of ten, or let the difference grow
to one instead of to the size of the attractor.
"""

from functools import cache

import numpy as np
import torch

from course_lib.analysis import lyapunov_spectrum
from course_lib.systems import Lorenz63

FIGURE = "time units until two runs are 20 apart"
TOLERANCE = 0.15  # of the exponent read from one run, and of what counts as apart
APART, USUAL = 20.0, 0.906


@cache
def exponent(rho: float) -> float:
    """The largest exponent at this rho, to two per cent."""
    x0 = 5 + torch.randn(16, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return float(lyapunov_spectrum(Lorenz63(rho=rho), x0, duration=20.0, dt=0.01, spin_up=5.0, k=1).exponents[0])


def right(rho: float, difference: float) -> float:
    """The figure that these constants ask for."""
    return float(np.log(APART / difference) / exponent(rho))


def wrong(rho: float, difference: float) -> dict[str, float]:
    """What other ways give, by what they do."""
    found = exponent(rho)
    return {
        "with the exponent of rho = 28": float(np.log(APART / difference) / USUAL),
        "with the logarithm to the base of ten": float(np.log10(APART / difference) / found),
    }
