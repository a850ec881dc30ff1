"""The commands of the instructor's pack: slides, sheets, and the table of misconceptions."""

from typing import Annotated

import typer

from course_lib.staff.checkout import course_root

app = typer.Typer()
Pages = Annotated[list[str] | None, typer.Argument(help="For instance fixed_points; all pages when none is named.")]


@app.command()
def slides(pages: Pages = None) -> None:
    """Make lecture slides of the built book's figures, formulas and questions, in `_build/slides`."""
    from course_lib.staff.publishing.slides import make_slides

    for path in make_slides(course_root(), pages or ()):
        typer.echo(str(path))


@app.command()
def handouts() -> None:
    """Write the instructor's pack as sheets to print, numbers filled in, in `_build/teaching`."""
    from course_lib.staff.publishing.handouts import make_handouts

    for path in make_handouts(course_root()):
        typer.echo(str(path))


@app.command()
def misconceptions(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when the table is out of date.")] = False,
) -> None:
    """Make the table of misconceptions from the known wrong answers of all sets."""
    from course_lib.staff.publishing.misconceptions import write_table

    typer.echo(str(write_table(course_root(), check=check)))
