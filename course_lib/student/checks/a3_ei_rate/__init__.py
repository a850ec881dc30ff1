"""provisional"""

from course_lib.student.checks import Check
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

CHECKS = {
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
