"""nbgrader's configuration for this course: its own commands use the course's worker, judge and gradebook."""

from pathlib import Path

from course_lib.staff.grading.places import configure

configure(get_config(), Path(__file__).resolve().parent)  # noqa: F821 - nbgrader provides get_config
