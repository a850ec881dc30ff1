"""provisional"""

from .q5_balanced_rates import QUESTION as Q5
from .q6_cancellation import QUESTION as Q6
from .q8_memory import QUESTION as Q8

TITLE = "Excitation and inhibition"
VERSION = 1
OPEN = ()
QUESTIONS = (Q5, Q6, Q8)
WRITTEN = {"q7": 10}
