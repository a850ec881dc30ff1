"""Cases: sound for every draw, free of answers, and of the ranges that the student is told."""

import re

import answer_matrix as matrix
import numpy as np
import pytest

from course_lib.staff.grading.guard import Guarded
from course_lib.staff.publishing import leaks
from course_lib.student import wire
from course_lib.student.begin import checks_of
from course_lib.student.cases import KINDS, build
from course_lib.student.probe import answer_cases

DRAWS = 8


def numbers(value):
    """All numbers of an expected answer, as one flat array."""
    if isinstance(value, tuple):
        return np.concatenate([numbers(part) for part in value])
    return np.asarray(value, dtype=float).reshape(-1)


def test_draws_are_sound_and_the_guard_seldom_has_to_draw_again(question_of):
    """Questions without one answer (open-ended) have none with their cases, all others one with each, and a guard.

    Answers are finite and not zero. Where nan is an answer, the case's facts say how many there are.
    """
    _, question = question_of
    guarded = isinstance(question.draw, Guarded)
    before = question.draw.redraws if guarded else 0
    for seed in range(DRAWS):
        cases = question.draw(np.random.default_rng(seed))
        assert len({case.expected is None for case in cases}) == 1
        for case in cases:
            if case.expected is None:
                continue
            expected = numbers(case.expected)
            missing = np.isnan(expected)
            assert missing.sum() == case.facts.get("nan", 0) and np.isfinite(expected[~missing]).all()
            assert expected.size and np.nanmax(np.abs(expected)) > 1e-3
    if guarded:
        assert question.draw.redraws - before <= 0.2 * DRAWS
    else:
        assert all(case.expected is None for case in cases), "only open-ended ones"


def test_draws_differ_by_seed_and_repeat_by_seed(question_of):
    _, question = question_of
    first, again, other = (question.draw(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert [wire.encode(case.inputs) for case in first] == [wire.encode(case.inputs) for case in again]
    assert not any(wire.encode(a.inputs) == wire.encode(b.inputs) for a, b in zip(first, other, strict=True))
    pairs = [(a.expected, b.expected) for a, b in zip(first, other, strict=True) if a.expected is not None]
    assert not any(np.array_equal(numbers(a), numbers(b)) for a, b in pairs)
    assert [case.stratum for case in first] == [case.stratum for case in other], "the same kinds of case for everybody"


def test_no_answer_travels_with_the_inputs(question_of):
    """Neither expected numbers nor facts are among what the worker gets."""
    _, question = question_of
    for case in question.draw(np.random.default_rng(5)):
        if case.expected is None:
            continue
        sent = np.concatenate([numbers(v) for v in _arrays(case.inputs)])
        wanted = numbers(case.expected)
        new = wanted[(np.abs(wanted) > 1e-6) & ~np.isin(wanted, [-1.0, 1.0])]
        copied = np.isin(new, np.concatenate([sent, -sent]))
        # entries of a Jacobian and the start of a solution are inputs by nature; most of an answer is not
        assert not new.size or copied.mean() < 0.7


def _arrays(value):
    if isinstance(value, dict):
        return [array for item in value.values() for array in _arrays(item)]
    if isinstance(value, tuple | list):
        return [array for item in value for array in _arrays(item)]
    return [] if isinstance(value, str) else [value]


def test_no_line_of_a_reference_is_in_what_students_install(root, problems):
    """Kinds, visible checks and the doctor are public: none holds a statement of the solution."""
    secret = leaks.statements((problems.folder / "reference.py").read_text(encoding="utf-8"))
    assert len(secret) > 30
    for path in sorted((root / "course_lib" / "student").rglob("*.py")):
        public = leaks.normal(path.read_text(encoding="utf-8"))
        assert [line for line in secret if line in public] == [], path.name


def test_no_kind_is_an_answer():
    """A new kind is looked at: it may be the subject of a question, never its object."""
    with_time = ["generator", "gradient", "linear", "pendulum", "training", "unrolled", "van_der_pol"]
    fields = ["duffing", "four_wells", "jacobian", "sheared", "tanh_net"]
    labels = ["balls", "curtain", "sectors"]
    learnt = ["by_weights", "psi_net", "unbent"]
    assert sorted(KINDS) == sorted([*with_time, *fields, *labels, *learnt])


def test_a_generator_starts_where_its_seed_says():
    first, again = (build({"kind": "generator", "seed": 5}) for _ in range(2))
    assert first.normal() == again.normal() != first.normal()


def test_a_gradient_goes_through_the_function():
    """Values and vector-Jacobian product of v -> a v^2; a step lets nothing through."""
    v, upstream = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[1.0, 2.0], [-1.0, 0.5]])
    through = ({"kind": "gradient", "upstream": upstream}, v, 3.0)
    (answer,) = answer_cases(lambda v, a: a * v**2, [through])
    np.testing.assert_allclose(answer["value"][0], 3 * v**2)
    np.testing.assert_allclose(answer["value"][1], 6 * v * upstream)
    (answer,) = answer_cases(lambda v, a: (v > a).double(), [through])
    assert answer["status"] == "ok" and not answer["value"][1].any()


def test_kinds_answer_in_kind():
    """Arrays for arrays, tensors for tensors, in their precision."""
    torch = pytest.importorskip("torch")
    tables = (
        {"kind": "linear", "A": np.array([[0.0, 1.0], [-1.0, 0.0]])},
        {"kind": "pendulum", "damping": 0.1, "push": 0.5, "beat": 1.0},
        {"kind": "van_der_pol", "mu": 1.0, "push": 0.5, "beat": 1.0},
    )
    x = np.array([[0.3, -0.2], [1.0, 0.5]])
    for table in tables:
        field = build(table)
        plain = field(0.7, x)
        for dtype in (torch.float32, torch.float64):
            found = field(torch.tensor(0.7), torch.as_tensor(x, dtype=dtype))
            assert found.dtype == dtype
            np.testing.assert_allclose(found.numpy(), plain, rtol=1e-5)
        assert field(0.7, x.astype(np.float32)).dtype == np.float32 or table["kind"] != "linear"
        np.testing.assert_array_equal(field(0.7, x.tolist()), plain)


def test_kinds_are_the_equations_they_name():
    x, t = np.array([[0.3, -0.2], [1.0, 0.5]]), 0.7
    first, second = x[:, 0], x[:, 1]
    push = 0.5 * np.cos(1.3 * t)
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = build({"kind": "linear", "A": A})(t, x)
    np.testing.assert_allclose(found, [[-0.1, 0.1], [2.0, 5.0]])
    found = build({"kind": "pendulum", "damping": 0.1, "push": 0.5, "beat": 1.3})(t, x)
    np.testing.assert_allclose(found, np.stack([second, -np.sin(first) - 0.1 * second + push], axis=1))
    found = build({"kind": "van_der_pol", "mu": 1.2, "push": 0.5, "beat": 1.3})(t, x)
    np.testing.assert_allclose(found, np.stack([second, 1.2 * (1 - first**2) * second - first + push], axis=1))


def test_a_gradient_goes_back_through_several_steps():
    """v -> a v^2 over three steps with weights between, against difference quotients of the same three steps."""
    v, upstream = np.array([0.3, -0.4]), np.array([1.0, -2.0])
    W, keep, rest = np.array([[0.2, -0.5], [0.4, 0.1]]), 0.75, -1.0
    table = {"kind": "unrolled", "upstream": upstream, "W": W, "keep": keep, "rest": rest, "steps": 3}
    (answer,) = answer_cases(lambda v, a: a * v**2, [(table, v, 0.7)])

    def last(v):
        for _ in range(2):
            v = rest + keep * (v - rest) + W @ (0.7 * v**2)
        return 0.7 * v**2

    values, gradient = answer["value"]
    np.testing.assert_allclose(values, last(v))
    quotient = [upstream @ (last(v + nudge) - last(v - nudge)) / 2e-5 for nudge in 1e-5 * np.eye(2)]
    np.testing.assert_allclose(gradient, quotient, rtol=1e-6)


def test_a_training_is_the_recorded_one():
    """Steps change the caller's arrays in place, losses belong to weights, and the calls are written down."""
    start = {"b": np.zeros(2), "W": np.ones((2, 2))}
    changes = {"b": np.arange(6.0).reshape(3, 2), "W": np.full((3, 2, 2), 0.5)}
    look = {"b": np.array([0.0, 0.1]), "W": np.eye(2)}
    table = {"kind": "training", "start": start, "changes": changes, "look": look, "losses": np.array([4.0, 3, 1, 2])}

    def all_of_it(step, validate, state, n):
        losses, first, mine = [validate(state)], {name: w.copy() for name, w in state.items()}, state["b"]
        for _ in range(n):
            step(state)
            losses.append(validate(state))
        assert mine is state["b"] and losses == [4, 3, 1, 2] and validate(first) == 4
        return state, n, losses[-1]

    (answer,) = answer_cases(all_of_it, [(table, 3)])
    (W, b), epoch, loss, calls = answer["value"]
    np.testing.assert_allclose(b, [6, 9])
    np.testing.assert_allclose(W, np.full((2, 2), 2.5))
    assert (epoch, loss, calls.tolist()) == (3, 2.0, [0, 1, 0, 1, 0, 1, 0, 0])
    assert answer_cases(lambda *inputs: 7, [(table, 3)])[0]["value"] == 7


def test_an_unknown_kind_says_which_there_are():
    with pytest.raises(ValueError, match=r"unrolled, van_der_pol, got 'lorenz'"):
        build({"kind": "lorenz"})


def test_hidden_ranges_are_those_that_the_student_is_told(a1):
    """`Public checks passed ... differ in` names the ranges of question 1 and 4; draws stay inside and use them."""
    checks = checks_of("a1_lorenz").CHECKS
    drawn = [case.inputs[1:] for seed in range(40) for case in a1.questions["q1"].draw(np.random.default_rng(seed))]
    told = dict(
        zip(("sigma", "rho", "beta", "delta"), re.findall(r"(-?\d+) to (-?\d+)", checks["q1"].differ), strict=True)
    )
    for k, (low, high) in enumerate(told.values()):
        values = np.array([case[k] for case in drawn])
        low, high = float(low), float(high)
        assert low <= values.min() and values.max() <= high
        assert np.ptp(values) > 0.8 * (high - low)
    slopes = [
        case.facts["slope"]
        for seed in range(10)
        for case in a1.questions["q4"].draw(np.random.default_rng(seed))
        if case.stratum == "synthetic"
    ]
    low, high = map(float, re.search(r"slope \(([\d.]+) to ([\d.]+)\)", checks["q4"].differ).groups())
    assert low <= min(slopes) < 1.3 * low and 0.8 * high < max(slopes) <= high


def test_public_and_hidden_sides_agree_on_the_set(problems):
    checks = checks_of(problems.name)
    assert checks.VERSION == problems.version and tuple(checks.OPEN) == problems.open_modules
    assert list(checks.CHECKS) == list(problems.questions) and set(checks.WRITTEN) == set(problems.manual)
    for name, question in problems.questions.items():
        assert (checks.CHECKS[name].function, checks.CHECKS[name].title) == (question.function, question.title)
        assert checks.CHECKS[name].cpu_seconds == question.cpu_seconds


def test_small_properties_stay_small(problems):
    """Shape, unit and the like (`small` in matrix.toml) are at most 40 % of a question."""
    small = set(matrix.small(problems))
    for question in problems.questions.values():
        assert sum(prop.points for prop in question.properties if prop.code in small) <= 0.4 * question.points
    assert small <= {prop.code for question in problems.questions.values() for prop in question.properties}


def test_the_points_of_the_first_set(a1):
    assert [question.points for question in a1.questions.values()] == [12, 14, 16, 16, 14, 18]
    assert a1.max == 100
