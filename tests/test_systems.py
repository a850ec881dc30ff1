"""The systems against paper, and every stored reference against a measurement."""

import dataclasses
import math

import pytest
import torch
from problems import F64, SPIRAL
from torch.testing import assert_close

from course_lib.integrate import integrate
from course_lib.systems import Linear, Lorenz63, Reference, references
from course_lib.systems.references import LORENZ63
from course_lib.tasks import LorenzForecast
from course_lib.validation import CourseError


def test_lorenz_by_hand_at_one_state():
    assert_close(
        Lorenz63().vector_field(torch.tensor([1.0, 2.0, 3.0], dtype=F64)),
        torch.tensor([10.0, 23.0, -6.0], dtype=F64),
    )


@pytest.mark.parametrize(("rho", "n"), [(0.5, 1), (1.0, 1), (28.0, 3)])
def test_rest_points_rest(rho, n):
    flow = Lorenz63(rho=rho)
    points = flow.rest_points()
    assert points.shape == (n, 3)
    assert flow.vector_field(points).abs().max() < 1e-12


def test_eigenvalues_at_the_rest_points_are_the_roots_of_their_characteristic_polynomials():
    flow = Lorenz63()
    eigenvalues = torch.linalg.eigvals(flow.jacobian(flow.rest_points()))
    origin = eigenvalues[0].real.sort().values
    root = math.sqrt(121 + 40 * 27)  # mu^2 + 11 mu - 270 = 0 and mu = -8/3
    assert_close(origin, torch.tensor(sorted(((-11 - root) / 2, -8 / 3, (-11 + root) / 2)), dtype=F64))
    for mu in eigenvalues[1]:
        assert abs(mu**3 + (41 / 3) * mu**2 + (8 / 3) * 38 * mu + 2 * 10 * (8 / 3) * 27) < 1e-9


def test_the_pair_of_rest_points_loses_stability_at_the_stored_hopf_point():
    hopf = LORENZ63["hopf_rho"].value[0]
    assert hopf == pytest.approx(10 * (10 + 8 / 3 + 3) / (10 - 8 / 3 - 1), abs=1e-12)
    growth = []
    for rho in (hopf - 1e-6, hopf + 1e-6):
        flow = Lorenz63(rho=rho)
        growth.append(torch.linalg.eigvals(flow.jacobian(flow.rest_points()[1])).real.max())
    assert growth[0] < 0 < growth[1]


def test_the_divergence_is_the_trace_everywhere(rng):
    flow = Lorenz63(sigma=3.0, rho=20.0, beta=1.5)
    x = 10 * torch.randn(7, 3, generator=rng, dtype=F64)
    trace = flow.jacobian(x).diagonal(dim1=-2, dim2=-1).sum(-1)
    assert_close(trace, torch.full((7,), flow.divergence(), dtype=F64))
    assert LORENZ63["lyapunov_sum"].value[0] == pytest.approx(Lorenz63().divergence(), abs=1e-12)


def test_the_reference_spectrum_sums_to_the_trace():
    spectrum = LORENZ63["lyapunov_spectrum"]
    assert sum(spectrum.value) == pytest.approx(LORENZ63["lyapunov_sum"].value[0], abs=sum(spectrum.uncertainty))


def test_long_run_moments_and_rates_against_the_stored_references():
    flow = Lorenz63()
    starts = LorenzForecast().draw_starts(400, generator=torch.Generator().manual_seed(7))
    t = torch.arange(0, 40, 0.02, dtype=F64)
    x = integrate(flow, starts, t).x
    std = x.std(dim=(0, 1))
    assert_close(std, torch.tensor(LORENZ63["std"].value, dtype=F64), rtol=0.005, atol=0)
    # by symmetry the mean of x and y is zero; its scatter over 400 orbits is measured here
    scatter = x.mean(dim=1).std(dim=0) / 20
    assert ((x.mean(dim=(0, 1)) - torch.tensor(LORENZ63["mean"].value, dtype=F64)).abs() < 4 * scatter + 0.01).all()
    rises = ((x[:, :-1, 2] < 27) & (x[:, 1:, 2] >= 27)).sum() / (400 * 40)
    assert float(rises) == pytest.approx(LORENZ63["upward_crossings_of_z_27"].value[0], abs=0.01)
    coarse = x[:, ::3, 0].sign()
    changes = (coarse[:, 1:] != coarse[:, :-1]).sum() / (400 * 40)
    assert float(changes) == pytest.approx(LORENZ63["sign_changes_of_x"].value[0], abs=0.012)


def test_references_are_frozen_sourced_and_of_matching_sizes():
    for name, reference in LORENZ63.items():
        assert isinstance(reference, Reference)
        assert len(reference.value) == len(reference.uncertainty), name
        assert reference.source and reference.unit, name
        assert reference.kind in ("exact", "published", "computed"), name
        assert (reference.kind == "exact") == (set(reference.uncertainty) == {0.0}), name
    with pytest.raises(dataclasses.FrozenInstanceError):
        LORENZ63["mean"].value = (0.0,)
    assert "0.9059" not in open(references.__file__).read()  # a slip in copying, seen in print


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), "10"])
def test_lorenz_refuses_parameters_that_are_no_positive_numbers(bad):
    with pytest.raises(CourseError, match="sigma: wanted"):
        Lorenz63(sigma=bad)


def test_linear_refuses_what_is_no_square_matrix():
    with pytest.raises(CourseError, match=r"A: wanted shape \(dim, dim\), got \(2, 3\)"):
        Linear(torch.zeros(2, 3, dtype=F64))
    with pytest.raises(CourseError, match="A: wanted finite"):
        Linear(SPIRAL * float("inf"))
