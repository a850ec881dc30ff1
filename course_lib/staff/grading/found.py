"""Finds who handed in what: in a folder of folders, a folder of notebooks, or a learning management system's archive.

Who a notebook belongs to comes from its folder, from the system's names, or from a roster; never from what is written
in it. Nothing is read here but names: each notebook is read when its turn comes.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from course_lib.staff.grading import archive
from course_lib.staff.grading.archive import Entry, is_notebook_name, is_zip_name, require
from course_lib.staff.grading.lms import PRESETS, Named, Owner, plain, recognise
from course_lib.staff.grading.roster import Person, Roster
from course_lib.validation import CourseError

__all__ = ["Found", "find", "notebooks", "require", "student_id"]

NAME_LENGTH = 500
FILES_EACH = 500
_MARKED = re.compile(r"^(copy of |kopie von )+|\s*\(\d+\)$", re.IGNORECASE)
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
NO_NOTEBOOK = "no notebook (.ipynb) was handed in"


@dataclass(frozen=True)
class Found:
    """One file as it was handed in.

    student: made id, or the roster's; name: its path as it was; owner, file, late, submitted, order: see `lms`;
    person: the roster's row; problem: why there is nothing to read; flags: doubts about whose it is.
    """

    student: str
    name: str
    entry: Entry
    owner: Owner
    file: str
    person: Person | None = None
    late: bool | None = None
    submitted: datetime | None = None
    order: tuple[int, ...] = ()
    problem: str = ""
    flags: tuple[str, ...] = ()

    @property
    def age(self) -> tuple[tuple[int, ...], float, int, str]:
        """Grows with the attempts of one student: the system's word first, then the file's own time and name."""
        copy = re.search(r"\((\d{1,9})\)$", PurePosixPath(self.file).stem)
        return self.order, self.entry.stamp, int(copy[1]) if copy else 0, self.name

    def read(self) -> tuple[bytes | None, str]:
        """The bytes, or None and the reason why not."""
        return (None, self.problem) if self.problem else self.entry.read()


def find(path: Path, *, lms: str = "", roster: Roster | None = None) -> list[Found]:
    """All notebooks under ``path``, and for who handed in none one entry that says so.

    lms: a preset; "": known from the names. Raises CourseError when there is no such folder or archive, or nothing in
    it.
    """
    path = Path(path)
    entries = archive.entries(path)
    fit = [entry for entry in entries if len(str(entry.path)) <= NAME_LENGTH]
    preset = lms or recognise([entry.path for entry in fit])
    if preset == "plain" and path.is_file():
        fit = _without_common_folder(fit)
    named = [(entry, each) for entry in fit if (each := _named(entry, preset)) is not None]
    named.extend(_too_long(entry) for entry in entries if len(str(entry.path)) > NAME_LENGTH and _may_hold(entry))
    if not named:
        raise CourseError(f"Wanted notebooks (.ipynb) under {path}, got none. Is this the folder of the submissions?")
    groups: dict[tuple[str, str], list[tuple[Entry, Named]]] = {}
    for entry, each in named:
        groups.setdefault((each.owner.lms, each.owner.key), []).append((entry, each))
    owners = {key: _first_owner(group) for key, group in groups.items()}
    people = {key: roster.match(owner) if roster is not None else None for key, owner in owners.items()}
    ids, doubts = _ids(owners, people)
    found = []
    for key, group in groups.items():
        flags = list(doubts.get(key, ()))
        if roster is not None and people[key] is None:
            flags.append("Nobody on the roster goes by this name.")
        found.extend(_of_one(ids[key], people[key], group, tuple(flags)))
    return found


def notebooks(items: Sequence[Found]) -> list[Found]:
    """One student's files with their zips opened: what is in a zip counts as handed in with it."""
    opened = []
    for item in items:
        if item.problem or not is_zip_name(item.entry.path):
            opened.append(item)
            continue
        opened.extend(replace(item, entry=entry, name=entry.name) for entry in archive.opened(item.entry))
    return opened


def student_id(name: str) -> str:
    """An id made of a folder's or file's name: letters and digits without accents, the rest as single hyphens."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"[^A-Za-z0-9._@-]+", "-", text).strip("-._@")[:80].strip("-._@") or "unnamed"
    return f"{text[:72]}-student" if _DEVICES.fullmatch(text) else text  # some systems keep such names for devices


# ------------------------------------------------------------------------------------------------------ whose it is


def _named(entry: Entry, preset: str) -> Named | None:
    """What the path says under a preset; None for a file that says nothing of anybody."""
    each = PRESETS[preset](entry.path)
    if each is None and _may_hold(entry):
        return plain(entry.path)  # a stray notebook between the system's files is somebody's work all the same
    if each is not None and preset == "plain" and len(entry.path.parts) == 1 and not _may_hold(entry):
        return None
    return each


def _may_hold(entry: Entry) -> bool:
    return is_notebook_name(entry.path) or is_zip_name(entry.path)


def _too_long(entry: Entry) -> tuple[Entry, Named]:
    key = f"{str(entry.path)[:60]}-{_hash(str(entry.path))}"
    named = Named(Owner("plain", key, name=key), key)
    return replace(entry, path=PurePosixPath(f"{key}.ipynb"), problem="its name is too long"), named


def _first_owner(group: Sequence[tuple[Entry, Named]]) -> Owner:
    """The owner as the newest of the student's own files has it: feedback goes back under that name."""
    own = [each for _, each in group if each.ours] or [each for _, each in group]
    return max(own, key=lambda each: each.order).owner


def _ids(
    owners: dict[tuple[str, str], Owner], people: dict[tuple[str, str], Person | None]
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], list[str]]]:
    """An id for each owner and what is doubtful about it; two whose ids would be one both get a piece of hash.

    Nobody takes an id of the roster away by being called so.
    """
    made = {key: person.id if (person := people[key]) is not None else student_id(owners[key].label) for key in owners}
    many = Counter(name.casefold() for name in made.values())
    sure = Counter(person.id.casefold() for person in people.values() if person is not None)
    doubts: dict[tuple[str, str], list[str]] = {}
    for key, name in made.items():
        if people[key] is not None and sure[name.casefold()] == 1:
            continue
        if many[name.casefold()] > 1:
            made[key] = f"{name[:72]}-{_hash('/'.join(key))}"
            if people[key] is not None:
                doubts[key] = [
                    f"Two names of the system seem to be {name} of the roster: say in the roster who is who."
                ]
    return made, doubts


def _of_one(
    student: str, person: Person | None, group: Sequence[tuple[Entry, Named]], flags: tuple[str, ...]
) -> list[Found]:
    """One student's files that may hold a notebook; where there is none, one entry that says what there was."""
    made = [
        Found(
            student=student,
            name=entry.name,
            entry=entry,
            owner=each.owner,
            file=each.file,
            person=person,
            late=each.late,
            submitted=each.submitted,
            order=each.order,
            problem=entry.problem,
            flags=flags,
        )
        for entry, each in group
    ]
    holding = [item for item, (entry, each) in zip(made, group, strict=True) if _may_hold(entry) and each.ours]
    if len(holding) > FILES_EACH:
        return [replace(holding[0], problem=f"more than {FILES_EACH} notebooks were handed in")]
    if holding:
        return holding
    own = sorted({item.file for item, (_, each) in zip(made, group, strict=True) if each.ours})
    what = f", but {', '.join(own[:5])}" if own else ""
    return [replace(max(made, key=lambda item: item.age), problem=NO_NOTEBOOK + what)]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _without_common_folder(entries: list[Entry]) -> list[Entry]:
    """An archive often holds one folder that holds everything: what all paths share says nothing of a student."""
    while True:
        holding = [entry.path for entry in entries if _may_hold(entry) and not entry.problem]
        if len(holding) < 2 or any(len(path.parts) < 2 for path in holding):
            return entries
        first, second = {path.parts[0] for path in holding}, {path.parts[1] for path in holding}
        if len(first) > 1 or len(second) == 1 or _one_student(holding):
            return entries
        entries = [
            replace(entry, path=PurePosixPath(*entry.path.parts[1:]))
            if entry.path.parts[0] in first and len(entry.path.parts) > 1
            else entry
            for entry in entries
        ]


def _one_student(paths: Iterable[PurePosixPath]) -> bool:
    """Several notebooks of one folder that look like copies of one another are one student's."""
    known = list(paths)
    return all(len(path.parts) == 2 for path in known) and len({_MARKED.sub("", path.stem) for path in known}) == 1
