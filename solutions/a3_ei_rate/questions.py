"""a3_ei_rate: what is asked, what it is worth, which parts of course_lib are open. One file a question beside this."""

from .q1_dale import QUESTION as Q1
from .q2_velocity import QUESTION as Q2
from .q3_response import QUESTION as Q3
from .q4_clocks import QUESTION as Q4

TITLE = "Excitation and inhibition"
VERSION = 1
OPEN = ()  # models answers q1 to q5 and q8, integrate and dynamics q2, analysis q4

QUESTIONS = (Q1, Q2, Q3, Q4)
WRITTEN = {}
