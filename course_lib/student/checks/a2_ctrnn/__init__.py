"""a2_ctrnn, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check
from course_lib.student.checks.a2_ctrnn.q5 import q5_alone, q5_filler, q5_form, q5_r2, q5_runs, q5_skill
from course_lib.student.checks.a2_ctrnn.q6 import q6_clock, q6_crossing, q6_ends, q6_form
from course_lib.student.checks.a2_ctrnn.q8 import q8_network

TITLE = "Problem set 2, Networks as flows"
VERSION = 1
OPEN: tuple[str, ...] = ("dynamics", "integrate", "systems")
CLOSED = {
    "models": "question 1",
    "training": "question 3",
    "analysis": "question 5",
}
WRITTEN = {"q7": (80, 250)}  # words

CHECKS = {
    "q5": Check(
        "0.99 and wrong",
        "coordinate_scores",
        ("pred", "target", "previous"),
        (q5_form, q5_filler, q5_alone, q5_skill, q5_runs, q5_r2),
        "number of coordinates (2 to 5) and of runs, their means and spreads, where they end, and how good the "
        "forecast of each coordinate is.",
        3.0,
    ),
    "q6": Check(
        "How long is the forecast good?",
        "valid_time",
        ("pred", "truth", "std", "dt", "lyap", "threshold"),
        (q6_form, q6_crossing, q6_clock, q6_ends),
        "number of coordinates (2 to 4) and of starts, how fast errors grow, dt, lyap, threshold, and how many samples "
        "were shown first.",
        3.0,
    ),
    "q8": Check(
        "A network that forecasts",
        "train_forecaster",
        ("x", "rng"),
        (q8_network,),
        "the system (three other members of the Lorenz family), how its coordinates are mixed, and rng.",
        12.0,
    ),
}
