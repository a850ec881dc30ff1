"""Recurrent networks as dynamical systems: the library behind the course.

Importing this package loads nothing: every part is fetched when it is named, for instance
``from course_lib.systems import Lorenz63``. The parts stand on floors: page "The house".
"""

__version__ = "1.0.0"
