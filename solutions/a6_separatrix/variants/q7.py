"""Good answers to question 7, differently made; each gets every point."""

import numpy as np
from scipy.linalg import eig


def _last(f, h, steps=80):
    """States (n, dim) after so many steps of 0.5."""
    for _ in range(steps):
        a = f(h)
        b = f(h + 0.25 * a)
        c = f(h + 0.25 * b)
        h = h + (a + 2 * b + 2 * c + f(h + 0.5 * c)) / 12
    return h


def _length(f, start, other, direction, longest, rounds=2):
    """Shortest kick along one direction of length one."""
    low, high = 0.0, longest
    for _ in range(rounds):
        tried = np.linspace(low, high, 80)
        ends = _last(f, start + tried[:, None] * direction)
        k = max(1, int((np.linalg.norm(ends - other, axis=1) < np.linalg.norm(ends - start, axis=1)).argmax()))
        low, high = tried[k - 1], tried[k]
    return high


def _other(start, attractors):
    return next(row for row in attractors if np.linalg.norm(row - start) > 1e-3)


def newton_from_many_starts(f, jac, start, attractors, rng):
    """All states of rest between the two, the one that leaves in one direction, its left eigenvector by scipy."""
    other = _other(start, attractors)
    h = start + rng.uniform(0.2, 0.8, (60, 1)) * (other - start) + 0.2 * rng.normal(size=(60, len(start)))
    for _ in range(40):
        h = h - 0.7 * np.linalg.solve(jac(h), f(h)[..., None])[..., 0]
    h = h[np.linalg.norm(f(h), axis=1) < 1e-8]
    kicks = []
    for rest in np.unique(h.round(6), axis=0):
        rates, left, _ = eig(jac(rest[None])[0], left=True)
        if np.sum(rates.real > 0) == 1:
            normal = left[:, rates.real.argmax()].real
            normal = normal * np.sign(normal @ (rest - start)) / np.linalg.norm(normal)
            kicks.append(normal * _length(f, start, other, normal, 6.0))
    kicks = [kick for kick in kicks if np.linalg.norm(_last(f, (start + 1.0005 * kick)[None], 120)[0] - other) < 0.1]
    return min(kicks, key=np.linalg.norm)


def _normal(f, jac, h, steps=80):
    """How the border's normal looks at h (dim,): the slope of the latest time's state, carried back along the orbit."""
    path = [h[None]]
    for _ in range(steps):
        path.append(_last(f, path[-1], 1))
    path = np.concatenate(path)
    slowest = 8 + int(np.linalg.norm(f(path[8:]), axis=1).argmin())
    carried = np.ones(len(h))
    rates, left = np.linalg.eig(jac(path[slowest][None])[0].T)
    carried = left[:, rates.real.argmax()].real
    for k in range(slowest - 1, -1, -1):
        J = (jac(path[k][None])[0] + jac(path[k + 1][None])[0]) / 2
        carried = np.linalg.solve(np.eye(len(h)) - 0.25 * J.T, carried + 0.25 * J.T @ carried)
        carried = carried / np.linalg.norm(carried)
    return carried


def upright_on_the_border(f, jac, start, attractors, rng):
    """The kick is turned until it is upright on the border where it meets it: normals carried back along orbits."""
    other = _other(start, attractors)
    kick = other - start
    best = kick * _length(f, start, other, kick, 1.0)
    for turn in (1.0, 1.0, 0.5):
        normal = _normal(f, jac, start + best)
        normal = normal * np.sign(normal @ best)
        way = (1 - turn) * best / np.linalg.norm(best) + turn * normal
        way = way / np.linalg.norm(way)
        best = way * _length(f, start, other, way, 4.0, rounds=3)
    return best


def turned_at_last(f, jac, start, attractors, rng):
    """The left eigenvector as a row of the inverse of all right ones, then turned at random by less and less."""
    other = _other(start, attractors)
    straight = other - start
    h = start + straight * _length(f, start, other, straight, 1.0)
    path = [h[None]]
    for _ in range(60):
        path.append(_last(f, path[-1], 1))
    path = np.concatenate(path)
    away = (np.linalg.norm(path - start, axis=1) > 0.1) & (np.linalg.norm(path - other, axis=1) > 0.1)
    h = path[np.where(away, np.linalg.norm(f(path), axis=1), np.inf).argmin()]
    for _ in range(30):
        h = h - np.linalg.solve(jac(h), f(h))
    rates, vectors = np.linalg.eig(jac(h))
    way = np.linalg.inv(vectors)[rates.real.argmax()].real
    way = way * np.sign(way @ (h - start)) / np.linalg.norm(way)
    best = way * _length(f, start, other, way, 6.0)
    for width in (0.2, 0.1, 0.05):
        turned = best / np.linalg.norm(best) + width * rng.normal(size=(30, len(start))) / np.sqrt(len(start))
        turned = turned / np.linalg.norm(turned, axis=1, keepdims=True)
        lengths = np.linalg.norm(best) * np.linspace(0.95, 0.999, 6)
        kicks = (lengths[:, None, None] * turned).reshape(-1, len(start))
        ends = _last(f, start + kicks)
        kicks = kicks[np.linalg.norm(ends - other, axis=1) < np.linalg.norm(ends - start, axis=1)]
        best = min([best, *kicks], key=np.linalg.norm)
    return best
