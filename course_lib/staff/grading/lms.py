"""How learning management systems name what they hand out: who, which attempt, when, late.

Canvas      lastnamefirstname_[LATE_]userid_fileid_file.ipynb          late as a word; the file id grows with time
Moodle      Full Name_participant_assignsubmission_file[_]/file.ipynb  or flat, without folders; no times
Blackboard  Assignment_username_attempt_2026-11-20-23-58-01_file.ipynb the attempt's time, on the server's clock
ILIAS       Lastname_Firstname_login_userid/[Late Submission - ]file   late as a word, in the installation's language
plain       a folder a student, or a file a student

The names were read off the systems' own sources and manuals. All of it is the system's word, none the student's,
except the last part: the name of the file.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

ENOUGH = 0.6

_CANVAS = re.compile(
    r"(?:(?P<name>(?!LATE_)\w*?)_)?(?:(?P<late>LATE|late)_)?(?P<number>\d+|anon_[0-9A-Za-z]+)_"
    r"(?:(?P<order>\d+)_(?P<file>.+)|(?P<text>text|link)\.html)"
)
_MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")
_BLACKBOARD = re.compile(
    r"(?P<head>.+)_(?P<login>[^_]+)_attempt_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|(?P<text>\.txt))"
)
_ILIAS = re.compile(r"(?P<name>[^_]+_.*[^_])_(?P<login>[^_]+)_(?P<number>\d+)")
_ILIAS_LATE = re.compile(
    r"(?:late[ _]submission|versp(?:ä|ae|a)tet\w*[ _]abgabe)[ _]*-[ _]*(?P<file>.+)", re.IGNORECASE
)
_COPY = re.compile(r"[ _-]?\(?(\d+)\)?$")


@dataclass(frozen=True)
class Owner:
    """Who handed something in, in the words of the system that says so.

    lms: name of the preset; key: the same for all files of one student; name, login, number: as the names have them;
    head: what stands before the name of the file, for handing feedback back under the same name.
    """

    lms: str
    key: str
    name: str = ""
    login: str = ""
    number: str = ""
    head: str = ""

    @property
    def label(self) -> str:
        """Readable and unique within the system: what an id is made of when there is no roster."""
        if self.lms == "canvas":
            return f"{self.name}-{self.number}" if self.name else self.number
        if self.lms == "moodle":
            return f"{self.name}-{self.number}"
        return self.login or self.key


@dataclass(frozen=True)
class Named:
    """What a path says.

    file: the student's own file name; late, submitted: None where the names do not say; submitted is on the system's
    clock; order: grows with the attempts of one student; ours: False for a file that the system itself has added.
    """

    owner: Owner
    file: str
    late: bool | None = None
    submitted: datetime | None = None
    order: tuple[int, ...] = ()
    ours: bool = True


def canvas(path: PurePosixPath) -> Named | None:
    """A member of Canvas's "Download Submissions", or None."""
    match = _CANVAS.fullmatch(path.name)
    if match is None:
        return None
    owner = Owner("canvas", match["number"], name=match["name"] or "", number=match["number"])
    late = match["late"] is not None
    if match["file"] is None:
        return Named(owner, path.name, late, ours=False)
    head = path.name[: match.start("file")]
    owner = Owner("canvas", owner.key, owner.name, number=owner.number, head=head)
    return Named(owner, match["file"], late, order=(int(match["order"]),))


def moodle(path: PurePosixPath) -> Named | None:
    """A member of Moodle's "Download all submissions", with folders or without, or None."""
    for place, part in enumerate(path.parts):
        match = _MOODLE.fullmatch(part)
        if match is None:
            continue
        folder = place < len(path.parts) - 1
        if not folder and not match["file"]:
            continue
        head = part + "/" if folder else part[: match.start("file")]
        owner = Owner("moodle", match["number"], match["name"], number=match["number"], head=head)
        return Named(owner, path.name if folder else match["file"], ours=match["kind"] == "file")
    return None


def blackboard(path: PurePosixPath) -> Named | None:
    """A member of Blackboard's "Assignment File Download", or None; the .txt of an attempt is Blackboard's own."""
    match = _BLACKBOARD.fullmatch(path.name)
    if match is None:
        return None
    try:
        submitted = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    owner = Owner("blackboard", match["login"], login=match["login"], head=f"{match['head']}_{match['login']}_")
    order = (int(match["when"].replace("-", "")),)
    return Named(owner, match["file"] or path.name, submitted=submitted, order=order, ours=match["file"] is not None)


def ilias(path: PurePosixPath) -> Named | None:
    """A member of ILIAS's download of all submissions, or None."""
    for part in path.parts[:-1]:
        match = _ILIAS.fullmatch(part)
        if match is None:
            continue
        name = " ".join(reversed(match["name"].split("_", 1)))
        owner = Owner("ilias", match["number"], name, match["login"], match["number"], part + "/")
        late = _ILIAS_LATE.fullmatch(path.name)
        file = late["file"] if late else path.name
        copy = _COPY.search(PurePosixPath(file).stem)
        return Named(owner, file, late is not None, order=(int(copy[1][:9]) if copy else 0,))
    return None


def plain(path: PurePosixPath) -> Named | None:
    """A file in its student's folder, or one that bears the student's name."""
    key = path.parts[0] if len(path.parts) > 1 else path.stem
    return Named(Owner("plain", key, name=key), path.name)


PRESETS: dict[str, Callable[[PurePosixPath], Named | None]] = {
    "moodle": moodle,
    "blackboard": blackboard,
    "canvas": canvas,
    "ilias": ilias,
    "plain": plain,
}


def recognise(paths: Iterable[PurePosixPath]) -> str:
    """The preset that most of the paths are named by; "plain" when no system's names are in the majority."""
    known = list(paths)
    for preset, read in PRESETS.items():
        if preset != "plain" and known and sum(read(path) is not None for path in known) >= ENOUGH * len(known):
            return preset
    return "plain"
