"""Pictures of fixed points, roads, spectra and slow curves draw the records that they are given."""

import math

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects
import pytest
import torch
from matplotlib.colors import to_hex
from problems import F64

from course_lib.analysis import fixed_points, grid_starts, linearize, slow_curve, unstable_manifolds
from course_lib.dynamics import EulerMap, FunctionFlow
from course_lib.plotting import (
    figure_3d,
    new_axes,
    plot_drift,
    plot_index_spectra,
    plot_manifolds,
    plot_rest_points,
    plot_slow_curve,
)
from course_lib.plotting.style import CYCLE
from course_lib.systems import Bistable
from course_lib.validation import CourseError

CUBE = Bistable(3, bits=3)


def first_two(x):
    return x[..., :2]


def itself(x):
    return x


@pytest.fixture
def ax():
    figure, axes = new_axes()
    yield axes
    plt.close(figure)


@pytest.fixture(scope="module")
def points():
    return fixed_points(CUBE, grid_starts((-1.3,) * 3, (1.3,) * 3, 3))


@pytest.fixture(scope="module")
def roads(points):
    return unstable_manifolds(CUBE, points, duration=20.0, dt=0.2, samples=20)


@pytest.fixture(scope="module")
def ring():
    def field(x):
        angle = torch.atan2(x[..., 1:], x[..., :1])
        turned = torch.cat((-x[..., 1:], x[..., :1]), dim=-1)
        return x * (1 - x.square().sum(-1, keepdim=True)) + 0.02 * torch.sin(2 * angle) * turned

    angle = torch.linspace(0, 2 * math.pi, 41, dtype=F64)[:-1]
    return slow_curve(FunctionFlow(field, 2), torch.stack((angle.cos(), angle.sin()), dim=-1), closed=True)


def test_roads_have_the_colour_of_their_saddle_and_may_be_chosen(ax, roads):
    assert plot_manifolds(ax, roads, project=first_two) is ax
    assert len(ax.lines) == len(roads.curves) == 54
    ax.clear()
    plot_manifolds(ax, roads, project=first_two, index=1)
    assert len(ax.lines) == 24
    assert {to_hex(line.get_color()) for line in ax.lines} == {CYCLE[1]}
    drawn = ax.lines[0].get_xydata()
    assert np.allclose(drawn, roads.curves[roads.points.saddle_index[roads.saddle] == 1][0, :, :2])


def test_roads_in_space_and_points_in_a_projection():
    figure, axes = new_axes(three_d=True)
    points = linearize(CUBE, CUBE.rest_points())
    plot_rest_points(axes, points, coordinates=(0, 1, 2), project=lambda x: 2 * x, by="index")
    reach = [float(np.max(np.abs(line.get_data_3d()))) for line in axes.lines]
    assert max(reach) == pytest.approx(2.0)
    plt.close(figure)


def test_a_projection_of_another_size_is_refused(ax, roads):
    with pytest.raises(CourseError, match="project: wanted 2 coordinates"):
        plot_manifolds(ax, roads, project=itself)


def test_rows_of_spectra_are_one_a_point_and_named_by_their_index(ax, points):
    plot_index_spectra(ax, linearize(CUBE, points.x))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [f"{n} with {k} unstable" for k, n in enumerate((8, 12, 6, 1))]
    beyond = [int((c.get_offsets()[:, 0] > 0).sum()) for c in ax.collections]
    assert beyond == [0, 12, 12, 3]
    assert [len(np.unique(c.get_offsets()[:, 1])) for c in ax.collections] == [8, 12, 6, 1]


def test_rows_of_a_map_have_their_boundary_at_one(ax, points):
    plot_index_spectra(ax, linearize(EulerMap(CUBE, 0.1), points.x))
    assert set(ax.lines[0].get_xdata()) == {1.0}
    assert [int((c.get_offsets()[:, 0] > 1).sum()) for c in ax.collections] == [0, 12, 12, 3]


def test_a_ring_is_closed_and_its_resting_places_are_told_apart(ax, ring):
    plot_slow_curve(ax, ring, project=itself)
    marks = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert sorted(line.get_fillstyle() for line in marks) == ["full", "full", "none", "none"]
    assert {line.get_marker() for line in marks} == {"o", "^"}
    pieces = [line for line in ax.lines if line.get_linestyle() != "None"]
    assert len(pieces) == len(ring.x)
    slowest = pieces[int(ring.drift.abs().argmin())].get_linewidth()
    assert slowest > pieces[int(ring.drift.abs().argmax())].get_linewidth() + 2


def test_drift_crosses_zero_where_it_is_marked(ax, ring):
    plot_drift(ax, ring)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["gathers", "lets go"]
    marks = {line.get_label(): line.get_xdata() for line in ax.lines if line.get_marker() in ("o", "^")}
    assert len(marks["gathers"]) == len(marks["lets go"]) == 2


def test_the_figure_in_space_is_plotlys_own_and_holds_every_point(points, roads):
    figure = figure_3d(linearize(CUBE, points.x), roads, project=itself, labels=("a", "b", "c"))
    built = plotly.graph_objects.Figure(**figure)  # plotly refuses what it does not know
    marks = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert [(trace["name"], len(trace["x"])) for trace in marks] == [
        ("0 unstable", 8),
        ("1 unstable", 12),
        ("2 unstable", 6),
        ("3 unstable", 1),
    ]
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    assert [trace["x"].count(None) for trace in lines] == [24, 24, 6]  # a gap after every road
    assert built.layout.scene.xaxis.title.text == "a"
    with pytest.raises(CourseError, match="wanted 3 coordinates"):
        figure_3d(linearize(CUBE, points.x), roads, project=first_two)
