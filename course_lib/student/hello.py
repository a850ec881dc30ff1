"""`hello`: does the course's library work here?"""

import sys

import numpy as np

import course_lib
from course_lib.student.say import say


def hello() -> None:
    """Say which versions are running, in one line."""
    loaded = sys.modules.get("torch")
    torch = f", torch {loaded.__version__}" if loaded is not None else ""
    python = ".".join(str(part) for part in sys.version_info[:3])
    say(f"course_lib {course_lib.__version__} is ready: Python {python}, numpy {np.__version__}{torch}.")
