"""Commands for the person who marks: numbers of one's own, answers that are alike, and a person to be forgotten."""

from pathlib import Path
from typing import Annotated

import typer

from course_lib.staff.checkout import course_root

app = typer.Typer()


@app.command()
def own(
    assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")],
    students: Annotated[list[str] | None, typer.Argument(help="Ids, as students put them in.")] = None,
    roster: Annotated[Path | None, typer.Option("--roster", help="A CSV file of the class.")] = None,
) -> None:
    """For the written question: each id's own numbers, the figure they ask for, and those of usual slips, as CSV."""
    from course_lib.staff.grading.own_numbers import table
    from course_lib.staff.grading.roster import read_roster

    known = [person.id for person in read_roster(roster).people] if roster is not None else []
    typer.echo(table(course_root(), assignment, [*(students or []), *known]), nl=False)


@app.command()
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
    from course_lib.staff.grading import similarity, similarity_page
    from course_lib.staff.grading.places import Places

    root = course_root()
    report = similarity.similar(root, assignment, submissions, previous=previous)
    page = out or Places(root).similar(assignment)
    similarity_page.write(report, page, json_file)
    for line in similarity_page.lines(report, page):
        typer.echo(line)


@app.command()
def forget(
    students: Annotated[list[str], typer.Argument(help="The person's id; all of them where there are several.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove all that is kept of one person: notebooks, grades, feedback, late days, copies of the gradebook included.

    Says before what that is, and afterwards what lies outside its reach, as the roster and the learning management
    system.
    """
    from course_lib.staff.grading.forget import forget as remove

    def agreed(lines: list[str]) -> bool:
        if yes:
            return True
        typer.echo("\n".join(lines))
        return typer.confirm("Remove it? There is no way back")

    for line in remove(course_root(), students, agreed=agreed):
        typer.echo(line)
