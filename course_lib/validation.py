"""Input checks whose messages say what was wanted, what came, and what to do."""

class CourseError(ValueError):
    """An input that this library cannot work with; the message says wanted, got and what to do."""
