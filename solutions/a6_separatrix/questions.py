"""a6_separatrix: what is asked, what it is worth, which parts of course_lib are open. A file a question beside this."""

TITLE = "Where a memory tips over"
VERSION = 1
OPEN = ()  # separatrix and analysis answer all questions, dynamics and integrate half of q1 and q3

QUESTIONS = ()
WRITTEN = {"q6": 10}
