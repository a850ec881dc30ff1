"""a2_ctrnn: what is asked, what it is worth, and which parts of course_lib are open. One file a question."""

from .q1_field import QUESTION as Q1
from .q2_euler import QUESTION as Q2
from .q3_readout import QUESTION as Q3
from .q4_loop import QUESTION as Q4
from .q5_scores import QUESTION as Q5
from .q6_valid_time import QUESTION as Q6
from .q8_forecaster import QUESTION as Q8

TITLE = "Networks as flows"
VERSION = 1
OPEN = ()  # models answers q1 and q4, training q3 and q8, analysis q5 and q6; no question needs the others

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q8)
WRITTEN = {"q7": 10}
