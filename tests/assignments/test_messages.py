"""What a student reads when something is wrong: the right sentence, with the student's own figures and no others."""

import re
import sys

import answer_matrix as matrix
import numpy as np
import pytest

from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.judge import judge

NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def first_lost(verdict):
    """The first property that was lost."""
    return next(found for found in verdict.properties if found.earned < found.points)


def test_every_property_has_a_sentence(question_of):
    _, question = question_of
    assert set(question.sentences) == {prop.code for prop in question.properties}


def test_the_first_sentence_of_every_mutant_belongs_to_its_misconception(question_of):
    problems, question = question_of
    cases = question.draw(np.random.default_rng(0))
    for name, expected in matrix.pattern(problems, question).items():
        found = first_lost(matrix.verdict_of(question, matrix.mutants(problems, question)[name], cases))
        allowed = [expected["lost"][0], *expected.get("sometimes", ())]
        assert found.code in allowed, f"{name}: the first sentence is that of {found.code}"
        begins = re.split(r"\{", question.sentences[found.code])[0]
        assert found.sentence.startswith(begins) and len(found.sentence) > 40, name
        assert "{" not in found.sentence and "…" not in found.sentence, f"{name}: {found.sentence}"
        assert found.sentence[-1] in ".?", f"{name}: {found.sentence}"


def flat(value):
    """All numbers of an answer."""
    if isinstance(value, tuple | list):
        return [number for part in value for number in flat(part)]
    return [] if value is None else np.asarray(value, dtype=float).reshape(-1).tolist()


def derived(problems, name, pairs):
    """Figures that follow from the student's own answers: sums, ratios, local slopes of their own window."""
    if name == "q3":
        clock = [(case.inputs[1], flat(value)[0]) for case, value in pairs if case.stratum == "clock"]
        ratios = [clock[0][0] / clock[1][0], clock[1][1] / clock[0][1]]
        return [sum(flat(value)) for _, value in pairs] + ratios
    if name == "q4":
        q4 = sys.modules[next(key for key in sys.modules if key.endswith(".q4_fit_growth"))]
        slopes = [slope for case, value in pairs for slope in q4._local_slopes(*case.inputs, np.sort(value[1])) or ()]
        stretch = next(case.facts["stretch"] for case, _ in pairs if case.stratum == "stretched")
        first, again = (flat(value)[0] for case, value in pairs if case is pairs[0][0] or case.stratum == "stretched")
        return [*slopes, stretch, again / first]
    return []


@pytest.mark.parametrize("name", ["q1", "q3", "q4", "q5"])
def test_every_figure_in_a_sentence_is_the_students_own(a1, name):
    """Questions 2 and 7 tell only sizes of errors; all others show numbers, and none may be the reference's."""
    question = a1.questions[name]
    cases = question.draw(np.random.default_rng(0))
    compared = 0
    for mutant, function in matrix.mutants(a1, question).items():
        answers = answers_of(function, cases)
        if not all(np.isfinite(flat(answer.value)).all() for answer in answers):
            continue
        pairs = [(case, answer.value) for case, answer in zip(cases, answers, strict=True)]
        own = np.array([number for _, value in pairs for number in flat(value)] + derived(a1, name, pairs))
        for found in judge(question, cases, answers).properties:
            for figure in figures(question.sentences[found.code], found.sentence):
                close = np.abs(own - figure) <= 0.0051 * np.abs(own) + 1e-12
                assert close.any(), (mutant, found.sentence)
                compared += 1
    assert compared > 10


def figures(template, sentence):
    """Numbers with a decimal point that a sentence shows and its template does not."""
    return [float(n) for n in NUMBER.findall(sentence) if n not in NUMBER.findall(template) and "." in n]


def test_sentences_use_the_words_of_the_subject(question_of):
    _, question = question_of
    for code, sentence in question.sentences.items():
        assert not re.search(r"reference|hidden|expected|tolerance|array\(|ndarray", sentence), code
        assert not re.search(r"\d\.\d{3,}", sentence), f"{code}: a number with that many digits is an answer"
