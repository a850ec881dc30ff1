"""a1_lorenz, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check, Own
from course_lib.student.checks.a1_lorenz.q1 import q1_derivative, q1_form, q1_rest, q1_terms
from course_lib.student.checks.a1_lorenz.q2 import q2_constant, q2_form, q2_order, q2_uneven
from course_lib.student.checks.a1_lorenz.q3 import q3_carried, q3_diagonal, q3_form, q3_time, q3_volume
from course_lib.student.checks.a1_lorenz.q4 import q4_form, q4_steady, q4_time
from course_lib.student.checks.a1_lorenz.q5 import q5_distance, q5_ends, q5_form, q5_pairs, q5_time
from course_lib.student.checks.a1_lorenz.q7 import q7_form, q7_known, q7_seen, q7_time

TITLE = "Problem set 1, Flows and chaos"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "systems": "question 1",
    "dynamics": "question 1",
    "integrate": "question 2",
    "analysis": "question 3",
}
WRITTEN = {"q6": (80, 250)}  # words
OWN = {
    "rho": Own(45, 60, "Lorenz's parameter rho, with sigma = 10, beta = 8/3, delta = -1"),
    "difference": Own(1e-12, 1e-8, "how far apart two runs are at first", log=True),
}

CHECKS = {
    "q1": Check(
        "The Lorenz family and its Jacobian",
        "lorenz",
        ("x", "sigma", "rho", "beta", "delta"),
        (q1_form, q1_rest, q1_terms, q1_derivative),
        "parameters (sigma 5 to 15, rho 10 to 60, beta 1 to 4, delta -4 to 3), states, and leading shapes.",
        2.0,
    ),
    "q2": Check(
        "Runge-Kutta you can trust",
        "rk4",
        ("f", "x0", "t"),
        (q2_form, q2_constant, q2_order, q2_uneven),
        "fields (linear in 2 and 3 dimensions with large steps, a pushed pendulum, a pushed van der Pol oscillator), "
        "grids, and numbers of starts.",
        3.0,
    ),
    "q3": Check(
        "A spectrum out of tangent maps",
        "spectrum",
        ("J", "dt", "skip"),
        (q3_form, q3_diagonal, q3_volume, q3_carried, q3_time),
        "dimension (2 to 4), number of maps, dt, skip, and where the maps come from (sheared frames, an orbit, "
        "a planar map; the skipped ones may belong to another system).",
        4.0,
    ),
    "q4": Check(
        "The straight line that is not the slope",
        "fit_growth",
        ("lag", "s"),
        (q4_form, q4_steady, q4_time),
        "slope (0.3 to 2.5), noise, length, share of each regime, and the unit of time.",
        4.0,
    ),
    "q5": Check(
        "Counting pairs",
        "pair_fraction",
        ("x", "radii", "w"),
        (q5_form, q5_ends, q5_distance, q5_pairs, q5_time),
        "what the states are (a disc, a curve in 5 dimensions, densely sampled orbits), numbers of states, radii, "
        "and w (1, and 60 to 120).",
        6.0,
    ),
    "q7": Check(
        "An exponent from data alone",
        "exponent_from_series",
        ("x", "dt"),
        (q7_form, q7_time, q7_seen, q7_known),
        "the system (other members of the family, slower and faster in growth per turn; 3200 states, 32 a turn), the "
        "coordinates it is seen in, and the unit of time, by a factor of up to a thousand.",
        10.0,
    ),
}
