"""a5_flipflop: what is asked, what it is worth, which parts of course_lib are open. One file a question beside this."""

from .q1_latch import QUESTION as Q1
from .q2_scores import QUESTION as Q2
from .q3_keep_best import QUESTION as Q3
from .q4_resting import QUESTION as Q4
from .q5_escapes import QUESTION as Q5
from .q6_ghost import QUESTION as Q6
from .q8_imprint import QUESTION as Q8

TITLE = "Memory as attractors"
VERSION = 1
OPEN = ()  # tasks answers q1 and q2, training q3, analysis q4 to q6, models and dynamics half of q4, systems q8

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q8)
WRITTEN = {"q7": 10}
