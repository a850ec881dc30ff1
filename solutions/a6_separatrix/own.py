"""Question 6 with a student's own numbers: what the person who marks it should find."""

import numpy as np

FIGURE = "root mean square error of the crossings, in state units"
TOLERANCE = 0.02  # arithmetic alone, three digits


def right(r_squared: float, spread: float) -> float:
    """The figure: what R^2 lacks of one is the share of the squared error in the squared spread."""
    return float(spread * np.sqrt(1 - r_squared))


def wrong(r_squared: float, spread: float) -> dict[str, float]:
    """What other ways give, by what they do."""
    return {
        "without the spread": float(np.sqrt(1 - r_squared)),
        "without the root": spread * (1 - r_squared),
        "with the root of R^2 itself": float(spread * np.sqrt(r_squared)),
    }
