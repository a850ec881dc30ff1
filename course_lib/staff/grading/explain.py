"""Says how one verdict came about, and finds it again from the same bytes and the same key."""

from pathlib import Path

from course_lib.staff.grading import sets, verdicts
from course_lib.staff.grading.deal import course_key, draw_cases
from course_lib.staff.grading.pages import points
from course_lib.staff.grading.places import Places, checked_id
from course_lib.staff.grading.sanitise import plain
from course_lib.validation import CourseError


def explain(root: Path, assignment: str, student: str, question: str) -> str:
    """The verdict of one question in words, for the instructor.

    Raises CourseError when there is no such assignment, student or question.
    """
    places = Places(Path(root).resolve())
    problem_set = sets.load(places.root, assignment)
    graded = verdicts.read(places, assignment, checked_id(student))
    if graded is None:
        raise CourseError(f"Wanted a graded submission of {student} for {assignment}, got none. Grade it first.")
    if question not in problem_set.questions:
        raise CourseError(
            f"Wanted a question that the machine grades, got {question!r}. "
            f"There are: {', '.join(problem_set.questions)}."
        )
    asked, verdict = problem_set.questions[question], graded.verdicts[question]
    got = "no number" if verdict.score is None else f"{points(verdict.score)} of {points(verdict.max)} points"
    lines = [
        f"{assignment}, {student}, {question}: {asked.title}",
        f"Outcome: {verdict.outcome}, {got}.",
        *([f"Reason: {plain(verdict.reason)}"] if verdict.reason else []),
        *([f"For a person: {plain(verdict.human)}"] if verdict.human else []),
    ]
    for result in verdict.properties:
        held = f"held on {result.held} of {result.of}" if result.of else "not judged"
        lines.append(
            f"  {result.code}: {points(result.earned)} of {points(result.points)}, {held}. {plain(result.sentence)}"
        )
    lines.extend(_cases(places, problem_set, graded, question))
    lines.append(
        f"Graded {graded.graded_at}, isolation {graded.isolation}, {graded.seconds:.1f} s, {graded.replays} replays."
    )
    lines.extend(f"Note: {plain(note)}" for note in graded.notes)
    return "\n".join(line.rstrip() for line in lines)


def _cases(places: Places, problem_set: sets.ProblemSet, graded: verdicts.Graded, question: str) -> list[str]:
    """The kinds of case that this submission met, drawn again."""
    now = verdicts.fingerprint(problem_set, graded.digest, graded.student)
    if now != graded.fingerprint:
        return [
            "The questions, the library or its versions have changed since: grading again may come out differently."
        ]
    cases = draw_cases(
        problem_set.questions[question],
        key=course_key(places.gradebook),
        assignment=graded.assignment,
        version=problem_set.version,
        student=graded.student,
        digest=graded.digest,
    )
    strata = [case.stratum for case in cases]
    counted = ", ".join(f"{strata.count(name)} {name}" for name in dict.fromkeys(strata))
    return [f"Cases (the same again from key, student and submission {graded.digest[:12]}): {counted}."]
