"""A copy of what the release needs, for tests that plant a fault in it."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def copy_of(root: Path, to: Path) -> Path:
    """solutions, assignments and _config.yml as files of their own, the library as a link."""
    for folder in ("solutions", "assignments"):
        shutil.copytree(root / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "_config.yml", to / "_config.yml")
    (to / "course_lib").symlink_to(root / "course_lib")
    return to


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
