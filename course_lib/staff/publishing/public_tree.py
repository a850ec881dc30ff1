"""The public tree: what students and hosts of the book may see, and never a solution nor the way it is judged.

The working repository is private. `publish` copies the tracked files of the public folders, the built site, and the
root files that an installation and a citation need into a folder of its own (usually a clone of the public
repository), after all of it, and all that the clone's history holds, has passed the leak check. The front page and the
workflow that shows the site are the public tree's own (`public_front`).
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import course_lib
from course_lib.staff.publishing import public_history
from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.leaks import every_secret, leaks_in_tree
from course_lib.staff.publishing.looks import built_book
from course_lib.staff.publishing.public_front import front_page, without_private_links, workflow
from course_lib.validation import CourseError

FOLDERS = ("book", "assignments", "course_lib")
FILES = (
    "LICENSE",
    "LICENSE-content",
    "CITATION.cff",
    "CHANGELOG.md",
    "SECURITY.md",
    "pyproject.toml",
)
SITE = "site"
FRONT, WORKFLOW = "README.md", ".github/workflows/pages.yml"
MANIFEST = "published.json"
PLACEHOLDER = "YOUR--ORG"


@dataclass(frozen=True)
class Published:
    """What `publish` did: the folder, how many files stand in it, and what a maintainer still has to do."""

    folder: Path
    n_files: int
    done: tuple[str, ...]
    to_do: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.n_files} files in {self.folder}", *self.done, *(f"still to do: {line}" for line in self.to_do)]
        return "\n".join(lines)


def public_files(root: Path) -> list[str]:
    """Tracked files of the public folders and the public root files, relative to the root, sorted.

    Only what git tracks is taken, so that scratch files in a working folder stay at home.
    """
    done = subprocess.run(["git", "ls-files", "-z", *FOLDERS, *FILES], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"Wanted a git checkout at {root} to know which files are public, got: {done.stderr.strip()}")
    return sorted(name for name in done.stdout.split("\0") if name)


def publish(
    root: Path, to: Path, *, commit: bool = False, push: bool = False, say: Callable[[str], object] = print
) -> Published:
    """Write the public tree into `to` and return what was done.

    root: the private checkout, whose book has been built into `_build/html`. to: an empty or missing folder, a clone of
    an empty repository, or a folder that an earlier `publish` wrote; other files in it (`.git` first) are kept.
    commit: commit in the clone and tag it as the version of `course_lib`; push: that, and send both to its origin.

    Raises CourseError when the site is not built, when `to` holds files that are not ours, or when any byte of the new
    tree or of the clone's history holds a line of a solution; then nothing in `to` has changed. And when the version is
    published already with another library or other sets; then nothing is committed.
    """
    site = built_book(root)
    if (commit or push) and not public_history.is_repository(to):
        raise CourseError(f"Wanted a clone of the public repository to commit in, got {to}. Run `git clone` first.")
    before = earlier_files(to)
    with tempfile.TemporaryDirectory(prefix="public-tree-") as folder:
        new = Path(folder)
        gather(root, site, new)
        names = sorted(str(path.relative_to(new)) for path in new.rglob("*") if path.is_file())
        say(f"Reading every byte of {len(names)} files for lines of solutions ...")
        every = every_secret(root)
        found = leaks_in_tree(every, new)
        if public_history.is_repository(to):
            say("Reading the public history ...")
            found += public_history.leaks_in_history(root, to, every)
        if found:
            raise CourseError("Nothing was published, these lines belong to solutions:\n" + "\n".join(map(str, found)))
        replace(before, new, names, to)
    done = public_history.commit(to, course_lib.__version__) if commit or push else ()
    if push:
        done = (*done, public_history.push(to, course_lib.__version__))
    to_do: tuple[str, ...] = ()
    if PLACEHOLDER in read_names(root).url:
        to_do = (f"_config.yml still names the placeholder {PLACEHOLDER}; `course init` puts your address everywhere",)
    return Published(to, len(names), done, to_do)


def gather(root: Path, site: Path, new: Path) -> None:
    """Put everything that becomes public into the folder ``new``."""
    tracked = public_files(root)
    names = {*tracked, FRONT}
    for name in tracked:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, new / name)
        if name in FILES and name.endswith(".md"):
            text = (root / name).read_text(encoding="utf-8")
            (new / name).write_text(without_private_links(text, name, names), encoding="utf-8")
    for name, text in ((FRONT, front_page(root)), (WORKFLOW, workflow(root))):
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_text(text, encoding="utf-8")
    shutil.copytree(site, new / SITE, ignore=shutil.ignore_patterns(".buildinfo", ".doctrees", "reports"))
    (new / SITE / ".nojekyll").touch()  # a host that knows Jekyll would drop every folder that begins with _


def earlier_files(to: Path) -> list[str]:
    """What an earlier `publish` wrote into `to`; raises CourseError when the folder holds somebody else's files."""
    if not to.exists() or not any(path.name != ".git" for path in to.iterdir()):
        return []
    manifest = to / MANIFEST
    if not manifest.is_file():
        raise CourseError(
            f"Wanted an empty folder or an earlier published tree, got {to} with other files and no {MANIFEST}. "
            "Name another folder; nothing was changed."
        )
    return list(json.loads(manifest.read_text(encoding="utf-8"))["files"])


def replace(before: list[str], new: Path, names: list[str], to: Path) -> None:
    """Copy the new files over the earlier ones, drop what is no longer published, write the manifest last."""
    for name in names:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(new / name, to / name)
    for name in set(before) - set(names):
        gone = (to / name).resolve()
        if to.resolve() in gone.parents and gone.is_file():
            gone.unlink()
    (to / MANIFEST).write_text(json.dumps({"files": names}, indent=1) + "\n", encoding="utf-8")
