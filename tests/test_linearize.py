"""Eigenvalues, eigenvectors, times and names at points that are known on paper."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import linearize
from course_lib.dynamics import EulerMap, FunctionMap
from course_lib.systems import Bistable, Duffing, Hopf, Linear, Lorenz63, VanDerPol
from course_lib.validation import CourseError


def tensor(*values):
    return torch.tensor(values, dtype=F64)


@pytest.mark.parametrize(
    ("A", "name"),
    [
        ([[-1.0, 0.0], [0.0, -2.0]], "stable node"),
        ([[1.0, 0.0], [3.0, 2.0]], "unstable node"),
        ([[-1.0, 2.0], [-2.0, -1.0]], "stable focus"),
        ([[1.0, 2.0], [-2.0, 1.0]], "unstable focus"),
        ([[1.0, 0.0], [0.0, -2.0]], "saddle"),
        ([[0.0, 2.0], [-2.0, 0.0]], "centre"),
        ([[0.0, 1.0], [0.0, -1.0]], "degenerate"),
        ([[1.0, 0.0, 0.0], [0.0, -1.0, 5.0], [0.0, -5.0, -1.0]], "saddle-focus"),
    ],
)
def test_names_of_linear_flows(A, name):
    assert linearize(Linear(tensor(*A)), torch.zeros(len(A), dtype=F64)).names == (name,)


@pytest.mark.parametrize(
    ("F", "name"),
    [
        (lambda x: 0.5 * x, "stable node"),
        (lambda x: -0.5 * x, "stable node"),
        (lambda x: -1.5 * x, "unstable node"),
        (lambda x: x * tensor(0.5, -2.0), "saddle"),
        (lambda x: 0.9 * x.flip(-1) * tensor(-1.0, 1.0), "stable focus"),
        (lambda x: x.flip(-1) * tensor(-1.0, 1.0), "centre"),
        (lambda x: x * tensor(0.5, 1.0), "degenerate"),
    ],
)
def test_names_of_linear_maps(F, name):
    assert linearize(FunctionMap(F, 2), torch.zeros(2, dtype=F64)).names == (name,)


def test_lorenz_at_its_three_rest_points():
    record = linearize(Lorenz63(), Lorenz63().rest_points())
    assert record.names == ("saddle", "saddle-focus", "saddle-focus")
    assert record.saddle_index.tolist() == [1, 2, 2]
    assert_close(record.eigenvalues[0].real, tensor(11.82772345, -8 / 3, -22.82772345), rtol=0, atol=1e-8)
    assert_close(record.eigenvalues[1].imag.abs(), tensor(10.19450522, 10.19450522, 0.0), rtol=0, atol=1e-8)
    assert record.spectral_abscissa[1] == pytest.approx(0.09395562, abs=1e-8)


def test_left_and_right_eigenvectors_fit_together():
    A = tensor([-1.0, 4.0, 0.5], [0.0, -2.0, 1.0], [0.3, 0.0, 0.7])
    record = linearize(Linear(A), torch.zeros(3, dtype=F64))
    values, right, left = record.eigenvalues[0], record.right[0], record.left[0]
    assert_close(A.to(right.dtype) @ right, right * values)
    assert_close(left @ A.to(left.dtype), values[:, None] * left)
    assert_close(left @ right, torch.eye(3, dtype=right.dtype))
    assert (values.real.diff() <= 0).all()


def test_times_of_a_focus_as_a_flow_and_as_a_map():
    flow = linearize(Duffing(0.5), tensor([1.0, 0.0]))
    assert_close(flow.time_constants, tensor([4.0, 4.0]))
    assert_close(flow.periods, torch.full((1, 2), 2 * math.pi / math.sqrt(2 - 0.0625), dtype=F64))
    small = 1e-5
    steps = linearize(EulerMap(Duffing(0.5), small), tensor([1.0, 0.0]))
    assert_close(small * steps.time_constants, flow.time_constants, rtol=1e-4, atol=0)
    assert_close(small * steps.periods, flow.periods, rtol=1e-4, atol=0)
    assert 0 < 1 - float(steps.spectral_radius) < 1e-5


def test_a_defective_matrix_says_so():
    record = linearize(Linear(tensor([-1.0, 1.0], [0.0, -1.0])), torch.zeros(2, dtype=F64))
    assert record.diagonalisable.tolist() == [False]
    assert record.left.isnan().all()
    assert record.names == ("stable node",)


def test_a_state_that_moves_on_is_not_named_stable():
    record = linearize(Bistable(), tensor([1.0], [0.9], [0.0]))
    assert record.names == ("stable node", "not at rest", "unstable node")
    assert_close(record.speed, tensor(0.0, 0.9 - 0.9**3, 0.0))


def test_a_limit_cycles_centre_is_an_unstable_focus():
    origin = torch.zeros(2, dtype=F64)
    assert linearize(VanDerPol(1.0), origin).names == linearize(Hopf(0.1, 1.0), origin).names == ("unstable focus",)


def test_each_kind_of_system_has_its_own_measure_of_stability():
    origin = torch.zeros(2, dtype=F64)
    with pytest.raises(CourseError, match="spectral_radius: wanted a map"):
        _ = linearize(Duffing(), origin).spectral_radius
    with pytest.raises(CourseError, match="spectral_abscissa: wanted a flow"):
        _ = linearize(EulerMap(Duffing(), 0.1), origin).spectral_abscissa
