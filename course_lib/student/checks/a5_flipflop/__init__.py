"""a5_flipflop, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check, Own
from course_lib.student.checks.a5_flipflop.q1 import q1_before, q1_bits, q1_form, q1_height, q1_hold, q1_repeat
from course_lib.student.checks.a5_flipflop.q2 import q2_form, q2_margin, q2_mask, q2_memories, q2_one
from course_lib.student.checks.a5_flipflop.q3 import q3_alias, q3_calls, q3_form, q3_nan, q3_ties
from course_lib.student.checks.a5_flipflop.q4 import q4_count, q4_distinct, q4_form, q4_rest, q4_ridge
from course_lib.student.checks.a5_flipflop.q5 import q5_axes, q5_coordinates, q5_form, q5_kinds, q5_turning
from course_lib.student.checks.a5_flipflop.q6 import q6_clear, q6_form, q6_ghosts, q6_pairs
from course_lib.student.checks.a5_flipflop.q8 import q8_field, q8_form, q8_recall

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
OWN = {
    "weight": Own(1.2, 1.4, "weight w of one unit onto itself, x' = -x + w r(x) + b"),
    "past": Own(1e-4, 5e-4, "how far its bias lies below the one at which two rest points meet", log=True),
}

CHECKS = {
    "q1": Check(
        "What the network should have said",
        "latch",
        ("pulses",),
        (q1_form, q1_hold, q1_before, q1_repeat, q1_height, q1_bits),
        "number of bits (1 to 5), of trials and steps, how often pulses come, how high they are, and bits without any.",
        2.0,
    ),
    "q2": Check(
        "98 % of the bits",
        "memory_scores",
        ("y_hat", "y", "valid", "margin"),
        (q2_form, q2_one, q2_margin, q2_memories, q2_mask),
        "number of bits (2 or 3), of trials and steps, the margin, where outputs go wrong, masks, and memories that "
        "are never asked for.",
        2.0,
    ),
    "q3": Check(
        "Keep the best, not the last",
        "keep_best",
        ("step", "validate", "state", "n"),
        (q3_form, q3_alias, q3_calls, q3_ties, q3_nan),
        "number of arrays (2 to 4) and of epochs, where the lowest loss comes, ties, and where losses are NaN.",
        2.0,
    ),
    "q4": Check(
        "All rest points, also those nobody visits",
        "resting_states",
        ("W", "b", "starts"),
        (q4_form, q4_rest, q4_distinct, q4_ridge, q4_count),
        "networks (3 and 5 units, and one of 16 that was trained to hold three bits), starts, two rest points near "
        "each other, and places where two have vanished.",
        6.0,
    ),
    "q5": Check(
        "How many ways out",
        "escapes",
        ("J", "kind", "wait"),
        (q5_form, q5_turning, q5_axes, q5_kinds, q5_coordinates),
        "matrices (9 or 10 units, five at once), waits, modes that grow in time or too slowly or die, while they turn "
        "or not, and axes that lie close to each other.",
        2.0,
    ),
    "q6": Check(
        "The ghost of a memory",
        "pin_down",
        ("W", "b", "x", "radius"),
        (q6_form, q6_clear, q6_ghosts, q6_pairs),
        "networks (4 to 7 units that all hear each other), radius, how near two rest points are to each other or how "
        "slow the network is where they were, and which of two is within the radius.",
        4.0,
    ),
    "q8": Check(
        "Count the memories",
        "imprint",
        ("patterns",),
        (q8_form, q8_field, q8_recall),
        "the patterns, six sets for each of the loads 3, 10, 17 and 22, and the wrong signs.",
        6.0,
    ),
}
