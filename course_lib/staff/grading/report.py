"""What a command came to, in the terminal: student text is shown and never read as markup."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from course_lib.staff.grading import account
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.export import Exported
from course_lib.staff.grading.grade import Report
from course_lib.staff.grading.opening import opened
from course_lib.staff.grading.pages import points
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.sanitise import plain
from course_lib.staff.grading.sets import ProblemSet
from course_lib.student.begin import checks_of
from course_lib.student.diagnosis import examine_notebook
from course_lib.student.doctor import diagnose
from course_lib.student.doctor import report as findings_report
from course_lib.validation import CourseError

_COLOURS = {"graded": "green", "needs-manual": "yellow", "not-graded": "red", "quarantined": "red"}


def show(report: Report, console: Console | None = None) -> None:
    """Print the report; student text is shown as it is, never read as markup."""
    console = console or Console()
    names = list(dict.fromkeys(name for entry in report.students.values() for name in entry["questions"]))
    table = Table(title=Text(f"{plain(report.title)}: {len(report.students)} submissions"))
    for name in ("student", "score", *names, "status"):
        table.add_column(Text(name), justify="left" if name in ("student", "status") else "right")
    for student in sorted(report.students):
        entry = report.students[student]
        scores = [entry["questions"].get(name, {}).get("score") for name in names]
        whole = "-" if entry["score"] is None else f"{points(entry['score'])} / {points(entry['max'])}"
        cells = [plain(student, length=40), whole, *("-" if score is None else points(score) for score in scores)]
        table.add_row(*map(Text, cells), Text(entry["status"], style=_COLOURS[entry["status"]]))
    console.print(table)
    if report.isolation.level != "full":
        console.print(Text(f"Isolation: {report.isolation.level}. What is missing:", style="bold red"))
        for line in report.isolation.missing:
            console.print(Text(f"  {line}", style="red"))
    else:
        console.print(Text("Isolation: full"))
    standing = (report.works or len(report.students)) - report.fresh
    console.print(
        Text(f"{report.seconds:.1f} s; {report.fresh} run now, {standing} stood from before or were put aside")
    )
    for label, path in (("feedback", report.feedback), ("who needs you", report.triage), ("collected", report.account)):
        console.print(Text(f"{label}: {path}"), soft_wrap=True)
    console.print(Text(f"csv: {report.csv or 'not written'}"), soft_wrap=True)
    if report.parcel is not None:
        console.print(Text(f"feedback to upload: {report.parcel}"), soft_wrap=True)
    for note in report.notes:
        console.print(Text(plain(note, length=400), style="yellow"), soft_wrap=True)


def show_progress(done: int, total: int, student: str, left: float) -> None:
    """One line on stderr for each submission, with an estimate of the time left."""
    line = f"{done}/{total} {plain(student, length=40)}, about {left:.0f} s left"
    Console(stderr=True).print(Text(line, style="dim"), soft_wrap=True)


def show_collected(
    root: Path, problem_set: ProblemSet, collected: Sequence[Collected], console: Console | None = None
) -> None:
    """Print what was collected: all that a person should look at, and where the whole account lies."""
    console = console or Console()
    places = Places(Path(root).resolve())
    kept = account.read(places, problem_set.name)
    aside = [item for item in collected if item.status == "quarantined"]
    named = "by student" if kept.lms == "plain" else f"as {kept.lms} names them"
    console.print(Text(f"{plain(problem_set.title)}: {len(collected)} submissions, named {named}"))
    for item in aside:
        line = f"  put aside: {plain(item.student, length=60)} ({plain(item.name, length=80)}): {plain(item.reason)}"
        console.print(Text(line, style="red"), soft_wrap=True)
    for item in collected:
        for flag in item.flags:
            console.print(Text(f"  {plain(item.student, length=60)}: {plain(flag)}", style="yellow"), soft_wrap=True)
    late = sum(bool(item.late) for item in collected)
    if late:
        console.print(Text(f"  {late} marked late by the system"))
    if kept.missing:
        console.print(Text(f"  {len(kept.missing)} of the roster handed in nothing"))
    console.print(Text(f"account: {places.account(problem_set.name) / 'account.txt'}"), soft_wrap=True)


def show_exported(exported: Exported, console: Console | None = None) -> None:
    """Print what was written and all that a person should know before uploading it."""
    console = console or Console()
    for label, path in (("table", exported.table), ("feedback", exported.parcel)):
        console.print(Text(f"{label}: {path or 'not written'}"), soft_wrap=True)
    for note in exported.notes:
        console.print(Text(plain(note, length=600), style="yellow"), soft_wrap=True)


def consultation(notebook: Path, *, run: bool) -> list[str]:
    """What the student's doctor says of a notebook file; its cells are run only where ``run`` says so.

    Raises CourseError when there is no such file, it is no notebook, or it does not say of which problem set.
    """
    if not notebook.is_file():
        raise CourseError(f"Wanted a notebook file, got {notebook}, which is none.")
    content, problem = opened(notebook.read_bytes())
    if problem:
        raise CourseError(f"Wanted a notebook file, got {notebook}: {problem}.")
    course = content["metadata"].get("course")
    assignment = course.get("assignment") if isinstance(course, dict) else None
    if not isinstance(assignment, str):
        raise CourseError(f"Wanted a notebook of a problem set, got {notebook}, which names none in its metadata.")
    try:
        checks = checks_of(assignment)
    except ValueError as error:
        raise CourseError(str(error)) from error
    findings = diagnose(content, assignment) if run else examine_notebook(content, assignment, checks)
    table = findings_report(findings)
    said = [] if run else ["Its cells were read, not run: --unsandboxed runs them here, without walls."]
    return [_untouched(line) for line in [*table, *said]]


def _untouched(line: str) -> str:
    """A line of a table without control characters, its columns kept."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
