"""ψ where it is known on paper, labels, several attractors, ensembles, samplers; bad input."""

import math

import numpy as np
import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import grid_starts
from course_lib.dynamics import EulerMap, FunctionFlow
from course_lib.separatrix import (
    FitStopped,
    along_axis,
    around,
    basin_score,
    box,
    compare_with_saddles,
    convex,
    empirical,
    fit_separatrix,
    gaussian,
    mixture,
    zero_set_error,
)
from course_lib.separatrix.eigenfunction import FORMS, Eigenfunction
from course_lib.separatrix.objective import Problem, solve_head
from course_lib.systems import Bistable
from course_lib.validation import CourseError

SMALL = {"n_states": 3000, "n_steps": 120, "width": 32, "depth": 2, "head_steps": 5}
ENDS = torch.tensor([[-1.0], [1.0]], dtype=F64)
WELLS = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=F64)


def tensor(*values):
    return torch.tensor(values, dtype=F64)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def switch():
    return fit_separatrix(Bistable(2), WELLS, generator=seeded(0), members=2, **SMALL)


def test_the_eigenfunction_of_x_minus_x_cubed_is_x_itself():
    fit = fit_separatrix(Bistable(), ENDS, generator=seeded(0), hold="slope", **{**SMALL, "n_steps": 300})
    x = torch.linspace(-0.98, 0.98, 99, dtype=F64)
    error = (fit.psi(x[:, None]) - x).abs()
    assert float(error.max()) < 0.12 and float(error.median()) < 0.04
    assert float(fit.borders.rates) == pytest.approx(1.0)
    assert float(zero_set_error(fit, tensor([0.0])).max()) < 5e-3


def test_the_squashed_and_the_linear_form_grow_as_their_equations_say():
    x, growth = torch.linspace(-0.9, 0.9, 7, dtype=F64), tensor(0.7)
    phi = x / (1 - x**2).sqrt()
    grown = FORMS["squashed"].grown(x, growth)[0]
    assert_close(grown / (1 - grown**2).sqrt(), phi * math.exp(0.7))  # φ grows by e^0.7
    assert_close(FORMS["squashed"].psi(phi), x)
    assert_close(FORMS["linear"].grown(x, growth)[0], x * math.exp(0.7))
    form = FORMS["squashed"]
    g, psi = phi.clone().requires_grad_(), x.clone().requires_grad_()
    assert_close(torch.autograd.grad(form.psi(g).sum(), g)[0], form.slopes(phi)[0])
    assert_close(torch.autograd.grad(form.slopes(g)[0].sum(), g)[0], form.slopes(phi)[1])
    for rule in (form.rate, lambda psi: form.grown(psi, growth)):
        value, slope = rule(psi)
        assert_close(torch.autograd.grad(value.sum(), psi)[0], slope.detach())


def test_tangents_carried_by_hand_agree_with_autograd():
    states = torch.randn(40, 3, generator=seeded(1), dtype=F64)
    net = Eigenfunction(states, 2, width=8, depth=3, form=FORMS["squashed"], generator=seeded(2), dtype=F64)
    v = torch.randn(40, 3, generator=seeded(3), dtype=F64)
    _, known = torch.func.jvp(net.features, (states,), (v,))
    features, along = net.features_along(states, v)
    assert_close(features, net.features(states))
    assert_close(along, known)


@pytest.mark.parametrize("integrated", [True, False])
def test_the_last_layer_is_solved_for(integrated):
    x = torch.linspace(-1, 1, 200, dtype=F64)[:, None]
    net = Eigenfunction(x, 1, width=16, depth=1, form=FORMS["squashed"], generator=seeded(0), dtype=F64)
    net.requires_grad_(False)
    later = x * math.e / (1 + x**2 * (math.e**2 - 1)).sqrt()  # x - x³ after a time of 1
    y = later if integrated else x - x**3
    problem = Problem(x, y, tensor(1.0), ENDS, tensor([-0.999], [0.999]), integrated)
    assert solve_head(net, problem, 0, 30) < 1e-4
    assert float(net(tensor([0.0])).abs()) < 0.02 and float(net(tensor([0.9]))) > 0.9


def test_psi_labels_the_basins_and_vanishes_on_the_border(switch):
    states = grid_starts((-1.8, -1.8), (1.8, 1.8), 30)
    score = basin_score(switch, Bistable(2), states)
    assert score.accuracy == 1.0 and score.undecided == 0
    border = torch.stack((torch.zeros(20, dtype=F64), torch.linspace(-1.8, 1.8, 20, dtype=F64)), dim=1)
    assert float(zero_set_error(switch, border).max()) < 0.04
    assert_close(switch.label(WELLS), torch.tensor([0, 1]))
    assert float(switch.psi(WELLS)[0]) < -0.5 < 0.5 < float(switch.psi(WELLS)[1])


def test_the_border_is_tangent_to_the_saddles_stable_subspace(switch):
    found = compare_with_saddles(switch, Bistable(2))
    assert float(found.alignment) > 0.999 and float(found.distance) < 0.01


def test_members_disagree_by_their_standard_deviation(switch):
    x = tensor([0.1, 0.4], [0.5, -0.3])
    both = torch.stack([member(x)[:, 0] for member in switch.members])
    assert_close(switch.psi(x), both.mean(dim=0))
    assert_close(switch.disagreement(x), both.std(dim=0))
    assert float((both[0] - both[1]).abs().max()) > 0


def test_the_gradient_is_that_of_psi(switch):
    x = tensor([0.1, 0.4])
    step = 1e-5 * torch.eye(2, dtype=F64)
    numeric = (switch.psi(x + step) - switch.psi(x - step)) / 2e-5
    assert_close(switch.gradient(x)[1][0], numeric, rtol=1e-5, atol=1e-7)


def test_four_basins_have_four_borders_and_four_labels():
    flow = Bistable(2, bits=2)
    corners = flow.rest_points()[(flow.rest_points().abs() > 0.5).all(dim=1)]
    fit = fit_separatrix(flow, corners, generator=seeded(0), **SMALL)
    states = grid_starts((-1.5, -1.5), (1.5, 1.5), 20)
    assert fit.psi(states).shape == (400, 4)
    assert basin_score(fit, flow, states).accuracy > 0.97


def test_a_map_takes_the_multiplicative_form():
    step = EulerMap(Bistable(2), 0.2)
    fit = fit_separatrix(step, WELLS, generator=seeded(0), hold="slope", **SMALL)
    assert float(fit.borders.rates) == pytest.approx(math.log(1.2))
    x = tensor([0.1, 0.3], [-0.2, -0.5], [0.3, 0.1])
    ratio = [psi / (1 - psi**2).sqrt() for psi in (fit.psi(step.step(x)), fit.psi(x))]
    assert_close(ratio[0] / ratio[1], torch.full((3,), 1.2, dtype=F64), rtol=0.15, atol=0)
    with pytest.raises(CourseError, match="integrated"):
        fit_separatrix(step, WELLS, generator=seeded(0), integrated=False)


@pytest.mark.parametrize("system", [Bistable(2), EulerMap(Bistable(2), 0.2)], ids=["flow", "map"])
def test_a_fit_that_looks_ahead_carries_states_for_one_time_constant(system):
    fit = fit_separatrix(system, WELLS, generator=seeded(0), lookahead=1.0, patience=2, score_every=60, **SMALL)
    ahead = fit.lookahead
    assert float(ahead.growth) == pytest.approx(1.0, rel=0.1)  # a whole number of iterations of the map
    assert ahead.n_steps == (5 if fit.kind == "map" else round(1 / ahead.h))
    states = grid_starts((-1.8, -1.8), (1.8, 1.8), 20)
    assert basin_score(fit, system, states).accuracy == 1.0
    assert max(score for _, score in fit.scores[0]) > 0.9  # whichever sign, before the last layer is solved for
    with pytest.raises(CourseError, match="lookahead"):
        fit_separatrix(system, WELLS, generator=seeded(0), lookahead=-1.0, **SMALL)


def test_a_fit_stops_early_on_its_basin_score_and_reports_every_step():
    seen = []
    fit = fit_separatrix(Bistable(2), WELLS, generator=seeded(0), patience=1, score_every=20,
                         on_step=lambda step, loss: seen.append(step), **{**SMALL, "n_steps": 400})  # fmt: skip
    assert len(seen) == fit.loss.shape[1] < 400
    assert fit.scores[0][-1][1] <= max(score for _, score in fit.scores[0])


def test_a_network_that_got_stuck_is_replaced_twice_at_most(monkeypatch):
    def starts(**more):
        seen, options = [], {**SMALL, "n_states": 500, "n_steps": 2, **more}
        options |= {"on_step": lambda *step: seen.append(step)}
        fit = fit_separatrix(Bistable(2), WELLS, generator=seeded(0), **options)
        assert len(fit.members) == len(fit.residual) == 1
        return len(seen) / 2

    for unsolved, drawn in ((math.inf, 1), (0.0, 3)):
        monkeypatch.setattr("course_lib.separatrix.fit.UNSOLVED", unsolved)
        assert starts() == drawn
    assert starts(head_steps=0) == 1  # without a solution there is nothing to judge by


def test_a_field_without_a_derivative_can_be_fitted_when_its_rate_is_given():
    stair = FunctionFlow(lambda x: torch.from_numpy(np.sign(x.numpy())) - x, 1)
    options = {"rate": 1.0, "dt": 0.05, "duration": 20.0}
    fit = fit_separatrix(stair, ENDS, generator=seeded(0), **options, **SMALL)
    assert fit.label(tensor([-0.2], [0.2])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("attractors", "options", "words"),
    [
        (ENDS[:1], {}, "at least two"),
        (ENDS, {"domain": tensor([-0.5], [0.5])}, "inside the domain"),
        (tensor([-1.0], [0.7]), {}, "a state at rest"),
        (ENDS, {"saddles": tensor([1.0])}, "no unstable direction"),
        (ENDS, {"rhs": "cubic"}, "one of"),
    ],
)
def test_what_cannot_be_fitted_is_refused(attractors, options, words):
    with pytest.raises(CourseError, match=words):
        fit_separatrix(Bistable(), attractors, generator=seeded(0), **options)


def test_a_fit_that_fails_keeps_what_it_has():
    domain = tensor([-60.0], [60.0])
    runaway = FunctionFlow(lambda x: torch.where(x.abs() < 2, x - x**3, x**3), 1)
    with pytest.raises(FitStopped, match="states that stay finite") as stopped:
        fit_separatrix(runaway, ENDS, generator=seeded(0), domain=domain, sampling=box(domain), dt=0.05, **SMALL)
    assert_close(stopped.value.found.saddles, tensor([0.0]))


def test_samplers_draw_what_they_say():
    n, generator = 4000, seeded(0)
    x = box(tensor([-1.0, 0.0], [1.0, 4.0]))(n, generator)
    assert_close(x.mean(dim=0), tensor(0.0, 2.0), atol=0.1, rtol=0)
    assert float(x[:, 1].max()) <= 4 and float(x[:, 1].min()) >= 0
    covariance = tensor([2.0, 0.6], [0.6, 0.5])
    assert_close(gaussian(tensor(1.0, -1.0), covariance)(n, generator).T.cov(), covariance, atol=0.15, rtol=0)
    near = around(WELLS, tensor([0.1, 0.1], [1.0, 1.0]))(n, generator)
    assert 0.3 < float((torch.cdist(near, WELLS).min(dim=1).values < 0.3).double().mean()) < 0.7
    assert float((empirical(WELLS)(50, generator).abs() - WELLS[1].abs()).abs().max()) == 0
    between = convex(WELLS)(n, generator)
    assert float(between[:, 1].abs().max()) == 0 and float(between[:, 0].abs().max()) <= 1
    axis = along_axis(tensor(-1.0, -1.0), tensor(1.0, 1.0), along=2.0, across=0.1)(n, generator)
    assert float((axis @ tensor(1.0, 1.0)).std()) == pytest.approx(2 * math.sqrt(2), rel=0.1)
    assert float((axis @ tensor(1.0, -1.0)).std()) == pytest.approx(0.1 * math.sqrt(2), rel=0.1)
    both = mixture((box(tensor([0.0], [1.0])), box(tensor([2.0], [3.0]))), (3.0, 1.0))(400, generator)
    assert int((both > 1.5).sum()) == 100
