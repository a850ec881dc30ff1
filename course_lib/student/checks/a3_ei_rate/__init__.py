"""a3_ei_rate, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check
from course_lib.student.checks.a3_ei_rate.q1 import q1_form, q1_scale, q1_signs, q1_sizes
from course_lib.student.checks.a3_ei_rate.q2 import q2_clocks, q2_form, q2_power, q2_wires
from course_lib.student.checks.a3_ei_rate.q3 import q3_alone, q3_chain, q3_currents, q3_form, q3_paradox, q3_response
from course_lib.student.checks.a3_ei_rate.q4 import q4_form, q4_limit, q4_never, q4_rhythm

TITLE = "Problem set 3, Excitation and inhibition"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "models": "question 2",
    "dynamics": "question 2",
    "analysis": "question 4",
}
WRITTEN: dict[str, tuple[int, int]] = {}

CHECKS = {
    "q1": Check(
        "A matrix that obeys Dale",
        "dale_weights",
        ("V", "n_exc", "edge"),
        (q1_form, q1_signs, q1_sizes, q1_scale),
        "number of cells (8 to 60), share of excitatory ones, raw numbers, missing connections, edge (0.3 to 1.8).",
        2.0,
    ),
    "q2": Check(
        "Two clocks",
        "ei_velocity",
        ("r", "i_ext", "W", "tau_e", "tau_i", "n_exc", "power"),
        (q2_form, q2_clocks, q2_power, q2_wires),
        "number of cells, clocks (either population may be slower), power (1.4 to 3), currents, leading shapes.",
        2.0,
    ),
    "q3": Check(
        "The paradox",
        "response_at_rest",
        ("W", "r", "power"),
        (q3_form, q3_currents, q3_alone, q3_chain, q3_paradox, q3_response),
        "weights, power (1.5 to 2.6), rates (calm, or held by inhibition), number of populations (2 or 3).",
        2.0,
    ),
    "q4": Check(
        "How slow may inhibition be?",
        "critical_tau_i",
        ("W", "gain", "n_exc", "tau_e"),
        (q4_form, q4_limit, q4_rhythm, q4_never),
        "weights, slopes, clocks, number of populations (1 or 2 of each kind), and whether the rest is ever lost.",
        3.0,
    ),
}
