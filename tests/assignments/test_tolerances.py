"""The derivations in the questions' first lines, recomputed: how right answers scatter, how far off wrong ones are."""

import answer_matrix as matrix
import numpy as np
import pytest
import torch
from derivations import drawn, misses, module
from scipy.linalg import expm

from course_lib.staff.grading.inprocess import answers_of


def test_q1_rounding_is_tenfold_below_the_tolerance_and_mutants_a_hundredfold_above(a1):
    q1, question = module(a1, "q1_field"), a1.questions["q1"]
    right, wrong = matrix.variants(a1, question), matrix.mutants(a1, question)
    for seed in range(10):
        cases = question.draw(np.random.default_rng(seed))
        assert misses(q1.field_miss, right["loop_float32"], cases).max() < 0.1
        for name in ("swapped_difference", "product_missing", "damping_missing", "z_fed", "typed_in", "lorenz_alone"):
            assert misses(q1.field_miss, wrong[name], cases).max() > 100, name
        for name in ("transposed", "sign_in_the_jacobian", "at_the_origin", "of_the_first"):
            assert misses(q1.jacobian_miss, wrong[name], cases).max() > 100, name


@pytest.mark.parametrize("step", [1e-5, 1e-6, 1e-7, 1e-8])
def test_q1_difference_quotients_stay_below_half_of_the_tolerance(a1, step):
    q1, question = module(a1, "q1_field"), a1.questions["q1"]
    right = matrix.reference(a1, question)

    def quotient(x, *parameters):
        f = right(x, *parameters)[0]
        columns = [(right(x + step * nudge, *parameters)[0] - f) / step for nudge in np.eye(3)]
        return f, np.stack(columns, axis=-1)

    for seed in range(10):
        assert misses(q1.jacobian_miss, quotient, question.draw(np.random.default_rng(seed))).max() < 0.5


def test_q2_orders_of_right_and_wrong_rules_do_not_meet(a1):
    q2, question = module(a1, "q2_rk4"), a1.questions["q2"]
    right, wrong = matrix.variants(a1, question), matrix.mutants(a1, question)
    for seed in range(6):
        cases = [case for case in question.draw(np.random.default_rng(seed)) if case.stratum == "order"]
        for name in ("reference", "three_eighths", "single_precision"):
            for order, worse in orders(q2, right[name], cases):
                assert order > 3.7 and worse < 2.5, (name, order, worse)
        for name in ("kutta_third_order", "midpoint", "equal_weights", "clock_stands"):
            for order, worse in orders(q2, wrong[name], cases):
                assert order < 3.15 and worse > 15, (name, order, worse)


def orders(q2, function, cases):
    """Order and error of each oscillator."""
    pairs = list(zip(cases, [answer.value for answer in answers_of(function, cases)], strict=True))
    return [q2.order_of(pairs[k], pairs[k + 1]) for k in range(0, len(pairs), 2)]


def test_q2_the_exact_flow_is_not_one_step_and_float32_is_far_below(a1):
    q2, question = module(a1, "q2_rk4"), a1.questions["q2"]
    right, wrong = matrix.variants(a1, question), matrix.mutants(a1, question)
    for seed in range(10):
        cases = [case for case in question.draw(np.random.default_rng(seed)) if case.stratum == "step"]
        for case in cases:
            table, x0, t = case.inputs
            exact = x0 @ expm((t[1] - t[0]) * table["A"]).T
            scale = case.facts["scale"].max()
            assert np.abs(exact - case.expected[:, 1]).max() / scale > 1e-3
        assert misses(q2.grid_miss, right["single_precision"], cases).max() < 0.3
        assert misses(q2.grid_miss, wrong["equal_weights"], cases).min() > 300


def test_q2_whole_grids_in_float32_stay_below_a_third_of_the_tolerance(a1):
    q2, question = module(a1, "q2_rk4"), a1.questions["q2"]
    for seed in range(10):
        cases = [c for c in question.draw(np.random.default_rng(seed)) if c.stratum in ("uneven", "backwards")]
        assert misses(q2.grid_miss, matrix.variants(a1, question)["single_precision"], cases).max() < 0.33
        assert misses(q2.grid_miss, matrix.variants(a1, question)["three_eighths"], cases).max() < 1e-6


def test_q3_right_answers_scatter_far_below_the_tolerance(a1):
    q3, question = module(a1, "q3_spectrum"), a1.questions["q3"]
    for seed in range(2):
        cases = question.draw(np.random.default_rng(seed))
        for name, function in matrix.variants(a1, question).items():
            assert misses(q3.spectrum_miss, function, cases).max() < 0.0006 / q3.TOLERANCE, name


def test_q3_an_orbit_on_which_the_first_frame_would_decide_is_not_drawn(a1, monkeypatch):
    """Right answers begin with other frames: on an orbit that is slow to separate directions they would differ."""
    q3, rng = module(a1, "q3_spectrum"), np.random.default_rng(4)
    slow = q3._frames(rng, np.array([0.0, -0.005, -1.0]), q3.ORBIT[0])
    fast = q3._frames(rng, np.array([0.1, -0.4, -1.0]), q3.ORBIT[0])
    orbits = [slow, fast]
    monkeypatch.setattr(q3, "_orbit", lambda rng: orbits.pop(0))
    case = q3._settled_orbit(rng)
    assert case.inputs[0] is fast and not orbits
    turned = fast.copy()
    turned[0] = fast[0] @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert q3.spectrum_miss(case, q3.spectrum(turned, *case.inputs[1:])) < 0.1


def test_q3_sheared_frames_have_the_exponents_they_were_made_with(a1):
    """The truth of the frames is known without any QR: the mean of the logs on their diagonal."""
    q3 = module(a1, "q3_spectrum")
    exponents = np.array([0.5, -0.2, -0.9])
    J = q3._frames(np.random.default_rng(1), exponents, 900)
    found = q3.spectrum(J, 1.0, 150)
    np.testing.assert_allclose(found, exponents, atol=4 * 0.3 / np.sqrt(750))
    assert np.linalg.det(J).shape == (900,)
    np.testing.assert_allclose(found.sum(), np.log(np.abs(np.linalg.det(J[150:]))).mean(), atol=1e-9)


def test_q3_reversed_and_transposed_maps_are_far_off(a1):
    q3, question = module(a1, "q3_spectrum"), a1.questions["q3"]
    wrong = matrix.mutants(a1, question)
    for seed in range(3):
        cases = [case for case in question.draw(np.random.default_rng(seed)) if case.stratum == "frames"]
        for name in ("reversed_order", "transposed", "local_eigenvalues"):
            assert misses(q3.largest_miss, wrong[name], cases).max() > 5, name


def test_q4_right_methods_agree_and_wrong_ones_do_not(a1):
    q4, question = module(a1, "q4_fit_growth"), a1.questions["q4"]
    right, wrong = matrix.variants(a1, question), matrix.mutants(a1, question)
    cases = [c for seed in range(8) for c in question.draw(np.random.default_rng(seed)) if c.stratum == "synthetic"]
    for name in ("reference", "share_of_the_rise", "plateau_of_local_slopes", "single_precision"):
        assert misses(q4.slope_error, right[name], cases).max() < 0.01, name
    assert misses(q4.slope_error, right["sliding_lines"], cases[:24]).max() < 0.01
    for name in ("early_window", "whole_record", "last_part", "steepest_step", "per_sample", "base_ten", "end_points"):
        assert np.median(misses(q4.slope_error, wrong[name], cases)) > 3 * q4.TOLERANCE, name


def test_q4_too_long_a_window_with_the_right_slope_stays_below_the_share_that_must_lie_inside(a1):
    """Two curves of twelve are forgiven, so the third lowest share of a draw decides."""
    q4, question = module(a1, "q4_fit_growth"), a1.questions["q4"]
    right, wrong = matrix.variants(a1, question), matrix.mutants(a1, question)

    def decisive(function, cases):
        return np.sort(misses(lambda case, value: q4.window_shares(case, value)[0], function, cases))[2]

    for seed in range(6):
        cases = drawn(question, [seed], "synthetic")
        assert all(decisive(function, cases) > q4.INSIDE + 0.03 for function in right.values())
        assert decisive(wrong["too_generous"], cases) < q4.INSIDE - 0.03


def test_q4_stored_curves_put_the_tolerance_between_right_and_published(a1):
    """Right windows read 6 to 14 % low, the first half unit of time at least 45 % high."""
    with np.load(a1.folder / "curves.npz") as bank:
        lag, curves, exponents = bank["lag"], bank["s"], bank["exponent"]
    right = matrix.variants(a1, a1.questions["q4"])
    early = lag <= 0.5
    for s, exponent in zip(curves, exponents, strict=True):
        for name in ("reference", "share_of_the_rise", "plateau_of_local_slopes"):
            assert 0.84 < right[name](lag, s)[0] / exponent < 0.96, name
        assert np.polyfit(lag[early], s[early], 1)[0] / exponent > 1.45


def test_q5_right_answers_agree_exactly_and_wrong_ones_are_far_off(a1):
    q5, question = module(a1, "q5_pair_fraction"), a1.questions["q5"]
    cases = drawn(question, range(4), "cloud", "orbit")
    for name, function in matrix.variants(a1, question).items():
        assert misses(q5.share_miss, function, cases).max() < 0.01, name
    wrong = matrix.mutants(a1, question)
    for name in set(wrong) - {"neighbours_in_time", "left_out_of_the_close_ones"}:
        assert misses(q5.share_miss, wrong[name], [c for c in cases if c.stratum == "cloud"]).min() > 20, name
    for name in wrong:
        assert misses(q5.share_miss, wrong[name], [c for c in cases if c.stratum == "orbit"]).min() > 50, name
    assert misses(q5.share_miss, wrong["some_states"], cases).min() > 50


def test_q5_no_radius_stands_where_float32_could_move_a_pair(a1):
    for case in drawn(a1.questions["q5"], range(10), "cloud", "orbit"):
        x, radii, w = case.inputs
        early, late = np.triu_indices(len(x), w)
        distances = np.abs(x[early] - x[late]).max(axis=1)
        assert min(np.abs(distances / radius - 1).min() for radius in radii) > 20 * np.finfo(np.float32).eps


def test_q7_no_constant_and_no_growth_a_turn_is_right_for_three(a1):
    with np.load(a1.folder / "family.npz") as bank:
        a_turn, fast = 32 * bank["dt"] * bank["exponent"], bank["fast"]
        assert (len(fast), fast.sum()) == (10, 4)
    assert 0.41 < a_turn[~fast].min() and a_turn[~fast].max() < 0.46 and a_turn[fast].min() > 0.83
    assert 0.75 * a_turn[fast].min() > 1.25 * a_turn[~fast].max()
    for seed in range(40):
        wanted = np.sort([c.facts["exponent"] for c in drawn(a1.questions["q7"], [seed], "slow", "fast")])
        assert (wanted[1:] / wanted[:-1]).min() > 1.8 and wanted[-1] > 40 * wanted[0]


def seen_as_stored(bank, member):
    """One member's series and its step, in the unit in which its exponent is 1."""
    return bank["x"][member].astype(float), float(bank["dt"][member] * bank["exponent"][member])


def test_q7_right_ways_agree_with_the_tangent_method_on_every_member(a1):
    question = a1.questions["q7"]
    wrong = matrix.load_module(a1.folder / "mutants" / "q7.py")
    with np.load(a1.folder / "family.npz") as bank:
        for member in range(len(bank["x"])):
            x, dt = seen_as_stored(bank, member)
            for name in ("reference", "ridge_on_changes", "quadratic_velocity"):
                (found,) = np.ravel(matrix.variants(a1, question)[name](x, dt))
                assert abs(found - 1) < 0.03, (name, member)
            assert abs(wrong._carried(wrong._maps(x, 3)[1]) / dt - 1) < 0.05, member


@pytest.mark.slow
def test_q7_the_library_finds_no_window_on_any_fast_member(a1):
    from course_lib.analysis import lyapunov_from_data

    with np.load(a1.folder / "family.npz") as bank:
        for member in np.flatnonzero(bank["fast"]):
            x, dt = seen_as_stored(bank, member)
            assert not lyapunov_from_data(torch.as_tensor(x), dt=dt).found


def test_q7_the_sentence_says_what_the_errors_have_in_common(a1):
    q7, question = module(a1, "q7_exponent"), a1.questions["q7"]
    cases = drawn(question, [0], "slow", "fast")
    for factors, key, points in (
        ((1, 1, 1, np.nan), "near", 18),
        ((1.04, 0.93, 0.92, 0.92), "low", 14),
        ((1.09, 1.2, 1.09, 0.92), "high", 14),
        ((3, 1.7, 0.3, 0.4), "mixed", 0),
        ((-1, -2, 1, 1), "sign", 0),
        ((np.nan, np.inf, 1, 1), "none", 0),
    ):
        given = iter([case.facts["exponent"] * factor for case, factor in zip(cases, factors, strict=True)])
        verdict = matrix.verdict_of(question, lambda x, dt, given=given: next(given), cases)
        assert verdict.score == points, key
        assert all(q7.SEEN[key] in found.sentence for found in verdict.properties if not found.earned), key
