"""The derivations of a2_ctrnn's questions, recomputed: how right answers scatter, how far off wrong ones are."""

import answer_matrix as matrix
import numpy as np
import pytest
from conftest import SETS
from derivations import drawn, misses, module

DRAWS = 8


@pytest.fixture
def a2():
    """The second problem set."""
    return SETS["a2_ctrnn"]


def draws(question, *strata):
    """Cases of the given strata (none: all), draw by draw."""
    for seed in range(DRAWS):
        yield drawn(question, [seed], *strata)


@pytest.mark.parametrize(
    ("name", "file", "measure"),
    [("q1", "q1_field", "field_miss"), ("q4", "q4_loop", "field_miss"), ("q4", "q4_loop", "jacobian_miss")],
)
def test_identities_are_met_tenfold_and_missed_a_thousandfold(a2, name, file, measure):
    """Class A: float32 and other orders of the same arithmetic lie below a tenth, wrong ways above a thousand."""
    question, miss = a2.questions[name], getattr(module(a2, file), measure)
    lost = {"field_miss": {"field", "wiring", "clocks"}, "jacobian_miss": {"jacobian"}}[measure]
    right, wrong = matrix.variants(a2, question), matrix.mutants(a2, question)
    seen = 0
    for cases in draws(question):
        for function in right.values():
            assert misses(miss, function, cases).max() < 0.1
        for mutant, expected in matrix.pattern(a2, question).items():
            if lost & set(expected["lost"]):
                assert misses(miss, wrong[mutant], cases).max() > 1000, mutant
                seen += 1
    assert seen >= 7 * DRAWS


def test_q1_symmetric_weights_and_one_clock_hide_what_they_should(a2):
    q1, question = module(a2, "q1_field"), a2.questions["q1"]
    wrong = matrix.mutants(a2, question)
    for cases in draws(question, "field"):
        for name in ("transposed", "times_tau", "one_clock", "clock_of_the_sender"):
            assert misses(q1.field_miss, wrong[name], cases).max() < 1e-3, name


def test_q2_right_steps_agree_and_wrong_ones_do_not(a2):
    q2, question = module(a2, "q2_euler"), a2.questions["q2"]
    right, wrong = matrix.variants(a2, question), matrix.mutants(a2, question)
    for cases in draws(question, *q2.STABLE):
        for function in right.values():
            assert misses(q2.step_miss, function, cases).max() < 0.2
            assert misses(q2.turn_miss, function, cases).max() < 0.01
        for case in cases:
            assert max(q2.bluntness(J) for J in case.inputs[0]) < q2.BLUNT, "or float32 moves the step"
        for name, expected in matrix.pattern(a2, question).items():
            if {"step", "rotating"} & set(expected["lost"]):
                assert misses(q2.step_miss, wrong[name], cases).max() > 90, name
            elif "turn" in expected["lost"]:
                assert misses(q2.turn_miss, wrong[name], cases).max() > 300, name


def test_q2_every_stratum_earns_its_place(a2):
    """Rules that are wrong on one kind of rest point are right on another."""
    q2, question = module(a2, "q2_euler"), a2.questions["q2"]
    wrong = matrix.mutants(a2, question)
    for blind, seen, name in (
        ("real", "sheared", "norm"),
        ("real", "sheared", "symmetric_part"),
        ("sheared", "rotating", "modulus"),
        ("sheared", "rotating", "real_part"),
    ):
        for some, others in zip(draws(question, blind), draws(question, seen), strict=True):
            assert misses(q2.step_miss, wrong[name], some).max() < 1e-3
            assert misses(q2.step_miss, wrong[name], others).max() > 100


def test_q2_at_the_step_the_map_is_on_the_edge_and_turns_as_told(a2):
    """The law behind the reference: just below the step all modes shrink, just above one grows, by that angle."""
    question = a2.questions["q2"]
    for cases in draws(question):
        for case in cases:
            for J, dt, turn in zip(case.inputs[0], *case.expected, strict=True):
                if dt == 0:
                    assert np.linalg.eigvals(J).real.max() > 0
                    continue
                eye = np.eye(len(J))
                below, above = (np.abs(np.linalg.eigvals(eye + s * dt * J)).max() for s in (0.999, 1.001))
                assert below < 1 < above
                assert np.abs(np.linalg.eigvals(eye + dt * J) - np.exp(1j * turn)).min() < 1e-6


def test_q3_right_readouts_agree_and_wrong_ones_do_not(a2):
    q3, question = module(a2, "q3_readout"), a2.questions["q3"]
    right, wrong = matrix.variants(a2, question), matrix.mutants(a2, question)
    for cases in draws(question):
        for name, function in right.items():
            limit = 0.25 if name == "free_column_float32" else 0.01
            assert misses(q3.slopes_miss, function, cases).max() < limit, name
        for name, expected in matrix.pattern(a2, question).items():
            if {"slopes", "weights"} & set(expected["lost"]):
                runs = [case for case in cases if case.stratum in ("even", "run")]
                assert misses(q3.slopes_miss, wrong[name], runs).max() > 8, name


def test_q3_the_reference_has_no_cheaper_neighbour(a2):
    """The law behind the reference: the cost that the text writes down rises in every direction."""
    question, rng = a2.questions["q3"], np.random.default_rng(0)
    for cases in draws(question, "even", "run", "shifted"):
        for case in cases:
            h, y, weight, lam = case.inputs

            def cost(C, d, h=h, y=y, weight=weight, lam=lam):
                errors = ((y - h @ C.T - d) ** 2).sum(axis=1)
                return np.average(errors, weights=weight) + lam * (C**2).sum()

            C, d = case.expected
            least = cost(C, d)
            for _ in range(10):
                assert cost(C + 1e-3 * rng.normal(size=C.shape), d + 1e-3 * rng.normal(size=d.shape)) > least


def test_q3_states_without_weighted_mean_hide_a_punished_offset_and_shifted_ones_show_it(a2):
    q3, question = module(a2, "q3_readout"), a2.questions["q3"]
    wrong = matrix.mutants(a2, question)
    for name in ("offset_punished", "not_centred", "no_offset"):
        for some, others in zip(draws(question, "even", "run"), draws(question, "shifted"), strict=True):
            assert misses(q3.slopes_miss, wrong[name], some).max() < 1e-3
            assert misses(q3.slopes_miss, wrong[name], others).max() > 50


def test_q4_the_jacobian_is_that_of_the_velocity_and_the_loop_has_rank_k(a2):
    question = a2.questions["q4"]
    right = matrix.reference(a2, question)
    for cases in draws(question):
        for case in cases:
            h, *network = case.inputs
            for j in range(h.shape[-1]):
                nudge = 1e-6 * np.eye(h.shape[-1])[j]
                rate = (right(h + nudge, *network)[0] - right(h - nudge, *network)[0]) / 2e-6
                np.testing.assert_allclose(rate, case.expected[1][..., j], atol=1e-7)
        closed, cut = cases[:2]
        change = closed.inputs[6][:, None] * (closed.expected[1] - cut.expected[1])
        assert np.linalg.matrix_rank(change, tol=1e-8) == len(closed.inputs[5])
