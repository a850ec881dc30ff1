"""How well student code is kept apart from the machine that grades it: measured, and said as it is."""

import sys
from dataclasses import dataclass, field

from course_lib.staff.grading import canaries, sandbox
from course_lib.staff.grading.bubble import NoWall
from course_lib.staff.grading.process import WorkerFailed
from course_lib.validation import CourseError

LEVELS = ("none", "partial", "full")
WITHOUT = (
    "student code runs as the user who grades, and can read and change that user's files",
    "it can reach the network",
    "it can see and signal that user's other processes",
    "memory is limited for each process, not for all that a notebook starts",
    "a process that hides its origin can outlive its notebook",
)


@dataclass(frozen=True)
class Isolation:
    """How well student code is kept apart here.

    level: one of LEVELS; missing: what a level below full does not give, in words; walls: how workers are started at
    this level, one of `sandbox.WALLS`.
    """

    level: str
    missing: tuple[str, ...] = ()
    walls: str = field(default="none", compare=False)


def measure() -> Isolation:
    """The strongest level to be had here, by canaries that try the walls; once for as long as the class's view stands.

    Workers forked behind the second wall; where the kernel refuses that, cold ones in a view each; else no walls.
    """
    if _MEASURED and sandbox.stands():
        return _MEASURED[-1]
    _MEASURED[:] = [_measured()]
    return _MEASURED[-1]


_MEASURED: list[Isolation] = []


def _measured() -> Isolation:
    if not sys.platform.startswith("linux"):
        return Isolation("none", WITHOUT)
    reasons: list[str] = []
    found: list[Isolation] = []
    for way in ("forked", "cold"):
        try:
            through = canaries.failing(way)
        except (NoWall, WorkerFailed, OSError) as error:
            reasons.append(str(error).strip()[-300:])
            continue
        words = tuple(canaries.MEANING[name][0] for name in through)
        reaches = any(canaries.MEANING[name][1] for name in through)
        found.append(Isolation("none" if reaches else "partial" if through else "full", words, way))
        if not reaches:
            break
    best = max(found, key=lambda one: LEVELS.index(one.level), default=Isolation("none"))
    if best.level == "none":
        return Isolation("none", (*best.missing, *dict.fromkeys(reasons), *WITHOUT))
    return best


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
        partly = " With --accept-partial it grades at this level." if isolation.level == "partial" else ""
        raise CourseError(
            f"Wanted walls around student code, got isolation level {isolation.level!r}: "
            f"{'; '.join(isolation.missing)}.{partly} For files that you trust, grade with --unsandboxed "
            "(nbgrader's own commands: COURSE_UNSANDBOXED=1); otherwise on a machine that holds nothing else."
        )
