"""The shipped Lorenz data: unchanged bytes, and the statistics of the attractor, never single samples."""

from importlib import resources

import pytest
import torch

import course_lib.data as data
from course_lib.systems import Lorenz63
from course_lib.systems.references import LORENZ63
from course_lib.validation import CourseError


@pytest.fixture(scope="module")
def lorenz():
    return data.load("lorenz63")


def test_shapes_and_precision(lorenz):
    assert lorenz.samples.shape == (80, 500, 3) and lorenz.samples.dtype == torch.float64
    assert lorenz.orbit.shape == (20_000, 3) and lorenz.orbit.dtype == torch.float64
    assert (resources.files("course_lib.data") / "lorenz63.npz").stat().st_size <= 2_000_000


@pytest.mark.parametrize("part", ["samples", "orbit"])
def test_mean_and_spread(lorenz, part):
    states = getattr(lorenz, part).reshape(-1, 3)
    mean, std = (torch.tensor(LORENZ63[key].value, dtype=torch.float64) for key in ("mean", "std"))
    assert torch.allclose(states.mean(dim=0), mean, atol=0.4)
    assert torch.allclose(states.std(dim=0), std, atol=0.1)


def test_the_orbit_obeys_the_flow(lorenz):
    """Central differences over two samples agree with the vector field to the second order in the sampling step."""
    slope = (lorenz.orbit[2:] - lorenz.orbit[:-2]) / (2 * lorenz.orbit_dt)
    field = Lorenz63().vector_field(lorenz.orbit[1:-1])
    assert float((slope - field).square().mean().sqrt() / field.square().mean().sqrt()) < 0.15


def test_changes_of_lobe(lorenz):
    x = lorenz.orbit[:, 0]
    per_time = float((x[1:] * x[:-1] < 0).sum()) / (len(x) * lorenz.orbit_dt)
    assert per_time == pytest.approx(LORENZ63["sign_changes_of_x"].value[0], abs=0.04)


def test_orbits_are_independent(lorenz):
    """The correlation of x between two orbits is that of chance: 80 starts, 50 t.u."""
    x = lorenz.samples[:, :, 0]
    correlation = torch.corrcoef(x) - torch.eye(80, dtype=torch.float64)
    assert float(correlation.abs().mean()) < 0.2
    assert float(correlation.abs().max()) < 0.9


def test_another_file_is_refused(monkeypatch):
    monkeypatch.setitem(data.CHECKSUMS, "lorenz63", "0" * 64)
    with pytest.raises(CourseError, match="wanted the released file"):
        data.load("lorenz63")


def test_an_unknown_name_is_refused():
    with pytest.raises(CourseError, match="lorenz63"):
        data.load("lorenz64")


@pytest.mark.slow
def test_the_recipe_makes_the_same_statistics(tmp_path):
    from course_lib.data.make_lorenz63 import main

    main(str(tmp_path))
    import numpy as np

    with np.load(tmp_path / "lorenz63.npz") as made:
        assert made["samples"].reshape(-1, 3).std(axis=0) == pytest.approx(LORENZ63["std"].value, abs=0.1)
        assert made["orbit"].shape == (20_000, 3)
