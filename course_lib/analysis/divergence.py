"""Pairs of neighbours in sampled states and how their distance grows: the data side of `lyapunov_from_data`.

Nearest neighbours are mostly displaced along the flow, and that part of a distance does not grow: it hides the
exponent and breathes with the speed. So a pair of a sampled flow is measured across the flow: the neighbour is moved
along its own orbit to the plane through the reference state, and the part along the velocity is left out.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial import cKDTree

LARGEST_QUERY = 300  # having asked for so many neighbours in space, whatever the Theiler window leaves is taken
TINY = 1e-300  # the logarithm of a distance that is exactly zero stays finite


@dataclass(frozen=True)
class Cloud:
    """Trajectories end to end. flat: (batch * time, dim).  time: samples a trajectory.  velocity: unit vectors or None.

    spline: the orbits between their samples, or None (a map has nothing between its samples).
    """

    flat: np.ndarray
    time: int
    velocity: np.ndarray | None
    speed: np.ndarray | None
    spline: CubicSpline | None

    def at(self, place: np.ndarray) -> np.ndarray:
        """States at fractional places of `flat`, never across the end of a trajectory."""
        if self.spline is None:
            return self.flat[place.astype(int)]  # type: ignore[no-any-return]
        row, step = np.divmod(place, self.time)
        return self.spline(step, row.astype(int))  # type: ignore[no-any-return]


class _RowSplines:
    """One cubic spline per trajectory, evaluated for many (place, row) at once from the joint coefficients."""

    def __init__(self, x: np.ndarray):
        self.c = CubicSpline(np.arange(x.shape[1]), x, axis=1).c  # (4, time - 1, batch, dim)

    def __call__(self, step: np.ndarray, row: np.ndarray) -> np.ndarray:
        k = np.clip(step.astype(int), 0, self.c.shape[1] - 1)
        h = (step - k)[..., None]
        c3, c2, c1, c0 = (self.c[i][k, row] for i in range(4))
        return ((c3 * h + c2) * h + c1) * h + c0  # type: ignore[no-any-return]

    def slopes(self) -> np.ndarray:
        """Velocities at the samples, per sample, (batch, time, dim)."""
        inner = self.c[2]  # (time - 1, batch, dim)
        last = 3 * self.c[0][-1] + 2 * self.c[1][-1] + self.c[2][-1]
        return np.concatenate((inner, last[None])).swapaxes(0, 1)


def make_cloud(x: np.ndarray, across_flow: bool) -> Cloud:
    """x: (batch, time, dim)."""
    flat = x.reshape(-1, x.shape[-1])
    if not across_flow:
        return Cloud(flat, x.shape[1], None, None, None)
    splines = _RowSplines(x)
    velocity = splines.slopes().reshape(flat.shape)
    speed = np.maximum(np.linalg.norm(velocity, axis=-1), TINY)
    return Cloud(flat, x.shape[1], velocity / speed[:, None], speed, splines)


def displacement(cloud: Cloud, reference: np.ndarray, place: np.ndarray) -> np.ndarray:
    """From states `reference` (n,) to the states at `place` (n, k), across the flow where there is one: (n, k, dim)."""
    offset = cloud.at(place) - cloud.flat[reference][:, None]
    if cloud.velocity is None:
        return offset  # type: ignore[no-any-return]
    along = cloud.velocity[reference][:, None]
    return offset - (offset * along).sum(axis=-1, keepdims=True) * along  # type: ignore[no-any-return]


def distance(cloud: Cloud, reference: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Lengths of the displacements, (n, k)."""
    return np.linalg.norm(displacement(cloud, reference, place), axis=-1)  # type: ignore[no-any-return]


def references(batch: int, time: int, horizon: int, most: int) -> np.ndarray:
    """Evenly spread places of states that have `horizon` samples ahead of them, at most `most` of them."""
    step = np.tile(np.arange(time), batch)
    usable = np.flatnonzero(step < time - horizon - 1)
    chosen = np.unique(np.linspace(0, len(usable) - 1, min(most, len(usable))).astype(int))
    return usable[chosen]  # type: ignore[no-any-return]


def neighbours(
    cloud: Cloud, reference: np.ndarray, *, window: int, horizon: int, n: int, radius: float | None = None
) -> np.ndarray:
    """Places of the n best neighbours of each reference, (n_references, n); NaN where there are fewer.

    Neighbours lie more than `window` samples away on the same trajectory, or on another one, have `horizon` samples
    ahead of them, and are the nearest ones across the flow among the nearest in space.  radius: at most so far away.
    """
    step = np.arange(len(cloud.flat)) % cloud.time
    usable = np.flatnonzero((step < cloud.time - horizon - 1) & (step > 0))
    tree = cKDTree(cloud.flat[usable])
    found = np.full((len(reference), n), np.nan)
    todo, k = np.arange(len(reference)), 16 + 2 * n
    while len(todo):
        k = min(k, len(usable))
        _, near = tree.query(cloud.flat[reference[todo]], k=np.arange(1, k + 1))
        place = usable[near]  # (todo, k)
        here = reference[todo][:, None]
        allowed = (place // cloud.time != here // cloud.time) | (np.abs(place - here) > window)
        n_allowed = allowed.sum(axis=1)
        enough = (n_allowed >= 4 + n) | (k == len(usable)) | ((k > LARGEST_QUERY) & (n_allowed > 0))
        found[todo[enough]] = _best(cloud, reference[todo[enough]], place[enough], allowed[enough], n, radius)
        todo, k = todo[~enough], 4 * k
    return found


def _best(
    cloud: Cloud, reference: np.ndarray, place: np.ndarray, allowed: np.ndarray, n: int, radius: float | None
) -> np.ndarray:
    """The n allowed candidates that come closest, each moved along its own orbit by less than one sample."""
    moved = place.astype(float)
    if cloud.velocity is not None and cloud.speed is not None:
        offset = cloud.flat[place] - cloud.flat[reference][:, None]
        along = (offset * cloud.velocity[reference][:, None]).sum(axis=-1)
        shift = -along / cloud.speed[place]
        moved = place + np.clip(shift, -1, 1)
        allowed = allowed & (np.abs(shift) <= 1)
    gap = distance(cloud, reference, moved)
    if radius is not None:
        allowed = allowed & (gap <= radius)
    gap = np.where(allowed & (gap > 0), gap, np.inf)
    order = np.argsort(gap, axis=1)[:, :n]
    best = np.take_along_axis(moved, order, axis=1)
    return np.where(np.isfinite(np.take_along_axis(gap, order, axis=1)), best, np.nan)


def follow(
    cloud: Cloud, reference: np.ndarray, partner: np.ndarray, lags: np.ndarray, groups: int, *, log_of_mean: bool
) -> np.ndarray:
    """Mean logarithm of the distance after each lag, by groups of references, (groups, lags).

    partner: (n, k) places, NaN where there is none.  log_of_mean: first the mean over the k neighbours, then the
    logarithm (Kantz), otherwise the logarithm first (Rosenstein).
    """
    has = np.isfinite(partner).any(axis=1)
    reference, partner = reference[has], partner[has]
    there = np.isfinite(partner)
    place = np.where(there, partner, np.nanmin(partner, axis=1, keepdims=True))
    group = np.arange(len(reference)) * groups // max(len(reference), 1)
    curve = np.full((groups, len(lags)), np.nan)
    for i, lag in enumerate(lags):
        gap = distance(cloud, reference + lag, place + lag)
        if log_of_mean:
            value = np.log((gap * there).sum(axis=1) / there.sum(axis=1) + TINY)
        else:
            value = (np.log(gap + TINY) * there).sum(axis=1) / there.sum(axis=1)
        curve[:, i] = np.bincount(group, value, groups) / np.maximum(np.bincount(group, minlength=groups), 1)
    return curve
