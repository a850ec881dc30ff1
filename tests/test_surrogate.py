"""Surrogate gradients: a step forwards, the stated bell backwards, widths and areas on paper."""

import math

import pytest
import torch
from problems import F64

from course_lib.models.lif import LIFCell, lif_step
from course_lib.models.surrogate import BELLS, Surrogate
from course_lib.validation import CourseError

ALL = [Surrogate(name, slope) for name in BELLS for slope in (3.0, 25.0)]


def label(surrogate: Surrogate) -> str:
    return f"{surrogate.name}-{surrogate.slope:g}"


@pytest.mark.parametrize("surrogate", ALL, ids=label)
def test_forwards_it_is_a_step(surrogate):
    excess = torch.tensor([-1.0, -1e-12, 0.0, 1e-12, 1.0], dtype=F64)
    assert surrogate(excess).tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("surrogate", ALL, ids=label)
def test_backwards_it_is_its_bell_times_what_comes_in(surrogate):
    excess = torch.linspace(-0.3, 0.3, 13, dtype=F64, requires_grad=True)
    weights = torch.arange(13, dtype=F64)
    (surrogate(excess) * weights).sum().backward()
    torch.testing.assert_close(excess.grad, weights * surrogate.derivative(excess.detach()))
    assert float(surrogate.derivative(torch.zeros(1, dtype=F64))) == 1.0


@pytest.mark.parametrize("surrogate", ALL, ids=label)
def test_half_width_and_area_are_those_of_the_bell(surrogate):
    half = torch.tensor([-surrogate.half_width, surrogate.half_width], dtype=F64)
    assert surrogate.derivative(half).tolist() == pytest.approx([0.5, 0.5])
    reach = 2000.0 / surrogate.slope
    x = torch.linspace(-reach, reach, 4_000_001, dtype=F64)
    assert float(torch.trapezoid(surrogate.derivative(x), x)) == pytest.approx(surrogate.area, rel=2e-3)


def test_a_larger_slope_is_a_narrower_bell():
    widths = [Surrogate("superspike", slope).half_width for slope in (10.0, 25.0, 100.0)]
    assert widths == pytest.approx([(math.sqrt(2) - 1) / slope for slope in (10, 25, 100)])
    assert widths == pytest.approx([0.0414, 0.0166, 0.0041], abs=1e-4)


def test_the_bell_is_no_derivative_of_a_bell():
    """Above threshold the surrogate is positive; the derivative of the bell would be negative there."""
    excess = torch.tensor([0.1], dtype=F64, requires_grad=True)
    Surrogate("superspike", 10.0)(excess).backward()
    assert float(excess.grad) == pytest.approx(0.25)


def test_the_gradient_of_a_cell_over_time_decays_for_a_narrow_bell_and_explodes_for_a_wide_one():
    generator = torch.Generator().manual_seed(0)
    W = 4 * torch.randn(50, 50, generator=generator, dtype=F64) / math.sqrt(50)
    drive = 1.2 + 0.3 * torch.randn(50, generator=generator, dtype=F64)
    cell, norms = LIFCell(), {}
    for slope in (1.0, 10.0, 100.0):
        scale = torch.ones((), dtype=F64, requires_grad=True)
        v = i_syn = spikes = torch.zeros(50, dtype=F64)
        total = torch.zeros((), dtype=F64)
        for _ in range(100):
            jump = scale * (spikes @ W.T) + cell.leak_syn * drive
            v, i_syn, spikes = lif_step(v, i_syn, jump, cell, spike=Surrogate("superspike", slope))
            total = total + spikes.sum()
        (gradient,) = torch.autograd.grad(total, scale)
        norms[slope] = float(gradient.abs())
    assert norms[1.0] > 1e3 * norms[10.0] > 0 and norms[100.0] < norms[10.0], norms


@pytest.mark.parametrize(
    ("name", "slope", "words"),
    [("super", 10.0, "one of gaussian, logistic, superspike, triangle"), ("triangle", 0.0, "slope: wanted")],
)
def test_bad_choices_are_named(name, slope, words):
    with pytest.raises(CourseError, match=words):
        Surrogate(name, slope)
