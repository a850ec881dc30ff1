"""Finds the notebooks in what was handed in: a folder of folders, a folder of notebooks, or an archive.

Who a notebook belongs to comes from its folder, or from its file name where there is no folder; never from what is
written in it. An archive is read member by member and never extracted.
"""

import hashlib
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course_lib.validation import CourseError

LARGEST = 20_000_000
LARGEST_ARCHIVE = 2_000_000_000
MEMBERS = 20_000
_HIDDEN = re.compile(r"^(\.|__MACOSX$|Thumbs\.db$)")
_MARKED = re.compile(r"^(copy of |kopie von )+|\s*\(\d+\)$", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """One notebook as it was handed in.

    student: made id; name: its path as it was; data: its bytes, or None with the reason in ``problem``; stamp: time of
    change, to choose the newest.
    """

    student: str
    name: str
    data: bytes | None
    problem: str = ""
    stamp: float = 0.0


def find(path: Path) -> list[Found]:
    """All notebooks under ``path``.

    Raises CourseError when there is no such folder or archive, or nothing in it.
    """
    path = Path(path)
    require(path)
    files = list(_in_folder(path)) if path.is_dir() else _without_common_folder(list(_in_archive(path)))
    if not files:
        raise CourseError(f"Wanted notebooks (.ipynb) under {path}, got none. Is this the folder of the submissions?")
    owners = {inside: inside.parts[0] if len(inside.parts) > 1 else inside.stem for inside, _ in files}
    ids = _ids(set(owners.values()))
    return [Found(ids[owners[inside]], str(inside), *rest) for inside, rest in files]


def require(path: Path) -> None:
    """Raises CourseError unless ``path`` is a folder or an archive; nothing is read."""
    if not path.exists():
        raise CourseError(f"Wanted a folder or a zip file with submissions, got {path}, which does not exist.")
    if path.is_file() and not zipfile.is_zipfile(path):
        raise CourseError(f"Wanted a folder or a zip file with submissions, got the file {path}.")


def _ids(owners: set[str]) -> dict[str, str]:
    """An id for each owner; two whose ids would be one (Müller, Muller, muller) both get a piece of hash."""
    made = {owner: student_id(owner) for owner in owners}
    many = Counter(name.casefold() for name in made.values())
    return {
        owner: name if many[name.casefold()] == 1 else f"{name[:72]}-{hashlib.sha256(owner.encode()).hexdigest()[:6]}"
        for owner, name in made.items()
    }


def student_id(name: str) -> str:
    """An id made of a folder's or file's name: letters and digits without accents, the rest as single hyphens."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"[^A-Za-z0-9._@-]+", "-", text).strip("-._")[:80].strip("-._")
    return text or "unnamed"


_File = tuple[PurePosixPath, tuple[bytes | None, str, float]]


def _in_folder(folder: Path) -> Iterable[_File]:
    for path in sorted(folder.rglob("*")):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        if not _is_notebook(relative):
            continue
        if path.is_symlink() or not path.is_file():
            yield relative, (None, "it is a link, not a file", 0.0)
            continue
        try:
            size, stamp = path.stat().st_size, path.stat().st_mtime
            if size > LARGEST:
                yield relative, (None, f"it is larger than {LARGEST // 1_000_000} MB", stamp)
            else:
                yield relative, (path.read_bytes(), "", stamp)
        except OSError as error:
            yield relative, (None, f"it cannot be read ({error.strerror})", 0.0)


def _in_archive(archive: Path) -> Iterable[_File]:
    total = 0
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist()[:MEMBERS]:
            relative = PurePosixPath(info.filename.replace("\\", "/"))
            if info.is_dir() or not _is_notebook(relative):
                continue
            stamp = float("{:04}{:02}{:02}{:02}{:02}{:02}".format(*info.date_time))
            if relative.is_absolute() or ".." in relative.parts or info.flag_bits & 1:
                yield (
                    PurePosixPath(relative.name),
                    (None, "its entry in the archive is encrypted or has a bad path", stamp),
                )
                continue
            try:
                with opened.open(info) as member:
                    data = member.read(LARGEST + 1)  # the size in the archive's table is only a claim
            except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
                yield relative, (None, f"it cannot be read from the archive ({type(error).__name__})", stamp)
                continue
            total += len(data)
            if total > LARGEST_ARCHIVE:
                raise CourseError(f"Wanted at most {LARGEST_ARCHIVE // 10**9} GB of notebooks in {archive}, got more.")
            large = len(data) > LARGEST
            yield (
                relative,
                (None if large else data, f"it is larger than {LARGEST // 10**6} MB" if large else "", stamp),
            )


def _is_notebook(path: PurePosixPath) -> bool:
    return path.suffix.lower() == ".ipynb" and not any(_HIDDEN.match(part) for part in path.parts)


def _without_common_folder(files: list[_File]) -> list[_File]:
    """An archive often holds one folder that holds everything: what all paths share says nothing of a student."""
    while len(files) > 1 and all(len(path.parts) > 1 for path, _ in files):
        first, second = {path.parts[0] for path, _ in files}, {path.parts[1] for path, _ in files}
        if len(first) > 1 or len(second) == 1 or _one_student(files):
            break
        files = [(PurePosixPath(*path.parts[1:]), rest) for path, rest in files]
    return files


def _one_student(files: list[_File]) -> bool:
    """Several notebooks of one folder that look like copies of one another are one student's."""
    return all(len(path.parts) == 2 for path, _ in files) and len({_MARKED.sub("", p.stem) for p, _ in files}) == 1
