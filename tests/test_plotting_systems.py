"""Portraits, sections, basins and sweeps draw the records they are given; kinds are told apart by shape."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from problems import F64

from course_lib.analysis import (
    basins,
    bifurcation_sweep,
    grid_starts,
    linearize,
    phase_plane,
    poincare_section,
)
from course_lib.dynamics import EulerMap, FunctionMap
from course_lib.plotting import (
    new_axes,
    plot_basins,
    plot_bifurcation,
    plot_exponents,
    plot_linearization,
    plot_phase_plane,
    plot_rest_points,
    plot_section,
)
from course_lib.plotting.portraits import KINDS
from course_lib.systems import Bistable, Duffing, Hopf
from course_lib.validation import CourseError


@pytest.fixture
def ax():
    figure, axes = new_axes()
    yield axes
    plt.close(figure)


def test_a_phase_plane_has_arrows_of_one_length_and_both_nullclines(ax):
    assert plot_phase_plane(ax, phase_plane(Duffing(), (-2.0, -2.0), (2.0, 2.0)), labels=("x", "v")) is ax
    arrows = next(c for c in ax.collections if hasattr(c, "U"))
    assert np.allclose(np.hypot(arrows.U, arrows.V), 1)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["x stands still", "v stands still"]
    assert ax.get_xlabel() == "x" and ax.get_ylabel() == "v"


def test_rest_points_stand_where_they_are_filled_when_stable(ax):
    points = linearize(Duffing(), Duffing().rest_points())
    assert plot_rest_points(ax, points) is ax
    drawn = {tuple(float(v[0]) for v in line.get_data()): line.get_fillstyle() for line in ax.lines}
    assert drawn == {(0.0, 0.0): "none", (1.0, 0.0): "full", (-1.0, 0.0): "full"}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["saddle", "stable focus"]


def test_every_kind_has_its_own_look_without_colour():
    shapes = {name: look[:2] for name, look in KINDS.items()}
    for stable, other in (("stable node", "saddle"), ("stable node", "unstable node"), ("saddle", "unstable node")):
        assert shapes[stable] != shapes[other]
    assert shapes["centre"] not in (shapes["stable node"], shapes["unstable node"])


def test_points_of_a_cube_by_index_in_three_dimensions():
    figure, axes = new_axes(three_d=True)
    flow = Bistable(3, bits=3)
    plot_rest_points(axes, linearize(flow, flow.rest_points()), coordinates=(0, 1, 2), by="index")
    assert [t.get_text() for t in axes.get_legend().get_texts()] == [f"{i} unstable" for i in range(4)]
    assert sorted(line.get_marker() for line in axes.lines).count("^") == 12
    plt.close(figure)


def test_eigenvalues_of_a_map_come_with_the_unit_circle(ax):
    plot_linearization(ax, linearize(EulerMap(Duffing(), 0.1), Duffing().rest_points()))
    circle = ax.lines[0].get_xydata()
    assert np.allclose(np.hypot(*circle.T), 1)
    assert sum(len(c.get_offsets()) for c in ax.collections) == 6


def test_basins_are_an_image_with_clear_undecided_starts(ax):
    record = basins(Bistable(2), grid_starts((-1.0, -1.0), (1.0, 1.0), 5), duration=30, dt=0.1)
    plot_basins(ax, record)
    image = ax.collections[0].get_array().reshape(5, 5)
    assert np.ma.getmaskarray(np.ma.masked_invalid(image))[:, 2].all()  # the column x = 0
    assert len(set(image[:, 4])) == len(set(image[:, 0])) == 1 and image[0, 0] != image[0, 4]
    with pytest.raises(CourseError, match="record: wanted starts on a grid"):
        plot_basins(ax, basins(Bistable(2), torch.rand(7, 2, dtype=F64), duration=30, dt=0.1))


def test_sections_and_sweeps_draw_every_value(ax):
    x0 = torch.tensor([1.0, 0.0], dtype=F64)
    section = poincare_section(Hopf(), x0, duration=15, dt=0.05, coordinate=1, direction=0)
    plot_section(ax, section)
    assert sum(len(c.get_offsets()) for c in ax.collections) == len(section.t)
    ax.clear()
    sweep = bifurcation_sweep(
        lambda r: FunctionMap(lambda x: r * x * (1 - x), 1),
        torch.tensor([2.5, 3.2], dtype=F64),
        torch.tensor([[0.3], [0.4]], dtype=F64),
        duration=20,
        spin_up=100,
        exponents=1,
    )
    plot_bifurcation(ax, sweep, parameter_label="r")
    assert len(ax.collections[0].get_offsets()) == int(sweep.n_values.sum()) and ax.get_xlabel() == "r"
    ax.clear()
    plot_exponents(ax, sweep)
    assert np.allclose(ax.lines[1].get_ydata(), sweep.exponents[:, 0])
