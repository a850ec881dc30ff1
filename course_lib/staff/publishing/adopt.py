"""One command turns a fork into somebody's own course: address, title and term, wherever they stand.

The address is written by hand in `_config.yml` alone. Everything else that bears it is generated, and generated anew
here: the Colab notebook beside every page, the released problem sets. The course's own name stays in LICENSE and
CITATION.cff, which say whose work this is.
"""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import available, load
from course_lib.staff.publishing.addresses import site_address
from course_lib.staff.publishing.config import CONFIG, Names, read_names
from course_lib.staff.publishing.notebooks import write_notebooks
from course_lib.staff.publishing.release import release
from course_lib.validation import CourseError

ORG = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
REPO = re.compile(r"[A-Za-z0-9._-]{1,100}")
TITLED = ("README.md", "book/intro.md")  # their first heading is the course's title
TERM = """\
# What an instructor says once a term; all of it may be left out. The whole list stands at the top of
# course_lib/staff/grading/term.py, and the book's part "For instructors" explains it.
# timezone = "Europe/Berlin"  # the clock of your learning management system; otherwise UTC
# roster = "roster.csv"       # beside this file: a column `id`, and what else your system knows people by

# [late]
# percent = 10                # of all points, for each begun step
# step_hours = 24
# grace_minutes = 15
"""
ASSIGNMENT = """
# [assignments.{name}]  # {title}
# due = 2030-01-31T23:59:00
"""


@dataclass(frozen=True)
class Adopted:
    """What `init` did: the course's names, the files that are different now, and what to do next."""

    names: Names
    changed: tuple[str, ...]
    next: tuple[str, ...]

    def __str__(self) -> str:
        lines = [
            f"{self.names.title}: {self.names.url}, site {self.names.site}",
            f"{len(self.changed)} files changed; no old address is left.",
            *(f"next: {line}" for line in self.next),
        ]
        return "\n".join(lines)


def init(
    root: Path, *, org: str, repo: str, title: str = "", term: str = "", say: Callable[[str], object] = print
) -> Adopted:
    """Make the checkout at ``root`` the course of ``org``, public at github.com/org/repo.

    title, term: "" keeps what stands. Commit before: the files that git tracks have to be as they were committed, so
    that `git restore .` takes everything back.

    Raises CourseError for a name that no repository can have, for uncommitted changes, and when an old address is left
    anywhere after all was made anew; then every file is as it was.
    """
    root = Path(root).resolve()
    _check_names(org, repo, title, term)
    _require_clean(root)
    old = read_names(root)
    try:
        _rewrite(root, old, f"https://github.com/{org}/{repo}", title or old.title, term or old.term)
        say("Writing the Colab notebooks of all pages anew ...")
        write_notebooks(root)
        say("Making the problem sets anew, and verifying each: a minute or two ...")
        release(root)
        new = read_names(root)
        left = old_addresses(root, old) if new.url != old.url else []
        if left:
            raise CourseError("Wanted no old address in any file, found some. Mend these:\n" + "\n".join(left))
    except BaseException:
        _git(root, "restore", ".")
        raise
    _start_term(root)
    return Adopted(new, tuple(_git(root, "diff", "--name-only").splitlines()), _next(new))


def old_addresses(root: Path, old: Names) -> list[str]:
    """Lines of tracked files that name the repository or the site of ``old``, as "file:line: text"."""
    short = old.url.removeprefix("https://github.com/")
    wanted = [text.casefold() for text in (short, site_address(old.url).removeprefix("https://").rstrip("/"))]
    found = []
    for name in _git(root, "ls-files", "-z").split("\0"):
        path = root / name
        if name and path.is_file():
            text = path.read_bytes().decode("utf-8", errors="ignore")
            if any(word in text.casefold() for word in wanted):
                found += [
                    f"{name}:{number}: {line.strip()[:100]}"
                    for number, line in enumerate(text.splitlines(), 1)
                    if any(word in line.casefold() for word in wanted)
                ]
    return found


def _check_names(org: str, repo: str, title: str, term: str) -> None:
    for option, said, form, signs in (("--org", org, ORG, "hyphens"), ("--repo", repo, REPO, "hyphens, dots, _")):
        if not form.fullmatch(said):
            raise CourseError(f"Wanted {option} as GitHub spells it (letters, digits, {signs}), got {said!r}.")
    for option, said in (("--title", title), ("--term", term)):
        if len(said) > 100 or not said.isprintable():
            raise CourseError(f"Wanted {option} as one line of at most 100 characters, got {said[:120]!r}.")


def _require_clean(root: Path) -> None:
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    if changed:
        raise CourseError(
            "Wanted a checkout without uncommitted changes, so that all of this can be taken back, got:\n"
            f"{changed.rstrip()}\nCommit or stash them first."
        )


def _rewrite(root: Path, old: Names, url: str, title: str, term: str) -> None:
    """The lines written by hand: three in _config.yml, and the heading of the two front pages."""
    path = root / CONFIG
    text = path.read_text(encoding="utf-8")
    for pattern, new in (
        (r"^(title: ).*$", json.dumps(title, ensure_ascii=False)),
        (r"^(\s+url: ).*$", url),
        (r'^(\s+html_context:.*\bterm: )"[^"]*"', json.dumps(term, ensure_ascii=False)),
    ):
        line = re.search(pattern, text, re.MULTILINE)
        if line is None:
            raise CourseError(f"Wanted a line like {pattern} in {CONFIG}, found none. Write it there.")
        text = f"{text[: line.start()]}{line[1]}{new}{text[line.end() :]}"
    path.write_text(text, encoding="utf-8")
    if title == old.title:
        return
    for name in TITLED:
        text = (root / name).read_text(encoding="utf-8")
        heading = re.search(r"^# (.+)$", text, re.MULTILINE)
        if heading and heading[1].casefold() == old.title.casefold():
            (root / name).write_text(text.replace(heading[0], f"# {title}", 1), encoding="utf-8")


def _start_term(root: Path) -> None:
    """A settings file of the term with all sets in it, nothing switched on; an existing one is left alone."""
    path = Places(root).term
    if not path.exists():
        listed = (ASSIGNMENT.format(name=name, title=load(root, name).title) for name in available(root))
        write_safely(path, (TERM + "".join(listed)).encode())


def _next(names: Names) -> tuple[str, ...]:
    return (
        "make course && make test",
        f"git commit -am 'The course of {names.url.split('/')[-2]}'",
        "dates and roster into gradebook/term.toml",
        "make publish TO=../public (a clone of your empty public repository)",
    )


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"Wanted a git checkout at {root}, got: {done.stderr.strip()}. Clone your fork with git.")
    return done.stdout
