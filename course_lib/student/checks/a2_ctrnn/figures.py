"""How the checks of this set write a figure that should be zero."""

from course_lib.student.checks import short


def plain(value: float) -> str:
    """A figure as people write it; what is left by rounding is 0."""
    return "0" if abs(value) < 1e-6 else short(value)
