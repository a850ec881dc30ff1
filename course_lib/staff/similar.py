"""The command `course similar`, which `cli` takes up."""

from pathlib import Path
from typing import Annotated

import typer


def similar(
    assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")],
    submissions: Annotated[Path, typer.Option("--submissions", help="The system's zip, or a folder.")],
    out: Annotated[Path | None, typer.Option("--out", help="The page; else gradebook/similar/ASSIGNMENT.html.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON here.")] = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", help="An earlier term's submissions, compared with these.")
    ] = None,
) -> None:
    """Show answers that are alike: students' with one another, with the library and with the reference.

    Runs nothing, sends nothing, and changes no points: a page for you to read.
    """
    from course_lib.staff.cli import course_root
    from course_lib.staff.grading import similarity, similarity_page
    from course_lib.staff.grading.places import Places

    root = course_root()
    report = similarity.similar(root, assignment, submissions, previous=previous)
    page = out or Places(root).similar(assignment)
    similarity_page.write(report, page, json_file)
    for line in similarity_page.lines(report, page):
        typer.echo(line)
