"""nbgrader's door: run and judge in the place of its Execute, scores through its own mechanism.

`nbgrader autograde`, formgrader's button and `course grade` all pass here. A notebook that was not collected is
refused, because nothing has made it harmless.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Unicode

from course_lib.staff.grading import account, gradebook, isolation, record, roles, sets, verdicts
from course_lib.staff.grading.deal import course_key
from course_lib.staff.grading.judging import shared
from course_lib.staff.grading.places import Places
from course_lib.validation import CourseError

Resources = MutableMapping[str, Any]


class RunAndJudge(NbGraderPreprocessor):
    """Runs a collected notebook in a worker, judges it, and puts each question's points into its probe cell."""

    root = Unicode("", help="The course's folder.").tag(config=True)
    unsandboxed = Bool(False, help="Run student code without walls: for files that you trust.").tag(config=True)

    def __init__(self, prepared: dict[str, verdicts.Graded] | None = None, **settings: Any) -> None:
        """prepared: verdicts by student that a caller has ready; the others are run here."""
        super().__init__(**settings)
        self.prepared = prepared or {}

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """nbgrader's entry point.

        Raises CourseError for a notebook without the mark of collect, or without walls where none were waived.
        """
        assignment, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        places = Places(Path(self.root))
        key = course_key(places.gradebook)
        if not roles.is_collected(nb, key, assignment, student):
            raise CourseError(
                f"Wanted a notebook that was collected for {student}, got one without the mark of that (or changed "
                f"since). Collect first: course grade {assignment} --submissions PATH"
            )
        graded = self.prepared.get(student)
        if graded is None:
            level = isolation.measure()
            isolation.require(level, unsandboxed=self.unsandboxed, accept_partial=False)
            version = account.read(places, assignment).version_of(student)
            problem_set = sets.of_version(sets.load(places.root, assignment), version)
            judge = shared(problem_set)
            graded = verdicts.run_and_judge(problem_set, nb, judge, key=key, student=student, isolation=level)
        record.fill_in(nb, graded)
        resources["course"] = (places, graded)
        return nb, resources


class SaveGrades(SaveAutoGrades):
    """In the place of nbgrader's own saving: scores and fingerprint in one transaction, as `course grade` writes them.

    Written questions wait for a person even when they were left empty; so does a question that is not graded. Manual
    scores and comments are never touched.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """nbgrader's entry point.

        Raises CourseError while another run holds the gradebook.
        """
        places, graded = resources["course"]
        with record.locked(places), gradebook.opened(resources["nbgrader"]["db_url"]) as book:
            done = record.write_files(places, graded, nb)
            with gradebook.transaction(book):
                gradebook.enter(book, graded, nb.cells, done)
        return nb, resources
