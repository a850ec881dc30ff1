"""a3_ei_rate, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check, Own
from course_lib.student.checks.a3_ei_rate.q1 import q1_form, q1_scale, q1_signs, q1_sizes
from course_lib.student.checks.a3_ei_rate.q2 import q2_clocks, q2_form, q2_power, q2_wires
from course_lib.student.checks.a3_ei_rate.q3 import q3_alone, q3_chain, q3_currents, q3_form, q3_paradox, q3_response
from course_lib.student.checks.a3_ei_rate.q4 import q4_form, q4_limit, q4_never, q4_rhythm
from course_lib.student.checks.a3_ei_rate.q5 import q5_finite, q5_form, q5_limit
from course_lib.student.checks.a3_ei_rate.q6 import q6_cells, q6_form, q6_outside, q6_scale, q6_time
from course_lib.student.checks.a3_ei_rate.q8 import q8_dale, q8_form, q8_memory

TITLE = "Problem set 3, Excitation and inhibition"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "models": "question 2",
    "dynamics": "question 2",
    "analysis": "question 4",
}
WRITTEN = {"q7": (80, 250)}  # words
OWN = {
    "K": Own(100, 300, "inputs a cell has from each population", whole=True),
    "m0": Own(2, 5, "the rate outside, for J = [[1, -2], [1, -1.8]], J0 = [1, 0.8], gains 1, thresholds 1"),
}

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
    "q5": Check(
        "Rates without knowing the neurons",
        "balanced_rates",
        ("J", "J0", "m0", "gain", "theta", "K"),
        (q5_form, q5_limit, q5_finite),
        "couplings, number of populations (2 or 3), drive, gains (0.5 to 2), thresholds (0.5 to 2.5), "
        "and inputs K (100 to 12000).",
        2.0,
    ),
    "q6": Check(
        "Balance without the outside world",
        "cancellation",
        ("exc", "inh", "ext"),
        (q6_form, q6_scale, q6_outside, q6_cells, q6_time),
        "number of cells (1 to 8) and of samples, how much comes from outside, how strong inhibition is, "
        "and how much everything fluctuates.",
        2.0,
    ),
    "q8": Check(
        "Remember under Dale",
        "design_memory",
        ("signs", "rng"),
        (q8_form, q8_dale, q8_memory),
        "number of cells (50 to 70), which of them excite (75 to 85 per cent), and the seeds of inputs and noise.",
        6.0,
    ),
}
