"""a3_ei_rate: what is asked, what it is worth, which parts of course_lib are open. One file a question beside this."""

from .q1_dale import QUESTION as Q1
from .q2_velocity import QUESTION as Q2
from .q3_response import QUESTION as Q3
from .q4_clocks import QUESTION as Q4
from .q5_balanced_rates import QUESTION as Q5
from .q6_cancellation import QUESTION as Q6
from .q8_memory import QUESTION as Q8

TITLE = "Excitation and inhibition"
VERSION = 1
OPEN = ()  # models answers q1 to q3, q5 and q6, dynamics and integrate q2, analysis q4

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q8)
WRITTEN = {"q7": 10}
