"""a6_separatrix: what is asked, what it is worth, which parts of course_lib are open. A file a question beside this."""

from .q1_destinations import QUESTION as Q1
from .q2_edge_points import QUESTION as Q2
from .q3_separatrix import QUESTION as Q3

TITLE = "Where a memory tips over"
VERSION = 1
OPEN = ()  # separatrix and analysis answer all questions, dynamics and integrate half of q1 and q3

QUESTIONS = (Q1, Q2, Q3)
WRITTEN = {"q6": 10}
