"""The `course` command: a thin door, each command calls one function of the staff's side."""

import json
from pathlib import Path
from typing import Annotated

import typer

from course_lib.staff import marking, pack
from course_lib.staff.checkout import course_root

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Build, release, grade and publish the course.",
)
app.add_typer(pack.app)
app.add_typer(marking.app)


@app.command()
def first_run() -> None:
    """Build the book, verify the releases, grade the sample class: what `make course` shows."""
    from course_lib.staff.firstrun import first_run as run

    run(course_root())


@app.command()
def init(
    org: Annotated[str, typer.Option("--org", help="Owner of the public repository on GitHub.")],
    repo: Annotated[str, typer.Option("--repo", help="Its name.")],
    title: Annotated[str, typer.Option("--title", help="What the course is called; else as it was.")] = "",
    term: Annotated[str, typer.Option("--term", help="Shown in the foot and in the problem sets.")] = "",
) -> None:
    """Turn a fork into your own course: addresses, title, term, Colab links, first cells, settings of the term."""
    from course_lib.staff.publishing.adopt import init as adopt

    typer.echo(str(adopt(course_root(), org=org, repo=repo, title=title, term=term, say=typer.echo)))


@app.command()
def release(
    names: Annotated[list[str] | None, typer.Argument(help="Assignments; all of them when none is named.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a release is out of date.")] = False,
) -> None:
    """Make the students' notebooks from `solutions/` and verify that nothing of a solution is in them."""
    from course_lib.staff.publishing.release import release as make

    for report in make(course_root(), names or None, check=check):
        typer.echo(str(report))


@app.command()
def notebooks(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a notebook has drifted.")] = False,
) -> None:
    """Write the Colab notebook beside every page of the book."""
    from course_lib.staff.publishing.notebooks import write_notebooks

    for path in write_notebooks(course_root(), check=check):
        typer.echo(str(path))


@app.command()
def book() -> None:
    """Build the book into `_build/html`, warnings as errors."""
    from course_lib.staff.publishing.build import build_book

    typer.echo(str(build_book(course_root(), say=typer.echo)))


@app.command()
def pdf() -> None:
    """Print the built book as one PDF into `_build`, and link it in the foot of every page."""
    from course_lib.staff.publishing.pdf import make_pdf

    typer.echo(str(make_pdf(course_root(), say=typer.echo)))


@app.command()
def looks() -> None:
    """Take screenshots of every page (light, dark, wide, 390 px) into `_build/looks`."""
    from course_lib.staff.publishing.looks import take

    for path in take(course_root()):
        typer.echo(str(path))


@app.command()
def picture() -> None:
    """Draw the README's pictures anew; the small ones are figures of the built book."""
    from course_lib.staff.publishing.gallery import draw_gallery
    from course_lib.staff.publishing.picture import draw_picture

    for path in (draw_picture(course_root()), *draw_gallery(course_root())):
        typer.echo(str(path))


@app.command()
def publish(
    to: Annotated[Path, typer.Option("--to", help="Empty or earlier published folder, or a clone.")],
    commit: Annotated[bool, typer.Option("--commit", help="Commit in that clone, and tag the version.")] = False,
    push: Annotated[bool, typer.Option("--push", help="Commit, tag, and send both to the clone's origin.")] = False,
) -> None:
    """Write the public tree: site, pages, releases and library, never a solution."""
    from course_lib.staff.publishing.public_tree import publish as write

    typer.echo(str(write(course_root(), to, commit=commit, push=push, say=typer.echo)))


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")],
    submissions: Annotated[
        Path, typer.Option("--submissions", help="The system's zip, or a folder of folders or notebooks.")
    ],
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Submissions graded at the same time.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON here.")] = None,
    unsandboxed: Annotated[bool, typer.Option("--unsandboxed", help="Go on where there are no walls.")] = False,
    accept_partial: Annotated[bool, typer.Option("--accept-partial", help="Accept partial isolation.")] = False,
    scheduler: Annotated[str, typer.Option("--scheduler", help="Run the notebooks on this Dask cluster.")] = "",
) -> None:
    """Grade a class: collect, deal, run, judge, record, feedback, CSV."""
    _grade(assignment, submissions, jobs, json_file, unsandboxed, accept_partial, scheduler)


def _grade(
    assignment: str,
    submissions: Path | None,
    jobs: int,
    json_file: Path | None,
    unsandboxed: bool,
    accept_partial: bool,
    scheduler: str = "",
) -> None:
    from course_lib.staff.grading.grade import grade as run
    from course_lib.staff.grading.report import show, show_progress

    show(
        run(
            course_root(),
            assignment,
            submissions,
            jobs=jobs,
            json_file=json_file,
            unsandboxed=unsandboxed,
            accept_partial=accept_partial,
            scheduler=scheduler,
            progress=show_progress,
        )
    )


@app.command()
def collect(
    assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")],
    submissions: Annotated[Path, typer.Option("--submissions", help="The system's zip, or a folder.")],
    lms: Annotated[
        str, typer.Option("--lms", help="canvas, moodle, blackboard, ilias, plain; else known by names.")
    ] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget who was collected before and is not here.")] = False,
) -> None:
    """Read what was handed in, run nothing: who, what, put aside or not. `course grade` does this by itself."""
    from course_lib.staff.grading import record, sets
    from course_lib.staff.grading.collect import collect as run
    from course_lib.staff.grading.places import Places
    from course_lib.staff.grading.report import show_collected
    from course_lib.validation import check_choice

    if lms:
        from course_lib.staff.grading.lms import PRESETS

        check_choice("lms", lms, PRESETS)
    root = course_root()
    problem_set = sets.load(root, assignment)
    with record.locked(Places(root)):
        collected = run(root, problem_set, submissions, lms=lms, fresh=fresh)
    show_collected(root, problem_set, collected)


@app.command()
def purge(assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")]) -> None:
    """Remove the files that could not be read, as they were handed in: when the term is over, for privacy.

    Grades, feedback and the notebooks that were graded stay; those are without Colab's personal data.
    """
    from course_lib.staff.grading.quarantine import purge as remove

    for line in remove(course_root(), assignment):
        typer.echo(line)


@app.command()
def export(
    assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")],
    to: Annotated[
        str, typer.Option("--to", help="canvas, moodle, blackboard, ilias or plain; else where it came from.")
    ] = "",
    gradebook: Annotated[Path | None, typer.Option("--gradebook", help="The system's own table, to check ids.")] = None,
    column: Annotated[str, typer.Option("--column", help="Its column for this assignment.")] = "",
    so_far: Annotated[bool, typer.Option("--so-far", help="Also while written answers are not graded.")] = False,
) -> None:
    """Write marks and feedback for the learning management system, hand-given points and lateness included.

    Nothing is written while a question is not graded, or a student is not in the system's own table.
    """
    from course_lib.staff.grading.export import export as run
    from course_lib.staff.grading.report import show_exported

    show_exported(run(course_root(), assignment, to=to, gradebook=gradebook, column=column, so_far=so_far))


@app.command()
def regrade(
    assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")],
    preview: Annotated[bool, typer.Option("--preview", help="Say who would change, and write nothing.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="In the preview, also what nothing has changed for.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON here.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Submissions graded at the same time.")] = 1,
    unsandboxed: Annotated[bool, typer.Option("--unsandboxed", help="Go on where there are no walls.")] = False,
    accept_partial: Annotated[bool, typer.Option("--accept-partial", help="Accept partial isolation.")] = False,
) -> None:
    """Grade again all that was collected, after the questions have changed. Look first: --preview.

    Hand-given points stay. Nothing is collected anew: for another release, or other files, run `course grade`.
    """
    from course_lib.staff.grading import regrade as again
    from course_lib.staff.grading.places import write_safely
    from course_lib.staff.grading.report import show_progress

    if not preview:
        _grade(assignment, None, jobs, json_file, unsandboxed, accept_partial)
        return
    made = again.preview(
        course_root(),
        assignment,
        everything=everything,
        jobs=jobs,
        unsandboxed=unsandboxed,
        accept_partial=accept_partial,
        progress=show_progress,
    )
    for line in again.lines(made):
        typer.echo(line)
    if json_file is not None:
        write_safely(json_file.resolve(), json.dumps(made.table(), indent=1).encode())


@app.command()
def doctor(
    notebook: Annotated[Path, typer.Argument(help="A student's notebook file.")],
    unsandboxed: Annotated[bool, typer.Option("--unsandboxed", help="Also run its cells, without walls.")] = False,
) -> None:
    """Say what the student's own doctor says of a notebook: what is missing, doubled or would cost points.

    Its cells are read and not run, unless you say so: they are somebody else's code.
    """
    from course_lib.staff.grading.report import consultation

    for line in consultation(notebook, run=unsandboxed):
        typer.echo(line)


@app.command()
def explain(
    assignment: Annotated[str, typer.Argument(help="For instance a1_lorenz.")],
    student: Annotated[str, typer.Argument(help="The person's id.")],
    question: Annotated[str, typer.Argument(help="For instance q3.")],
    unsandboxed: Annotated[bool, typer.Option("--unsandboxed", help="Go on where there are no walls.")] = False,
    accept_partial: Annotated[bool, typer.Option("--accept-partial", help="Accept partial isolation.")] = False,
) -> None:
    """Say how one verdict came about, and reproduce it."""
    from course_lib.staff.grading.explain import explain as tell

    root = course_root()
    typer.echo(tell(root, assignment, student, question, unsandboxed=unsandboxed, accept_partial=accept_partial))


def main() -> None:
    """Entry point: an error of the user's becomes one clear line, not a traceback."""
    from course_lib.validation import CourseError

    try:
        app()
    except CourseError as error:
        typer.echo(f"course: {error}", err=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
