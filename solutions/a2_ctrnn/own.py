"""Question 7 with a student's own numbers: what the person who marks it should find."""

import importlib

import numpy as np

FIGURE = "the error as a share of that of standing still, all coordinates together"
TOLERANCE = 0.1  # coordinates one by one or together, runs one by one or together
FOLDER = importlib.import_module("course_lib.student.data").FOLDER


def standing(stride: float) -> float:
    """Root mean square of the change over so many samples, in standard deviations of the coordinates."""
    with np.load(FOLDER / "a2_ctrnn" / "flow.npz") as given:
        x = given["x"].astype(float)
    change = x[:, int(stride) :] - x[:, : -int(stride)]
    return float(np.sqrt(np.mean((change / x.std(axis=(0, 1))) ** 2)))


def right(stride: float, error: float) -> float:
    """The figure that these constants ask for."""
    return error / standing(stride)


def wrong(stride: float, error: float) -> dict[str, float]:
    """What other ways give, by what they do."""
    return {
        "standing still for one sample only": error / standing(1),
        "the share turned over": standing(stride) / error,
    }
