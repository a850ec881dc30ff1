"""What a late submission costs: from the learning management system's times alone, and said in a sentence.

A time inside a notebook or an archive is the student's own or has a resolution of its own; neither counts. Where the
system says "late" and not how late, nothing is taken off and a person is told.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from course_lib.staff.grading.pages import points as shown
from course_lib.staff.grading.roster import Person

DAY = 86_400.0


@dataclass(frozen=True)
class LatePolicy:
    """What each step after the deadline costs.

    points, percent: taken off per step, the latter of all points of the set (both may be 0); step_hours: length of a
    step, begun steps count; grace_minutes: not late at all; cap_points, cap_percent: at most this in all; late_days:
    days that each person may use over the term before anything is taken off.
    """

    points: float = 0.0
    percent: float = 0.0
    step_hours: float = 24.0
    grace_minutes: float = 0.0
    cap_points: float = math.inf
    cap_percent: float = 100.0
    late_days: float = 0.0

    def penalty(self, steps: int, all_points: float) -> float:
        """Points taken off for a number of steps, before the score itself limits them."""
        cap = min(self.cap_points, self.cap_percent / 100 * all_points)
        return round(min(steps * (self.points + self.percent / 100 * all_points), cap), 6)


@dataclass(frozen=True)
class Lateness:
    """How late one submission is and what that costs.

    seconds: after the deadline with its extension, 0 where that is not known; steps: steps that cost; days_used: of the
    late days; penalty: points before the score limits them; sentence: for the student, "" when in time; doubt: for a
    person, "" when there is none.
    """

    seconds: float = 0.0
    steps: int = 0
    days_used: float = 0.0
    penalty: float = 0.0
    sentence: str = ""
    doubt: str = ""

    def taken_off(self, score: float) -> float:
        """What is taken off a score: never more than the score itself."""
        return min(self.penalty, max(score, 0.0))


def assess(
    policy: LatePolicy | None,
    *,
    due: datetime | None,
    submitted: datetime | None,
    marked_late: bool | None,
    zone: ZoneInfo,
    all_points: float,
    person: Person | None = None,
    assignment: str = "",
    days_spent: float = 0.0,
) -> Lateness:
    """Judge one submission's time.

    due, submitted: on the system's clock (``zone``) unless they say otherwise; marked_late: the system's own word;
    all_points: of the set; person: for extension and late days; days_spent: late days used on other assignments.
    """
    if policy is None or due is None:
        return Lateness(doubt="The system marks it late; there is no late policy." if marked_late else "")
    if submitted is None:
        doubt = "The system marks it late and does not say by how much: nothing was taken off." if marked_late else ""
        return Lateness(doubt=doubt)
    extension = person.extension_for(assignment) if person is not None else 0.0
    deadline = instant(due, zone) + timedelta(days=extension)
    late = (instant(submitted, zone) - deadline).total_seconds()
    if late <= 60 * policy.grace_minutes:
        return Lateness(seconds=max(late, 0.0))
    own = person.late_days if person is not None else None
    budget = max((policy.late_days if own is None else own) - days_spent, 0.0)
    days_used = float(min(math.ceil(late / DAY), math.floor(budget)))
    left = late - days_used * DAY
    steps = math.ceil(left / (3600 * policy.step_hours)) if left > 0 else 0
    penalty = policy.penalty(steps, all_points)
    return Lateness(late, steps, days_used, penalty, _sentence(late, extension, days_used, steps, policy, penalty))


def _sentence(late: float, extension: float, days_used: float, steps: int, policy: LatePolicy, penalty: float) -> str:
    after = f"Handed in {_duration(late)} after {'your' if extension else 'the'} deadline"
    used = f", {shown(days_used)} late day{'s' if days_used != 1 else ''} used" if days_used else ""
    if not penalty:
        return f"{after}{used}: nothing is taken off."
    many, hours = "s" if steps != 1 else "", f"{shown(policy.step_hours)} hour{'s' if policy.step_hours != 1 else ''}"
    count = f"{steps} begun day{many}" if policy.step_hours == 24 else f"{steps} begun step{many} of {hours}"
    return f"{after}{used}, {count}: {shown(penalty)} point{' is' if penalty == 1 else 's are'} taken off."


def _duration(seconds: float) -> str:
    """ "2 days 3 hours", "40 minutes": the two largest units, rounded down."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "less than a minute"
    amounts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    parts = [f"{amount} {unit}{'s' if amount != 1 else ''}" for amount, unit in amounts if amount]
    return " ".join(parts[:2])


def instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in UTC. In the hour that a clock repeats in autumn the first pass counts: it is the earlier one."""
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
