"""Forgets a person: all that the grader keeps of one student, on the student's wish or because the time is over.

What bears the id goes: notebooks, verdicts, feedback, what was put aside, late days. In the gradebook and its dated
copies the rows go, and the file is written anew, so that no page of it holds what was deleted. Pages and tables about
the whole class are removed, for they can be made again. The accounts stay, without the person. At the end everything
under ``gradebook/`` is read once more for the id and the name, and what still holds one of them is said.
"""

import html
import json
import re
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sql
from nbgrader.api import MissingEntry
from sqlalchemy.exc import DatabaseError, OperationalError

from course_lib.staff.grading import account, gradebook, lateness, record
from course_lib.staff.grading.places import Places, checked_id
from course_lib.staff.grading.sanitise import plain
from course_lib.staff.grading.term import read_term
from course_lib.validation import CourseError

SHORTEST = 3
REMOVED = "[removed]"
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
OUTSIDE = (
    "Outside its reach: the roster and the system's tables and archives that you keep (collecting an archive again "
    "brings everything back), the learning management system, what was uploaded or mailed from there, files that "
    "`--json` or `--out` wrote elsewhere, and backups of this disk."
)


@dataclass(frozen=True)
class Traces:
    """What is kept of a person.

    own: files and folders that bear the id; shared: pages and tables about a whole class; accounts: assignments in
    whose account the person stands; mentioned: others whose account has the name; late: of which the late days; rows:
    submissions in the gradebook; copies: its dated copies; copied: in how many of them the person has rows; words: id,
    names and addresses by which the person is known.
    """

    own: list[Path]
    shared: list[Path]
    accounts: list[str]
    mentioned: list[str]
    late: list[str]
    rows: int
    copies: list[Path]
    copied: int
    words: list[str]


def forget(root: Path, students: Sequence[str], *, agreed: Callable[[list[str]], bool]) -> list[str]:
    """Remove all that is kept of a person; what was done, in sentences.

    students: the person's ids; more than one where a roster has renamed somebody. agreed: is shown what would be
    removed and says whether to go on.

    Raises CourseError when nothing is kept under these ids, or while a run or formgrader holds the gradebook.
    """
    places = Places(Path(root).resolve())
    ids = [checked_id(student) for student in students]
    with record.locked(places):
        groups, orphaned = _groups_of(places, ids)
        ids.extend(orphaned)
        found = traces(places, ids)
        lines = told(places, found)
        if not lines:
            raise CourseError(f"Wanted the id of a student of whom something is kept, got {', '.join(ids)}.")
        if not agreed([f"Of {', '.join(ids)} is kept:", *(f"  {line}" for line in lines)]):
            return ["Nothing was removed."]
        lost = _from_databases(places, found, ids)
        for path in [*found.own, *found.shared, *lost]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for assignment in found.late:
            lateness.forget(places, assignment, ids)
        for assignment in (*found.accounts, *found.mentioned):
            account.forget(places, assignment, ids, lambda text: _scrubbed(text, found.words))
        said = [f"Removed all of {', '.join(ids)}:", *(f"  {line}" for line in lines)]
        said.extend(f"Removed altogether, for it could not be read: {_short(places, path)}." for path in lost)
        said.extend(_to_do(places, found))
        if groups:
            said.append(
                f"The notebook of {', '.join(groups)} is the others' of the group too: it stays, with its marks."
            )
    return [*said, OUTSIDE]


def _groups_of(places: Places, ids: Collection[str]) -> tuple[list[str], list[str]]:
    """The groups that a person's work was graded with: those of which others remain, and those of nobody else."""
    accounts = [account.read(places, path.parent.name) for path in places.gradebook.glob("collected/*/*.json")]
    lines = [item for kept in accounts for item in kept.students if item.group]
    theirs = {item.group for item in lines if item.student in ids}
    others = {item.group for item in lines if item.student not in ids}
    return sorted(theirs & others), sorted(theirs - others)


def traces(places: Places, ids: Collection[str]) -> Traces:
    """Look for what is kept under these ids; nothing is changed."""
    folder = places.gradebook
    own: list[Path] = []
    for student in ids:
        for pattern in (
            *(f"{kind}/{student}" for kind in ("submitted", "autograded", "nbgrader-feedback")),
            *(f"verdicts/*/{student}.json", f"feedback/*/{student}.html", f"quarantine/*/{student}"),
            *(f"verdicts/*/.{student}.json.*", f"feedback/*/.{student}.html.*"),
        ):
            own.extend(sorted(folder.glob(pattern)))
    known = {path.parent.name: account.read(places, path.parent.name) for path in folder.glob("collected/*/*.json")}
    lines = [item for kept in known.values() for item in kept.students if item.student in ids]
    words = {*ids, *(text for item in lines for text in _known_as(item))}
    roster = read_term(places).roster
    for person in roster.people if roster is not None else ():
        words.update((person.name, person.email) if person.id in ids else ())
    said = [word for word in words if len(word) >= SHORTEST]
    accounts = sorted(name for name, kept in known.items() if _stands_in(kept, ids))
    mentioned = [name for name in sorted(known) if _file_holds(places.account(name) / "account.json", said)]
    pages = (path for kind in ("triage", "similar", "exports") for path in folder.glob(f"{kind}/*") if path.is_file())
    concerned = {*accounts, *(_assignment_of(places, path) for path in own)}
    shared = [path for path in pages if re.split(r"[.-]", path.name)[0] in concerned or _file_holds(path, said)]
    return Traces(
        own=own,
        shared=sorted(shared),
        accounts=accounts,
        mentioned=[name for name in mentioned if name not in accounts],
        late=[path.stem for path in sorted(folder.glob("late/*.json")) if set(lateness.used_days(path)) & {*ids}],
        rows=_rows(places.database_url, ids),
        copies=sorted(folder.glob("backups/*.db")),
        copied=sum(_stands_in_copy(path, ids) for path in folder.glob("backups/*.db")),
        words=sorted(said, key=len, reverse=True),
    )


def _known_as(item: account.Collected) -> list[str]:
    """What the system's names call a person, and the files that were handed in: they may stand in a group's lines."""
    in_head = item.head.partition("_")[0] if item.lms in ("canvas", "moodle") else ""
    return [item.person, item.login, in_head, *item.handed_in]


def told(places: Places, found: Traces) -> list[str]:
    """What is kept, a line each; empty when nothing is."""
    if not (found.own or found.rows or found.copied or found.accounts or found.late):
        return []
    lines = [_short(places, path) for path in found.own]
    if found.rows:
        lines.append(f"gradebook: {found.rows} row(s), with scores and comments")
    if found.copied:
        lines.append(f"backups: rows in {found.copied} of {len(found.copies)} dated copies of the gradebook")
    lines.extend(f"collected/{name}: a line of the account" for name in found.accounts)
    lines.extend(f"collected/{name}: the name, in what is said of others" for name in found.mentioned)
    lines.extend(f"late/{name}.json: late days" for name in found.late)
    lines.extend(f"{_short(places, path)} (of the whole class)" for path in found.shared)
    return lines


def _from_databases(places: Places, found: Traces, ids: Collection[str]) -> list[Path]:
    """Take the rows out of the gradebook and its copies; copies that cannot be read."""
    if _is_there(places.database_url):
        try:
            remove_rows(places.database_url, ids)
        except OperationalError as error:
            raise CourseError(
                f"Wanted the gradebook alone, got: {error.orig}. Close formgrader and run the same command again."
            ) from error
    lost = list((places.gradebook / "backups").glob(".*.db*"))
    for path in found.copies:
        try:
            remove_rows(f"sqlite:///{path}", ids)
        except DatabaseError:
            lost.append(path)
    return lost


def remove_rows(url: str, ids: Collection[str]) -> None:
    """Take a person's rows out of one database and have it written anew, so that nothing stays on free pages.

    Raises SQLAlchemy's errors when it cannot be read or somebody else is in it.
    """
    with gradebook.opened(url) as book:
        with gradebook.transaction(book):
            for student in ids:
                try:
                    book.remove_student(student)
                except MissingEntry:
                    continue
            book.db.execute(sql.delete(gradebook.MANIFEST).where(gradebook.MANIFEST.c.student.in_(ids)))
        words = {"sqlite": "VACUUM", "postgresql": "VACUUM FULL"}.get(book.engine.dialect.name, "")
        if words:
            with book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
                alone.exec_driver_sql(words)


def _rows(url: str, ids: Collection[str]) -> int:
    """How many submissions, or else whether the person, stand in a gradebook."""
    if not _is_there(url):
        return 0
    with gradebook.opened(url) as book:
        known = [student for student in book.students if student.id in ids]
        manifest = sql.select(sql.func.count()).where(gradebook.MANIFEST.c.student.in_(ids))
        return max(sum(max(len(each.submissions), 1) for each in known), int(book.db.execute(manifest).scalar() or 0))


def _stands_in_copy(path: Path, ids: Collection[str]) -> bool:
    """Whether a dated copy has rows of the person, or cannot be read and may have."""
    try:
        return _rows(f"sqlite:///{path}", ids) > 0
    except DatabaseError:
        return True


def _is_there(url: str) -> bool:
    return not url.startswith("sqlite") or Path(str(sql.make_url(url).database)).exists()


def _stands_in(kept: account.Account, ids: Collection[str]) -> bool:
    return any(item.student in ids for item in kept.students) or bool(set(kept.missing) & {*ids})


def _assignment_of(places: Places, path: Path) -> str:
    """The assignment of a file that bears an id; "" for a folder that holds all of a person's."""
    parts = path.relative_to(places.gradebook).parts
    return parts[1] if parts[0] in ("verdicts", "feedback", "quarantine") else ""


def _to_do(places: Places, found: Traces) -> list[str]:
    """How to make again what was removed of the class, and which files still hold the person."""
    said = []
    if found.shared:
        names = sorted({re.split(r"[.-]", path.name)[0] for path in found.shared})
        again = "; ".join(f"`course regrade {name}`, then `course export {name}`" for name in names)
        said.append(f"Triage pages, tables and archives of feedback are made again by {again}. Nothing is run twice.")
    left = [
        _short(places, path)
        for path in sorted(places.gradebook.rglob("*"))
        if path.is_file() and (_holds(_short(places, path), found.words) or _file_holds(path, found.words))
    ]
    if left:
        said.append(f"Still with the id or the name, yours or somebody else's words: {', '.join(left)}. Look at them.")
    return said


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    """Any of the words, as JSON and HTML write them too, where no letter or digit goes on."""
    forms = {form for word in words for name in _orders(word) for form in (name, json.dumps(name)[1:-1])}
    forms |= {html.escape(form) for form in forms}
    ordered = sorted(forms, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, ordered))})(?![^\W_])", re.IGNORECASE)


def _orders(name: str) -> list[str]:
    """A name as it is, and as "Last, First"."""
    words = name.split()
    return [name, *(f"{' '.join(words[at:])}, {' '.join(words[:at])}" for at in range(1, len(words)))]


def _holds(text: str, words: Collection[str]) -> bool:
    return bool(words) and _pattern(words).search(text) is not None


def _file_holds(path: Path, words: Collection[str]) -> bool:
    """Whether one of the words stands in a file, in the encodings that systems write their tables in."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return any(_holds(data.decode(encoding, "replace"), words) for encoding in ENCODINGS)


def _scrubbed(text: str, words: Collection[str]) -> str:
    return _pattern(words).sub(REMOVED, text) if words else text


def _short(places: Places, path: Path) -> str:
    return plain(path.relative_to(places.gradebook).as_posix())
