"""What an entry of the corpus is: one submission, and what it must come to."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from a0_corpus.course import NAME, POINTS

Handed = dict[str, Any] | bytes | dict[str, bytes]
FULL = {name: float(points) for name, points in POINTS.items()}
NOT_READ: dict[str, float | None] = {}


@dataclass(frozen=True)
class Entry:
    """One submission.

    make: a notebook, the bytes of a file, or several files by name; file: what the student called it. scores: points
    by question, None where it is not graded; empty: put aside. changes, flags: a piece of each sentence in the account
    of what was changed and for a person to look at, no more and no fewer; reason: why it was put aside.
    """

    make: Callable[[], Handed]
    file: str
    scores: dict[str, float | None]
    changes: tuple[str, ...]
    flags: tuple[str, ...]
    reason: str

    def files(self) -> dict[str, bytes]:
        """What was handed in, by file name."""
        made = self.make()
        if isinstance(made, bytes):
            return {self.file: made}
        if all(isinstance(data, bytes) for data in made.values()):
            return made
        return {self.file: json.dumps(made).encode()}


def honest(
    *,
    file: str = f"{NAME}.ipynb",
    changes: tuple[str, ...] = (),
    flags: tuple[str, ...] = (),
    newer: tuple[str, ...] = (),
    since: tuple[int, int] = (3, 11),
) -> Callable[[Callable[[], Handed]], Entry]:
    """A right submission keeps every mark.

    newer: questions that are written for Python ``since``: not graded while the grader's own is older.
    """
    late = sys.version_info < since
    scores = {name: None if late and name in newer else points for name, points in FULL.items()}
    return lambda make: Entry(make, file, scores, changes, flags, "")


def put_aside(*, reason: str, file: str = f"{NAME}.ipynb") -> Callable[[Callable[[], Handed]], Entry]:
    """A submission that cannot be read gets a mail and a place on the triage page, and no number."""
    return lambda make: Entry(make, file, NOT_READ, (), (), reason)


def asked_for(request: Any, fixture: str, entries: Mapping[str, Any]) -> list[str]:
    """The entries whose tests with this fixture run in this session; all of them when no test names one."""
    items = [item for item in request.session.items if fixture in getattr(item, "fixturenames", ())]
    named = {item.callspec.params["name"] for item in items if hasattr(item, "callspec")}
    return [name for name in entries if name in named] or list(entries)


def collected_from(*modules: ModuleType) -> dict[str, Entry]:
    """The entries of some modules by name."""
    found: dict[str, Entry] = {}
    for module in modules:
        for word, value in vars(module).items():
            name = word.replace("_", "-")
            if isinstance(value, Entry):
                if name in found:
                    raise ValueError(f"Wanted each entry under its own name, got {name} twice. Rename it.")
                found[name] = value
    return found
