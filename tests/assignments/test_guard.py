"""What the writers of questions lean on: guarded draws, and reading answers that may be anything."""

import numpy as np
import pytest

from course_lib.staff.grading.guard import TRIES, Guarded, array, miss, parts, shape_of
from course_lib.staff.grading.question import Case
from course_lib.validation import CourseError


def distance(case, value):
    """Tolerances between an answer and the case's number."""
    return abs(value - case.expected)


def numbered(rng):
    """Two cases, each with a number from 0 to 10 as input and answer."""
    values = rng.uniform(0, 10, 2)
    return [Case("first", (values[0],), values[0]), Case("second", (values[1],), values[1])]


def test_it_draws_until_every_mutant_is_clearly_wrong():
    drawn = Guarded(numbered, distance, {"zero": lambda x: 0.0})
    for seed in range(20):
        cases = drawn(np.random.default_rng(seed))
        assert max(case.expected for case in cases) >= 5
    assert 0 < drawn.redraws < 20


def test_it_can_ask_for_more_cases_and_for_a_stratum():
    both = Guarded(numbered, distance, {"zero": lambda x: 0.0}, on=2)
    second = Guarded(numbered, distance, {"zero": lambda x: 0.0}, strata=("second",))
    for seed in range(20):
        assert min(case.expected for case in both(np.random.default_rng(seed))) >= 5
        assert second(np.random.default_rng(seed))[1].expected >= 5


def test_a_mutant_that_cannot_be_seen_is_an_error_with_its_name():
    drawn = Guarded(numbered, distance, {"zero": lambda x: 0.0, "the same": lambda x: x})
    with pytest.raises(CourseError, match=f"expose the same, got none in {TRIES} draws"):
        drawn(np.random.default_rng(0))


@pytest.mark.parametrize(
    "value", [None, "1", {}, [[1], [1, 2]], np.array(["a"]), 1j, [np.nan], [1.0, np.inf], np.array([object()])]
)
def test_what_is_no_finite_array_is_none(value):
    assert array(value) is None


def test_arrays_come_as_float64_of_the_wanted_shape():
    found = array(np.float32([1, 2]), (2,))
    assert found.dtype == np.float64 and found.tolist() == [1, 2]
    assert array([1, 2], (1, 2)) is None and array(True).item() == 1.0


def test_parts_and_shapes_of_anything():
    assert parts((1, 2), 2) == (1, 2) and parts(np.zeros((2, 3)), 2)[0].shape == (3,)
    assert [parts(value, 2) for value in ("ab", {"a": 1, "b": 2}, 3, np.array(3), None, (1, 2, 3))] == [None] * 6
    assert shape_of([[1, 2]]) == (1, 2) and shape_of(3) == ()
    assert [shape_of(value) for value in (None, "ab", {}, [[1], [1, 2]])] == [None] * 4


def test_a_miss_is_counted_in_tolerances():
    assert miss(np.array([1.0, 2.0]), np.array([1.0, 2.5]), 0.25) == 2
    assert miss(None, np.zeros(2), 1.0) == miss(np.zeros(3), np.zeros(2), 1.0) == np.inf
