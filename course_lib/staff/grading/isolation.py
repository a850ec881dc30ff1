"""How well student code is kept apart from the machine that grades it; said as it is."""

import sys
from dataclasses import dataclass

from course_lib.validation import CourseError

LEVELS = ("none", "partial", "full")


@dataclass(frozen=True)
class Isolation:
    """level: one of LEVELS; missing: what a level below full does not give, in words."""

    level: str
    missing: tuple[str, ...] = ()


def measure() -> Isolation:
    """The level of the workers of this version: separate processes with limits, and no walls."""
    return Isolation(
        "none",
        (
            "student code runs as the user who grades, and can read and change that user's files",
            "it can reach the network",
            "it can see and signal that user's other processes",
            "memory is limited for each process, not for all that a notebook starts",
            "a process that hides its origin can outlive its notebook",
        ),
    )


def require(isolation: Isolation, *, unsandboxed: bool, accept_partial: bool) -> None:
    """Go on only at a level that the caller has accepted.

    Raises CourseError otherwise, with what is missing and what to do; and where student code cannot be run at all.
    """
    if not sys.platform.startswith("linux"):
        raise CourseError(
            f"Wanted Linux to run student code (processes are limited through /proc), got {sys.platform}. "
            "Grade in a Linux container, in WSL or on a server; the gradebook folder can be carried there and back."
        )
    accepted = isolation.level == "full" or unsandboxed or (isolation.level == "partial" and accept_partial)
    if not accepted:
        raise CourseError(
            f"Wanted walls around student code, got isolation level {isolation.level!r}: "
            f"{'; '.join(isolation.missing)}. For files that you trust, grade with --unsandboxed "
            "(nbgrader's own commands: COURSE_UNSANDBOXED=1); otherwise on a machine that holds nothing else."
        )
