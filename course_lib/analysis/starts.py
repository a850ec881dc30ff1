"""Starts for a search: states drawn near orbits, means of points that are already known, regular grids."""

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.integrate import Trajectory
from course_lib.shapes import State
from course_lib.validation import (
    check_count,
    check_finite,
    check_float64,
    check_generator,
    check_positive,
    check_shape,
    complaint,
)

MOST_BITS = 10  # 3^10 = 59049 cells


@torch.no_grad()
def draw_starts(x: Trajectory | Tensor, n: int, *, noise: float = 0.0, generator: torch.Generator) -> State:
    """n states drawn with replacement from orbits, each moved by Gaussian noise. Returns (n, dim).

    x: a Trajectory, or states (..., dim), float64.  noise: its standard deviation [state units].
    Taught on the page "Fixed points and linearisation".
    """
    states = x.x if isinstance(x, Trajectory) else x
    check_finite("x", check_shape("x", check_float64("x", states), "... dim"))
    check_count("n", n)
    check_positive("noise", noise, or_zero=True)
    check_generator(generator)
    states = states.reshape(-1, states.shape[-1])
    if len(states) == 0:
        raise complaint("x", wanted="at least one state", got="none", do="Integrate first.")
    chosen = states[torch.randint(len(states), (n,), generator=generator)]
    return chosen + noise * torch.randn(chosen.shape, generator=generator, dtype=chosen.dtype)


@torch.no_grad()
def cell_seeds(
    points: State,
    *,
    labels: Tensor | None = None,
    groups: Sequence[Sequence[int]] | None = None,
    copies: int = 10,
    noise: float = 0.05,
    generator: torch.Generator,
) -> State:
    """Structured seeds: means of known points, where the saddles between them lie. Returns (seeds * copies, dim).

    points: (k, dim), float64, for example the stable nodes that a first search found.
    labels: (k, bits) of -1 and +1, the corner of a cube that each point stands for: then one seed for each of the
        3^bits cells of the cube (corners, edges, faces, ..., centre), the mean of its corners. Cells none of whose
        corners was found are left out.
    groups: for points that are no cube, the rows whose mean is a seed, for example the neighbours [(0, 1), (1, 2)];
        the points themselves are seeds as well.  Neither: the points, the means of all pairs, and the mean of all.
    copies: of every seed; the first is exact, the others carry Gaussian noise [state units].

    For the three-bit memory: 8 nodes give 27 seeds, one near each fixed point of the ideal product.
    Taught on the page "Fixed points and linearisation".
    """
    check_finite("points", check_shape("points", check_float64("points", points), "k dim"))
    check_count("copies", copies)
    check_positive("noise", noise, or_zero=True)
    check_generator(generator)
    if len(points) == 0:
        raise complaint("points", wanted="at least one point", got="none", do="Search from trajectories first.")
    if labels is not None and groups is not None:
        raise complaint(
            "cell_seeds", wanted="labels or groups", got="both", do="Labels already say which cells to take."
        )
    if groups is not None:
        seeds = _group_means(points, groups)
    else:
        seeds = _pair_means(points) if labels is None else _cell_means(points, labels)
    repeated = seeds.repeat(copies, 1)
    jitter = noise * torch.randn(repeated.shape, generator=generator, dtype=repeated.dtype)
    jitter[: len(seeds)] = 0
    return repeated + jitter


@torch.no_grad()
def grid_starts(low: tuple[float, ...], high: tuple[float, ...], n: int) -> State:
    """A regular grid of n points a side between two corners, ends included. Returns (n^dim, dim), last axis fastest.

    Taught on the page "Map versus flow and solvers".

    >>> grid_starts((0.0, 0.0), (1.0, 2.0), 2).tolist()
    [[0.0, 0.0], [0.0, 2.0], [1.0, 0.0], [1.0, 2.0]]
    """
    if len(low) != len(high) or not all(a < b for a, b in zip(low, high, strict=True)):
        raise complaint("low, high", wanted="two corners, low < high", got=f"{low}, {high}", do="Order the corners.")
    check_count("n", n, least=2)
    axes = [torch.linspace(a, b, n, dtype=torch.float64) for a, b in zip(low, high, strict=True)]
    return torch.cartesian_prod(*axes).reshape(-1, len(axes))


def _pair_means(points: Tensor) -> Tensor:
    pairs = [(points[i] + points[j]) / 2 for i, j in itertools.combinations(range(len(points)), 2)]
    return torch.stack([*points, *pairs, points.mean(dim=0)])


def _group_means(points: Tensor, groups: Sequence[Sequence[int]]) -> Tensor:
    rows = range(len(points))
    for group in groups:
        if not len(group) or not all(row in rows for row in group):
            raise complaint(
                "groups",
                wanted=f"rows from 0 to {len(points) - 1} in every group",
                got=str(list(group)),
                do="Name each point by its row, for example [(0, 1), (1, 2)].",
            )
    return torch.stack([*points, *(points[list(group)].mean(dim=0) for group in groups)])


def _cell_means(points: Tensor, labels: Tensor) -> Tensor:
    """Means over the corners of every cell. A cell is a word of -1, 0, +1; 0 leaves that bit free."""
    if labels.ndim != 2 or len(labels) != len(points) or not bool(((labels == 1) | (labels == -1)).all()):
        raise complaint(
            "labels",
            wanted=f"({len(points)}, bits) of -1 and +1",
            got=f"{tuple(labels.shape)} with values from {labels.min():g} to {labels.max():g}",
            do="Round the readout at each point: labels = readout.sign().",
        )
    bits = labels.shape[1]
    if bits > MOST_BITS:
        raise complaint("labels", wanted=f"at most {MOST_BITS} bits", got=str(bits), do="Leave labels out.")
    means = []
    for word in itertools.product((-1, 0, 1), repeat=bits):
        cell = torch.tensor(word, dtype=labels.dtype)
        corners = ((cell == 0) | (labels == cell)).all(dim=1)
        if bool(corners.any()):
            means.append(points[corners].mean(dim=0))
    return torch.stack(means)
