"""a2_ctrnn: what is asked, what it is worth, and which parts of course_lib are open. One file a question."""

from .q1_field import QUESTION as Q1
from .q2_euler import QUESTION as Q2
from .q3_readout import QUESTION as Q3
from .q4_loop import QUESTION as Q4

TITLE = "Networks as flows"
VERSION = 1
OPEN = ()  # models answers q1 and q4, training q3, analysis q5 and q6; no question needs the others

QUESTIONS = (Q1, Q2, Q3, Q4)
WRITTEN = {}
