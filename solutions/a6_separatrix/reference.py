"""The reference solution of a6_separatrix: one plain function a question, the text of the solution notebook."""

import numpy as np


class _Torch:
    """torch, loaded when it is first used: the judge imports this file and does without."""

    def __getattr__(self, name):
        import torch

        return getattr(torch, name)


torch = _Torch()


def destinations(f, x0, attractors, dt, T, tol):
    """The row of attractors that is near each start at time T, and since when it has been; (n,) each."""
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
    """Points (n, dim) at most tol from a change of basin on the segments a to b; nan for rows refused."""
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
    """Both branches of a saddle's stable manifold, against time and at unit speed; (2, n, 2)."""
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


def koopman_residual(psi, f, x, lam):
    """grad psi . f - lam (psi - psi^3) at the states x (n, dim), with its history of psi's weights."""
    x = x.detach().requires_grad_()
    value = psi(x)
    (slopes,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    along = (slopes * f(x).detach()).sum(dim=1)
    return along - lam * (value - value**3)


def border_places(s, psi):
    """Curve and place, (m,) each, where psi (curves, n), straight between samples, changes its sign."""
    curve, place = [], []
    for k, values in enumerate(np.asarray(psi, dtype=float)):
        signed = np.flatnonzero(values)
        turns = np.flatnonzero(np.diff(values[signed] > 0))
        for i, j in zip(signed[turns], signed[turns + 1], strict=True):
            straight = (s[j] - s[i]) * values[i] / (values[i] - values[j])
            curve.append(k)
            place.append(s[i + 1] if j > i + 1 else s[i] + straight)
    return np.array(curve), np.array(place)


def cheapest_kick(f, jac, start, attractors, rng):
    """The displacement (dim,) along the border's normal at the saddle that is just enough."""
    other = attractors[np.argmax(np.linalg.norm(attractors - start, axis=1))]

    def later(h, steps):
        states = [h]
        for _ in range(steps):
            k1 = f(h)
            k2 = f(h + 0.25 * k1)
            k3 = f(h + 0.25 * k2)
            h = h + (k1 + 2 * k2 + 2 * k3 + f(h + 0.5 * k3)) / 12
            states.append(h)
        return np.stack(states)

    def just_enough(direction, longest):
        shortest = 0.0
        for _ in range(2):
            lengths = np.linspace(shortest, longest, 101)
            ends = later(start + lengths[:, None] * direction, 80)[-1]
            crossed = np.linalg.norm(ends - other, axis=1) < np.linalg.norm(ends - start, axis=1)
            first = max(1, int(np.argmax(crossed)))
            shortest, longest = lengths[first - 1], lengths[first]
        return longest

    straight = other - start
    path = later(start + just_enough(straight, 1.0) * straight, 80)
    near = np.minimum(np.linalg.norm(path - start, axis=1), np.linalg.norm(path - other, axis=1))
    speed = np.where(near > 0.1, np.linalg.norm(f(path), axis=1), np.inf)
    saddle = path[np.argmin(speed)]
    for _ in range(30):
        saddle = saddle - np.linalg.solve(jac(saddle[None])[0], f(saddle[None])[0])
    rates, vectors = np.linalg.eig(jac(saddle[None])[0].T)
    normal = vectors[:, np.argmax(rates.real)].real
    normal = normal * np.sign(normal @ (saddle - start)) / np.linalg.norm(normal)
    return just_enough(normal, 2 * np.linalg.norm(straight)) * normal
