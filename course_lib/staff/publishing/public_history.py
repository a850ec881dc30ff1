"""The public repository's past: what was once published stays readable, so the leak check reads all of it.

Each object is read once: those that were read and clean are remembered in the working repository's `_build`, together
with a hash of what was looked for.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from course_lib.staff.grading.places import write_safely
from course_lib.staff.publishing.leaks import Leak, leaks_in_bytes
from course_lib.validation import CourseError

READ = "_build/public-history.json"
PRIVATE = ("solutions/", "tests/", "gradebook/")


def is_repository(folder: Path) -> bool:
    """Whether a folder is the top of a git checkout."""
    return (folder / ".git").exists()


def leaks_in_history(root: Path, repository: Path, secrets: Mapping[str, str]) -> list[Leak]:
    """Secrets and private files in any commit of any branch or tag of a public clone, messages included.

    root: the working checkout, where what was read is remembered. secrets: as `leaks.every_secret` gives them.
    """
    key = hashlib.sha256("\n".join(sorted(secrets)).encode()).hexdigest()
    clean = _remembered(root, key)
    paths = sorted(set(git(repository, "log", "--all", "--format=", "--name-only", "-z").split("\0")))
    found = [Leak("history", name, "the working repository") for name in paths if name.startswith(PRIVATE)]
    for digest, name, content in _objects(repository, clean):
        leaks = leaks_in_bytes(secrets, f"history, {name}", content)
        found += leaks
        if not leaks:
            clean.add(digest)
    write_safely(root / READ, json.dumps({"looked_for": key, "clean": sorted(clean)}).encode())
    return found


def commit(repository: Path, version: str) -> tuple[str, ...]:
    """Commit what stands in the public clone and tag it as the version; return what was done, in words.

    Raises CourseError when the tag is there already and another library or other problem sets stand under it: students'
    notebooks install by that tag.
    """
    tag = f"v{version}"
    git(repository, "add", "--all")
    tagged = tag in git(repository, "tag", "--list", tag).split()
    fixed = ("course_lib", "assignments", "pyproject.toml")
    if tagged and git(repository, "diff", "--cached", "--name-only", tag, "--", *fixed):
        git(repository, "reset", "--quiet")
        raise CourseError(
            f"Wanted a new version: {tag} is published with another library or other problem sets, and notebooks "
            "install by that tag. Raise `__version__` in course_lib/__init__.py and the version in pyproject.toml and "
            "CITATION.cff, then `course notebooks`, `course release`, `make book`, and publish again. Nothing was "
            "committed."
        )
    done = []
    if git(repository, "status", "--porcelain"):
        git(repository, "commit", "--quiet", "-m", f"Publish {tag}")
        done.append(f"committed as {git(repository, 'rev-parse', '--short', 'HEAD').strip()}")
    if not tagged:
        git(repository, "tag", "--annotate", tag, "-m", f"Version {version}")
        done.append(f"tagged {tag}")
    return tuple(done) or ("nothing has changed since the last commit",)


def push(repository: Path, version: str) -> str:
    """Send commit and tag to the clone's origin."""
    git(repository, "push", "--quiet", "origin", "HEAD", f"refs/tags/v{version}")
    return f"pushed to {git(repository, 'remote', 'get-url', 'origin').strip()}"


def git(folder: Path, *words: str) -> str:
    """Run git in a folder and return what it says. Raises CourseError with git's own words."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"git {words[0]} failed in {folder}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _remembered(root: Path, key: str) -> set[str]:
    try:
        table = json.loads((root / READ).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return set(table["clean"]) if table.get("looked_for") == key else set()


def _objects(repository: Path, known: set[str]) -> Iterator[tuple[str, str, bytes]]:
    """(hash, name, content) of every file's version, commit and tag that was not read before."""
    names: dict[str, str] = {}
    for line in git(repository, "rev-list", "--all", "--objects").splitlines():
        digest, _, name = line.partition(" ")
        names[digest] = name or digest
    names |= {line: line for line in git(repository, "for-each-ref", "--format=%(objectname)").split()}
    wanted = [digest for digest in names if digest not in known]
    with subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdin is not None and reader.stdout is not None
        for digest in wanted:
            reader.stdin.write(f"{digest}\n".encode())
            reader.stdin.flush()
            _, kind, size = reader.stdout.readline().split()
            content = reader.stdout.read(int(size) + 1)[:-1]
            if kind != b"tree":  # a tree's names come with its files
                yield digest, names[digest], content
        reader.stdin.close()
