"""What a worker may see of the library, copied into a temporary folder.

A worker gets ``course_lib`` with the student's side, the input checks and the parts that the set leaves open, and no
other part: neither ``solutions`` nor ``staff`` nor the repository is on its path.
"""

import shutil
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import course_lib
from course_lib.validation import CourseError

LIBRARY = Path(course_lib.__file__).resolve().parent
ALWAYS = ("__init__.py", "shapes.py", "validation.py", "student")
HERE = Path(__file__).parent
WORKER = HERE / "worker.py"
SERVER = HERE / "server.py"
BESIDE = (WORKER, HERE / "walls.py", HERE / "stand_ins.py")
FLAGS = ("-P", "-s", "-S", "-B", "-X", "utf8")  # no site module (hence no .pth files), no current folder on the path
_SKIP = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def build_view(folder: Path, open_modules: Iterable[str] = ()) -> Path:
    """Copy the worker and its view of the library into ``folder``; returns the worker's script.

    open_modules: names of modules or packages of course_lib, for instance "integrate".

    Raises CourseError for a module that the library does not have, or that may never be open.
    """
    library = folder / "library"
    package = library / "course_lib"
    package.mkdir(parents=True)
    for name in ALWAYS:
        if (LIBRARY / name).exists():
            _copy(LIBRARY / name, package / name)
    for name in open_modules:
        found = [path for path in (LIBRARY / name, LIBRARY / f"{name}.py") if path.exists()]
        if not found or name.split("/")[0] in ("staff", "student", "..", "."):
            raise CourseError(f"Wanted a part of course_lib that a set may leave open, got {name!r}. See OPEN.")
        _copy(found[0], package / found[0].name)
    shutil.copyfile(SERVER, folder / SERVER.name)
    (folder / "passwd").write_text("student:x:1000:1000::/home/student:/bin/false\n")
    for path in BESIDE:
        shutil.copyfile(path, library / path.name)
    fonts = _font_list()
    if fonts is not None:
        (library / "fonts").mkdir()
        shutil.copyfile(fonts, library / "fonts" / fonts.name)
    return library / WORKER.name


def command(script: Path) -> list[str]:
    """The command that starts a worker without walls."""
    return [sys.executable, *FLAGS, str(script)]


def environment(folder: Path, descriptor: int) -> dict[str, str]:
    """All that the environment of a worker without walls holds."""
    site = ":".join(dict.fromkeys(sysconfig.get_paths()[key] for key in ("purelib", "platlib")))
    return settings(str(folder / "home"), site, temporary=str(folder / "home")) | {"COURSE_CHANNEL": str(descriptor)}


def settings(home: str, site: str, *, temporary: str) -> dict[str, str]:
    """The environment of any worker; home, temporary: its folders; site: where its packages are."""
    return {
        "COURSE_SITE": site,
        "HOME": home,
        "IPYTHONDIR": f"{home}/.ipython",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": f"{temporary}/.matplotlib",
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "TMPDIR": temporary,
    }


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=_SKIP)
    else:
        shutil.copyfile(source, target)


def _font_list() -> Path | None:
    """Matplotlib's list of fonts, if this user has one: making it anew would cost every worker seconds."""
    import matplotlib

    lists = sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
    return lists[-1] if lists else None
