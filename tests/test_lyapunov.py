"""Exponents against exponents on paper: linear flows, constant and chaotic maps, and the trace of the Lorenz field."""

import dataclasses
import math

import pytest
import torch
from problems import CAT_EXPONENT, CAT_MAP, DECAY, F64, HENON, LOGISTIC_MAP, SPIRAL, network
from torch.testing import assert_close

from course_lib.analysis import kaplan_yorke_dimension, lyapunov_spectrum
from course_lib.dynamics import EulerMap, FunctionFlow
from course_lib.systems import Linear, Lorenz63
from course_lib.systems.references import LORENZ63
from course_lib.tasks import LorenzForecast
from course_lib.validation import CourseError

ORIGIN = torch.zeros(1, 2, dtype=F64)


@pytest.mark.parametrize("A", [SPIRAL, DECAY], ids=["spiral", "decay"])
def test_exponents_of_a_linear_flow_are_the_real_parts_of_its_eigenvalues(A):
    expected = torch.linalg.eigvals(A).real.sort(descending=True).values
    duration = math.pi if A is SPIRAL else 4.0  # whole turns: the spiral's frame comes back to itself
    record = lyapunov_spectrum(Linear(A), ORIGIN, duration=duration, dt=0.02, spin_up=18.0)
    assert_close(record.exponents, expected, rtol=0, atol=1e-6)


def test_without_spin_up_the_frame_is_still_turning_and_the_estimate_is_off():
    expected = torch.tensor([-1.0, -2.0], dtype=F64)
    off = lyapunov_spectrum(Linear(DECAY), ORIGIN, duration=4.0, dt=0.01, spin_up=0).exponents - expected
    assert off.abs().min() > 0.01


def test_spin_up_is_a_quarter_of_the_duration_unless_given_and_is_not_counted():
    record = lyapunov_spectrum(Linear(DECAY), ORIGIN, duration=4.0, dt=0.01)
    assert (record.duration, record.spin_up) == pytest.approx((4.0, 1.0))
    explicit = lyapunov_spectrum(Linear(DECAY), ORIGIN, duration=4.0, dt=0.01, spin_up=1.0)
    assert_close(record.exponents, explicit.exponents, rtol=0, atol=0)
    assert float(record.t[-1]) == pytest.approx(4.0)


def test_the_exponents_of_an_area_stretching_map_with_a_constant_jacobian():
    record = lyapunov_spectrum(CAT_MAP, torch.tensor([[0.1, 0.3]], dtype=F64), duration=20, spin_up=20)
    assert_close(record.exponents, torch.tensor([CAT_EXPONENT, -CAT_EXPONENT], dtype=F64), rtol=0, atol=1e-10)


def test_the_time_of_one_iteration_sets_the_unit_of_a_maps_exponents():
    x0 = torch.tensor([[0.1, 0.3]], dtype=F64)
    record = lyapunov_spectrum(CAT_MAP, x0, duration=10.0, dt=0.5, spin_up=10.0)
    assert float(record.exponents[0]) == pytest.approx(CAT_EXPONENT / 0.5, abs=1e-10)
    assert len(record.t) == 20


def test_the_logistic_map_doubles_small_errors(rng):
    x0 = torch.rand(200, 1, generator=rng, dtype=F64)
    record = lyapunov_spectrum(LOGISTIC_MAP, x0, duration=200)
    assert float(record.standard_error) < 0.01
    assert abs(float(record.exponents) - math.log(2)) < 4 * float(record.standard_error)


def test_the_sum_of_henons_exponents_is_the_log_of_its_determinant():
    record = lyapunov_spectrum(HENON, torch.zeros(1, 2, dtype=F64), duration=100)
    assert float(record.exponents.sum()) == pytest.approx(math.log(0.3), abs=1e-10)


def test_a_flow_and_its_euler_map_have_each_their_own_exponents():
    flow, dt = Linear(SPIRAL), 0.2
    of_map = lyapunov_spectrum(EulerMap(flow, dt), ORIGIN, duration=10, dt=dt)
    expected = math.log(abs(1 + dt * (-0.3 + 2j))) / dt
    assert float(of_map.exponents.mean()) == pytest.approx(expected, abs=1e-6)
    assert expected > 0  # the flow's own are -0.3: the step has made a stable spiral unstable


def test_lorenz_against_its_trace_and_its_reference(rng):
    x0 = LorenzForecast().draw_starts(64, generator=rng)
    record = lyapunov_spectrum(Lorenz63(), x0, duration=15.0, dt=0.0125, spin_up=5.0)
    assert float(record.exponents.sum()) == pytest.approx(LORENZ63["lyapunov_sum"].value[0], abs=1e-3)
    reference = torch.tensor(LORENZ63["lyapunov_spectrum"].value, dtype=F64)
    assert ((record.exponents - reference).abs() < 4 * record.standard_error).all()
    assert (record.standard_error < torch.tensor([0.03, 0.02, 0.03], dtype=F64)).all()


def test_the_standard_error_is_the_scatter_over_trajectories(rng):
    x0 = torch.rand(30, 1, generator=rng, dtype=F64)
    record = lyapunov_spectrum(LOGISTIC_MAP, x0, duration=50)
    assert record.n_trajectories == 30
    assert_close(record.standard_error, record.per_trajectory.std(dim=0) / math.sqrt(30))
    assert_close(record.exponents, record.per_trajectory.mean(dim=0))
    assert_close(record.running[-1], record.exponents)
    assert_close(record.running_error[-1], record.standard_error)


def test_one_trajectory_has_no_standard_error():
    record = lyapunov_spectrum(HENON, torch.zeros(2, dtype=F64), duration=50)
    assert record.standard_error.isnan().all() and record.running_error.isnan().all()
    assert record.n_trajectories == 1


def test_the_k_largest_are_found_also_where_the_axes_are_invariant():
    flow = Linear(torch.diag(torch.tensor([0.5, -1.0, -3.0, 2.0], dtype=F64)))
    record = lyapunov_spectrum(flow, torch.zeros(1, 4, dtype=F64), duration=2.0, dt=0.02, spin_up=12.0, k=2)
    assert_close(record.exponents, torch.tensor([2.0, 0.5], dtype=F64), rtol=0, atol=1e-6)


def test_the_interval_between_two_qr_steps_does_not_change_the_answer():
    x0 = torch.tensor([[0.1, 0.1]], dtype=F64)
    few, many = (lyapunov_spectrum(HENON, x0, duration=100, orthonormalise_every=n).exponents for n in (1, 4))
    assert_close(few, many, rtol=0, atol=1e-6)


def test_the_record_is_frozen():
    record = lyapunov_spectrum(HENON, torch.zeros(1, 2, dtype=F64), duration=5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.exponents = None


@pytest.mark.parametrize(
    ("system", "x0", "options", "words"),
    [
        (
            Lorenz63(),
            torch.ones(4, 3),
            {"dt": 0.01},
            r"wanted float64, got float32\. Convert it: x0\.to\(torch\.float64\)",
        ),
        (Lorenz63(), torch.ones(4, 3, dtype=F64), {}, "dt: wanted the RK4 step for a Flow, got None"),
        (Lorenz63(), torch.ones(4, 2, dtype=F64), {"dt": 0.01}, r"wanted shape \(batch, 3\), got \(4, 2\)"),
        (Lorenz63(), torch.ones(4, 3, dtype=F64) * math.nan, {"dt": 0.01}, "x0: wanted finite"),
        (Lorenz63(), torch.ones(4, 3, dtype=F64), {"dt": 0.01, "k": 4}, "at most dim = 3"),
        (Lorenz63(), torch.ones(4, 3, dtype=F64), {"dt": -0.01}, "dt: wanted a finite number above 0"),
        (Lorenz63(), torch.ones(4, 3, dtype=F64), {"dt": 0.01, "spin_up": -1.0}, "spin_up: wanted"),
        (Lorenz63(), torch.ones(4, 3, dtype=F64), {"dt": 0.5}, "smaller dt"),
        (HENON, torch.zeros(1, 2, dtype=F64), {"dt": 100.0}, "at least one iteration"),
        (HENON, 5 + torch.zeros(1, 2, dtype=F64), {}, "non-finite|stretch apart"),
        (network(), torch.zeros(1, 6, dtype=F64), {}, r"wanted a Flow or a Map, got CTRNN\. .*closed_loop_map"),
    ],
)
def test_bad_input_is_refused_with_the_reason(system, x0, options, words):
    with pytest.raises(CourseError, match=words):
        lyapunov_spectrum(system, x0, **{"duration": 20.0, **options})


def test_a_frame_that_collapses_between_two_qr_steps_is_refused():
    flow = Linear(torch.diag(torch.tensor([3.0, -30.0], dtype=F64)))
    with pytest.raises(CourseError, match="orthonormalise_every: wanted tangent vectors"):
        lyapunov_spectrum(flow, ORIGIN, duration=2.0, dt=0.01, orthonormalise_every=100)


def test_any_function_can_be_measured():
    flow = FunctionFlow(lambda x: -x - x**3, 1)
    record = lyapunov_spectrum(flow, torch.full((2, 1), 0.5, dtype=F64), duration=2.0, dt=0.02, spin_up=8.0)
    assert_close(record.exponents, torch.tensor([-1.0], dtype=F64), rtol=0, atol=1e-6)


def test_kaplan_yorke_of_known_spectra():
    lorenz = torch.tensor(LORENZ63["lyapunov_spectrum"].value, dtype=F64)
    expected = LORENZ63["kaplan_yorke_dimension"].value[0]
    assert kaplan_yorke_dimension(lorenz) == pytest.approx(expected, abs=2e-4)
    assert kaplan_yorke_dimension(torch.tensor([1.0, -0.5, -2.0], dtype=F64)) == pytest.approx(2.25)
    assert kaplan_yorke_dimension(torch.tensor([-1.0, -2.0], dtype=F64)) == 0.0


@pytest.mark.parametrize(("values", "words"), [([1.0, 0.0], "larger k"), ([-1.0, 2.0], "descending")])
def test_kaplan_yorke_refuses_a_spectrum_that_is_too_short_or_not_sorted(values, words):
    with pytest.raises(CourseError, match=words):
        kaplan_yorke_dimension(torch.tensor(values, dtype=F64))
