"""What a grading run came to, as a table in the terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from course_lib.staff.grading.grade import Report
from course_lib.staff.grading.pages import points
from course_lib.staff.grading.sanitise import plain

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
    standing = len(report.students) - report.fresh
    console.print(
        Text(f"{report.seconds:.1f} s; {report.fresh} run now, {standing} stood from before or were put aside")
    )
    for label, path in (("feedback", report.feedback), ("triage", report.triage), ("collected", report.account)):
        console.print(Text(f"{label}: {path}"), soft_wrap=True)
    console.print(Text(f"csv: {report.csv or 'not written'}"), soft_wrap=True)
    for note in report.notes:
        console.print(Text(plain(note, length=400), style="yellow"), soft_wrap=True)


def show_progress(done: int, total: int, student: str, left: float) -> None:
    """One line on stderr for each submission, with an estimate of the time left."""
    line = f"{done}/{total} {plain(student, length=40)}, about {left:.0f} s left"
    Console(stderr=True).print(Text(line, style="dim"), soft_wrap=True)
