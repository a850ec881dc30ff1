"""a4_spiking: what is asked, what it is worth, and which parts of course_lib are open. One file a question."""

from .q1_lif import QUESTION as Q1
from .q2_fi_curve import QUESTION as Q2
from .q3_regular import QUESTION as Q3
from .q4_to_si import QUESTION as Q4
from .q5_spike import QUESTION as Q5
from .q7_decode import QUESTION as Q7

TITLE = "Spikes, seconds and surrogates"
VERSION = 1
OPEN = ()  # models answers q1, q2, q4 and q5, analysis q3, training q7

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q7)
WRITTEN = {"q6": 10}
