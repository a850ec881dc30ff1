"""a2_ctrnn, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check, Own
from course_lib.student.checks.a2_ctrnn.q1 import q1_clocks, q1_drive, q1_form, q1_leak, q1_wiring
from course_lib.student.checks.a2_ctrnn.q2 import q2_form, q2_real, q2_stack, q2_turn, q2_turning, q2_unstable
from course_lib.student.checks.a2_ctrnn.q3 import q3_cost, q3_form, q3_offset, q3_rows, q3_weights
from course_lib.student.checks.a2_ctrnn.q4 import q4_derivative, q4_form, q4_loop, q4_open
from course_lib.student.checks.a2_ctrnn.q5 import q5_alone, q5_filler, q5_form, q5_r2, q5_runs, q5_skill
from course_lib.student.checks.a2_ctrnn.q6 import q6_clock, q6_crossing, q6_ends, q6_form
from course_lib.student.checks.a2_ctrnn.q8 import q8_network

TITLE = "Problem set 2, Networks as flows"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "models": "question 1",
    "dynamics": "question 2",
    "training": "question 3",
    "analysis": "question 5",
}
WRITTEN = {"q7": (80, 250)}  # words
OWN = {
    "stride": Own(3, 6, "a network that steps over so many samples of data('flow') at once", whole=True),
    "error": Own(1e-6, 1e-4, "its one-step error, in standard deviations of the coordinates", log=True),
}

CHECKS = {
    "q1": Check(
        "One neuron's equation for all neurons",
        "ctrnn_field",
        ("h", "u", "W_rec", "W_in", "b", "tau"),
        (q1_form, q1_leak, q1_clocks, q1_drive, q1_wiring),
        "number of units (5 to 30) and inputs, time constants (0.1 to 8), weights, states, and leading shapes.",
        2.0,
    ),
    "q2": Check(
        "When Euler lies",
        "euler_limit",
        ("J",),
        (q2_form, q2_real, q2_turning, q2_stack, q2_unstable, q2_turn),
        "number of units (5 to 12), unit of time, how fast and how strongly damped the modes turn, and how sheared "
        "the directions are; some stacks hold unstable rest points.",
        2.0,
    ),
    "q3": Check(
        "A readout with honest shrinkage",
        "ridge_readout",
        ("h", "y", "weight", "lam"),
        (q3_form, q3_rows, q3_weights, q3_offset, q3_cost),
        "numbers of rows, units (6 to 12) and outputs, weights, penalties (0.03 to 0.25, and huge), and how far from "
        "zero states and targets lie.",
        2.0,
    ),
    "q4": Check(
        "Closing the loop",
        "closed_loop",
        ("h", "W_rec", "W_in", "b", "C", "d", "tau"),
        (q4_form, q4_open, q4_loop, q4_derivative),
        "numbers of units (6 to 16) and outputs (1 to 3), time constants, weights, states, and leading shapes.",
        2.0,
    ),
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
