"""Which answers are alike beyond what the release, the library and the class's usual way explain, and where.

A page for a person to read: it accuses nobody and changes no points. Nothing of a submission is run and nothing is
sent anywhere. The bounds come from the right answers of the sets in `solutions/`: tests/grading/test_similarity.py.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.staff.grading import sets, similarity_code
from course_lib.staff.grading.collect import look, read_release
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.similarity_code import Code
from course_lib.staff.grading.similarity_match import PIECE, Passage, covered, passages, stretches

LEAST = 75
"""Words of one's own below which an answer is not compared: of three statements, or hardly more."""
SHARE = 0.745
"""Of the shorter answer, alike: different hands stay below 0.73, disguised copies above 0.76."""
LIBRARY_RUN = 25
"""Words in a row that are the library's: right answers that were not pasted share fewer, textbook formulas apart."""
TEXTBOOK = """
k1 = f(x)
k2 = f(x + h / 2 * k1)
k3 = f(x + h / 2 * k2)
k4 = f(x + h * k3)
x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
"""
"""What everybody writes alike who writes it at all, the library too: the classical Runge-Kutta step."""
USUAL_SHARE, USUAL_LEAST = 0.25, 5
"""What more students than this share of the class, and than so many, write alike is the usual way."""
SHORTLIST = 8
"""Parts of the library that are looked at for one answer, those with most pieces in common first."""
Piece = tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One of two: kind is "student", "earlier" (term), "library" or "reference"; name: the id, or what it is called."""

    kind: str
    name: str


@dataclass(frozen=True)
class Finding:
    """Two pieces of code that are alike.

    alike: words, of the ``of`` that are the shorter one's own; run: most of them in a row; shared_by: how many of the
    ``others`` in the class have at least half of it too; beside: the passages as written, the longest first.
    """

    question: str
    first: Side
    second: Side
    alike: int
    of: int
    run: int
    shared_by: int
    others: int
    beside: tuple[tuple[str, str], ...]

    @property
    def share(self) -> float:
        return self.alike / self.of

    @property
    def reason(self) -> str:
        """Why this pair is listed, in a sentence."""
        own = "the answer's own" if self.second.kind == "library" else "the shorter answer's own"
        many = f" in {len(self.beside)} passages" if len(self.beside) > 1 else ""
        return (
            f"{self.run} words in a row are alike after renaming, {self.alike}{many} of {own} {self.of}; "
            f"{self.shared_by} of {self.others} others in the class share them."
        )


@dataclass(frozen=True)
class Usual:
    """The longest passage of a question that many write alike: its words, in how many answers of how many.

    of_reference: the share of the reference solution that it is.
    """

    words: int
    answers: int
    of: int
    of_reference: float
    text: str


@dataclass
class Report:
    """What was found in one class; compared, short: answers by question; unread: whose, and why; earlier: students."""

    name: str
    title: str
    students: int = 0
    findings: list[Finding] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    short: Counter[str] = field(default_factory=Counter)
    usual: dict[str, Usual] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)
    earlier: int = 0


@dataclass(frozen=True)
class _Own:
    """An answer with what of it is evidence: not the release's, not the library's, not what many write alike."""

    side: Side
    code: Code
    free: list[bool]

    @property
    def count(self) -> int:
        return sum(self.free)


def similar(root: Path, assignment: str, submissions: Path, *, previous: Path | None = None) -> Report:
    """Compare a class's answers with one another, with the library, the reference and an earlier term's.

    Raises CourseError for an unknown assignment, a missing release, or a folder without submissions.
    """
    problem_set = sets.load(root, assignment)
    release = read_release(Places(Path(root).resolve()), problem_set)
    report = Report(assignment, problem_set.title)
    students = _read(root, problem_set, submissions, report)
    report.students = len(students)
    before = _read(root, problem_set, previous, report, earlier=True) if previous is not None else {}
    report.earlier = len(before)
    functions = {name: question.function for name, question in problem_set.questions.items()}
    reference = similarity_code.reference_of(problem_set.folder, functions)
    released = similarity_code.released_pieces(release)
    library = Library(similarity_code.library())
    for question in functions:
        mine = {student: codes[question] for student, codes in students.items() if question in codes}
        theirs = {student: codes[question] for student, codes in before.items() if question in codes}
        compare(report, question, mine, theirs, reference.get(question), released, library)
    report.findings.sort(key=lambda f: (list(functions).index(f.question), -f.share, f.first.name, f.second.name))
    return report


def _read(
    root: Path, problem_set: ProblemSet, submissions: Path, report: Report, *, earlier: bool = False
) -> dict[str, dict[str, Code]]:
    """Every student's answers; what could not be read goes into the report."""
    release = read_release(Places(Path(root).resolve()), problem_set)
    found = {}
    for student, notebook, problem in look(root, problem_set, submissions, earlier=earlier):
        shown = f"{student} (earlier term)" if earlier else student
        if notebook is None:
            report.unread.append((shown, problem))
            continue
        found[student], notes = similarity_code.answers_of(notebook, release, student)
        report.unread += [(shown, note) for note in notes]
    return found


def compare(
    report: Report,
    question: str,
    mine: Mapping[str, Code],
    theirs: Mapping[str, Code],
    reference: Code | None,
    released: frozenset[Piece],
    library: "Library",
) -> None:
    """All pairs of one question; what the release says and what many write is taken out before."""
    holders = Counter(piece for code in mine.values() for piece in code.known)
    bound = max(USUAL_LEAST, USUAL_SHARE * len(mine))
    usual = frozenset(piece for piece, count in holders.items() if count > bound)
    alike = _usual(mine, usual - released, holders, reference)
    if alike is not None:
        report.usual[question] = alike
    own = []
    for student, code in mine.items():
        each = _own(Side("student", student), code, released)
        from_library, taken = library.findings(question, each, mine)
        report.findings += from_library
        ours = zip(each.free, taken, _known(code, usual), strict=True)
        own.append(_Own(each.side, code, [free and not library and not many for free, library, many in ours]))
    report.compared[question] = sum(each.count >= LEAST for each in own)
    report.short[question] = len(own) - report.compared[question]
    others = [_own(Side("earlier", name), code, released | usual) for name, code in theirs.items()]
    if reference is not None:
        others.append(_own(Side("reference", reference.name), reference, released | usual))
    pairs: Iterable[tuple[_Own, _Own]] = itertools.chain(itertools.combinations(own, 2), itertools.product(own, others))
    for first, second in pairs:
        found = _alike(question, first, second, mine)
        if found is not None:
            report.findings.append(found)


def _own(side: Side, code: Code, without: frozenset[Piece]) -> _Own:
    return _Own(side, code, [not known for known in _known(code, without)])


def _known(code: Code, others: frozenset[Piece]) -> list[bool]:
    return covered(code.pieces, others) if code.pieces else [False] * len(code.words)


def _alike(question: str, first: _Own, second: _Own, mine: Mapping[str, Code]) -> Finding | None:
    """What the two share, if it is enough to be shown."""
    of = min(first.count, second.count)
    if of < LEAST:
        return None
    if len(first.code.known & second.code.known) * PIECE < SHARE * of:
        return None
    reach = covered(first.code.pieces, second.code.known)
    if sum(a and b for a, b in zip(reach, first.free, strict=True)) < SHARE * of:
        return None
    found = passages(first.code.words, second.code.words, first.free, second.free)
    if sum(passage.evidence for passage in found) < SHARE * of:
        return None
    return _finding(question, first, second, found, of, mine)


def _finding(
    question: str, first: _Own, second: _Own, found: Sequence[Passage], of: int, mine: Mapping[str, Code]
) -> Finding:
    shown = sorted((p for p in found if p.evidence), key=lambda p: (-p.evidence, p.first))
    evidence = {piece for p in shown for piece in first.code.pieces[p.first : p.first + p.length - PIECE + 1]}
    pair = {side.name for side in (first.side, second.side) if side.kind == "student"}
    others = [code for name, code in mine.items() if name not in pair]
    return Finding(
        question=question,
        first=first.side,
        second=second.side,
        alike=sum(passage.evidence for passage in shown),
        of=of,
        run=max(passage.evidence for passage in shown),
        shared_by=sum(2 * len(evidence & code.known) >= len(evidence) for code in others),
        others=len(others),
        beside=tuple((first.code.passage(p.first, p.length), second.code.passage(p.second, p.length)) for p in shown),
    )


def _usual(
    mine: Mapping[str, Code], usual: frozenset[Piece], holders: Counter[Piece], reference: Code | None
) -> Usual | None:
    """The longest passage that many write alike, for a person who knows whether it is a formula or a copy."""
    best, place, whose = 0, 0, None
    for code in mine.values():
        for begin, length in stretches([piece in usual for piece in code.pieces]):
            if length + PIECE - 1 > best:
                best, place, whose = length + PIECE - 1, begin, code
    if whose is None or best < LEAST:
        return None
    told = whose.pieces[place : place + best - PIECE + 1]
    known = covered(reference.pieces, frozenset(told)) if reference is not None else []
    return Usual(
        words=best,
        answers=min(holders[piece] for piece in told),
        of=len(mine),
        of_reference=sum(known) / len(known) if known else 0.0,
        text=whose.passage(place, best),
    )


class Library:
    """The library as a corpus: which of its parts stand in an answer."""

    def __init__(self, parts: Sequence[Code]) -> None:
        self._parts = parts
        self._textbook = similarity_code.code_of("", TEXTBOOK).known
        self._where: dict[Piece, list[int]] = defaultdict(list)
        for number, part in enumerate(parts):
            for piece in part.known:
                self._where[piece].append(number)

    def findings(self, question: str, answer: _Own, mine: Mapping[str, Code]) -> tuple[list[Finding], list[bool]]:
        """What of the library stands in an answer, and which words of it that are: no evidence between students."""
        count = Counter(number for piece in answer.code.known for number in self._where.get(piece, ()))
        taken = [False] * len(answer.code.words)
        found = []
        likely = [number for number, held in count.most_common(SHORTLIST) if held > LIBRARY_RUN - PIECE]
        for number in likely:
            part = _own(Side("library", self._parts[number].name), self._parts[number], self._textbook)
            shared = passages(answer.code.words, part.code.words, answer.free, part.free)
            of = min(answer.count, part.count)
            alike = sum(passage.evidence for passage in shared)
            run = max((passage.evidence for passage in shared), default=0)
            if run < LIBRARY_RUN and (of < LEAST or alike < SHARE * of):
                continue
            fresh = [p for p in shared if not all(taken[p.first : p.first + p.length])]
            for passage in shared:
                taken[passage.first : passage.first + passage.length] = [True] * passage.length
            if fresh:
                found.append(_finding(question, answer, part, shared, answer.count, mine))
        return found, taken
