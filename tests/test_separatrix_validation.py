"""Curves, kicks and scores against borders that are planes: ψ = 0 on a chosen line, in truth on x₁ = 0."""

import dataclasses
import math

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.contour import QuadContourSet
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import grid_starts
from course_lib.dynamics import FunctionFlow
from course_lib.plotting import new_axes, plot_psi, plot_validation
from course_lib.separatrix import (
    Borders,
    Separatrix,
    basin_score,
    by_arc_length,
    descend_to_separatrix,
    hermite_curves,
    kick_experiment,
    smallest_kick,
    validate,
    validate_on_curves,
    zero_set_error,
)
from course_lib.separatrix.eigenfunction import FORMS, Eigenfunction
from course_lib.separatrix.settling import Lookahead
from course_lib.systems import Bistable
from course_lib.validation import CourseError

WELLS = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=F64)


def tensor(*values):
    return torch.tensor(values, dtype=F64)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def wells(tilt):
    points = Bistable(2, tilt=tilt).rest_points()
    return points[points[:, 0].abs() > 0.5].sort(dim=0).values


def plane(normal, offset=0.0, attractors=WELLS):
    """A Separatrix with φ = normal · x - offset: the scaled state is a feature of every network."""
    states = tensor([1.0, 1.0], [-1.0, -1.0])
    net = Eigenfunction(states, 1, width=2, depth=1, form=FORMS["squashed"], generator=seeded(0), dtype=F64)
    net.requires_grad_(False)
    net.head.zero_()
    net.head[:2, 0] = normal * net.size
    net.head[-1, 0] = -offset
    empty = torch.zeros(0, dtype=F64)
    index = torch.ones(1, dtype=torch.long)
    borders = Borders(((0, 1),), torch.zeros(1, 2, dtype=F64), index, torch.tensor([[0, 1]]), torch.ones(1, dtype=F64))
    return Separatrix(attractors, tensor([-2.0, -2.0], [2.0, 2.0]), borders, (net,), empty, empty, (), "flow")


def test_looking_ahead_removes_what_the_flow_contracts():
    saddle = FunctionFlow(lambda x: x * tensor(1.0, -2.0), 2)  # φ = x₁, and x₂ shrinks by e^(-2t) against growth e^t
    time, x = 0.5, tensor([0.3, 0.8], [-0.2, 0.4])
    wrong = plane(tensor(1.0, 0.7))
    right = dataclasses.replace(wrong, lookahead=Lookahead(saddle, time / 50, 50, tensor(time)))
    shrunk = 0.7 * math.exp(-3 * time)
    phi = x[:, 0] + shrunk * x[:, 1]
    assert_close(right.psi(x), phi / (1 + phi**2).sqrt())
    _, slope = right.gradient(x)
    assert_close(slope[:, 1] / slope[:, 0], torch.full((2,), shrunk, dtype=F64))


def test_curves_join_the_attractors_with_the_tangents_they_say():
    curves = hermite_curves(WELLS, 6, generator=seeded(0), spread=0.5)
    rows, zero, step = torch.arange(6), torch.zeros(6, dtype=F64), 1e-6
    assert_close(curves.at(rows, zero), curves.start)
    assert_close(curves.at(rows, zero + 1), curves.end)
    assert_close((curves.at(rows, zero + step) - curves.start) / step, curves.leaving, rtol=1e-4, atol=1e-4)
    assert_close((curves.end - curves.at(rows, zero + 1 - step)) / step, curves.arriving, rtol=1e-4, atol=1e-4)
    straight = hermite_curves(WELLS, 2, generator=seeded(0), spread=0.0)
    assert_close(straight.leaving, 1.4 * (straight.end - straight.start))
    many = hermite_curves(WELLS, 400, generator=seeded(0), spread=0.5).leaving - 1.4 * (WELLS[1] - WELLS[0])
    assert float(many.square().sum(-1).mean().sqrt()) == pytest.approx(1.0, rel=0.1)  # 0.5 x distance 2


def test_an_error_along_a_straight_curve_is_the_shift_of_the_border():
    curves = hermite_curves(WELLS, 3, generator=seeded(0), spread=0.0)
    found = validate_on_curves(plane(tensor(1.0, 0.0), 0.05), Bistable(2), curves)
    assert_close(found.error, torch.full((3,), 0.05, dtype=F64), atol=1e-5, rtol=0)
    assert_close(found.place, torch.full((3,), 0.5, dtype=F64), atol=1e-5, rtol=0)
    assert found.median == pytest.approx(0.025, abs=1e-5)  # of the distance between the wells, 2
    assert found.baseline_median < 1e-5 and found.missed == found.extra == 0


def test_r_squared_compares_with_the_spread_of_the_true_places():
    flow = Bistable(2, tilt=0.2)
    curves = hermite_curves(wells(0.2), 15, generator=seeded(1), spread=1.0)
    found = validate_on_curves(plane(tensor(1.0, 0.0), -0.1, wells(0.2)), flow, curves)
    places, predicted = found.place, found.predicted
    by_hand = 1 - float((predicted - places).square().sum() / (places - places.mean()).square().sum())
    assert found.r_squared == pytest.approx(by_hand) and found.spread > 0
    hill = float(flow.rest_points()[:, 0].sort().values[1])
    assert_close(found.state[:, 0], torch.full((len(places),), hill, dtype=F64), atol=1e-4, rtol=0)
    assert found.baseline_median > 0.05  # the memories are not halfway any more


def test_a_psi_that_never_changes_sign_misses_every_border():
    curves = hermite_curves(WELLS, 4, generator=seeded(0), spread=0.5)
    found = validate_on_curves(plane(tensor(0.01, 0.0), -1.0), Bistable(2), curves)
    assert found.missed == len(found.curve) == 4
    assert bool(found.error.isinf().all()) and math.isnan(found.r_squared)


def test_curves_within_one_basin_are_refused():
    with pytest.raises(CourseError, match="cross a border"):
        curves = hermite_curves(tensor([0.5, 0.0], [1.0, 0.0]), 3, generator=seeded(0), spread=0.0)
        validate_on_curves(plane(tensor(1.0, 0.0)), Bistable(2), curves)


def test_the_score_counts_states_on_the_wrong_side_and_the_nearest_memory_is_the_baseline():
    states = torch.stack((torch.linspace(-1.95, 1.95, 40, dtype=F64), torch.zeros(40, dtype=F64)), dim=1)
    found = basin_score(plane(tensor(1.0, 0.0), 0.5), Bistable(2), states)
    assert found.accuracy == pytest.approx(1 - 5 / 40) and found.nearest == 1.0  # 0.05, 0.15, ..., 0.45 are wrong
    assert_close(found.wrong[:, 0], tensor(0.05, 0.15, 0.25, 0.35, 0.45))
    tilted = basin_score(plane(tensor(1.0, 0.0), 0.0, wells(0.3)), Bistable(2, tilt=0.3), states)
    assert tilted.nearest < 1


def test_descent_reaches_the_border_and_says_how_far_it_was():
    x = tensor([0.8, 0.3], [-0.4, -1.0])
    found = descend_to_separatrix(plane(tensor(2.0, 0.0), 0.1), x)
    assert bool(found.converged.all()) and float(found.residual.max()) < 1e-6
    assert_close(found.x[:, 0], tensor(0.05, 0.05), atol=1e-5, rtol=0)
    assert_close(found.distance, tensor(0.75, 0.45), atol=1e-5, rtol=0)
    flat = descend_to_separatrix(plane(tensor(1e-9, 0.0), 1.0), x, max_steps=5)
    assert not bool(flat.converged.any()) and float(flat.residual.min()) > 0.1
    assert bool(zero_set_error(plane(tensor(1e-9, 0.0), 1.0), x).isinf().all())


def test_the_smallest_kick_is_the_perpendicular():
    fit = plane(tensor(1.0, 1.0))
    found = smallest_kick(fit, WELLS, generator=seeded(0), tries=2)
    assert_close(found.norm, torch.full((2,), math.sqrt(0.5), dtype=F64), atol=1e-4, rtol=0)
    assert_close(found.kick, tensor([0.5, 0.5], [-0.5, -0.5]), atol=1e-3, rtol=0)
    assert_close(found.to_other, torch.ones(2, dtype=F64), atol=1e-3, rtol=0)


def test_whole_kicks_flip_half_kicks_and_random_ones_do_not():
    fit, generator = plane(tensor(1.0, 0.0)), seeded(0)
    x = WELLS.repeat(10, 1) + 0.1 * torch.randn(20, 2, generator=generator, dtype=F64)
    kick = smallest_kick(fit, x, generator=generator, tries=0, n_steps=20)
    found = kick_experiment(fit, Bistable(2), kick, generator=generator)
    assert found.whole == found.towards == 1 and found.half == 0 and found.random < 0.5
    assert bool(found.flipped.all())


def test_states_along_a_curve_are_spaced_by_its_length():
    x = torch.stack((torch.tensor([0.0, 0.01, 0.02, 3.0], dtype=F64), torch.zeros(4, dtype=F64)), dim=1)
    assert_close(by_arc_length(x, 4)[:, 0], tensor(0.0, 1.0, 2.0, 3.0))


def test_one_call_scores_several_fits_and_the_panel_draws_them():
    fits = [plane(tensor(1.0, 0.0), offset) for offset in (0.0, 0.1, 0.2)]
    states = grid_starts((-1.0, -1.0), (1.0, 1.0), 10)
    found = validate(fits, Bistable(2), states, generator=seeded(0), n_curves=5)
    assert len(found.basins) == len(found.curves) == 3
    assert found.accuracy == (1.0, pytest.approx(0.9))
    assert found.error[0] == pytest.approx(found.curves[1].median) and found.error[1] > found.error[0]
    figure, axes = new_axes(3, 1, size=(5.0, 9.0))
    plot_validation(axes, found)
    assert len(axes[2].patches) == 6 and len(axes[1].lines) == 6
    points = axes[0].lines[1].get_xydata()
    assert_close(torch.tensor(points[:, 0]), found.curves[0].place)
    plt.close(figure)


def test_the_picture_of_psi_has_its_zero_line_on_the_border():
    states = grid_starts((-1.0, -1.0), (1.0, 1.0), 21)
    figure, ax = new_axes()
    plot_psi(ax, states, plane(tensor(1.0, 0.0), 0.25).psi(states), border=tensor([0.0, 0.5]))
    line = next(c for c in ax.collections if isinstance(c, QuadContourSet))
    assert float(line.get_paths()[0].vertices[:, 0].mean()) == pytest.approx(0.25, abs=0.02)
    with pytest.raises(CourseError, match="square grid"):
        plot_psi(ax, states[:-1], torch.zeros(440, dtype=F64))
    plt.close(figure)
