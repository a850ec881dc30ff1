"""a4_spiking, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check
from course_lib.student.checks.a4_spiking.q5 import q5_area, q5_form, q5_passed_on, q5_slope
from course_lib.student.checks.a4_spiking.q7 import q7_form, q7_heard, q7_late, q7_plain, q7_rough, q7_unit

TITLE = "Problem set 4, Spikes, seconds and surrogates"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {"models": "question 5", "training": "question 7"}
WRITTEN = {"q6": (80, 250)}  # words

CHECKS = {
    "q5": Check(
        "Learning through a step",
        "spike",
        ("v", "v_th", "alpha"),
        (q5_form, q5_slope, q5_area, q5_passed_on),
        "membranes, threshold (-55 to -45 mV), alpha (0.3 to 4 per mV), what arrives on the way back, and calls in "
        "a row.",
        3.0,
    ),
    "q7": Check(
        "Read the mind of sixty cells",
        "decode",
        ("s_train", "y_train", "s_test", "dt"),
        (q7_form, q7_heard, q7_late, q7_rough, q7_unit, q7_plain),
        "cells (60, with other tuning), trajectories (8 and 4), and steps (1.5 and 2.5 ms).",
        6.0,
    ),
}
