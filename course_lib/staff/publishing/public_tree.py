"""The public tree: what students and hosts of the book may see, and never a solution nor the way it is judged.

The working repository is private. `publish` copies the tracked files of the public folders, the built site, and the
root files that an installation and a citation need into a folder of its own (usually a clone of the public
repository), after all of it has passed the leak check.
"""

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from course_lib.staff.publishing.leaks import leaks_in_tree
from course_lib.validation import CourseError

FOLDERS = ("book", "assignments", "course_lib")
FILES = (
    "README.md",
    "LICENSE",
    "LICENSE-content",
    "CITATION.cff",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "pyproject.toml",
)
SITE = "site"
MANIFEST = "published.json"
PLACEHOLDER = "YOUR--ORG"


@dataclass(frozen=True)
class Published:
    """What `publish` did: the folder, how many files stand in it, and what a maintainer still has to do."""

    folder: Path
    n_files: int
    to_do: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.n_files} files in {self.folder}", *(f"still to do: {line}" for line in self.to_do)]
        return "\n".join(lines)


def public_files(root: Path) -> list[str]:
    """Tracked files of the public folders and the public root files, relative to the root, sorted.

    Only what git tracks is taken, so that scratch files in a working folder stay at home.
    """
    done = subprocess.run(["git", "ls-files", "-z", *FOLDERS, *FILES], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"Wanted a git checkout at {root} to know which files are public, got: {done.stderr.strip()}")
    return sorted(name for name in done.stdout.split("\0") if name)


def public_address(root: Path) -> str:
    """The repository's public address, which `_config.yml` names once."""
    match = re.search(r"^\s*url:\s*(\S+)", (root / "_config.yml").read_text(encoding="utf-8"), re.MULTILINE)
    if not match:
        raise CourseError("Wanted `repository: url:` in _config.yml, found none. Name the public address there.")
    return match.group(1).strip("\"'")


def publish(root: Path, to: Path) -> Published:
    """Write the public tree into `to` and return what was done.

    root: the private checkout, whose book has been built into `_build/html`. to: an empty or missing folder, a clone of
    an empty repository, or a folder that an earlier `publish` wrote; other files in it (`.git` first) are kept.

    Raises CourseError when the site is not built, when `to` holds files that are not ours, or when any byte of the new
    tree holds a line of a solution; then nothing in `to` has changed.
    """
    site = root / "_build" / "html"
    if not (site / "index.html").is_file():
        raise CourseError(f"Wanted a built book in {site}, found none. Run `make book` first.")
    before = earlier_files(to)
    with tempfile.TemporaryDirectory(prefix="public-tree-") as folder:
        new = Path(folder)
        for name in public_files(root):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, new / name)
        shutil.copytree(site, new / SITE, ignore=shutil.ignore_patterns(".buildinfo", ".doctrees", "reports"))
        found = leaks_in_tree(root, new)
        if found:
            raise CourseError("Nothing was published, these lines belong to solutions:\n" + "\n".join(map(str, found)))
        names = sorted(str(path.relative_to(new)) for path in new.rglob("*") if path.is_file())
        replace(before, new, names, to)
    to_do: tuple[str, ...] = ()
    if PLACEHOLDER in public_address(root):
        to_do = (f"_config.yml still names the placeholder {PLACEHOLDER}: Colab links lead nowhere until it is yours",)
    return Published(to, len(names), to_do)


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
