"""Every wrong answer loses the points it should, every right one keeps all: solutions/<set>/mutants and variants."""

import ast

import answer_matrix as matrix
import numpy as np
from library_answers import library_answers

from course_lib.staff.grading import slips
from course_lib.staff.grading.judge import NOT_STARTED


def test_there_are_enough_mutants_and_variants(question_of):
    problems, question = question_of
    written, right = matrix.mutants(problems, question), matrix.variants(problems, question)
    assert len(written) >= matrix.FEWEST_MUTANTS
    assert len(right) - 1 >= matrix.FEWEST_VARIANTS
    assert set(matrix.pattern(problems, question)) == set(written), "matrix.toml names each mutant once"


def test_every_mutant_says_its_misconception(question_of):
    problems, question = question_of
    tree = ast.parse((problems.folder / "mutants" / f"{question.name}.py").read_text(encoding="utf-8"))
    said = [ast.get_docstring(node) or "" for node in tree.body if isinstance(node, ast.FunctionDef)]
    public = [text for text, name in zip(said, _names(tree), strict=True) if not name.startswith("_")]
    assert all(len(text) > 20 and text.endswith(".") for text in public)
    assert len(set(public)) == len(public)


def _names(tree: ast.Module) -> list[str]:
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_right_answers_get_every_point(question_of, seed):
    assert matrix.right_faults(*question_of, seed) == []


def test_wrong_answers_lose_what_is_written_down(question_of, seed):
    assert matrix.wrong_faults(*question_of, seed) == []


def test_answers_without_work_earn_next_to_nothing(question_of, seed):
    problems, question = question_of
    cases = question.draw(np.random.default_rng(seed))
    for name, function in matrix.automatic(problems, question, cases):
        verdict = matrix.verdict_of(question, function, cases)
        assert verdict.outcome in ("judged", "student"), (name, verdict.reason)
        assert verdict.score <= matrix.SMALL_CHANGE * question.points, name


def test_the_library_has_no_ready_answer(question_of, seed):
    problems, question = question_of
    cases = question.draw(np.random.default_rng(seed))
    for name, function in library_answers(problems.name)[question.name].items():
        verdict = matrix.verdict_of(question, function, cases)
        assert (verdict.outcome in ("judged", "student"), verdict.score) == (True, 0.0), (name, verdict)


def test_a_stub_is_not_started(question_of):
    _, question = question_of

    def stub(*inputs):
        raise NotImplementedError()

    verdict = matrix.verdict_of(question, stub, question.draw(np.random.default_rng(0)))
    assert (verdict.outcome, verdict.score, verdict.reason) == ("student", 0.0, NOT_STARTED)


def test_a_crash_in_one_case_costs_that_case_alone(a1):
    question = a1.questions["q4"]
    right = matrix.reference(a1, question)
    calls = []

    def stumbles_once(lag, s):
        calls.append(1)
        if len(calls) == 5:
            raise RuntimeError("once")
        return right(lag, s)

    verdict = matrix.verdict_of(question, stumbles_once, question.draw(np.random.default_rng(0)))
    assert verdict.score == question.points, "ten of twelve curves are enough"


def test_work_in_place_reaches_no_other_case(question_of):
    problems, question = question_of
    right = matrix.reference(problems, question)

    def spoils(*inputs):
        copies = [value.copy() if isinstance(value, np.ndarray) else value for value in inputs]
        for value in inputs:
            if isinstance(value, np.ndarray):
                value[...] = 0
        return right(*copies)

    verdict = matrix.verdict_of(question, spoils, question.draw(np.random.default_rng(0)))
    assert verdict.score == question.points


def test_one_wrong_question_costs_no_other(problems):
    """The set as a whole: a mutant in one question, everything else right."""
    drawn = {name: question.draw(np.random.default_rng(7)) for name, question in problems.questions.items()}
    right = {
        name: matrix.verdict_of(question, matrix.reference(problems, question), drawn[name])
        for name, question in problems.questions.items()
    }
    assert sum(verdict.score for verdict in right.values()) == problems.auto_max
    for name, question in problems.questions.items():
        wrong = next(iter(matrix.mutants(problems, question).values()))
        verdict = matrix.verdict_of(question, wrong, drawn[name])
        others = [right[other].score for other in problems.questions if other != name]
        assert verdict.score + sum(others) < problems.auto_max


def test_every_mutant_is_told_its_own_misconception(question_of, monkeypatch):
    """The judge names the slip by the numbers: no two wrong ways of a question read the same sentence."""
    problems, question = question_of
    monkeypatch.setattr(slips, "answers_of", matrix.answers)
    cases, known = question.draw(np.random.default_rng(0)), matrix.mutants(problems, question)
    assert list(known) == list(slips.slips_of(problems.folder, question.name))
    if any(case.expected is None for case in cases):
        assert len(set(question.sentences.values())) == len(question.properties), "an open-ended one tells by its rungs"
        return
    told = {name: slips.slip(cases, matrix.answers(function, cases), known) for name, function in known.items()}
    assert told == {name: " ".join(function.__doc__.split("\n\n")[0].split()) for name, function in known.items()}
