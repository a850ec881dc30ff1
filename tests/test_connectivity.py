"""Random weights under Dale's law: signs, balance, density, and spectra against the values on paper."""

import math

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.models import (
    column_signs,
    draw_dale_weights,
    draw_senders,
    shuffle_signs,
    sign_violations,
    weight_spectrum,
)
from course_lib.validation import CourseError


def test_the_sign_belongs_to_the_column(rng):
    W = draw_dale_weights(8, 2, generator=rng)
    assert bool((W[:, :8] >= 0).all()) and bool((W[:, 8:] <= 0).all())
    assert sign_violations(W, 8) == 0
    assert sign_violations(W.T, 8) > 0.1  # by rows it would be another law
    assert column_signs(8, 2).tolist() == [1.0] * 8 + [-1.0] * 2


def test_violations_are_counted_among_connections_only():
    W = torch.tensor([[0.0, 1.0, -1.0], [1.0, -2.0, 0.0], [0.0, 0.0, 3.0]], dtype=F64)
    assert sign_violations(W, 2) == pytest.approx(2 / 5)
    assert sign_violations(torch.zeros(3, 3, dtype=F64), 2) == 0


def test_the_spectral_radius_is_the_gain(rng):
    W = draw_dale_weights(40, 10, generator=rng, gain=0.7)
    assert float(torch.linalg.eigvals(W).abs().max()) == pytest.approx(0.7)
    assert bool((W.diagonal() == 0).all())
    assert bool((draw_dale_weights(40, 10, generator=rng, self_connections=True).diagonal() != 0).all())


def test_without_a_gain_magnitudes_are_squares_of_uniform_numbers(rng):
    W = draw_dale_weights(300, 100, generator=rng, gain=None, balance="none")
    magnitudes = W.abs()[~torch.eye(400, dtype=torch.bool)]
    assert float(magnitudes.mean()) == pytest.approx(1 / 3, rel=0.01)
    assert float(magnitudes.var()) == pytest.approx(4 / 45, rel=0.01)


def test_rows_cancel_on_average_or_exactly(rng):
    mean = draw_dale_weights(320, 80, generator=rng, gain=None)
    rows = draw_dale_weights(320, 80, generator=rng, gain=None, balance="rows")
    free = draw_dale_weights(320, 80, generator=rng, gain=None, balance="none")
    size = float(free[:, :320].sum(dim=1).mean())
    assert abs(float(mean.sum(dim=1).mean())) < 0.02 * size
    assert float(mean.sum(dim=1).abs().max()) > 0.05 * size  # on average, not at every cell
    assert float(rows.sum(dim=1).abs().max()) < 1e-12 * size
    assert float(free.sum(dim=1).mean()) == pytest.approx((320 - 80) / 320 * size, rel=0.02)


def test_the_density_is_the_share_of_connections(rng):
    W = draw_dale_weights(320, 80, generator=rng, density=0.2)
    assert float((W != 0).double().mean()) == pytest.approx(0.2, rel=0.03)


def test_a_gaussian_matrix_fills_the_disc_of_the_circular_law(rng):
    W = 1.3 * torch.randn(500, 500, generator=rng, dtype=F64) / math.sqrt(500)
    record = weight_spectrum(W)
    assert record.radius == pytest.approx(1.3, rel=0.01)
    assert record.spectral_radius == pytest.approx(1.3, rel=0.06)
    inside = (record.eigenvalues.abs() < 1.3 / math.sqrt(2)).double().mean()
    assert float(inside) == pytest.approx(0.5, abs=0.03)  # uniform: half the eigenvalues on half the area


def test_the_mean_of_the_columns_is_an_eigenvalue_of_its_own(rng):
    """(dim, dim) entries of mean m and variance g² / dim: one eigenvalue at dim m, the others in the disc."""
    W = 0.8 * torch.randn(400, 400, generator=rng, dtype=F64) / 20 + 3.0 / 400
    record = weight_spectrum(W)
    assert record.outlier == pytest.approx(3.0, rel=0.03)
    ordered = record.eigenvalues[record.eigenvalues.abs().argsort(descending=True)]
    assert abs(complex(ordered[0]) - 3.0) < 0.3
    assert float(ordered[1].abs()) < 0.8 * 1.1


def test_two_populations_fill_the_disc_of_their_variances(rng):
    """On paper, before the rescaling: R² = dim (f σ_E² + (1 - f) σ_I²), σ² = 4/45 p + p (1 - p) / 9 at density p."""
    n_e, n_i, p = 400, 100, 0.5
    W = draw_dale_weights(n_e, n_i, generator=rng, gain=None, density=p, balance="none", self_connections=True)
    record = weight_spectrum(W, n_e)
    variance = p * 4 / 45 + p * (1 - p) / 9
    assert record.radius == pytest.approx(math.sqrt((n_e + n_i) * variance), rel=0.02)
    assert record.outlier == pytest.approx((n_e - n_i) * p / 3, rel=0.02)
    assert record.spectral_radius == pytest.approx(record.outlier, rel=0.02)


def test_rows_that_cancel_exactly_keep_every_eigenvalue_in_the_disc(rng):
    """Rajan and Abbott 2006: means that cancel only on average let eigenvalues out of the disc."""
    options = {"generator": rng, "gain": None, "self_connections": True}
    rows = weight_spectrum(draw_dale_weights(400, 100, balance="rows", **options), 400)
    mean = weight_spectrum(draw_dale_weights(400, 100, balance="mean", **options), 400)
    assert abs(rows.outlier) < 1e-9
    assert rows.spectral_radius == pytest.approx(rows.radius, rel=0.08)
    assert float(rows.eigenvalues.abs().min()) < 1e-9 * rows.radius  # rows sum to zero: a vector of ones is lost
    assert mean.radius == pytest.approx(rows.radius, rel=0.02)
    assert mean.spectral_radius > 1.15 * mean.radius


def test_random_signs_keep_every_magnitude_and_lose_the_law(rng):
    W = draw_dale_weights(80, 20, generator=rng, density=0.5)
    free = shuffle_signs(W, generator=rng)
    assert_close(free.abs(), W.abs(), rtol=0, atol=0)
    assert sign_violations(free, 80) == pytest.approx(0.5, abs=0.03)
    same = weight_spectrum(free)
    assert same.radius == pytest.approx(math.sqrt(float((W**2).sum()) / 100), rel=0.02)


def test_sparse_wires_give_every_cell_k_senders_and_never_itself(rng):
    senders = draw_senders(1100, 100, 40, 39, generator=rng)
    assert senders.shape == (1100, 39) and 0 <= int(senders.min()) and int(senders.max()) == 39
    assert all(len(set(row)) == 39 for row in senders.tolist())
    assert not bool((senders[100:140] == torch.arange(40)[:, None]).any())
    assert float(torch.bincount(senders[:100].flatten()).double().std()) < 5  # nobody is preferred


def test_the_generator_decides_everything():
    draw = lambda seed: draw_dale_weights(8, 2, generator=torch.Generator().manual_seed(seed), density=0.7)  # noqa: E731
    assert torch.equal(draw(1), draw(1)) and not torch.equal(draw(1), draw(2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: draw_senders(10, 0, 5, 5, generator=g), "K: wanted fewer than the 5 senders"),
        (lambda g: draw_dale_weights(4, 0, generator=g), "n_i: wanted"),
        (lambda g: draw_dale_weights(4, 2, generator=g, gain=-1.0), "gain: wanted"),
        (lambda g: draw_dale_weights(4, 2, generator=g, density=0.0), "density: wanted"),
        (lambda g: draw_dale_weights(1, 1, generator=g, density=1e-9), "gain: wanted weights with an eigenvalue"),
        (
            lambda g: draw_dale_weights(9, 1, generator=g, balance="rows"),
            "excitatory and inhibitory inputs to every cell, got cell 9 without one kind",
        ),
        (lambda g: shuffle_signs(torch.zeros(2, 3, dtype=F64), generator=g), "W: wanted shape"),
        (lambda g: weight_spectrum(torch.full((2, 2), math.nan, dtype=F64)), "W: wanted finite"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, words, rng):
    with pytest.raises(CourseError, match=words):
        call(rng)
