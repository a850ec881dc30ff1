"""a6_separatrix, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from course_lib.student.checks import Check

TITLE = "Problem set 6, Where a memory tips over"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "separatrix": "question 3",
    "analysis": "question 1",
    "dynamics": "question 1",
    "integrate": "question 1",
}
WRITTEN = {"q6": (80, 250)}  # words

CHECKS: dict[str, Check] = {}
