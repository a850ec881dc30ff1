"""a2_ctrnn: what is asked, what it is worth, and which parts of course_lib are open. One file a question here."""

from .q5_scores import QUESTION as Q5
from .q6_valid_time import QUESTION as Q6
from .q8_forecaster import QUESTION as Q8

TITLE = "Networks as flows"
VERSION = 1
OPEN = ("dynamics", "integrate", "systems")  # models answers q1 and q4, training q3 and q8, analysis q5 and q6

QUESTIONS = (Q5, Q6, Q8)
WRITTEN = {"q7": 10}
