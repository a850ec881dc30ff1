"""Basins whose boundaries stand on paper, fractions with their errors, parameter sweeps, phase planes; bad input."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import basins, bifurcation_sweep, grid_starts, phase_plane
from course_lib.dynamics import FunctionFlow, FunctionMap, TimeReversed
from course_lib.integrate import integrate
from course_lib.systems import Bistable, Duffing, Hopf, Linear
from course_lib.validation import CourseError


def tensor(*values):
    return torch.tensor(values, dtype=F64)


def test_the_basins_of_a_switch_are_the_two_signs():
    starts = grid_starts((-2.0, -2.0), (2.0, 2.0), 20)
    record = basins(Bistable(2), starts, duration=30, dt=0.1, attractors=tensor([-1.0, 0.0], [1.0, 0.0]))
    assert_close(record.label, (starts[:, 0] > 0).long())
    assert_close(record.fractions, tensor(0.5, 0.5))
    assert_close(record.standard_error, torch.full((2,), 0.5 / 20, dtype=F64))
    assert record.undecided == 0


def test_attractors_are_found_and_a_start_on_the_separatrix_is_undecided():
    record = basins(Bistable(), torch.linspace(-2, 2, 41, dtype=F64)[:, None], duration=30, dt=0.1)
    assert_close(record.attractors.flatten().sort().values, tensor(-1.0, 1.0))
    assert record.label[20] == -1  # x = 0, the hilltop itself
    assert record.undecided == pytest.approx(1 / 41)
    assert len(set(record.label[:20].tolist())) == len(set(record.label[21:].tolist())) == 1


def test_duffings_basins_meet_at_the_stable_manifold_of_the_saddle():
    flow = Duffing(0.5)
    slope = (-0.5 - math.sqrt(0.25 + 4)) / 2  # the stable eigenvalue; its eigenvector is (1, slope)
    seeds = 1e-5 * tensor([1.0, slope], [-1.0, -slope])
    back = integrate(TimeReversed(flow), seeds, torch.linspace(0, 10.5, 211, dtype=F64)).x[:, 180::10].reshape(-1, 2)
    field = flow.vector_field(back)
    across = torch.stack((-field[:, 1], field[:, 0]), -1) / field.norm(dim=-1, keepdim=True)
    starts = torch.cat((back + 1e-3 * across, back - 1e-3 * across))
    record = basins(flow, starts, duration=80, dt=0.05, attractors=tensor([-1.0, 0.0], [1.0, 0.0]))
    one, other = record.label.chunk(2)
    assert record.undecided == 0 and (one != other).all()


def test_duffings_basins_are_symmetric_and_hold_the_states_that_cannot_climb_out():
    flow, starts = Duffing(0.5), grid_starts((-2.0, -2.0), (2.0, 2.0), 24)
    record = basins(flow, starts, duration=60, dt=0.05)
    assert len(record.attractors) == 2 and record.undecided == 0
    assert_close(record.label.flip(0), 1 - record.label)
    right = int(record.attractors[:, 0].argmax())
    trapped = flow.energy(starts) < 0
    assert (record.label[trapped] == torch.where(starts[trapped, 0] > 0, right, 1 - right)).all()


def test_a_cycle_is_one_attractor_with_a_feature_and_undecided_without():
    starts = grid_starts((-2.0, -2.0), (2.0, 2.0), 4)
    without = basins(Hopf(1.0, 2.0), starts, duration=50, dt=0.05)
    assert without.undecided == 1 and len(without.attractors) == 0
    record = basins(Hopf(1.0, 2.0), starts, duration=50, dt=0.05, feature=lambda x: x.amax(dim=1))
    assert_close(record.attractors, tensor([1.0, 1.0]), rtol=0, atol=1e-2)
    assert record.fractions.tolist() == [1.0]


def test_maps_have_basins_and_runaways_are_undecided():
    square = FunctionMap(lambda x: x**2, 1)
    record = basins(square, tensor([0.5], [-0.9], [1.1], [1.0]), duration=60, escape=100.0)
    assert record.label.tolist() == [0, 0, -1, -1]  # 1 is at rest and unstable
    assert record.end[2].isnan().all()
    flow = FunctionFlow(lambda x: x**2 - 1, 1)
    assert basins(flow, tensor([0.5], [2.0]), duration=30, dt=0.01, escape=10.0).label.tolist() == [0, -1]


def test_the_logistic_maps_road_to_chaos(rng):
    parameters = tensor(2.5, 3.2, 4.0)
    seen = []
    sweep = bifurcation_sweep(
        lambda r: FunctionMap(lambda x: r * x * (1 - x), 1),
        parameters,
        torch.rand(20, 1, generator=rng, dtype=F64),
        duration=200,
        spin_up=500,
        exponents=1,
        on_step=lambda i, n: seen.append((i, n)),
    )
    assert seen == [(0, 3), (1, 3), (2, 3)]
    assert sweep.at_rest.tolist() == [True, False, False] and sweep.n_values.tolist() == [20, 4000, 4000]
    assert_close(sweep.value[sweep.parameter == 2.5], torch.full((20,), 0.6, dtype=F64))
    root = math.sqrt((3.2 - 3) * (3.2 + 1))
    pair = tensor((3.2 + 1 - root) / 6.4, (3.2 + 1 + root) / 6.4)
    assert_close(sweep.value[sweep.parameter == 3.2].round(decimals=9).unique(), pair, rtol=0, atol=1e-8)
    # slopes at rest and along the pair: ln |2 - r| and ln |4 + 2r - r^2| / 2
    exact = tensor(math.log(0.5), math.log(abs(4 + 6.4 - 3.2**2)) / 2, math.log(2))
    assert ((sweep.exponents[:, 0] - exact).abs() <= 4 * sweep.standard_error[:, 0] + 1e-9).all()


def test_hopfs_amplitude_grows_like_the_root_of_the_parameter():
    parameters = tensor(-0.5, 0.25, 1.0)
    make = lambda mu: Hopf(mu, 2.0)  # noqa: E731
    sweep = bifurcation_sweep(make, parameters, tensor([1.0, 0.0]), duration=8, spin_up=40, dt=0.05, exponents=2)
    assert sweep.at_rest.tolist() == [True, False, False]
    assert_close(sweep.value, sweep.parameter.clamp(min=0).sqrt(), rtol=0, atol=1e-5)
    down = bifurcation_sweep(
        make, parameters, tensor([1.0, 0.0]), duration=8, spin_up=40, dt=0.05, observe="minima", coordinate=1
    )
    assert_close(down.value, -down.parameter.clamp(min=0).sqrt(), rtol=0, atol=1e-5)
    assert down.exponents.shape == (3, 0)


def test_following_a_switch_shows_hysteresis_and_fresh_starts_do_not():
    tilts = torch.linspace(-0.5, 0.5, 11, dtype=F64)
    options = dict(duration=1.0, spin_up=50.0, dt=0.25)
    # each sweep begins in the valley that its first tilt has not: only by following can it know which branch it is on
    up = bifurcation_sweep(lambda u: Bistable(tilt=u), tilts, tensor([1.0]), follow=True, **options)
    down = bifurcation_sweep(lambda u: Bistable(tilt=u), tilts.flip(0), tensor([-1.0]), follow=True, **options)
    fold = 2 / (3 * math.sqrt(3))
    assert_close(up.value > 0, tilts > fold)
    assert_close(down.value.flip(0) > 0, tilts > -fold)
    fresh = bifurcation_sweep(lambda u: Bistable(tilt=u), tilts, tensor([0.01]), **options)
    assert_close(fresh.value > 0, tilts > -0.01)


def test_a_phase_plane_holds_the_fields_values():
    plane = phase_plane(Linear(tensor([0.0, 1.0], [-2.0, 0.0])), (-1.0, -2.0), (1.0, 2.0), n=5)
    assert_close(plane.u, plane.y[:, None].expand(5, 5))
    assert_close(plane.v, -2 * plane.x[None, :].expand(5, 5))
    assert_close(plane.x, torch.linspace(-1, 1, 5, dtype=F64))
    assert_close(plane.y, 2 * plane.x)
    oblong = phase_plane(Linear(tensor([0.0, 1.0], [-2.0, 0.0])), (-1.0, -3.0), (2.0, 5.0), n=2)
    assert_close(torch.stack((oblong.x, oblong.y)), tensor([-1.0, 2.0], [-3.0, 5.0]))
    slice_of_three = phase_plane(Bistable(3, bits=3), (-1.0, -1.0), (1.0, 1.0), n=3, coordinates=(2, 0))
    assert_close(slice_of_three.u[0], tensor(0.0, 0.0, 0.0))


FLOW = Duffing()
X = torch.ones(4, 2, dtype=F64)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: basins(torch.sin, X, duration=1), "system: wanted a Flow or a Map"),
        (lambda: basins(FLOW, X, duration=1), "dt: wanted the RK4 step for a Flow, got None"),
        (lambda: basins(FLOW, X.float(), duration=1, dt=0.1), "starts: wanted float64"),
        (lambda: basins(FLOW, X[:, :1], duration=1, dt=0.1), r"starts: wanted shape \(n, 2\)"),
        (lambda: basins(FLOW, X * math.inf, duration=1, dt=0.1), "starts: wanted finite"),
        (lambda: basins(FLOW, X, duration=0.1, dt=0.1), "duration: wanted at least two steps"),
        (lambda: basins(FLOW, 3 * X, duration=20, dt=1.0), "wanted an error of at most 0.01"),
        (lambda: basins(FLOW, X, duration=5, dt=0.1, attractors=tensor([1.0])), "attractors: wanted 2 numbers each"),
        (lambda: basins(FLOW, X, duration=5, dt=0.1, feature=lambda x: x), "feature: wanted"),
        (
            lambda: basins(Linear(torch.zeros(1, 1, dtype=F64)), grid_starts((-5.0,), (5.0,), 200), duration=5, dt=0.1),
            "basins: wanted end states in at most 100 groups, got 200",
        ),
        (
            lambda: bifurcation_sweep(
                lambda p: FLOW, tensor(1.0), X, duration=5, spin_up=0.0, dt=0.1, observe="states"
            ),
            "observe: wanted states for a Map, maxima or minima for a Flow, got states for a Flow",
        ),
        (lambda: bifurcation_sweep(lambda p: p, tensor(1.0), X, duration=5, spin_up=0.0), "system: wanted"),
        (lambda: bifurcation_sweep(lambda p: FLOW, X, X, duration=5, spin_up=0.0), r"parameters: wanted shape \(p\)"),
        (lambda: phase_plane(FLOW, (0.0, 0.0), (1.0, -1.0)), "phase_plane: wanted two coordinates"),
        (lambda: phase_plane(FLOW, (0.0, 0.0), (1.0, 1.0), coordinates=(0, 2)), "coordinate: wanted"),
    ],
)
def test_bad_input_is_told(call, message):
    with pytest.raises(CourseError, match=message):
        call()
