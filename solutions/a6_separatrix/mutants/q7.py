"""Kicks for question 7 that are too long, or that flip nothing: the ladder. matrix.toml says what each must lose."""

import numpy as np


def _run(f, h, steps=60):
    """States after each of so many steps of 0.5, (steps + 1, n, dim)."""
    states = [h]
    for _ in range(steps):
        a = f(h)
        b = f(h + 0.25 * a)
        c = f(h + 0.25 * b)
        h = h + (a + 2 * b + 2 * c + f(h + 0.5 * c)) / 12
        states.append(h)
    return np.stack(states)


def _other(start, attractors):
    return attractors[np.linalg.norm(attractors - start, axis=1).argmax()]


def _lengths(f, start, other, directions, longest, points=60, rounds=2):
    """Shortest kick along each direction (n, dim) that flips; infinite where none up to longest does."""
    rows = np.arange(len(directions))
    low, high, crosses = np.zeros(len(directions)), np.full(len(directions), longest), True
    for k in range(rounds):
        tried = low[:, None] + (high - low)[:, None] * np.arange(1, points + 1) / points
        kicked = start + tried[..., None] * directions[:, None]
        ends = _run(f, kicked.reshape(-1, len(start)))[-1]
        there = np.linalg.norm(ends - other, axis=1) < np.linalg.norm(ends - start, axis=1)
        there = there.reshape(tried.shape)
        crosses = there.any(axis=1) if k == 0 else crosses
        first = there.argmax(axis=1)
        low, high = np.where(first > 0, tried[rows, first - 1], low), tried[rows, first]
    return np.where(crosses, high, np.inf)


def _best(f, start, other, directions, longest=8.0, **options):
    """The shortest flipping kick along any of the directions."""
    directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = _lengths(f, start, other, directions, longest, **options)
    k = lengths.argmin()
    return (lengths[k] if np.isfinite(lengths[k]) else 0.0) * directions[k]


def _saddle(f, jac, start, other):
    """Where the straight way's state on the border comes to rest."""
    share = _lengths(f, start, other, (other - start)[None], 1.0)[0]
    path = _run(f, (start + share * (other - start))[None])[:, 0]
    near = np.minimum(np.linalg.norm(path - start, axis=1), np.linalg.norm(path - other, axis=1)) > 0.1
    h = path[np.where(near, np.linalg.norm(f(path), axis=1), np.inf).argmin()]
    for _ in range(30):
        h = h - np.linalg.solve(jac(h[None])[0], f(h[None])[0])
    return h


def _fastest(matrix):
    """The eigenvector (dim,) of the largest real part."""
    rates, vectors = np.linalg.eig(matrix)
    return vectors[:, rates.real.argmax()].real


def no_kick(f, jac, start, attractors, rng):
    """No kick at all: the shortest of all, and the state stays where it is."""
    return np.zeros_like(start)


def all_the_way(f, jac, start, attractors, rng):
    """The state was put right at the other attractor: from the border on it would have gone there by itself."""
    return _other(start, attractors) - start


def towards_the_other(f, jac, start, attractors, rng):
    """The kick points at the other attractor, just long enough: that is where it should end, not the nearest border."""
    other = _other(start, attractors)
    return _best(f, start, other, (other - start)[None])


def half_the_way(f, jac, start, attractors, rng):
    """The kick leads to the middle between the two attractors, as if the border had to be there."""
    return (_other(start, attractors) - start) / 2


def to_the_saddle(f, jac, start, attractors, rng):
    """The kick points at the saddle on the border: a point of the border, and seldom the nearest one."""
    other = _other(start, attractors)
    return _best(f, start, other, (_saddle(f, jac, start, other) - start)[None])


def right_eigenvector(f, jac, start, attractors, rng):
    """The kick points along the saddle's unstable direction: states leave that way, and the border lies at a slant."""
    other = _other(start, attractors)
    along = _fastest(jac(_saddle(f, jac, start, other)[None])[0])
    return _best(f, start, other, np.stack([along, -along]))


def best_axis(f, jac, start, attractors, rng):
    """Only kicks of one unit alone were tried: twelve directions out of all."""
    axes = np.eye(len(start))
    return _best(f, start, _other(start, attractors), np.concatenate([axes, -axes]), points=24)


def softest_direction(f, jac, start, attractors, rng):
    """The kick points where start itself gives way most easily: that is known at start, the border is elsewhere."""
    along = _fastest(jac(start[None])[0])
    return _best(f, start, _other(start, attractors), np.stack([along, -along]))


def random_directions(f, jac, start, attractors, rng):
    """The best of forty random directions was taken: in six dimensions none of them points quite the right way."""
    directions = rng.normal(size=(40, len(start)))
    return _best(f, start, _other(start, attractors), directions, longest=4.0, points=16)


def turned_for_some_rounds(f, jac, start, attractors, rng):
    """The best kick so far was turned at random, but not for long: a good try, and the length still falls."""
    other = _other(start, attractors)
    best, width = towards_the_other(f, jac, start, attractors, rng), 0.7
    for _ in range(5):
        turned = best / np.linalg.norm(best) + width * rng.normal(size=(12, len(start))) / np.sqrt(len(start))
        found = _best(f, start, other, turned, longest=float(np.linalg.norm(best)), points=16, rounds=1)
        best, width = found if np.linalg.norm(found) > 0 else best, 0.75 * width
    return best


def half_of_the_kick(f, jac, start, attractors, rng):
    """Half of a kick that flips: the state comes back."""
    return towards_the_other(f, jac, start, attractors, rng) / 2


def just_short_of_it(f, jac, start, attractors, rng):
    """The wrong end of the last bracket was returned: the longest kick that does not flip."""
    return 0.98 * towards_the_other(f, jac, start, attractors, rng)


def kicked_state(f, jac, start, attractors, rng):
    """The kicked state was returned, not how far it was moved."""
    return start + towards_the_other(f, jac, start, attractors, rng)


def kick_of_the_other(f, jac, start, attractors, rng):
    """The kick was made for the other attractor, and leads from there to start."""
    other = _other(start, attractors)
    return _best(f, other, start, (start - other)[None])


def one_row_for_start(f, jac, start, attractors, rng):
    """The first row of the attractors was taken for start: in half of the nets it is the other one."""
    return _best(f, attractors[0], attractors[1], (attractors[1] - attractors[0])[None])


def normal_turned_away(f, jac, start, attractors, rng):
    """The border's normal was taken with the wrong sign: the kick leads away from the border."""
    other = _other(start, attractors)
    rest = _saddle(f, jac, start, other)
    normal = _fastest(jac(rest[None])[0].T)
    normal = normal / np.linalg.norm(normal)
    return -normal * (normal @ (rest - start))
