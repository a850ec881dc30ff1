"""Question 6 with a student's own numbers: what the person who marks it should find.

The place is read off the border itself, followed backwards from the saddle; the wrong ways draw the border straight, or
leave the friction out. Euler's step of 0.1 moves it by about one per cent, no more than honest ways differ by.
"""

import numpy as np

FIGURE = "place at which the border runs at this speed, the one nearest to the saddle"
TOLERANCE = 0.01  # three digits, by halving or read off a curve
OFFSET, STEP = 1e-5, 0.02  # first step from the saddle; time units


def steep(damping: float) -> float:
    """Speed by place along the direction in which the saddle pulls."""
    return -(damping + np.sqrt(damping**2 + 4)) / 2


def right(damping: float, speed: float) -> float:
    """The figure that these constants ask for: on the saddle's stable manifold, which time leaves backwards; RK4."""

    def against_time(state):
        place, pace = state
        return -np.array([pace, place - place**3 - damping * pace])

    states = [OFFSET * np.array([-1.0, -steep(damping)])]
    while states[-1][1] < speed:
        x = states[-1]
        a = against_time(x)
        b = against_time(x + STEP / 2 * a)
        c = against_time(x + STEP / 2 * b)
        states.append(x + STEP / 6 * (a + 2 * b + 2 * c + against_time(x + STEP * c)))
    (x, before), (y, behind) = states[-2:]
    return float(x + (y - x) * (speed - before) / (behind - before))


def wrong(damping: float, speed: float) -> dict[str, float]:
    """What other ways give, by what they do."""
    return {
        "along the saddle's stable direction, as a straight line": float(speed / steep(damping)),
        "by energy, without friction": -float(np.sqrt(1 - np.sqrt(1 - 2 * speed**2))),
    }
