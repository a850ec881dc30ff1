"""Questions 4, 5 and 7 of a6_separatrix: the derivations in their first lines and the figures of the texts."""

import sys

import answer_matrix as matrix
import numpy as np
import pytest
from conftest import ROOT, SETS
from derivations import drawn, misses, module

from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.own_numbers import figures_of
from course_lib.student import data
from course_lib.student.cases import build
from course_lib.student.probe import answer_cases

SET = SETS["a6_separatrix"]
begins = sys.modules["course_lib.student.begin"]


@pytest.fixture
def begun(monkeypatch):
    """The sixth set is declared."""
    monkeypatch.setattr(begins, "_current", ["a6_separatrix"])


def test_psi_and_its_weights_come_through():
    """Values and gradient by all weights in one row; a function that keeps no history gives zeros."""
    net = {"kind": "psi_net", "W": np.array([[0.5, -1.0]]), "b": np.array([0.2]), "v": np.array([1.5]), "c": 0.3}
    x, upstream = np.array([[0.4, 0.1], [-0.3, 0.8]]), np.array([1.0, -2.0])
    field = {"kind": "duffing", "damping": 0.5}
    case = ({"kind": "by_weights", "upstream": upstream}, net, field, x, 2.0)
    (answer,) = answer_cases(lambda psi, f, x, lam: lam * psi(x), [case])
    unit = np.tanh(x @ [0.5, -1.0] + 0.2)
    np.testing.assert_allclose(answer["value"][0], 2 * (1.5 * unit + 0.3))
    slope = 2 * 1.5 * (1 - unit**2) * upstream
    wanted = [*(slope @ x), slope.sum(), 2 * unit @ upstream, 2 * upstream.sum()]
    np.testing.assert_allclose(answer["value"][1], wanted)
    (answer,) = answer_cases(lambda psi, f, x, lam: psi(x).detach(), [case])
    assert not np.any(answer["value"][1]) and answer["value"][1].shape == (5,)
    bent = build({"kind": "unbent", "shear": 0.5, "waves": 2.0, "centre": np.array([0.1, -0.2])})
    (weight,) = bent.parameters()
    found = bent(weight.new_tensor([[0.4, 0.3]]))
    np.testing.assert_allclose(found.detach().numpy(), [0.3 - 0.5 * np.sin(1.0)])


def test_q4_formulas_agree_with_torch_and_right_ways_stay_far_below_the_tolerance():
    q4, question = module(SET, "q4_koopman"), SET.questions["q4"]
    cases = drawn(question, range(3))
    right = matrix.variants(SET, question)
    for name, worst in (
        ("reference", 1e-6),
        ("with_a_tangent", 1e-6),
        ("central_difference", 0.02),
        ("single_precision", 0.2),
    ):
        assert misses(q4.residual_miss, right[name], cases).max() < worst, name
        assert misses(q4.weights_miss, right[name], cases).max() < worst, name


def test_q4_wrong_ways_are_a_hundredth_of_the_scale_off():
    q4, question = module(SET, "q4_koopman"), SET.questions["q4"]
    nets = drawn(question, range(4), "net")
    for name, function in matrix.mutants(SET, question).items():
        history = name in ("detached", "gradient_without_history", "right_side_without_history")
        miss, allowed = (q4.weights_miss, q4.WEIGHTS_TOLERANCE) if history else (q4.residual_miss, q4.TOLERANCE)
        off = misses(miss, function, nets).reshape(4, -1).max(axis=1) * allowed
        assert off.min() > 1e-2, (name, off)
    lam = np.array([case.inputs[-1] for case in drawn(question, range(10))])
    assert lam.min() >= 0.3 and lam.max() <= 3 and np.abs(lam - 1).min() >= 0.2


def test_q5_right_answers_agree_and_samples_do_not():
    q5, question = module(SET, "q5_border_places"), SET.questions["q5"]
    right, wrong = matrix.variants(SET, question), matrix.mutants(SET, question)
    cases = drawn(question, range(6))
    for name, function in right.items():
        pairs = zip(cases, answers_of(function, cases), strict=True)
        assert max(max(q5.off(case, q5.read(case, answer.value))) for case, answer in pairs) < 0.1 * q5.TOLERANCE, name
    for name in ("sample_before", "middle_of_the_step", "weights_swapped"):
        pairs = zip(cases, answers_of(wrong[name], cases), strict=True)
        worst = [max(q5.off(case, q5.read(case, answer.value))) for case, answer in pairs if case.stratum != "zeros"]
        assert min(worst) > 0.05 and max(worst) < 1, name


def test_q5_no_threshold_tells_a_dip_from_a_crossing():
    for case in drawn(SET.questions["q5"], range(8), "several"):
        psi = np.abs(case.inputs[1])
        crosses = np.isin(np.arange(len(psi)), case.expected[0])
        least = psi.min(axis=1)
        assert np.sort(least[~crosses])[0] < np.median(least[crosses]), "dips deeper than most crossings' samples"
    sizes = [np.abs(case.inputs[1]).max(axis=1) for case in drawn(SET.questions["q5"], range(8))]
    assert np.concatenate(sizes).max() / np.concatenate(sizes).min() > 1e3


def test_q5_given_curves_are_what_texts_and_model_answer_say(begun):
    """R^2 = 0.98, 100 places by size, 70 by sign; errors in state units; the spread; |psi| + 0.01 scores the same."""
    given = data("curves")
    s, psi, true, crosses = given["s"], given["psi"], given["true"], np.isfinite(given["true"])
    assert (psi.shape, crosses.sum()) == ((100, 101), 70)

    def r_squared(place):
        return 1 - np.sum((place - true)[crosses] ** 2) / np.sum((true[crosses] - true[crosses].mean()) ** 2)

    by_size = s[np.abs(psi).argmin(axis=1)]
    assert round(r_squared(by_size), 2) == 0.98
    assert np.array_equal(by_size, s[np.abs(np.abs(psi) + 0.01).argmin(axis=1)])
    curve, place = matrix.reference(SET, SET.questions["q5"])(s, psi)
    assert np.array_equal(curve, np.flatnonzero(crosses))
    assert matrix.reference(SET, SET.questions["q5"])(s, np.abs(psi) + 0.01)[0].size == 0

    def states(places):
        pairs = zip(np.flatnonzero(crosses), places, strict=True)
        return np.array([[np.interp(at, s, given["x"][k, :, axis]) for axis in (0, 1)] for k, at in pairs])

    error = np.linalg.norm(states(place) - states(true[crosses]), axis=1)
    assert (round(np.median(error), 3), round(np.quantile(error, 0.9), 3)) == (0.031, 0.054)
    assert round(true[crosses].std(), 2) == 0.15 and round(1 - (0.02 / true[crosses].std()) ** 2, 2) == 0.98
    away = np.abs(psi[~crosses]).min(axis=1)
    assert away.min() > 0.04, "the curves that stay in one basin do not even come close"


def basins_at(x, damping, dt=0.05, euler=False):
    """Signs of the places at which balls (n, 2) come to rest."""
    f = build({"kind": "duffing", "damping": damping})
    for _ in range(round(40 / dt)):
        a = f(x)
        b = f(x + dt / 2 * a)
        x = x + dt * (a if euler else f(x + dt * 0.75 * b) * 4 / 9 + (2 * a + 3 * b) / 9)
    return np.sign(x[:, 0])


@pytest.mark.parametrize("damping", [0.3, 0.45])
@pytest.mark.parametrize("speed", [0.62, 0.68])
def test_q6_own_place_parts_the_wells_and_a_ruler_misses_it_as_the_rubric_says(damping, speed):
    found = figures_of(ROOT, "a6_separatrix")
    place = found.right(damping, speed)
    beside = place + 0.001 * np.array([-1, 1, 0])
    labels = basins_at(np.stack([beside, np.full(3, speed)], axis=1), damping)
    assert labels[0] != labels[1], "the border is at most a thousandth off"
    off = abs(found.wrong(damping, speed)["along the saddle's stable direction, as a straight line"] - place)
    assert 0.025 < off < 0.055
    places = np.linspace(place - 0.02, place + 0.02, 201)
    rough = basins_at(np.stack([places, np.full(201, speed)], axis=1), damping, dt=0.1, euler=True)
    moved = place - places[np.flatnonzero(np.diff(rough))[-1]]
    assert 0.0065 < moved / abs(place) < 0.0125, "Euler's border lies farther out"


def ladder_of(name, seeds):
    """Points of a written way over several draws."""
    question = SET.questions["q7"]
    function = {**matrix.variants(SET, question), **matrix.mutants(SET, question)}[name]
    cases = [question.draw(np.random.default_rng(seed)) for seed in range(seeds)]
    return {matrix.verdict_of(question, function, each).score for each in cases}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("reference", {18.0}),
        ("turned_for_some_rounds", {9.0, 14.0}),
        ("random_directions", {5.0, 9.0}),
        ("towards_the_other", {5.0}),
        ("to_the_saddle", {5.0}),
        ("right_eigenvector", {5.0}),
        ("best_axis", {5.0}),
    ],
)
def test_q7_rungs_are_where_the_instructor_is_told(name, points):
    assert ladder_of(name, 8) <= points


def test_q7_stored_nets_tell_the_ways_apart():
    """Two attractors that attract; the straight way 1.36 to 2.75 times too long, the left eigenvector at most 1.02."""
    make = matrix.load_module(SET.folder / "make_data_nets.py")
    with np.load(SET.folder / "nets.npz") as bank:
        nets = [{name: bank[name][k] for name in bank.files} for k in range(len(bank["best"]))]
    assert len(nets) == make.KEPT - 1
    for net in nets[::3]:
        W, b, start, other = (net[name] for name in ("W", "b", "start", "other"))
        left, right, rest, straight = make.lengths(W, b, start, other, make.ways(W, b, start, other), 6.0) / net["best"]
        assert 0.999 < left < 1.021 and min(right, rest) > 1.36 and 1.36 < straight < 2.75
        for state in (start, other):
            assert make.speed(W, b, state) < 1e-6
            assert np.linalg.eigvals(make.jacobian(W, b, state)).real.max() < 0


def test_q7_a_shuffled_and_mirrored_net_is_the_same_net():
    """The drawn case's field carries the stored net's states of rest and is as far from tipping over."""
    q7, question = module(SET, "q7_kick"), SET.questions["q7"]
    for case in question.draw(np.random.default_rng(1)):
        field, jacobian, start, attractors, _ = case.inputs
        f, jac = build(field), build(jacobian)
        assert np.abs(f(attractors)).max() < 1e-6 and np.linalg.eigvals(jac(attractors)).real.max() < 0
        straight = case.facts["other"] - start
        assert q7.ratio(case, straight) == pytest.approx(np.linalg.norm(straight) / case.facts["best"])
        assert np.isinf(q7.ratio(case, 0.98 * case.facts["best"] * straight / np.linalg.norm(straight)))
        assert q7.ratio(case, None) == np.inf and q7.kick_of(np.full(6, 1e9)) is None


def test_q7_the_sentence_says_what_is_wrong():
    q7, question = module(SET, "q7_kick"), SET.questions["q7"]
    cases = question.draw(np.random.default_rng(2))
    right = [answer.value for answer in answers_of(matrix.reference(SET, question), cases)]
    for change, key, points in (
        (lambda kick, case: 1.05 * kick, "near", 14),
        (lambda kick, case: 1.2 * kick, "long", 9),
        (lambda kick, case: case.facts["other"] - case.inputs[2], "straight", 0),
        (lambda kick, case: 0.9 * kick, "back", 0),
        (lambda kick, case: -5 * kick, "astray", 0),
        (lambda kick, case: kick[:5], "form", 0),
    ):
        given = iter([change(kick, case) for kick, case in zip(right, cases, strict=True)])
        verdict = matrix.verdict_of(question, lambda *inputs, given=given: next(given), cases)
        assert verdict.score == points, key
        assert all(q7.WHY[key] in found.sentence for found in verdict.properties if not found.earned), key
