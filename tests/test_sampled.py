"""What estimators from sampled states share: their input's checks, the Theiler window, size and period of a cloud."""

import math

import numpy as np
import pytest
import torch

from course_lib.analysis.sampled import as_series, check_theiler_window, mean_period, rms_radius
from course_lib.validation import CourseError


def test_one_trajectory_needs_a_window_shorter_than_itself():
    assert check_theiler_window(8, batch=1, time=10) == 8
    for window in (9, 10, math.inf):
        with pytest.raises(CourseError, match="shorter than the one trajectory of 10 samples"):
            check_theiler_window(window, batch=1, time=10)


def test_several_trajectories_may_look_across_only():
    assert check_theiler_window(math.inf, batch=2, time=10) == check_theiler_window(30, batch=2, time=10) == 9
    assert check_theiler_window(3, batch=2, time=10) == 3


def test_a_series_is_one_row_or_several():
    row = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
    assert as_series("series", row, least=3).tolist() == [[1.0, 2.0, 4.0]]
    assert as_series("series", torch.stack((row, -row)), least=3).shape == (2, 3)


@pytest.mark.parametrize("still", [torch.ones(5), torch.stack((torch.arange(5.0), torch.ones(5))), torch.zeros(0, 5)])
def test_a_series_that_does_not_vary_is_refused(still):
    with pytest.raises(CourseError, match="a series that varies"):
        as_series("series", still.double(), least=3)


def test_the_size_of_a_cloud_is_the_root_mean_square_distance_from_its_mean():
    corners = np.array([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [-1.0, -1.0, 0.0]]) + 5
    assert rms_radius(corners) == pytest.approx(math.sqrt(2))
    assert rms_radius(corners.reshape(2, 2, 3)) == pytest.approx(math.sqrt(2))


def test_the_mean_period_of_a_circle_is_its_turn():
    t = np.arange(4000) / 40
    circle = np.stack((np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)), axis=-1)
    assert mean_period(circle[None]) == pytest.approx(40, rel=0.02)
