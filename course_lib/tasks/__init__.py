"""Tasks that make trials for training: `task.sample(batch, generator=...)` returns a Trial."""

from course_lib.tasks.flip_flop import FlipFlop
from course_lib.tasks.forecast import LorenzForecast
from course_lib.tasks.standardised import StandardisedFlow
from course_lib.tasks.trial import Task, Trial

__all__ = ["FlipFlop", "LorenzForecast", "StandardisedFlow", "Task", "Trial"]
