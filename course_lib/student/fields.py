"""Autonomous fields and labels for the problem sets: the subjects of questions about basins and their borders.

A field is called as ``f(x)`` with states (..., dim) and returns velocities (..., dim); ``f.jac(x)`` returns Jacobians
(..., dim, dim), ``[..., i, j]`` the derivative of velocity i by coordinate j. A label is called as ``label(x)`` with
states (n, dim) and returns integers (n,). Arrays for arrays, tensors (with their gradients) for tensors.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Value = Any
Label = Callable[[Value], Value]


@dataclass(frozen=True)
class Field:
    """A velocity that does not depend on time, with its Jacobian."""

    velocity: Callable[[Value, Any], Value]
    jacobian: Callable[[Value, Any], Value]

    def __call__(self, x: Value) -> Value:
        """Velocities (..., dim) at states (..., dim)."""
        x, library = states(x)
        return self.velocity(x, library)

    def jac(self, x: Value) -> Value:
        """Jacobians (..., dim, dim) at states (..., dim)."""
        x, library = states(x)
        return self.jacobian(x, library)


def duffing(damping: float, tilt: float = 0.0) -> Field:
    """A ball in a double well: place' = speed, speed' = place - place^3 - damping speed + tilt."""

    def velocity(x: Value, library: Any) -> Value:
        place, speed = x[..., 0], x[..., 1]
        return library.stack([speed, place - place**3 - damping * speed + tilt], -1)

    def jacobian(x: Value, library: Any) -> Value:
        zero = 0 * x[..., 0]
        return _rows(library, [[zero, zero + 1], [1 - 3 * x[..., 0] ** 2, zero - damping]])

    return Field(velocity, jacobian)


def four_wells(turn: float, tilt: np.ndarray) -> Field:
    """A plane with four valleys, stirred: x' = x - x^3 - turn y + tilt_x, y' = y - y^3 + turn x + tilt_y."""
    right, up = float(tilt[0]), float(tilt[1])

    def velocity(x: Value, library: Any) -> Value:
        first, second = x[..., 0], x[..., 1]
        return library.stack([first - first**3 - turn * second + right, second - second**3 + turn * first + up], -1)

    def jacobian(x: Value, library: Any) -> Value:
        zero = 0 * x[..., 0]
        slopes = 1 - 3 * x**2
        return _rows(library, [[slopes[..., 0], zero - turn], [zero + turn, slopes[..., 1]]])

    return Field(velocity, jacobian)


def sheared(rate: float, decay: float, shear: float, waves: float, centre: np.ndarray) -> Field:
    """Two valleys in the plane, seen through a wavy shear.

    With (x, y) counted from centre and u = x - shear sin(waves y): u' = rate (u - u^3), y' = -decay y.
    """
    across, along = float(centre[0]), float(centre[1])

    def velocity(x: Value, library: Any) -> Value:
        first, second = x[..., 0] - across, x[..., 1] - along
        u, down = first - shear * library.sin(waves * second), -decay * second
        return library.stack([rate * (u - u**3) + shear * waves * library.cos(waves * second) * down, down], -1)

    def jacobian(x: Value, library: Any) -> Value:
        first, second = x[..., 0] - across, x[..., 1] - along
        wave, slope = shear * library.sin(waves * second), shear * waves * library.cos(waves * second)
        steep = rate * (1 - 3 * (first - wave) ** 2)
        bent = waves**2 * wave * decay * second - slope * decay
        zero = 0 * first
        return _rows(library, [[steep, bent - steep * slope], [zero, zero - decay]])

    return Field(velocity, jacobian)


def tanh_net(W: np.ndarray, b: np.ndarray) -> Field:
    """A network of rate units: h' = -h + tanh(W h + b); W (dim, dim), row i receives; b (dim,)."""

    def velocity(h: Value, library: Any) -> Value:
        return -h + library.tanh(h @ like(W.T, h) + like(b, h))

    def jacobian(h: Value, library: Any) -> Value:
        slopes = 1 - library.tanh(h @ like(W.T, h) + like(b, h)) ** 2
        return slopes[..., None] * like(W, h) - like(np.eye(len(W)), h)

    return Field(velocity, jacobian)


def jacobian(of: Any) -> Callable[[Value], Value]:
    """The Jacobian alone of a field, or of the table of one."""
    if isinstance(of, Mapping):
        of = FIELDS[of["kind"]](**{name: value for name, value in of.items() if name != "kind"})
    return of.jac


def balls(centres: np.ndarray, radii: np.ndarray, names: np.ndarray, reach: float) -> Label:
    """Labels by balls: names[i] in the first ball that holds x, the last name outside; -1 farther than reach from 0."""

    def label(x: np.ndarray) -> np.ndarray:
        inside = np.linalg.norm(x[:, None, :] - centres, axis=-1) < radii
        which = np.where(inside.any(axis=1), inside.argmax(axis=1), len(radii))
        return np.where(np.linalg.norm(x, axis=-1) < reach, names[which], -1)

    return _labels(label)


def sectors(centre: np.ndarray, angles: np.ndarray, names: np.ndarray, reach: float) -> Label:
    """Labels by direction in the plane: names[i] from angles[i] (rising) on; -1 farther than reach from the centre."""

    def label(x: np.ndarray) -> np.ndarray:
        first, second = (x - centre).T
        which = np.searchsorted(angles, np.arctan2(second, first)) - 1
        return np.where(np.hypot(first, second) < reach, names[which], -1)

    return _labels(label)


def curtain(shear: float, waves: float, names: np.ndarray, reach: float) -> Label:
    """Labels left and right of a wavy line, x = shear sin(waves y); -1 farther than reach from 0."""

    def label(x: np.ndarray) -> np.ndarray:
        right = x[:, 0] > shear * np.sin(waves * x[:, 1])
        return np.where(np.linalg.norm(x, axis=-1) < reach, names[right.astype(int)], -1)

    return _labels(label)


FIELDS: dict[str, Callable[..., Any]] = {
    "duffing": duffing,
    "four_wells": four_wells,
    "sheared": sheared,
    "tanh_net": tanh_net,
    "jacobian": jacobian,
    "balls": balls,
    "sectors": sectors,
    "curtain": curtain,
}


def _labels(label: Callable[[np.ndarray], np.ndarray]) -> Label:
    """A label of arrays that takes anything with rows, and answers a tensor with a tensor."""

    def wrapped(x: Value) -> Value:
        x, library = states(x)
        plain = np.asarray(x if library is np else x.detach().cpu().numpy(), dtype=float)
        if plain.ndim != 2:
            raise ValueError(f"Wanted states (n, dim), got shape {plain.shape}. Pass one row a state.")
        found = label(plain)
        return found if library is np else library.as_tensor(found)

    return wrapped


def states(x: Value) -> tuple[Value, Any]:
    """The states, and the library that works on them: torch for a tensor, otherwise numpy."""
    torch = sys.modules.get("torch")
    return (x, torch) if torch is not None and isinstance(x, torch.Tensor) else (np.asarray(x), np)


def like(array: np.ndarray, x: Value) -> Value:
    """The array in the precision and library of x."""
    if not isinstance(x, np.ndarray):
        return sys.modules["torch"].as_tensor(array, dtype=x.dtype, device=x.device)
    return np.asarray(array, dtype=x.dtype if x.dtype.kind == "f" else float)


def _rows(library: Any, rows: list[list[Value]]) -> Value:
    """Entries, each (...), as matrices (..., rows, columns)."""
    return library.stack([library.stack(row, -1) for row in rows], -2)
