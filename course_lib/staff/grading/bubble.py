"""The wall around a class: a view of this machine built up from nothing, by bubblewrap.

In it are the interpreter, the packages that notebooks may use, fonts and a few system libraries, all read-only; the
worker's scripts and the open part of the library under ``/course``; and nothing else: no shell, no home, no ``/run``
or ``/var``, no network, and an environment of a few words. Grading as root first becomes an ordinary user (enter.py):
what root may do, root in a namespace may do too.
"""

import json
import os
import pwd
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from course_lib.staff.grading import view, walls

PACKAGES = ("numpy", "scipy", "torch", "scikit-learn", "matplotlib", "ipython")  # what the sets need
BROUGHT = ("ipywidgets", "tqdm", "typing_extensions")  # what honest notebooks bring along from Colab
ENTER = Path(__file__).with_name("enter.py")
COURSE, SITE = "/course", "/site"
DEVICES = ("null", "zero", "full", "random", "urandom")
SYSTEM = ("/usr/share/fonts", "/usr/share/zoneinfo", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
LIBRARIES = ("/lib", "/lib64", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu")
USERS = range(61_184, 65_520)  # ids that systems leave free for users of a moment


class NoWall(RuntimeError):
    """There is no wall to be had on this machine, and why."""


@dataclass(frozen=True)
class Bind:
    """Something of this machine that is shown in the view: where it is, and where it is shown."""

    source: str
    target: str


def command(folder: Path, program: Sequence[str], *, own: bool = False) -> list[str]:
    """The command that runs a Python script of ``folder`` inside the view.

    folder: as `view.build_view` made it, shown as /course; program: path below it and arguments; own: the view is for
    one notebook alone, and ends with the thread that started it.

    Raises NoWall without bubblewrap, or where root has no other user to become.
    """
    wrap = shutil.which("bwrap")
    if wrap is None:
        raise NoWall("bubblewrap is not installed: apt-get install bubblewrap (or `make system`)")
    binds = [*_interpreter(), *_packages(), *_system()]
    binds += [Bind(str(folder), COURSE), Bind(f"{folder}/passwd", "/etc/passwd")]
    root = os.geteuid() == 0
    sources = sorted({bind.source for bind in binds}) if root else []
    staged = {source: f"/tmp/{number}" for number, source in enumerate(sources)}
    words = [wrap, "--unshare-all", "--clearenv", "--new-session", "--hostname", "course"]
    words += ["--uid", str(walls.STUDENT), "--gid", str(walls.STUDENT), "--proc", "/proc", "--tmpfs", "/dev"]
    for name in DEVICES:
        words += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        words += ["--symlink", f"/proc/self/fd{target}", f"/dev/{name}"]
    for bind in binds:
        words += ["--ro-bind", staged.get(bind.source, bind.source), bind.target]
    for path in LIBRARIES:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
    for path in _hidden():
        words += ["--tmpfs", path, "--remount-ro", path]
    for place, size in walls.ROOM.items():
        words += ["--size", str(size * 1024**2), "--tmpfs", place]
    for name, value in _environment().items():
        words += ["--setenv", name, value]
    words += ["--chdir", "/content", "--remount-ro", "/dev", "--remount-ro", "/"]
    words += ["--as-pid-1"]  # its end is the end of all that runs in the view
    words += ["--die-with-parent"] if own else []
    words += [os.path.realpath(sys.executable), *view.FLAGS, f"{COURSE}/{program[0]}", *program[1:]]
    if not root:
        return words
    return [sys.executable, "-I", "-S", str(ENTER), json.dumps([ordinary_user(), list(staged.items()), words])]


def ordinary_user() -> int:
    """The id of a user that is nobody else's, for root to become.

    Raises NoWall when none is free.
    """
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    for number in USERS:
        if number not in taken:
            return number
    raise NoWall("root has no free user id to become")


@cache
def closure(names: Iterable[str] = PACKAGES + BROUGHT) -> tuple[Path, ...]:
    """The files and folders, side by side in their site folders, of these packages and all that they need."""
    found: dict[str, metadata.Distribution] = {}
    todo = list(names)
    while todo:
        name = todo.pop().lower().replace("_", "-").replace(".", "-")
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # an optional part, or one for another system
            continue
        needs = map(Requirement, found[name].requires or ())
        todo += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    tops = set()
    for distribution in found.values():
        names = {path.parts[0] for path in distribution.files or ()} - {"..", "__pycache__"}
        tops |= {Path(str(distribution.locate_file(name))) for name in names if not name.endswith(".pth")}
    return tuple(sorted(path for path in tops if path.exists()))


def _packages() -> list[Bind]:
    return [Bind(str(path), f"{SITE}/{path.name}") for path in closure()]


def _interpreter() -> list[Bind]:
    """The program and its standard library, at the places they were built for; not the packages beside them."""
    shared = Path(sys.base_prefix, "lib").glob(f"libpython{sys.version_info.major}*.so*")
    paths = [os.path.realpath(sys.executable), *_standard_library(), *map(str, sorted(shared))]
    return [Bind(path, path) for path in dict.fromkeys(paths)]


def _standard_library() -> list[str]:
    """Its folders: of the interpreter itself, never of the environment that was made with it."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = [os.path.dirname(os.__file__), os.path.join(sys.base_exec_prefix, sys.platlibdir, name)]
    return [path for path in dict.fromkeys(map(os.path.realpath, places)) if os.path.isdir(path)]


def _hidden() -> list[str]:
    """Folders of packages inside the standard library, which the view does not show."""
    names = ("site-packages", "dist-packages")
    return [path for place in _standard_library() for name in names if os.path.isdir(path := f"{place}/{name}")]


def _system() -> list[Bind]:
    found = [path for path in LIBRARIES if os.path.isdir(path) and os.path.realpath(path) == path]
    if "/lib" in found:  # a system that keeps kernel modules and more there: the libraries alone
        found.remove("/lib")
    if not any(path.startswith("/usr/lib") for path in found):
        found.append("/usr/lib")
    return [Bind(path, path) for path in [*found, *filter(os.path.exists, SYSTEM)]]


def _environment() -> dict[str, str]:
    return view.settings(walls.HOME, SITE, temporary="/tmp") | {"COURSE_FOLDER": "/content", "USER": "student"}
