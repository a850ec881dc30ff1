"""a6_separatrix, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check, Own
from course_lib.student.checks.a6_separatrix.q1 import (
    q1_flow,
    q1_form,
    q1_open,
    q1_path,
    q1_rest,
    q1_rows,
    q1_stays,
    q1_time,
)
from course_lib.student.checks.a6_separatrix.q2 import q2_form, q2_lengths, q2_names, q2_refuse, q2_sides, q2_third
from course_lib.student.checks.a6_separatrix.q3 import q3_clock, q3_form, q3_length, q3_saddle, q3_sides, q3_well
from course_lib.student.checks.a6_separatrix.q4 import q4_form, q4_levels, q4_rows, q4_solved, q4_terms, q4_weights
from course_lib.student.checks.a6_separatrix.q5 import q5_form, q5_kept, q5_pieces, q5_straight, q5_units, q5_zero
from course_lib.student.checks.a6_separatrix.q7 import q7_enough, q7_flips, q7_form

TITLE = "Problem set 6, Where a memory tips over"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "separatrix": "question 3",
    "analysis": "question 1",
    "dynamics": "question 1",
    "integrate": "question 1",
}
WRITTEN = {"q6": (80, 250)}  # words

OWN = {
    "damping": Own(0.3, 0.45, "of a ball: place' = speed, speed' = place - place^3 - damping speed"),
    "speed": Own(0.62, 0.68, "speed at which the ball starts, in any place"),
}

CHECKS = {
    "q1": Check(
        "Who ends where",
        "destinations",
        ("f", "x0", "attractors", "dt", "T", "tol"),
        (q1_form, q1_rest, q1_path, q1_time, q1_flow, q1_open, q1_stays, q1_rows),
        "flows (a double well, a plane with four valleys, a network of three units), starts, number and order of the "
        "attractors, dt, T and tol.",
        10.0,
    ),
    "q2": Check(
        "Bisection that knows when to refuse",
        "edge_points",
        ("label", "a", "b", "tol"),
        (q2_form, q2_sides, q2_lengths, q2_names, q2_third, q2_refuse),
        "regions (a wavy border, balls, sectors; two or three basins), names of the basins, dimension (2 to 5), "
        "lengths of the segments, and tol.",
        4.0,
    ),
    "q3": Check(
        "The curve nobody can follow forwards",
        "separatrix_2d",
        ("f", "jac", "saddle", "length", "n"),
        (q3_form, q3_saddle, q3_sides, q3_well, q3_length, q3_clock),
        "flows (tilted double wells with little friction, wavy borders), where the saddle lies, length (3 to 6), and n "
        "(37 to 49).",
        6.0,
    ),
    "q4": Check(
        "Koopman on one line",
        "koopman_residual",
        ("psi", "f", "x", "lam"),
        (q4_form, q4_levels, q4_terms, q4_solved, q4_rows, q4_weights),
        "psi (random networks, exact solutions), flows (a double well, networks, a bent plane), dimension (2 to 6), "
        "number of states (1 to 40), lam (0.3 to 3).",
        4.0,
    ),
    "q5": Check(
        "Smallest is not zero",
        "border_places",
        ("s", "psi"),
        (q5_form, q5_kept, q5_straight, q5_pieces, q5_zero, q5_units),
        "numbers of samples (60 to 120) and of curves, crossings a curve (none to four), sizes of psi over four "
        "decades, samples even and uneven, and the unit of s.",
        3.0,
    ),
    "q7": Check(
        "The smallest kick",
        "cheapest_kick",
        ("f", "jac", "start", "attractors", "rng"),
        (q7_form, q7_flips, q7_enough),
        "the net (four of them, six units, other weights and biases), which row start is, and rng.",
        12.0,
    ),
}
