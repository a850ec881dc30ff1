"""Files that could not be read: kept aside with a mail to their student, until a notebook comes or the term is over.

What is kept is the file as it came, with all that Colab wrote into it about its owner; a collected notebook is
stripped of that. So an original stays only as long as somebody may need it: a notebook that can be read takes its
student out of here, and `course purge` removes the rest.
"""

import shutil
from pathlib import Path

from course_lib.staff.grading import account, record, sanitise, sets
from course_lib.staff.grading.found import Found
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.sets import ProblemSet

MAIL = """{to}Subject: Your notebook for {title} could not be read

Hello{name},

the file that you handed in for {title} ({file}) could not be graded: {reason}.
Nothing is lost: please open your notebook in Colab, choose File > Download > Download .ipynb, and hand that file in
again. If you have already done so, answer this mail and attach the file.
"""

WHICH = """{to}Subject: Which notebook for {title} counts?

Hello{name},

{reason}. Only one notebook of a group is graded for {title}. Please agree in your group whose it is, and answer this
mail with the name.
"""


def put_aside(places: Places, problem_set: ProblemSet, item: Found, reason: str, *, mail: str = MAIL) -> None:
    """Keep a file and write the mail; what was collected of this student earlier does not count any more."""
    folder = places.quarantine(problem_set.name, item.student)
    data, _ = item.read()
    if data is not None:
        write_safely(folder / "original.ipynb", data)
    name = sanitise.plain(item.person.name) if item.person is not None else ""
    address = sanitise.plain(item.person.email) if item.person is not None else ""
    text = mail.format(
        to=f"To: {address}\n" if address else "",
        name=f" {name}" if name else "",
        title=problem_set.title,
        file=sanitise.plain(item.name),
        reason=reason if mail == MAIL else f"{reason[:1].upper()}{reason[1:]}",
    )
    write_safely(folder / "mail.txt", text.encode("utf-8", "replace"))
    places.submitted(problem_set.name, item.student).unlink(missing_ok=True)


def take_out(places: Places, assignment: str, student: str) -> None:
    """Remove what was kept of a student of whom a notebook could be read since."""
    shutil.rmtree(places.quarantine(assignment, student), ignore_errors=True)


def purge(root: Path, assignment: str) -> list[str]:
    """Remove all that was put aside of an assignment; what was done, in sentences.

    Raises CourseError for an unknown assignment, or while a run holds the gradebook.
    """
    places = Places(Path(root).resolve())
    name = sets.load(places.root, assignment).name
    with record.locked(places):
        folder = places.quarantine(name, "-").parent
        kept = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        shutil.rmtree(folder, ignore_errors=not kept)
    open_ones = [item.student for item in account.read(places, name).students if item.status == "quarantined"]
    said = [f"{len(kept)} removed from {folder}: the files as they were handed in, and the mails."]
    if open_ones:
        shown = ", ".join(sanitise.plain(student, length=60) for student in open_ones)
        said.append(f"Still without a mark: {shown}. Only the learning management system has their files now.")
    return said
