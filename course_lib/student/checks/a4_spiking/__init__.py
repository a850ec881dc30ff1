"""a4_spiking, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check, Own
from course_lib.student.checks.a4_spiking.q1 import (
    q1_cells,
    q1_charging,
    q1_first,
    q1_form,
    q1_held,
    q1_reset,
    q1_silent,
    q1_step,
)
from course_lib.student.checks.a4_spiking.q2 import q2_charging, q2_fastest, q2_form, q2_rising, q2_silent, q2_time
from course_lib.student.checks.a4_spiking.q3 import q3_dead, q3_few, q3_form, q3_rate, q3_spread, q3_start
from course_lib.student.checks.a4_spiking.q4 import q4_clocks, q4_form, q4_seconds, q4_settled
from course_lib.student.checks.a4_spiking.q5 import q5_area, q5_form, q5_passed_on, q5_slope
from course_lib.student.checks.a4_spiking.q7 import q7_form, q7_heard, q7_late, q7_plain, q7_rough, q7_unit

TITLE = "Problem set 4, Spikes, seconds and surrogates"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "models": "question 1",
    "analysis": "question 3",
    "training": "question 7",
}
WRITTEN = {"q6": (80, 250)}  # words
OWN = {
    "slow": Own(4, 5, "rate in Hz of a cell that ticks like a clock for 20 s"),
    "fast": Own(46, 56, "rate in Hz at which it ticks for the next 20 s"),
}

CHECKS = {
    "q1": Check(
        "A neuron that keeps time",
        "lif_spikes",
        ("i", "dt", "tau", "v_rest", "v_reset", "v_th", "t_ref"),
        (q1_form, q1_silent, q1_charging, q1_held, q1_reset, q1_first, q1_cells, q1_step),
        "constants (tau 5 to 50 ms, v_reset below or above v_rest, t_ref also 0), dt, number of cells, and drives that "
        "set in late.",
        4.0,
    ),
    "q2": Check(
        "The f-I curve on paper",
        "fi_curve",
        ("i", "tau", "v_rest", "v_reset", "v_th", "t_ref"),
        (q2_form, q2_silent, q2_rising, q2_fastest, q2_charging, q2_time),
        "constants (tau 5 to 50 ms, t_ref 2 to 8 ms, v_reset equal to v_rest, below or above it), number and order of "
        "the drives.",
        2.0,
    ),
    "q3": Check(
        "Irregular?",
        "free_rate_and_cv",
        ("s", "dt", "t_ref"),
        (q3_form, q3_rate, q3_spread, q3_start, q3_few, q3_dead),
        "dt, dead time, length of the record, number of cells, their rates and irregularity; some begin late, some "
        "hardly fire.",
        3.0,
    ),
    "q4": Check(
        "2.0 ms that were 2 s",
        "to_si",
        ("tau_mem_ms", "tau_syn_ms", "dt_ms", "i_target"),
        (q4_form, q4_clocks, q4_settled, q4_seconds),
        "time constants (membrane 9 to 40 ms, synapse 1.5 to 8 ms), step, and target.",
        2.0,
    ),
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
