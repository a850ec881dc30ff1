"""a1_lorenz: what is asked, what it is worth, and which parts of course_lib are open. A file a question beside this."""

from .q1_field import QUESTION as Q1
from .q2_rk4 import QUESTION as Q2
from .q3_spectrum import QUESTION as Q3
from .q4_fit_growth import QUESTION as Q4
from .q5_pair_fraction import QUESTION as Q5
from .q7_exponent import QUESTION as Q7

TITLE = "Flows and chaos"
VERSION = 1
OPEN = ()  # systems answers q1, integrate q2, analysis q3, q4, q5 and q7; dynamics differentiates

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q7)
WRITTEN = {"q6": 10}
