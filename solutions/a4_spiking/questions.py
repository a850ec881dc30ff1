"""a4_spiking: what is asked, what it is worth, and which parts of course_lib are open. One file a question."""

from .q5_spike import QUESTION as Q5
from .q7_decode import QUESTION as Q7

TITLE = "Spikes, seconds and surrogates"
VERSION = 1
OPEN = ()

QUESTIONS = (Q5, Q7)
WRITTEN = {"q6": 10}
