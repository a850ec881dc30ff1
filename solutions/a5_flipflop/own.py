"""Question 7 with a student's own numbers: what the person who marks it should find.

One unit, x' = -x + w r(x) + b with r(x) = x / sqrt(1 + x^2), has its upper two rest points meet at b = -fold(w). With
the bias `past` lower, the time that it keeps its sign is an integral, the same for every way of stepping. The law of
the passage, pi over the root of past times the curvature, is right as well, to a few per cent.
"""

import numpy as np
from scipy.integrate import quad

FIGURE = "time units until x falls below zero"
TOLERANCE = 0.06  # the law of the passage is up to 6 % longer; steps of 0.2 time units make 0.2 %


def meeting(weight: float) -> tuple[float, float]:
    """Where the upper two rest points meet, and minus the bias at which they do."""
    place = np.sqrt(weight ** (2 / 3) - 1)
    return float(place), float(place**3)


def passage(weight: float, past: float, *, start: float) -> float:
    """Time units from `start` to zero."""
    place, fold = meeting(weight)

    def slowness(x: float) -> float:
        return 1 / (x - weight * x / np.sqrt(1 + x * x) + fold + past)

    return float(quad(slowness, 0, start, points=[place] if place < start else None, limit=500)[0])


def right(weight: float, past: float) -> float:
    """The figure that these constants ask for."""
    return passage(weight, past, start=np.sqrt(weight**2 - 1))


def wrong(weight: float, past: float) -> dict[str, float]:
    """What other ways give, by what they do."""
    return {
        "one over the least speed": 1 / past,
        "started where the two have met": passage(weight, past, start=meeting(weight)[0]),
        "the law of the passage without the curvature": float(np.pi / np.sqrt(past)),
    }
