"""The book's table of forecasts: the shipped record is complete, and one seed of a row comes out again."""

from functools import partial

import pytest

from course_lib.studies import COLUMNS, NotApplicable, compare, lorenz_problem
from course_lib.studies.lorenz_table import RecordedRow, measure, recorded_table, table_candidates

EASY = "persistence"


@pytest.fixture(scope="module")
def record():
    return recorded_table()


def test_every_candidate_has_every_column_for_every_seed(record):
    assert [row.name for row in record.rows] == list(table_candidates())
    for row in record.rows:
        assert 1 <= len(row.kept) <= len(record.seeds) and all(set(seed) == set(COLUMNS) for seed in row.kept), row.name
        assert row.orbit.shape == (300, 3), row.name


def test_the_record_speaks_as_a_comparison_does(record):
    spread = record.row("cubic polynomial").spread("fitted numbers")
    assert (spread.median, spread.least, spread.largest) == (252, 252, 252)
    refused = record.row("spiking, readout fed back").spread("λ₁")
    assert isinstance(refused, NotApplicable) and "jumps" in str(refused)
    assert "cubic polynomial" in record.markdown(["VPT [LT]"])


def test_a_measured_row_and_a_recorded_one_give_the_same_spread():
    problem = partial(
        lorenz_problem, n_train=4, n_train_steps=60, n_test=4, n_states=60, n_spectrum=4, spectrum_time=1.0
    )
    found = compare([table_candidates()[EASY]], problem, seeds=(0, 1)).row(EASY)
    kept = tuple({column: found.figures(column)[k] for column in COLUMNS} for k in range(2))
    assert RecordedRow(EASY, (), kept).spread("rmse") == found.spread("rmse")
    assert RecordedRow(EASY, (), kept).spread("VPT [LT]") == found.spread("VPT [LT]")


def test_a_row_of_the_record_comes_out_again(record):
    figures, orbit = measure(EASY, 0)
    kept = record.row(EASY).kept[0]
    for column in ("rmse", "skill over persistence", "VPT [LT]", "fitted numbers"):
        assert figures[column] == pytest.approx(kept[column], rel=1e-6), column
    assert len(orbit) == 300
