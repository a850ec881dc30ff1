"""The reference solution of a6_separatrix: one plain function a question, the text of the solution notebook."""

import numpy as np


def destinations(f, x0, attractors, dt, T, tol):
    """Which row of attractors each start is near at time T, (n,), and since when without a break, (n,)."""
    x, attractors = np.asarray(x0, dtype=float), np.asarray(attractors, dtype=float)
    since = np.full((len(x), len(attractors)), np.nan)
    for step in range(round(T / dt) + 1):
        if step > 0:
            k1 = f(x)
            k2 = f(x + dt / 2 * k1)
            k3 = f(x + dt / 2 * k2)
            k4 = f(x + dt * k3)
            x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        near = np.linalg.norm(x[:, None] - attractors, axis=-1) <= tol
        since[near & np.isnan(since)] = step * dt
        since[~near] = np.nan
    label = np.where(near.any(axis=1), near.argmax(axis=1), -1)
    return label, since[np.arange(len(x)), label]


def edge_points(label, a, b, tol):
    """On each segment from a to b (n, dim) a point at most tol from a change of basin, nan where the ends show none."""
    low, high = np.array(a, dtype=float), np.array(b, dtype=float)
    first, last = np.asarray(label(low)), np.asarray(label(high))
    refused = (first == last) | (first < 0) | (last < 0)
    while True:
        wide = ~refused & (np.linalg.norm(high - low, axis=1) > tol)
        if not wide.any():
            break
        middle = (low + high) / 2
        before = np.asarray(label(middle)) == first
        low[wide & before] = middle[wide & before]
        high[wide & ~before] = middle[wide & ~before]
    p = (low + high) / 2
    p[refused] = np.nan
    return p


def separatrix_2d(f, jac, saddle, length, n):
    """Both branches of the stable manifold of a saddle in the plane, against time and at unit speed; (2, n, 2)."""
    values, vectors = np.linalg.eig(jac(np.asarray(saddle, dtype=float)[None])[0])
    away = vectors[:, np.argmin(values.real)].real

    def against_time(x):
        v = -f(x)
        return v / np.linalg.norm(v, axis=1, keepdims=True)

    x = saddle + 1e-6 * np.stack([away, -away])
    step = length / (n - 1)
    parts = int(np.ceil(step / 0.06))
    h, points = step / parts, [np.stack([saddle, saddle])]
    for _ in range(n - 1):
        for _ in range(parts):
            k1 = against_time(x)
            k2 = against_time(x + h / 2 * k1)
            k3 = against_time(x + h / 2 * k2)
            k4 = against_time(x + h * k3)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        points.append(x)
    return np.stack(points, axis=1)
