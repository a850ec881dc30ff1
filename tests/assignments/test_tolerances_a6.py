"""The derivations in the first lines of questions 1 to 3 of a6_separatrix, recomputed: right and wrong answers."""

import re

import answer_matrix as matrix
import numpy as np
import pytest
from conftest import SETS
from derivations import drawn, misses, module
from scipy.integrate import solve_ivp

from course_lib.staff.grading.inprocess import answers_of
from course_lib.student.begin import checks_of
from course_lib.student.cases import build
from course_lib.student.check import examine


@pytest.fixture
def a6():
    """The sixth problem set."""
    return SETS["a6_separatrix"]


def test_q1_accurate_methods_agree_and_euler_does_not(a6):
    q1, question = module(a6, "q1_destinations"), a6.questions["q1"]
    right, wrong = matrix.variants(a6, question), matrix.mutants(a6, question)
    cases = drawn(question, range(2))
    for name in ("whole_path_first", "single_precision", "adaptive_solver"):
        assert misses(q1.label_miss, right[name], cases).max() * (1 - q1.LABELS) < 1.5 / q1.STARTS, name
        assert misses(q1.arrival_miss, right[name], cases).mean() * (1 - q1.ARRIVALS) < 0.01, name
    settled = [case for case in cases if case.stratum == "settled"]
    euler = misses(q1.label_miss, wrong["one_slope_a_step"], settled) * (1 - q1.LABELS)
    assert euler.reshape(-1, 2).max(axis=1).min() >= 0.25 and euler.min() > 0.15, "a sixth or more"
    short = [case for case in cases if case.stratum == "short"]
    assert misses(q1.arrival_miss, wrong["first_visit"], short).min() > 2


def test_q1_starts_settle_where_they_should_and_not_where_they_should_not(a6):
    for case in drawn(a6.questions["q1"], range(6)):
        label, (_, _, attractors, _, _, tol) = case.expected[0], case.inputs
        apart = np.linalg.norm(attractors[:, None] - attractors, axis=-1)[np.triu_indices(len(attractors), 1)]
        assert apart.min() > 2 * tol, "more than two tol apart, as the text says"
        open_share = np.mean(label == -1)
        assert open_share == 0 if case.stratum == "settled" else open_share > 0
        assert case.stratum != "short" or 0.05 < open_share < 0.95
        assert len(np.unique(label[label >= 0])) > 1


def test_q2_every_halving_is_exact_and_rough_searches_miss_by_far(a6):
    q2, question = module(a6, "q2_edge_points"), a6.questions["q2"]
    right, wrong = matrix.variants(a6, question), matrix.mutants(a6, question)
    cases = drawn(question, range(5))
    for name, function in right.items():
        assert misses(q2.edge_miss, function, cases).max() == 0, name
    fine = [case for case in cases if case.stratum == "fine"]
    for name in ("eight_halvings", "hundred_points", "tol_as_a_share"):
        assert misses(q2.edge_miss, wrong[name], fine).min() / 2.5 >= 2, name
    assert q2.SLACK <= 0.01 * min(case.inputs[-1] for case in fine) * 1.01
    lengths = [np.linalg.norm(case.inputs[2] - case.inputs[1], axis=1) for case in cases]
    assert min(map(np.min, lengths)) > 2 and max(map(np.max, lengths)) < 32


def test_q2_rows_that_are_refused_and_rows_that_are_not(a6):
    """Eight rows agree, three are open; among those that agree some hide a border, so that refusing is a choice."""
    for case in drawn(a6.questions["q2"], range(6)):
        field, a, b, _ = case.inputs
        label = build(field)
        first, last = label(a), label(b)
        assert (np.sum((first < 0) | (last < 0)), np.sum(first == last)) == (3, 8)
        hidden = int(np.sum((first == last) & (label((a + b) / 2) != first)))
        assert hidden == (0 if case.stratum == "three" else 2)


def test_q3_right_methods_stay_on_the_border_and_a_ruler_does_not(a6):
    q3, question = module(a6, "q3_separatrix"), a6.questions["q3"]
    right, wrong = matrix.variants(a6, question), matrix.mutants(a6, question)
    cases = drawn(question, range(1))
    for name, function in right.items():
        assert misses(q3.border_miss, function, cases).max() * q3.BORDER < 0.003, name
    assert misses(q3.border_miss, wrong["straight_line"], cases).min() * q3.BORDER > 0.05


def test_q3_a_solver_left_at_its_default_is_told_in_the_check_and_in_the_feedback(a6):
    """Right in everything but 0.015 to 0.05 off: the check sees it before the judge does, and both say what it is."""

    def default_tolerance(f, jac, saddle, length, n):
        values, vectors = np.linalg.eig(jac(saddle))
        away, s = vectors[:, np.argmin(values)], np.linspace(0, length, n)

        def slope(_, x):
            return -f(x) / np.linalg.norm(f(x))

        starts = [saddle + 1e-4 * sign * away for sign in (1, -1)]
        return np.stack([solve_ivp(slope, (0, length), start, t_eval=s).y.T for start in starts])

    question = a6.questions["q3"]
    found = examine(checks_of("a6_separatrix").CHECKS["q3"], default_tolerance)
    assert [row.what for row in found.rows if not row.holds] == ["a ball, started 0.01 to either side"]
    cases = question.draw(np.random.default_rng(1))
    verdict = matrix.verdict_of(question, default_tolerance, cases)
    assert "tell your solver to be more accurate" in verdict.properties[0].sentence


def test_q3_even_times_crowd_at_the_saddle(a6):
    """Two fifths of the points and more within a twentieth of the length, over the cases of a draw together."""
    wrong = matrix.mutants(a6, a6.questions["q3"])["even_in_time"]
    for seed in range(2):
        cases = a6.questions["q3"].draw(np.random.default_rng(seed))
        near = [
            np.linalg.norm(answer.value - case.inputs[2], axis=-1) < case.inputs[3] / 20
            for case, answer in zip(cases, answers_of(wrong, cases), strict=True)
        ]
        assert np.mean(np.concatenate([places.ravel() for places in near])) > 0.4


def test_the_text_promises_what_is_judged(a6):
    q3 = module(a6, "q3_separatrix")
    text = "".join(path.read_text(encoding="utf-8") for path in a6.folder.glob("*.md"))
    assert f"Points are wanted within {q3.BORDER:g} of the border; steps may differ by {100 * q3.SPACING:g} %." in text


def test_q3_the_traced_curve_parts_two_basins(a6):
    """Starts 0.003 to either side of the drawn answers end in different wells, at every point but the saddle."""
    for case in drawn(a6.questions["q3"], range(2)):
        f, places = build(case.inputs[0]), np.arange(4, case.inputs[4] - 1, 6)
        c, along = case.expected[:, places], case.expected[:, places + 1] - case.expected[:, places - 1]
        across = np.stack([-along[..., 1], along[..., 0]], -1) / np.linalg.norm(along, axis=-1, keepdims=True)
        x = np.concatenate([(c + 0.003 * across).reshape(-1, 2), (c - 0.003 * across).reshape(-1, 2)])
        for _ in range(500):
            k1 = f(x)
            k2 = f(x + 0.05 * k1)
            x = x + 0.1 * f(x + 0.1 * (0.75 * k2)) * 4 / 9 + 0.1 * (2 * k1 + 3 * k2) / 9
        one, other = np.split(x, 2)
        assert np.linalg.norm(one - other, axis=1).min() > 1


def test_q3_chords_and_first_directions(a6):
    for case in drawn(a6.questions["q3"], range(6)):
        c, (_, _, saddle, length, n) = case.expected, case.inputs
        chords = np.linalg.norm(np.diff(c, axis=1), axis=-1)
        assert 0.98 < chords.min() * (n - 1) / length and chords.max() * (n - 1) / length < 1 + 1e-4
        first = (c[:, 1] - saddle) / chords[:, :1]
        assert np.degrees(np.arccos(np.abs(first @ case.facts["direction"]).min())) < 1


def test_q3_small_networks_have_borders_that_a_ruler_draws():
    """Why no network is drawn, and why the left eigenvector does so well in the last question."""
    trace = matrix.reference(SETS["a6_separatrix"], SETS["a6_separatrix"].questions["q3"])
    rng, off = np.random.default_rng(1), []
    while len(off) < 12:
        W = np.array([[rng.uniform(2, 3), -rng.uniform(0.3, 1)], [-rng.uniform(2, 3.5), rng.uniform(-0.5, 1.5)]])
        f, saddle = build({"kind": "tanh_net", "W": W, "b": rng.uniform(-0.3, 0.3, 2)}), np.zeros((1, 2))
        for _ in range(20):
            saddle = saddle - np.linalg.solve(f.jac(saddle), f(saddle)[..., None])[..., 0]
        values, vectors = np.linalg.eig(f.jac(saddle[0]))
        if np.abs(f(saddle)).max() < 1e-9 and np.isreal(values).all() and values.min() < 0 < values.max():
            v = vectors[:, values.argmin()]
            off.append(np.abs((trace(f, f.jac, saddle[0], 2.5, 41) - saddle[0]) @ [-v[1], v[0]]).max())
    assert max(off) < 0.1


def test_hidden_ranges_are_those_that_the_student_is_told(a6):
    """`differ` names dimensions, lengths and numbers of points; draws stay inside and use them."""
    told = checks_of("a6_separatrix").CHECKS
    low, high = map(int, re.search(r"dimension \((\d) to (\d)\)", told["q2"].differ).groups())
    dims = {case.inputs[1].shape[1] for case in drawn(a6.questions["q2"], range(12))}
    assert (min(dims), max(dims)) == (low, high)
    cases = drawn(a6.questions["q3"], range(5))
    ranges = re.findall(r"\((\d+) to (\d+)\)", told["q3"].differ)
    for (least, most), place in zip(ranges, (3, 4), strict=True):
        values = np.array([case.inputs[place] for case in cases])
        assert int(least) <= values.min() and values.max() <= int(most)
        assert np.ptp(values) > 0.7 * (int(most) - int(least))
