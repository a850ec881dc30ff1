"""a5_flipflop, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check
from course_lib.student.checks.a5_flipflop.q1 import q1_before, q1_bits, q1_form, q1_height, q1_hold, q1_repeat

TITLE = "Problem set 5, Memory as attractors"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "tasks": "question 1",
    "training": "question 3",
    "analysis": "question 4",
    "models": "question 4",
    "dynamics": "question 4",
    "systems": "question 8",
}
WRITTEN = {"q7": (80, 250)}  # words

CHECKS = {
    "q1": Check(
        "What the network should have said",
        "latch",
        ("pulses",),
        (q1_form, q1_hold, q1_before, q1_repeat, q1_height, q1_bits),
        "number of bits (1 to 5), of trials and steps, how often pulses come, their heights, and bits that never get one.",
        2.0,
    ),
}
