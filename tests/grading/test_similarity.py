"""The similarity report on ground truth: copies in disguise are named, different hands and short answers are not."""

import ast
import itertools
import sys
from functools import cache
from pathlib import Path

import pytest
from alike import LONG, OTHER, THREE_LINES, pairs, report_of
from disguises import DISGUISES, HEAVIER, everything, renamed, reordered

from course_lib.staff.grading import sets
from course_lib.staff.grading.similarity import LEAST, SHARE, Library
from course_lib.staff.grading.similarity_code import Code, code_of, library
from course_lib.staff.grading.similarity_match import passages
from course_lib.staff.grading.similarity_tokens import words_of

ROOT = Path(__file__).resolve().parent.parent.parent
NAMED = ast.FunctionDef | ast.ClassDef


def share(first: Code, second: Code) -> float:
    """Of the shorter one's words, alike."""
    free = [True] * len(first.words), [True] * len(second.words)
    shared = passages(first.words, second.words, *free)
    return sum(passage.evidence for passage in shared) / min(len(first.words), len(second.words))


@cache
def right_answers() -> dict[tuple[str, str], dict[str, str]]:
    """(set, question) -> source of the reference and of every variant, each with the helpers that it calls.

    A helper that several variants of a file call is one hand's, and stands in the first of them alone.
    """
    found = {}
    for name in sets.available(ROOT):
        problem_set = sets.load(ROOT, name)
        reference = ast.parse((problem_set.folder / "reference.py").read_text(encoding="utf-8"))
        for question in problem_set.questions.values():
            variants = ast.parse((problem_set.folder / "variants" / f"{question.name}.py").read_text(encoding="utf-8"))
            forms = [s.name for s in variants.body if isinstance(s, ast.FunctionDef) and not s.name.startswith("_")]
            used: set[str] = set()
            answers = {"the reference": _with_helpers(reference, question.function, set())}
            found[name, question.name] = answers | {form: _with_helpers(variants, form, used) for form in forms}
    return found


def _with_helpers(tree: ast.Module, name: str, used: set[str]) -> str:
    known = {s.name: s for s in tree.body if isinstance(s, ast.FunctionDef | ast.ClassDef)}
    todo, chosen = [name], []
    while todo:
        statement = known.get(todo.pop())
        if statement is not None and statement not in chosen and statement.name not in used:
            chosen.append(statement)
            todo += [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    used |= {statement.name for statement in chosen}
    imports = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
    return "\n".join(ast.unparse(s) for s in tree.body if s in imports or s in chosen)


@cache
def the_library() -> Library:
    return Library(library())


# ------------------------------------------------------------------------------------------------------ ground truth


def test_right_answers_of_different_hands_are_not_listed():
    """The margin: the most alike of them stay below 0.73 of the shorter one, and the bound is 0.745."""
    worst = 0.0
    for (name, question), sources in right_answers().items():
        report = report_of(sources, reference=sources["the reference"])
        listed = {each for each in pairs(report) if each != ("the reference", "the reference solution")}
        assert not listed, (name, question, listed)
        codes = [code for each in sources.values() if len((code := code_of("", each)).words) >= LEAST]
        worst = max([worst, *(share(*pair) for pair in itertools.combinations(codes, 2))])
    assert 0.70 < worst < 0.73 < SHARE


@pytest.mark.parametrize("disguise", [*DISGUISES.values(), *HEAVIER.values()], ids=lambda each: each.__name__)
def test_a_copy_in_disguise_is_listed(disguise):
    """Every right answer that is long enough to be compared, disguised."""
    long = [
        text for each in right_answers().values() for text in each.values() if len(code_of("", text).words) >= LEAST
    ]
    assert len(long) > 60
    for source in long:
        report = report_of({"ada": source, "ben": disguise(source)})
        assert pairs(report) == {("ada", "ben")}, source


def test_the_librarys_source_is_named_for_every_question():
    sys.path.insert(0, str(ROOT / "tests" / "assignments"))
    from library_answers import library_answers, source_of

    for name in sets.available(ROOT):
        for question, answers in library_answers(name).items():
            source = source_of(answers["copy"])
            own = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, NAMED)}
            for disguise in (str, renamed, reordered, everything):
                report = report_of({"ada": disguise(source)}, corpus=the_library())
                named = {part.rpartition(".")[2] for _, part in pairs(report)}
                assert named & own, (name, question, disguise.__name__)


def test_nobody_who_wrote_an_answer_is_said_to_have_it_from_the_library():
    for (name, question), sources in right_answers().items():
        assert not pairs(report_of(sources, corpus=the_library())), (name, question)


def test_short_answers_are_those_that_three_statements_can_hold():
    longest = 0
    for sources in right_answers().values():
        for source in sources.values():
            functions = [s for s in ast.parse(source).body if isinstance(s, ast.FunctionDef | ast.ClassDef)]
            statements = [
                node
                for function in functions
                for node in ast.walk(function)
                if isinstance(node, ast.stmt)
                and node is not function
                and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            ]
            if len(functions) == 1 and len(statements) <= 3:
                longest = max(longest, len(code_of("", source).words))
    assert LEAST - 10 < longest < LEAST


# ---------------------------------------------------------------------------------------------- what is no evidence


def test_identical_short_answers_are_not_listed_and_counted():
    report = report_of({"ada": THREE_LINES, "ben": THREE_LINES})
    assert not report.findings and report.short["q2"] == 2 and report.compared["q2"] == 0


def test_what_the_release_says_is_no_evidence():
    assert pairs(report_of({"ada": LONG, "ben": renamed(LONG)})) == {("ada", "ben")}
    assert not report_of({"ada": LONG, "ben": renamed(LONG)}, released=LONG).findings


def test_what_many_write_is_no_evidence_and_is_told():
    ring = {name: LONG for name in ("ada", "ben", "cleo", "dora", "emil")}
    assert len(report_of(ring).findings) == 10, "a ring of five is named"
    crowd = {f"s{number}": LONG for number in range(10)} | {"ada": OTHER, "ben": OTHER}
    report = report_of(crowd, reference=LONG)
    assert pairs(report) == {("ada", "ben")}
    usual = report.usual["q2"]
    assert (
        usual.words == len(code_of("", LONG).words)
        and usual.answers == 10
        and usual.of == 12
        and usual.of_reference == 1.0
        and "distance" in usual.text
    )


def test_what_is_the_librarys_is_its_own_and_not_the_pairs():
    corpus = Library([code_of("course_lib.thing", LONG)])
    report = report_of({"ada": LONG, "ben": LONG}, corpus=corpus)
    assert pairs(report) == {("ada", "course_lib.thing"), ("ben", "course_lib.thing")}


def test_the_reason_counts_words_and_who_else_has_them():
    report = report_of({"ada": LONG, "ben": LONG, "cleo": renamed(LONG), "dora": OTHER})
    (found,) = [each for each in report.findings if {each.first.name, each.second.name} == {"ada", "ben"}]
    words = len(code_of("", LONG).words)
    assert (found.alike, found.of, found.run, found.shared_by, found.others) == (words, words, words, 1, 2)
    assert found.reason.startswith(f"{words} words in a row are alike after renaming")
    assert "1 of 2 others in the class share them" in found.reason
    assert found.beside[0][0].startswith("def shift(x, by):")


def test_imports_names_and_layout_leave_no_trace():
    plain = words_of(ast.parse("import numpy as np\ny = np.linalg.norm(x)\ny += 1\na, b = 1, 2").body).words
    other = "from numpy.linalg import norm as length\nq: float = length((x_2))  # so\nq = q + 1\nr = 1\ns = 2\nprint(q)"
    assert plain == words_of(ast.parse(other).body).words
    assert plain != words_of(ast.parse(other.replace("+ 1", "+ 3")).body).words, "numbers are the author's"
