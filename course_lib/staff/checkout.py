"""The checkout of the course in which a command was called."""

from pathlib import Path

import typer


def course_root() -> Path:
    """The checkout that holds this command's working folder.

    Raises typer.BadParameter when no parent folder is a course (no `_toc.yml` beside `solutions/`).
    """
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "_toc.yml").is_file() and (folder / "solutions").is_dir():
            return folder
    raise typer.BadParameter(
        f"Wanted a course folder (with _toc.yml and solutions/), got {here}. Change into a checkout of the course."
    )
