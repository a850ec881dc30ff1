"""From what was handed in to notebooks that can be graded: one for each student, rebuilt from the release.

Never raises for a bad file: what cannot be read is put aside with a mail to its student, and stands in the account.
One notebook is in memory at a time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_lib.staff.grading import account, groups, lateness, quarantine, sanitise
from course_lib.staff.grading.account import Collected
from course_lib.staff.grading.cells import read_cells
from course_lib.staff.grading.deal import course_key
from course_lib.staff.grading.found import Found, find, notebooks
from course_lib.staff.grading.groups import Candidate, Team
from course_lib.staff.grading.matching import normal
from course_lib.staff.grading.opening import not_this, opened, version_of
from course_lib.staff.grading.places import Places, write_safely
from course_lib.staff.grading.rebuild import rebuild
from course_lib.staff.grading.sets import ProblemSet, judged_as
from course_lib.staff.grading.term import Term, read_term
from course_lib.staff.grading.times import Times, read_times
from course_lib.validation import CourseError

__all__ = ["Collected", "collect", "look", "read_release"]


@dataclass(frozen=True)
class _Desk:
    """What is needed for each student alike."""

    places: Places
    problem_set: ProblemSet
    release: dict[str, Any]
    key: bytes
    term: Term
    times: Times


def collect(
    root: Path, problem_set: ProblemSet, submissions: Path, *, lms: str = "", fresh: bool = False
) -> list[Collected]:
    """Collect all submissions of one assignment into ``gradebook/submitted``; writes two accounts of it.

    lms: preset of the names, before the term's own; fresh: forget who was collected before and is not here now.
    Raises CourseError when there is no release or no submission at all, or the term's settings are wrong.
    """
    places = Places(Path(root).resolve())
    release = read_release(places, problem_set)
    term = read_term(places)
    desk = _Desk(places, problem_set, release, course_key(places.gradebook), term, _times(term, problem_set))
    teams = groups.teams(term, problem_set.name)
    found = _by_student(submissions, lms or term.lms, term)
    before = [] if fresh else account.read(places, problem_set.name).students
    collected: list[Collected] = []
    for team, files in groups.together(found, teams):
        if team is None:
            collected.extend(_collect_one(desk, each) for each in files.values())
        else:
            collected.extend(_collect_group(desk, team, files, before))
    collected.sort(key=lambda item: item.student)
    account.write(places, problem_set, collected, source=Path(submissions), roster=term.roster, fresh=fresh)
    lateness.keep(places, problem_set, collected, term)
    return collected


def look(
    root: Path, problem_set: ProblemSet, submissions: Path, *, earlier: bool = False
) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Each student's or group's notebook as it would be graded: id, it or None, why there is none. Nothing is written.

    earlier: the submissions are another term's, of which this term's settings say nothing. Raises as `collect`.
    """
    places = Places(Path(root).resolve())
    release = read_release(places, problem_set)
    term = Term() if earlier else read_term(places)
    found = _by_student(submissions, term.lms, term)
    desk = _Desk(places, problem_set, release, b"nothing is kept", term, _times(term, problem_set))
    for team, files in groups.together(found, groups.teams(term, problem_set.name)):
        made: bytes | None
        if team is None:
            ((student, handed),) = files.items()
            chosen, _, problem = _chosen(desk, _newest_first(handed))
            made = chosen[1] if chosen is not None else None
        else:
            student, handed_in = team.id, _of_group(desk, team, files)
            best, problem = groups.choose(handed_in.candidates, team, term.zone)
            made = best.data if best is not None else None
        yield student, json.loads(made) if made is not None else None, sanitise.plain(problem)


def _times(term: Term, problem_set: ProblemSet) -> Times:
    path = term.assignment(problem_set.name).times
    return read_times(path) if path is not None else Times()


def _by_student(submissions: Path, lms: str, term: Term) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for item in find(submissions, lms=lms, roster=term.roster):
        found.setdefault(item.student, []).append(item)
    return found


def read_release(places: Places, problem_set: ProblemSet) -> dict[str, Any]:
    """The released notebook.

    Raises CourseError when there is none or it is another version than the questions.
    """
    path = places.release(problem_set.name)
    if not path.exists():
        raise CourseError(f"Wanted the released notebook {path}, got none. Run: course release {problem_set.name}")
    release: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in release["cells"]:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    course = release["metadata"].get("course", {})
    if (course.get("assignment"), course.get("version")) != (problem_set.name, problem_set.version):
        raise CourseError(
            f"Wanted version {problem_set.version} of {problem_set.name} in {path}, got {course}. "
            f"Run: course release {problem_set.name}"
        )
    return release


def _collect_one(desk: _Desk, found: Sequence[Found]) -> Collected:
    """Choose this student's notebook, rebuild it, write it; or put it aside. Never raises for what a file holds."""
    files = _newest_first(found)
    made, item, problem = _chosen(desk, files)
    if made is not None:
        return _kept(desk, *made)
    return _refused(desk, item, files, sanitise.plain(problem))


@dataclass(frozen=True)
class _Group:
    """What a group's members handed in: notebooks; by member: lines of the account, files, those refused and why."""

    candidates: list[Candidate]
    own: dict[str, Collected]
    files: dict[str, Found]
    refused: dict[str, tuple[Found, str]]


def _of_group(desk: _Desk, team: Team, found: Mapping[str, Sequence[Found]]) -> _Group:
    """Open what each member handed in; the notebooks are rebuilt for the group's id."""
    group = _Group([], {}, {}, {})
    for member, items in found.items():
        files = _newest_first(items)
        made, item, problem = _chosen(desk, [replace(each, student=team.id) for each in files])
        group.files[member] = replace(item, student=member)
        if made is None:
            group.refused[member] = (group.files[member], sanitise.plain(problem))
            group.own[member] = _line(desk, item, files, "collected")
        else:
            worked_on = _is_worked_on(desk.release, json.loads(made[1]))
            group.candidates.append(Candidate(member, made[0], worked_on, made[1]))
            group.own[member] = made[0]
    return group


def _collect_group(
    desk: _Desk, team: Team, found: Mapping[str, Sequence[Found]], before: Sequence[Collected]
) -> list[Collected]:
    """Choose a group's notebook and write it; or put aside what nobody can read, or what a person must decide."""
    name, group = desk.problem_set.name, _of_group(desk, team, found)
    stood = groups.standing(team, before, group.candidates)
    candidates = [*group.candidates, *stood]
    best, reason = groups.choose(candidates, team, desk.term.zone)
    if best is None and candidates:
        for item in group.files.values():
            quarantine.put_aside(desk.places, desk.problem_set, item, reason, mail=quarantine.WHICH)
        return groups.asked(team, reason, stood, group.own)
    if best is None:
        return [_refused(desk, item, found[member], why) for member, (item, why) in group.refused.items()]
    if best.data is not None:
        write_safely(desk.places.submitted(name, team.id), best.data)
    for person in team.members:
        quarantine.take_out(desk.places, name, person.id)
        desk.places.submitted(name, person.id).unlink(missing_ok=True)
    unread = {member: why for member, (_, why) in group.refused.items()}
    own = {item.student: item for item in before} | group.own
    return groups.lines(team, best, candidates, own, unread)


def _refused(desk: _Desk, item: Found, files: Sequence[Found], reason: str) -> Collected:
    """Put a file aside; the account's line."""
    quarantine.put_aside(desk.places, desk.problem_set, item, reason)
    return replace(_line(desk, item, files, "quarantined"), reason=reason, flags=list(item.flags))


def _newest_first(found: Sequence[Found]) -> list[Found]:
    """All notebooks of one student, those in zips too."""
    return sorted(notebooks(found), key=lambda item: item.age, reverse=True)


def _chosen(desk: _Desk, files: Sequence[Found]) -> tuple[tuple[Collected, bytes] | None, Found, str]:
    """The notebook that counts, rebuilt, and its file; or None, the first file that was refused, and why.

    The newest counts in which something was answered: beside their work people hand in fresh copies by mistake.
    """
    refused: list[tuple[Found, str]] = []
    untouched: tuple[tuple[Collected, bytes], Found] | None = None
    for item in files:
        made, problem = _made(desk, item, files, refused)
        if made is None:
            refused.append((item, problem))
        elif len(files) == 1 or _is_worked_on(desk.release, json.loads(made[1])):
            return made, item, ""
        else:
            untouched = untouched or (made, item)
    return (*untouched, "") if untouched is not None else (None, *refused[0])


def _is_worked_on(release: dict[str, Any], made: dict[str, Any]) -> bool:
    """Whether a rebuilt notebook holds an answer or code that its release does not."""
    untouched = {normal(cell["source"]) for cell in release["cells"]} | {""}
    return any(
        normal(cell["source"]) not in untouched
        for cell in made["cells"]
        if cell["metadata"]["course"]["role"] in ("answer", "written", "own") and cell["source"]
    )


def _kept(desk: _Desk, line: Collected, text: bytes) -> Collected:
    """Write the chosen notebook; what was put aside of this student is needed no more."""
    path = desk.places.submitted(desk.problem_set.name, line.student)
    if not path.exists() or path.read_bytes() != text:
        write_safely(path, text)
    quarantine.take_out(desk.places, desk.problem_set.name, line.student)
    return line


def _made(
    desk: _Desk, item: Found, files: Sequence[Found], refused: Sequence[tuple[Found, str]]
) -> tuple[tuple[Collected, bytes] | None, str]:
    """One file rebuilt, or None and the reason why it cannot be."""
    data, problem = item.read()
    if data is None:
        return None, problem
    try:
        notebook, problem = opened(data)
        problem = problem or not_this(notebook, desk.release, desk.term.assignment(desk.problem_set.name).versions)
        return (None, problem) if problem else (_rebuilt(desk, item, notebook, files, refused), "")
    except Exception as error:  # whatever a file makes of our code must not cost the others their marks
        return None, f"it could not be rebuilt ({type(error).__name__})"


def _rebuilt(
    desk: _Desk, item: Found, notebook: dict[str, Any], files: Sequence[Found], refused: Sequence[tuple[Found, str]]
) -> tuple[Collected, bytes]:
    """The account's line of the chosen notebook, with what was doubtful on the way, and the notebook rebuilt."""
    made, said = rebuild(desk.release, read_cells(notebook), key=desk.key, student=item.student)
    flags = [*item.flags, *said.flags]
    if len(files) > 1:
        flags.append(
            f"{len(files)} notebooks were handed in; graded was the newest that could be read and is not empty."
        )
    for newer, why in refused:
        if newer.order > item.order:
            flags.append(f"A newer attempt ({sanitise.plain(newer.name)}) could not be graded: {why}.")
    present, version = desk.problem_set.version, version_of(notebook)
    if version is None:
        flags.append("The notebook has lost the course's metadata; it was known by its cells.")
    elif version != present:
        rules = judged_as(desk.problem_set, version) if type(version) is int else present
        flags.append(f"It is version {version} of the assignment; it was graded as version {rules}.")
    data = json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    line = _line(desk, item, files, "collected")
    digest, known = made["metadata"]["course"]["digest"], version if type(version) is int else present
    return replace(line, digest=digest, changes=said.changes, flags=flags, version=known), data


def _line(desk: _Desk, item: Found, files: Sequence[Found], status: str) -> Collected:
    """The account's line of one student, before its result."""
    submitted, late = desk.times.of(item.owner, item.person)
    submitted = submitted or item.submitted
    late = item.late if late is None else late
    person = item.person
    return Collected(
        student=item.student,
        name=sanitise.plain(item.name),
        status=status,
        lms=item.owner.lms,
        person=sanitise.plain(person.name if person is not None and person.name else item.owner.name, length=100),
        login=sanitise.plain(item.owner.login, length=100),
        number=sanitise.plain(item.owner.number, length=100),
        head=item.owner.head,
        file=item.file,
        submitted=submitted.isoformat() if submitted is not None else "",
        late=late,
        handed_in=[sanitise.plain(each.name) for each in files],
        collected_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
