"""a4_spiking, questions 5 to 7: tolerances, rungs and figures of the text, recomputed."""

import sys

import answer_matrix as matrix
import numpy as np
import pytest
from conftest import SETS
from derivations import misses, module

from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.judge import as_numbers
from course_lib.staff.grading.question import Answer


@pytest.fixture
def a4():
    """The fourth problem set."""
    return SETS["a4_spiking"]


def test_q5_rounding_is_tenfold_below_the_tolerances_and_mutants_far_above(a4):
    q5, question = module(a4, "q5_spike"), a4.questions["q5"]
    right, wrong = matrix.variants(a4, question), matrix.mutants(a4, question)
    off = ("derivative_of_the_bell", "height_one", "no_square", "alpha_outside_alone", "straight_through", "minus_sign")
    for seed in range(10):
        cases = question.draw(np.random.default_rng(seed))
        assert misses(q5.slope_miss, right["single_precision"], cases).max() < 0.15
        for name in ("reference", "autograd_function", "hook", "slope_times_detached"):
            assert misses(q5.slope_miss, right[name], cases).max() < 1e-6, name
        for name in off:
            assert misses(q5.slope_miss, wrong[name], cases).max() > 1000, name
        for name in ("upstream_dropped", "last_call_remembered"):
            assert misses(q5.slope_miss, wrong[name], [c for c in cases if c.stratum == "chain"]).max() > 10, name


def test_q5_the_bell_has_area_one_and_the_librarys_does_not(a4):
    q5 = module(a4, "q5_spike")
    x = np.concatenate([-np.geomspace(1e6, 1e-6, 20001), np.geomspace(1e-6, 1e6, 20001)])
    for alpha in (0.3, 2.0, 4.0):
        y = q5.bell(x, 0.0, alpha)
        area = np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)
        assert area == pytest.approx(1, abs=1e-3)
        assert q5.bell(np.array([1 / alpha]), 0.0, alpha)[0] / y.max() == pytest.approx(0.25, rel=1e-4)


def test_q5_every_case_holds_cells_at_threshold_and_none_so_near_that_rounding_decides(a4):
    """Expected values come from formulas; here they meet torch. Each threshold is met exactly or clearly missed."""
    question = a4.questions["q5"]
    for seed in range(10):
        cases = question.draw(np.random.default_rng(seed))
        answers = answers_of(matrix.reference(a4, question), cases)
        for case, answer in zip(cases, answers, strict=True):
            found = as_numbers(answer.value)
            np.testing.assert_array_equal(found[0], case.expected[0])
            np.testing.assert_allclose(found[1], case.expected[1], rtol=1e-9, atol=1e-12)
            distance = np.abs(case.facts["distance"])
            assert np.all((distance == 0) | (distance > 0.04))
            if case.stratum != "chain":
                assert (distance == 0).sum() == 3 and abs(case.facts["alpha"] / 2 - 1) > 0.3
                assert np.array_equal(case.inputs[1].astype(np.float32), case.inputs[1])


LADDER = {  # ratio to the plain decoder, lowest and highest
    "raw_spikes": (9, 14),
    "tenth_of_a_second_late": (6.5, 10),
    "too_short": (3, 5),
    "too_long": (2.6, 4),
    "length_in_steps": (2.6, 4),
    "two_filters_that_smooth": (1.1, 1.4),
    "no_offset": (0.97, 1.05),
    "looking_back_only": (0.999, 1.001),
    "three_filters": (0.51, 0.8),
    "moved_ahead": (0.55, 0.8),
    "both_sides_apart": (0.25, 0.49),
    "box": (0.25, 0.46),
    "gaussian_of_scipy": (0.15, 0.42),
    "reference": (0.15, 0.42),
}


@pytest.mark.parametrize("seeds", [range(3), pytest.param(range(3, 40), marks=pytest.mark.slow)], ids=["3", "37"])
def test_q7_the_rungs_lie_where_no_decoder_of_the_ladder_does(a4, seeds):
    q7, question = module(a4, "q7_decode"), a4.questions["q7"]
    functions = {**matrix.mutants(a4, question), **matrix.variants(a4, question)}
    rungs = [-rung for *_, rung in q7.RUNGS]
    assert rungs == [5.5, 2.3, 0.9, 0.5] and q7.HEARD == 0.9, "as the text says"
    assert not [rung for rung in rungs for low, high in LADDER.values() if low <= rung <= high]
    for seed in seeds:
        cases = question.draw(np.random.default_rng(seed))
        for name, (low, high) in LADDER.items():
            evidence = [(case, Answer("ok", np.asarray(functions[name](*case.inputs)))) for case in cases]
            ratio = q7.measure(evidence)[1]["ratio"]
            assert low < ratio < high, (name, seed, ratio)
            heard = max(q7.share_left(case, answer.value) for case, answer in evidence)
            assert heard < 0.86 and (heard > 0.6) == (name == "raw_spikes"), (name, heard)


def test_q7_cells_fire_as_cells_do(a4):
    q7, question = module(a4, "q7_decode"), a4.questions["q7"]
    for case in question.draw(np.random.default_rng(1)):
        s, y, unseen, dt = case.inputs
        assert s.shape == (8, round(1.5 / dt), 60) and unseen.shape == (4, *s.shape[1:])
        assert y.shape == (*s.shape[:2], 3)
        assert 30 < s.mean() / dt < 50
        assert np.abs(y.var(axis=(0, 1)) - 1).max() < 0.35, "about one: the slowest sines have no whole period in 1.5 s"
    assert sorted(q7.STEPS.values()) == [0.0015, 0.0025], "as the text says"


def test_q7_the_given_recording_is_what_its_maker_makes(a4, monkeypatch):
    monkeypatch.syspath_prepend(str(a4.folder))
    monkeypatch.setattr(sys.modules["course_lib.student.begin"], "_current", [a4.name])
    made = matrix.load_module(a4.folder / "make_data_decode.py").arrays()
    given = sys.modules["course_lib.student.data"].data("decode")
    assert sorted(given) == sorted(made) and given["s_train"].shape == (6, 600, 48)
    for name in ("s_train", "s_test"):
        assert (given[name] == made[name]).mean() > 0.999, "a spike may fall on another side of a rounded threshold"
    for name in ("y_train", "y_test", "dt", "plain"):
        np.testing.assert_allclose(given[name], made[name], atol=1e-3)


def one_cell(mean, noise, cells=64, duration=20.0, dt=1e-4, tau=0.02, v_th=15.0):
    """Rate in Hz and CV of cells without a network, driven by noise; mV, s."""
    rng, v, last, intervals, count = np.random.default_rng(0), np.zeros(cells), np.full(cells, np.nan), [], 0
    for k in range(round(duration / dt)):
        v += dt / tau * (mean - v) + noise * np.sqrt(2 * dt / tau) * rng.standard_normal(cells)
        fired = v >= v_th
        if fired.any():
            v[fired] = 0
            intervals.append(k * dt - last[fired])
            last[fired], count = k * dt, count + fired.sum()
    found = np.concatenate(intervals)
    found = found[np.isfinite(found)]
    return count / cells / duration, found.std() / found.mean()


def neighbours(intervals):
    """CV2: how much neighbouring intervals differ, in units of their mean; pairs of no length at all are left out."""
    gap, total = np.abs(np.diff(intervals)), intervals[1:] + intervals[:-1]
    return float(np.mean(2 * gap[total > 1e-9] / total[total > 1e-9]))


def test_q6_figures_of_the_record(a4, monkeypatch):
    """The six most irregular cells of the given record: CVs of 1.3 to 1.8, neighbours as without memory."""
    monkeypatch.setattr(sys.modules["course_lib.student.begin"], "_current", [a4.name])
    given = sys.modules["course_lib.student.data"].data("trains")
    dt, t_ref = float(given["dt"]), float(given["t_ref"])
    cv = matrix.reference(a4, a4.questions["q3"])(given["s"], dt, t_ref)[1]
    most = np.argsort(cv)[-6:]
    assert (round(cv[most].min(), 1), round(cv[most].max(), 1)) == (1.3, 1.8)
    cv2 = [neighbours(dt * np.diff(np.flatnonzero(given["s"][:, cell])) - t_ref) for cell in most]
    assert (round(min(cv2), 1), round(max(cv2), 1)) == (1.0, 1.1)


def test_q6_figures_of_the_written_answer():
    """A clock of two rates has a CV of one and a CV2 of nearly nothing; one cell and noise are enough for 0.9."""
    clock = np.concatenate([np.full(14, 1 / 7), np.full(84, 1 / 42)])  # two seconds of each
    assert round(clock.std() / clock.mean(), 2) == 1.02
    assert round(neighbours(np.tile(clock, 50)), 2) == 0.03
    rate, cv = one_cell(5.0, 7.0)
    assert round(rate) == 10 and round(cv, 1) == 0.9
