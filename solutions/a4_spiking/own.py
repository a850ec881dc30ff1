"""Question 6 with a student's own numbers: what the person who marks it should find."""

import numpy as np

FIGURE = "CV of all intervals of the clock that changes its rate"
TOLERANCE = 0.05  # the interval across the change, and the last one


def right(slow: float, fast: float) -> float:
    """The figure: in equal times there are as many intervals of each kind as its rate says."""
    return float((fast - slow) / (2 * np.sqrt(slow * fast)))


def wrong(slow: float, fast: float) -> dict[str, float]:
    """What other ways give, by what they do."""
    return {
        "both kinds of interval counted equally often": (fast - slow) / (fast + slow),
        "that of a Poisson process": 1.0,
        "the CV of each stretch for itself": 0.0,
    }
