"""Every check lets the right input through and says wanted, got and what to do about the wrong one."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from course_lib.validation import (
    CourseError,
    check_choice,
    check_count,
    check_finite,
    check_float64,
    check_generator,
    check_positive,
    check_shape,
    check_tensor,
)


def test_shapes_by_name_by_number_and_with_free_axes():
    x = torch.zeros(2, 5, 3)
    for shape in ("batch time 3", "batch time dim", "... 3", "..."):
        assert check_shape("x", x, shape) is x
    assert check_shape("A", torch.zeros(4, 4), "dim dim").shape == (4, 4)


@pytest.mark.parametrize("shape", ["batch time 4", "batch 3", "time", "... 5"])
def test_a_wrong_shape_is_named_with_the_one_wanted(shape):
    with pytest.raises(CourseError, match=r"x: wanted shape .*got \(2, 5, 3\)\. .*batch, time, dim"):
        check_shape("x", torch.zeros(2, 5, 3), shape)


def test_the_same_name_twice_asks_for_equal_sizes():
    with pytest.raises(CourseError, match=r"A: wanted shape \(dim, dim\), got \(3, 4\)"):
        check_shape("A", torch.zeros(3, 4), "dim dim")


def test_float32_is_refused_with_the_sentence_how_to_convert():
    with pytest.raises(CourseError, match=r"x0: wanted float64, got float32\. Convert it: x0\.to\(torch\.float64\)"):
        check_float64("x0", torch.zeros(3))


@pytest.mark.parametrize(
    ("value", "words"), [(np.zeros(3), "got ndarray"), ([1.0], "got list"), (torch.arange(3), "got torch.int64")]
)
def test_what_is_no_floating_point_tensor_is_refused(value, words):
    with pytest.raises(CourseError, match=words):
        check_tensor("x", value)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_the_first_number_that_is_not_finite_is_located(bad):
    x = torch.zeros(2, 3)
    x[1, 2] = bad
    with pytest.raises(CourseError, match=r"1 that are not, the first at index \(1, 2\)"):
        check_finite("x", x)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(CourseError, match="one of euler, rk4, got 'rk5'"):
        check_choice("method", "rk5", ("rk4", "euler"))


@pytest.mark.parametrize("bad", [0, -1.0, float("nan"), float("inf"), "3", None, True])
def test_a_positive_number_is_positive_finite_and_a_number(bad):
    with pytest.raises(CourseError, match="dt: wanted a finite number above 0"):
        check_positive("dt", bad)


def test_zero_is_allowed_where_it_is_said():
    assert check_positive("spin_up", 0, or_zero=True) == 0.0


@pytest.mark.parametrize("bad", [0, 2.0, True, "2"])
def test_a_count_is_a_whole_number(bad):
    with pytest.raises(CourseError, match="k: wanted a whole number of at least 1"):
        check_count("k", bad)


@pytest.mark.parametrize("bad", [0, None, np.random.default_rng(0)])
def test_a_seed_is_no_generator(bad):
    with pytest.raises(CourseError, match=r"Make one: torch\.Generator"):
        check_generator(bad)


def test_the_checks_can_be_imported_without_torch():
    code = "import sys; sys.modules['torch'] = None; import course_lib.validation"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
