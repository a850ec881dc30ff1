"""a5_flipflop, questions 5, 6 and 8: the derivations in the questions' first lines, recomputed."""

import answer_matrix as matrix
import library_a5
import numpy as np
from conftest import SETS
from derivations import drawn, module

SET = SETS["a5_flipflop"]


def growth(J, kind, wait):
    """Of every mode, times the wait."""
    modes = np.linalg.eigvals(J)
    return (modes.real if kind == "flow" else np.log(np.abs(modes))) * wait


def test_q5_modes_keep_away_from_the_line_and_single_precision_moves_none_across():
    for case in drawn(SET.questions["q5"], range(10)):
        J, kind, wait = case.inputs
        found = growth(J, kind, wait)
        assert np.abs(found - 1).min() > 0.149 and found.max() < 4.01
        rounded = growth(np.float32(J).astype(float), kind, wait)
        assert np.abs(np.sort(rounded) - np.sort(found)).max() < 1e-3
        assert sorted(case.expected) == [0, 1, 2, 3, 4]


def test_q5_whatever_grows_at_all_is_two_more():
    """Why the library's count is wrong on every matrix."""
    for case in drawn(SET.questions["q5"], range(5)):
        assert ((growth(*case.inputs) > 0).sum(axis=-1) == case.expected + 2).all()


def test_q6_the_line_tells_what_rests():
    """The places are what they are called, and half of the ghosts are slower than a limit of 0.0015."""
    q6 = module(SET, "q6_ghost")
    for seed in range(3):
        cases = drawn(SET.questions["q6"], [seed])
        assert [case.facts["rests"] for case in cases].count(True) == 10
        slow = []
        for case in cases:
            state, rests = case.expected
            assert rests == case.facts["rests"]
            speed, far = q6._figures(case, state)
            if rests:
                assert speed < q6.STILL / 1e3 and far < 0.75
                assert q6._figures(case, np.float32(state).astype(float))[0] > 10 * q6.STILL
            else:
                slow.append(case.facts["off"])
        assert sum(off < 0.0015 for off in slow) == 5


def test_q6_the_librarys_network_rests_elsewhere():
    """Its search says "rest" by chance here and there, and what it returns is faster than where it began."""
    q6, search = module(SET, "q6_ghost"), library_a5.LIBRARY_OF_SET["q6"]["call"]
    cases = drawn(SET.questions["q6"], range(3))
    sound = [q6._sound(case, answer.value) for case, answer in zip(cases, matrix.answers(search, cases), strict=True)]
    assert sum(ok for ok, case in zip(sound, cases, strict=True) if case.facts["rests"]) <= 3


def test_q8_no_rule_comes_near_a_line():
    """Mean of six sets: three deviations from 0.8, where a rule first fails and at the rung below."""
    q8 = module(SET, "q8_imprint")
    rules = {**matrix.variants(SET, SET.questions["q8"]), **matrix.mutants(SET, SET.questions["q8"])}
    lines = {"hebb": (3, 10), "one_after_the_other": (10, 17), "pseudo_inverse": (17, 22)}
    lines |= {name: (22,) for name in ("reference", "from_patterns_with_errors", "between_units")}
    for name, loads in lines.items():
        for load in loads:
            found = []
            for seed in range(12):
                patterns = np.random.default_rng(50 * seed + load).choice([-1.0, 1.0], (load, 50))
                found.append(q8.brought_back(np.asarray(rules[name](patterns)), patterns, np.random.default_rng(seed)))
            room = (np.mean(found) - q8.ENOUGH) * (1 if load == loads[0] else -1)
            assert room > 3 * max(np.std(found), 0.01) / np.sqrt(q8.SETS), (name, load, found)
