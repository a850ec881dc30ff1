"""nbgrader's door: run and judge in the place of its Execute, scores through its own mechanism.

`nbgrader autograde`, formgrader's button and `course grade` all pass here. A notebook that was not collected is
refused, because nothing has made it harmless.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Unicode

from course_lib.staff.grading import isolation, roles, sets, verdicts
from course_lib.staff.grading.deal import course_key
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
            problem_set = sets.load(places.root, assignment)
            graded = verdicts.run_and_judge(problem_set, nb, key=key, student=student, isolation=level.level)
        fill_in(nb, graded)
        resources["course"] = (places, graded)
        return nb, resources


def fill_in(nb: NotebookNode, graded: verdicts.Graded) -> None:
    """Put outputs and points into the cells: exactly one number in each probe cell, which nbgrader reads."""
    for place, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if roles_of(cell) != "probe":
            text = graded.outputs.get(place, "")
            cell.outputs = [new_output("stream", name="stdout", text=text)] if text else []
            continue
        verdict = graded.verdicts.get(roles.question_of(cell))
        if verdict is None or verdict.score is None:
            reason = "no such question" if verdict is None else verdict.reason
            cell.outputs = [new_output("stream", name="stdout", text=f"Not graded: {reason}")]
            continue
        points = min(verdict.score, float(cell.metadata.nbgrader.points))
        data = {"text/plain": repr(points)}
        cell.outputs = [new_output("execute_result", data=data, execution_count=None)]


def roles_of(cell: NotebookNode) -> str:
    """The role that collect gave the cell."""
    return cell.metadata.get("course", {}).get("role", "")


class SaveGrades(SaveAutoGrades):
    """nbgrader's own saving, with two additions: what has no number stays open, and the verdicts are kept as a file.

    Written questions wait for a person even when they were left empty; so does a question that is not graded. Manual
    scores and comments are never touched.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """nbgrader's entry point; the verdicts' file is written after the scores, and says that they are in."""
        places, self.graded = resources["course"]
        before = verdicts.read(places, self.graded.assignment, self.graded.student)
        self.unchanged = before is not None and before.digest == self.graded.digest
        nb, resources = super().preprocess(nb, resources)
        verdicts.save(places, self.graded)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: Resources) -> None:
        where = (cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id, self.student_id)
        waited = self.gradebook.find_grade(*where).needs_manual_grade
        super()._add_score(cell, resources)
        grade = self.gradebook.find_grade(*where)
        verdict = None if utils.is_solution(cell) else self.graded.verdicts.get(roles.question_of(cell))
        if verdict is None or verdict.score is None:
            grade.auto_score, grade.needs_manual_grade = None, True
        if grade.manual_score is not None and self.unchanged:
            grade.needs_manual_grade = waited  # a person has seen exactly this work
        self.gradebook.db.commit()
