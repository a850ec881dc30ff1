"""a6_separatrix: what is asked, what it is worth, which parts of course_lib are open. A file a question beside this."""

from .q1_destinations import QUESTION as Q1
from .q2_edge_points import QUESTION as Q2
from .q3_separatrix import QUESTION as Q3
from .q4_koopman import QUESTION as Q4
from .q5_border_places import QUESTION as Q5
from .q7_kick import QUESTION as Q7

TITLE = "Where a memory tips over"
VERSION = 1
OPEN = ()  # separatrix and analysis answer all questions, dynamics and integrate half of q1 and q3

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q7)
WRITTEN = {"q6": 10}
