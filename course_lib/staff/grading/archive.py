"""Files of a folder or of a zip archive, listed first and read one at a time; nothing is ever extracted.

What an archive says of a member (name, size, kind) is a claim. Sizes are counted while reading, paths are only looked
at, and a member that cannot be trusted is listed with the reason.
"""

import io
import os
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from course_lib.validation import CourseError

LARGEST = 100_000_000  # bytes of one file; most of it outputs, which are dropped
NESTED = 500_000_000  # bytes of all notebooks in a zip that a student handed in
MEMBERS = 200_000
MEMBERS_NESTED = 2_000
RATIO = 200  # times that a file may be compressed,
RATIO_FROM = 1_000_000  # once it has so many bytes
_HIDDEN_NAMES = {"__macosx", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Entry:
    """One file that was handed in, not read yet.

    path: where it lies; inside: its path in a zip that a student handed in, else ""; stamp: the file's own time, good
    only for choosing among one student's copies; problem: why it will not be read, else ""; fetch: reads at most one
    byte more than it is given.
    """

    path: PurePosixPath
    stamp: float
    fetch: Callable[[int], bytes]
    inside: str = ""
    problem: str = ""

    @property
    def name(self) -> str:
        """How the file is called in accounts and mails."""
        return f"{self.path} > {self.inside}" if self.inside else str(self.path)

    def read(self) -> tuple[bytes | None, str]:
        """The bytes, or None and the reason why not."""
        if self.problem:
            return None, self.problem
        try:
            data = self.fetch(LARGEST)
        except Exception as error:  # each kind of compression has errors of its own; none may stop the class
            return None, f"it cannot be read ({type(error).__name__})"
        if len(data) > LARGEST:
            return None, too_large()
        return data, ""


def too_large() -> str:
    """Why a large file is put aside, and what to do."""
    return f"it is larger than {LARGEST // 1_000_000} MB; clear its outputs (Edit > Clear all outputs) and save it"


def entries(path: Path) -> list[Entry]:
    """All files under a folder or in an archive, hidden ones left out; a folder that holds one zip alone is that zip.

    Raises CourseError when there is no such folder or archive, it cannot be opened, or it has too many members.
    """
    path = Path(path)
    require(path)
    if path.is_file():
        return _of_archive(path)
    found = list(_of_folder(path))
    alone = found[0] if len(found) == 1 else None
    if alone is not None and len(alone.path.parts) == 1 and not alone.problem and is_zip_name(alone.path):
        return _of_archive(path / alone.path)
    return found


def require(path: Path) -> None:
    """Raises CourseError unless ``path`` is a folder or an archive; nothing is read."""
    if not path.exists():
        raise CourseError(f"Wanted a folder or a zip file with submissions, got {path}, which does not exist.")
    if path.is_file() and not zipfile.is_zipfile(path):
        raise CourseError(f"Wanted a folder or a zip file with submissions, got the file {path}.")


def is_notebook_name(path: PurePosixPath) -> bool:
    """Whether the name is a notebook's."""
    return path.suffix.lower() == ".ipynb"


def is_zip_name(path: PurePosixPath) -> bool:
    """Whether the name is a zip archive's."""
    return path.suffix.lower() == ".zip"


def opened(entry: Entry) -> list[Entry]:
    """The notebooks in a zip that a student handed in, or one entry with the reason why there are none."""
    data, problem = entry.read()
    if data is None:
        return [replace(entry, problem=problem)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except Exception as error:  # as above
        return [replace(entry, problem=f"it is not a zip archive that can be opened ({type(error).__name__})")]
    if len(infos) > MEMBERS_NESTED:
        return [replace(entry, problem=f"the zip holds more than {MEMBERS_NESTED} files")]
    if sum(info.file_size for info in infos if is_notebook_name(_path(info))) > NESTED:
        return [replace(entry, problem=f"the notebooks in the zip are larger than {NESTED // 1_000_000} MB together")]
    found = []
    for path, info, member_problem in _members(infos):
        if is_notebook_name(path):
            fetch = _nested(entry, info)
            found.append(Entry(entry.path, _stamp(info), fetch, inside=str(path), problem=member_problem))
    if found:
        return found
    nested = any(is_zip_name(path) for path, _, _ in _members(infos))
    why = "the zip holds another zip, and no notebook (.ipynb)" if nested else "the zip holds no notebook (.ipynb)"
    return [replace(entry, problem=why)]


# ----------------------------------------------------------------------------------------------------------- folders


def _of_folder(folder: Path) -> Iterator[Entry]:
    for where, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not _hidden((name,)))
        for name in sorted(names):
            if _hidden((name,)):
                continue
            path = Path(where) / name
            yield _file(path, PurePosixPath(path.relative_to(folder).as_posix()))


def _file(path: Path, relative: PurePosixPath) -> Entry:
    def fetch(limit: int) -> bytes:
        with open(path, "rb") as file:
            return file.read(limit + 1)

    try:
        known = path.lstat()
    except OSError as error:
        return Entry(relative, 0.0, fetch, problem=f"it cannot be read ({error.strerror})")
    problem = ""
    if not stat.S_ISREG(known.st_mode):  # a link may lead anywhere, and a pipe would wait for ever
        problem = "it is a link, not a file" if stat.S_ISLNK(known.st_mode) else "it is not an ordinary file"
    elif known.st_size > LARGEST:
        problem = too_large()
    return Entry(relative, known.st_mtime, fetch, problem=problem)


# ---------------------------------------------------------------------------------------------------------- archives


def _of_archive(path: Path) -> list[Entry]:
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:  # its list of members may hold anything
        raise CourseError(f"Wanted a zip file that can be opened, got {path} ({error}). Download it again.") from error
    infos = archive.infolist()
    if len(infos) > MEMBERS:
        raise CourseError(f"Wanted at most {MEMBERS} files in {path}, got {len(infos)}. Split the archive.")

    def fetch(info: zipfile.ZipInfo) -> Callable[[int], bytes]:
        return lambda limit: _bounded(archive, info, limit)

    return [
        Entry(member, _stamp(info), fetch(info), problem=problem)
        for member, info, problem in _members(infos)
        if not _hidden(member.parts)
    ]


def _members(infos: Iterable[zipfile.ZipInfo]) -> list[tuple[PurePosixPath, zipfile.ZipInfo, str]]:
    """Path, entry and problem of each member that is not a folder."""
    found = [(_path(info), info) for info in infos if not info.is_dir()]
    count = Counter(unicodedata.normalize("NFC", str(path)) for path, _ in found)
    made = []
    for path, info in found:
        problem = _member_problem(path, info)
        if not problem and count[unicodedata.normalize("NFC", str(path))] > 1:
            problem = "the archive holds two files of exactly this name"
        clean = PurePosixPath(*(part for part in path.parts if part not in ("/", ".."))) if problem else path
        made.append((clean, info, problem))
    return made


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    """The member's path; names in UTF-8 that forgot to say so are read as UTF-8."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    return PurePosixPath(name.replace("\\", "/"))


def _member_problem(path: PurePosixPath, info: zipfile.ZipInfo) -> str:
    if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0][1:2] == ":"):
        return "its path leads out of the archive"
    if info.flag_bits & 1:
        return "it is encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, not a file"
    if info.file_size > LARGEST:
        return too_large()
    if info.file_size > max(RATIO_FROM, RATIO * info.compress_size):
        return f"it is compressed more than {RATIO} times, as no notebook is"
    return ""


def _bounded(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    with archive.open(info) as member:
        return member.read(limit + 1)


def _nested(entry: Entry, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    """Reads a member of a nested zip; the outer one is opened again, so that nothing of it is kept in memory."""

    def fetch(limit: int) -> bytes:
        data, problem = entry.read()
        if data is None:
            raise ValueError(problem)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _bounded(archive, info, limit)

    return fetch


def _stamp(info: zipfile.ZipInfo) -> float:
    return float("{:04}{:02}{:02}{:02}{:02}{:02}".format(*info.date_time))


def _hidden(parts: Iterable[str]) -> bool:
    return any((part.startswith((".", "~$")) and part != "..") or part.lower() in _HIDDEN_NAMES for part in parts)
