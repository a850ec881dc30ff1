"""`own`: constants of one's own for the written question, the same for one id wherever it is asked."""

import hashlib

from course_lib.student.begin import checks_of, current
from course_lib.student.checks import Own
from course_lib.student.say import say


def own(student: str) -> dict[str, float]:
    """Print and return the constants that belong to an id; an empty dict for an empty id.

    student: the id that your instructor knows you by; spaces around it and capitals do not matter. The current
    problem set and its version enter as well, so that no two sets give the same numbers.

    Raises TypeError for an id that is not a text, RuntimeError before `begin`.
    """
    if not isinstance(student, str):
        raise TypeError(f"Wanted your id as a text, got {type(student).__name__}. Put it between quotes.")
    if not student.strip():
        say("Numbers of your own, if your instructor asks for them: put your id between the quotes.")
        return {}
    values = constants(current(), student)
    for name, constant in checks_of(current()).OWN.items():
        say(f"{name} = {values[name]:g}: {constant.meaning}")
    return values


def constants(assignment: str, student: str) -> dict[str, float]:
    """The constants of an id in a problem set, by name: uniform in their ranges, by a hash of set, version and id."""
    checks = checks_of(assignment)
    who = " ".join(student.split()).casefold()
    return {name: _drawn(found, f"{assignment}|{checks.VERSION}|{name}|{who}") for name, found in checks.OWN.items()}


def _drawn(constant: Own, seed: str) -> float:
    share = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") / 2**64
    if constant.whole:
        return float(constant.low + int(share * (constant.high - constant.low + 1)))
    if constant.log:
        return float(f"{constant.low * (constant.high / constant.low) ** share:.3g}")
    return float(f"{constant.low + share * (constant.high - constant.low):.3g}")
