"""Which cells of a notebook run later than they stand, because they need what is defined only below them.

A notebook is often run out of order while it is written: a helper at the end, an answer below the cell that grades it.
It worked for the student, so it works here. A cell waits only for a name that nothing above it sets and something
below it does: in a notebook that runs from top to bottom no cell waits.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from course_lib.staff.grading.statements import names

MOST = 50  # cells that wait at a time: no honest notebook has more, and each is looked at after every other


@dataclass(frozen=True)
class Item:
    """One cell that runs. place: its index; source: what runs; function: what it probes, or ""."""

    place: int
    source: str
    function: str = ""


@dataclass(frozen=True)
class Wait:
    """That a cell runs later: behind which cell, and for which name."""

    behind: int
    name: str


def waits(items: Sequence[Item]) -> dict[int, Wait]:
    """The cells that wait, by place.

    items: in the order in which they stand. A probe is not held back beyond a cell that gives its function's name to
    something else: it takes the function where it stands.
    """
    plan = _Plan(items)
    while plan.ahead:
        item = plan.ahead.pop()
        missing = plan.missing(item)
        if missing and len(plan.waiting) < MOST:
            plan.waiting[item] = min(missing)
            continue
        plan.run(item)
        while (ready := next((held for held in plan.waiting if not plan.missing(held)), None)) is not None:
            plan.release(ready)
    return plan.found  # cells that wait for each other are not in it: they run where they stand


class _Plan:
    """What has run, what waits for which name, and what is still ahead."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.ahead = list(items)[::-1]
        self.waiting: dict[Item, str] = {}
        self.found: dict[int, Wait] = {}
        self.cells = {item.place: names(item.source) for item in items}
        self.sets = {place: set().union(*(s.binds for s in cell)) for place, cell in self.cells.items()}
        self.still = Counter(name for own in self.sets.values() for name in own)  # how many cells will set it
        self.bound: set[str] = set()
        self.needs: dict[str, set[str]] = {}
        self.last = -1

    def missing(self, item: Item) -> set[str]:
        """Names that the item needs, that nothing has set yet, and that one of the others will set."""
        if item.function in self.bound and self.still[item.function]:
            return set()
        wanted = self._reached(item.function) if item.function else self._now(item)
        own = self.sets[item.place]
        return {name for name in wanted - self.bound if self.still[name] > (name in own)}

    def run(self, item: Item) -> None:
        """Enter what the item sets."""
        self.last = item.place
        self.still.subtract(self.sets[item.place])
        for statement in self.cells[item.place]:
            self.bound |= statement.binds
            for name in statement.binds:
                self.needs.setdefault(name, set()).update(statement.now, statement.called)

    def release(self, item: Item) -> None:
        """Run an item that had to wait, behind what ran last."""
        self.found[item.place] = Wait(self.last, self.waiting.pop(item))
        self.run(item)

    def _now(self, item: Item) -> set[str]:
        wanted: set[str] = set()
        own: set[str] = set()
        for statement in self.cells[item.place]:
            wanted |= statement.now - own
            own |= statement.binds
        return wanted

    def _reached(self, function: str) -> set[str]:
        """The function's name and all that its call leads to, as far as it is known by now."""
        reached, todo = {function}, [function]
        while todo:
            more = self.needs.get(todo.pop(), set()) - reached
            reached |= more
            todo.extend(more)
        return reached
