"""Tasks that make trials for training: `task.sample(batch, generator=...)` returns a Trial."""

from course_lib.tasks.decisions import ContextDecision, DelayedMatchToSample, GoNoGo
from course_lib.tasks.flip_flop import FlipFlop
from course_lib.tasks.forecast import LorenzForecast
from course_lib.tasks.memories import MemoryAngle, MemoryNumber
from course_lib.tasks.standardised import StandardisedFlow
from course_lib.tasks.template import DelayedXor
from course_lib.tasks.timed import DecisionTask, ReportTask, TimedTask
from course_lib.tasks.trial import Task, Trial

__all__ = [
    "ContextDecision",
    "DecisionTask",
    "DelayedMatchToSample",
    "DelayedXor",
    "FlipFlop",
    "GoNoGo",
    "LorenzForecast",
    "MemoryAngle",
    "MemoryNumber",
    "ReportTask",
    "StandardisedFlow",
    "Task",
    "TimedTask",
    "Trial",
]
