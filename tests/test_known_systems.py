"""Rössler, Lorenz-96, van der Pol, Duffing, Hopf, Bistable, Hopfield: paper, references, and bad parameters."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.analysis import linearize, lyapunov_spectrum, poincare_section
from course_lib.integrate import integrate
from course_lib.systems import Bistable, Duffing, Hopf, Hopfield, Lorenz96, Reference, Rossler, VanDerPol, references
from course_lib.systems.references import BISTABLE, DUFFING, HOPF, LORENZ96, ROSSLER, VAN_DER_POL
from course_lib.validation import CourseError


def tensor(*values):
    return torch.tensor(values, dtype=F64)


@pytest.mark.parametrize(
    ("flow", "state", "slope"),
    [
        (Rossler(), (1.0, 2.0, 3.0), (-5.0, 1.4, 0.2 + 3 * (1 - 5.7))),
        (Lorenz96(4, forcing=8.0), (1.0, 2.0, 3.0, 5.0), (2.0, 4.0, 13.0, 0.0)),
        (VanDerPol(2.0), (0.5, 3.0), (3.0, 2 * 0.75 * 3 - 0.5)),
        (Duffing(0.5), (2.0, 1.0), (1.0, 2 - 8 - 0.5)),
        (Hopf(1.0, 2.0), (0.6, 0.8), (-1.6, 1.2)),
        (Bistable(3, bits=2, tilt=0.1, decay=2.0), (0.5, -1.0, 3.0), (0.475, 0.1, -6.0)),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "dim") else None,
)
def test_the_field_by_hand_at_one_state(flow, state, slope):
    assert_close(flow.vector_field(tensor(*state)), tensor(*slope))


@pytest.mark.parametrize(
    ("flow", "n"),
    [
        (Rossler(), 2),
        (Rossler(c=0.3), 0),
        (Lorenz96(7), 1),
        (VanDerPol(), 1),
        (Duffing(), 3),
        (Hopf(), 1),
        (Bistable(), 3),
        (Bistable(tilt=0.3849), 3),
        (Bistable(tilt=0.385), 1),
        (Bistable(4, bits=3), 27),
        (Hopfield.rank_one(tensor(1.0, -1.0, 2.0), 0.9), 1),
        (Hopfield.rank_one(tensor(1.0, -1.0, 2.0), 1.1), 3),
    ],
)
def test_rest_points_rest(flow, n):
    points = flow.rest_points()
    assert points.shape == (n, flow.dim)
    assert n == 0 or flow.vector_field(points).abs().max() < 1e-12


def test_hopf_follows_its_solution_on_paper():
    x0 = tensor([0.3, 0.4], [2.0, -1.0])
    t = torch.linspace(0, 5, 501, dtype=F64)
    for flow in (Hopf(0.7, 2.0), Hopf(-0.5, 1.0)):
        assert_close(integrate(flow, x0, t).x, flow.solution(x0[:, None], t), rtol=0, atol=1e-7)


def test_duffing_loses_energy_at_the_rate_of_its_friction():
    flow, x = Duffing(0.3), tensor([0.4, -1.2], [1.5, 0.7])
    state = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(flow.energy(state).sum(), state)
    assert_close((gradient * flow.vector_field(x)).sum(-1), -0.3 * x[:, 1] ** 2)


def test_the_traces_are_the_stored_divergences(rng):
    for flow in (Lorenz96(), Duffing(0.7)):
        x = torch.randn(4, flow.dim, generator=rng, dtype=F64)
        trace = flow.jacobian(x).diagonal(dim1=-2, dim2=-1).sum(-1)
        assert_close(trace, torch.full((4,), flow.divergence(), dtype=F64))
    assert LORENZ96["lyapunov_sum"].value[0] == Lorenz96().divergence()


def test_the_fold_and_the_saddle_are_where_the_references_say():
    fold = BISTABLE["tilt_of_the_fold"].value[0]
    assert len(Bistable(tilt=fold - 1e-9).rest_points()) == 3
    assert len(Bistable(tilt=fold + 1e-9).rest_points()) == 1
    saddle = linearize(Duffing(0.5), torch.zeros(2, dtype=F64))
    assert_close(saddle.eigenvalues.real[0], tensor(*DUFFING["saddle_eigenvalues"].value))


def test_hopfields_origin_loses_its_stability_at_gain_one():
    v = tensor(1.0, 2.0, -1.0)
    below, above = (linearize(Hopfield.rank_one(v, g), torch.zeros(3, dtype=F64)) for g in (0.999, 1.001))
    assert below.spectral_abscissa < 0 < above.spectral_abscissa
    assert float(above.eigenvalues[0, 0].real) == pytest.approx(0.001, abs=1e-12)


def test_van_der_pols_period_and_amplitude():
    start = tensor(2.0, 0.0)
    section = poincare_section(VanDerPol(), start, duration=20, dt=0.02, coordinate=1, direction=-1, spin_up=40)
    assert float(section.return_times().mean()) == pytest.approx(VAN_DER_POL["period"].value[0], abs=2e-7)
    assert float(section.x[:, 0].mean()) == pytest.approx(VAN_DER_POL["amplitude"].value[0], abs=2e-8)


# settings short enough for every run, whole turns where the frame turns; the bench measures all of them at length
DUFFING_TURN = 2 * math.pi / math.sqrt(2 - 0.0625)
EXPONENTS = {
    "VanDerPol": (VanDerPol(), 2.0, 60.0, 0.05, 66.63, VAN_DER_POL["lyapunov_spectrum"].value),
    "Duffing": (Duffing(), 1.0, 60.0, 0.1, 20 * DUFFING_TURN, DUFFING["lyapunov_spectrum"].value),
    "Hopf": (Hopf(1.0, 2.0), 1.0, 30.0, 0.05, 20.0, HOPF["lyapunov_spectrum"].value),
    "Bistable": (Bistable(), 1.0, 30.0, 0.05, 20.0, BISTABLE["lyapunov_spectrum"].value),
}


@pytest.mark.parametrize("name", EXPONENTS)
def test_exponents_on_paper(name, rng):
    flow, scale, settle, dt, duration, expected = EXPONENTS[name]
    x0 = scale * torch.randn(8, flow.dim, generator=rng, dtype=F64)
    x = integrate(flow, x0, tensor(0.0, settle), max_step=dt).x[:, -1]
    record = lyapunov_spectrum(flow, x, duration=duration, dt=dt)
    tolerance = torch.maximum(3 * record.standard_error, tensor(2e-3 * max(abs(v) for v in expected)))
    assert ((record.exponents - tensor(*expected)).abs() <= tolerance).all()


def test_rosslers_and_lorenz96s_exponents_against_the_references(rng):
    flow = Rossler()
    x = integrate(flow, torch.randn(32, 3, generator=rng, dtype=F64), tensor(0.0, 100.0), max_step=0.05).x[:, -1]
    record = lyapunov_spectrum(flow, x, duration=150, dt=0.03, spin_up=20)
    expected = tensor(*ROSSLER["lyapunov_spectrum"].value)
    assert ((record.exponents - expected).abs() <= torch.maximum(4 * record.standard_error, tensor(0.011))).all()
    flow = Lorenz96()
    x = 8 + torch.randn(8, 40, generator=rng, dtype=F64)
    x = integrate(flow, x, tensor(0.0, 10.0), max_step=0.025).x[:, -1]
    record = lyapunov_spectrum(flow, x, duration=10, dt=0.025, spin_up=5)
    assert float(record.exponents.sum()) == pytest.approx(-40, abs=2e-3)
    largest = LORENZ96["largest_lyapunov_exponent"].value[0]
    assert abs(float(record.exponents[0]) - largest) < 4 * float(record.standard_error[0])


def test_a_hopfield_memorys_exponents_are_its_eigenvalues():
    v = tensor(1.0, -1.0, 1.0, 1.0)
    flow = Hopfield.rank_one(v, 1.5)
    m = float(flow.rest_points()[1, 0])
    assert m == pytest.approx(1.5 * math.tanh(m), abs=1e-12)
    record = lyapunov_spectrum(flow, flow.rest_points()[1:], duration=20, dt=0.05, spin_up=60)
    expected = tensor(-1 + 1.5 * (1 - math.tanh(m) ** 2), -1.0, -1.0, -1.0)
    assert_close(record.exponents, expected, rtol=0, atol=1e-5)


def test_all_references_are_sourced_and_of_matching_sizes():
    tables = [table for name, table in vars(references).items() if name.isupper()]
    assert len(tables) == 8
    for table in tables:
        for name, reference in table.items():
            assert isinstance(reference, Reference)
            assert len(reference.value) == len(reference.uncertainty), name
            assert reference.source and reference.unit, name
            assert (reference.kind == "exact") == (set(reference.uncertainty) == {0.0}) or name == "lyapunov_spectrum"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rossler(a=0.0), "a: wanted a finite number above 0"),
        (lambda: Lorenz96(3), "dim: wanted a whole number of at least 4"),
        (lambda: Lorenz96(8, forcing=float("nan")), "forcing: wanted a finite number"),
        (lambda: VanDerPol(-1.0), "mu: wanted"),
        (lambda: Duffing("0.5"), "damping: wanted"),
        (lambda: Hopf(True), "mu: wanted a finite number, got True"),
        (lambda: Bistable(2, bits=3), "bits: wanted at most dim = 2, got 3"),
        (lambda: Bistable(tilt=None), "tilt: wanted"),
        (lambda: Hopfield(torch.zeros(2, 3, dtype=F64)), r"W: wanted shape \(dim, dim\)"),
        (lambda: Hopfield(torch.eye(2, dtype=F64), torch.zeros(3, dtype=F64)), r"b: wanted shape \(2\)"),
        (lambda: Hopfield.rank_one(torch.zeros(3, dtype=F64), 1.0), "v: wanted a pattern"),
        (lambda: Hopfield.rank_one(torch.ones(3), 1.0), "v: wanted float64, got float32"),
        (lambda: Hopfield(torch.eye(2, dtype=F64)).rest_points(), "rest_points: wanted a network made by"),
    ],
)
def test_bad_parameters_are_told(make, message):
    with pytest.raises(CourseError, match=message):
        make()
