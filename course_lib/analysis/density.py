"""Where an attractor's states are, and how far two clouds of states are from being the same attractor."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial.distance import cdist
from torch import Tensor

from course_lib.analysis.sampled import as_trajectories, rms_radius, tensor
from course_lib.shapes import Sequence
from course_lib.validation import check_count, complaint

N_BLOCKS = 20  # stretches of time that are dealt anew; a stretch keeps the correlations within it


@dataclass(frozen=True)
class InvariantDensity:
    """Histogram of one or two coordinates. edges: one (bins + 1,) per coordinate [state unit].

    density: (bins,) or (bins, bins), first coordinate first [1/state unit or its square]; its integral over the edges'
    box is `inside`, the share of states in it.
    """

    edges: tuple[Tensor, ...]
    density: Tensor
    coordinates: tuple[int, ...]
    inside: float


@dataclass(frozen=True)
class AttractorDistance:
    """Energy distance of two clouds of states, in units of their pooled RMS radius.

    distance: 0 on the same states, symmetric.  standard_error: from leaving out one block of states after the other.
    chance: the 95 % quantile of the distance when the blocks of both clouds are dealt out anew: two samples of one
    attractor stay below it.  n: states used of each.
    """

    distance: float
    standard_error: float
    chance: float
    n: tuple[int, int]

    @property
    def differs(self) -> bool:
        """Whether the clouds differ by more than two samples of one attractor would (at 5 %)."""
        return self.distance > self.chance


@torch.no_grad()
def invariant_density(
    x: Sequence, *, coordinates: tuple[int, ...] = (0,), bins: int = 64, limits: Tensor | None = None
) -> InvariantDensity:
    """Share of time that an orbit spends in each bin of one or two coordinates.

    x: (time, dim) or (batch, time, dim), float64, on the attractor.  limits: (len(coordinates), 2), the box; None: that
    of the states.
    """
    states = as_trajectories("x", x, least=2)
    dim = states.shape[-1]
    check_count("bins", bins)
    if len(coordinates) not in (1, 2) or not all(0 <= c < dim for c in coordinates):
        raise complaint(
            "coordinates", wanted=f"one or two of 0 to {dim - 1}", got=str(coordinates), do="Choose existing ones."
        )
    points = states.reshape(-1, dim)[:, list(coordinates)]
    box = np.stack((points.min(axis=0), points.max(axis=0)), axis=1) if limits is None else limits.numpy()
    counts, edges = np.histogramdd(points, bins=bins, range=[tuple(side) for side in box])
    area = math.prod(float(edge[1] - edge[0]) for edge in edges)
    return InvariantDensity(
        edges=tuple(tensor(edge) for edge in edges),
        density=tensor(counts / (len(points) * area)),
        coordinates=tuple(coordinates),
        inside=float(counts.sum() / len(points)),
    )


@torch.no_grad()
def attractor_distance(
    a: Sequence, b: Sequence, *, generator: torch.Generator, n: int = 2000, deals: int = 200
) -> AttractorDistance:
    """Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| of the states of two orbits, with what chance alone gives.

    a, b: (time, dim) or (batch, time, dim), float64, same dim.  n: states used of each, evenly spread; cost grows as
    its square.  deals: how often the blocks are dealt anew for `chance`, by `generator`. Székely and Rizzo 2013.
    """
    clouds = [as_trajectories(name, x, least=2) for name, x in (("a", a), ("b", b))]
    if clouds[0].shape[-1] != clouds[1].shape[-1]:
        raise complaint(
            "b", wanted=f"{clouds[0].shape[-1]} coordinates", got=str(clouds[1].shape[-1]), do="Compare the same ones."
        )
    check_count("n", n, least=2 * N_BLOCKS)
    check_count("deals", deals, least=20)
    points = [_spread(cloud.reshape(-1, cloud.shape[-1]), n) for cloud in clouds]
    pooled = np.concatenate(points)
    gaps = cdist(pooled, pooled) / rms_radius(pooled)
    block = np.concatenate([np.arange(len(p)) * N_BLOCKS // len(p) + i * N_BLOCKS for i, p in enumerate(points)])
    member = np.eye(2 * N_BLOCKS)[block]  # (states, blocks)
    sums, sizes = member.T @ gaps @ member, member.sum(axis=0)
    first = np.arange(2 * N_BLOCKS) < N_BLOCKS
    left_out = np.array([_energy(sums, sizes, first, np.arange(2 * N_BLOCKS) != i) for i in range(2 * N_BLOCKS)])
    chance = []
    for _ in range(deals):
        order = torch.randperm(2 * N_BLOCKS, generator=generator, device=generator.device).cpu().numpy()
        chance.append(_energy(sums, sizes, first[order]))
    m = 2 * N_BLOCKS
    return AttractorDistance(
        distance=max(0.0, _energy(sums, sizes, first)),
        standard_error=float(np.sqrt((m - 1) / m * ((left_out - left_out.mean()) ** 2).sum())),
        chance=float(np.quantile(chance, 0.95)),
        n=(len(points[0]), len(points[1])),
    )


def _spread(points: np.ndarray, n: int) -> np.ndarray:
    """At most n states, evenly spread over time."""
    chosen = np.unique(np.linspace(0, len(points) - 1, min(n, len(points))).astype(int))
    return points[chosen]  # type: ignore[no-any-return]


def _energy(sums: np.ndarray, sizes: np.ndarray, first: np.ndarray, kept: np.ndarray | None = None) -> float:
    """Energy distance from block sums of distances. first: which blocks make the first cloud.  kept: blocks used."""
    kept = np.ones(len(first), dtype=bool) if kept is None else kept
    a, b = first & kept, ~first & kept

    def mean(p: np.ndarray, q: np.ndarray) -> float:
        return float(sums[np.ix_(p, q)].sum() / (sizes[p].sum() * sizes[q].sum()))

    return 2 * mean(a, b) - mean(a, a) - mean(b, b)
