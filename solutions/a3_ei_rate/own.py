"""Question 7 with a student's own numbers: what the person who marks it should find."""

import numpy as np

FIGURE = "rate of the first population at this K"
TOLERANCE = 0.01  # arithmetic alone: two linear equations, three digits
J, J0 = np.array([[1.0, -2.0], [1.0, -1.8]]), np.array([1.0, 0.8])


def rates(K: float, m0: float, *, strength: float) -> np.ndarray:
    """Rates of both populations above threshold, with connections of size J / K times strength."""
    return np.linalg.solve(np.eye(2) - strength * J, strength * J0 * m0 - 1)


def right(K: float, m0: float) -> float:
    """The figure that these constants ask for."""
    return float(rates(K, m0, strength=np.sqrt(K))[0])


def wrong(K: float, m0: float) -> dict[str, float]:
    """What other ways give, by what they do."""
    return {
        "the limit of many inputs, which K does not enter": float(-np.linalg.solve(J, J0 * m0)[0]),
        "connections of size 1 / K": float(rates(K, m0, strength=1.0)[0]),
    }
